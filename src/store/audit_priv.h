/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_AUDIT_PRIV_H
#define SURGUCH_STORE_AUDIT_PRIV_H
/* The writing end of the audit chain; used by the writer alone. */
#include "base/bounds.h"
#include "store/audit.h"
#include "store/unit.h"
#include "store/value.h"

struct backend_conn;

enum {
	AUDIT_VALUES = 8 /* parameters of ST_AUDIT_INSERT */
};

/* The hash of the record `number` = previous->number + 1 in this chain. */
ATTR_MUST_USE enum err audit_hash(const struct audit_position *previous,
    const struct audit_event *event, uint8_t out[AUDIT_HASH_SIZE],
    struct errinfo *ei);

/*
 * Move the chain on by one record and give the values of its row.  They
 * borrow from the chain and the event; on failure the chain stays.
 */
ATTR_MUST_USE enum err audit_next(struct audit_position *chain,
    const struct audit_event *event, struct value out[AUDIT_VALUES],
    struct errinfo *ei);

/*
 * The chain of this database, to be gone on with; a new one, with its first
 * record "audit.begin" committed, for a new database or a new epoch.
 */
ATTR_MUST_USE enum err audit_open(struct backend_conn *c, bool new_epoch,
    struct audit_position *out, struct errinfo *ei);

/* Set the chain of this writer to where it ends in the database. */
ATTR_MUST_USE enum err audit_resume(
    struct backend_conn *c, struct audit_position *chain, struct errinfo *ei);

#endif
