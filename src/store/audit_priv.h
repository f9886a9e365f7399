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
 * In a transaction of the caller's: make this writer the database's own and
 * move *chain to its first record, "audit.begin", which says where *chain
 * stood (number 0: nowhere).  On failure *chain stays.
 */
ATTR_MUST_USE enum err audit_begin(struct backend_conn *c,
    const struct id *writer, struct audit_position *chain, struct errinfo *ei);

/*
 * The chain of this database, to be gone on with; a new database gets one, and
 * its first record is committed.
 */
ATTR_MUST_USE enum err audit_open(
    struct backend_conn *c, struct audit_position *out, struct errinfo *ei);

/* Set the chain of this writer to where it ends in the database. */
ATTR_MUST_USE enum err audit_resume(
    struct backend_conn *c, struct audit_position *chain, struct errinfo *ei);

#endif
