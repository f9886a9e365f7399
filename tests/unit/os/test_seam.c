/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "os/file.h"
#include "os/memfd.h"
#include "os/seam.h"
#include "os/socket.h"
#include "os/systime.h"

#ifdef SURGUCH_TEST_SEAMS
static void
answer(int fd, long pid)
{
	char text[SEAM_ANSWER_SIZE + 1];

	(void)snprintf(text, sizeof(text), "%-*ld", SEAM_ANSWER_SIZE, pid);
	assert_int_equal(write(fd, text, SEAM_ANSWER_SIZE), SEAM_ANSWER_SIZE);
}

/* Two processes at seams at once: each gets its own answer, in turn. */
static void
asks_one_at_a_time(void **state)
{
	char line[128], want[64], number[16];
	struct errinfo ei;
	int pair[2], status;
	pid_t pids[2];

	(void)state;
	assert_ok(socket_pair(pair, &ei), &ei);
	(void)snprintf(number, sizeof(number), "%d", pair[1]);
	assert_int_equal(setenv("SURGUCH_SEAM_FD", number, 1), 0);
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			seam("here");
			seam("there");
			_exit(0);
		}
	}
	fd_close(pair[1]);
	for (int i = 0; i < 4; i++) {
		ssize_t n = read(pair[0], line, sizeof(line) - 1);

		assert_true(n > 0);
		line[n] = '\0';
		assert_true(strncmp(line, "here ", 5) == 0 ||
			    strncmp(line, "there ", 6) == 0);
		/* Nobody else speaks before the answer. */
		assert_int_equal(socket_wait(pair[0], 30, &ei), ERR_TIMEOUT);
		int pid = (int)strtol(strchr(line, ' '), NULL, 10);

		if (i == 1) {
			/* Killed at its step: the other one goes on, and not
			 * by the answer that comes too late for this one. */
			(void)snprintf(want, sizeof(want), "%d", pid);
			assert_true(pid == pids[0] || pid == pids[1]);
			assert_int_equal(kill(pid, 9), 0);
			if (strncmp(line, "here ", 5) == 0) {
				i++; /* it had two steps left */
			}
		}
		answer(pair[0], pid);
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
	}
	assert_int_equal(unsetenv("SURGUCH_SEAM_FD"), 0);
	fd_close(pair[0]);
	seam("nobody listens");
}

static void
the_clock_can_be_moved(void **state)
{
	struct clock c = system_clock();
	int64_t offset = 86400, before;
	char number[16];
	struct errinfo ei;
	int fd;

	(void)state;
	assert_ok(memfd_new("clock", &fd, &ei), &ei);
	(void)snprintf(number, sizeof(number), "%d", fd);
	before = clock_utc_sec(&c);
	assert_int_equal(setenv("SURGUCH_CLOCK_FD", number, 1), 0);
	assert_true(clock_utc_sec(&c) - before < 10); /* empty: no offset */
	assert_int_equal(pwrite(fd, &offset, sizeof(offset), 0), 8);
	assert_true(clock_utc_sec(&c) - before >= 86400);
	assert_int_equal(unsetenv("SURGUCH_CLOCK_FD"), 0);
	assert_true(clock_utc_sec(&c) - before < 10);
	fd_close(fd);
}

static void
walls_are_taken_away_singly(void **state)
{
	(void)state;
	assert_false(seam_wall_off("uid"));
	assert_int_equal(setenv("SURGUCH_TEST_WALL_OFF", "uid", 1), 0);
	assert_true(seam_wall_off("uid"));
	assert_false(seam_wall_off("seccomp"));
	assert_int_equal(unsetenv("SURGUCH_TEST_WALL_OFF"), 0);
}
#else
/* A release has no such code; the environment means nothing to it. */
static void
the_environment_means_nothing(void **state)
{
	struct clock c = system_clock();
	int64_t offset = 86400, before = clock_utc_sec(&c);
	char number[16];
	struct errinfo ei;
	int fd;

	(void)state;
	assert_ok(memfd_new("clock", &fd, &ei), &ei);
	assert_int_equal(pwrite(fd, &offset, sizeof(offset), 0), 8);
	(void)snprintf(number, sizeof(number), "%d", fd);
	assert_int_equal(setenv("SURGUCH_CLOCK_FD", number, 1), 0);
	assert_int_equal(setenv("SURGUCH_SEAM_FD", number, 1), 0);
	assert_int_equal(setenv("SURGUCH_TEST_WALL_OFF", "uid", 1), 0);
	assert_true(clock_utc_sec(&c) - before < 10);
	seam("x");
	assert_false(seam_wall_off("uid"));
	fd_close(fd);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef SURGUCH_TEST_SEAMS
	    cmocka_unit_test(asks_one_at_a_time),
	    cmocka_unit_test(the_clock_can_be_moved),
	    cmocka_unit_test(walls_are_taken_away_singly),
#else
	    cmocka_unit_test(the_environment_means_nothing),
#endif
	};

	return cmocka_run_group_tests_name("seam", tests, NULL, NULL);
}
