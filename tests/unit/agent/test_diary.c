/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's log in a file. */
#include "unit.h"

#include <string.h>
#include <sys/stat.h>

#include "agent/diary.h"
#include "base/log.h"
#include "scratch/scratch.h"

enum {
	SMALL = 400
};

static int64_t
noon(void *arg)
{
	(void)arg;
	return (int64_t)1700000000 * 1000;
}

static void
read_all(const char *dir, const char *name, struct buf *out)
{
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	assert_ok(path_join(path, dir, name, &ei), &ei);
	assert_ok(file_read(path, 65536, out, &ei), &ei);
}

static void
test_lines_and_turns(void **state)
{
	const struct clock clock = {.utc_ms = noon};
	struct buf now = BUF_INIT(65536), before = BUF_INIT(65536);
	char dir[PATH_TEXT_SIZE];
	struct errinfo ei = {0};
	struct diary *d = NULL;

	(void)state;
	scratch_open("diary", dir);
	log_init("agent", LOG_INFO);
	assert_ok(diary_open(dir, SMALL, &clock, &d, &ei), &ei);
	log_event(LOG_INFO, "agent.pairing", L_STR("state", "a\nb"));
	log_event(LOG_DEBUG, "not.wanted", L_INT("n", 1));
	read_all(dir, "agent.log", &now);
	assert_string_equal(buf_cstr(&now),
	    "time=2023-11-14T22:13:20Z level=info role=agent "
	    "event=agent.pairing state=a\\x0ab\n");
	/* It goes on where it was, and never grows far beyond its size. */
	diary_close(d);
	assert_ok(diary_open(dir, SMALL, &clock, &d, &ei), &ei);
	for (int i = 0; i < 50; i++) {
		log_event(LOG_INFO, "agent.operation", L_INT("n", i));
	}
	diary_close(d);
	buf_reset(&now);
	read_all(dir, "agent.log", &now);
	read_all(dir, "agent.log.1", &before);
	assert_true(now.len < 2 * SMALL && before.len < 2 * SMALL);
	assert_non_null(strstr(buf_cstr(&now), " n=49\n"));
	/* Closed: nothing more comes. */
	log_plain(LOG_INFO, "late");
	buf_reset(&before);
	read_all(dir, "agent.log", &before);
	assert_int_equal(before.len, now.len);
	buf_clear(&now);
	buf_clear(&before);
	scratch_close(dir);
}

static void
test_nowhere(void **state)
{
	const struct clock clock = {.utc_ms = noon};
	struct errinfo ei = {0};
	struct diary *d = NULL;

	(void)state;
	assert_int_equal(
	    diary_open("/nowhere", SMALL, &clock, &d, &ei), ERR_SYS);
	assert_null(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines_and_turns),
	    cmocka_unit_test(test_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
