/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_RECONCILE_H
#define SURGUCH_CA_RECONCILE_H
/*
 * Bringing a database that was put back and the signers' journals together
 * (design rule 2).  A new epoch of the audit begins, in the database and in
 * each journal; the database takes over the certificates that the journals
 * have and the revocations that the last published CRLs have; CRL numbers go
 * on above the highest of database, journal and published list.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"

struct adoption;
struct ca;

struct reconciled_ca {
	const char *name;
	size_t num_certificates; /* taken over */
	size_t num_revocations;
	uint64_t crl_number; /* the highest; the next is above it */
};

struct reconciled {
	struct reconciled_ca at[CA_AUTHORITIES_MAX];
	size_t num;
};

/*
 * The store is held and the calling thread mends it.  how: as for ca_adopt();
 * its age and its `reconciling` are not read.  journal_lost (may be NULL): a
 * CA whose journal is older than the database, and whose newest copy is gone.
 *
 * ERR_STATE "ca.journal_behind", before anything is changed: a journal is
 * older than the database.  ERR_NOTFOUND "ca.name": there is no CA named
 * journal_lost.  ERR_STATE "ca.crl_missing": the journal knows of a CRL which
 * is not published.  Stopped in the middle it may be called again.
 */
ATTR_MUST_USE enum err ca_reconcile(struct ca *ca, const struct adoption *how,
    const char *actor, const char *journal_lost, struct reconciled *out,
    struct errinfo *ei);

#endif
