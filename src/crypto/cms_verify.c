/* SPDX-License-Identifier: Apache-2.0 */
/* CAdES-BES of what crypto/cms_signed.h has read. */
#include "crypto/cms.h"

#include "crypto/cert_bits.h"
#include "crypto/cms_signed.h"
#include "crypto/hash.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/oid.h"

/* Plain data that stands elsewhere. */
static enum err
check_detached(const struct cms_signed *m, struct errinfo *ei)
{
	if (oid_find(m->type) != OID_CMS_DATA) {
		return err_set(ei, ERR_UNSUPPORTED, "cms.content_type",
		    "RFC 5652 5.2", "the signed content is not plain data");
	}
	if (m->content.len != 0) {
		return err_set(ei, ERR_UNSUPPORTED, "cms.attached",
		    "RFC 5652 5.2",
		    "the message holds its content; a detached signature is "
		    "wanted");
	}
	return ERR_OK;
}

/* IssuerSerial ::= SEQUENCE { GeneralNames { [4] Name }, serial } */
static enum err
issuer_serial(struct slice seq, const struct cert_bits *bits, bool *out_same,
    struct errinfo *ei)
{
	struct slice names, name, issuer, serial;
	enum err e;

	if ((e = der_get(&seq, DER_SEQUENCE, &names, ei)) != ERR_OK ||
	    (e = der_get(&names, DER_CONTEXT_CONS(4), &name, ei)) != ERR_OK ||
	    (e = der_end(names, ei)) != ERR_OK ||
	    (e = der_get_whole(&name, DER_SEQUENCE, &issuer, ei)) != ERR_OK ||
	    (e = der_end(name, ei)) != ERR_OK ||
	    (e = der_get_whole(&seq, DER_INTEGER, &serial, ei)) != ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	*out_same =
	    slice_eq(issuer, bits->issuer) && slice_eq(serial, bits->serial);
	return ERR_OK;
}

/* The first ESSCertIDv2 of the attribute (RFC 5035 3: it is the
 * signer's). */
static enum err
first_cert_id(struct slice value, struct slice *out, struct errinfo *ei)
{
	struct slice seq, ids, skip;
	bool present;
	enum err e;

	if ((e = der_get(&value, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_SEQUENCE, &ids, ei)) != ERR_OK ||
	    (e = der_get_optional(&seq, DER_SEQUENCE, &present, &skip, ei)) !=
		ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK ||
	    (e = der_get(&ids, DER_SEQUENCE, out, ei)) != ERR_OK) {
		return e;
	}
	return ERR_OK;
}

static enum err
check_signing_cert(const struct cms_attrs *a, struct slice cert,
    const struct cert_bits *bits, struct errinfo *ei)
{
	struct slice id, alg, hash, names;
	enum hash_alg hash_alg = HASH_SHA256; /* DEFAULT */
	uint8_t want[HASH_SIZE_MAX];
	bool present, same = true;
	enum err e;

	if (a->signing_cert.len == 0) {
		return err_set(ei, ERR_CRYPTO, "cms.signing_certificate",
		    "RFC 5035 3",
		    "signing-certificate-v2 is missing; sign as CAdES-BES");
	}
	if ((e = first_cert_id(a->signing_cert, &id, ei)) != ERR_OK) {
		return e;
	}
	if (der_peek(id) == DER_SEQUENCE &&
	    ((e = der_get_whole(&id, DER_SEQUENCE, &alg, ei)) != ERR_OK ||
		(e = hash_alg_get(alg, &hash_alg, ei)) != ERR_OK)) {
		return e;
	}
	if ((e = der_get(&id, DER_OCTET_STRING, &hash, ei)) != ERR_OK ||
	    (e = der_get_optional(&id, DER_SEQUENCE, &present, &names, ei)) !=
		ERR_OK ||
	    (e = der_end(id, ei)) != ERR_OK ||
	    (present &&
		(e = issuer_serial(names, bits, &same, ei)) != ERR_OK) ||
	    (e = hash_of(hash_alg, cert, want, ei)) != ERR_OK) {
		return e;
	}
	if (hash_alg == HASH_SHA1 || !same ||
	    !slice_eq(hash, slice_make(want, hash_size(hash_alg)))) {
		return err_set(ei, ERR_CRYPTO, "cms.signing_certificate",
		    "RFC 5035 3",
		    "signing-certificate-v2 names another certificate than "
		    "the signer's");
	}
	return ERR_OK;
}

enum err
cms_verify_detached(struct slice cms_der, struct slice content,
    struct slice signer_cert_der, struct errinfo *ei)
{
	struct pubkey *key = NULL;
	struct cms_signed m;
	struct cms_attrs a;
	struct cert_bits bits;
	enum err e;

	if ((e = cert_bits_get(signer_cert_der, &bits, ei)) != ERR_OK ||
	    (e = cms_signed_read(cms_der, &m, ei)) != ERR_OK ||
	    (e = check_detached(&m, ei)) != ERR_OK ||
	    (e = cms_signed_attrs(&m, &a, ei)) != ERR_OK) {
		return e;
	}
	if (!slice_eq(m.issuer, bits.issuer) ||
	    !slice_eq(m.serial, bits.serial)) {
		return err_set(ei, ERR_CRYPTO, "cms.signer", "RFC 5652 5.3",
		    "the signature is by the holder of another certificate");
	}
	if ((e = check_signing_cert(&a, signer_cert_der, &bits, ei)) !=
		ERR_OK ||
	    (e = pubkey_parse(bits.spki, &key, ei)) != ERR_OK) {
		return e;
	}
	e = cms_signed_check(&m, &a, content, key, CMS_OLD_REFUSED, ei);
	pubkey_free(key);
	return e;
}
