/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "agent/trust.h"

static void
test_origins(void **state)
{
	static const char *const good[] = {"https://ca.example.ru",
	    "https://ca.example.ru:8443", "https://127.0.0.1:8443",
	    "https://xn--80ak6aa92e.example"};
	static const char *const bad[] = {"", "https://",
	    "http://ca.example.ru", "https://ca.example.ru/",
	    "https://ca.example.ru:443",
	    "https://ca.example.ru:", "https://ca.example.ru:0",
	    "https://ca.example.ru:08443", "https://ca.example.ru:65536",
	    "https://ca.example.ru:1:2", "https://CA.example.ru",
	    "HTTPS://ca.example.ru", "https://user@ca.example.ru",
	    "https://ca.example.ru?x", "https://*.example.ru", "null",
	    "https://ca.example.ru ", "https://цa.example.ru"};
	struct errinfo ei = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_ok(trust_check_origin(good[i], &ei), &ei);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		print_message("\"%s\"\n", bad[i]);
		assert_int_equal(trust_check_origin(bad[i], &ei), ERR_FORMAT);
		assert_string_equal(ei.rule, "agent.origin");
	}
}

static void
test_parse(void **state)
{
	static const struct {
		const char *text;
		const char *rule; /* "": it is read */
	} cases[] = {
	    {"", ""},
	    {"{\"centres\":[]}", ""},
	    {"{}", "json.field.missing"},
	    {"[]", "json.field.type"},
	    {"{\"centres\":{}}", "json.field.type"},
	    {"{\"centres\":[],\"more\":1}", "json.field.unknown"},
	    {"{\"centres\":[1]}", "json.field.type"},
	    {"{\"centres\":[{\"origin\":\"http://a\",\"name\":\"n\","
	     "\"id\":\"i\",\"ca\":\"AAAA\"}]}",
		"agent.origin"},
	    {"{\"centres\":[{\"origin\":\"https://a\",\"name\":\"n\","
	     "\"id\":\"i\",\"ca\":\"AAAA\"}]}",
		"der.tag"},
	    {"{\"centres\":[{\"origin\":\"https://a\",\"name\":\"n\","
	     "\"id\":\"i\"}]}",
		"json.field.missing"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct errinfo ei = {0};
		struct trust *t = NULL;
		enum err e = trust_parse(slice_str(cases[i].text), &t, &ei);

		print_message("%s: %s\n", cases[i].text, ei.rule);
		if (cases[i].rule[0] == '\0') {
			assert_int_equal(e, ERR_OK);
			assert_int_equal(t->num, 0);
			assert_null(trust_find(t, "https://a"));
		} else {
			assert_int_not_equal(e, ERR_OK);
			assert_null(t);
			assert_string_equal(ei.rule, cases[i].rule);
		}
		trust_free(t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_origins),
	    cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
