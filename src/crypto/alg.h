/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_ALG_H
#define SURGUCH_CRYPTO_ALG_H
/*
 * The algorithms that we know, and their AlgorithmIdentifiers.  Pure tables:
 * works before crypto_init().
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum key_alg {
	KEY_NONE,
	KEY_GOST256, /* GOST R 34.10-2012, 256 bits, any parameter set */
	KEY_GOST512,
	KEY_P256,
	KEY_P384,
	KEY_RSA,
	KEY_ED25519,
	KEY_ALG_MAX_
};

enum hash_alg {
	HASH_NONE,
	HASH_SHA1, /* key and name ids (RFC 5280, RFC 6960), never signatures */
	HASH_SHA256,
	HASH_SHA384,
	HASH_SHA512,
	HASH_STREEBOG256, /* GOST R 34.11-2012 */
	HASH_STREEBOG512,
	HASH_ALG_MAX_
};

enum sig_alg {
	SIG_NONE,
	SIG_GOST256,
	SIG_GOST512,
	SIG_ECDSA_SHA256,
	SIG_ECDSA_SHA384,
	SIG_RSA_SHA256, /* PKCS#1 v1.5 */
	SIG_RSA_SHA384,
	SIG_RSA_SHA512,
	SIG_ED25519,
	SIG_ALG_MAX_
};

/* Names for people and settings: "gost2012-256", "ecdsa-sha256"; "none" for
 * NONE and for values out of range. */
const char *key_alg_name(enum key_alg alg);
const char *sig_alg_name(enum sig_alg alg);
/* NONE when there is no such name. */
enum sig_alg sig_alg_by_name(const char *name);

/* The hash that goes with a signature.  For Ed25519, which has no separate
 * one, SHA-512: the digest that RFC 8419 puts beside it in CMS. */
enum hash_alg sig_alg_hash(enum sig_alg alg);
/* Does the key take the data itself, as Ed25519 does, and not their digest? */
bool sig_alg_takes_data(enum sig_alg alg);
/* The kind of key that makes it (for ECDSA the usual one: SHA-256 P-256). */
enum key_alg sig_alg_key(enum sig_alg alg);
/* The signature of this key over this hash; NONE when there is none. */
enum sig_alg sig_alg_of(enum key_alg key, enum hash_alg hash);
/* What a key of this kind signs with unless told otherwise. */
enum sig_alg key_alg_default_sig(enum key_alg alg);
/* Can this kind of key make this signature?  (Either EC curve with either
 * SHA-2; RSA with any.) */
bool sig_alg_fits(enum sig_alg alg, enum key_alg key);

/*
 * The whole AlgorithmIdentifier as X.509 wants it: GOST, ECDSA and Ed25519
 * without parameters, RSA with NULL (RFC 4055 5).  alg must not be NONE.
 */
void sig_alg_put(struct buf *b, enum sig_alg alg);
/*
 * Read one whole AlgorithmIdentifier.  Parameters: RSA and GOST absent or
 * NULL, the others absent.  ERR_FORMAT "alg.form", ERR_UNSUPPORTED
 * "alg.signature" for one that is not in the list.
 */
ATTR_MUST_USE enum err sig_alg_get(
    struct slice algid_whole, enum sig_alg *out, struct errinfo *ei);

/* Digest AlgorithmIdentifiers: written without parameters (RFC 5754 2), read
 * with NULL or none.  ERR_UNSUPPORTED "alg.hash". */
void hash_alg_put(struct buf *b, enum hash_alg alg);
ATTR_MUST_USE enum err hash_alg_get(
    struct slice algid_whole, enum hash_alg *out, struct errinfo *ei);

#endif
