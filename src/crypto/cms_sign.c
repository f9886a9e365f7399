/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ContentInfo ::= SEQUENCE { id-signedData, [0] SignedData }
 * SignedData ::= SEQUENCE { version 1, SET OF digest AlgorithmIdentifier,
 *	SEQUENCE { type, [0] content OPTIONAL }, [0] SET OF Certificate,
 *	SET OF SignerInfo }
 * SignerInfo ::= SEQUENCE { version 1, SEQUENCE { issuer, serial },
 *	digest AlgorithmIdentifier, [0] SET OF Attribute,
 *	signature AlgorithmIdentifier, OCTET STRING }
 *						(RFC 5652 3, 5.1, 5.3)
 */
#include "crypto/cms.h"

#include "base/bounds.h"
#include "crypto/cert_bits.h"
#include "crypto/hash.h"
#include "crypto/privkey.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"

struct job {
	struct privkey *key;
	enum sig_alg sig;
	enum hash_alg hash;
	enum oid type;
	struct slice octets;  /* that the digest is over */
	struct slice element; /* that is enclosed; empty: detached */
	struct slice cert;
	struct cert_bits bits;
	const struct slice *chain;
	size_t num_chain;
	struct buf attrs; /* the DER SET that is signed */
	struct buf signature;
};

/* Attribute ::= SEQUENCE { OID, SET { value } }; close both marks. */
struct attr_marks {
	size_t seq;
	size_t set;
};

static struct attr_marks
attr_open(struct buf *b, enum oid type)
{
	struct attr_marks m;

	m.seq = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(type));
	m.set = der_open(b, DER_SET);
	return m;
}

static void
attr_close(struct buf *b, struct attr_marks m)
{
	der_close(b, m.set);
	der_close(b, m.seq);
}

/*
 * SigningCertificateV2 ::= SEQUENCE { SEQUENCE OF ESSCertIDv2 }
 * ESSCertIDv2 ::= SEQUENCE { hashAlgorithm DEFAULT sha256, OCTET STRING,
 *	IssuerSerial { GeneralNames { [4] Name }, serial } } (RFC 5035 4)
 */
static enum err
put_signing_cert(struct buf *b, const struct job *job, struct errinfo *ei)
{
	uint8_t hash[HASH_SIZE_MAX];
	struct attr_marks attr;
	size_t value, ids, id, issuer_serial, names, name;
	enum err e;

	if ((e = hash_of(job->hash, job->cert, hash, ei)) != ERR_OK) {
		return e;
	}
	attr = attr_open(b, OID_SIGNING_CERT_V2);
	value = der_open(b, DER_SEQUENCE);
	ids = der_open(b, DER_SEQUENCE);
	id = der_open(b, DER_SEQUENCE);
	if (job->hash != HASH_SHA256) {
		hash_alg_put(b, job->hash);
	}
	der_put(b, DER_OCTET_STRING, slice_make(hash, hash_size(job->hash)));
	issuer_serial = der_open(b, DER_SEQUENCE);
	names = der_open(b, DER_SEQUENCE);
	name = der_open(b, DER_CONTEXT_CONS(4));
	der_put_raw(b, job->bits.issuer);
	der_close(b, name);
	der_close(b, names);
	der_put_raw(b, job->bits.serial);
	der_close(b, issuer_serial);
	der_close(b, id);
	der_close(b, ids);
	der_close(b, value);
	attr_close(b, attr);
	return ERR_OK;
}

static enum err
build_attrs(struct job *job, int64_t signing_time, struct errinfo *ei)
{
	uint8_t digest[HASH_SIZE_MAX];
	struct buf *b = &job->attrs;
	struct attr_marks attr;
	size_t set;
	enum err e;

	if ((e = hash_of(job->hash, job->octets, digest, ei)) != ERR_OK) {
		return e;
	}
	set = der_open(b, DER_SET);
	attr = attr_open(b, OID_CONTENT_TYPE);
	der_put_oid(b, oid_bytes(job->type));
	attr_close(b, attr);
	attr = attr_open(b, OID_SIGNING_TIME);
	der_put_time_5280(b, signing_time);
	attr_close(b, attr);
	attr = attr_open(b, OID_MESSAGE_DIGEST);
	der_put(b, DER_OCTET_STRING, slice_make(digest, hash_size(job->hash)));
	attr_close(b, attr);
	if ((e = put_signing_cert(b, job, ei)) != ERR_OK) {
		return e;
	}
	der_close_set_of(b, set);
	return buf_err(b, ei);
}

/*
 * GOST and RSA are named by their key here, as TC26's messages and RFC 3370
 * 3.2 have it; the others as in a certificate.
 */
static void
put_signature_alg(struct buf *b, enum sig_alg sig)
{
	enum oid oid = OID_RSA;
	size_t seq;

	switch (sig_alg_key(sig)) {
	case KEY_GOST256:
		oid = OID_GOST256;
		break;
	case KEY_GOST512:
		oid = OID_GOST512;
		break;
	case KEY_RSA:
		break;
	case KEY_P256:
	case KEY_P384:
	case KEY_ED25519:
	case KEY_NONE:
	case KEY_ALG_MAX_:
		sig_alg_put(b, sig);
		return;
	}
	seq = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(oid));
	der_put_null(b);
	der_close(b, seq);
}

static void
put_signer(struct buf *b, const struct job *job)
{
	struct slice attrs = buf_slice(&job->attrs);
	size_t seq = der_open(b, DER_SEQUENCE), id;

	der_put_u63(b, DER_INTEGER, 1);
	id = der_open(b, DER_SEQUENCE);
	der_put_raw(b, job->bits.issuer);
	der_put_raw(b, job->bits.serial);
	der_close(b, id);
	hash_alg_put(b, job->hash);
	/* The signed SET again, under its IMPLICIT tag (RFC 5652 5.4). */
	buf_add_u8(b, DER_CONTEXT_CONS(0));
	buf_add(b, slice_make(attrs.p + 1, attrs.len - 1));
	put_signature_alg(b, job->sig);
	der_put(b, DER_OCTET_STRING, buf_slice(&job->signature));
	der_close(b, seq);
}

static void
put_message(struct buf *b, const struct job *job)
{
	size_t info, explicit0, data, part, i;

	info = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(OID_CMS_SIGNED));
	explicit0 = der_open(b, DER_CONTEXT_CONS(0));
	data = der_open(b, DER_SEQUENCE);
	der_put_u63(b, DER_INTEGER, 1);
	part = der_open(b, DER_SET);
	hash_alg_put(b, job->hash);
	der_close(b, part);
	part = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(job->type));
	if (job->element.len > 0) {
		der_put(b, DER_CONTEXT_CONS(0), job->element);
	}
	der_close(b, part);
	part = der_open(b, DER_CONTEXT_CONS(0));
	der_put_raw(b, job->cert);
	for (i = 0; i < job->num_chain; i++) {
		der_put_raw(b, job->chain[i]);
	}
	der_close_set_of(b, part);
	part = der_open(b, DER_SET);
	put_signer(b, job);
	der_close(b, part);
	der_close(b, data);
	der_close(b, explicit0);
	der_close(b, info);
}

static enum err
check_certs(struct job *job, struct errinfo *ei)
{
	struct cert_bits skip;
	size_t i;
	enum err e;

	if (job->num_chain >= CMS_CERTS_MAX) {
		return err_set(ei, ERR_LIMIT, "cms.certificates", NULL,
		    "%zu certificates beside the signer's; at most %d in all",
		    job->num_chain, CMS_CERTS_MAX);
	}
	if ((e = cert_bits_get(job->cert, &job->bits, ei)) != ERR_OK) {
		return e;
	}
	if (!privkey_matches(job->key, job->bits.spki)) {
		return err_set(ei, ERR_CONFLICT, "cms.key", NULL,
		    "the signer's certificate is of another key");
	}
	for (i = 0; i < job->num_chain; i++) {
		e = cert_bits_get(job->chain[i], &skip, ei);
		if (e != ERR_OK) {
			return e;
		}
	}
	return ERR_OK;
}

static enum err
sign(struct job *job, int64_t signing_time, struct buf *out_der,
    struct errinfo *ei)
{
	struct buf message = BUF_INIT(CMS_BYTES_MAX);
	enum err e;

	job->sig = key_alg_default_sig(privkey_alg(job->key));
	job->hash = sig_alg_hash(job->sig);
	buf_init(&job->attrs, CMS_BYTES_MAX);
	buf_init(&job->signature, SIGNATURE_BYTES_MAX);
	if ((e = check_certs(job, ei)) != ERR_OK ||
	    (e = build_attrs(job, signing_time, ei)) != ERR_OK ||
	    (e = privkey_sign(job->key, job->sig, buf_slice(&job->attrs),
		 &job->signature, ei)) != ERR_OK) {
		goto out;
	}
	put_message(&message, job);
	if ((e = buf_err(&message, ei)) != ERR_OK) {
		goto out;
	}
	buf_add(out_der, buf_slice(&message));
	e = buf_err(out_der, ei);
out:
	buf_clear(&job->attrs);
	buf_clear(&job->signature);
	buf_clear(&message);
	return e;
}

enum err
cms_sign_detached(struct privkey *key, struct slice cert_der,
    const struct slice *chain, size_t num_chain, struct slice content,
    int64_t signing_time, struct buf *out_der, struct errinfo *ei)
{
	struct job job = {
	    .key = key,
	    .type = OID_CMS_DATA,
	    .octets = content,
	    .cert = cert_der,
	    .chain = chain,
	    .num_chain = num_chain,
	};

	return sign(&job, signing_time, out_der, ei);
}

enum err
cms_sign_enclosed(const struct cms_signer *signer, enum oid type,
    struct slice element, int64_t signing_time, struct buf *out_der,
    struct errinfo *ei)
{
	struct job job = {
	    .key = signer->key,
	    .type = type,
	    .element = element,
	    .cert = signer->cert,
	    .chain = signer->chain,
	    .num_chain = signer->num_chain,
	};
	struct slice rest = element;
	uint8_t tag;
	enum err e = der_get_any(&rest, &tag, &job.octets, NULL, ei);

	if (e == ERR_OK) {
		e = der_end(rest, ei);
	}
	return e == ERR_OK ? sign(&job, signing_time, out_der, ei) : e;
}
