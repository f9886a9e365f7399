/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED,
 *		responseBytes [0] EXPLICIT SEQUENCE { responseType OID,
 *			response OCTET STRING } OPTIONAL }
 *	BasicOCSPResponse ::= SEQUENCE { tbsResponseData ResponseData,
 *		signatureAlgorithm AlgorithmIdentifier,
 *		signature BIT STRING,
 *		certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
 *	ResponseData ::= SEQUENCE {
 *		version [0] EXPLICIT INTEGER DEFAULT v1,
 *		responderID CHOICE { byName [1] Name, byKey [2] OCTET STRING },
 *		producedAt GeneralizedTime,
 *		responses SEQUENCE OF SingleResponse,
 *		responseExtensions [1] EXPLICIT Extensions OPTIONAL }
 *	SingleResponse ::= SEQUENCE { certID CertID,
 *		certStatus CHOICE { good [0] IMPLICIT NULL,
 *			revoked [1] IMPLICIT SEQUENCE {
 *				revocationTime GeneralizedTime,
 *				revocationReason [0] EXPLICIT CRLReason
 *					OPTIONAL },
 *			unknown [2] IMPLICIT NULL },
 *		thisUpdate GeneralizedTime,
 *		nextUpdate [0] EXPLICIT GeneralizedTime OPTIONAL,
 *		singleExtensions [1] EXPLICIT Extensions OPTIONAL }
 */
#include <stdlib.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/text.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "x509/ext.h"
#include "x509/ext_priv.h"
#include "x509/name.h"
#include "x509/ocsp.h"
#include "x509/ocsp_priv.h"
#include "x509/pool.h"
#include "x509/seq.h"
#include "x509/spki.h"

static enum err
get_time(struct slice *s, int64_t *out, struct errinfo *ei)
{
	struct slice content;
	enum err err;

	if ((err = der_get(s, DER_GENERALIZED_TIME, &content, ei)) != ERR_OK) {
		return err;
	}
	return der_time_content(DER_GENERALIZED_TIME, content, out, ei);
}

static enum err
parse_revoked(struct slice s, struct ocsp_single *out, struct errinfo *ei)
{
	struct slice explicit;
	bool present = false;
	enum err err;

	out->status = OCSP_REVOKED;
	err = get_time(&s, &out->revoked_at, ei);
	if (err == ERR_OK) {
		err = der_get_optional(
		    &s, DER_CONTEXT_CONS(0), &present, &explicit, ei);
	}
	if (err == ERR_OK && present) {
		err = crl_reason_get(&explicit, &out->reason, ei);
		if (err == ERR_OK) {
			err = der_end(explicit, ei);
		}
	}
	return err == ERR_OK ? der_end(s, ei) : err;
}

static enum err
parse_status(struct slice *s, struct ocsp_single *out, struct errinfo *ei)
{
	struct slice content;
	uint8_t tag = 0;
	enum err err;

	out->reason = CRL_REASON_NONE;
	err = der_get_any(s, &tag, &content, NULL, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (tag == DER_CONTEXT_CONS(1)) {
		return parse_revoked(content, out, ei);
	}
	if ((tag != DER_CONTEXT(0) && tag != DER_CONTEXT(2)) ||
	    content.len > 0) {
		return err_set(ei, ERR_FORMAT, "ocsp.status", "RFC 6960 4.2.1",
		    "tag %02x is no certificate status", tag);
	}
	out->status = tag == DER_CONTEXT(0) ? OCSP_GOOD : OCSP_UNKNOWN;
	return ERR_OK;
}

static enum err
parse_single(struct pool *pool, struct slice *s, struct ocsp_single *out,
    struct errinfo *ei)
{
	struct slice seq, explicit;
	enum err err;

	err = der_get(s, DER_SEQUENCE, &seq, ei);
	if (err == ERR_OK) {
		err = ocsp_cert_id_get(pool, &seq, &out->id, ei);
	}
	if (err == ERR_OK) {
		err = parse_status(&seq, out, ei);
	}
	if (err == ERR_OK) {
		err = get_time(&seq, &out->this_update, ei);
	}
	if (err == ERR_OK) {
		err = der_get_optional(&seq, DER_CONTEXT_CONS(0),
		    &out->has_next_update, &explicit, ei);
	}
	if (err == ERR_OK && out->has_next_update) {
		err = get_time(&explicit, &out->next_update, ei);
		if (err == ERR_OK) {
			err = der_end(explicit, ei);
		}
	}
	if (err == ERR_OK) {
		err = ocsp_exts_get(
		    pool, &seq, DER_CONTEXT_CONS(1), &out->exts, ei);
	}
	return err == ERR_OK ? der_end(seq, ei) : err;
}

static enum err
parse_singles(struct ocsp_response *r, struct slice seq, struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct ocsp_single),
	    .max = OCSP_SINGLES_MAX,
	    .rule = "ocsp.responses.number",
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
parse_responder(struct ocsp_response *r, struct slice *s, struct errinfo *ei)
{
	struct slice explicit, key_id;
	uint8_t tag = 0;
	enum err err;

	err = der_get_any(s, &tag, &explicit, NULL, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (tag == DER_CONTEXT_CONS(1)) {
		return name_parse_in(&r->pool, explicit, &r->name, ei);
	}
	if (tag != DER_CONTEXT_CONS(2)) {
		return err_set(ei, ERR_FORMAT, "ocsp.responder",
		    "RFC 6960 4.2.1", "tag %02x names no responder", tag);
	}
	if ((err = der_get(&explicit, DER_OCTET_STRING, &key_id, ei)) !=
		ERR_OK ||
	    (err = der_end(explicit, ei)) != ERR_OK) {
		return err;
	}
	if (key_id.len == 0) {
		return err_set(ei, ERR_FORMAT, "ocsp.responder",
		    "RFC 6960 4.2.1", "an empty key hash");
	}
	return seq_copy(&r->pool, key_id, &r->key_id, ei);
}

static enum err
parse_tbs(struct ocsp_response *r, struct slice s, struct errinfo *ei)
{
	struct slice list;
	enum err err;

	if (der_peek(s) == DER_CONTEXT_CONS(0)) {
		return err_set(ei, ERR_FORMAT, "ocsp.version", "RFC 6960 4.2.1",
		    "a version is written out; v1 is the "
		    "default and the only one");
	}
	if ((err = parse_responder(r, &s, ei)) != ERR_OK ||
	    (err = get_time(&s, &r->produced_at, ei)) != ERR_OK ||
	    (err = der_get(&s, DER_SEQUENCE, &list, ei)) != ERR_OK ||
	    (err = parse_singles(r, list, ei)) != ERR_OK ||
	    (err = ocsp_exts_get(
		 &r->pool, &s, DER_CONTEXT_CONS(1), &r->exts, ei)) != ERR_OK) {
		return err;
	}
	return der_end(s, ei);
}

static enum err
parse_certs(struct ocsp_response *r, struct slice *s, struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct slice),
	    .max = OCSP_CERTS_MAX,
	    .rule = "ocsp.certs.number",
	};
	struct slice explicit, list, whole;
	bool present = false;
	enum err err;

	err = der_get_optional(s, DER_CONTEXT_CONS(0), &present, &explicit, ei);
	if (err != ERR_OK || !present) {
		return err;
	}
	err = der_get(&explicit, DER_SEQUENCE, &list, ei);
	if (err == ERR_OK) {
		err = der_end(explicit, ei);
	}
	if (err == ERR_OK) {
		err = seq_array(&r->pool, list, &a, ei);
	}
	r->certs = a.at;
	r->num_certs = a.num;
	for (size_t i = 0; err == ERR_OK && i < r->num_certs; i++) {
		err = der_get_whole(&list, DER_SEQUENCE, &whole, ei);
		if (err == ERR_OK) {
			err = seq_copy(&r->pool, whole, &r->certs[i], ei);
		}
	}
	return err;
}

static enum err
parse_basic(struct ocsp_response *r, struct slice der, struct errinfo *ei)
{
	static const struct signature_rules rules = {
	    .length = "ocsp.signature.length",
	};
	struct slice tbs, content, rest;
	enum err err;

	if ((err = signed_open(der, &r->tbs_der, &rest, ei)) != ERR_OK) {
		return err;
	}
	tbs = r->tbs_der;
	if ((err = der_get(&tbs, DER_SEQUENCE, &content, ei)) != ERR_OK ||
	    (err = parse_tbs(r, content, ei)) != ERR_OK ||
	    (err = signature_get(&r->pool, &rest, &rules, &r->sig, ei)) !=
		ERR_OK ||
	    (err = parse_certs(r, &rest, ei)) != ERR_OK) {
		return err;
	}
	return der_end(rest, ei);
}

/* The inside of responseBytes' EXPLICIT tag. */
static enum err
parse_response_bytes(
    struct ocsp_response *r, struct slice explicit, struct errinfo *ei)
{
	struct slice seq, type, basic;
	enum err err;

	if ((err = der_get(&explicit, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = der_end(explicit, ei)) != ERR_OK ||
	    (err = der_get_oid(&seq, &type, ei)) != ERR_OK) {
		return err;
	}
	if (oid_find(type) != OID_OCSP_BASIC) {
		return err_set(ei, ERR_UNSUPPORTED, "ocsp.type",
		    "RFC 6960 4.2.1", "a response that is not a basic one");
	}
	if ((err = der_get(&seq, DER_OCTET_STRING, &basic, ei)) != ERR_OK ||
	    (err = der_end(seq, ei)) != ERR_OK) {
		return err;
	}
	return parse_basic(r, basic, ei);
}

static enum err
parse_response_status(
    struct ocsp_response *r, struct slice *s, struct errinfo *ei)
{
	uint64_t status = 0;
	enum err err;

	err = der_get_u63(s, DER_ENUMERATED, &status, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (status > OCSP_UNAUTHORIZED || status == 4) {
		return err_set(ei, ERR_FORMAT, "ocsp.response.status",
		    "RFC 6960 4.2.1", "%llu is no status of a response",
		    (unsigned long long)status);
	}
	r->status = (enum ocsp_response_status)status;
	return ERR_OK;
}

static enum err
parse_whole(struct ocsp_response *r, struct slice der, struct errinfo *ei)
{
	struct slice seq, explicit;
	bool present = false;
	enum err err;

	err = der_get(&der, DER_SEQUENCE, &seq, ei);
	if (err == ERR_OK) {
		err = der_end(der, ei);
	}
	if (err == ERR_OK) {
		err = parse_response_status(r, &seq, ei);
	}
	if (err == ERR_OK) {
		err = der_get_optional(
		    &seq, DER_CONTEXT_CONS(0), &present, &explicit, ei);
	}
	if (err == ERR_OK) {
		err = der_end(seq, ei);
	}
	if (err == ERR_OK && present != (r->status == OCSP_SUCCESSFUL)) {
		err = err_set(ei, ERR_FORMAT, "ocsp.response.bytes",
		    "RFC 6960 4.2.1",
		    "an answer stands with a status that is not successful, "
		    "or is missing from one that is");
	}
	return err == ERR_OK && present ? parse_response_bytes(r, explicit, ei)
					: err;
}

enum err
ocsp_response_parse(
    struct slice der, struct ocsp_response **out, struct errinfo *ei)
{
	struct ocsp_response *r;
	enum err err;

	if (der.len > OCSP_RESPONSE_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "ocsp.response.length", NULL,
		    "a response of %zu octets; at most %d are read", der.len,
		    OCSP_RESPONSE_BYTES_MAX);
	}
	r = calloc(1, sizeof(*r));
	if (r == NULL) {
		return err_nomem(ei);
	}
	pool_init(&r->pool);
	r->bytes = slice_dup(der);
	if (r->bytes == NULL) {
		err = err_nomem(ei);
	} else {
		err = parse_whole(r, slice_make(r->bytes, der.len), ei);
	}
	if (err != ERR_OK) {
		ocsp_response_free(r);
		return err;
	}
	*out = r;
	return ERR_OK;
}

void
ocsp_response_free(struct ocsp_response *r)
{
	if (r == NULL) {
		return;
	}
	pool_clear(&r->pool);
	free(r->bytes);
	free(r);
}

enum err
ocsp_response_verify(const struct ocsp_response *r,
    const struct pubkey *responder_key, struct errinfo *ei)
{
	ensure(r->status == OCSP_SUCCESSFUL);
	return signature_verify(&r->sig, r->tbs_der, responder_key, ei);
}
