/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every allocation of ours failed in turn: ERR_NOMEM, nothing half done, and
 * the store goes on.  (Linked with --wrap; what SQLite and OpenSSL allocate
 * inside their own libraries stays as it is.)
 */
#include "unit.h"

#include <stdlib.h>

#include "failing/failing.h"
#include "util.h"

static void
test_unit(void **state)
{
	struct unit u;
	unsigned num = 0;
	enum err err;

	(void)state;
	for (int n = 0;; n++, num++) {
		unit_init(&u);
		failing_arm(FAILING_ALLOC, n);
		for (unsigned i = 1; i <= 5; i++) {
			add_certificate(&u, i);
		}
		err = unit_err(&u, NULL);
		if (!failing_disarm()) {
			assert_int_equal(err, ERR_OK);
			unit_clear(&u);
			break;
		}
		assert_int_equal(err, ERR_NOMEM);
		unit_clear(&u);
	}
	print_message("%u allocations failed in turn\n", num);
	assert_true(num >= 4);
}

static void
test_submit_and_query(void **state)
{
	const struct id zero = {{0}};
	unsigned num = 0, n = 1;
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct rows *rows;
	struct place p;
	bool failed;
	enum err err;

	(void)state;
	place_new(&p);
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	for (int at = 0;; at++, n++) {
		failing_arm(FAILING_ALLOC, at);
		err = put_certificate(s, n, NULL, &ei);
		failed = failing_disarm();
		if (!failed) {
			assert_ok(err, &ei);
			break;
		}
		/* Nearly all are fatal to the unit; a retry may save it. */
		if (err != ERR_OK) {
			assert_int_equal(err, ERR_NOMEM);
			assert_false(has_certificate(s, n));
			assert_ok(put_certificate(s, n, NULL, &ei), &ei);
		}
		assert_true(has_certificate(s, n));
		assert_int_equal(num_events(s, n), 1);
		num++;
	}
	assert_audit_whole(s, 1 + n);
	assert_false(store_failed(s));

	for (int at = 0;; at++, num++) {
		rows = NULL;
		failing_arm(FAILING_ALLOC, at);
		err = store_query(
		    s, ST_CERTIFICATE_PAGE, &rows, &ei, V_ID(&zero), V_INT(50));
		if (!failing_disarm()) {
			assert_ok(err, &ei);
			assert_int_equal(rows_num(rows), n);
			rows_free(rows);
			break;
		}
		assert_int_equal(err, ERR_NOMEM);
		assert_null(rows);
	}
	print_message("%u allocations failed in turn\n", num);
	assert_true(num >= 8);
	store_close(s);
	place_free(&p);
}

/* Open with the at-th allocation failing; false when there are not so many. */
static bool
open_failing(const char *path, int at)
{
	struct errinfo ei = {0};
	struct store *s = NULL;
	enum err err;

	failing_arm(FAILING_ALLOC, at);
	err = store_open(path, NULL, &s, &ei);
	if (!failing_disarm()) {
		assert_ok(err, &ei);
		store_close(s);
		return false;
	}
	assert_int_equal(err, ERR_NOMEM);
	assert_null(s);
	return true;
}

static void
assert_opens(const char *path)
{
	struct errinfo ei = {0};
	struct store *s = NULL;

	assert_ok(store_open(path, NULL, &s, &ei), &ei);
	assert_audit_whole(s, 1);
	store_close(s);
}

static void
test_open(void **state)
{
	/* The sanitizers' run takes every one; valgrind's each tenth. */
	int step = is_slow_run() ? 10 : 1, at;
	struct place p;
	bool failed;

	(void)state;
	/* A new database each time: its beginnings fail too, */
	for (at = 0, failed = true; failed; at += step) {
		place_new(&p);
		failed = open_failing(p.path, at);
		/* and are no obstacle to the next start. */
		if (at % (10 * step) == 0) {
			assert_opens(p.path);
		}
		place_free(&p);
	}
	print_message("%d allocations failed in turn\n", at / step - 1);
	assert_true(at > 50);

	place_new(&p);
	assert_opens(p.path);
	for (at = 0; open_failing(p.path, at); at++) {
	}
	assert_opens(p.path);
	place_free(&p);
	print_message("%d allocations failed in turn\n", at);
	assert_true(at > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_unit),
	    cmocka_unit_test(test_submit_and_query),
	    cmocka_unit_test(test_open),
	};

	return cmocka_run_group_tests(tests, store_test_start, NULL);
}
