/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_FEED_H
#define SURGUCH_TRUSTD_FEED_H
/*
 * What has changed in a mirror, signed by the server: beside a mirror's files
 * stand changes.json and changes.json.sig, its signature (ECDSA on P-256 over
 * SHA-256, DER) by a key of the server's own, whose public half the
 * administrator carries to clients once.
 *
 * The lists are signed by their maker and the certificates are compared with
 * them, so nobody on the way can forge those.  What this signature adds: that
 * this is what the administrator of this ring gives out now.  Nobody on the way
 * can hold a client back at an older state for longer than the document is
 * valid, take it back to one (the number only grows), mix two states, leave out
 * a list, or change the stores, which no list signs.  It says nothing of the
 * lists themselves: a client verifies those as ever.
 */
#include <stdint.h>

#include "base/err.h"
#include "trustd/state.h"

struct feed;
struct feed_ring;

enum {
	FEED_LIFE_SEC = 24 * 3600,          /* a document is valid */
	FEED_AGAIN_SEC = FEED_LIFE_SEC / 2, /* and signed anew */
};

/*
 * The key in this directory, made if there is none: feed.key, which this
 * process alone can read, and feed.pub, PEM, for clients.  ERR_DENIED
 * "file.secret_mode"; privkey_from_p8(), file_write_new().
 */
ATTR_MUST_USE enum err feed_open(
    const char *dir, struct feed **out, struct errinfo *ei);
void feed_free(struct feed *f); /* NULL is fine */
/* SHA-256 of its public key (SPKI), in lower-case hex. */
const char *feed_fingerprint(const struct feed *f);

/*
 * A ring's place in it: what was said last is read from the directory, so that
 * numbers go on after a restart.  f must outlive it.  ERR_FORMAT and others
 * where that is damaged: then a client could be told a number twice, so nothing
 * is signed until somebody has looked.
 */
ATTR_MUST_USE enum err feed_ring_new(struct feed *f, const char *prefix,
    struct feed_ring **out, struct errinfo *ei);
void feed_ring_free(struct feed_ring *r); /* NULL is fine */
/* Was it signed so long ago that it should be again? */
bool feed_ring_is_due(const struct feed_ring *r, int64_t now);
/*
 * Say what this state is, and what has come to it, gone or changed since the
 * one before; noted in the directory before it is given out.  Fills the state's
 * feed and feed_sig.  One thread.
 */
ATTR_MUST_USE enum err feed_ring_sign(
    struct feed_ring *r, struct state *s, int64_t now, struct errinfo *ei);

#endif
