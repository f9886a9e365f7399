/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_AEAD_H
#define SURGUCH_CRYPTO_AEAD_H
/*
 * Encryption at rest under a key of the centre's own (design rule 9):
 * AES-256-GCM with a random nonce.
 *
 *	version 01 | nonce (12) | ciphertext | tag (16)
 *
 * context is what the content belongs to (a row's id, say); it is not stored,
 * and what was closed under another context does not open.  Random nonces
 * allow 2^32 messages under one key (NIST SP 800-38D 8.3); a centre has
 * millions.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"

enum {
	AEAD_KEY_SIZE = 32,
	AEAD_OVERHEAD = 1 + 12 + 16,
};

/* Append the closed form of plain (<= SEAL_BYTES_MAX) to out.  ERR_FORMAT
 * "aead.key" when the key has another size; ERR_LIMIT "aead.size". */
ATTR_MUST_USE enum err aead_close(struct slice key, struct slice plain,
    struct slice context, struct buf *out, struct errinfo *ei);

/* ERR_FORMAT "aead.form"; ERR_CRYPTO "aead.open" when the key, the context or
 * any byte is not what it was.  The caller clears *out. */
ATTR_MUST_USE enum err aead_open(struct slice key, struct slice closed,
    struct slice context, struct secret *out, struct errinfo *ei);

#endif
