/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/clients.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	WAYS = 8, /* entries that an address and mirror may stand in */
	ROWS = CLIENTS_MAX / WAYS,
};

struct clients {
	pthread_mutex_t lock;
	struct client at[ROWS][WAYS]; /* at == 0: free */
};

enum err
clients_new(struct clients **out, struct errinfo *ei)
{
	struct clients *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		return err_nomem(ei);
	}
	ensure(pthread_mutex_init(&c->lock, NULL) == 0);
	*out = c;
	return ERR_OK;
}

void
clients_free(struct clients *c)
{
	if (c != NULL) {
		ensure(pthread_mutex_destroy(&c->lock) == 0);
		free(c);
	}
}

/* FNV-1a: a client that chooses its address to fall upon another's gains that
 * the other is forgotten sooner, on a page. */
static size_t
row_of(const struct client *x)
{
	uint64_t h = 14695981039346656037U + x->mirror;

	for (const char *p = x->address; *p != '\0'; p++) {
		h = (h ^ (uint8_t)*p) * 1099511628211U;
	}
	return (size_t)(h % ROWS);
}

/* Its own, a free one, or the oldest. */
static struct client *
place_of(struct clients *c, const struct client *x)
{
	struct client *row = c->at[row_of(x)], *best = &row[0];

	for (size_t i = 0; i < WAYS; i++) {
		if (row[i].at != 0 && row[i].mirror == x->mirror &&
		    strcmp(row[i].address, x->address) == 0) {
			return &row[i];
		}
		if (row[i].at < best->at) {
			best = &row[i];
		}
	}
	*best = (struct client){.times = 0};
	return best;
}

void
clients_note(struct clients *c, const struct client *seen)
{
	struct client *place;
	uint64_t times;

	ensure(pthread_mutex_lock(&c->lock) == 0);
	place = place_of(c, seen);
	times = place->times + 1;
	*place = *seen;
	place->times = times;
	ensure(pthread_mutex_unlock(&c->lock) == 0);
}

static int
by_time(const void *a, const void *b)
{
	const struct client *x = a, *y = b;

	if (x->at != y->at) {
		return x->at < y->at ? 1 : -1;
	}
	return strcmp(x->address, y->address);
}

size_t
clients_latest(struct clients *c, struct client *out, size_t max)
{
	struct client *all = calloc(CLIENTS_MAX, sizeof(*all));
	size_t num = 0;

	if (all == NULL) {
		return 0;
	}
	ensure(pthread_mutex_lock(&c->lock) == 0);
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		const struct client *x = &c->at[i / WAYS][i % WAYS];

		if (x->at != 0) {
			all[num++] = *x;
		}
	}
	ensure(pthread_mutex_unlock(&c->lock) == 0);
	if (num > 1) {
		qsort(all, num, sizeof(*all), by_time);
	}
	num = num < max ? num : max;
	memcpy(out, all, num * sizeof(*out));
	free(all);
	return num;
}
