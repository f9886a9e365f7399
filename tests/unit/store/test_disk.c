/* SPDX-License-Identifier: Apache-2.0 */
/* Disks that are full, fail, or lose their power. */
#include "unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fault_vfs.h"
#include "store/store_priv.h"
#include "util.h"

static const struct store_options on_fault = {.vfs = "fault"};

static uint8_t filler[256 * 1024];

/* A unit that needs much room, and says so in the audit. */
static void
add_big(struct unit *u)
{
	unit_add(u, ST_META_SET, EXPECT(1), V_TEXT("big"),
	    V_BLOB(slice_make(filler, sizeof(filler))));
	unit_audit(u, &(struct audit_event){.at = 1,
			  .actor = "system",
			  .action = "test.big",
			  .object = ""});
}

static bool
has_big(struct store *s)
{
	struct errinfo ei = {0};
	struct rows *rows = NULL;
	bool has;

	assert_ok(store_query(s, ST_META_GET, &rows, &ei, V_TEXT("big")), &ei);
	has = rows_num(rows) == 1;
	rows_free(rows);
	return has;
}

static void
test_full_and_space_again(void **state)
{
	struct audit_position before, after;
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;

	(void)state;
	print_message("proves: I2\n");
	fault_reset();
	place_new(&p);
	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	assert_ok(put_certificate(s, 1, &before, &ei), &ei);

	fault_space(0);
	for (unsigned i = 2; i < 5; i++) {
		assert_int_equal(put_certificate(s, i, NULL, &ei), ERR_STORE);
		assert_string_equal(ei.rule, "store.full");
		assert_false(has_certificate(s, i));
		assert_int_equal(num_events(s, i), 0);
	}
	store_audit_position(s, &after);
	assert_true(audit_position_eq(&before, &after));
	assert_audit_whole(s, 2);
	assert_false(store_failed(s));

	fault_space(-1);
	assert_ok(put_certificate(s, 2, &after, &ei), &ei);
	assert_int_equal(after.number, 3);
	store_close(s);

	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	assert_true(has_certificate(s, 1));
	assert_true(has_certificate(s, 2));
	assert_false(has_certificate(s, 3));
	assert_audit_whole(s, 3);
	store_close(s);
	place_free(&p);
}

struct caller {
	struct store *store;
	unsigned n; /* 0: the big unit */
	pthread_t thread;
	enum err err;
	struct errinfo ei;
};

static void *
call(void *arg)
{
	struct caller *c = arg;
	struct unit u;

	unit_init(&u);
	if (c->n == 0) {
		add_big(&u);
	} else {
		add_certificate(&u, c->n);
	}
	c->err = store_submit(c->store, &u, NULL, &c->ei);
	unit_clear(&u);
	return NULL;
}

static void
start(struct caller *c, struct store *s, unsigned n, size_t waiting)
{
	const struct timespec pause = {.tv_nsec = 200000};

	*c = (struct caller){.store = s, .n = n};
	assert_int_equal(pthread_create(&c->thread, NULL, call, c), 0);
	for (unsigned i = 0; i < 50000; i++) {
		if (store_num_waiting(s) == waiting) {
			return;
		}
		(void)nanosleep(&pause, NULL);
	}
	fail_msg("never %zu units in the queue", waiting);
}

/* In a group of three only the middle one has no room. */
static void
test_full_for_one_of_a_group(void **state)
{
	struct caller busy, callers[3];
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;

	(void)state;
	fault_reset();
	place_new(&p);
	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	fault_hold_sync();
	start(&busy, s, 100, 0);
	fault_wait_held();
	start(&callers[0], s, 1, 1);
	start(&callers[1], s, 0, 2);
	start(&callers[2], s, 2, 3);
	fault_space(INT64_C(200) * 1024);
	fault_release();
	assert_int_equal(pthread_join(busy.thread, NULL), 0);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(pthread_join(callers[i].thread, NULL), 0);
	}
	assert_ok(callers[0].err, &callers[0].ei);
	assert_int_equal(callers[1].err, ERR_STORE);
	assert_string_equal(callers[1].ei.rule, "store.full");
	assert_ok(callers[2].err, &callers[2].ei);
	assert_true(has_certificate(s, 1));
	assert_false(has_big(s));
	assert_true(has_certificate(s, 2));
	assert_audit_whole(s, 4);
	store_close(s);
	place_free(&p);
}

/* Every single write of a unit failed in turn: whole or nothing, and the
 * store goes on.  How many there were. */
static unsigned
fail_every_write(bool harms)
{
	unsigned num_failed = 0, num_writes, n = 2;
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;
	enum err err;

	fault_reset();
	if (harms) {
		fault_harm_neighbours();
	}
	place_new(&p);
	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	assert_ok(put_certificate(s, 1, NULL, &ei), &ei);
	num_writes = fault_num_writes();
	for (int64_t after = 0; after < 200; after++, n++) {
		fault_fail_writes(after);
		err = put_certificate(s, n, NULL, &ei);
		fault_fail_writes(-1);
		if (err == ERR_OK) {
			assert_true(has_certificate(s, n));
			assert_int_equal(num_events(s, n), 1);
			break;
		}
		num_failed++;
		assert_int_equal(err, ERR_STORE);
		assert_string_equal(ei.rule, "store.io");
		assert_false(has_certificate(s, n));
		assert_int_equal(num_events(s, n), 0);
		assert_ok(put_certificate(s, n, NULL, &ei), &ei);
		assert_true(has_certificate(s, n));
	}
	print_message("%u writes failed in turn\n", num_failed);
	assert_true(fault_num_writes() > num_writes);
	assert_audit_whole(s, 1 + n);
	store_close(s);
	place_free(&p);
	return num_failed;
}

/* Of a commit's pages, which go out in one piece, and on a disk where they
 * may not. */
static void
test_every_write_fails_once(void **state)
{
	(void)state;
	assert_int_equal(fail_every_write(false), 1);
	assert_true(fail_every_write(true) > 5);
	fault_reset();
}

/* More than goes out in one piece. */
static void
test_many_pages(void **state)
{
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;
	unsigned before;
	struct unit u;

	(void)state;
	fault_reset();
	place_new(&p);
	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	before = fault_num_writes();
	unit_init(&u);
	add_big(&u);
	assert_ok(store_submit(s, &u, NULL, &ei), &ei);
	unit_clear(&u);
	assert_true(fault_num_writes() - before > 1);
	assert_true(has_big(s));
	store_close(s);
	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	assert_true(has_big(s));
	store_close(s);
	place_free(&p);
}

/* A sync that fails: unknown, and nothing is promised any more. */
static void
test_failed_sync_ends_it(void **state)
{
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;

	(void)state;
	fault_reset();
	place_new(&p);
	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	assert_ok(put_certificate(s, 1, NULL, &ei), &ei);
	fault_fail_sync();
	assert_int_equal(put_certificate(s, 2, NULL, &ei), ERR_TIMEOUT);
	assert_string_equal(ei.rule, "store.unknown");
	assert_true(store_failed(s));
	assert_int_equal(put_certificate(s, 3, NULL, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.failed");
	assert_true(has_certificate(s, 1));
	store_close(s);

	/* After a restart it is there or not, but whole. */
	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	assert_true(has_certificate(s, 1));
	assert_int_equal(num_events(s, 2), has_certificate(s, 2) ? 1 : 0);
	assert_false(has_certificate(s, 3));
	store_close(s);
	place_free(&p);
}

/*
 * Cut the power after each acknowledged unit and open what the disk holds.
 * Returns how many acknowledged units were lost.
 */
static unsigned
cut_power(bool skip_sync, bool harms)
{
	struct errinfo ei = {0};
	struct store *s = NULL, *after = NULL;
	struct place p, left;
	unsigned num_lost = 0;

	fault_reset();
	if (harms) {
		fault_harm_neighbours();
	}
	place_new(&p);
	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	fault_skip_sync(skip_sync);
	for (unsigned i = 1; i <= 20; i++) {
		assert_ok(put_certificate(s, i, NULL, &ei), &ei);
		place_new(&left);
		fault_power_cut(p.dir, left.dir);
		assert_ok(store_open(left.path, NULL, &after, &ei), &ei);
		if (!has_certificate(after, i)) {
			num_lost++;
		} else {
			assert_audit_whole(after, 1 + i);
		}
		store_close(after);
		place_free(&left);
	}
	fault_skip_sync(false);
	store_close(s);
	place_free(&p);
	return num_lost;
}

static void
test_power_cut_loses_nothing(void **state)
{
	(void)state;
	print_message("proves: I2, I4\n");
	assert_int_equal(cut_power(false, false), 0);
	assert_int_equal(cut_power(false, true), 0);
	/* The same where syncs only pretend: this test would notice. */
	assert_int_equal(cut_power(true, false), 20);
}

/* A child that is killed in the middle of its work; what it reported as done
 * is there, and nothing is half done. */
static void
child(const char *path, int out)
{
	struct errinfo ei = {0};
	struct store *s = NULL;

	if (store_open(path, NULL, &s, &ei) != ERR_OK) {
		_exit(2);
	}
	for (unsigned i = 1; i < 100000; i++) {
		if (put_certificate(s, i, NULL, &ei) != ERR_OK ||
		    write(out, &i, sizeof(i)) != sizeof(i)) {
			_exit(3);
		}
	}
	_exit(4);
}

static void
kill_once(unsigned run)
{
	struct timespec pause = {.tv_nsec = 20000000 + 3700000L * run};
	struct audit_position end;
	struct audit_report report;
	struct errinfo ei = {0};
	struct store *s = NULL;
	unsigned n, last = 0;
	struct place p;
	int fds[2], status;
	pid_t pid;

	place_new(&p);
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		child(p.path, fds[1]);
	}
	assert_int_equal(close(fds[1]), 0);
	assert_int_equal(read(fds[0], &last, sizeof(last)), sizeof(last));
	(void)nanosleep(&pause, NULL);
	assert_int_equal(kill(pid, SIGKILL), 0);
	while (read(fds[0], &n, sizeof(n)) == sizeof(n)) {
		last = n;
	}
	assert_int_equal(close(fds[0]), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));

	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	for (n = 1; n <= last; n++) {
		assert_true(has_certificate(s, n));
	}
	/* At most the one under way is there beyond what was reported. */
	assert_false(has_certificate(s, last + 2));
	assert_int_equal(
	    num_events(s, last + 1), has_certificate(s, last + 1) ? 1 : 0);
	store_audit_position(s, &end);
	assert_ok(audit_verify(s, &end, 1, &report, &ei), &ei);
	assert_int_equal(report.num_faults, 0);
	assert_int_equal(report.num_records,
	    1 + last + (has_certificate(s, last + 1) ? 1 : 0));
	store_close(s);
	place_free(&p);
}

static void
test_killed(void **state)
{
	(void)state;
	print_message("proves: I2\n");
	for (unsigned run = 0; run < 6; run++) {
		kill_once(run);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_killed),
	    cmocka_unit_test(test_power_cut_loses_nothing),
	    cmocka_unit_test(test_full_and_space_again),
	    cmocka_unit_test(test_full_for_one_of_a_group),
	    cmocka_unit_test(test_every_write_fails_once),
	    cmocka_unit_test(test_many_pages),
	    cmocka_unit_test(test_failed_sync_ends_it),
	};

	return cmocka_run_group_tests(tests, store_test_start, NULL);
}
