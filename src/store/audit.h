/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_AUDIT_H
#define SURGUCH_STORE_AUDIT_H
/*
 * The audit chain (design rule 5).  Each writer (a random id kept in the
 * database; after a restore a new one) numbers its records from 1 and hashes
 * each with the hash of the one before, in the transaction of the act itself:
 *
 *	hash = SHA-256("surguch audit 1" || previous hash (32 bytes, zeros
 *	    before number 1) || writer (16) || number (u64) || at (u64) ||
 *	    actor || action || object || detail)
 *
 * integers big-endian, each text with its length (u32) in front, the detail
 * with one more byte before that: 1, or 0 for none (and then no length).
 *
 * Whoever can write the database can also recompute a whole chain; that is
 * why positions travel into the signers' journals, and audit_verify() takes
 * them as evidence.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/audit_position.h"
#include "base/err.h"
#include "base/id.h"

struct store;

enum {
	AUDIT_FAULTS_MAX = 64, /* faults kept in a report; all are counted */
};

/* A position with number 0 and a zero hash: the writer has written nothing
 * yet. */

bool audit_position_eq(
    const struct audit_position *a, const struct audit_position *b);

enum audit_fault_kind {
	AUDIT_EDITED,  /* the record is not what was hashed */
	AUDIT_ADDED,   /* a record below number 1 */
	AUDIT_GAP,     /* one or more numbers before this one are missing */
	AUDIT_LOST,    /* expected from outside, but the chain ends before */
	AUDIT_REPLACED /* expected from outside with another hash */
};

const char *audit_fault_name(enum audit_fault_kind kind); /* "edited" */

struct audit_fault {
	enum audit_fault_kind kind;
	struct id writer;
	uint64_t number; /* the record at, or before, which it shows */
};

struct audit_report {
	uint64_t num_writers;
	uint64_t num_records;
	uint64_t num_faults;
	struct audit_fault faults[AUDIT_FAULTS_MAX];
};

/*
 * Read every chain from its first record and compare it with the positions
 * that somebody else remembers (`expected`, may be NULL with 0).  ERR_OK when
 * the reading was done, faults or not: ask out->num_faults.
 */
ATTR_MUST_USE enum err audit_verify(struct store *s,
    const struct audit_position *expected, size_t num_expected,
    struct audit_report *out, struct errinfo *ei);

#endif
