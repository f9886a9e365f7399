/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_PUBLISHED_H
#define SURGUCH_CA_PUBLISHED_H
/*
 * The last CRLs of a CA as everybody has them.  It holds what a database that
 * was put back has forgotten: who was revoked, when and why.  A journal holds
 * only serial numbers.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct authority;
struct ca;
struct crl;

struct published {
	/* the full one, the shards' and their deltas, as far as there */
	struct crl **crls;
	size_t num;
	uint64_t number; /* the highest of database, journal and lists */
};

/*
 * Read public_dir/NAME.crl, NAME-K-of-N.crl and their deltas.  ERR_STATE
 * "ca.crl_missing": the journal knows of a newer one than this and than the
 * database. ERR_CRYPTO: not signed by this CA.
 */
ATTR_MUST_USE enum err published_find(struct ca *ca, struct authority *a,
    struct published *out, struct errinfo *ei);
void published_clear(struct published *p);

/*
 * Revoke (or hold) what the lists have and the database has not, each with its
 * audit row, and note the number.  *out_num counts them.  A hold that a newer
 * delta takes back is none.
 */
ATTR_MUST_USE enum err published_adopt(struct ca *ca, struct authority *a,
    const struct published *p, size_t *out_num, struct errinfo *ei);

#endif
