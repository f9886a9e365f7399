/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a page: which encodings a browser takes, and what may lie in
 * their directory.  What is served shows in tests/e2e/pages.test.mjs. */
#include "unit.h"

#include <string.h>

#include "base/bounds.h"
#include "crypto/init.h"
#include "http/static_files.h"
#include "scratch/scratch.h"

static void
who_takes_gzip(void **state)
{
	static const struct {
		const char *value;
		bool takes;
	} cases[] = {
	    {NULL, false},
	    {"", false},
	    {"gzip", true},
	    {"GZip", true},
	    {"gzip, deflate, br, zstd", true},
	    {"br,gzip", true},
	    {"br ,\tgzip ; q=0.5", true},
	    {"gzip;q=1.0", true},
	    {"gzip;Q=0.001", true},
	    {"*", true},
	    {"*;q=0.1", true},
	    {"gzip;q=0", false},
	    {"gzip;q=0.000", false},
	    {"*, gzip;q=0", false},
	    {"gzip, *;q=0", true},
	    {"*;q=0", false},
	    {"identity", false},
	    {"x-gzip", false},
	    {"gzips", false},
	    {"gz", false},
	    {"gzip;q=", false},
	    {"gzip;q=2", false},
	    {"gzip;q=0.0001", false},
	    {"gzip;level=9", false},
	    {"gzip deflate", false},
	    {"gzip;", false},
	    {"gzip;q=1;q=1", false},
	    {",gzip,", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (static_takes_gzip(cases[i].value) != cases[i].takes) {
			fail_msg("\"%s\"", cases[i].value);
		}
	}
}

static void
put(const char *dir, const char *name, const char *text)
{
	char path[PATH_TEXT_SIZE];
	struct errinfo ei;

	assert_ok(path_join(path, dir, name, &ei), &ei);
	assert_ok(file_write_atomic(path, slice_str(text), 0644, &ei), &ei);
}

static void
nothing_else_may_lie_there(void **state)
{
	static const struct {
		const char *name;
		const char *rule; /* NULL: it may */
	} cases[] = {
	    {"index.html", NULL},
	    {"main-0123.js", NULL},
	    {"index.html.gz", NULL},
	    {"notes.txt", "static.type"},
	    {"html", "static.type"},
	    {".html", NULL}, /* dot files are not looked at */
	    {"other.js.gz", "static.gzip"},
	    {"notes.gz", "static.gzip"},
	};
	static const struct ready_header header = {"X-Page", "yes"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct static_files *files = NULL;
		struct errinfo ei = {0};
		char dir[PATH_TEXT_SIZE];
		enum err e;

		scratch_open("static", dir);
		put(dir, "index.html", "<!doctype html>");
		put(dir, cases[i].name, "text");
		e = static_files_load(dir, &header, 1, &files, &ei);
		if (cases[i].rule == NULL) {
			assert_ok(e, &ei);
		} else {
			assert_int_equal(e, ERR_UNSUPPORTED);
			assert_string_equal(ei.rule, cases[i].rule);
			assert_non_null(strstr(ei.text, cases[i].name));
		}
		static_files_free(files);
		scratch_close(dir);
	}
}

static void
no_directory_no_header_and_too_large(void **state)
{
	static const struct ready_header bad = {"X-Page", "two\r\nlines"};
	static char large[STATIC_FILE_MAX + 2];
	struct static_files *files = NULL;
	struct errinfo ei = {0};
	char dir[PATH_TEXT_SIZE];

	(void)state;
	assert_int_equal(
	    static_files_load("/nonexistent/surguch", NULL, 0, &files, &ei),
	    ERR_SYS);
	scratch_open("static", dir);
	put(dir, "a.html", "");
	assert_int_equal(
	    static_files_load(dir, &bad, 1, &files, &ei), ERR_FORMAT);
	memset(large, 'x', sizeof(large) - 1);
	put(dir, "a.js", large);
	assert_int_equal(
	    static_files_load(dir, NULL, 0, &files, &ei), ERR_LIMIT);
	scratch_close(dir);
}

static int
set_up(void **state)
{
	(void)state;
	return crypto_init(NULL) == ERR_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_takes_gzip),
	    cmocka_unit_test(nothing_else_may_lie_there),
	    cmocka_unit_test(no_directory_no_header_and_too_large),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
