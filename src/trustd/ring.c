/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/ring.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/slice.h"
#include "trustd/feed.h"
#include "trustd/look.h"

struct ring {
	char *prefix;
	char *dir;
	const struct trust_mirror_rules *rules;
	const char *own;
	struct look seen; /* of ring_look() alone */
	bool has_seen;
	bool refused; /* at the last look */
	bool unread;  /* the directory itself could not be looked at */
	struct feed_ring *feed; /* NULL: none */
	struct errinfo trouble; /* of it */
	pthread_mutex_t lock;
	struct state *state;
};

enum err
ring_new(const char *prefix, const char *dir,
    const struct trust_mirror_rules *rules, const char *own, struct ring **out,
    struct errinfo *ei)
{
	struct ring *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		return err_nomem(ei);
	}
	(void)pthread_mutex_init(&r->lock, NULL);
	r->rules = rules;
	r->own = own;
	r->prefix = slice_dup_str(slice_str(prefix));
	r->dir = slice_dup_str(slice_str(dir));
	if (r->prefix == NULL || r->dir == NULL) {
		ring_free(r);
		return err_nomem(ei);
	}
	*out = r;
	return ERR_OK;
}

void
ring_free(struct ring *r)
{
	if (r == NULL) {
		return;
	}
	look_clear(&r->seen);
	feed_ring_free(r->feed);
	state_unref(r->state);
	(void)pthread_mutex_destroy(&r->lock);
	free(r->prefix);
	free(r->dir);
	free(r);
}

void
ring_set_feed(struct ring *r, struct feed_ring *feed)
{
	r->feed = feed;
}

enum err
ring_feed_trouble(const struct ring *r, struct errinfo *out)
{
	*out = r->trouble;
	return r->trouble.kind;
}

const char *
ring_prefix(const struct ring *r)
{
	return r->prefix;
}

const char *
ring_dir(const struct ring *r)
{
	return r->dir;
}

static void
put_state(struct ring *r, struct state *s)
{
	struct state *old;

	(void)pthread_mutex_lock(&r->lock);
	old = r->state;
	r->state = s;
	(void)pthread_mutex_unlock(&r->lock);
	state_unref(old);
}

/* Clients want their lists also while nothing can be said of them. */
static void
sign(struct ring *r, struct state *s, int64_t now)
{
	struct errinfo ei = {.kind = ERR_OK};

	if (r->feed != NULL && feed_ring_sign(r->feed, s, now, &ei) != ERR_OK) {
		r->trouble = ei;
	} else {
		r->trouble = (struct errinfo){.kind = ERR_OK};
	}
}

/* The feed of what is served is told anew before it is over. */
static void
sign_again(struct ring *r, int64_t now)
{
	struct state *s = NULL;

	if (r->feed == NULL || r->state == NULL ||
	    (r->state->feed.ready != NULL && !feed_ring_is_due(r->feed, now)) ||
	    state_again(r->state, &s, NULL) != ERR_OK) {
		return;
	}
	sign(r, s, now);
	if (r->trouble.kind == ERR_OK) {
		put_state(r, s);
	} else {
		state_unref(s);
	}
}

static enum err
load(struct ring *r, const struct look *look, int64_t now, enum ring_seen *out,
    struct errinfo *ei)
{
	struct trust_mirror_rules rules = *r->rules;
	struct look after = {.dir = NULL};
	struct state *s = NULL;
	enum err e, judged;

	rules.now = now;
	judged = state_load(look, &rules, r->state, r->own, &s, ei);
	/* Both verdicts are of one state only if it stood still meanwhile, and
	 * nobody is between two of its files; rather that than none at all. */
	e = look_at(r->dir, &after, judged == ERR_OK ? ei : NULL);
	if (e == ERR_OK &&
	    (!look_same(look, &after) ||
		(r->state != NULL && trust_mirror_is_changing(r->dir)))) {
		*out = RING_BUSY;
		judged = ERR_OK;
	} else if (e != ERR_OK) {
		judged = judged == ERR_OK ? e : judged;
	} else if (judged == ERR_OK && r->state != NULL &&
		   state_same(r->state, s)) {
		*out = r->refused ? RING_GOOD_AGAIN : RING_SAME;
	} else if (judged == ERR_OK) {
		*out = RING_NEW;
		sign(r, s, now);
		put_state(r, s);
		s = NULL;
	}
	look_clear(&after);
	state_unref(s);
	return judged;
}

enum err
ring_look(struct ring *r, int64_t now, enum ring_seen *out, struct errinfo *ei)
{
	struct look look = {.dir = NULL};
	enum err e = look_at(r->dir, &look, ei);

	*out = RING_SAME;
	if (e != ERR_OK) {
		/* Said once, until it can be looked at again. */
		if (r->unread) {
			return ERR_OK;
		}
		r->unread = true;
		r->has_seen = false;
		r->refused = true;
		return e;
	}
	r->unread = false;
	sign_again(r, now);
	if (r->has_seen && look_same(&r->seen, &look)) {
		look_clear(&look);
		return ERR_OK;
	}
	e = load(r, &look, now, out, ei);
	look_clear(&r->seen);
	r->has_seen = *out != RING_BUSY && e != ERR_NOMEM;
	r->refused = e != ERR_OK || (r->refused && *out == RING_BUSY);
	r->seen = look;
	return e;
}

struct state *
ring_state(struct ring *r)
{
	struct state *s;

	(void)pthread_mutex_lock(&r->lock);
	s = r->state != NULL ? state_ref(r->state) : NULL;
	(void)pthread_mutex_unlock(&r->lock);
	return s;
}

struct ready *
ring_answer(struct ring *r, const char *name, bool *out_none)
{
	const struct state_file *f = NULL;
	struct ready *answer = NULL;

	(void)pthread_mutex_lock(&r->lock);
	*out_none = r->state == NULL;
	if (r->state != NULL) {
		f = state_find_any(r->state, name);
	}
	if (f != NULL) {
		answer = ready_ref(f->ready);
	}
	(void)pthread_mutex_unlock(&r->lock);
	return answer;
}
