/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_GCM_PRIV_H
#define SURGUCH_CRYPTO_GCM_PRIV_H
/* AES-256-GCM in one piece, for aead.c and seal.c. */
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum {
	GCM_KEY_SIZE = 32,
	GCM_NONCE_SIZE = 12,
	GCM_TAG_SIZE = 16
};

/* plain.len bytes to out, GCM_TAG_SIZE to tag.  Lengths fit int. */
bool gcm_close(const uint8_t *key, const uint8_t *nonce, struct slice plain,
    struct slice context, uint8_t *out, uint8_t *tag);
/* sealed.len bytes to out, which mean nothing unless true is returned. */
bool gcm_open(const uint8_t *key, const uint8_t *nonce, struct slice sealed,
    struct slice context, struct slice tag, uint8_t *out);

#endif
