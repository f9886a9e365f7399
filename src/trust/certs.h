/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_CERTS_H
#define SURGUCH_TRUST_CERTS_H
/*
 * Certificates by their thumbprints (SHA-1), as lists of trust name them.  The
 * thumbprint finds a certificate; that it is the right one is for SHA-256 to
 * say, where the list has one (trust/rows.h).
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "trust/root.h"

struct cert;

struct trust_cert {
	uint8_t sha1[ROOT_SHA1];
	struct slice der;
	/* Found also where the form is wrong elsewhere; else empty. */
	struct slice tbs;       /* whole TBSCertificate */
	struct slice subject;   /* whole Name */
	struct slice key;       /* octets of its key's BIT STRING */
	struct slice signature; /* algorithm: OID content */
	/* NULL: it breaks a rule of form, as one in forty of Microsoft's list
	 * does (a negative serial number); kept and passed on as it is. */
	const struct cert *parsed;
};

/* "CN=…, O=…"; nothing where it has none. */
void trust_cert_put_subject(const struct trust_cert *c, struct buf *out);
/* What people call it: CN, else OU, O, the whole subject. */
void trust_cert_put_name(const struct trust_cert *c, struct buf *out);

struct trust_certs;

ATTR_MUST_USE enum err trust_certs_new(
    struct trust_certs **out, struct errinfo *ei);
void trust_certs_free(struct trust_certs *c); /* NULL is fine */

/*
 * One more, copied; one that is there already stays once.  *out (NULL: not
 * wanted) is it, and lives with the set.  ERR_FORMAT "trust.certificate" for
 * what is not one SEQUENCE; ERR_LIMIT "trust.certificates" above
 * STL_ENTRIES_MAX, "cert.length" above CERT_BYTES_MAX.
 */
ATTR_MUST_USE enum err trust_certs_add(struct trust_certs *c, struct slice der,
    const struct trust_cert **out, struct errinfo *ei);
/* NULL: none has this thumbprint. */
const struct trust_cert *trust_certs_find(
    const struct trust_certs *c, struct slice sha1);
size_t trust_certs_num(const struct trust_certs *c);
/* In the order of adding. */
const struct trust_cert *trust_certs_at(const struct trust_certs *c, size_t i);

#endif
