/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_SPKI_PRIV_H
#define SURGUCH_CRYPTO_SPKI_PRIV_H
/* The outline of a SubjectPublicKeyInfo, read strictly before OpenSSL sees any
 * of it.  Everything borrows from the input. */
#include "base/err.h"
#include "base/slice.h"
#include "crypto/alg.h"
#include "der/oid.h"

struct spki {
	enum key_alg alg;
	struct slice params; /* curve or parameter set; OID content */
	struct slice bits;   /* content of the BIT STRING */
	struct slice point;  /* EC: 04 x y; GOST: the little-endian x y */
	struct slice n;      /* RSA: magnitudes */
	struct slice e;
	unsigned size; /* in bits */
};

ATTR_MUST_USE enum err spki_parse(
    struct slice spki, struct spki *out, struct errinfo *ei);

/* The algorithm inside a SPKI or PrivateKeyInfo; consumes its
 * AlgorithmIdentifier from s. */
ATTR_MUST_USE enum err key_algid_get(struct slice *s, enum key_alg *out_alg,
    struct slice *out_params, struct errinfo *ei);

#endif
