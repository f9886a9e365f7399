/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "http/http_priv.h"

static void
paths(void **state)
{
	static const struct {
		const char *path;
		bool ok;
	} cases[] = {
	    {"/", true},
	    {"/v1/forms", true},
	    {"/%D0%81", true},
	    {"/a%2Fb", true},
	    {"/a..b/.c/d.", true},
	    {"/...", true},
	    {"", false},
	    {"*", false},
	    {"http://host/", false},
	    {"host:443", false},
	    {"/.", false},
	    {"/..", false},
	    {"/a/../b", false},
	    {"/a/%2e%2E/b", false},
	    {"/a/.%2e", false},
	    {"/%00", false},
	    {"/%0a", false},
	    {"/%7f", false},
	    {"/%", false},
	    {"/%2", false},
	    {"/%zz", false},
	    {"/a b", false},
	    {"/a\\b", false},
	    {"/\xd0\x81", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (target_path_ok(slice_str(cases[i].path)) != cases[i].ok) {
			fail_msg("%s", cases[i].path);
		}
	}
}

static void
queries(void **state)
{
	static const struct {
		const char *query;
		int num; /* -1: refused */
		const char *name;
		const char *value;
	} cases[] = {
	    {"", 0, NULL, NULL},
	    {"a=1", 1, "a", "1"},
	    {"a", 1, "a", ""},
	    {"a=b=c", 1, "a", "b=c"},
	    {"&&a=1&", 1, "a", "1"},
	    {"q=%D0%81+%2B", 1, "q", "Ё +"},
	    {"a=1&b=2", 2, "a", "1"},
	    {"a=1&a=2", -1, NULL, NULL},
	    {"a=1&%61=2", -1, NULL, NULL},
	    {"a=%00", -1, NULL, NULL},
	    {"a=%0d", -1, NULL, NULL},
	    {"a=%ff", -1, NULL, NULL},
	    {"a=%1", -1, NULL, NULL},
	    {"a&b&c&d", -1, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char memory[64];
		struct room room = {memory, sizeof(memory)};
		struct pair out[3];
		size_t num = 0;
		bool ok = target_query(
		    slice_str(cases[i].query), &room, out, 3, &num);

		if (ok != (cases[i].num >= 0)) {
			fail_msg("%s", cases[i].query);
		}
		if (ok) {
			assert_int_equal(num, cases[i].num);
		}
		if (ok && num > 0) {
			assert_string_equal(out[0].name, cases[i].name);
			assert_string_equal(out[0].value, cases[i].value);
		}
	}
}

static void
decoding_keeps_to_its_room(void **state)
{
	char memory[4];
	struct room room = {memory, sizeof(memory)};

	(void)state;
	assert_null(target_decode(SLICE_LIT("abcd"), false, &room));
	assert_string_equal(
	    target_decode(SLICE_LIT("a+c"), false, &room), "a+c");
	assert_int_equal(room.left, 0);
	assert_null(target_decode(SLICE_EMPTY, false, &room));
}

static void
addresses(void **state)
{
	struct address a, b;
	char text[ADDRESS_SIZE];

	(void)state;
	assert_true(address_parse(SLICE_LIT("10.1.2.3"), &a));
	assert_true(address_parse(SLICE_LIT("::ffff:10.1.2.3"), &b));
	assert_true(address_eq(&a, &b));
	address_text(&b, text);
	assert_string_equal(text, "10.1.2.3");
	assert_true(address_parse(SLICE_LIT("2001:DB8::1"), &a));
	address_text(&a, text);
	assert_string_equal(text, "2001:db8::1");
	assert_false(address_parse(SLICE_LIT(""), &a));
	assert_false(address_parse(SLICE_LIT("10.1.2"), &a));
	assert_false(address_parse(SLICE_LIT("10.1.2.3:80"), &a));
	assert_false(address_parse(SLICE_LIT("unknown"), &a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths),
	    cmocka_unit_test(queries),
	    cmocka_unit_test(decoding_keeps_to_its_room),
	    cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
