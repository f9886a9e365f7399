/* SPDX-License-Identifier: Apache-2.0 */
/* Where browsers keep certificates. */
#include "unit.h"

#include <string.h>

#include "certstores/browsers.h"
#include "scratch/scratch.h"

static void
test_profiles(void **state)
{
	static const char ini[] =
	    "[Install1]\nDefault=x\n\n"
	    "[Profile1]\r\nName=one\r\nIsRelative=1\r\nPath=a.one\r\n"
	    "[Profile0]\nPath=/far/two\nIsRelative=0\nName=two\n"
	    "[Profile2]\nName=no path\n"
	    "[General]\nPath=not a profile\n"
	    "[Profile3]\nPath=b\x01 control\n"
	    "[Profile4]\nPath=last";
	struct firefox_profile out[4];
	struct errinfo ei = {0};
	size_t num = 0;

	(void)state;
	assert_ok(firefox_profiles(
		      slice_str(ini), "/base", out, ARRAY_LEN(out), &num, &ei),
	    &ei);
	assert_int_equal(num, 3);
	assert_string_equal(out[0].dir, "/base/a.one");
	assert_string_equal(out[0].name, "one");
	assert_string_equal(out[1].dir, "/far/two");
	assert_string_equal(out[2].dir, "/base/last");
	assert_int_equal(
	    firefox_profiles(slice_str(ini), "/base", out, 2, &num, &ei),
	    ERR_LIMIT);
	assert_string_equal(ei.rule, "certstores.profiles");
}

static void
make(const char *home, const char *path)
{
	char at[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	assert_ok(path_join(at, home, path, &ei), &ei);
	for (char *slash = strchr(at + strlen(home) + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_ok(dir_make(at, 0700, &ei), &ei);
		*slash = '/';
	}
	assert_ok(file_write_atomic(at, SLICE_LIT("x"), 0600, &ei), &ei);
}

static void
test_found(void **state)
{
	static const char ini[] = "[Profile0]\nName=p\nPath=p\n";
	struct browser found[BROWSERS_MAX];
	char home[PATH_TEXT_SIZE], at[PATH_TEXT_SIZE];
	struct errinfo ei = {0};
	size_t num = 9;

	(void)state;
	scratch_open("browsers", home);
	assert_ok(browsers_list(home, found, &num, &ei), &ei);
	assert_int_equal(num, 0);

	make(home, ".local/share/pki/nssdb/cert9.db");
	make(home, ".config/mozilla/firefox/p/cert9.db");
	make(home, "snap/firefox/common/.mozilla/firefox/p/cert9.db");
	assert_ok(
	    path_join(at, home, ".config/mozilla/firefox/profiles.ini", &ei),
	    &ei);
	assert_ok(file_write_atomic(at, slice_str(ini), 0600, &ei), &ei);
	/* A profile that profiles.ini does not name is none. */
	assert_ok(browsers_list(home, found, &num, &ei), &ei);
	assert_int_equal(num, 2);
	assert_string_equal(found[0].name, "Chromium");
	assert_string_equal(found[1].name, "Firefox: p");
	/* It has one, so none is made. */
	assert_false(browsers_lack_chromium(home, at));
	scratch_close(home);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_profiles),
	    cmocka_unit_test(test_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
