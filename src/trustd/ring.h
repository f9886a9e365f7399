/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_RING_H
#define SURGUCH_TRUSTD_RING_H
/*
 * One mirror of the server, under a prefix of its own: test, pilot, all.  It
 * serves the last whole state that was found good; what is found later and is
 * not, is told, and changes nothing.  ring_look() is called by one thread; all
 * others may ask for the state at any time.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "trust/mirror.h"
#include "trustd/state.h"

struct ring;

/* prefix: without slashes around it, "" for none; both are copied.  The rules
 * (all but now) and own, as state_load() takes it, must outlive the ring. */
ATTR_MUST_USE enum err ring_new(const char *prefix, const char *dir,
    const struct trust_mirror_rules *rules, const char *own, struct ring **out,
    struct errinfo *ei);
void ring_free(struct ring *r); /* NULL is fine */
/* From now on its states have a feed; takes r.  Before the first look. */
struct feed_ring;
void ring_set_feed(struct ring *r, struct feed_ring *feed);
const char *ring_prefix(const struct ring *r);
const char *ring_dir(const struct ring *r);

enum ring_seen {
	RING_SAME,
	RING_BUSY,       /* it changed while it was read: look again soon */
	RING_NEW,        /* another content is served from now on */
	RING_GOOD_AGAIN, /* after a refusal: what is served is there again */
};
/*
 * Look whether something has changed there, and if so load it.  What was
 * refused is not judged again until it changes.  ERR_* with *ei: it was
 * refused, and what was served before is served on.
 */
ATTR_MUST_USE enum err ring_look(
    struct ring *r, int64_t now, enum ring_seen *out, struct errinfo *ei);
/* Why the state that is served has no feed, or one that grows old, since the
 * last look; ERR_OK: it has, or none is wanted. */
enum err ring_feed_trouble(const struct ring *r, struct errinfo *out);
/* The state now, with a reference for the caller; NULL: none was ever good. */
struct state *ring_state(struct ring *r);
/* The answer for a file of this name, in any case of letters, with a reference
 * for the caller; NULL: there is none.  *out_none: nor is there a state. */
struct ready *ring_answer(struct ring *r, const char *name, bool *out_none);

#endif
