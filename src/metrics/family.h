/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_METRICS_FAMILY_H
#define SURGUCH_METRICS_FAMILY_H
/*
 * Counters that differ in one or two words: issues by CA and profile,
 * refusals by rule.  There are at most FAMILY_MAX pairs of words; what comes
 * after that is counted together, under "other", so that nobody can make the
 * metrics grow.  Counting takes no lock once a pair is known.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
	FAMILY_MAX = 128,
	FAMILY_WORD_SIZE = 64 /* a longer word is cut */
};

struct family_entry {
	char words[2][FAMILY_WORD_SIZE];
	atomic_uint_fast64_t count;
};

struct family {
	pthread_mutex_t lock; /* for new pairs */
	atomic_size_t num;    /* entries below it never change their words */
	struct family_entry at[FAMILY_MAX];
	atomic_uint_fast64_t other;
};

void family_init(struct family *f);
void family_clear(struct family *f);
/* b: "" where one word tells all. */
void family_count(struct family *f, const char *a, const char *b);

#endif
