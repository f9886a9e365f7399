/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_FEED_CHANGES_H
#define SURGUCH_TRUSTD_FEED_CHANGES_H
/* What differs between two states of a mirror, for its feed (trustd/feed.h). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/hash.h"
#include "trustd/state.h"

struct json;
struct json_writer;

/* The files of a state, by their names and what is in them. */
struct feed_names {
	struct feed_name {
		char name[STATE_NAME_SIZE];
		uint8_t sha256[SHA256_SIZE];
	} * at; /* in order of names */
	size_t num;
};

ATTR_MUST_USE enum err feed_names_of(
    const struct state *s, struct feed_names *out, struct errinfo *ei);
bool feed_names_are(const struct feed_names *n, const struct state *s);
void feed_names_clear(struct feed_names *n);
void feed_names_put(
    struct json_writer *w, const char *field, const struct feed_names *n);
ATTR_MUST_USE enum err feed_names_get(const struct json *obj, const char *field,
    struct feed_names *out, struct errinfo *ei);

struct feed_change {
	int64_t number; /* of the state before; 0: there was none */
	const struct feed_names *names;
	struct slice roots; /* its list of roots, in its cabinet */
};
/*
 * {"since", "came", "went", "changed", "roots"}: names of files, and of the
 * list of roots what trust/diff.h tells; roots is null where there is no list
 * before that could be read.
 */
ATTR_MUST_USE enum err feed_changes_put(const struct feed_change *before,
    const struct state *s, struct buf *out, struct errinfo *ei);

#endif
