/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_CMS_ENCRYPT_H
#define SURGUCH_CRYPTO_CMS_ENCRYPT_H
/*
 * Encryption to one certificate: CMS EnvelopedData (RFC 5652 6), DER.  The key
 * of the content travels as RSA and GOST keys transport it (RFC 9215's CMS
 * counterpart, R 1323565.1.025), or is agreed upon with EC ones (RFC 5753); the
 * content is under AES-256-CBC, or Kuznyechik in CTR-ACPKM for GOST.
 *
 * The form has no integrity of its own: a changed content is deciphered into
 * something else.  What matters is signed.  Needs crypto_init().
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"

struct privkey;

/*
 * Append the message.  ERR_LIMIT "cms.size" above CMS_BYTES_MAX / 2;
 * ERR_UNSUPPORTED "cms.encrypt.key": nothing is encrypted to such a key
 * (Ed25519); ERR_FORMAT of the certificate.
 */
ATTR_MUST_USE enum err cms_encrypt(struct slice cert_der, struct slice content,
    struct buf *out_der, struct errinfo *ei);

/*
 * The content, a secret that the caller clears.  cert_der names the recipient
 * in the message.  ERR_CRYPTO "cms.decrypt": it is not for this certificate and
 * key, or damaged; ERR_UNSUPPORTED "key.not_exportable" (a key on a token),
 * "cms.content_type", "key.cipher"; ERR_FORMAT, ERR_LIMIT "cms.size".
 */
ATTR_MUST_USE enum err cms_decrypt(struct privkey *key, struct slice cert_der,
    struct slice cms_der, struct secret *out, struct errinfo *ei);

/*
 * Does this key read what is encrypted to its certificate?  A trial with random
 * bytes.  *out_possible is false, and nothing is tried, with a key that
 * nothing can be encrypted to or that does not leave its token; then nobody
 * knows.
 */
ATTR_MUST_USE enum err cms_decryption_trial(struct privkey *key,
    struct slice cert_der, bool *out_possible, struct errinfo *ei);

#endif
