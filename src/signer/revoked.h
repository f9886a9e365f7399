/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_REVOKED_H
#define SURGUCH_SIGNER_REVOKED_H
/*
 * The serials of the last CRL with the end of their certificates, ascending.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/slice.h"
#include "signer/record.h"

/* The end of a certificate that the journal did not issue: it stays on the
 * list as long as its CA signs lists. */
#define REVOKED_UNKNOWN INT64_MAX

struct revoked_one {
	uint8_t serial[SERIAL_BYTES_MAX]; /* INTEGER content */
	uint8_t len;
	bool hold;
	int64_t not_after;
};

/* A change that is not in the set yet. */
struct revoked_later {
	struct revoked_one one;
	size_t order;
	bool drop;
};

struct revoked {
	struct revoked_one *at;
	size_t num;
	size_t cap;
	size_t num_unknown; /* of REVOKED_UNKNOWN */
	struct revoked_later *later;
	size_t num_later;
	size_t cap_later;
};

/* The same, with its own octets. */
struct revoked_one revoked_one_of(const struct record_revoked *from);
/* An array with room for so many elements of this size, twice what there was
 * when it grows; NULL without memory, the array is as it was then. */
void *revoked_room(void *at, size_t *cap, size_t want, size_t size);

void revoked_clear(struct revoked *r);
struct record_revoked revoked_get(const struct revoked *r, size_t i);
/* The first that is not below this serial; num if none is. */
size_t revoked_from(const struct revoked *r, struct slice serial);
/*
 * Take out one run of records and put in another, both ascending.  ERR_FORMAT
 * "journal.crl" when what is dropped is not there, or what is added is and is
 * not dropped with it.  The set is untouched on failure.
 */
ATTR_MUST_USE enum err revoked_change(struct revoked *r, struct slice dropped,
    struct slice added, struct errinfo *ei);

/*
 * The same for many runs, one after another, into a set that is still empty:
 * a journal has a run for each of its CRLs, and to move a million serials for
 * every one of them would take hours.  What is wrong is said by
 * revoked_settle(), after which the set may be used.
 */
ATTR_MUST_USE enum err revoked_change_later(struct revoked *r,
    struct slice dropped, struct slice added, struct errinfo *ei);
ATTR_MUST_USE enum err revoked_settle(struct revoked *r, struct errinfo *ei);

#endif
