/* SPDX-License-Identifier: Apache-2.0 */
/* The request that nearly every client sends, read without allocation. */
#include "base/bounds.h"
#include "crypto/hash.h"
#include "der/der.h"
#include "x509/ocsp.h"

/* The one element of this tag that s consists of; s becomes its content. */
static bool
descend(struct slice *s, uint8_t tag)
{
	struct slice rest = *s;

	return der_get(&rest, tag, s, NULL) == ERR_OK && rest.len == 0;
}

static bool
get_hash(struct slice *s, size_t size, struct slice *out)
{
	return der_get(s, DER_OCTET_STRING, out, NULL) == ERR_OK &&
	       out->len == size;
}

bool
ocsp_plain_get(struct slice der, struct ocsp_plain *out)
{
	struct slice s = der, alg;
	struct ocsp_plain p;

	/* OCSPRequest, TBSRequest, requestList, Request, CertID */
	for (unsigned depth = 0; depth < 5; depth++) {
		if (!descend(&s, DER_SEQUENCE)) {
			return false;
		}
	}
	if (der_get_whole(&s, DER_SEQUENCE, &alg, NULL) != ERR_OK ||
	    hash_alg_get(alg, &p.hash, NULL) != ERR_OK ||
	    !get_hash(&s, hash_size(p.hash), &p.issuer_name_hash) ||
	    !get_hash(&s, hash_size(p.hash), &p.issuer_key_hash) ||
	    der_get_integer(&s, &p.serial, NULL) != ERR_OK || s.len > 0 ||
	    (p.serial.p[0] & 0x80) != 0 || p.serial.len > SERIAL_BYTES_MAX) {
		return false;
	}
	*out = p;
	return true;
}
