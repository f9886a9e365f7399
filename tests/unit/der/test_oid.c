/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "der/der.h"
#include "der/oid.h"

static const char *const dotted[OID_MAX_] = {
#define OID_ENTRY(sym, text, short_name, long_name, bytes) [sym] = (text),
    OID_LIST(OID_ENTRY)
#undef OID_ENTRY
};

/* Each row of oid_list.h agrees with itself and with no other. */
static void
test_table(void **state)
{
	(void)state;
	for (int i = 1; i < OID_MAX_; i++) {
		struct buf enc = BUF_INIT(64), text = BUF_INIT(128);
		struct slice bytes = oid_bytes((enum oid)i);

		assert_true(oid_encode(dotted[i], &enc));
		if (!slice_eq(buf_slice(&enc), bytes)) {
			print_error("%s should be:", dotted[i]);
			for (size_t j = 0; j < enc.len; j++) {
				print_error("\\x%02x", enc.p[j]);
			}
			fail();
		}
		assert_true(der_oid_valid(bytes));
		oid_text(&text, bytes);
		assert_string_equal(buf_cstr(&text), dotted[i]);
		assert_int_equal(oid_find(bytes), i);
		assert_int_equal(oid_by_name(dotted[i]), i);
		assert_int_equal(oid_by_name(oid_short_name((enum oid)i)), i);
		buf_clear(&enc);
		buf_clear(&text);
	}
}

static void
test_unknown(void **state)
{
	(void)state;
	assert_int_equal(oid_find(SLICE_EMPTY), OID_UNKNOWN);
	assert_int_equal(oid_find(SLICE_LIT("\x55\x04")), OID_UNKNOWN);
	assert_int_equal(oid_find(SLICE_LIT("\x55\x04\x03\x01")), OID_UNKNOWN);
	assert_int_equal(oid_by_name("2.5.4"), OID_UNKNOWN);
	assert_int_equal(oid_by_name("cn"), OID_UNKNOWN);
	assert_int_equal(oid_bytes(OID_UNKNOWN).len, 0);
}

static void
test_text(void **state)
{
	static const struct {
		struct slice in;
		const char *want;
	} cases[] = {
	    {{(const uint8_t *)"\x00", 1}, "0.0"},
	    {{(const uint8_t *)"\x27", 1}, "0.39"},
	    {{(const uint8_t *)"\x28", 1}, "1.0"},
	    {{(const uint8_t *)"\x4f", 1}, "1.39"},
	    {{(const uint8_t *)"\x50", 1}, "2.0"},
	    {{(const uint8_t *)"\x88\x37", 2}, "2.999"},
	    {{(const uint8_t *)"\x81\x34\x03", 3}, "2.100.3"},
	    /* 2.25 and a UUID, 128 bits */
	    {{(const uint8_t *)"\x69\x83\xff\xff\xff\xff\xff\xff\xff\xff\xff"
			       "\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
		 20},
		"2.25.340282366920938463463374607431768211455"},
	    {{(const uint8_t *)"\x55\x84", 2}, "invalid"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = BUF_INIT(128);

		oid_text(&b, cases[i].in);
		assert_string_equal(buf_cstr(&b), cases[i].want);
		buf_clear(&b);
	}
}

static void
test_encode_refuses(void **state)
{
	static const char *const cases[] = {"", "1", "1.", "3.1", "0.40",
	    "1.40", "1.2.", "1..2", ".1.2", "1.2 ", "1.02", "1.2.a", "-1.2",
	    /* 2^128; the arc before it, which is 2^128 with 80 added */
	    "1.2.340282366920938463463374607431768211456",
	    "2.340282366920938463463374607431768211376",
	    "1.2.3.4.5.6.7.8.9.1.2.3.4.5.6.7.8.9.1.2.3.4.5.6.7.8.9.1.2.3.4.5.6"
	    ".7.8.9.1.2.3.4.5"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = BUF_INIT(64);

		print_message("\"%s\"\n", cases[i]);
		assert_false(oid_encode(cases[i], &b));
		assert_int_equal(b.len, 0);
		buf_clear(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_table),
	    cmocka_unit_test(test_unknown),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_encode_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
