/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	Certificate ::= SEQUENCE { tbsCertificate TBSCertificate,
 *		signatureAlgorithm AlgorithmIdentifier,
 *		signatureValue BIT STRING }
 *	TBSCertificate ::= SEQUENCE {
 *		version         [0] EXPLICIT INTEGER DEFAULT v1,
 *		serialNumber        INTEGER,
 *		signature           AlgorithmIdentifier,
 *		issuer              Name,
 *		validity            SEQUENCE { notBefore Time, notAfter Time },
 *		subject             Name,
 *		subjectPublicKeyInfo SubjectPublicKeyInfo,
 *		issuerUniqueID  [1] IMPLICIT BIT STRING OPTIONAL,
 *		subjectUniqueID [2] IMPLICIT BIT STRING OPTIONAL,
 *		extensions      [3] EXPLICIT Extensions OPTIONAL }
 */
#include "x509/cert.h"

#include <stdlib.h>

#include "base/bounds.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/cert_priv.h"
#include "x509/ext.h"
#include "x509/name.h"
#include "x509/seq.h"

enum {
	VERSION_V1 = 0,
	VERSION_V3 = 2
};

static enum err
parse_version(struct cert *c, struct slice *s, struct errinfo *ei)
{
	struct slice explicit;
	uint64_t version = VERSION_V1;
	bool present = false;
	enum err err;

	if ((err = der_get_optional(
		 s, DER_CONTEXT_CONS(0), &present, &explicit, ei)) != ERR_OK ||
	    (present && (err = der_get_u63(&explicit, DER_INTEGER, &version,
			     ei)) != ERR_OK) ||
	    (present && (err = der_end(explicit, ei)) != ERR_OK)) {
		return err;
	}
	if (version > VERSION_V3) {
		return err_set(ei, ERR_FORMAT, "cert.version",
		    "RFC 5280 4.1.2.1", "version number %llu; 0 to 2 exist",
		    (unsigned long long)version);
	}
	if (present && version == VERSION_V1) {
		return err_set(ei, ERR_FORMAT, "cert.version.default",
		    "X.690 11.5",
		    "version 1 is written out, which is the default");
	}
	c->version = (unsigned)version;
	return ERR_OK;
}

/* RFC 5280 4.1.2.2.  Zero is read: roots that everybody trusts have it. */
static enum err
parse_serial(struct cert *c, struct slice *s, struct errinfo *ei)
{
	struct slice serial;
	enum err err;

	err = der_get_integer(s, &serial, ei);
	if (err != ERR_OK) {
		return err;
	}
	if ((serial.p[0] & 0x80) != 0) {
		return err_set(ei, ERR_FORMAT, "cert.serial.negative",
		    "RFC 5280 4.1.2.2",
		    "a negative serial number; it must be positive");
	}
	if (serial.len > SERIAL_BYTES_MAX) {
		return err_set(ei, ERR_FORMAT, "cert.serial.length",
		    "RFC 5280 4.1.2.2",
		    "a serial number of %zu octets; at most %d are allowed",
		    serial.len, SERIAL_BYTES_MAX);
	}
	return seq_copy(&c->pool, serial, &c->serial, ei);
}

static enum err
parse_validity(struct cert *c, struct slice *s, struct errinfo *ei)
{
	struct slice seq;
	enum err err;

	if ((err = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = der_get_time(
		 &seq, &c->not_before, &c->not_before_tag, ei)) != ERR_OK ||
	    (err = der_get_time(&seq, &c->not_after, &c->not_after_tag, ei)) !=
		ERR_OK) {
		return err;
	}
	return der_end(seq, ei);
}

static enum err
parse_exts(struct cert *c, struct slice *s, struct errinfo *ei)
{
	struct slice explicit;
	bool present = false;
	int next = der_peek(*s);
	enum err err;

	if (next == DER_CONTEXT(1) || next == DER_CONTEXT(2)) {
		return err_set(ei, ERR_UNSUPPORTED, "cert.unique_id",
		    "RFC 5280 4.1.2.8",
		    "a unique identifier, which certificates must not have");
	}
	err = der_get_optional(s, DER_CONTEXT_CONS(3), &present, &explicit, ei);
	if (err != ERR_OK || !present) {
		return err;
	}
	if (c->version != VERSION_V3) {
		return err_set(ei, ERR_FORMAT, "cert.version.extensions",
		    "RFC 5280 4.1.2.9",
		    "extensions in a certificate of version %u",
		    c->version + 1);
	}
	return ext_list_parse(explicit, &c->exts, ei);
}

static enum err
parse_tbs(struct cert *c, struct slice tbs, struct errinfo *ei)
{
	struct slice s;
	enum err err;

	c->tbs_der = tbs;
	if ((err = der_get(&tbs, DER_SEQUENCE, &s, ei)) != ERR_OK ||
	    (err = der_end(tbs, ei)) != ERR_OK ||
	    (err = parse_version(c, &s, ei)) != ERR_OK ||
	    (err = parse_serial(c, &s, ei)) != ERR_OK ||
	    (err = alg_id_get(&c->pool, &s, &c->sig.alg, ei)) != ERR_OK ||
	    (err = name_get(&s, &c->issuer, &c->issuer_der, ei)) != ERR_OK) {
		return err;
	}
	if (name_num_attrs(c->issuer) == 0) {
		return err_set(ei, ERR_FORMAT, "cert.issuer.empty",
		    "RFC 5280 4.1.2.4", "an empty issuer");
	}
	if ((err = parse_validity(c, &s, ei)) != ERR_OK ||
	    (err = name_get(&s, &c->subject, &c->subject_der, ei)) != ERR_OK ||
	    (err = spki_get(&c->pool, &s, &c->key, ei)) != ERR_OK ||
	    (err = parse_exts(c, &s, ei)) != ERR_OK) {
		return err;
	}
	return der_end(s, ei);
}

static enum err
parse_whole(struct cert *c, struct slice der, struct errinfo *ei)
{
	static const struct signature_rules rules = {
	    .algorithm = "cert.algorithm",
	    .clause = "RFC 5280 4.1.1.2",
	    .length = "cert.signature.length",
	};
	struct slice tbs, rest;
	enum err err;

	if ((err = signed_open(der, &tbs, &rest, ei)) != ERR_OK ||
	    (err = parse_tbs(c, tbs, ei)) != ERR_OK ||
	    (err = signature_get(&c->pool, &rest, &rules, &c->sig, ei)) !=
		ERR_OK) {
		return err;
	}
	return der_end(rest, ei);
}

static enum err
parse(struct slice in, bool whole, struct cert **out, struct errinfo *ei)
{
	struct cert *c;
	enum err err;

	if (in.len > CERT_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "cert.length", NULL,
		    "a certificate of %zu octets; at most %d are read", in.len,
		    CERT_BYTES_MAX);
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		return err_nomem(ei);
	}
	pool_init(&c->pool);
	c->bytes = slice_dup(in);
	if (c->bytes == NULL) {
		err = err_nomem(ei);
		goto out;
	}
	in.p = c->bytes;
	c->is_tbs = !whole;
	if (whole) {
		c->der = in;
		err = parse_whole(c, in, ei);
	} else {
		err = parse_tbs(c, in, ei);
	}
out:
	if (err != ERR_OK) {
		cert_free(c);
		return err;
	}
	*out = c;
	return ERR_OK;
}

enum err
cert_parse(struct slice der, struct cert **out, struct errinfo *ei)
{
	return parse(der, true, out, ei);
}

enum err
cert_parse_tbs(struct slice tbs, struct cert **out, struct errinfo *ei)
{
	return parse(tbs, false, out, ei);
}

void
cert_free(struct cert *c)
{
	if (c == NULL) {
		return;
	}
	name_free(c->issuer);
	name_free(c->subject);
	ext_list_free(c->exts);
	pool_clear(&c->pool);
	free(c->bytes);
	free(c);
}

static void
build_tbs(const struct cert *c, struct buf *b)
{
	size_t tbs = der_open(b, DER_SEQUENCE), mark;

	if (c->version != VERSION_V1) {
		mark = der_open(b, DER_CONTEXT_CONS(0));
		der_put_u63(b, DER_INTEGER, c->version);
		der_close(b, mark);
	}
	der_put(b, DER_INTEGER, c->serial);
	alg_id_put(&c->sig.alg, b);
	name_build(c->issuer, b);
	mark = der_open(b, DER_SEQUENCE);
	der_put_time(b, c->not_before_tag, c->not_before);
	der_put_time(b, c->not_after_tag, c->not_after);
	der_close(b, mark);
	name_build(c->subject, b);
	spki_put(&c->key, b);
	if (c->exts != NULL) {
		mark = der_open(b, DER_CONTEXT_CONS(3));
		ext_list_build(c->exts, b);
		der_close(b, mark);
	}
	der_close(b, tbs);
}

void
cert_build(const struct cert *c, struct buf *b)
{
	size_t seq;

	if (c->is_tbs) {
		build_tbs(c, b);
		return;
	}
	seq = der_open(b, DER_SEQUENCE);
	build_tbs(c, b);
	signature_put(&c->sig, b);
	der_close(b, seq);
}

enum err
cert_verify(
    const struct cert *c, const struct pubkey *issuer_key, struct errinfo *ei)
{
	ensure(!c->is_tbs);
	return signature_verify(&c->sig, c->tbs_der, issuer_key, ei);
}

enum err
cert_verify_old(
    const struct cert *c, const struct pubkey *issuer_key, struct errinfo *ei)
{
	ensure(!c->is_tbs);
	return c->sig.alg.id == OID_SIG_RSA_SHA1
		   ? pubkey_verify_sha1(issuer_key, c->tbs_der, c->sig.bits, ei)
		   : cert_verify(c, issuer_key, ei);
}
