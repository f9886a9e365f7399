/* SPDX-License-Identifier: Apache-2.0 */
#include "metrics/family.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"

void
family_init(struct family *f)
{
	memset(f, 0, sizeof(*f));
	ensure(pthread_mutex_init(&f->lock, NULL) == 0);
}

void
family_clear(struct family *f)
{
	(void)pthread_mutex_destroy(&f->lock);
}

/* Among the entries from..to. */
static struct family_entry *
find(struct family *f, char (*words)[FAMILY_WORD_SIZE], size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (strcmp(f->at[i].words[0], words[0]) == 0 &&
		    strcmp(f->at[i].words[1], words[1]) == 0) {
			return &f->at[i];
		}
	}
	return NULL;
}

/* Somebody else may have added it since `known` entries were looked at; NULL
 * when there is no room. */
static struct family_entry *
add(struct family *f, char (*words)[FAMILY_WORD_SIZE], size_t known)
{
	struct family_entry *e;
	size_t num;

	ensure(pthread_mutex_lock(&f->lock) == 0);
	num = atomic_load(&f->num);
	e = find(f, words, known, num);
	if (e == NULL && num < FAMILY_MAX) {
		e = &f->at[num];
		memcpy(e->words, words, sizeof(e->words));
		atomic_store_explicit(&f->num, num + 1, memory_order_release);
	}
	ensure(pthread_mutex_unlock(&f->lock) == 0);
	return e;
}

void
family_count(struct family *f, const char *a, const char *b)
{
	size_t num = atomic_load_explicit(&f->num, memory_order_acquire);
	char words[2][FAMILY_WORD_SIZE];
	struct family_entry *e;

	(void)snprintf(words[0], sizeof(words[0]), "%s", a);
	(void)snprintf(words[1], sizeof(words[1]), "%s", b);
	e = find(f, words, 0, num);
	if (e == NULL) {
		e = add(f, words, num);
	}
	atomic_fetch_add_explicit(
	    e != NULL ? &e->count : &f->other, 1, memory_order_relaxed);
}
