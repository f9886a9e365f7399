/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_STATE_H
#define SURGUCH_TRUSTD_STATE_H
/*
 * A mirror as it is served: all its files, verified, in memory, each as the
 * answer that it is sent as.  Never changed; a newer one takes its place
 * (trustd/ring.h), and who is being sent a file of the older one gets that to
 * its end.
 */
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/hash.h"
#include "http/ready.h"
#include "trust/mirror.h"
#include "trust/mirror_read.h"
#include "trustd/look.h"

enum {
	STATE_NAME_SIZE = 48,
};

struct state_file {
	char name[STATE_NAME_SIZE]; /* in lower case */
	uint8_t sha256[SHA256_SIZE];
	size_t size;
	int64_t modified; /* as it is told, UTC seconds */
	struct ready *ready;
};

struct state {
	atomic_uint refs;
	struct state_file *at; /* in order of names */
	size_t num;
	size_t room;
	size_t bytes;
	/* changes.json and its signature (trustd/feed.h); no ready: none. */
	struct state_file feed;
	struct state_file feed_sig;
	struct buf roots; /* the list of roots, in its cabinet */
	/* Certificates that are not what their names say: not served. */
	size_t left_out;
	struct trust_mirror_report report;
};

/*
 * Read and verify what lies there.  before: the state that this one follows, or
 * NULL; a file that has changed since is never told as older than it was.  own:
 * a directory of the server's own for what is large (http/ready.h), or NULL.
 * Errors: trust_mirror_gather(), ERR_LIMIT "trustd.size".
 */
ATTR_MUST_USE enum err state_load(const struct look *look,
    const struct trust_mirror_rules *rules, const struct state *before,
    const char *own, struct state **out, struct errinfo *ei);
/* The same files as s, without its feed. */
ATTR_MUST_USE enum err state_again(
    const struct state *s, struct state **out, struct errinfo *ei);
/* Before anybody is given the state. */
ATTR_MUST_USE enum err state_put_feed(struct state *s, struct slice text,
    struct slice signature, int64_t now, struct errinfo *ei);
struct state *state_ref(struct state *s);
void state_unref(struct state *s); /* NULL is fine */
/* name: in any case of letters.  NULL: the mirror has none. */
const struct state_file *state_find(const struct state *s, const char *name);
/* The same, and what the server itself has to say of the mirror. */
const struct state_file *state_find_any(
    const struct state *s, const char *name);
/* The same files with the same content? */
bool state_same(const struct state *a, const struct state *b);

#endif
