/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_CERT_BITS_H
#define SURGUCH_CRYPTO_CERT_BITS_H
/*
 * The few fields of a certificate that this floor and the containers need,
 * borrowed from its DER.  x509/cert.h is the real parser; this one checks only
 * the outline on the way to the fields.
 */
#include "base/err.h"
#include "base/slice.h"

struct cert_bits {
	struct slice serial;  /* the whole INTEGER */
	struct slice issuer;  /* the whole Name */
	struct slice subject; /* the whole Name */
	struct slice spki;    /* the whole SubjectPublicKeyInfo */
};

/* ERR_FORMAT "der.*", ERR_LIMIT "cert.size". */
ATTR_MUST_USE enum err cert_bits_get(
    struct slice cert_der, struct cert_bits *out, struct errinfo *ei);

#endif
