/* SPDX-License-Identifier: Apache-2.0 */
#include "http/rate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "os/random.h"

enum {
	SLOTS = 4096,
	MINUTE_MS = 60000,
	GROUPS = 4
};

/* What is left, in acts times MINUTE_MS, at a time. */
struct slot {
	int64_t at_ms;
	int64_t left;
	bool used;
};

struct rate {
	const struct clock *clock;
	unsigned per_min;
	uint64_t seed;
	pthread_mutex_t lock;
	struct slot slots[SLOTS];
};

enum err
rate_new(unsigned per_min, const struct clock *clock, struct rate **out,
    struct errinfo *ei)
{
	struct rate *r = calloc(1, sizeof(*r));
	enum err e;

	if (r == NULL) {
		return err_nomem(ei);
	}
	r->clock = clock;
	r->per_min = per_min;
	e = random_bytes(&r->seed, sizeof(r->seed), ei);
	if (e != ERR_OK) {
		free(r);
		return e;
	}
	(void)pthread_mutex_init(&r->lock, NULL);
	*out = r;
	return ERR_OK;
}

void
rate_free(struct rate *r)
{
	if (r != NULL) {
		(void)pthread_mutex_destroy(&r->lock);
		free(r);
	}
}

/* A network of IPv6 is one household. */
static size_t
slot_of(const struct rate *r, const char *address)
{
	uint64_t h = r->seed;
	unsigned groups = 0;

	for (; *address != '\0'; address++) {
		groups += *address == ':';
		if (groups == GROUPS) {
			break;
		}
		h = (h ^ (uint8_t)*address) * UINT64_C(0x100000001b3);
		h ^= h >> 29;
	}
	return h % SLOTS;
}

enum err
rate_take(struct rate *r, const char *address, struct errinfo *ei)
{
	int64_t now = clock_mono_ms(r->clock);
	int64_t full = (int64_t)r->per_min * MINUTE_MS;
	struct slot *s = &r->slots[slot_of(r, address)];
	bool may;

	(void)pthread_mutex_lock(&r->lock);
	s->left = s->used ? s->left + (now - s->at_ms) * r->per_min : full;
	if (s->left > full) {
		s->left = full;
	}
	s->used = true;
	s->at_ms = now;
	may = s->left >= MINUTE_MS;
	if (may) {
		s->left -= MINUTE_MS;
	}
	(void)pthread_mutex_unlock(&r->lock);
	return may ? ERR_OK
		   : err_set(ei, ERR_LIMIT, "limit.public", NULL,
			 "this address asks too often; wait a minute");
}
