/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_PUBKEY_H
#define SURGUCH_CRYPTO_PUBKEY_H
/*
 * A public key from an untrusted SubjectPublicKeyInfo (RFC 5280 4.1.2.7).
 *
 * Decides whether this is a key with which signatures can be checked, not
 * whether we want it: sizes above the floor, parameter sets and algorithms
 * are a profile's matter, which asks pubkey_alg, _bits and _params.
 *
 * A pubkey never changes after pubkey_parse(); any number of threads may use
 * one at the same time.
 *
 * Deliberately not read: compressed points (one key has one encoding, so that
 * equal keys have equal key ids, and RFC 5480 2.2 lets receivers refuse
 * them), explicit curve parameters, GOST R 34.10-2001, RSASSA-PSS keys, DSA.
 */
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypto/alg.h"

struct pubkey;

/*
 * The whole of spki is one SubjectPublicKeyInfo; it is copied.  The caller
 * owns *out.
 * ERR_FORMAT "key.form" or "der.*"; ERR_LIMIT "key.size" (over SPKI_BYTES_MAX,
 * RSA under 1024 or over RSA_BITS_MAX); ERR_UNSUPPORTED "key.algorithm",
 * "key.parameters", "key.point_form"; ERR_CRYPTO "key.point" (not on the
 * curve), "key.exponent" (RSA, even or 1), "key.modulus" (even);
 * ERR_STATE "crypto.init".
 */
ATTR_MUST_USE enum err pubkey_parse(
    struct slice spki, struct pubkey **out, struct errinfo *ei);
void pubkey_free(struct pubkey *k); /* NULL allowed */

/* Getters borrow from k. */
enum key_alg pubkey_alg(const struct pubkey *k);
/* Content of the curve's or parameter set's OID; empty for RSA, Ed25519. */
struct slice pubkey_params(const struct pubkey *k);
/* Strength-bearing size: the modulus of RSA, the field of a curve. */
unsigned pubkey_bits(const struct pubkey *k);
struct slice pubkey_spki(const struct pubkey *k);
/* Content of the SPKI's BIT STRING without the count of unused bits: what
 * RFC 5280 4.2.1.2 and RFC 6960 hash for a key id. */
struct slice pubkey_bits_content(const struct pubkey *k);

/*
 * Does sig, as X.509 carries it, fit the data?  ERR_CRYPTO
 * "signature.mismatch" when not, "signature.algorithm" when this key cannot
 * make such a signature; ERR_LIMIT "signature.size".
 */
ATTR_MUST_USE enum err pubkey_verify(const struct pubkey *k, enum sig_alg alg,
    struct slice data, struct slice sig, struct errinfo *ei);
/* The same of data of which this is the digest, sig_alg_hash(alg); never where
 * sig_alg_takes_data(). */
ATTR_MUST_USE enum err pubkey_verify_digest(const struct pubkey *k,
    enum sig_alg alg, struct slice digest, struct slice sig,
    struct errinfo *ei);

/*
 * RSA PKCS#1 v1.5 over SHA-1, which nothing may be trusted for that can still
 * be signed anew: for lists of trusted roots of the years before 2020, when
 * whoever reads them asked for it.  Errors as pubkey_verify().
 */
ATTR_MUST_USE enum err pubkey_verify_sha1(const struct pubkey *k,
    struct slice data, struct slice sig, struct errinfo *ei);

#endif
