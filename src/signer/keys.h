/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_KEYS_H
#define SURGUCH_SIGNER_KEYS_H
/*
 * A signer's key in its directory: made once by `surguch-signer --make-key`,
 * never through front; loaded at start; given its certificate by
 * `surguch-signer --install-cert`.
 */
#include "base/err.h"
#include "base/slice.h"

struct privkey;

/*
 * Make a key (spec as privkey_generate()) and write key.pass (32 random
 * octets, 0400), key.p8 (0400) and spki.der (0644).  ERR_CONFLICT
 * "file.exists" when the directory has a key already.
 */
ATTR_MUST_USE enum err keys_make(
    const char *dir, const char *spec, struct errinfo *ei);
ATTR_MUST_USE enum err keys_load(
    const char *dir, struct privkey **out, struct errinfo *ei);

/*
 * Give the key its certificate (DER).  issuer empty: a CA's own, kept as
 * ca.der.  Otherwise the certificate of an OCSP key, kept as cert.der, and
 * its issuer's, which must have signed it, kept as ca.der.  ERR_CONFLICT
 * "signer.key" when it is of another key.
 */
ATTR_MUST_USE enum err keys_install_cert(const char *dir, struct slice cert,
    struct slice issuer, struct errinfo *ei);

#endif
