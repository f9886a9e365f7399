/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_SIGNED_H
#define SURGUCH_X509_SIGNED_H
/*
 * The shape that certificates, requests, lists and OCSP responses share (RFC
 * 5280 4.1.1).
 *
 *	SEQUENCE { what is signed SEQUENCE, AlgorithmIdentifier, BIT STRING }
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypto/alg.h"
#include "x509/spki.h"

struct pool;
struct pubkey;

struct signature {
	struct slice alg_der; /* place in the input: for verifying */
	struct alg_id alg;
	struct slice bits;
};

/* The rules that signature_get() answers with. */
struct signature_rules {
	/* The algorithm also stands inside what is signed, was read into
	 * signature.alg and must be the same; NULL: it stands outside only. */
	const char *algorithm;
	const char *clause; /* of `algorithm` */
	const char *length;
};

/* Nothing may follow the SEQUENCE.  Gives what is signed, whole, and the rest
 * inside. */
ATTR_MUST_USE enum err signed_open(struct slice der, struct slice *out_tbs,
    struct slice *out_rest, struct errinfo *ei);
/* Takes algorithm and signature from the front. */
ATTR_MUST_USE enum err signature_get(struct pool *pool, struct slice *s,
    const struct signature_rules *rules, struct signature *out,
    struct errinfo *ei);
/* ERR_CRYPTO when it does not fit; ERR_UNSUPPORTED and others for the
 * algorithm (crypto/alg.h). */
ATTR_MUST_USE enum err signature_verify(const struct signature *sig,
    struct slice tbs, const struct pubkey *key, struct errinfo *ei);
void signature_put(const struct signature *sig, struct buf *b);
/* Append a new one of `tbs`, which is whole DER, and its signature. */
void x509_assemble(struct slice tbs, enum sig_alg alg, struct slice signature,
    struct buf *out);
/* The same of one that stays where it is: what stands in front of it, and
 * behind it, is appended. */
void x509_around(size_t tbs_len, enum sig_alg alg, struct slice signature,
    struct buf *out_front, struct buf *out_back);

#endif
