/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_SEAL_H
#define SURGUCH_CRYPTO_SEAL_H
/*
 * A sealed box: anyone with the public key can close it, only the holder of
 * the private key can open it.  X25519 with an ephemeral key, HKDF-SHA-256
 * over both public keys, AES-256-GCM.
 *
 *	version 01 | ephemeral public key (32) | ciphertext | tag (16)
 *
 * context is what the content belongs to (a row's id, say); it is not stored,
 * and a box opened under another context does not open.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"

enum {
	SEAL_KEY_SIZE = 32,
	SEAL_OVERHEAD = 1 + SEAL_KEY_SIZE + 16,
};

/* A new pair; the caller clears *priv. */
ATTR_MUST_USE enum err seal_keypair(
    uint8_t pub[SEAL_KEY_SIZE], struct secret *priv, struct errinfo *ei);

/* Append the sealed form of plain (<= SEAL_BYTES_MAX) to out.  ERR_LIMIT
 * "seal.size"; ERR_CRYPTO "seal.key" for a public key of low order. */
ATTR_MUST_USE enum err seal_to(const uint8_t pub[SEAL_KEY_SIZE],
    struct slice plain, struct slice context, struct buf *out,
    struct errinfo *ei);

/* ERR_FORMAT "seal.form"; ERR_CRYPTO "seal.open" when the key, the context or
 * any byte is not what it was. */
ATTR_MUST_USE enum err seal_open(const struct secret *priv,
    const uint8_t pub[SEAL_KEY_SIZE], struct slice sealed, struct slice context,
    struct secret *out, struct errinfo *ei);

#endif
