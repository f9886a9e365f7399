/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that others can open are refused; their neighbours are not. */
#include "support.h"

#include <string.h>

#include "base/text.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "crypto/weak_key.h"
#include "der/oid.h"
#include "der/write.h"
#include "weak_moduli.h"

enum {
	SPKI_BYTES = 4096,
	MODULUS_MAX = 256
};

static void
rsa_spki(struct slice n, struct slice e, struct buf *b)
{
	struct buf key = BUF_INIT(SPKI_BYTES);
	size_t seq = der_open(&key, DER_SEQUENCE), alg;

	der_put_unsigned(&key, n);
	der_put_unsigned(&key, e);
	der_close(&key, seq);
	seq = der_open(b, DER_SEQUENCE);
	alg = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(OID_RSA));
	der_put_null(b);
	der_close(b, alg);
	der_put_bits(b, buf_slice(&key), 0);
	der_close(b, seq);
	buf_clear(&key);
}

static void
ed25519_spki(struct slice point, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);
	size_t alg = der_open(b, DER_SEQUENCE);

	der_put_oid(b, oid_bytes(OID_ED25519));
	der_close(b, alg);
	der_put_bits(b, point, 0);
	der_close(b, seq);
}

/* Parse, check; the rule that was broken, "" when none. */
static void
check(struct slice spki, const char *rule, const char *name)
{
	struct pubkey *k = NULL;
	struct errinfo ei = {0};
	enum err e = pubkey_parse(spki, &k, &ei);

	if (e == ERR_OK) {
		e = weak_key_check(k, &ei);
	}
	if (e != (rule[0] == '\0' ? ERR_OK : ERR_CRYPTO) ||
	    strcmp(ei.rule, rule) != 0) {
		fail_msg("%s: %s [%s] %s", name, err_name(e), ei.rule, ei.text);
	}
	pubkey_free(k);
}

static void
test_moduli(void **state)
{
	static const struct {
		const char *name;
		const char *n;
		const char *e;
		const char *rule;
	} rows[] = {
	    {"ROCA", weak_roca, "010001", "key.weak.roca"},
	    {"close primes", weak_close, "010001", "key.weak.close"},
	    {"a square", weak_square, "010001", "key.weak.close"},
	    {"a factor 751", weak_factor, "010001", "key.weak.factor"},
	    {"primes apart", fair_apart, "010001", ""},
	    {"a factor 757", fair_factor, "010001", ""},
	    {"exponent 3", fair_apart, "03", ""},
	    {"exponent 1", fair_apart, "01", "key.exponent"},
	    {"exponent 2", fair_apart, "02", "key.exponent"},
	    {"exponent even", fair_apart, "010000", "key.exponent"},
	    {"exponent of 256 bits", fair_apart,
		"8000000000000000000000000000000000000000000000000000000000000"
		"001",
		""},
	    {"exponent of 257 bits", fair_apart,
		"010000000000000000000000000000000000000000000000000000000000"
		"000001",
		"key.weak.exponent"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf spki = BUF_INIT(SPKI_BYTES);
		uint8_t n[MODULUS_MAX], e[MODULUS_MAX];
		size_t e_len = strlen(rows[i].e) / 2;

		assert_true(text_unhex(slice_str(rows[i].n), n, sizeof(n)));
		assert_true(text_unhex(slice_str(rows[i].e), e, e_len));
		rsa_spki(slice_make(n, sizeof(n)), slice_make(e, e_len), &spki);
		check(buf_slice(&spki), rows[i].rule, rows[i].name);
		buf_clear(&spki);
	}
}

static void
test_sizes(void **state)
{
	uint8_t n[MODULUS_MAX];
	struct buf spki = BUF_INIT(SPKI_BYTES);

	(void)state;
	assert_true(text_unhex(slice_str(fair_apart), n, sizeof(n)));
	/* 2047 bits, then 2048; odd, and without a small factor. */
	n[0] = 0x7f;
	rsa_spki(slice_make(n, sizeof(n)), SLICE_LIT("\x01\x00\x01"), &spki);
	check(buf_slice(&spki), "key.weak.size", "2047 bits");
	buf_reset(&spki);
	n[sizeof(n) - 1] &= 0xfe;
	rsa_spki(slice_make(n, sizeof(n)), SLICE_LIT("\x01\x00\x01"), &spki);
	check(buf_slice(&spki), "key.modulus", "even");
	buf_clear(&spki);
}

static void
test_points(void **state)
{
	static const struct {
		const char *point;
		const char *rule;
	} rows[] = {
	    {"0000000000000000000000000000000000000000000000000000000000000000",
		"key.weak.order"},
	    {"0100000000000000000000000000000000000000000000000000000000000080",
		"key.weak.order"},
	    {"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
		"key.weak.order"},
	    {"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"key.weak.order"},
	    {"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"key.weak.order"},
	    {"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"key.weak.order"},
	    {"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"key.weak.order"},
	    /* RFC 8032 7.1, test 1 */
	    {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
		""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf spki = BUF_INIT(SPKI_BYTES);
		uint8_t point[32];

		assert_true(
		    text_unhex(slice_str(rows[i].point), point, sizeof(point)));
		ed25519_spki(slice_make(point, sizeof(point)), &spki);
		check(buf_slice(&spki), rows[i].rule, rows[i].point);
		buf_clear(&spki);
	}
}

/* Keys of our own making pass. */
static void
test_good(void **state)
{
	static const char *const specs[] = {"rsa:2048", "rsa:3072", "p256",
	    "p384", "ed25519", "gost2012-256:A", "gost2012-512:A"};
	struct errinfo ei = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct privkey *k = NULL;

		assert_ok(privkey_generate(specs[i], &k, &ei), &ei);
		check(privkey_spki(k), "", specs[i]);
		privkey_free(k);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_moduli),
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_points),
	    cmocka_unit_test(test_good),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
