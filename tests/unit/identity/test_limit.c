/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <pthread.h>

#include "fixture.h"
#include "identity/limit.h"
#include "store/store.h"

static const struct limit three = {
    .name = "test.three", .max = 3, .window_sec = 60};

/* One act, as those who are limited take it: count unless it is full, and look
 * again when another was faster. */
static enum err
take(struct store *s, const struct limit *l, struct slice key, int64_t now,
    struct errinfo *ei)
{
	struct limit_slot slot;
	struct unit u;
	enum err err;

	do {
		err = limit_look(s, l, key, now, &slot, ei);
		if (err != ERR_OK) {
			return err;
		}
		if (slot.left == 0) {
			return ERR_LIMIT;
		}
		unit_init(&u);
		limit_add(&u, &slot);
		err = store_submit(s, &u, NULL, ei);
		unit_clear(&u);
	} while (err == ERR_CONFLICT);
	return err;
}

static void
test_window(void **state)
{
	struct fixture *f = *state;
	struct limit_slot slot;
	struct errinfo ei = {0};
	int64_t now = TEST_NOW; /* a whole minute */
	int i;

	for (i = 0; i < 3; i++) {
		assert_ok(
		    take(f->store, &three, SLICE_LIT("a"), now + i, &ei), &ei);
	}
	assert_int_equal(
	    take(f->store, &three, SLICE_LIT("a"), now + 59, &ei), ERR_LIMIT);
	/* Another key, the next window. */
	assert_ok(take(f->store, &three, SLICE_LIT("b"), now, &ei), &ei);
	assert_ok(take(f->store, &three, SLICE_LIT("a"), now + 60, &ei), &ei);
	assert_ok(
	    limit_look(f->store, &three, SLICE_LIT("a"), now + 60, &slot, &ei),
	    &ei);
	assert_int_equal(slot.used, 1);
	assert_int_equal(slot.left, 2);
	assert_ok(limit_sweep(f->store, now + 259200, &ei), &ei);
	assert_int_equal(
	    fixture_count(f, "SELECT count(*) FROM limit_bucket"), 0);
}

static void
test_parts(void **state)
{
	static const struct limit day = {
	    .name = "test.day", .max = 5, .window_sec = 21600, .parts = 4};
	struct fixture *f = *state;
	struct errinfo ei = {0};
	int64_t taken[64];
	int64_t now;
	size_t num = 0;
	size_t i;
	size_t k;
	size_t in;

	/* Ask every hour for ten days: no 24 hours see more than five. */
	for (now = TEST_NOW; now < TEST_NOW + 864000; now += 3600) {
		enum err err = take(f->store, &day, SLICE_LIT("k"), now, &ei);

		assert_true(err == ERR_OK || err == ERR_LIMIT);
		if (err == ERR_OK && num < 64) {
			taken[num++] = now;
		}
	}
	assert_in_range(num, 30, 50);
	for (i = 0; i < num; i++) {
		in = 0;
		for (k = i; k < num && taken[k] < taken[i] + 86400; k++) {
			in++;
		}
		assert_in_range(in, 1, 5);
	}
}

struct race {
	struct fixture *f;
	int taken;
};

static void *
race_run(void *arg)
{
	static const struct limit ten = {
	    .name = "test.ten", .max = 10, .window_sec = 60};
	struct race *r = arg;
	int i;

	for (i = 0; i < 10; i++) {
		if (take(r->f->store, &ten, SLICE_LIT("r"), TEST_NOW, NULL) ==
		    ERR_OK) {
			r->taken++;
		}
	}
	return NULL;
}

static void
test_race(void **state)
{
	struct fixture *f = *state;
	struct race races[4];
	pthread_t threads[4];
	int sum = 0;
	size_t i;

	for (i = 0; i < 4; i++) {
		races[i] = (struct race){f, 0};
		assert_int_equal(
		    pthread_create(&threads[i], NULL, race_run, &races[i]), 0);
	}
	for (i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		sum += races[i].taken;
	}
	assert_int_equal(sum, 10);
	assert_int_equal(
	    fixture_count(f, "SELECT sum(used) FROM limit_bucket"), 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_window, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		test_parts, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		test_race, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests_name("identity/limit", tests, NULL, NULL);
}
