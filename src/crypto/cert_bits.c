/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate ::= SEQUENCE { tbs SEQUENCE { [0] version OPTIONAL, serial,
 *	signature AlgorithmIdentifier, issuer Name, validity SEQUENCE,
 *	subject Name, spki, ... }, AlgorithmIdentifier, BIT STRING }
 *						(RFC 5280 4.1)
 */
#include "crypto/cert_bits.h"

#include "base/bounds.h"
#include "der/der.h"

static enum err
tbs_bits(struct slice tbs, struct cert_bits *out, struct errinfo *ei)
{
	struct cert_bits bits = {0};
	struct slice skip, copy;
	bool present;
	enum err e;

	if ((e = der_get_optional(
		 &tbs, DER_CONTEXT_CONS(0), &present, &skip, ei)) != ERR_OK ||
	    (e = der_get_whole(&tbs, DER_INTEGER, &bits.serial, ei)) !=
		ERR_OK) {
		return e;
	}
	copy = bits.serial;
	if ((e = der_get_integer(&copy, &skip, ei)) != ERR_OK ||
	    (e = der_get(&tbs, DER_SEQUENCE, &skip, ei)) != ERR_OK ||
	    (e = der_get_whole(&tbs, DER_SEQUENCE, &bits.issuer, ei)) !=
		ERR_OK ||
	    (e = der_get(&tbs, DER_SEQUENCE, &skip, ei)) != ERR_OK ||
	    (e = der_get_whole(&tbs, DER_SEQUENCE, &bits.subject, ei)) !=
		ERR_OK ||
	    (e = der_get_whole(&tbs, DER_SEQUENCE, &bits.spki, ei)) != ERR_OK) {
		return e;
	}
	*out = bits;
	return ERR_OK;
}

enum err
cert_bits_get(struct slice cert_der, struct cert_bits *out, struct errinfo *ei)
{
	struct slice cert, tbs, skip;
	unsigned unused;
	enum err e;

	if (cert_der.len > CERT_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "cert.size", NULL,
		    "a certificate of %zu bytes; at most %d are read",
		    cert_der.len, CERT_BYTES_MAX);
	}
	if ((e = der_get(&cert_der, DER_SEQUENCE, &cert, ei)) != ERR_OK ||
	    (e = der_end(cert_der, ei)) != ERR_OK ||
	    (e = der_get(&cert, DER_SEQUENCE, &tbs, ei)) != ERR_OK ||
	    (e = der_get(&cert, DER_SEQUENCE, &skip, ei)) != ERR_OK ||
	    (e = der_get_bits(&cert, &skip, &unused, ei)) != ERR_OK ||
	    (e = der_end(cert, ei)) != ERR_OK) {
		return e;
	}
	return tbs_bits(tbs, out, ei);
}
