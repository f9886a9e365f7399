/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_TLSKEY_H
#define SURGUCH_CRYPTO_TLSKEY_H
/* A private key in the form that TLS libraries take. */
#include "base/err.h"
#include "base/secret.h"

struct privkey;

/* "-----BEGIN PRIVATE KEY-----", not encrypted, with a final NUL that is
 * counted in out->len.  The caller clears *out. */
ATTR_MUST_USE enum err privkey_to_pem_insecure_plain(
    struct privkey *k, struct secret *out, struct errinfo *ei);

#endif
