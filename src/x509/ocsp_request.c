/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	OCSPRequest ::= SEQUENCE { tbsRequest TBSRequest,
 *		optionalSignature [0] EXPLICIT Signature OPTIONAL }
 *	TBSRequest ::= SEQUENCE {
 *		version           [0] EXPLICIT INTEGER DEFAULT v1,
 *		requestorName     [1] EXPLICIT GeneralName OPTIONAL,
 *		requestList           SEQUENCE OF Request,
 *		requestExtensions [2] EXPLICIT Extensions OPTIONAL }
 *	Request ::= SEQUENCE { reqCert CertID,
 *		singleRequestExtensions [0] EXPLICIT Extensions OPTIONAL }
 *	CertID ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier,
 *		issuerNameHash OCTET STRING, issuerKeyHash OCTET STRING,
 *		serialNumber INTEGER }
 */
#include <stdlib.h>

#include "base/bounds.h"
#include "base/text.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/ext.h"
#include "x509/ocsp.h"
#include "x509/ocsp_priv.h"
#include "x509/pool.h"
#include "x509/seq.h"
#include "x509/spki.h"

struct single_request {
	struct ocsp_cert_id id;
	struct ext_list *exts;
};

struct ocsp_request {
	struct pool pool;
	bool has_requestor;
	struct general_name requestor;
	struct single_request *list;
	size_t num;
	struct ext_list *exts;
	struct slice signature; /* the whole Signature, not looked into */
};

enum err
ocsp_cert_id_get(struct pool *pool, struct slice *s, struct ocsp_cert_id *out,
    struct errinfo *ei)
{
	struct slice seq, name_hash, key_hash, alg;
	struct alg_id typed = {0};
	enum err err;

	if ((err = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK) {
		return err;
	}
	alg = seq;
	if ((err = alg_id_get(pool, &seq, &typed, ei)) != ERR_OK) {
		return err;
	}
	out->hash_oid = typed.id;
	if ((err = seq_copy(pool, slice_make(alg.p, alg.len - seq.len),
		 &out->hash_alg, ei)) != ERR_OK ||
	    (err = der_get(&seq, DER_OCTET_STRING, &name_hash, ei)) != ERR_OK ||
	    (err = der_get(&seq, DER_OCTET_STRING, &key_hash, ei)) != ERR_OK ||
	    (err = seq_copy(pool, name_hash, &out->issuer_name_hash, ei)) !=
		ERR_OK ||
	    (err = seq_copy(pool, key_hash, &out->issuer_key_hash, ei)) !=
		ERR_OK ||
	    (err = seq_positive(pool, &seq, "ocsp.serial", &out->serial, ei)) !=
		ERR_OK) {
		return err;
	}
	return der_end(seq, ei);
}

void
ocsp_cert_id_put(const struct ocsp_cert_id *id, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	der_put_raw(b, id->hash_alg);
	der_put(b, DER_OCTET_STRING, id->issuer_name_hash);
	der_put(b, DER_OCTET_STRING, id->issuer_key_hash);
	der_put(b, DER_INTEGER, id->serial);
	der_close(b, seq);
}

enum err
ocsp_exts_get(struct pool *pool, struct slice *s, uint8_t tag,
    struct ext_list **out, struct errinfo *ei)
{
	struct slice explicit;
	bool present = false;
	enum err err;

	err = der_get_optional(s, tag, &present, &explicit, ei);
	if (err != ERR_OK || !present) {
		return err;
	}
	return ext_list_parse_in(pool, explicit, out, ei);
}

void
ocsp_exts_put(const struct ext_list *exts, uint8_t tag, struct buf *b)
{
	size_t explicit;

	if (exts != NULL) {
		explicit = der_open(b, tag);
		ext_list_build(exts, b);
		der_close(b, explicit);
	}
}

static enum err
parse_single(struct pool *pool, struct slice *s, struct single_request *out,
    struct errinfo *ei)
{
	struct slice seq;
	enum err err;

	if ((err = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = ocsp_cert_id_get(pool, &seq, &out->id, ei)) != ERR_OK ||
	    (err = ocsp_exts_get(
		 pool, &seq, DER_CONTEXT_CONS(0), &out->exts, ei)) != ERR_OK) {
		return err;
	}
	return der_end(seq, ei);
}

static enum err
parse_requests(struct ocsp_request *r, struct slice seq, struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct single_request),
	    .max = OCSP_SINGLES_MAX,
	    .rule = "ocsp.requests.number",
	};
	enum err err = seq_array(&r->pool, seq, &a, ei);

	r->list = a.at;
	r->num = a.num;
	for (size_t i = 0; err == ERR_OK && i < r->num; i++) {
		err = parse_single(&r->pool, &seq, &r->list[i], ei);
	}
	return err;
}

static enum err
parse_requestor(struct ocsp_request *r, struct slice *s, struct errinfo *ei)
{
	struct slice explicit;
	enum err err;

	err = der_get_optional(
	    s, DER_CONTEXT_CONS(1), &r->has_requestor, &explicit, ei);
	if (err == ERR_OK && r->has_requestor) {
		err = general_name_get(&r->pool, &explicit, &r->requestor, ei);
		if (err == ERR_OK) {
			err = der_end(explicit, ei);
		}
	}
	return err;
}

static enum err
parse_tbs(struct ocsp_request *r, struct slice s, struct errinfo *ei)
{
	struct slice list;
	enum err err;

	/* RFC 6960 4.1.1: only v1 exists, and DER leaves a default out. */
	if (der_peek(s) == DER_CONTEXT_CONS(0)) {
		return err_set(ei, ERR_FORMAT, "ocsp.version", "RFC 6960 4.1.1",
		    "a version is written out; v1 is the "
		    "default and the only one");
	}
	if ((err = parse_requestor(r, &s, ei)) != ERR_OK ||
	    (err = der_get(&s, DER_SEQUENCE, &list, ei)) != ERR_OK ||
	    (err = parse_requests(r, list, ei)) != ERR_OK ||
	    (err = ocsp_exts_get(
		 &r->pool, &s, DER_CONTEXT_CONS(2), &r->exts, ei)) != ERR_OK) {
		return err;
	}
	return der_end(s, ei);
}

static enum err
parse_signature(struct ocsp_request *r, struct slice *s, struct errinfo *ei)
{
	struct slice explicit, whole;
	bool present = false;
	enum err err;

	err = der_get_optional(s, DER_CONTEXT_CONS(0), &present, &explicit, ei);
	if (err != ERR_OK || !present) {
		return err;
	}
	if ((err = der_get_whole(&explicit, DER_SEQUENCE, &whole, ei)) !=
		ERR_OK ||
	    (err = der_end(explicit, ei)) != ERR_OK) {
		return err;
	}
	return seq_copy(&r->pool, whole, &r->signature, ei);
}

static enum err
parse_whole(struct ocsp_request *r, struct slice der, struct errinfo *ei)
{
	struct slice tbs, content, rest;
	enum err err;

	if ((err = signed_open(der, &tbs, &rest, ei)) != ERR_OK ||
	    (err = der_get(&tbs, DER_SEQUENCE, &content, ei)) != ERR_OK ||
	    (err = parse_tbs(r, content, ei)) != ERR_OK ||
	    (err = parse_signature(r, &rest, ei)) != ERR_OK) {
		return err;
	}
	return der_end(rest, ei);
}

enum err
ocsp_request_parse(
    struct slice der, struct ocsp_request **out, struct errinfo *ei)
{
	struct ocsp_request *r;
	enum err err;

	if (der.len > OCSP_REQUEST_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "ocsp.request.length", NULL,
		    "a request of %zu octets; at most %d are read", der.len,
		    OCSP_REQUEST_BYTES_MAX);
	}
	r = calloc(1, sizeof(*r));
	if (r == NULL) {
		return err_nomem(ei);
	}
	pool_init(&r->pool);
	err = parse_whole(r, der, ei);
	if (err != ERR_OK) {
		ocsp_request_free(r);
		return err;
	}
	*out = r;
	return ERR_OK;
}

void
ocsp_request_free(struct ocsp_request *r)
{
	if (r == NULL) {
		return;
	}
	pool_clear(&r->pool);
	free(r);
}

size_t
ocsp_request_num(const struct ocsp_request *r)
{
	return r->num;
}

const struct ocsp_cert_id *
ocsp_request_cert_id(const struct ocsp_request *r, size_t i)
{
	ensure(i < r->num);
	return &r->list[i].id;
}

struct slice
ocsp_request_nonce(const struct ocsp_request *r)
{
	const struct ext *x = ext_find(r->exts, EXT_OCSP_NONCE);

	return x == NULL ? SLICE_EMPTY : x->u.octets;
}

void
ocsp_request_rebuild(const struct ocsp_request *r, struct buf *b)
{
	size_t whole = der_open(b, DER_SEQUENCE);
	size_t tbs = der_open(b, DER_SEQUENCE), mark, seq;

	if (r->has_requestor) {
		mark = der_open(b, DER_CONTEXT_CONS(1));
		general_name_put(&r->requestor, b);
		der_close(b, mark);
	}
	mark = der_open(b, DER_SEQUENCE);
	for (size_t i = 0; i < r->num; i++) {
		seq = der_open(b, DER_SEQUENCE);
		ocsp_cert_id_put(&r->list[i].id, b);
		ocsp_exts_put(r->list[i].exts, DER_CONTEXT_CONS(0), b);
		der_close(b, seq);
	}
	der_close(b, mark);
	ocsp_exts_put(r->exts, DER_CONTEXT_CONS(2), b);
	der_close(b, tbs);
	if (r->signature.len > 0) {
		mark = der_open(b, DER_CONTEXT_CONS(0));
		der_put_raw(b, r->signature);
		der_close(b, mark);
	}
	der_close(b, whole);
}
