/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_ENVELOPE_H
#define SURGUCH_CRYPTO_ENVELOPE_H
/*
 * Sealing to the holder of a certificate: CMS EnvelopedData (RFC 5652 6), one
 * recipient, AES-256-CBC; the content key under RSA-OAEP with SHA-256
 * (RFC 3560, 4055) or by ECDH over the recipient's curve (RFC 5753).  Any CMS
 * program with the key opens it.  It hides and does not authenticate: whoever
 * opens it checks the content by other means.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"

/*
 * Append the EnvelopedData over plain (<= ENVELOPE_BYTES_MAX) to out_der.
 * recipient_der: a certificate with an RSA key of 2048 bits and more or an EC
 * key.  ERR_UNSUPPORTED "envelope.recipient" for another, ERR_FORMAT
 * "envelope.certificate", ERR_LIMIT "envelope.size".
 */
ATTR_MUST_USE enum err envelope_seal(struct slice recipient_der,
    struct slice plain, struct buf *out_der, struct errinfo *ei);

/*
 * key_pem: the recipient's key, PKCS#8 or the traditional form, under the
 * password when it is encrypted (empty: none).  ERR_CRYPTO "envelope.key" when
 * it cannot be read or is not the certificate's, "envelope.open" when it was
 * sealed to somebody else or has been damaged.
 */
ATTR_MUST_USE enum err envelope_open(struct slice recipient_der,
    struct slice key_pem, struct slice password, struct slice der,
    struct secret *out, struct errinfo *ei);

#endif
