/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_CMS_SIGNED_H
#define SURGUCH_CRYPTO_CMS_SIGNED_H
/*
 * The body of a signed message: SignedData (RFC 5652 5) of one signer with
 * signed attributes, DER, whatever is signed.  What may be signed, by whom,
 * and which attributes must be there is for those who call: crypto/cms.h for
 * people's signatures, trust/ for lists of trusted roots.
 *
 * Reads strangers' bytes; nothing allocates but cms_signed_check(); everything
 * borrows from the message.
 */
#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypto/alg.h"

struct pubkey;

struct cms_signed {
	struct slice type;    /* of what is signed: OID content */
	struct slice content; /* content of its [0]; empty: detached */
	struct slice digests; /* content of the SET */
	struct slice certs;   /* content of [0]; may be empty */
	struct slice issuer;  /* whole Name */
	struct slice serial;  /* whole INTEGER */
	enum hash_alg hash;
	struct slice attrs;   /* whole, under [0] */
	struct slice sig_alg; /* whole AlgorithmIdentifier */
	struct slice signature;
	struct slice unsigned_attrs; /* content of [1]; may be empty */
};

/* Values of signed attributes, whole; len 0: absent. */
struct cms_attrs {
	struct slice content_type;
	struct slice digest;
	struct slice time;
	struct slice signing_cert; /* signing-certificate-v2, RFC 5035 */
};

/*
 * The whole of der.  ERR_FORMAT "cms.form", "der.*"; ERR_LIMIT "cms.size",
 * "cms.certificates"; ERR_UNSUPPORTED "cms.version", "cms.signers",
 * "alg.hash".
 */
ATTR_MUST_USE enum err cms_signed_read(
    struct slice der, struct cms_signed *out, struct errinfo *ei);
/*
 * Its attributes: each at most once and with one value, in DER's order, because
 * the signature is over them so (RFC 5652 5.4).  ERR_CRYPTO "cms.attributes",
 * ERR_LIMIT "cms.attributes", ERR_FORMAT "der.*".
 */
ATTR_MUST_USE enum err cms_signed_attrs(
    const struct cms_signed *m, struct cms_attrs *out, struct errinfo *ei);

enum cms_old {
	CMS_OLD_REFUSED,
	CMS_OLD_SHA1, /* RSA over SHA-1 counts: lists of the years before 2020
		       */
};
/*
 * Are the attributes those of this type and these octets, and signed with this
 * key?  ERR_CRYPTO "cms.attributes", "cms.digest" (other content),
 * "signature.mismatch"; ERR_UNSUPPORTED "cms.algorithm".
 */
ATTR_MUST_USE enum err cms_signed_check(const struct cms_signed *m,
    const struct cms_attrs *attrs, struct slice octets,
    const struct pubkey *key, enum cms_old old, struct errinfo *ei);

#endif
