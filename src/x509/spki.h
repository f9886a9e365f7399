/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_SPKI_H
#define SURGUCH_X509_SPKI_H
/*
 * AlgorithmIdentifier and SubjectPublicKeyInfo (RFC 5280 4.1.1.2, 4.1.2.7)
 * as typed values: which algorithm, which parameters, which bits.  What the
 * bits mean is for crypto/pubkey.h.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "der/oid.h"

struct pool;

enum alg_params {
	ALG_PARAMS_ABSENT,
	ALG_PARAMS_NULL,
	ALG_PARAMS_OID,  /* a named curve: curve */
	ALG_PARAMS_GOST, /* RFC 9215 4.1: parameter set, digest */
	ALG_PARAMS_RAW,  /* RSA-PSS and what we do not know: raw, whole */
};

struct alg_id {
	enum oid id;
	struct slice oid; /* content bytes */
	enum alg_params params;
	struct slice curve;  /* OID content */
	struct slice set;    /* GOST publicKeyParamSet, OID content */
	struct slice digest; /* GOST digestParamSet; empty when absent */
	struct slice cipher; /* GOST 2001's third; empty when absent */
	struct slice raw;
};

struct spki {
	struct slice der; /* place in the input: for pubkey_parse() */
	struct alg_id alg;
	struct slice bits;
	unsigned unused;
};

/* Takes one AlgorithmIdentifier from the front. */
ATTR_MUST_USE enum err alg_id_get(
    struct pool *pool, struct slice *s, struct alg_id *out, struct errinfo *ei);
void alg_id_put(const struct alg_id *a, struct buf *b);
bool alg_id_eq(const struct alg_id *a, const struct alg_id *b);
void alg_id_print(const struct alg_id *a, struct buf *b);

/* Takes one SubjectPublicKeyInfo from the front; ERR_LIMIT above
 * SPKI_BYTES_MAX. */
ATTR_MUST_USE enum err spki_get(
    struct pool *pool, struct slice *s, struct spki *out, struct errinfo *ei);
void spki_put(const struct spki *k, struct buf *b);
void spki_print(const struct spki *k, struct buf *b);

#endif
