/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/clock.h"
#include "der/write.h"

#define assert_bytes(b, lit)                                                   \
	do {                                                                   \
		assert_int_equal((b)->err, ERR_OK);                            \
		assert_int_equal((b)->len, sizeof(lit) - 1);                   \
		assert_memory_equal((b)->p, (lit), sizeof(lit) - 1);           \
		buf_reset(b);                                                  \
	} while (0)

static void
test_primitives(void **state)
{
	struct buf b = BUF_INIT(1024);

	(void)state;
	der_put_bool(&b, true);
	der_put_bool(&b, false);
	der_put_null(&b);
	assert_bytes(&b, "\x01\x01\xff\x01\x01\x00\x05\x00");

	der_put_u63(&b, DER_INTEGER, 0);
	der_put_u63(&b, DER_INTEGER, 127);
	der_put_u63(&b, DER_INTEGER, 128);
	der_put_u63(&b, DER_ENUMERATED, 256);
	assert_bytes(&b, "\x02\x01\x00\x02\x01\x7f\x02\x02\x00\x80"
			 "\x0a\x02\x01\x00");
	der_put_u63(&b, DER_INTEGER, INT64_MAX);
	assert_bytes(&b, "\x02\x08\x7f\xff\xff\xff\xff\xff\xff\xff");

	der_put_unsigned(&b, SLICE_EMPTY);
	der_put_unsigned(&b, SLICE_LIT("\x00\x00\x7f"));
	der_put_unsigned(&b, SLICE_LIT("\x80\x01"));
	assert_bytes(&b, "\x02\x01\x00\x02\x01\x7f\x02\x03\x00\x80\x01");

	der_put_bits(&b, SLICE_LIT("\x06"), 1);
	der_put_bits(&b, SLICE_EMPTY, 0);
	assert_bytes(&b, "\x03\x02\x01\x06\x03\x01\x00");

	der_put_named_bits(&b, DER_BIT_STRING, 0);
	der_put_named_bits(&b, DER_BIT_STRING, 1U << 0);
	der_put_named_bits(&b, DER_BIT_STRING, 1U << 5 | 1U << 6);
	der_put_named_bits(&b, DER_BIT_STRING, 1U << 7);
	der_put_named_bits(&b, 0x81, 1U << 8);
	assert_bytes(&b, "\x03\x01\x00\x03\x02\x07\x80\x03\x02\x01\x06"
			 "\x03\x02\x00\x01\x81\x03\x07\x00\x80");

	der_put_oid(&b, SLICE_LIT("\x55\x04\x03"));
	assert_bytes(&b, "\x06\x03\x55\x04\x03");
	buf_clear(&b);
}

static void
test_times(void **state)
{
	struct buf b = BUF_INIT(1024);

	(void)state;
	der_put_time_5280(&b, 2524607999);
	assert_bytes(&b, "\x17\x0d"
			 "491231235959Z");
	der_put_time_5280(&b, 2524608000);
	assert_bytes(&b, "\x18\x0f"
			 "20500101000000Z");
	der_put_time_5280(&b, -631152001);
	assert_bytes(&b, "\x18\x0f"
			 "19491231235959Z");
	der_put_time(&b, DER_GENERALIZED_TIME, 0);
	der_put_time(&b, 0x80, 0);
	assert_bytes(&b, "\x18\x0f"
			 "19700101000000Z"
			 "\x80\x0f"
			 "19700101000000Z");
	buf_clear(&b);
}

/* Headers grow as contents do; what is read back is what was written. */
static void
test_nesting(void **state)
{
	static const size_t sizes[] = {0, 1, 120, 127, 128, 129, 251, 252, 253,
	    254, 255, 256, 65530, 65535, 65536};
	static uint8_t fill[65536];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct buf b = BUF_INIT(70000);
		struct slice s, inner, content;
		struct errinfo ei = {0};
		size_t outer = der_open(&b, DER_SEQUENCE);
		size_t seq = der_open(&b, DER_CONTEXT_CONS(0));

		der_put(&b, DER_OCTET_STRING, slice_make(fill, sizes[i]));
		der_close(&b, seq);
		der_put_null(&b);
		der_close(&b, outer);
		assert_ok(buf_err(&b, &ei), &ei);
		s = buf_slice(&b);
		assert_ok(der_get(&s, DER_SEQUENCE, &inner, &ei), &ei);
		assert_ok(der_end(s, &ei), &ei);
		assert_int_equal(b.len, inner.len + der_header_len(inner.len));
		assert_ok(der_get(&inner, DER_CONTEXT_CONS(0), &s, &ei), &ei);
		assert_ok(der_get(&s, DER_OCTET_STRING, &content, &ei), &ei);
		assert_int_equal(content.len, sizes[i]);
		assert_ok(der_end(s, &ei), &ei);
		assert_ok(der_get_null(&inner, &ei), &ei);
		assert_ok(der_end(inner, &ei), &ei);
		buf_clear(&b);
	}
}

/* X.690 11.6: ascending, the shorter first; equal ones stay. */
static void
test_set_of(void **state)
{
	struct buf b = BUF_INIT(64);
	size_t set = der_open(&b, DER_SET);

	(void)state;
	der_put(&b, DER_OCTET_STRING, SLICE_LIT("b"));
	der_put(&b, DER_UTF8_STRING, SLICE_LIT("a"));
	der_put(&b, DER_OCTET_STRING, SLICE_LIT("aaa"));
	der_put_null(&b);
	der_put(&b, DER_INTEGER, SLICE_LIT("\x05"));
	der_put(&b, DER_OCTET_STRING, SLICE_LIT("b"));
	der_put(&b, DER_OCTET_STRING, SLICE_LIT("a"));
	der_close_set_of(&b, set);
	assert_bytes(&b, "\x31\x16\x02\x01\x05\x04\x01"
			 "a\x04\x01"
			 "b\x04\x01"
			 "b\x04\x03"
			 "aaa\x05\x00\x0c\x01"
			 "a");
	set = der_open(&b, DER_SET);
	der_close_set_of(&b, set);
	assert_bytes(&b, "\x31\x00");
	buf_clear(&b);
}

/* A buffer that is too small stays in error through any nesting. */
static void
test_full_buffer(void **state)
{
	for (size_t max = 0; max < 20; max++) {
		struct buf b = BUF_INIT(max);
		size_t seq = der_open(&b, DER_SEQUENCE);
		size_t set = der_open(&b, DER_SET);

		(void)state;
		der_put(&b, DER_OCTET_STRING, SLICE_LIT("0123456789"));
		der_put_null(&b);
		der_close_set_of(&b, set);
		der_put_unsigned(&b, SLICE_LIT("\x80"));
		der_close(&b, seq);
		assert_int_equal(buf_err(&b, NULL), ERR_LIMIT);
		buf_clear(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_primitives),
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_nesting),
	    cmocka_unit_test(test_set_of),
	    cmocka_unit_test(test_full_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
