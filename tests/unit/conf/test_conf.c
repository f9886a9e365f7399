/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf/conf.h"

static const char *
is_http(const char *value)
{
	return strncmp(value, "http", 4) == 0 ? NULL : "is no http address";
}

static const char *const kinds[] = {"soft", "module", NULL};
static const struct conf_setting limits[] = {
    {.name = "days",
	.type = CONF_INT,
	.min = 1,
	.max = 7300,
	.fallback_int = 365},
    {.name = "note", .type = CONF_TEXT, .required = true},
    {0},
};
static const struct conf_setting attribute[] = {
    {.name = "oid", .type = CONF_TEXT, .required = true, .min = 3, .max = 8},
    {.name = "must", .type = CONF_BOOL},
    {0},
};
static const struct conf_setting settings[] = {
    {.name = "name", .type = CONF_TEXT, .required = true, .min = 1, .max = 8},
    {.name = "kind", .type = CONF_CHOICE, .choices = kinds, .fallback = "soft"},
    {.name = "other", .type = CONF_CHOICE, .choices = kinds},
    {.name = "big", .type = CONF_INT},
    {.name = "on", .type = CONF_BOOL, .fallback_bool = true},
    {.name = "urls", .type = CONF_TEXTS, .max = 2, .check = is_http},
    {.name = "limits", .type = CONF_GROUP, .members = limits},
    {.name = "attributes", .type = CONF_GROUPS, .max = 3, .members = attribute},
    {0},
};

static void
every_type_is_read_and_every_default_given(void **state)
{
	static const char text[] =
	    "# a comment with @include inside\n"
	    "name = \"Ёж\"; kind = \"module\"; big = 99999999999L;\n"
	    "on = false; urls = [\"http://a\", \"https://b\"];\n"
	    "limits : { days = 30; note = \"a\" \"b\"; };\n"
	    "attributes = ( { oid = \"2.5.4.3\"; must = true; },\n"
	    "               { oid = \"2.5.4.6\"; } );\n";
	struct conf *conf = NULL;
	struct conf_cursor root, item;
	struct errinfo ei = {0};

	(void)state;
	assert_ok(
	    conf_parse(slice_str(text), "t", settings, &conf, NULL, &ei), &ei);
	root = conf_root(conf);
	assert_string_equal(conf_text(root, "name"), "Ёж");
	assert_int_equal(conf_choice(root, "kind"), 1);
	assert_int_equal(conf_choice(root, "other"), 2);
	assert_false(conf_has(root, "other"));
	assert_true(conf_int(root, "big") == 99999999999);
	assert_false(conf_bool(root, "on"));
	assert_int_equal(conf_len(root, "urls"), 2);
	assert_string_equal(conf_text_at(root, "urls", 1), "https://b");
	assert_int_equal(conf_int(root, "limits.days"), 30);
	assert_string_equal(
	    conf_text(conf_group(root, "limits"), "note"), "ab");
	assert_int_equal(conf_len(root, "attributes"), 2);
	item = conf_group_at(root, "attributes", 1);
	assert_string_equal(conf_text(item, "oid"), "2.5.4.6");
	assert_false(conf_bool(item, "must"));
	assert_true(conf_bool(conf_group_at(root, "attributes", 0), "must"));
	conf_free(conf);

	conf = NULL;
	assert_ok(conf_parse(
		      SLICE_LIT("name=\"x\""), "t", settings, &conf, NULL, &ei),
	    &ei);
	root = conf_root(conf);
	assert_int_equal(conf_choice(root, "kind"), 0);
	assert_string_equal(conf_text(root, "kind"), "soft");
	assert_true(conf_bool(root, "on"));
	assert_int_equal(conf_len(root, "urls"), 0);
	assert_int_equal(conf_int(root, "limits.days"), 365);
	assert_null(conf_text(root, "limits.note"));
	assert_false(conf_has(root, "limits"));
	conf_free(conf);
}

static void
all_wrong_values_are_reported_at_once_with_their_lines(void **state)
{
	static const char text[] = "kind = \"hard\";\n"
				   "big = \"x\";\n"
				   "on = 1;\n"
				   "urls = [ \"ftp://x\",\n"
				   "  \"http://a\", \"http://b\" ];\n"
				   "limits : { days = 0;\n"
				   "  dayz = 1; };\n"
				   "attributes = ( { oid = \"1\"; },\n"
				   "  5,\n"
				   "  { } );\n"
				   "extra = { a = 1; };\n";
	static const char want[] =
	    "t:1: kind: is \"hard\"; it may be \"soft\", \"module\"\n"
	    "t:2: big: is a text and should be a whole number\n"
	    "t:3: on: is a whole number and should be true or false\n"
	    "t:4: urls: has 3 items; it may have 0 to 2\n"
	    "t:4: urls[0]: is no http address\n"
	    "t:6: limits.days: is 0; it may be from 1 to 7300\n"
	    "t:7: limits.dayz: there is no such setting\n"
	    "t:6: limits.note: is missing\n"
	    "t:8: attributes[0].oid: has 1 bytes; it may have 3 to 8\n"
	    "t:9: attributes[1]: is a whole number and should be a group { "
	    "}\n"
	    "t:10: attributes[2].oid: is missing\n"
	    "t:11: extra: there is no such setting\n"
	    "t: name: is missing\n";
	struct conf_report report;
	struct conf *conf = NULL;
	struct errinfo ei = {0};

	(void)state;
	conf_report_init(&report);
	assert_int_equal(
	    conf_parse(slice_str(text), "t", settings, &conf, &report, &ei),
	    ERR_FORMAT);
	assert_null(conf);
	assert_string_equal(conf_report_text(&report), want);
	assert_int_equal(report.num_lines, 13);
	assert_string_equal(ei.rule, "conf.values");
	assert_string_equal(ei.text,
	    "t:1: kind: is \"hard\"; it may be \"soft\", \"module\" (and 12 "
	    "more errors)");
	conf_report_clear(&report);
}

static void
what_libconfig_would_take_silently_is_refused(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *why; /* NULL: taken */
	} cases[] = {
#define T(s) s, sizeof(s) - 1
	    {T("name=\"x\"; big=2147483647;"), NULL},
	    {T("name=\"x\"; big=2147483648;"), "needs an L"},
	    {T("name=\"x\"; big=-99999999999;"), "needs an L"},
	    {T("name=\"x\"; big=9223372036854775807L;"), NULL},
	    {T("name=\"x\"; big=9223372036854775808L;"), "64 bits"},
	    {T("name=\"x\"; big=99999999999on=true;"), "no decimal"},
	    {T("name=\"x\"; big=0x10;"), "no decimal"},
	    {T("name=\"x\";\n\nbig=1;\nbig=2;"), "duplicate"},
	    {T("limits={days=1;days=2;};"), "duplicate"},
	    {T("name=\"a\\x00b\";"), "NUL"},
	    {T("name=\"a\\x41b\";"), NULL},
	    {T("name=\"a\\qb\";"), "escape"},
	    {T("name=\"x\";\0"), "NUL"},
	    {T("name=\"\xff\";"), "UTF-8"},
	    {T("@include \"y\"\n"), "@include"},
	    {T("name=\"@include\"; /* @include */ // @include\n"), NULL},
	    {T("a=((((((((((((((((1))))))))))))))))"), "no such setting"},
	    {T("a=(((((((((((((((((1)))))))))))))))))"), "too deep"},
	    {T("name=\"x"), "no end"},
	    {T("/* x"), "no end"},
	    {T("name \"x\";"), "syntax error"},
	    {T("name=\"a\\x0ab\";"), "control characters"},
#undef T
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct conf *conf = NULL;
		struct conf_report report;
		struct errinfo ei = {0};
		enum err e;

		conf_report_init(&report);
		e = conf_parse(slice_make(cases[i].text, cases[i].len), "t",
		    settings, &conf, &report, &ei);
		if ((cases[i].why == NULL) != (e == ERR_OK) ||
		    (cases[i].why != NULL &&
			strstr(ei.text, cases[i].why) == NULL)) {
			fail_msg("%s: %s", cases[i].text, ei.text);
		}
		assert_int_equal(report.num_lines > 0, e != ERR_OK);
		conf_free(conf);
		conf_report_clear(&report);
	}
}

static void
rules_of_the_caller_get_file_and_line_too(void **state)
{
	struct conf_report report;
	struct conf *conf = NULL;
	struct errinfo ei = {0};

	(void)state;
	conf_report_init(&report);
	assert_int_equal(conf_report_err(&report, &ei), ERR_OK);
	assert_ok(conf_parse(SLICE_LIT("name=\"x\";\nattributes=(\n"
				       "{oid=\"1.2.3\";});"),
		      "t", settings, &conf, &report, &ei),
	    &ei);
	conf_complain(&report, conf_group_at(conf_root(conf), "attributes", 0),
	    "oid", "the OID %s is not known", "1.2.3");
	conf_complain(&report, conf_root(conf), "urls", "is needed here");
	assert_string_equal(conf_report_text(&report),
	    "t:3: attributes[0].oid: the OID 1.2.3 is not known\n"
	    "t: urls: is needed here\n");
	assert_int_equal(conf_report_err(&report, &ei), ERR_FORMAT);
	conf_report_clear(&report);
	conf_free(conf);
}

/* A hundred lines of 700 bytes are more than a report holds. */
static void
a_report_that_is_full_keeps_what_it_has(void **state)
{
	struct buf text = BUF_INIT(256 * 1024);
	struct conf_report report;
	struct conf *conf = NULL;
	struct errinfo ei = {0};
	const char *lines;

	(void)state;
	conf_report_init(&report);
	for (unsigned i = 0; i < 100; i++) {
		buf_printf(&text, "a%02u%0700u=1;\n", i, 0);
	}
	assert_int_equal(
	    conf_parse(buf_slice(&text), "t", settings, &conf, &report, &ei),
	    ERR_FORMAT);
	lines = conf_report_text(&report);
	assert_int_equal(report.num_lines, 101); /* and "name is missing" */
	assert_memory_equal(lines, "t:1: a00", 8);
	assert_memory_equal(ei.text, "t:1: a00", 8);
	assert_int_equal(lines[strlen(lines) - 1], '\n');
	conf_report_clear(&report);
	buf_clear(&text);
}

static void
files_are_read_and_their_absence_said(void **state)
{
	char path[] = "/tmp/surguch-conf-XXXXXX";
	int fd = mkstemp(path);
	struct conf *conf = NULL;
	struct errinfo ei = {0};

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "name=\"y\";", 9), 9);
	assert_int_equal(close(fd), 0);
	assert_ok(conf_read(path, settings, &conf, NULL, &ei), &ei);
	assert_string_equal(conf_text(conf_root(conf), "name"), "y");
	conf_free(conf);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(
	    conf_read(path, settings, &conf, NULL, &ei), ERR_NOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_type_is_read_and_every_default_given),
	    cmocka_unit_test(
		all_wrong_values_are_reported_at_once_with_their_lines),
	    cmocka_unit_test(what_libconfig_would_take_silently_is_refused),
	    cmocka_unit_test(rules_of_the_caller_get_file_and_line_too),
	    cmocka_unit_test(a_report_that_is_full_keeps_what_it_has),
	    cmocka_unit_test(files_are_read_and_their_absence_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
