/* SPDX-License-Identifier: Apache-2.0 */
/* Operators and programs: certificates (I2, H6). */
#include <string.h>

#include "api/call.h"
#include "api/cert_file.h"
#include "api/routes.h"
#include "ca/authority.h"
#include "ca/issue.h"
#include "ca/publish.h"
#include "ca/revoke.h"
#include "os/seam.h"
#include "profile/profile.h"
#include "profile/values.h"
#include "registry/idem.h"
#include "registry/issuing.h"
#include "registry/person.h"
#include "store/store.h"
#include "subject/subject.h"
#include "x509/csr.h"

enum {
	TEXT_MAX = 256,
	COMMENT_MAX = 500,
	NAME_TEXT_MAX = 512,
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
	call_answer_begin(c);
	call_put_id(c, "id", &cert.id, CERTIFICATE_PREFIX);
	json_put_text(&c->w, "ca", cert.ca);
	json_put_hex(&c->w, "serial", cert.serial);
	json_put_text(&c->w, "profile", cert.profile);
	json_put_time(&c->w, "not_before", cert.not_before);
	json_put_time(&c->w, "not_after", cert.not_after);
	json_put_time(&c->w, "issued_at", cert.issued_at);
	json_put_text(&c->w, "status", cert.status);
	if (cert.has_application) {
		call_put_id(
		    c, "application", &cert.application, APPLICATION_PREFIX);
	}
	e = call_answer_send(c);
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

/*
 * Only what a person may be certified for without an application: profiles
 * of the qualified form want identification and an approved form, and the
 * centre's own (CA, OCSP, TLS server) are not given to users.
 */
static enum err
check_profile(struct call *c, const char *name, const struct profile **out)
{
	const struct profile *p = ca_profile(c->api->ca, name);

	if (p == NULL || ca_for_profile(c->api->ca, name) == NULL) {
		(void)err_set(c->ei, ERR_NOTFOUND, "ca.profile", NULL,
		    "no CA of this centre issues under the profile %s", name);
		return err_object(c->ei, ERR_NOTFOUND, "profile");
	}
	if (!profile_direct(p)) {
		(void)err_set(c->ei, ERR_POLICY, "profile.direct", NULL,
		    "certificates under %s are not issued to a direct "
		    "request: they need an approved form",
		    name);
		return err_object(c->ei, ERR_POLICY, "profile");
	}
	*out = p;
	return ERR_OK;
}

static enum err
add_person(struct call *c, const struct id *id, struct issue_values *v)
{
	struct buf name = BUF_INIT(NAME_TEXT_MAX);
	struct record row;
	struct person_data p = {0};
	struct subject_fields f = {0};
	enum err e =
	    record_get(&person_kind, c->api->registry, id, &row, &p, c->ei);

	if (e != ERR_OK) {
		return err_object(c->ei, e, "person");
	}
	f.surname = p.surname;
	f.given_name = p.given_name;
	f.patronymic = p.patronymic;
	subject_full_name(&f, &name);
	e = buf_err(&name, c->ei);
	if (e == ERR_OK) {
		e = values_add_attr(v, OID_CN, buf_slice(&name), c->ei);
	}
	buf_clear(&name);
	record_clear(&row);
	return e;
}

static enum err
add_key(struct call *c, const struct profile *p, struct slice der,
    struct issue_values *v)
{
	const struct pubkey *key = NULL;
	struct csr *csr = NULL;
	enum err e = csr_parse(der, &csr, c->ei);

	if (e == ERR_OK) {
		e = csr_pubkey(csr, &key, c->ei);
	}
	if (e == ERR_OK) {
		e = profile_check_key(p, key, c->ei);
	}
	if (e == ERR_OK) {
		e = csr_verify(csr, c->ei);
	}
	if (e == ERR_OK) {
		e = profile_check_request_subject(
		    p, csr_subject(csr), &v->attrs, c->ei);
	}
	if (e == ERR_OK) {
		e = values_set_spki(v, csr_spki(csr), c->ei);
	}
	csr_free(csr);
	return e != ERR_OK ? err_object(c->ei, e, "pkcs10") : ERR_OK;
}

static enum err
read_order(struct call *c, struct buf *pkcs10, struct issue_values *v)
{
	static const char *const names[] = {
	    "profile", "person", "pkcs10", NULL};
	const struct profile *p = NULL;
	const char *profile;
	struct id person;
	enum err e = call_only(c, names);

	if (e == ERR_OK) {
		e = json_get_text(
		    c->body, "profile", TEXT_MAX, &profile, c->ei);
	}
	if (e == ERR_OK) {
		e = check_profile(c, profile, &p);
	}
	if (e == ERR_OK) {
		e = values_set_profile(v, slice_str(profile), c->ei);
	}
	if (e == ERR_OK) {
		e = call_body_id(c, "person", PERSON_PREFIX, &person);
	}
	if (e == ERR_OK) {
		e = add_person(c, &person, v);
	}
	if (e == ERR_OK) {
		e = json_get_base64(c->body, "pkcs10", pkcs10, c->ei);
	}
	if (e == ERR_OK) {
		e = add_key(c, p, buf_slice(pkcs10), v);
	}
	return e != ERR_OK ? e : profile_check_names(p, v, c->ei);
}

static enum err
certificate_issue(struct call *c)
{
	struct buf pkcs10 = BUF_INIT(CSR_BYTES_MAX);
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
	e = read_order(c, &pkcs10, &values);
	if (e == ERR_OK) {
		e = issuing_direct(c->api->issuing, &c->actor, c->ticket,
		    &values, &c->answer, c->ei);
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

/* --- ending ------------------------------------------------------------ */

static enum err
read_revocation(struct call *c, struct revocation *out)
{
	static const char *const names[] = {"reason", "comment", NULL};
	const char *reason;
	enum err e = call_only(c, names);

	if (e == ERR_OK) {
		e = json_get_text(c->body, "reason", TEXT_MAX, &reason, c->ei);
	}
	if (e == ERR_OK) {
		e = revocation_reason_parse(
		    slice_str(reason), &out->reason, c->ei);
	}
	if (e == ERR_OK) {
		e = json_get_text_optional(
		    c->body, "comment", COMMENT_MAX, &out->comment, c->ei);
	}
	return e;
}

/* Another hand was faster: the certificate is no longer as it was read. */
static enum err
raced(enum err e, struct errinfo *ei)
{
	if (e == ERR_CONFLICT &&
	    strcmp(ei->rule, "store.certificate.move") == 0) {
		return err_set(ei, ERR_STATE, "certificate.revoked", NULL,
		    "this certificate was revoked a moment ago");
	}
	return e;
}

static enum err
submit_revocation(
    struct call *c, const struct certificate *cert, const struct revocation *r)
{
	int64_t now = clock_utc_sec(c->api->clock);
	struct act act;
	struct unit u;
	enum err e;

	unit_init(&u);
	e = ca_add_revocation(&u, cert, r, now, c->ei);
	if (e == ERR_OK) {
		call_answer_begin(c);
		call_put_id(c, "id", &cert->id, CERTIFICATE_PREFIX);
		json_put_text(&c->w, "status", "revoked");
		json_put_time(&c->w, "revoked_at", now);
		e = call_answer_end(c, 200, &act);
	}
	if (e == ERR_OK) {
		if (act.ticket != NULL) {
			idem_add_done(&u, act.ticket, &act.answer, now);
		}
		e = raced(
		    ca_submit_revocation(c->api->ca, &u, cert, c->ei), c->ei);
	}
	unit_clear(&u);
	return e;
}

static enum err
certificate_revoke(struct call *c)
{
	char actor[ACTOR_TEXT_SIZE];
	struct revocation r = {.actor = actor};
	struct certificate cert;
	enum err e = get_certificate(c, &cert);

	if (e != ERR_OK) {
		return e;
	}
	actor_text(&c->actor, actor);
	e = read_revocation(c, &r);
	if (e == ERR_OK) {
		e = submit_revocation(c, &cert, &r);
	}
	if (e == ERR_OK) {
		publisher_kick(c->api->publisher);
		call_send(c, 200);
	}
	certificate_clear(&cert);
	return e;
}

void
api_certificate_revoke(
    void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_CERTIFICATES_REVOKE, certificate_revoke);
}
