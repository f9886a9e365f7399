/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/ocsp/responder.h"

#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "ca/authority.h"
#include "ca/revoke.h"
#include "crypto/alg.h"
#include "crypto/hash.h"
#include "http/problem.h"
#include "http/request.h"
#include "http/response.h"
#include "protocol/crl/files.h"
#include "signer/client.h"
#include "x509/ocsp.h"

/* How long a client may keep an answer (RFC 6960 4.2.2.1). */
enum {
	ANSWER_LIFE_SEC = 600
};

static const char media_type[] = "application/ocsp-response";

/* RFC 6960 4.2.1: errors are unsigned answers with HTTP status 200. */
static void
send_error(struct response *resp, enum ocsp_response_status status)
{
	struct buf b = BUF_INIT(OCSP_RESPONSE_BYTES_MAX);

	ocsp_error_response(status, &b);
	response_status(resp, 200);
	response_body_take(resp, &b, media_type);
	buf_clear(&b);
}

static enum err
fill_single(struct ca *ca, const struct authority *a,
    const struct ocsp_cert_id *id, int64_t now, struct signer_ocsp_single *out,
    struct errinfo *ei)
{
	struct status status;
	enum err e = hash_alg_get(id->hash_alg, &out->hash, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (!authority_is(
		a, out->hash, id->issuer_name_hash, id->issuer_key_hash)) {
		return err_set(ei, ERR_NOTFOUND, "ocsp.issuer", "RFC 6960 2.3",
		    "the request is about another CA");
	}
	if (id->serial.len > sizeof(out->serial)) {
		return err_set(ei, ERR_FORMAT, "ocsp.serial",
		    "RFC 5280 4.1.2.2", "a serial longer than 20 octets");
	}
	e = ca_status(ca, authority_name(a), id->serial, &status, ei);
	if (e != ERR_OK) {
		return e;
	}
	memcpy(out->issuer_name_hash, id->issuer_name_hash.p,
	    id->issuer_name_hash.len);
	memcpy(out->issuer_key_hash, id->issuer_key_hash.p,
	    id->issuer_key_hash.len);
	memcpy(out->serial, id->serial.p, id->serial.len);
	out->serial_len = id->serial.len;
	out->status = status.kind == STATUS_GOOD      ? SIGNER_OCSP_GOOD
		      : status.kind == STATUS_REVOKED ? SIGNER_OCSP_REVOKED
						      : SIGNER_OCSP_UNKNOWN;
	out->revoked_at = status.revoked_at;
	out->reason = status.kind == STATUS_REVOKED ? (int)status.reason : -1;
	out->this_update = now;
	out->next_update = now + ANSWER_LIFE_SEC;
	return ERR_OK;
}

static enum err
make_order(struct ca *ca, const struct authority *a,
    const struct ocsp_request *req, struct signer_ocsp *out, struct errinfo *ei)
{
	struct slice nonce = ocsp_request_nonce(req);
	int64_t now = clock_utc_sec(ca_clock(ca));
	enum err e = ERR_OK;

	memset(out, 0, sizeof(*out));
	out->num_singles = ocsp_request_num(req);
	for (size_t i = 0; e == ERR_OK && i < out->num_singles; i++) {
		e = fill_single(ca, a, ocsp_request_cert_id(req, i), now,
		    &out->singles[i], ei);
	}
	if (e == ERR_OK && nonce.len > 0) {
		memcpy(out->nonce, nonce.p, nonce.len);
		out->nonce_len = nonce.len;
	}
	return e;
}

static enum ocsp_response_status
status_of(enum err e)
{
	static const enum ocsp_response_status statuses[ERR_MAX_] = {
	    [ERR_OK] = OCSP_INTERNAL_ERROR,
	    [ERR_NOMEM] = OCSP_TRY_LATER,
	    [ERR_SYS] = OCSP_INTERNAL_ERROR,
	    [ERR_FORMAT] = OCSP_MALFORMED_REQUEST,
	    [ERR_LIMIT] = OCSP_MALFORMED_REQUEST,
	    [ERR_UNSUPPORTED] = OCSP_MALFORMED_REQUEST,
	    [ERR_POLICY] = OCSP_UNAUTHORIZED,
	    [ERR_DENIED] = OCSP_UNAUTHORIZED,
	    [ERR_NOTFOUND] = OCSP_UNAUTHORIZED,
	    [ERR_CONFLICT] = OCSP_INTERNAL_ERROR,
	    [ERR_STATE] = OCSP_TRY_LATER,
	    [ERR_CRYPTO] = OCSP_INTERNAL_ERROR,
	    [ERR_STORE] = OCSP_TRY_LATER,
	    [ERR_AGAIN] = OCSP_TRY_LATER,
	    [ERR_TIMEOUT] = OCSP_TRY_LATER,
	    [ERR_INTERNAL] = OCSP_INTERNAL_ERROR,
	};

	return statuses[e];
}

static void
answer(const struct public_files *p, const struct request *r, struct slice der,
    struct response *resp)
{
	struct buf out = BUF_INIT(OCSP_RESPONSE_BYTES_MAX);
	struct ca *ca = public_files_ca(p);
	struct authority *a = ca_by_name(ca, request_param(r, "ca"));
	struct ocsp_request *req = NULL;
	struct signer_ocsp order;
	struct errinfo ei = {0};
	enum err e;

	if (a == NULL || authority_ocsp(a) == NULL) {
		problem(resp, 404, "ocsp.none", "there is no such responder");
		return;
	}
	e = ocsp_request_parse(der, &req, &ei);
	if (e == ERR_OK) {
		e = make_order(ca, a, req, &order, &ei);
	}
	if (e == ERR_OK) {
		e = signer_ocsp(authority_ocsp(a), &order, &out, &ei);
	}
	ocsp_request_free(req);
	if (e != ERR_OK) {
		buf_clear(&out);
		send_error(resp, status_of(e));
		return;
	}
	response_status(resp, 200);
	response_body_take(resp, &out, media_type);
}

void
ocsp_post(void *arg, const struct request *r, struct response *resp)
{
	answer(arg, r, request_body(r), resp);
}

void
ocsp_get(void *arg, const struct request *r, struct response *resp)
{
	struct buf der = BUF_INIT(OCSP_REQUEST_BYTES_MAX);

	if (text_unbase64(slice_str(request_param(r, "request")), &der)) {
		answer(arg, r, buf_slice(&der), resp);
	} else {
		send_error(resp, OCSP_MALFORMED_REQUEST);
	}
	buf_clear(&der);
}
