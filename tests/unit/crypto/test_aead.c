/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "base/bounds.h"
#include "crypto/aead.h"
#include "crypto/init.h"

static const uint8_t key_bytes[AEAD_KEY_SIZE] = {1, 2, 3};

static int
start(void **state)
{
	(void)state;
	return crypto_init(NULL) == ERR_OK ? 0 : -1;
}

static void
test_round(void **state)
{
	static const size_t lens[] = {0, 1, 15, 16, 17, SEAL_BYTES_MAX};
	struct slice key = slice_make(key_bytes, sizeof(key_bytes));
	struct slice context = SLICE_LIT("row 1");
	struct errinfo ei = {0};
	uint8_t *plain = calloc(1, SEAL_BYTES_MAX);
	size_t i;

	(void)state;
	assert_non_null(plain);
	for (i = 0; i < ARRAY_LEN(lens); i++) {
		struct buf one = BUF_INIT(SEAL_BYTES_MAX + AEAD_OVERHEAD);
		struct buf two = BUF_INIT(SEAL_BYTES_MAX + AEAD_OVERHEAD);
		struct secret back = SECRET_EMPTY;
		struct slice s = slice_make(plain, lens[i]);

		assert_ok(aead_close(key, s, context, &one, &ei), &ei);
		assert_ok(aead_close(key, s, context, &two, &ei), &ei);
		assert_int_equal(one.len, lens[i] + AEAD_OVERHEAD);
		assert_false(slice_eq(buf_slice(&one), buf_slice(&two)));
		assert_ok(
		    aead_open(key, buf_slice(&one), context, &back, &ei), &ei);
		assert_true(slice_eq(secret_slice(&back), s));
		secret_clear(&back);
		buf_clear(&one);
		buf_clear(&two);
	}
	free(plain);
}

static void
test_refused(void **state)
{
	struct slice key = slice_make(key_bytes, sizeof(key_bytes));
	struct slice context = SLICE_LIT("row 1");
	struct buf b = BUF_INIT(1024);
	struct secret back = SECRET_EMPTY;
	struct errinfo ei = {0};
	uint8_t other[AEAD_KEY_SIZE] = {1, 2, 4};
	enum err want;
	size_t i;

	(void)state;
	assert_ok(
	    aead_close(key, SLICE_LIT("6512 123456"), context, &b, &ei), &ei);
	/* Every byte counts; the first is the version. */
	for (i = 0; i < b.len; i++) {
		b.p[i] ^= 0x10;
		want = i == 0 ? ERR_FORMAT : ERR_CRYPTO;
		assert_int_equal(
		    aead_open(key, buf_slice(&b), context, &back, &ei), want);
		assert_null(back.p);
		b.p[i] ^= 0x10;
	}
	assert_int_equal(aead_open(slice_make(other, sizeof(other)),
			     buf_slice(&b), context, &back, &ei),
	    ERR_CRYPTO);
	assert_int_equal(
	    aead_open(key, buf_slice(&b), SLICE_LIT("row 2"), &back, &ei),
	    ERR_CRYPTO);
	assert_string_equal(ei.rule, "aead.open");
	for (i = 0; i < b.len; i++) {
		want = i < AEAD_OVERHEAD ? ERR_FORMAT : ERR_CRYPTO;
		assert_int_equal(
		    aead_open(key, slice_make(b.p, i), context, &back, &ei),
		    want);
	}
	assert_int_equal(
	    aead_close(slice_make(key_bytes, 31), context, context, &b, &ei),
	    ERR_FORMAT);
	assert_string_equal(ei.rule, "aead.key");
	assert_int_equal(
	    aead_close(key, slice_make(key_bytes, SEAL_BYTES_MAX + 1), context,
		&b, &ei),
	    ERR_LIMIT);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round),
	    cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("crypto/aead", tests, start, NULL);
}
