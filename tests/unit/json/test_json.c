/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/bounds.h"
#include "json/json.h"

static struct json *
parsed(const char *text)
{
	struct json *root = NULL;
	struct errinfo ei;

	if (json_parse(slice_str(text), 4096, &root, &ei) != ERR_OK) {
		fail_msg("%s: %s", text, ei.text);
	}
	return root;
}

static void
what_is_not_one_clean_json_value_is_refused(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		enum err kind;
		const char *rule; /* NULL: taken */
	} cases[] = {
#define T(s) s, sizeof(s) - 1
	    {T("{}"), ERR_OK, NULL},
	    {T(" [1, 2.5, null]\n"), ERR_OK, NULL},
	    {T("{\"a\":{\"a\":1}}"), ERR_OK, NULL},
	    {T("{\"a\":1,\"a\":1}"), ERR_FORMAT, "json.duplicate"},
	    {T("{\"o\":{\"a\":1,\"\\u0061\":2}}"), ERR_FORMAT,
		"json.duplicate"},
	    {T("{} x"), ERR_FORMAT, "json.syntax"},
	    {T("{}\0"), ERR_FORMAT, "json.syntax"},
	    {T("\"text\""), ERR_FORMAT, "json.syntax"},
	    {T(""), ERR_FORMAT, "json.syntax"},
	    {T("{\"a\":01}"), ERR_FORMAT, "json.syntax"},
	    {T("{\"a\":NaN}"), ERR_FORMAT, "json.syntax"},
	    {T("{'a':1}"), ERR_FORMAT, "json.syntax"},
	    {T("{\"a\":1,}"), ERR_FORMAT, "json.syntax"},
	    {T("// c\n{}"), ERR_FORMAT, "json.syntax"},
	    {T("{\"a\":9223372036854775808}"), ERR_FORMAT, "json.syntax"},
	    {T("{\"a\":\"\\u0000\"}"), ERR_FORMAT, "json.syntax"},
	    {T("{\"a\":\"\\ud800\"}"), ERR_FORMAT, "json.syntax"},
	    {T("{\"a\":\"\xc0\xaf\"}"), ERR_FORMAT, "json.utf8"},
	    {T("{\"a\":\"\x80\"}"), ERR_FORMAT, "json.utf8"},
	    {T("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"), ERR_OK, NULL},
	    {T("[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]"), ERR_LIMIT, "json.depth"},
	    {T("[\"[[[[[[[[[[[[[[[[[[[[\\\"[[[[\"]"), ERR_OK, NULL},
	    {T("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]"), ERR_LIMIT,
		"json.size"},
#undef T
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct json *root = NULL;
		struct errinfo ei = {0};
		enum err e = json_parse(
		    slice_make(cases[i].text, cases[i].len), 40, &root, &ei);

		if (e != cases[i].kind ||
		    (e != ERR_OK && strcmp(ei.rule, cases[i].rule) != 0)) {
			fail_msg("%s: got %s %s", cases[i].text, err_name(e),
			    ei.rule);
		}
		assert_true((e == ERR_OK) == (root != NULL));
		json_free(root);
	}
}

static void
texts_are_clean_and_bounded_and_errors_name_the_field(void **state)
{
	static const struct {
		const char *text;
		enum err kind;
		const char *rule;
		const char *value;
	} cases[] = {
	    {"{\"f\":\"Ёж\"}", ERR_OK, NULL, "Ёж"},
	    {"{\"f\":\"12345678\"}", ERR_OK, NULL, "12345678"},
	    {"{\"f\":\"123456789\"}", ERR_LIMIT, "json.field.length", NULL},
	    {"{\"f\":\"\"}", ERR_LIMIT, "json.field.length", NULL},
	    {"{\"f\":null}", ERR_FORMAT, "json.field.missing", NULL},
	    {"{\"g\":\"x\"}", ERR_FORMAT, "json.field.missing", NULL},
	    {"{\"f\":5}", ERR_FORMAT, "json.field.type", NULL},
	    {"{\"f\":[\"x\"]}", ERR_FORMAT, "json.field.type", NULL},
	    {"{\"f\":\"a\\nb\"}", ERR_FORMAT, "json.field.text", NULL},
	    {"{\"f\":\"a\\u0085\"}", ERR_FORMAT, "json.field.text", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct json *root = parsed(cases[i].text);
		struct errinfo ei = {0};
		const char *out = NULL;

		assert_int_equal(
		    json_get_text(root, "f", 8, &out, &ei), cases[i].kind);
		if (cases[i].kind == ERR_OK) {
			assert_string_equal(out, cases[i].value);
		} else {
			assert_string_equal(ei.rule, cases[i].rule);
			assert_string_equal(ei.object, "f");
			assert_null(out);
		}
		json_free(root);
	}
}

static void
an_absent_optional_text_is_none(void **state)
{
	struct json *root = parsed("{\"e\":\"\",\"n\":null,\"i\":7}");
	const char *text = "before";
	struct errinfo ei;

	(void)state;
	assert_int_equal(
	    json_get_text_optional(root, "e", 8, &text, &ei), ERR_OK);
	assert_null(text);
	assert_int_equal(
	    json_get_text_optional(root, "i", 8, &text, &ei), ERR_FORMAT);
	text = "before";
	assert_int_equal(
	    json_get_text_optional(root, "n", 8, &text, &ei), ERR_OK);
	assert_null(text);
	assert_int_equal(json_array_len(NULL), 0);
	assert_false(json_has(root, "n"));
	assert_true(json_has(root, "e"));
	json_free(root);
}

static void
numbers_keep_their_bounds(void **state)
{
	struct json *root = parsed("{\"min\":-9223372036854775808,"
				   "\"max\":9223372036854775807,\"r\":1.0}");
	struct errinfo ei;
	int64_t i = 0;

	(void)state;
	assert_int_equal(
	    json_get_int(root, "min", INT64_MIN, 0, &i, &ei), ERR_OK);
	assert_true(i == INT64_MIN);
	assert_int_equal(
	    json_get_int(root, "max", 0, INT64_MAX, &i, &ei), ERR_OK);
	assert_true(i == INT64_MAX);
	assert_int_equal(
	    json_get_int(root, "max", 0, INT64_MAX - 1, &i, &ei), ERR_LIMIT);
	assert_int_equal(json_get_int(root, "r", 0, 5, &i, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "json.field.type");
	json_free(root);
}

static void
lists_and_nested_objects_say_where(void **state)
{
	struct json *root =
	    parsed("{\"p\":[{\"n\":\"a\"},{\"n\":5}],\"t\":[\"x\",\"\"]}");
	const struct json *list, *obj;
	const char *text;
	struct errinfo ei;

	(void)state;
	assert_int_equal(json_get_array(root, "p", 1, &list, &ei), ERR_LIMIT);
	assert_int_equal(json_get_array(root, "p", 2, &list, &ei), ERR_OK);
	assert_int_equal(json_array_len(list), 2);
	assert_int_equal(json_item_object(list, 1, &obj, &ei), ERR_OK);
	assert_int_equal(json_get_text(obj, "n", 8, &text, &ei), ERR_FORMAT);
	assert_string_equal(ei.object, "n");
	assert_int_equal(json_item_object(list, 2, &obj, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "json.field.missing");
	assert_int_equal(json_get_array(root, "t", 2, &list, &ei), ERR_OK);
	assert_int_equal(json_item_object(list, 1, &obj, &ei), ERR_FORMAT);
	assert_string_equal(ei.object, "1");
	assert_int_equal(json_item_text(list, 0, 1, &text, &ei), ERR_OK);
	assert_string_equal(text, "x");
	assert_rule(json_item_text(list, 0, 0, &text, &ei), ERR_LIMIT,
	    "json.field.length", &ei);
	assert_rule(json_item_text(list, 1, 8, &text, &ei), ERR_LIMIT,
	    "json.field.length", &ei);
	assert_rule(json_item_text(list, 2, 8, &text, &ei), ERR_FORMAT,
	    "json.field.missing", &ei);
	assert_int_equal(json_get_array(root, "p", 2, &list, &ei), ERR_OK);
	assert_rule(json_item_text(list, 0, 8, &text, &ei), ERR_FORMAT,
	    "json.field.type", &ei);
	json_free(root);
}

static void
unknown_fields_are_refused(void **state)
{
	static const char *const known[] = {"a", "b", NULL};
	struct json *good = parsed("{\"a\":1}");
	struct json *bad = parsed("{\"a\":1,\"B\":2}");
	struct json *list = parsed("[1]");
	struct errinfo ei;

	(void)state;
	assert_int_equal(json_only(good, known, &ei), ERR_OK);
	assert_int_equal(json_only(bad, known, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "json.field.unknown");
	assert_string_equal(ei.object, "B");
	assert_int_equal(json_only(list, known, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "json.field.type");
	json_free(good);
	json_free(bad);
	json_free(list);
}

static void
base64_and_lines(void **state)
{
	struct json *root = parsed("{\"d\":\"AQID\\n\",\"x\":\"AQI*\","
				   "\"p\":\"-----\\r\\nabc\\n\"}");
	struct buf small = BUF_INIT(3), tiny = BUF_INIT(2);
	const char *text;
	struct errinfo ei;

	(void)state;
	assert_int_equal(json_get_base64(root, "d", &small, &ei), ERR_OK);
	assert_int_equal(small.len, 3);
	assert_memory_equal(small.p, "\1\2\3", 3);
	assert_int_equal(json_get_base64(root, "d", &tiny, &ei), ERR_LIMIT);
	assert_string_equal(ei.object, "d");
	buf_reset(&small);
	assert_int_equal(json_get_base64(root, "x", &small, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "json.field.base64");
	assert_int_equal(small.len, 0);
	assert_int_equal(json_get_lines(root, "p", 64, &text, &ei), ERR_OK);
	assert_int_equal(json_get_text(root, "p", 64, &text, &ei), ERR_FORMAT);
	buf_clear(&small);
	buf_clear(&tiny);
	json_free(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_not_one_clean_json_value_is_refused),
	    cmocka_unit_test(
		texts_are_clean_and_bounded_and_errors_name_the_field),
	    cmocka_unit_test(an_absent_optional_text_is_none),
	    cmocka_unit_test(numbers_keep_their_bounds),
	    cmocka_unit_test(lists_and_nested_objects_say_where),
	    cmocka_unit_test(unknown_fields_are_refused),
	    cmocka_unit_test(base64_and_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
