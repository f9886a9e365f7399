/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar is in cms_sign.c; here it comes from a stranger. */
#include "crypto/cms_signed.h"

#include "base/bounds.h"
#include "base/buf.h"
#include "crypto/hash.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/oid.h"

enum {
	SIGNED_DATA_VERSION = 1,
	SIGNER_VERSION = 1
};

static enum err
bad_attrs(struct errinfo *ei, const char *clause, const char *what)
{
	return err_set(ei, ERR_CRYPTO, "cms.attributes", clause, "%s", what);
}

/* --- SignedData --------------------------------------------------------- */

static enum err
content_info(struct slice der, struct slice *out_data, struct errinfo *ei)
{
	struct slice info, type, explicit0, data;
	enum err e;

	if ((e = der_get(&der, DER_SEQUENCE, &info, ei)) != ERR_OK ||
	    (e = der_end(der, ei)) != ERR_OK ||
	    (e = der_get_oid(&info, &type, ei)) != ERR_OK) {
		return e;
	}
	if (oid_find(type) != OID_CMS_SIGNED) {
		return err_set(ei, ERR_FORMAT, "cms.form", "RFC 5652 5.1",
		    "this CMS message is not SignedData");
	}
	if ((e = der_get(&info, DER_CONTEXT_CONS(0), &explicit0, ei)) !=
		ERR_OK ||
	    (e = der_end(info, ei)) != ERR_OK ||
	    (e = der_get(&explicit0, DER_SEQUENCE, &data, ei)) != ERR_OK ||
	    (e = der_end(explicit0, ei)) != ERR_OK) {
		return e;
	}
	*out_data = data;
	return ERR_OK;
}

/* EncapsulatedContentInfo ::= SEQUENCE { type, [0] content OPTIONAL } */
static enum err
encapsulated(struct slice seq, struct cms_signed *m, struct errinfo *ei)
{
	bool present = false;
	enum err e;

	if ((e = der_get_oid(&seq, &m->type, ei)) != ERR_OK ||
	    (e = der_get_optional(&seq, DER_CONTEXT_CONS(0), &present,
		 &m->content, ei)) != ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	if (present && m->content.len == 0) {
		return err_set(ei, ERR_FORMAT, "cms.form", "RFC 5652 5.2",
		    "the message's content is there and empty");
	}
	return ERR_OK;
}

/* The certificates that came along prove nothing; they are only counted. */
static enum err
certificates(struct slice set, struct errinfo *ei)
{
	struct slice cert;
	unsigned n = 0;
	enum err e;

	while (set.len > 0) {
		if ((e = der_get(&set, DER_SEQUENCE, &cert, ei)) != ERR_OK) {
			return e;
		}
		if (++n > CMS_CERTS_MAX) {
			return err_set(ei, ERR_LIMIT, "cms.certificates", NULL,
			    "more than %d certificates in the message",
			    CMS_CERTS_MAX);
		}
	}
	return ERR_OK;
}

static enum err
signed_data(struct slice data, struct cms_signed *m, struct slice *out_signer,
    struct errinfo *ei)
{
	struct slice encap, set = SLICE_EMPTY, skip;
	uint64_t version;
	bool present;
	enum err e;

	if ((e = der_get_u63(&data, DER_INTEGER, &version, ei)) != ERR_OK) {
		return e;
	}
	if (version != SIGNED_DATA_VERSION) {
		return err_set(ei, ERR_UNSUPPORTED, "cms.version",
		    "RFC 5652 5.1",
		    "SignedData of a version other than %d; one signer named "
		    "by issuer and serial number is wanted",
		    SIGNED_DATA_VERSION);
	}
	if ((e = der_get(&data, DER_SET, &m->digests, ei)) != ERR_OK ||
	    (e = der_get(&data, DER_SEQUENCE, &encap, ei)) != ERR_OK ||
	    (e = encapsulated(encap, m, ei)) != ERR_OK ||
	    (e = der_get_optional(&data, DER_CONTEXT_CONS(0), &present,
		 &m->certs, ei)) != ERR_OK ||
	    (e = certificates(m->certs, ei)) != ERR_OK ||
	    (e = der_get_optional(
		 &data, DER_CONTEXT_CONS(1), &present, &skip, ei)) != ERR_OK ||
	    (e = der_get(&data, DER_SET, &set, ei)) != ERR_OK ||
	    (e = der_end(data, ei)) != ERR_OK) {
		return e;
	}
	if (set.len == 0) {
		return err_set(ei, ERR_UNSUPPORTED, "cms.signers", NULL,
		    "the message has no signature");
	}
	if ((e = der_get(&set, DER_SEQUENCE, out_signer, ei)) != ERR_OK) {
		return e;
	}
	if (set.len != 0) {
		return err_set(ei, ERR_UNSUPPORTED, "cms.signers", NULL,
		    "the message has more than one signature");
	}
	return ERR_OK;
}

/* --- SignerInfo --------------------------------------------------------- */

static enum err
signer_id(struct slice *s, struct cms_signed *m, struct errinfo *ei)
{
	struct slice id, copy, skip;
	uint64_t version;
	enum err e;

	if ((e = der_get_u63(s, DER_INTEGER, &version, ei)) != ERR_OK) {
		return e;
	}
	if (version != SIGNER_VERSION) {
		return err_set(ei, ERR_UNSUPPORTED, "cms.version",
		    "RFC 5652 5.3",
		    "the signer must be named by issuer and serial number");
	}
	if ((e = der_get(s, DER_SEQUENCE, &id, ei)) != ERR_OK ||
	    (e = der_get_whole(&id, DER_SEQUENCE, &m->issuer, ei)) != ERR_OK ||
	    (e = der_get_whole(&id, DER_INTEGER, &m->serial, ei)) != ERR_OK ||
	    (e = der_end(id, ei)) != ERR_OK) {
		return e;
	}
	copy = m->serial;
	return der_get_integer(&copy, &skip, ei);
}

static enum err
signer_info(struct slice s, struct cms_signed *m, struct errinfo *ei)
{
	struct slice alg;
	bool present;
	enum err e;

	if ((e = signer_id(&s, m, ei)) != ERR_OK ||
	    (e = der_get_whole(&s, DER_SEQUENCE, &alg, ei)) != ERR_OK ||
	    (e = hash_alg_get(alg, &m->hash, ei)) != ERR_OK) {
		return e;
	}
	if (der_peek(s) == DER_CONTEXT_CONS(0) &&
	    (e = der_get_whole(&s, DER_CONTEXT_CONS(0), &m->attrs, ei)) !=
		ERR_OK) {
		return e;
	}
	if ((e = der_get_whole(&s, DER_SEQUENCE, &m->sig_alg, ei)) != ERR_OK ||
	    (e = der_get(&s, DER_OCTET_STRING, &m->signature, ei)) != ERR_OK ||
	    (e = der_get_optional(&s, DER_CONTEXT_CONS(1), &present,
		 &m->unsigned_attrs, ei)) != ERR_OK) {
		return e;
	}
	return der_end(s, ei);
}

/* RFC 5652 5.1: the signer's digest is among those that the message names. */
static enum err
digest_named(const struct cms_signed *m, struct errinfo *ei)
{
	struct slice set = m->digests, alg;
	enum hash_alg hash;
	enum err e;

	while (set.len > 0) {
		if ((e = der_get_whole(&set, DER_SEQUENCE, &alg, ei)) !=
			ERR_OK ||
		    (e = hash_alg_get(alg, &hash, ei)) != ERR_OK) {
			return e;
		}
		if (hash == m->hash) {
			return ERR_OK;
		}
	}
	return err_set(ei, ERR_FORMAT, "cms.form", "RFC 5652 5.1",
	    "the signer's digest is not among those of the message");
}

/* --- signed attributes --------------------------------------------------- */

static struct slice *
attr_place(struct cms_attrs *a, struct slice type)
{
	switch ((int)oid_find(type)) {
	case OID_CONTENT_TYPE:
		return &a->content_type;
	case OID_MESSAGE_DIGEST:
		return &a->digest;
	case OID_SIGNING_TIME:
		return &a->time;
	case OID_SIGNING_CERT_V2:
		return &a->signing_cert;
	default:
		return NULL;
	}
}

static enum err
one_attr(struct slice whole, struct cms_attrs *a, struct errinfo *ei)
{
	struct slice seq, type, set, content, value, *place;
	uint8_t tag;
	enum err e;

	if ((e = der_get(&whole, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_get_oid(&seq, &type, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_SET, &set, ei)) != ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	place = attr_place(a, type);
	if (place == NULL) {
		return ERR_OK; /* signed, and nothing to us */
	}
	if (place->len != 0) {
		return bad_attrs(
		    ei, "RFC 5652 11", "a signed attribute stands twice");
	}
	if (set.len == 0) {
		return bad_attrs(
		    ei, "RFC 5652 11", "a signed attribute has no value");
	}
	if ((e = der_get_any(&set, &tag, &content, &value, ei)) != ERR_OK) {
		return e;
	}
	if (set.len != 0) {
		return bad_attrs(ei, "RFC 5652 11",
		    "a signed attribute has more than one value");
	}
	*place = value;
	return ERR_OK;
}

/* The order is checked because the signature is over the DER (RFC 5652 5.4):
 * what is in another order could not have been signed as it stands. */
static enum err
read_attrs(struct slice whole, struct cms_attrs *a, struct errinfo *ei)
{
	struct slice set, attr, previous = SLICE_EMPTY;
	unsigned n = 0;
	enum err e;

	if (whole.len == 0) {
		return bad_attrs(ei, "RFC 5652 11",
		    "the signature has no signed attributes");
	}
	if ((e = der_get(&whole, DER_CONTEXT_CONS(0), &set, ei)) != ERR_OK) {
		return e;
	}
	while (set.len > 0) {
		if (++n > CMS_ATTRS_MAX) {
			return err_set(ei, ERR_LIMIT, "cms.attributes", NULL,
			    "more than %d signed attributes", CMS_ATTRS_MAX);
		}
		if ((e = der_get_whole(&set, DER_SEQUENCE, &attr, ei)) !=
			ERR_OK ||
		    (e = one_attr(attr, a, ei)) != ERR_OK) {
			return e;
		}
		if (slice_cmp(previous, attr) >= 0) {
			return bad_attrs(ei, "X.690 11.6",
			    "the signed attributes are not in DER order");
		}
		previous = attr;
	}
	return ERR_OK;
}

enum err
cms_signed_read(struct slice der, struct cms_signed *out, struct errinfo *ei)
{
	struct cms_signed m = {0};
	struct slice data, signer = SLICE_EMPTY;
	enum err e;

	if (der.len > CMS_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "cms.size", NULL,
		    "a signature of %zu bytes; at most %d are read", der.len,
		    CMS_BYTES_MAX);
	}
	if ((e = content_info(der, &data, ei)) != ERR_OK ||
	    (e = signed_data(data, &m, &signer, ei)) != ERR_OK ||
	    (e = signer_info(signer, &m, ei)) != ERR_OK ||
	    (e = digest_named(&m, ei)) != ERR_OK) {
		return e;
	}
	*out = m;
	return ERR_OK;
}

enum err
cms_signed_attrs(
    const struct cms_signed *m, struct cms_attrs *out, struct errinfo *ei)
{
	struct cms_attrs attrs = {0};
	enum err e = read_attrs(m->attrs, &attrs, ei);

	if (e == ERR_OK) {
		*out = attrs;
	}
	return e;
}

/* --- the signature ------------------------------------------------------- */

static enum err
check_content(const struct cms_signed *m, const struct cms_attrs *a,
    struct slice octets, struct errinfo *ei)
{
	struct slice s = a->content_type, type, digest;
	uint8_t want[HASH_SIZE_MAX];
	int64_t sec;
	uint8_t tag;
	enum err e;

	if (a->content_type.len == 0 || a->digest.len == 0) {
		return bad_attrs(ei, "RFC 5652 11",
		    "contentType or messageDigest is missing");
	}
	if ((e = der_get_oid(&s, &type, ei)) != ERR_OK) {
		return e;
	}
	if (!slice_eq(type, m->type)) {
		return bad_attrs(ei, "RFC 5652 11.1",
		    "contentType is not that of the message");
	}
	s = a->time;
	if (s.len != 0 && (e = der_get_time(&s, &sec, &tag, ei)) != ERR_OK) {
		return e;
	}
	s = a->digest;
	if ((e = der_get(&s, DER_OCTET_STRING, &digest, ei)) != ERR_OK ||
	    (e = hash_of(m->hash, octets, want, ei)) != ERR_OK) {
		return e;
	}
	if (!slice_eq(digest, slice_make(want, hash_size(m->hash)))) {
		return err_set(ei, ERR_CRYPTO, "cms.digest", "RFC 5652 11.2",
		    "the signature is over other content");
	}
	return ERR_OK;
}

/* A key algorithm with NULL or nothing where a signature algorithm should
 * stand: what GOST tools and RFC 3370 3.2 write. */
static bool
names_key(struct slice alg_whole)
{
	struct slice seq, oid, skip;
	bool present;
	enum oid id;

	if (der_get(&alg_whole, DER_SEQUENCE, &seq, NULL) != ERR_OK ||
	    der_get_oid(&seq, &oid, NULL) != ERR_OK ||
	    der_get_optional(&seq, DER_NULL, &present, &skip, NULL) != ERR_OK ||
	    seq.len != 0) {
		return false;
	}
	id = oid_find(oid);
	return id == OID_GOST256 || id == OID_GOST512 || id == OID_RSA;
}

static enum err
signature_alg(const struct cms_signed *m, const struct pubkey *key,
    enum sig_alg *out, struct errinfo *ei)
{
	enum sig_alg alg = SIG_NONE;
	enum err e;

	if (names_key(m->sig_alg)) {
		alg = sig_alg_of(pubkey_alg(key), m->hash);
	} else if ((e = sig_alg_get(m->sig_alg, &alg, ei)) != ERR_OK) {
		return e;
	}
	if (alg == SIG_NONE || sig_alg_hash(alg) != m->hash) {
		return err_set(ei, ERR_UNSUPPORTED, "cms.algorithm", NULL,
		    "digest, signature algorithm and key do not belong "
		    "together");
	}
	*out = alg;
	return ERR_OK;
}

enum err
cms_signed_check(const struct cms_signed *m, const struct cms_attrs *attrs,
    struct slice octets, const struct pubkey *key, enum cms_old old,
    struct errinfo *ei)
{
	struct buf set = BUF_INIT(CMS_BYTES_MAX);
	enum sig_alg alg = SIG_NONE;
	enum err e = check_content(m, attrs, octets, ei);

	if (e != ERR_OK) {
		return e;
	}
	/* RFC 5652 5.4: signed under the tag of SET, not under [0]. */
	buf_add_u8(&set, DER_SET);
	buf_add(&set, slice_make(m->attrs.p + 1, m->attrs.len - 1));
	e = buf_err(&set, ei);
	if (e == ERR_OK && old == CMS_OLD_SHA1 && m->hash == HASH_SHA1 &&
	    names_key(m->sig_alg)) {
		e = pubkey_verify_sha1(key, buf_slice(&set), m->signature, ei);
	} else if (e == ERR_OK) {
		e = signature_alg(m, key, &alg, ei);
		if (e == ERR_OK) {
			e = pubkey_verify(
			    key, alg, buf_slice(&set), m->signature, ei);
		}
	}
	buf_clear(&set);
	return e;
}
