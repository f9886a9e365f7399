/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IDENTITY_LIMIT_H
#define SURGUCH_IDENTITY_LIMIT_H
/*
 * Counted limits in the database, so that every front counts together and a
 * restart forgets nothing.  A bucket is a name and a key, counted in fixed
 * windows that begin at multiples of their length.
 *
 * With parts = 0 the window alone counts: around its border a caller may see
 * twice the allowance.  With parts = n the window is one n-th of the period
 * and the last n windows count with the present one, so that no period of n
 * windows, wherever it begins, sees more than max.
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
	LIMIT_BUCKET_SIZE = 32,
	LIMIT_PARTS_MAX = 24,
};

struct limit {
	const char *name;   /* "otp.try"; static */
	unsigned max;       /* acts in one window, or in n of them */
	int64_t window_sec; /* > 0 */
	unsigned parts;     /* <= LIMIT_PARTS_MAX */
};

/* Where one act would be counted, as limit_look() found it. */
struct limit_slot {
	uint8_t bucket[LIMIT_BUCKET_SIZE];
	int64_t window_at;
	int64_t ends_at;
	unsigned used; /* in all windows that count now */
	unsigned left; /* acts that are still allowed */
	unsigned room; /* what the present window may hold */
};

/* Read how full the bucket is.  key: any bytes; only a hash of name and key
 * is kept, so an address or a phone does not stay here. */
ATTR_MUST_USE enum err limit_look(struct store *s, const struct limit *l,
    struct slice key, int64_t now_sec, struct limit_slot *out,
    struct errinfo *ei);
/* The slot of an act that is only counted, never limited: nothing is read
 * and `left` is l->max. */
ATTR_MUST_USE enum err limit_slot_init(const struct limit *l, struct slice key,
    int64_t now_sec, struct limit_slot *out, struct errinfo *ei);
/*
 * Count one act in the caller's unit of work.  slot->left must not be 0.  The
 * unit fails with ERR_CONFLICT "store.limit.take" when others have filled the
 * bucket since limit_look().
 */
void limit_add(struct unit *u, const struct limit_slot *slot);
/* Take one act back (a right code was no guess). */
void limit_add_return(struct unit *u, const struct limit_slot *slot);
/* Delete buckets that ended more than two days ago (housekeeping). */
ATTR_MUST_USE enum err limit_sweep(
    struct store *s, int64_t now_sec, struct errinfo *ei);

#endif
