/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const struct {
	const char *name;
	struct slice in;
	bool utf8;
	bool clean;
} utf8_cases[] = {
    {"ascii", {(const uint8_t *)"abc", 3}, true, true},
    {"cyrillic", {(const uint8_t *)"Ё", 2}, true, true},
    {"four bytes", {(const uint8_t *)"\xf0\x9f\x98\x80", 4}, true, true},
    {"empty", {NULL, 0}, true, false},
    {"tab", {(const uint8_t *)"a\tb", 3}, true, false},
    {"nul", {(const uint8_t *)"a\0b", 3}, true, false},
    {"c1 control", {(const uint8_t *)"\xc2\x85", 2}, true, false},
    {"overlong", {(const uint8_t *)"\xc0\xaf", 2}, false, false},
    {"overlong 3", {(const uint8_t *)"\xe0\x80\xaf", 3}, false, false},
    {"surrogate", {(const uint8_t *)"\xed\xa0\x80", 3}, false, false},
    {"too high", {(const uint8_t *)"\xf4\x90\x80\x80", 4}, false, false},
    {"cut", {(const uint8_t *)"\xd0", 1}, false, false},
    {"stray", {(const uint8_t *)"\x80", 1}, false, false},
};

static void
utf8_is_judged_exactly(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(utf8_cases); i++) {
		bool utf8 = text_is_utf8(utf8_cases[i].in);
		bool clean = text_is_clean(utf8_cases[i].in);

		if (utf8 != utf8_cases[i].utf8 ||
		    clean != utf8_cases[i].clean) {
			fail_msg("%s", utf8_cases[i].name);
		}
	}
}

static void
base64_vectors_of_rfc_4648(void **state)
{
	static const char *const pairs[][2] = {{"", ""}, {"f", "Zg=="},
	    {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct buf out = BUF_INIT(64), back = BUF_INIT(64);

		text_base64(&out, slice_str(pairs[i][0]));
		assert_string_equal(buf_cstr(&out), pairs[i][1]);
		assert_true(text_unbase64(buf_slice(&out), &back));
		assert_string_equal(buf_cstr(&back), pairs[i][0]);
		buf_clear(&out);
		buf_clear(&back);
	}
}

static void
base64_has_one_text_for_one_value(void **state)
{
	static const char *const bad[] = {"Zg",
	    "Zg=", "Zg===", "Zh==", "Zm9=", "Z", "Zg==Zg==", "Zm9v!", "=",
	    "Zm=9"};
	struct buf out = BUF_INIT(64);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		buf_reset(&out);
		assert_false(text_unbase64(slice_str(bad[i]), &out));
	}
	buf_reset(&out);
	assert_true(text_unbase64(SLICE_LIT("Zm9v\r\nYmFy"), &out));
	assert_string_equal(buf_cstr(&out), "foobar");
	buf_reset(&out);
	text_base64url(&out, SLICE_LIT("\xff\xfe"));
	assert_string_equal(buf_cstr(&out), "__4");
	buf_reset(&out);
	assert_true(text_is_base64url(SLICE_LIT("__4")));
	assert_true(text_unbase64url(SLICE_LIT("__4"), &out));
	assert_memory_equal(out.p, "\xff\xfe", 2);
	assert_false(text_is_base64url(SLICE_LIT("__5")));
	assert_false(text_unbase64url(SLICE_LIT("__5"), &out));
	buf_clear(&out);
}

static void
hex_is_exact(void **state)
{
	uint8_t out[2];
	struct buf b = BUF_INIT(16);

	(void)state;
	text_hex(&b, SLICE_LIT("\x0a\xff"));
	assert_string_equal(buf_cstr(&b), "0aff");
	assert_true(text_unhex(SLICE_LIT("0AfF"), out, sizeof(out)));
	assert_memory_equal(out, "\x0a\xff", 2);
	assert_false(text_unhex(SLICE_LIT("0Af"), out, sizeof(out)));
	assert_false(text_unhex(SLICE_LIT("0AfG"), out, sizeof(out)));
	assert_false(text_unhex(SLICE_LIT("0A:fF"), out, sizeof(out)));
	assert_false(text_unhex(SLICE_LIT("0AfF0"), out, sizeof(out)));
	buf_clear(&b);
}

static void
hex_as_others_write_it(void **state)
{
	static const char *const good[] = {"0aff", "0A:FF", "0A FF", "0a : ff"};
	static const char *const bad[] = {
	    "", "0a", "0a:f", "0:aff", ":0aff", "0aff:", "0a-ff", "0a:ff:00"};
	uint8_t out[2];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		memset(out, 0, sizeof(out));
		assert_true(
		    text_unhex_apart(slice_str(good[i]), out, sizeof(out)));
		assert_memory_equal(out, "\x0a\xff", 2);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(
		    text_unhex_apart(slice_str(bad[i]), out, sizeof(out)));
	}
}

static void
escapes_what_could_forge_a_line(void **state)
{
	struct buf b = BUF_INIT(128);

	(void)state;
	text_escape(&b, SLICE_LIT("a\nb\\\xd1\x8f\xff\x1b"), 100);
	assert_string_equal(buf_cstr(&b), "a\\x0ab\\x5c\xd1\x8f\\xff\\x1b");
	buf_reset(&b);
	/* Right-to-left override, Arabic letter mark, zero-width space. */
	text_escape(
	    &b, SLICE_LIT("a\xe2\x80\xae\xd8\x9c\xe2\x80\x8b\xd8\x9d"), 100);
	assert_string_equal(
	    buf_cstr(&b), "a\\xe2\\x80\\xae\\xd8\\x9c\\xe2\\x80\\x8b\xd8\x9d");
	buf_reset(&b);
	text_escape(&b, SLICE_LIT("abcdef"), 3);
	assert_string_equal(buf_cstr(&b), "abc...");
	buf_clear(&b);
}

static void
fold_joins_what_people_mean_as_one(void **state)
{
	static const char *const pairs[][2] = {
	    {"  Иванов   Иван ", "иванов иван"},
	    {"ЁЖ ёж", "еж еж"},
	    {"ООО «АвтоСпор»", "ооо «автоспор»"},
	    {"O'Neil\tX", "o'neil x"},
	    {"\xc2\xa0"
	     "А",
		"а"},
	    {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct buf b = BUF_INIT(128);

		text_fold(&b, slice_str(pairs[i][0]));
		assert_string_equal(buf_cstr(&b), pairs[i][1]);
		buf_clear(&b);
	}
}

static void
numbers_do_not_overflow(void **state)
{
	uint64_t v;

	(void)state;
	assert_true(text_to_u64(SLICE_LIT("18446744073709551615"), &v));
	assert_true(v == UINT64_MAX);
	assert_false(text_to_u64(SLICE_LIT("18446744073709551616"), &v));
	assert_false(text_to_u64(SLICE_LIT(""), &v));
	assert_false(text_to_u64(SLICE_LIT("-1"), &v));
	assert_false(text_to_u64(SLICE_LIT("1 "), &v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(utf8_is_judged_exactly),
	    cmocka_unit_test(base64_vectors_of_rfc_4648),
	    cmocka_unit_test(base64_has_one_text_for_one_value),
	    cmocka_unit_test(hex_is_exact),
	    cmocka_unit_test(hex_as_others_write_it),
	    cmocka_unit_test(escapes_what_could_forge_a_line),
	    cmocka_unit_test(fold_joins_what_people_mean_as_one),
	    cmocka_unit_test(numbers_do_not_overflow),
	};

	return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
