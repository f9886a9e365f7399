/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

enum {
	OUT_BYTES = 65536
};

static char out[OUT_BYTES];

/* What stands on standard error after `say`. */
static void
hear(void (*say)(void))
{
	FILE *file = tmpfile();
	int kept = dup(STDERR_FILENO);
	size_t len;

	assert_non_null(file);
	assert_true(kept >= 0);
	assert_int_equal(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
	say();
	assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	assert_int_equal(close(kept), 0);
	rewind(file);
	len = fread(out, 1, sizeof(out) - 1, file);
	out[len] = '\0';
	assert_int_equal(fclose(file), 0);
}

static void
say_hostile(void)
{
	log_event(LOG_WARN, "e.one", L_STR("plain", "abc"), L_STR("none", NULL),
	    L_STR("quoted", "a \"b\" c"), L_INT("n", -5),
	    L_STR("forged", "x\nlevel=error\xff"));
	log_plain(LOG_DEBUG, "e.quiet");
}

static void
values_are_escaped_and_levels_kept(void **state)
{
	(void)state;
	hear(say_hostile);
	assert_string_equal(out,
	    "level=warn role=test event=e.one plain=abc none=\"\" "
	    "quoted=\"a \\\"b\\\" c\" n=-5 "
	    "forged=\"x\\x0alevel=error\\xff\"\n");
}

/* Each value is cut, three of them are still more than a line holds. */
static void
say_much(void)
{
	char much[2000];

	memset(much, 0xff, sizeof(much) - 1);
	much[sizeof(much) - 1] = '\0';
	log_event(LOG_INFO, "e.much", L_STR("a", much), L_STR("b", much),
	    L_STR("c", much), L_INT("d", 1));
	log_plain(LOG_INFO, "e.next");
}

static void
a_line_that_is_full_still_ends(void **state)
{
	char *second;

	(void)state;
	hear(say_much);
	second = strchr(out, '\n');
	assert_non_null(second);
	assert_string_equal(second, "\nlevel=info role=test event=e.next\n");
	*second = '\0';
	assert_non_null(strstr(out, " b=\\xff"));
	assert_null(strstr(out, " c="));
	assert_non_null(strstr(out, " d=1"));
}

static void
say_each(void)
{
	log_for_journal();
	log_plain(LOG_ERROR, "e.error");
	log_plain(LOG_WARN, "e.warn");
	log_plain(LOG_INFO, "e.info");
}

/* The last of all: it cannot be undone. */
static void
the_journal_gets_priorities(void **state)
{
	(void)state;
	hear(say_each);
	assert_string_equal(out, "<3>level=error role=test event=e.error\n"
				 "<4>level=warn role=test event=e.warn\n"
				 "<6>level=info role=test event=e.info\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_escaped_and_levels_kept),
	    cmocka_unit_test(a_line_that_is_full_still_ends),
	    cmocka_unit_test(the_journal_gets_priorities),
	};

	log_init("test", LOG_INFO);
	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
