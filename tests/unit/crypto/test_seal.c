/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "base/bounds.h"
#include "base/secret.h"
#include "base/text.h"
#include "crypto/seal.h"

static const struct slice plain = {(const uint8_t *)"code 1234 5678", 14};
static const struct slice row = {(const uint8_t *)"outbox 1", 8};

static void
assert_shut(const struct secret *priv, const uint8_t *pub, struct slice box,
    struct slice context, enum err kind, const char *rule)
{
	struct secret out = SECRET_EMPTY;
	struct errinfo ei = {0};

	assert_int_equal(seal_open(priv, pub, box, context, &out, &ei), kind);
	assert_string_equal(ei.rule, rule);
	assert_null(out.p);
}

static void
test_round_trip(void **state)
{
	uint8_t pub[SEAL_KEY_SIZE], pub2[SEAL_KEY_SIZE];
	struct secret priv = SECRET_EMPTY, priv2 = SECRET_EMPTY;
	struct secret out = SECRET_EMPTY;
	struct buf box = BUF_INIT(1000), box2 = BUF_INIT(1000);
	struct errinfo ei = {0};

	(void)state;
	assert_ok(seal_keypair(pub, &priv, &ei), &ei);
	assert_ok(seal_keypair(pub2, &priv2, &ei), &ei);
	assert_ok(seal_to(pub, plain, row, &box, &ei), &ei);
	assert_ok(seal_to(pub, plain, row, &box2, &ei), &ei);
	assert_int_equal(box.len, plain.len + SEAL_OVERHEAD);
	assert_false(slice_eq(buf_slice(&box), buf_slice(&box2)));
	assert_ok(seal_open(&priv, pub, buf_slice(&box), row, &out, &ei), &ei);
	assert_true(slice_eq(secret_slice(&out), plain));
	secret_clear(&out);
	assert_shut(
	    &priv2, pub2, buf_slice(&box), row, ERR_CRYPTO, "seal.open");
	assert_shut(&priv, pub2, buf_slice(&box), row, ERR_CRYPTO, "seal.open");
	assert_shut(&priv, pub, buf_slice(&box), SLICE_LIT("outbox 2"),
	    ERR_CRYPTO, "seal.open");
	assert_shut(
	    &priv, pub, buf_slice(&box), SLICE_EMPTY, ERR_CRYPTO, "seal.open");
	/* Every byte matters. */
	for (size_t i = 0; i < box.len; i++) {
		box.p[i] ^= 1;
		assert_shut(&priv, pub, buf_slice(&box), row,
		    i == 0 ? ERR_FORMAT : ERR_CRYPTO,
		    i == 0 ? "seal.form" : "seal.open");
		box.p[i] ^= 1;
	}
	for (size_t i = 0; i < box.len; i++) {
		assert_shut(&priv, pub, slice_make(box.p, i), row,
		    i < SEAL_OVERHEAD ? ERR_FORMAT : ERR_CRYPTO,
		    i < SEAL_OVERHEAD ? "seal.form" : "seal.open");
	}
	secret_clear(&priv);
	secret_clear(&priv2);
	buf_clear(&box);
	buf_clear(&box2);
}

static void
test_sizes(void **state)
{
	uint8_t pub[SEAL_KEY_SIZE], zero[SEAL_KEY_SIZE] = {0};
	struct secret priv = SECRET_EMPTY, out = SECRET_EMPTY, big;
	struct buf box = BUF_INIT(SEAL_BYTES_MAX + SEAL_OVERHEAD);
	struct buf small = BUF_INIT(SEAL_OVERHEAD + 13);
	struct errinfo ei = {0};

	(void)state;
	assert_ok(seal_keypair(pub, &priv, &ei), &ei);
	assert_ok(secret_init(&big, SEAL_BYTES_MAX + 1, &ei), &ei);
	assert_int_equal(
	    seal_to(pub, secret_slice(&big), row, &box, &ei), ERR_LIMIT);
	assert_ok(seal_to(pub, slice_make(big.p, SEAL_BYTES_MAX), SLICE_EMPTY,
		      &box, &ei),
	    &ei);
	assert_ok(
	    seal_open(&priv, pub, buf_slice(&box), SLICE_EMPTY, &out, &ei),
	    &ei);
	assert_int_equal(out.len, SEAL_BYTES_MAX);
	secret_clear(&out);
	buf_reset(&box);
	assert_ok(seal_to(pub, SLICE_EMPTY, row, &box, &ei), &ei);
	assert_ok(seal_open(&priv, pub, buf_slice(&box), row, &out, &ei), &ei);
	assert_int_equal(out.len, 0);
	secret_clear(&out);
	/* No half box in a buffer that is too small. */
	assert_int_equal(seal_to(pub, plain, row, &small, &ei), ERR_LIMIT);
	assert_int_equal(small.len, 0);
	/* A point of low order (RFC 7748 6.1). */
	buf_reset(&box);
	assert_int_equal(seal_to(zero, plain, row, &box, &ei), ERR_CRYPTO);
	assert_string_equal(ei.rule, "seal.key");
	assert_int_equal(box.len, 0);
	secret_clear(&big);
	secret_clear(&priv);
	buf_clear(&box);
	buf_clear(&small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
