/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTFEED_KEY_H
#define SURGUCH_TRUSTFEED_KEY_H
/* The public key of a server of mirrors, feed.pub, and what it has signed. */
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypto/hash.h"

struct feed_key;

/* A public key in PEM (RFC 7468 13) or DER.  ERR_UNSUPPORTED "feed.key" for one
 * that is not on P-256; pubkey_parse(), pem_or_der(). */
ATTR_MUST_USE enum err feed_key_parse(
    struct slice file, struct feed_key **out, struct errinfo *ei);
void feed_key_free(struct feed_key *k); /* NULL is fine */
/* SHA-256 of its SPKI in small hexadecimal letters, as the server's log says
 * it. */
const char *feed_key_fingerprint(const struct feed_key *k);
/* Is this (ECDSA over SHA-256, DER) the key's signature of the document?
 * ERR_CRYPTO "feed.signature". */
ATTR_MUST_USE enum err feed_key_verify(const struct feed_key *k,
    struct slice document, struct slice signature, struct errinfo *ei);

#endif
