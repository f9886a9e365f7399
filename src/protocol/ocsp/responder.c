/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/ocsp/responder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "ca/authority.h"
#include "ca/revoke.h"
#include "crypto/alg.h"
#include "crypto/hash.h"
#include "http/date.h"
#include "http/etag.h"
#include "http/problem.h"
#include "http/ready.h"
#include "http/request.h"
#include "http/response.h"
#include "protocol/crl/files.h"
#include "protocol/ocsp/cache.h"
#include "signer/client.h"
#include "store/store.h"
#include "x509/ocsp.h"

struct responder {
	struct ca *ca;
	struct ocsp_cache *cache;
	struct responder_counts counts;
};

static const char media_type[] = "application/ocsp-response";

static void
count(atomic_uint_fast64_t *what)
{
	atomic_fetch_add_explicit(what, 1, memory_order_relaxed);
}

/* RFC 6960 4.2.1: errors are unsigned answers with HTTP status 200. */
static void
send_error(struct responder *r, struct response *resp,
    enum ocsp_response_status status)
{
	struct buf b = BUF_INIT(OCSP_RESPONSE_BYTES_MAX);

	count(&r->counts.refused);

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
	/* RFC 5280 5.3.1: "unspecified" is said by saying nothing. */
	out->reason = status.kind == STATUS_REVOKED &&
			      status.reason != CRL_REASON_UNSPECIFIED
			  ? (int)status.reason
			  : -1;
	out->this_update = now;
	out->next_update = now + OCSP_LIFE_SEC;
	return ERR_OK;
}

static enum err
make_order(struct ca *ca, const struct authority *a,
    const struct ocsp_request *req, struct signer_ocsp *out, struct errinfo *ei)
{
	struct slice nonce = ocsp_request_nonce(req);
	int64_t now = clock_utc_sec(ca_clock(ca));
	enum err e = ERR_OK;

	/* A database that was put back may have forgotten revocations. */
	if (store_held(ca_store(ca), ei)) {
		return ERR_AGAIN;
	}
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

/* --- answers that are kept ------------------------------------------------ */

static enum err
make_ready(
    struct slice der, int64_t now, struct ready **out, struct errinfo *ei)
{
	char modified[HTTP_DATE_SIZE], expires[HTTP_DATE_SIZE], age[96];
	char etag[ETAG_SIZE];
	struct ready_header headers[] = {
	    {"Last-Modified", modified},
	    {"Expires", expires},
	    {"ETag", etag},
	    {"Cache-Control", age},
	};
	uint8_t hash[HASH_SIZE_MAX];
	enum err e = hash_of(HASH_SHA256, der, hash, ei);

	if (e != ERR_OK) {
		return e;
	}
	http_date(now, modified);
	http_date(now + OCSP_LIFE_SEC, expires);
	(void)snprintf(age, sizeof(age),
	    "max-age=%d, public, no-transform, must-revalidate",
	    (int)(OCSP_LIFE_SEC - OCSP_KEPT_SEC));
	etag_text(hash, etag);
	return ready_new(der, media_type, headers, ARRAY_LEN(headers), out, ei);
}

static void
send_kept(struct responder *r, const struct ocsp_key *key, uint64_t ticket,
    const struct signer_ocsp_single *said, struct buf *der,
    struct response *resp)
{
	int64_t now = said->this_update;
	struct ready *ready = NULL;

	/* "unknown" may be wrong in a moment: nobody is to keep it. */
	if (said->status == SIGNER_OCSP_UNKNOWN ||
	    make_ready(buf_slice(der), now, &ready, NULL) != ERR_OK) {
		response_body_take(resp, der, media_type);
		return;
	}
	ocsp_cache_put(r->cache, key, ticket, ready, now, now + OCSP_KEPT_SEC);
	response_ready(resp, ready);
}

/* --- one request -----------------------------------------------------------
 */

/* Its answer is the same for everybody who asks. */
static bool
is_common(const struct authority *a, const struct ocsp_request *req,
    struct ocsp_key *key)
{
	const struct ocsp_cert_id *id;

	if (ocsp_request_num(req) != 1 || ocsp_request_nonce(req).len > 0) {
		return false;
	}
	id = ocsp_request_cert_id(req, 0);
	key->ca = a;
	key->serial = id->serial;
	return hash_alg_get(id->hash_alg, &key->hash, NULL) == ERR_OK &&
	       authority_is(
		   a, key->hash, id->issuer_name_hash, id->issuer_key_hash);
}

static bool
send_from_cache(
    struct responder *r, const struct ocsp_key *key, struct response *resp)
{
	struct ready *ready = NULL;

	/* A database that was put back may say something else. */
	if (!store_held(ca_store(r->ca), NULL)) {
		ready = ocsp_cache_get(
		    r->cache, key, clock_utc_sec(ca_clock(r->ca)));
	}
	if (ready != NULL) {
		count(&r->counts.kept);
		response_ready(resp, ready);
	}
	return ready != NULL;
}

/* key is NULL where the answer is for this client alone. */
static void
sign(struct responder *r, struct authority *a, const struct ocsp_request *req,
    const struct ocsp_key *key, struct response *resp)
{
	/* Before the status is read: see protocol/ocsp/cache.h. */
	uint64_t ticket = key != NULL ? ocsp_cache_ticket(r->cache, key) : 0;
	struct buf out = BUF_INIT(OCSP_RESPONSE_BYTES_MAX);
	struct signer_ocsp order;
	struct errinfo ei = {0};
	enum err e = make_order(r->ca, a, req, &order, &ei);

	if (e == ERR_OK) {
		e = signer_ocsp(authority_ocsp(a), &order, &out, &ei);
	}
	if (e == ERR_OK) {
		count(&r->counts.made);
	}
	if (e != ERR_OK) {
		send_error(r, resp, status_of(e));
	} else if (key != NULL) {
		send_kept(r, key, ticket, &order.singles[0], &out, resp);
	} else {
		response_body_take(resp, &out, media_type);
	}
	buf_clear(&out);
}

static void
answer(struct responder *r, struct authority *a, struct slice der,
    struct response *resp)
{
	struct ocsp_request *req = NULL;
	struct ocsp_key key;
	enum err e = ocsp_request_parse(der, &req, NULL);

	if (e != ERR_OK) {
		send_error(r, resp, status_of(e));
	} else if (!is_common(a, req, &key)) {
		sign(r, a, req, NULL, resp);
	} else if (!send_from_cache(r, &key, resp)) {
		sign(r, a, req, &key, resp);
	}
	ocsp_request_free(req);
}

/* --- the handlers ----------------------------------------------------------
 */

static struct authority *
authority_of(const struct responder *r, const struct request *req)
{
	struct authority *a = ca_by_name(r->ca, request_param(req, "ca"));

	return a != NULL && authority_ocsp(a) != NULL ? a : NULL;
}

static bool
send_plain(struct responder *r, const struct request *req, struct slice der,
    struct response *resp)
{
	struct authority *a = authority_of(r, req);
	struct ocsp_plain plain;

	if (a == NULL || !ocsp_plain_get(der, &plain) ||
	    !authority_is(
		a, plain.hash, plain.issuer_name_hash, plain.issuer_key_hash)) {
		return false;
	}
	return send_from_cache(
	    r, &(struct ocsp_key){a, plain.hash, plain.serial}, resp);
}

bool
ocsp_post_kept(void *arg, const struct request *req, struct response *resp)
{
	return send_plain(
	    public_files_responder(arg), req, request_body(req), resp);
}

bool
ocsp_get_kept(void *arg, const struct request *req, struct response *resp)
{
	struct buf der = BUF_INIT(OCSP_REQUEST_BYTES_MAX);
	bool sent =
	    text_unbase64(slice_str(request_param(req, "request")), &der) &&
	    send_plain(public_files_responder(arg), req, buf_slice(&der), resp);

	buf_clear(&der);
	return sent;
}

static void
answer_slowly(struct responder *r, const struct request *req, struct slice der,
    struct response *resp)
{
	struct authority *a = authority_of(r, req);

	if (a == NULL) {
		problem(resp, 404, "ocsp.none", "there is no such responder");
	} else {
		answer(r, a, der, resp);
	}
}

void
ocsp_post(void *arg, const struct request *req, struct response *resp)
{
	answer_slowly(
	    public_files_responder(arg), req, request_body(req), resp);
}

void
ocsp_get(void *arg, const struct request *req, struct response *resp)
{
	struct buf der = BUF_INIT(OCSP_REQUEST_BYTES_MAX);

	if (text_unbase64(slice_str(request_param(req, "request")), &der)) {
		answer_slowly(
		    public_files_responder(arg), req, buf_slice(&der), resp);
	} else {
		send_error(public_files_responder(arg), resp,
		    buf_err(&der, NULL) == ERR_NOMEM ? OCSP_TRY_LATER
						     : OCSP_MALFORMED_REQUEST);
	}
	buf_clear(&der);
}

/* --- the responder ---------------------------------------------------------
 */

const struct responder_counts *
responder_counts(const struct responder *r)
{
	return &r->counts;
}

struct ocsp_cache_use
responder_cache_use(struct responder *r)
{
	return ocsp_cache_use(r->cache);
}

static void
forget(void *arg, const struct authority *a, struct slice serial)
{
	struct responder *r = arg;

	ocsp_cache_forget(r->cache, a, serial);
}

enum err
responder_new(struct ca *ca, size_t cache_bytes, struct responder **out,
    struct errinfo *ei)
{
	struct responder *r = calloc(1, sizeof(*r));
	enum err e;

	if (r == NULL) {
		return err_nomem(ei);
	}
	r->ca = ca;
	e = ocsp_cache_new(cache_bytes, &r->cache, ei);
	if (e != ERR_OK) {
		free(r);
		return e;
	}
	ca_watch(ca, forget, r);
	*out = r;
	return ERR_OK;
}

void
responder_free(struct responder *r)
{
	if (r == NULL) {
		return;
	}
	ca_watch(r->ca, NULL, NULL);
	ocsp_cache_free(r->cache);
	free(r);
}
