/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_ENTRIES_H
#define SURGUCH_CA_ENTRIES_H
/*
 * The entries of a CA's lists, ready DER in the order of serials.  Reading a
 * million of them from the database takes seconds, so they are kept between
 * lists, and what was revoked or released meanwhile is put in.  That is done
 * only when the counts of changes in the lists' rows say that nothing else
 * happened; otherwise, and at least every CRL_RENEW_SEC, all are read again.
 * All lists of a CA are cut from the same run: whichever list a certificate
 * names, its serial stands on each that covers it.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "x509/crl_shard.h"

struct ca;
struct entries;
struct run;

/* NULL when there is no memory. */
struct entries *entries_new(void);
void entries_free(struct entries *e); /* NULL is fine */

/*
 * A unit that changes what is revoked is about to be submitted, and has been.
 * `committed` counts as one change of one list; false also when nobody knows.
 * Any thread.  Above CRL_NOTES_MAX, or without memory, it is not kept which
 * serial it was, and all are read again.
 */
void entries_begin(struct entries *e);
void entries_end(struct entries *e, struct slice serial, bool committed);

/*
 * The entries of a list as the database has them now: a part of *out_run, of
 * which one reference is the caller's.  *out_changes is the count of its row
 * that they hold.  One thread.
 */
struct entries_of {
	const char *ca;
	struct crl_shard shard;
	int64_t now;
};
ATTR_MUST_USE enum err entries_get(struct ca *ca, struct entries *e,
    const struct entries_of *of, struct run **out_run, struct slice *out,
    int64_t *out_changes, struct errinfo *ei);

/* Put `add` among `old`, both in the order of serials, into a new run.  Of
 * two with one serial the added one stays, and neither when its reason is
 * removeFromCRL.  ERR_INTERNAL for an old one that is none of crl_entry_put();
 * as crl_entry_get() for an added one. */
ATTR_MUST_USE enum err entries_merge(
    struct slice old, struct slice add, struct run **out, struct errinfo *ei);
/* The part of a run that a shard covers; all of it for the full list. */
ATTR_MUST_USE enum err entries_cut(struct slice all, struct crl_shard shard,
    struct slice *out, struct errinfo *ei);

#endif
