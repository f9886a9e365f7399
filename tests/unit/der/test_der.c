/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "der/der.h"

#define HEX(s) SLICE_LIT(s)

/* What der_get_any() says to each beginning. */
static const struct {
	const char *name;
	struct slice in;
	const char *rule; /* NULL: accepted */
	size_t content_len;
} any_cases[] = {
    {"empty sequence", {(const uint8_t *)"\x30\x00", 2}, NULL, 0},
    {"one octet", {(const uint8_t *)"\x04\x01\xaa", 3}, NULL, 1},
    {"more behind", {(const uint8_t *)"\x05\x00\x05\x00", 4}, NULL, 0},
    {"context primitive", {(const uint8_t *)"\x80\x01\x00", 3}, NULL, 1},
    {"context constructed", {(const uint8_t *)"\xa0\x00", 2}, NULL, 0},
    {"nothing", {NULL, 0}, "der.truncated", 0},
    {"tag alone", {(const uint8_t *)"\x30", 1}, "der.truncated", 0},
    {"length cut", {(const uint8_t *)"\x30\x82\x01", 3}, "der.truncated", 0},
    {"overrun", {(const uint8_t *)"\x04\x02\xaa", 3}, "der.length.overrun", 0},
    {"indefinite", {(const uint8_t *)"\x30\x80\x00\x00", 4},
	"der.length.indefinite", 0},
    {"long form of 0", {(const uint8_t *)"\x30\x81\x00", 3},
	"der.length.minimal", 0},
    {"leading zero", {(const uint8_t *)"\x30\x82\x00\x80", 4},
	"der.length.minimal", 0},
    {"five length octets", {(const uint8_t *)"\x30\x85\1\1\1\1\1", 7},
	"der.length.long", 0},
    {"reserved ff", {(const uint8_t *)"\x30\xff", 2}, "der.length.long", 0},
    {"high tag", {(const uint8_t *)"\x1f\x81\x01\x00", 4}, "der.tag.high", 0},
    {"high context tag", {(const uint8_t *)"\xbf\x20\x00", 3}, "der.tag.high",
	0},
    {"end of contents", {(const uint8_t *)"\x00\x00", 2}, "der.tag.form", 0},
    {"constructed OCTET STRING", {(const uint8_t *)"\x24\x02\x04\x00", 4},
	"der.tag.form", 0},
    {"primitive SEQUENCE", {(const uint8_t *)"\x10\x00", 2}, "der.tag.form", 0},
    {"primitive SET", {(const uint8_t *)"\x11\x00", 2}, "der.tag.form", 0},
    {"constructed UTF8String", {(const uint8_t *)"\x2c\x00", 2}, "der.tag.form",
	0},
};

static void
test_any(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(any_cases); i++) {
		struct slice s = any_cases[i].in, content = SLICE_EMPTY;
		struct slice whole = SLICE_EMPTY;
		struct errinfo ei = {0};
		uint8_t tag = 0;
		enum err err;

		print_message("%s\n", any_cases[i].name);
		err = der_get_any(&s, &tag, &content, &whole, &ei);
		if (any_cases[i].rule == NULL) {
			assert_ok(err, &ei);
			assert_int_equal(content.len, any_cases[i].content_len);
			assert_int_equal(tag, any_cases[i].in.p[0]);
			assert_ptr_equal(whole.p, any_cases[i].in.p);
			assert_ptr_equal(whole.p + whole.len, s.p);
		} else {
			assert_int_equal(err, ERR_FORMAT);
			assert_string_equal(ei.rule, any_cases[i].rule);
			/* nothing consumed, nothing given */
			assert_ptr_equal(s.p, any_cases[i].in.p);
			assert_int_equal(s.len, any_cases[i].in.len);
			assert_null(content.p);
		}
	}
}

/* Around the borders of the length forms. */
static void
test_lengths(void **state)
{
	static const struct {
		size_t len;
		uint8_t header[5];
		size_t header_len;
	} cases[] = {
	    {127, {0x04, 0x7f}, 2},
	    {128, {0x04, 0x81, 0x80}, 3},
	    {255, {0x04, 0x81, 0xff}, 3},
	    {256, {0x04, 0x82, 0x01, 0x00}, 4},
	    {65535, {0x04, 0x82, 0xff, 0xff}, 4},
	    {65536, {0x04, 0x83, 0x01, 0x00, 0x00}, 5},
	};
	static uint8_t block[65536 + 8];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t all = cases[i].header_len + cases[i].len;
		struct slice s = slice_make(block, all), content;
		struct errinfo ei = {0};

		memcpy(block, cases[i].header, cases[i].header_len);
		assert_ok(der_get(&s, DER_OCTET_STRING, &content, &ei), &ei);
		assert_int_equal(content.len, cases[i].len);
		assert_int_equal(s.len, 0);
		s = slice_make(block, all - 1);
		assert_int_equal(
		    der_get(&s, DER_OCTET_STRING, &content, &ei), ERR_FORMAT);
		assert_string_equal(ei.rule, "der.length.overrun");
	}
}

static void
test_expected_tag(void **state)
{
	struct slice s = HEX("\x04\x01\xaa\x05\x00"), content, whole;
	struct errinfo ei = {0};
	bool present = true;

	(void)state;
	assert_int_equal(der_peek(s), DER_OCTET_STRING);
	assert_int_equal(der_get(&s, DER_SEQUENCE, &content, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "der.tag");
	assert_int_equal(s.len, 5);

	assert_ok(
	    der_get_optional(&s, DER_INTEGER, &present, &content, &ei), &ei);
	assert_false(present);
	assert_int_equal(s.len, 5);
	assert_ok(
	    der_get_optional(&s, DER_OCTET_STRING, &present, &content, &ei),
	    &ei);
	assert_true(present);
	assert_int_equal(content.len, 1);

	assert_int_equal(der_end(s, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "der.trailing");
	assert_ok(der_get_whole(&s, DER_NULL, &whole, &ei), &ei);
	assert_true(slice_eq(whole, HEX("\x05\x00")));
	assert_ok(der_end(s, &ei), &ei);
	assert_int_equal(der_peek(s), -1);
	assert_int_equal(der_get(&s, DER_NULL, &content, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "der.truncated");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_any),
	    cmocka_unit_test(test_lengths),
	    cmocka_unit_test(test_expected_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
