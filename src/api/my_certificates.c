/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cabinet: every certificate that a phone's forms ever had, kept for
 * decrypting old documents (A16), and ending one at once.
 */
#include <string.h>

#include "api/call.h"
#include "api/cert_file.h"
#include "api/cert_stop.h"
#include "api/list_json.h"
#include "api/routes.h"
#include "ca/issue.h"
#include "ca/list.h"
#include "ca/revoke.h"
#include "crypto/hash.h"
#include "identity/otp.h"

enum {
	CODE_TEXT_MAX = 32,
	REASON_TEXT_MAX = 64,
	WHAT_MAX = 512
};

static enum err
my_certificates(struct call *c)
{
	struct certificate_page page = {0};
	struct id after;
	bool has_after;
	enum err e = call_after(c, CERTIFICATE_PREFIX, &after, &has_after);

	if (e == ERR_OK) {
		e = certificates_of_phone(c->api->store, c->session.phone,
		    has_after ? &after : NULL, &page, c->ei);
	}
	if (e == ERR_OK) {
		call_answer_begin(c);
		e = certificate_page_put(&c->w, &page, c->ei);
	}
	if (e == ERR_OK) {
		e = call_answer_send(c);
	}
	certificate_page_clear(&page);
	return e;
}

void
api_my_certificates(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_certificates);
}

static enum err
get_mine(struct call *c, struct certificate *out)
{
	struct id id;
	enum err e = call_path_id(c, "certificate", CERTIFICATE_PREFIX, &id);

	if (e == ERR_OK) {
		e = certificate_check_phone(
		    c->api->store, &id, c->session.phone, c->ei);
	}
	return e != ERR_OK ? e : certificate_get(c->api->ca, &id, out, c->ei);
}

static enum err
my_file(struct call *c)
{
	struct certificate cert;
	enum err e = get_mine(c, &cert);

	if (e == ERR_OK) {
		e = certificate_send_file(c, &cert);
		certificate_clear(&cert);
	}
	return e;
}

void
api_my_kept_file(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_file);
}

/* --- ending it --------------------------------------------------------------
 */

/* The act that the code confirms; `what` must outlive the use. */
static enum err
stop_act(struct call *c, const struct certificate *cert, struct buf *what,
    struct otp_act *out)
{
	enum err e = cert_stop_what(c, cert, what);

	if (e != ERR_OK) {
		return e;
	}
	*out = (struct otp_act){
	    .phone = c->session.phone,
	    .session = slice_make(c->session.hash, sizeof(c->session.hash)),
	    .act = MESSAGE_STOP_CERTIFICATE,
	    .what = buf_cstr(what),
	    .lang = c->session.lang,
	};
	return sha256_of(cert->der, out->content, c->ei);
}

static enum err
send_code(struct call *c, const struct certificate *cert)
{
	struct buf what = BUF_INIT(WHAT_MAX);
	int64_t expires_at, resend_at;
	struct otp_act act;
	enum err e = stop_act(c, cert, &what, &act);

	if (e == ERR_OK) {
		e = otp_act_start(
		    c->api->otp, &act, &expires_at, &resend_at, c->ei);
	}
	if (e == ERR_OK) {
		call_answer_begin(c);
		call_put_id(c, "id", &cert->id, CERTIFICATE_PREFIX);
		json_open_object(&c->w, "code");
		json_put_time(&c->w, "expires_at", expires_at);
		json_put_time(&c->w, "resend_at", resend_at);
		json_close(&c->w);
		e = call_answer_send(c);
	}
	buf_clear(&what);
	return e;
}

static enum err
my_stop_code(struct call *c)
{
	struct certificate cert;
	enum err e = get_mine(c, &cert);

	if (e != ERR_OK) {
		return e;
	}
	if (strcmp(cert.status, "revoked") == 0) {
		e = err_set(c->ei, ERR_STATE, "certificate.revoked", NULL,
		    "this certificate has ended already");
	} else {
		e = send_code(c, &cert);
	}
	certificate_clear(&cert);
	return e;
}

void
api_my_stop_code(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_stop_code);
}

static enum err
stop_by_code(struct call *c, const struct certificate *cert, const char *code,
    const char *reason)
{
	struct buf what = BUF_INIT(WHAT_MAX);
	char actor[ACTOR_TEXT_SIZE];
	struct otp_proof proof;
	struct otp_act act;
	bool ended = strcmp(cert->status, "revoked") == 0;
	enum err e = ended ? ERR_OK : stop_act(c, cert, &what, &act);

	/* One that has ended is told as such, whatever became of the code. */
	if (e == ERR_OK && !ended) {
		e = otp_act_check(c->api->otp, &act, slice_str(code), &proof,
		    &c->tries_left, c->ei);
	}
	if (e == ERR_OK) {
		actor_text(&c->actor, actor);
		e = cert_stop(
		    c, cert, reason, actor, ended ? NULL : &proof, NULL);
	}
	buf_clear(&what);
	return e;
}

static enum err
my_stop(struct call *c)
{
	static const char *const names[] = {"code", "reason", NULL};
	const char *code, *reason = NULL;
	struct certificate cert;
	enum err e = get_mine(c, &cert);

	if (e != ERR_OK) {
		return e;
	}
	e = call_only(c, names);
	if (e == ERR_OK) {
		e = json_get_text(c->body, "code", CODE_TEXT_MAX, &code, c->ei);
	}
	if (e == ERR_OK) {
		e = json_get_text_optional(
		    c->body, "reason", REASON_TEXT_MAX, &reason, c->ei);
	}
	if (e == ERR_OK) {
		e = stop_by_code(c, &cert, code,
		    reason != NULL ? reason : STOP_REASON_DEFAULT);
	}
	certificate_clear(&cert);
	return e;
}

void
api_my_stop(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_stop);
}
