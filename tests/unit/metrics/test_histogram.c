/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <pthread.h>

#include "metrics/histogram.h"

static const int64_t bounds[] = {10, 20, 40};

static void
each_value_has_its_range(void **state)
{
	const int64_t values[] = {-5, 0, 10, 11, 20, 21, 40, 41, 1000000};
	const uint64_t want[] = {3, 2, 2, 2};
	struct histogram h;

	(void)state;
	histogram_init(&h, bounds, ARRAY_LEN(bounds));
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		histogram_add(&h, values[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(atomic_load(&h.counts[i]), want[i]);
	}
	assert_int_equal(
	    atomic_load(&h.sum), 10 + 11 + 20 + 21 + 40 + 41 + 1000000);
}

enum {
	THREADS = 4,
	TIMES = 20000
};

static void *
add_all(void *arg)
{
	for (int i = 0; i < TIMES; i++) {
		histogram_add(arg, i % 50);
	}
	return NULL;
}

static void
threads_lose_nothing(void **state)
{
	pthread_t threads[THREADS];
	struct histogram h;
	uint64_t all = 0;

	(void)state;
	histogram_init(&h, bounds, ARRAY_LEN(bounds));
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(
		    pthread_create(&threads[i], NULL, add_all, &h), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	}
	for (size_t i = 0; i <= h.num; i++) {
		all += atomic_load(&h.counts[i]);
	}
	assert_int_equal(all, THREADS * TIMES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_value_has_its_range),
	    cmocka_unit_test(threads_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
