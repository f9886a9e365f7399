/* SPDX-License-Identifier: Apache-2.0 */
/* Operators and programs: certificates (I2, H6). */
#include <string.h>

#include "api/call.h"
#include "api/cert_change.h"
#include "api/cert_file.h"
#include "api/routes.h"
#include "ca/authority.h"
#include "ca/issue.h"
#include "ca/publish.h"
#include "ca/revoke.h"
#include "os/seam.h"
#include "profile/values.h"
#include "registry/direct.h"
#include "registry/idem.h"
#include "registry/issuing.h"
#include "store/store.h"

enum {
	TEXT_MAX = 256,
	ANSWER_MAX = 4 * CERT_BYTES_MAX,
};

static enum err
get_certificate(struct call *c, struct certificate *out)
{
	struct id id;
	enum err e = call_path_id(c, "certificate", CERTIFICATE_PREFIX, &id);

	return e != ERR_OK ? e : certificate_get(c->api->ca, &id, out, c->ei);
}

static enum err
certificate_show(struct call *c)
{
	struct certificate cert;
	enum err e = get_certificate(c, &cert);

	if (e != ERR_OK) {
		return e;
	}
	e = certificate_send(c, &cert);
	certificate_clear(&cert);
	return e;
}

void
api_certificate_get(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_CERTIFICATES_READ, certificate_show);
}

static enum err
certificate_file(struct call *c)
{
	struct certificate cert;
	enum err e = get_certificate(c, &cert);

	if (e == ERR_OK) {
		e = certificate_send_file(c, &cert);
		certificate_clear(&cert);
	}
	return e;
}

void
api_certificate_file(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_CERTIFICATES_READ, certificate_file);
}

/* --- issuing for a registered person ---------------------------------- */

static enum err
read_order(struct call *c, struct buf *pkcs10, struct direct_order *out)
{
	static const char *const names[] = {
	    "profile", "person", "pkcs10", NULL};
	enum err e = call_only(c, names);

	if (e == ERR_OK) {
		e = json_get_text(
		    c->body, "profile", TEXT_MAX, &out->profile, c->ei);
	}
	if (e == ERR_OK) {
		e = call_body_id(c, "person", PERSON_PREFIX, &out->person);
	}
	if (e == ERR_OK) {
		e = json_get_base64(c->body, "pkcs10", pkcs10, c->ei);
		out->pkcs10 = buf_slice(pkcs10);
	}
	return e;
}

static enum err
certificate_issue(struct call *c)
{
	struct buf pkcs10 = BUF_INIT(CSR_BYTES_MAX);
	struct direct_order order;
	struct issue_values values;
	enum err e;

	if (c->ticket == NULL) {
		return err_set(c->ei, ERR_FORMAT, "idem.required", NULL,
		    "issuing needs the header Idempotency-Key (%d to %d "
		    "characters), so that a retry never gets a second "
		    "certificate",
		    (int)IDEMPOTENCY_KEY_MIN, (int)IDEMPOTENCY_KEY_MAX);
	}
	seam("front.accepted");
	buf_init(&c->answer, ANSWER_MAX);
	values_init(&values);
	e = read_order(c, &pkcs10, &order);
	if (e == ERR_OK) {
		e = direct_values(
		    c->api->registry, c->api->ca, &order, &values, c->ei);
	}
	if (e == ERR_OK) {
		e = issuing_direct(c->api->issuing, &c->actor, &c->ticket,
		    &order.person, &values, &c->answer, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 201);
	}
	values_clear(&values);
	buf_clear(&pkcs10);
	return e;
}

void
api_certificate_issue(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_CERTIFICATES_ISSUE, certificate_issue);
}

/* --- ending, and on hold ------------------------------------------------ */

/* The members of each one's body. */
static const char *const *const change_names[CERT_EVENT_MAX_] = {
    [CERT_EV_HOLD] = (const char *const[]){"comment", NULL},
    [CERT_EV_RELEASE] = (const char *const[]){NULL},
    [CERT_EV_REVOKE] = (const char *const[]){"comment", "reason", NULL},
};

static enum err
read_change(struct call *c, enum cert_event event, struct revocation *out)
{
	const char *reason;
	enum err e = call_only(c, change_names[event]);

	if (e == ERR_OK && event == CERT_EV_REVOKE) {
		e = json_get_text(c->body, "reason", TEXT_MAX, &reason, c->ei);
		if (e == ERR_OK) {
			e = revocation_reason_parse(
			    slice_str(reason), &out->reason, c->ei);
		}
	}
	if (e == ERR_OK) {
		e = json_get_text_optional(
		    c->body, "comment", CERT_COMMENT_MAX, &out->comment, c->ei);
	}
	return e;
}

static enum err
submit_change(struct call *c, enum cert_event event,
    const struct certificate *cert, const struct revocation *r)
{
	int64_t now = clock_utc_sec(c->api->clock);
	struct act act;
	struct unit u;
	enum err e;

	unit_init(&u);
	e = cert_change_add(c->api->ca, &u, event, cert, r, now, c->ei);
	if (e == ERR_OK) {
		e = cert_change_tell(
		    c->api->registry, &u, event, cert, LANG_RU, c->ei);
	}
	if (e == ERR_OK) {
		call_answer_begin(c);
		cert_change_put(&c->w, cert, event, now);
		e = call_answer_end(c, 200, &act);
	}
	if (e == ERR_OK) {
		if (act.ticket != NULL) {
			idem_add_done(&u, act.ticket, &act.answer, now);
		}
		e = ca_submit_change(c->api->ca, &u, cert, c->ei);
	}
	unit_clear(&u);
	return e;
}

static enum err
do_change(struct call *c, enum cert_event event)
{
	char actor[ACTOR_TEXT_SIZE];
	struct revocation r = {.actor = actor};
	struct certificate cert;
	enum err e = get_certificate(c, &cert);

	if (e != ERR_OK) {
		return e;
	}
	actor_text(&c->actor, actor);
	e = read_change(c, event, &r);
	if (e == ERR_OK) {
		e = submit_change(c, event, &cert, &r);
	}
	if (e == ERR_OK) {
		publisher_kick(c->api->publisher);
		call_send(c, 200);
	}
	certificate_clear(&cert);
	return e;
}

static enum err
certificate_revoke(struct call *c)
{
	return do_change(c, CERT_EV_REVOKE);
}

static enum err
certificate_hold(struct call *c)
{
	return do_change(c, CERT_EV_HOLD);
}

static enum err
certificate_release(struct call *c)
{
	return do_change(c, CERT_EV_RELEASE);
}

void
api_certificate_revoke(
    void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_CERTIFICATES_REVOKE, certificate_revoke);
}

void
api_certificate_hold(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_CERTIFICATES_REVOKE, certificate_hold);
}

void
api_certificate_release(
    void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_CERTIFICATES_REVOKE, certificate_release);
}
