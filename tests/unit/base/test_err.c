/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

static void
fills_every_field_and_returns_the_kind(void **state)
{
	struct errinfo ei;

	(void)state;
	assert_int_equal(err_set(&ei, ERR_POLICY, "a.rule", "RFC 5280 4.1",
			     "saw %d, want %s", 3, "four"),
	    ERR_POLICY);
	assert_int_equal(ei.kind, ERR_POLICY);
	assert_string_equal(ei.rule, "a.rule");
	assert_string_equal(ei.clause, "RFC 5280 4.1");
	assert_string_equal(ei.object, "");
	assert_string_equal(ei.text, "saw 3, want four");
	assert_int_equal(err_object(&ei, ERR_POLICY, "snils"), ERR_POLICY);
	assert_string_equal(ei.object, "snils");
}

static void
null_errinfo_is_allowed_everywhere(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, ERR_LIMIT, "r", NULL, "x"), ERR_LIMIT);
	assert_int_equal(err_sys(NULL, "r", "x"), ERR_SYS);
	assert_int_equal(err_object(NULL, ERR_FORMAT, "o"), ERR_FORMAT);
	assert_int_equal(err_nomem(NULL), ERR_NOMEM);
}

static void
system_errors_keep_errno(void **state)
{
	struct errinfo ei;

	(void)state;
	errno = ENOENT;
	(void)err_sys(&ei, "file.open", "cannot open %s", "x.conf");
	assert_int_equal(ei.sys, ENOENT);
	assert_string_equal(
	    ei.text, "cannot open x.conf: No such file or directory");
}

static void
text_is_always_clean_even_when_cut(void **state)
{
	struct errinfo ei;
	char longer[2 * ERRINFO_TEXT];

	(void)state;
	(void)err_set(&ei, ERR_FORMAT, "r", NULL, "a\nb\x1b[31m\xff");
	assert_string_equal(ei.text, "a?b?[31m?");
	/* "я" is two bytes: some cut falls into the middle of one. */
	for (size_t i = 0; i + 2 < sizeof(longer); i += 2) {
		longer[i] = '\xd1';
		longer[i + 1] = '\x8f';
	}
	longer[sizeof(longer) - 2] = '\0';
	(void)err_set(&ei, ERR_FORMAT, "r", NULL, "%s", longer);
	assert_true(strlen(ei.text) >= ERRINFO_TEXT - 3);
	assert_true(text_is_utf8(slice_str(ei.text)));
	(void)err_set(&ei, ERR_FORMAT, "r", NULL, " %s", longer);
	assert_true(text_is_utf8(slice_str(ei.text)));
}

static void
every_kind_has_a_name(void **state)
{
	(void)state;
	for (int k = 0; k < ERR_MAX_; k++) {
		assert_true(strlen(err_name((enum err)k)) > 0);
	}
	assert_string_equal(err_name(ERR_MAX_), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fills_every_field_and_returns_the_kind),
	    cmocka_unit_test(null_errinfo_is_allowed_everywhere),
	    cmocka_unit_test(system_errors_keep_errno),
	    cmocka_unit_test(text_is_always_clean_even_when_cut),
	    cmocka_unit_test(every_kind_has_a_name),
	};

	return cmocka_run_group_tests_name("base/err", tests, NULL, NULL);
}
