/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/ocsp/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "http/ready.h"
#include "os/random.h"

enum {
	ANSWER_BYTES_USUAL = 2048, /* only the number of chains follows it */
	CHAINS_MIN = 64,
	STRIPES = 1024,
	SERIAL_WORDS = (SERIAL_BYTES_MAX + 7) / 8,
};

struct entry {
	struct entry *next;  /* in its chain */
	struct entry *newer; /* in the order of use */
	struct entry *older;
	const void *ca;
	uint64_t serial[SERIAL_WORDS]; /* padded with zeros */
	size_t serial_len;
	enum hash_alg hash;
	struct ready *answer;
	int64_t from;
	int64_t until;
	size_t cost;
};

struct ocsp_cache {
	pthread_mutex_t lock; /* all below */
	struct entry **chains;
	size_t num_chains; /* a power of 2 */
	struct entry *newest;
	struct entry *oldest;
	size_t bytes;
	size_t bytes_max;
	size_t num;
	uint64_t seed;
	/* How often a serial of this stripe was forgotten. */
	uint64_t forgotten[STRIPES];
};

/* A serial of one CA, as it is looked for. */
struct place {
	const void *ca;
	uint64_t serial[SERIAL_WORDS];
	size_t serial_len;
	uint64_t mix;
};

/* Serials that are kept are our signers' random numbers, so the seed is all
 * that is needed against chosen ones. */
static struct place
place_of(const struct ocsp_cache *c, const void *ca, struct slice serial)
{
	struct place p = {.ca = ca, .serial_len = serial.len};
	uint64_t x = c->seed ^ (uint64_t)(uintptr_t)ca ^ serial.len;

	ensure(serial.len <= SERIAL_BYTES_MAX);
	memcpy(p.serial, serial.p, serial.len);
	for (size_t i = 0; i < SERIAL_WORDS; i++) {
		x = (x ^ p.serial[i]) * UINT64_C(0xbf58476d1ce4e5b9);
		x ^= x >> 32;
	}
	p.mix = x;
	return p;
}

static struct entry **
chain_of(const struct ocsp_cache *c, const struct place *p)
{
	return &c->chains[p->mix & (c->num_chains - 1)];
}

static bool
is_at(const struct entry *e, const struct place *p)
{
	return e->ca == p->ca && e->serial_len == p->serial_len &&
	       memcmp(e->serial, p->serial, sizeof(p->serial)) == 0;
}

/* --- the order of use ----------------------------------------------------- */

static void
unlink_use(struct ocsp_cache *c, struct entry *e)
{
	*(e->newer != NULL ? &e->newer->older : &c->newest) = e->older;
	*(e->older != NULL ? &e->older->newer : &c->oldest) = e->newer;
}

static void
link_newest(struct ocsp_cache *c, struct entry *e)
{
	e->newer = NULL;
	e->older = c->newest;
	*(e->older != NULL ? &e->older->newer : &c->oldest) = e;
	c->newest = e;
}

/* --- entries ---------------------------------------------------------------
 */

static void
drop(struct ocsp_cache *c, struct entry **link)
{
	struct entry *e = *link;

	*link = e->next;
	unlink_use(c, e);
	c->bytes -= e->cost;
	c->num--;
	ready_unref(e->answer);
	free(e);
}

static void
drop_oldest(struct ocsp_cache *c)
{
	const struct entry *e = c->oldest;
	struct place p =
	    place_of(c, e->ca, slice_make(e->serial, e->serial_len));
	struct entry **link = chain_of(c, &p);

	while (*link != e) {
		link = &(*link)->next;
	}
	drop(c, link);
}

static struct entry **
find(struct ocsp_cache *c, const struct place *p, enum hash_alg hash)
{
	struct entry **link = chain_of(c, p);

	while (*link != NULL && ((*link)->hash != hash || !is_at(*link, p))) {
		link = &(*link)->next;
	}
	return link;
}

/* --- outside ------------------------------------------------------------- */

enum err
ocsp_cache_new(size_t bytes_max, struct ocsp_cache **out, struct errinfo *ei)
{
	struct ocsp_cache *c = calloc(1, sizeof(*c));
	enum err e;

	if (c == NULL) {
		return err_nomem(ei);
	}
	c->num_chains = CHAINS_MIN;
	while (c->num_chains < bytes_max / ANSWER_BYTES_USUAL) {
		c->num_chains *= 2;
	}
	c->chains = calloc(c->num_chains, sizeof(struct entry *));
	e = c->chains == NULL ? err_nomem(ei)
			      : random_bytes(&c->seed, sizeof(c->seed), ei);
	if (e != ERR_OK) {
		free(c->chains);
		free(c);
		return e;
	}
	(void)pthread_mutex_init(&c->lock, NULL);
	c->bytes_max = bytes_max;
	c->bytes = sizeof(*c) + c->num_chains * sizeof(struct entry *);
	*out = c;
	return ERR_OK;
}

void
ocsp_cache_free(struct ocsp_cache *c)
{
	if (c == NULL) {
		return;
	}
	while (c->oldest != NULL) {
		drop_oldest(c);
	}
	(void)pthread_mutex_destroy(&c->lock);
	free(c->chains);
	free(c);
}

struct ready *
ocsp_cache_get(struct ocsp_cache *c, const struct ocsp_key *key, int64_t now)
{
	struct place p = place_of(c, key->ca, key->serial);
	struct ready *answer = NULL;
	struct entry **link;

	(void)pthread_mutex_lock(&c->lock);
	link = find(c, &p, key->hash);
	if (*link != NULL) {
		struct entry *e = *link;

		/* A clock that went back makes it unfit too. */
		if (now >= e->from && now < e->until) {
			unlink_use(c, e);
			link_newest(c, e);
			answer = ready_ref(e->answer);
		} else {
			drop(c, link);
		}
	}
	(void)pthread_mutex_unlock(&c->lock);
	return answer;
}

static uint64_t *
stripe_of(struct ocsp_cache *c, const struct place *p)
{
	return &c->forgotten[p->mix >> 32 & (STRIPES - 1)];
}

uint64_t
ocsp_cache_ticket(struct ocsp_cache *c, const struct ocsp_key *key)
{
	struct place p = place_of(c, key->ca, key->serial);
	uint64_t ticket;

	(void)pthread_mutex_lock(&c->lock);
	ticket = *stripe_of(c, &p);
	(void)pthread_mutex_unlock(&c->lock);
	return ticket;
}

static void
put_locked(struct ocsp_cache *c, const struct place *p, struct entry *new)
{
	struct entry **link = find(c, p, new->hash);

	if (*link != NULL) {
		drop(c, link);
	}
	while (c->bytes + new->cost > c->bytes_max && c->oldest != NULL) {
		drop_oldest(c);
	}
	link = chain_of(c, p);
	new->next = *link;
	*link = new;
	link_newest(c, new);
	c->bytes += new->cost;
	c->num++;
}

void
ocsp_cache_put(struct ocsp_cache *c, const struct ocsp_key *key,
    uint64_t ticket, struct ready *answer, int64_t from, int64_t until)
{
	size_t empty = sizeof(*c) + c->num_chains * sizeof(struct entry *);
	struct place p = place_of(c, key->ca, key->serial);
	struct entry *new = malloc(sizeof(*new));
	bool kept;

	if (new == NULL) {
		return;
	}
	*new = (struct entry){
	    .ca = p.ca,
	    .serial_len = p.serial_len,
	    .hash = key->hash,
	    .answer = answer,
	    .from = from,
	    .until = until,
	    .cost = sizeof(*new) + ready_bytes(answer),
	};
	memcpy(new->serial, p.serial, sizeof(p.serial));
	(void)pthread_mutex_lock(&c->lock);
	kept = *stripe_of(c, &p) == ticket && empty + new->cost <= c->bytes_max;
	if (kept) {
		(void)ready_ref(answer);
		put_locked(c, &p, new);
	}
	(void)pthread_mutex_unlock(&c->lock);
	if (!kept) {
		free(new);
	}
}

void
ocsp_cache_forget(struct ocsp_cache *c, const void *ca, struct slice serial)
{
	struct place p = place_of(c, ca, serial);
	struct entry **link;

	(void)pthread_mutex_lock(&c->lock);
	++*stripe_of(c, &p);
	link = chain_of(c, &p);
	while (*link != NULL) {
		if (is_at(*link, &p)) {
			drop(c, link);
		} else {
			link = &(*link)->next;
		}
	}
	(void)pthread_mutex_unlock(&c->lock);
}

struct ocsp_cache_use
ocsp_cache_use(struct ocsp_cache *c)
{
	struct ocsp_cache_use use;

	(void)pthread_mutex_lock(&c->lock);
	use = (struct ocsp_cache_use){c->bytes, c->num};
	(void)pthread_mutex_unlock(&c->lock);
	return use;
}
