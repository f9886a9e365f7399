/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ending one's own certificate without a session and without a phone: by a
 * signature of that certificate's key under a text that names it
 * (registry/stop_text.h).  Who asks shows the certificate itself, so nothing
 * that is answered tells more than the asker has.
 */
#include <stdio.h>
#include <string.h>

#include "api/call.h"
#include "api/cert_stop.h"
#include "api/order.h"
#include "api/routes.h"
#include "ca/issue.h"
#include "ca/list.h"
#include "ca/revoke.h"
#include "crypto/cms.h"
#include "crypto/hash.h"
#include "http/rate.h"
#include "registry/stop_text.h"
#include "x509/cert.h"
#include "x509/name.h"

enum {
	REASON_TEXT_MAX = 64,
	NAME_MAX_LEN = 512
};

/* What is asked for, and the text of it. */
struct stop_ask {
	struct buf der;
	struct cert *cert;
	const char *reason;
	int64_t made_at;
	uint8_t sha256[SHA256_SIZE]; /* of the certificate */
	struct buf text;
	uint8_t text_sha256[SHA256_SIZE];
	struct certificate stored; /* stored.rows NULL: not read */
};

static void
ask_clear(struct stop_ask *a)
{
	certificate_clear(&a->stored);
	cert_free(a->cert);
	buf_clear(&a->der);
	buf_clear(&a->text);
}

static enum err
find_stored(struct call *c, struct stop_ask *a)
{
	struct certificate_page page = {0};
	enum err e = certificate_by_sha256(c->api->store,
	    slice_make(a->sha256, sizeof(a->sha256)), &page, c->ei);

	if (e == ERR_OK && page.num == 0) {
		e = err_set(c->ei, ERR_NOTFOUND, "certificate.none", NULL,
		    "this certificate is none of this centre's");
	}
	if (e == ERR_OK) {
		e = certificate_get(
		    c->api->ca, &page.at[0].id, &a->stored, c->ei);
	}
	certificate_page_clear(&page);
	return e;
}

static enum err
take_certificate(struct call *c, struct stop_ask *a)
{
	enum err e = json_get_base64(c->body, "certificate", &a->der, c->ei);

	if (e == ERR_OK) {
		e = cert_parse(buf_slice(&a->der), &a->cert, c->ei);
		if (e != ERR_OK) {
			(void)err_object(c->ei, e, "certificate");
		}
	}
	if (e == ERR_OK) {
		e = sha256_of(buf_slice(&a->der), a->sha256, c->ei);
	}
	return e == ERR_OK ? find_stored(c, a) : e;
}

static enum err
take_reason(struct call *c, struct stop_ask *a)
{
	enum crl_reason known;
	enum err e;

	a->reason = NULL;
	e = json_get_text_optional(
	    c->body, "reason", REASON_TEXT_MAX, &a->reason, c->ei);
	if (e == ERR_OK && a->reason == NULL) {
		a->reason = STOP_REASON_DEFAULT;
	}
	return e != ERR_OK ? e
			   : revocation_reason_parse(
				 slice_str(a->reason), &known, c->ei);
}

/* The time that the text bears; absent where the text is asked for. */
static enum err
take_time(struct call *c, struct stop_ask *a, bool wanted)
{
	int64_t now = clock_utc_sec(c->api->clock);
	const char *text;
	enum err e;

	if (!wanted) {
		a->made_at = now;
		return ERR_OK;
	}
	e = json_get_text(c->body, "made_at", TIME_TEXT_SIZE, &text, c->ei);
	if (e == ERR_OK && !time_from_text(slice_str(text), &a->made_at)) {
		e = err_object(c->ei,
		    err_set(c->ei, ERR_FORMAT, "json.field.time", NULL,
			"made_at is a time as 2026-11-22T14:05:09Z"),
		    "made_at");
	}
	return e == ERR_OK ? stop_text_check_time(a->made_at, now, c->ei) : e;
}

static enum err
ask_take(
    struct call *c, const char *const *names, bool has_time, struct stop_ask *a)
{
	enum err e = rate_take(c->api->rate, request_client(c->r), c->ei);

	if (e == ERR_OK) {
		e = call_only(c, names);
	}
	if (e == ERR_OK) {
		e = take_certificate(c, a);
	}
	if (e == ERR_OK) {
		e = take_reason(c, a);
	}
	if (e == ERR_OK) {
		e = take_time(c, a, has_time);
	}
	if (e == ERR_OK) {
		e = stop_text(a->cert, c->api->centre_name, a->reason,
		    a->made_at, &a->text, c->ei);
	}
	return e == ERR_OK ? sha256_of_buf(&a->text, a->text_sha256, c->ei) : e;
}

#define ASK_INIT                                                               \
	{                                                                      \
		.der = BUF_INIT(CERT_BYTES_MAX),                               \
		.text = BUF_INIT(STOP_TEXT_MAX)                                \
	}

static enum err
challenge(struct call *c)
{
	static const char *const names[] = {"certificate", "reason", NULL};
	struct stop_ask a = ASK_INIT;
	enum err e = ask_take(c, names, false, &a);

	if (e == ERR_OK) {
		call_answer_begin(c);
		json_put_slice(&c->w, "text", buf_slice(&a.text));
		json_put_hex(&c->w, "sha256",
		    slice_make(a.text_sha256, sizeof(a.text_sha256)));
		json_put_text(&c->w, "reason", a.reason);
		json_put_time(&c->w, "made_at", a.made_at);
		json_put_time(
		    &c->w, "expires_at", a.made_at + STOP_TEXT_LIFE_SEC);
		e = call_answer_send(c);
	}
	ask_clear(&a);
	return e;
}

void
api_stop_challenge(void *arg, const struct request *r, struct response *resp)
{
	call_open(arg, r, resp, challenge);
}

/*
 * The agent signs only what a centre has ordered; so that an owner who cannot
 * sign in can do it there too, this is ordered without a session.  It orders
 * nothing but this text's signature, and the agent shows it whole.
 */
static enum err
order(struct call *c)
{
	static const char *const names[] = {
	    "certificate", "reason", "made_at", "agent", NULL};
	struct buf person = BUF_INIT(NAME_MAX_LEN);
	struct stop_ask a = ASK_INIT;
	uint8_t agent[PAGE_ORDER_ID];
	struct page_order o = {.operation = PAGE_ACQUAINT};
	enum err e = order_check_key(c);

	if (e == ERR_OK) {
		e = ask_take(c, names, true, &a);
	}
	if (e == ERR_OK) {
		e = order_take_agent(c, agent);
	}
	if (e == ERR_OK) {
		e = rate_take(c->api->order_rate, request_client(c->r), c->ei);
	}
	if (e == ERR_OK) {
		/* All that come without a session share what there is. */
		e = rate_take(c->api->order_rate_all, "", c->ei);
	}
	if (e == ERR_OK) {
		if (!name_get_utf8(cert_subject(a.cert), OID_CN, &person)) {
			buf_add_str(&person, "-");
		}
		e = buf_err(&person, c->ei);
	}
	if (e == ERR_OK) {
		o.agent = slice_make(agent, sizeof(agent));
		o.application = a.stored.has_application
				    ? id_slice(&a.stored.application)
				    : id_slice(&a.stored.id);
		o.person = buf_slice(&person);
		o.document = slice_str(STOP_TEXT_VERSION);
		o.document_size = a.text.len;
		o.document_sha256 =
		    slice_make(a.text_sha256, sizeof(a.text_sha256));
		o.certificate = slice_make(a.sha256, sizeof(a.sha256));
		actor_system(&c->actor, "stop");
		e = order_send(c, &o,
		    &(struct order_about){
			"certificate.order", CERTIFICATE_PREFIX, &a.stored.id});
	}
	buf_clear(&person);
	ask_clear(&a);
	return e;
}

void
api_stop_order(void *arg, const struct request *r, struct response *resp)
{
	call_open(arg, r, resp, order);
}

static enum err
stop_by_signature(struct call *c, struct stop_ask *a, struct buf *cms)
{
	struct stop_signature s = {.text = buf_slice(&a->text)};
	char id[ID_TEXT_SIZE], actor[ACTOR_TEXT_SIZE];
	enum err e = json_get_base64(c->body, "signature", cms, c->ei);

	if (e == ERR_OK) {
		e = cms_verify_detached(
		    buf_slice(cms), buf_slice(&a->text), a->stored.der, c->ei);
		if (e != ERR_OK) {
			(void)err_object(c->ei, e, "signature");
		}
	}
	if (e == ERR_OK) {
		s.cms = buf_slice(cms);
		memcpy(s.signer_sha256, a->sha256, sizeof(s.signer_sha256));
		id_text(&a->stored.id, CERTIFICATE_PREFIX, id);
		(void)snprintf(actor, sizeof(actor), "owner:%s", id);
		e = cert_stop(c, &a->stored, a->reason, actor, NULL, &s);
	}
	return e;
}

static enum err
stop(struct call *c)
{
	static const char *const names[] = {
	    "certificate", "reason", "made_at", "signature", NULL};
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	struct stop_ask a = ASK_INIT;
	enum err e = ask_take(c, names, true, &a);

	if (e == ERR_OK) {
		e = stop_by_signature(c, &a, &cms);
	}
	buf_clear(&cms);
	ask_clear(&a);
	return e;
}

void
api_stop(void *arg, const struct request *r, struct response *resp)
{
	call_open(arg, r, resp, stop);
}
