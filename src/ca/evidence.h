/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_EVIDENCE_H
#define SURGUCH_CA_EVIDENCE_H
/*
 * What the signers remember of our audit chain: each certificate and CRL in
 * their journals bears the position that the chain had then (design rule 5).
 * A database that was rolled back, or written anew, does not have them.
 */
#include <stddef.h>

#include "base/audit_position.h"
#include "base/err.h"

struct ca;

struct evidence {
	struct audit_position *at; /* owned */
	size_t num;
	/* What epochs in the journals (ca/epoch.h) have ended: remembered of
	 * a database that was put back, and not to be found in this one. */
	size_t num_ended;
};

/* All positions in all journals, for audit_verify(): 56 bytes each.  Clear
 * with evidence_clear(). */
ATTR_MUST_USE enum err evidence_collect(
    struct ca *ca, struct evidence *out, struct errinfo *ei);
void evidence_clear(struct evidence *e);

#endif
