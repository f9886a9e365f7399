/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IDENTITY_LIMIT_H
#define SURGUCH_IDENTITY_LIMIT_H
/*
 * Counted limits in the database, so that every front counts together and a
 * restart forgets nothing.  A bucket is (name, key, window): fixed windows
 * that begin at multiples of their length.  A caller therefore sees at most
 * twice the allowance around a border; where that matters (tries of codes)
 * halve the figure or take a day as what it is, a calendar day in UTC.
 *
 * Limits fail closed: when the database cannot count, the answer is an error
 * and the act does not happen.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct store;
struct unit;

enum {
	LIMIT_HOUR = 3600,
	LIMIT_DAY = 86400
};

/* What a bucket is called and how much it holds. */
struct limit {
	const char *name;   /* "otp.try"; static */
	unsigned max;       /* acts in one window */
	int64_t window_sec; /* > 0 */
};

/*
 * Count one act in a unit of work of the caller's: the unit fails with
 * ERR_CONFLICT "store.limit_take" when the bucket is full.  key: any bytes
 * (hashed here with the name, so an address or a phone is not kept).
 */
void limit_add(
    struct unit *u, const struct limit *l, struct slice key, int64_t now_sec);
/* The same as a unit of its own: ERR_LIMIT "limit.<name>" when full; nothing
 * is counted then.  errinfo.text says when to come again. */
ATTR_MUST_USE enum err limit_take(struct store *s, const struct limit *l,
    struct slice key, int64_t now_sec, struct errinfo *ei);
/* How many acts the present window has counted. */
ATTR_MUST_USE enum err limit_used(struct store *s, const struct limit *l,
    struct slice key, int64_t now_sec, unsigned *out, struct errinfo *ei);
/* Seconds until the present window ends, 1..window_sec. */
int64_t limit_wait(const struct limit *l, int64_t now_sec);
/* Delete buckets whose window ended more than two days ago (housekeeping,
 * bounded). */
ATTR_MUST_USE enum err limit_sweep(
    struct store *s, int64_t now_sec, struct errinfo *ei);

#endif
