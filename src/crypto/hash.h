/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_HASH_H
#define SURGUCH_CRYPTO_HASH_H
/* Digests, HMAC and key derivation from passwords. */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"
#include "crypto/alg.h"

enum {
	HASH_SIZE_MAX = 64,
	HMAC_SHA256_SIZE = 32,
	SHA256_SIZE = 32,
	MD5_SIZE = 16,
};

/* Bytes of a digest; 0 for NONE and values out of range. */
size_t hash_size(enum hash_alg alg);

/* The first hash_size(alg) bytes of out are written, only on success. */
ATTR_MUST_USE enum err hash_of(enum hash_alg alg, struct slice data,
    uint8_t out[HASH_SIZE_MAX], struct errinfo *ei);

/* SHA-256 of bytes, and of what was put into a buf (its error, if any). */
ATTR_MUST_USE enum err sha256_of(
    struct slice data, uint8_t out[SHA256_SIZE], struct errinfo *ei);
ATTR_MUST_USE enum err sha256_of_buf(
    const struct buf *b, uint8_t out[SHA256_SIZE], struct errinfo *ei);

/* MD5, for names that others have made of it (certificates in Windows' lists):
 * it proves nothing. */
ATTR_MUST_USE enum err md5_of(
    struct slice data, uint8_t out[MD5_SIZE], struct errinfo *ei);

/* The same over bytes that come in pieces.  A failed _add is told by _end. */
struct hasher;
ATTR_MUST_USE enum err hasher_new(
    enum hash_alg alg, struct hasher **out, struct errinfo *ei);
void hasher_add(struct hasher *h, struct slice data);
/* Once; then only hasher_free(). */
ATTR_MUST_USE enum err hasher_end(
    struct hasher *h, uint8_t out[HASH_SIZE_MAX], struct errinfo *ei);
void hasher_free(struct hasher *h); /* NULL is fine */

/* RFC 2104; a key of any length, empty too. */
ATTR_MUST_USE enum err hmac_sha256(struct slice key, struct slice data,
    uint8_t out[HMAC_SHA256_SIZE], struct errinfo *ei);

/* PBKDF2 with HMAC-SHA-256 (RFC 8018 5.2) into out_len bytes of a new
 * secret, which the caller clears.  iterations 1..KDF_ITERATIONS_MAX. */
ATTR_MUST_USE enum err pbkdf2_sha256(struct slice password, struct slice salt,
    unsigned iterations, size_t out_len, struct secret *out,
    struct errinfo *ei);

#endif
