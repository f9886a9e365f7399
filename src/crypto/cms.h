/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_CMS_H
#define SURGUCH_CRYPTO_CMS_H
/*
 * Signatures: CMS SignedData (RFC 5652) of the form CAdES-BES, with
 * contentType, messageDigest, signingTime and signing-certificate-v2
 * (RFC 5035), one signer, DER; detached, or around what is signed in the manner
 * of PKCS#7 1.5.
 *
 * Written and read by our own DER code.  What is read must be DER too: BER
 * with indefinite lengths is refused.  Chains, validity in time and key usage
 * are judged elsewhere.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "der/oid.h"

struct privkey;

/*
 * Append the signature over content (bytes as they are, no canonical line
 * ends) to out_der.  cert_der is the signer's certificate, chain are further
 * certificates to enclose (<= CMS_CERTS_MAX in all).  signing_time: seconds
 * UTC.  ERR_CONFLICT "cms.key" when the certificate is of another key.
 */
ATTR_MUST_USE enum err cms_sign_detached(struct privkey *key,
    struct slice cert_der, const struct slice *chain, size_t num_chain,
    struct slice content, int64_t signing_time, struct buf *out_der,
    struct errinfo *ei);

/* Who signs: a key, its certificate, and further ones to enclose; borrowed. */
struct cms_signer {
	struct privkey *key;
	struct slice cert;
	const struct slice *chain;
	size_t num_chain;
};
/*
 * The same around element, which is one whole element of DER and is of this
 * type.  It stands under [0] as it is, and its digest is over its content
 * octets, without tag and length (RFC 2315 9.3, 9.4): so are lists of trust
 * signed.
 */
ATTR_MUST_USE enum err cms_sign_enclosed(const struct cms_signer *signer,
    enum oid type, struct slice element, int64_t signing_time,
    struct buf *out_der, struct errinfo *ei);

/*
 * Is cms_der exactly one CAdES-BES signature, by the holder of
 * signer_cert_der, over exactly this content?
 * ERR_FORMAT "cms.form" or "der.*", ERR_LIMIT "cms.size", "cms.certificates",
 * "cms.attributes"; ERR_UNSUPPORTED "cms.content_type", "cms.algorithm",
 * "cms.version", "cms.attached", "cms.signers"; ERR_CRYPTO "cms.signer"
 * (another certificate), "cms.digest" (other content),
 * "cms.signing_certificate", "cms.attributes", "signature.mismatch".
 */
ATTR_MUST_USE enum err cms_verify_detached(struct slice cms_der,
    struct slice content, struct slice signer_cert_der, struct errinfo *ei);

#endif
