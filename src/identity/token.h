/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IDENTITY_TOKEN_H
#define SURGUCH_IDENTITY_TOKEN_H
/*
 * Bearer tokens: a prefix that tells the kind and 256 random bits in
 * base64url.  The centre keeps SHA-256 of the whole text; with 256 random
 * bits a bare hash hides enough, and looking it up by the hash tells nothing
 * by its timing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum {
	TOKEN_RANDOM_BYTES = 32,
	TOKEN_TEXT_LEN = 43, /* of the random part, without the prefix */
	TOKEN_HASH_SIZE = 32,
};

/* size must be strlen(prefix) + TOKEN_TEXT_LEN + 1.  The caller wipes it. */
ATTR_MUST_USE enum err token_new(
    const char *prefix, char *out, size_t size, struct errinfo *ei);
/* The right prefix, length and alphabet. */
bool token_is(const char *prefix, struct slice token);
ATTR_MUST_USE enum err token_hash(
    struct slice token, uint8_t out[TOKEN_HASH_SIZE], struct errinfo *ei);

#endif
