/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "metrics/family.h"

static uint64_t
count_of(const struct family *f, const char *a, const char *b)
{
	for (size_t i = 0; i < atomic_load(&f->num); i++) {
		if (strcmp(f->at[i].words[0], a) == 0 &&
		    strcmp(f->at[i].words[1], b) == 0) {
			return atomic_load(&f->at[i].count);
		}
	}
	return 0;
}

static void
pairs_are_apart(void **state)
{
	struct family f;

	(void)state;
	family_init(&f);
	family_count(&f, "a", "x");
	family_count(&f, "a", "y");
	family_count(&f, "a", "x");
	family_count(&f, "ax", "");
	assert_int_equal(count_of(&f, "a", "x"), 2);
	assert_int_equal(count_of(&f, "a", "y"), 1);
	assert_int_equal(count_of(&f, "ax", ""), 1);
	assert_int_equal(atomic_load(&f.num), 3);
	family_clear(&f);
}

/* Words from outside cannot make it grow. */
static void
it_has_an_end(void **state)
{
	struct family f;
	char word[FAMILY_WORD_SIZE + 100];

	(void)state;
	family_init(&f);
	for (int i = 0; i < FAMILY_MAX + 10; i++) {
		(void)snprintf(word, sizeof(word), "w%d", i);
		family_count(&f, word, "");
		family_count(&f, word, "");
	}
	assert_int_equal(atomic_load(&f.num), FAMILY_MAX);
	assert_int_equal(atomic_load(&f.other), 20);
	assert_int_equal(count_of(&f, "w0", ""), 2);
	family_clear(&f);

	family_init(&f);
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	family_count(&f, word, word);
	assert_int_equal(strlen(f.at[0].words[0]), FAMILY_WORD_SIZE - 1);
	family_clear(&f);
}

enum {
	THREADS = 4,
	TIMES = 20000,
	WORDS = 50
};

static void *
count_all(void *arg)
{
	char word[16];

	for (int i = 0; i < TIMES; i++) {
		(void)snprintf(word, sizeof(word), "w%d", i % WORDS);
		family_count(arg, word, "b");
	}
	return NULL;
}

static void
threads_lose_nothing(void **state)
{
	pthread_t threads[THREADS];
	struct family f;

	(void)state;
	family_init(&f);
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(
		    pthread_create(&threads[i], NULL, count_all, &f), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	}
	assert_int_equal(atomic_load(&f.num), WORDS);
	for (size_t i = 0; i < WORDS; i++) {
		assert_int_equal(
		    atomic_load(&f.at[i].count), THREADS * TIMES / WORDS);
	}
	family_clear(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pairs_are_apart),
	    cmocka_unit_test(it_has_an_end),
	    cmocka_unit_test(threads_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
