/* SPDX-License-Identifier: Apache-2.0 */
/* The cabinet: from checked data to the confirmed request (A4, A9, A10). */
#include <string.h>

#include "api/call.h"
#include "api/form_json.h"
#include "api/routes.h"
#include "ca/authority.h"
#include "ca/key_owner.h"
#include "identity/otp.h"
#include "os/seam.h"
#include "profile/profile.h"
#include "registry/application.h"
#include "registry/form.h"
#include "registry/issuing.h"
#include "registry/phone_change.h"
#include "subject/subject.h"
#include "x509/csr.h"

enum {
	CODE_TEXT_MAX = 32,
	NAME_TEXT_MAX = 512
};

static enum err
get_application(struct call *c, struct application *out)
{
	struct id id;
	enum err e = call_path_id(c, "application", APPLICATION_PREFIX, &id);

	return e != ERR_OK ? e
			   : application_of_phone(c->api->registry, &id,
				 c->session.phone, out, c->ei);
}

static enum err
my_application(struct call *c)
{
	struct application a;
	enum err e = get_application(c, &a);

	if (e == ERR_OK) {
		e = application_send(c, &a);
		application_clear(&a);
	}
	return e;
}

void
api_my_application(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_application);
}

static enum err
my_check(struct call *c)
{
	static const char *const names[] = {"data_hash", NULL};
	uint8_t hash[REGISTRY_HASH_SIZE];
	struct application a;
	struct act act;
	enum err e = get_application(c, &a);

	if (e != ERR_OK) {
		return e;
	}
	e = call_only(c, names);
	if (e == ERR_OK) {
		e = call_body_hash(c, "data_hash", hash);
	}
	if (e == ERR_OK) {
		e = application_answer(c, &a.id, APP_CHECKED, &act);
	}
	if (e == ERR_OK) {
		e = application_check(
		    c->api->registry, &act, &a.id, hash, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 200);
	}
	application_clear(&a);
	return e;
}

void
api_my_check(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_check);
}

/* Form, proof of possession, and whether the profile takes such a key and
 * such a subject. */
static enum err
check_request(struct call *c, const struct form *f, struct slice der)
{
	const struct profile *p = ca_profile(c->api->ca, f->data.profile);
	const struct pubkey *key = NULL;
	struct subject_attrs subject = {0};
	struct csr *csr = NULL;
	enum err e;

	if (p == NULL) {
		return err_set(c->ei, ERR_STATE, "form.profile", NULL,
		    "this centre has no profile %s any more", f->data.profile);
	}
	/* The registry's own data: no fault of the request. */
	e = subject_build(f->data.owner_kind, &f->fields, &subject, c->ei);
	if (e != ERR_OK) {
		subject_attrs_clear(&subject);
		return e;
	}
	e = csr_parse(der, &csr, c->ei);
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
		e = key_owner_check(c->api->store, csr_spki(csr),
		    f->data.has_person ? &f->data.person : NULL, c->ei);
	}
	if (e == ERR_OK) {
		e = profile_check_request_subject(
		    p, csr_subject(csr), &subject, c->ei);
	}
	subject_attrs_clear(&subject);
	csr_free(csr);
	return e != ERR_OK ? err_object(c->ei, e, "pkcs10") : ERR_OK;
}

/* The act that the SMS code confirms; `what` must outlive the use. */
static enum err
confirm_act(struct call *c, const struct application *a, struct buf *what,
    struct form *f, struct otp_act *out)
{
	enum err e = form_of_phone(
	    c->api->registry, &a->form, c->session.phone, f, c->ei);

	if (e != ERR_OK) {
		return e;
	}
	e = form_owner(f, what, c->ei);
	if (e != ERR_OK) {
		return e;
	}
	*out = (struct otp_act){
	    .phone = f->data.phone,
	    .session = slice_make(c->session.hash, sizeof(c->session.hash)),
	    .act = MESSAGE_CONFIRM_REQUEST,
	    .what = buf_cstr(what),
	    .lang = c->session.lang,
	};
	e = phone_need_still(f, c->ei);
	return e != ERR_OK ? e
			   : application_confirm_hash(a, out->content, c->ei);
}

static enum err
need_keyed(struct call *c, const struct application *a)
{
	const char *state = app_state_name(a->state);

	if (a->state == APP_KEYED) {
		return ERR_OK;
	}
	(void)err_set(c->ei, ERR_STATE, "application.step", NULL,
	    "a code confirms a request that was sent and not yet confirmed; "
	    "this application is %s",
	    state);
	return err_object(c->ei, ERR_STATE, state);
}

static enum err
send_code(struct call *c, const struct id *application)
{
	struct buf what = BUF_INIT(NAME_TEXT_MAX);
	struct application a;
	struct form f = {0};
	struct otp_act act;
	int64_t expires_at, resend_at;
	enum err e = application_of_phone(
	    c->api->registry, application, c->session.phone, &a, c->ei);

	if (e != ERR_OK) {
		return e;
	}
	e = need_keyed(c, &a);
	if (e == ERR_OK) {
		e = confirm_act(c, &a, &what, &f, &act);
	}
	if (e == ERR_OK) {
		e = otp_act_start(
		    c->api->otp, &act, &expires_at, &resend_at, c->ei);
	}
	if (e == ERR_OK) {
		call_answer_begin(c);
		application_put(c, &a);
		json_open_object(&c->w, "code");
		json_put_time(&c->w, "expires_at", expires_at);
		json_put_time(&c->w, "resend_at", resend_at);
		json_close(&c->w);
		e = call_answer_send(c);
	}
	form_clear(&f);
	buf_clear(&what);
	application_clear(&a);
	return e;
}

/* `medium` may be absent; the text is the body's. */
static enum err
take_medium(struct call *c, struct key_medium *out, bool *out_has)
{
	static const char *const names[] = {"kind", "name", "container", NULL};
	const struct json *m;
	const char *container = NULL;
	enum err e = ERR_OK;

	*out_has = json_has(c->body, "medium");
	if (!*out_has) {
		return ERR_OK;
	}
	e = json_get_object(c->body, "medium", &m, c->ei);
	if (e == ERR_OK) {
		e = json_only(m, names, c->ei);
	}
	if (e == ERR_OK) {
		e = json_get_text(
		    m, "kind", MEDIUM_NAME_MAX, &out->kind, c->ei);
	}
	if (e == ERR_OK) {
		e = json_get_text(
		    m, "name", MEDIUM_NAME_MAX, &out->name, c->ei);
	}
	if (e == ERR_OK) {
		e = json_get_text_optional(
		    m, "container", MEDIUM_NAME_MAX, &container, c->ei);
	}
	out->container = container != NULL ? container : "";
	return e != ERR_OK ? err_object(c->ei, e, "medium") : ERR_OK;
}

static enum err
store_request(struct call *c, const struct application *a, struct buf *pkcs10)
{
	static const char *const names[] = {"pkcs10", "medium", NULL};
	struct key_medium medium = {0};
	bool has_medium = false;
	struct form f = {0};
	struct act act = {.actor = c->actor};
	enum err e = call_only(c, names);

	if (e == ERR_OK) {
		e = json_get_base64(c->body, "pkcs10", pkcs10, c->ei);
	}
	if (e == ERR_OK) {
		e = take_medium(c, &medium, &has_medium);
	}
	if (e == ERR_OK) {
		e = form_of_phone(
		    c->api->registry, &a->form, c->session.phone, &f, c->ei);
	}
	if (e == ERR_OK) {
		e = check_request(c, &f, buf_slice(pkcs10));
	}
	if (e == ERR_OK) {
		e = application_set_request(c->api->registry, &act, &a->id,
		    buf_slice(pkcs10), has_medium ? &medium : NULL, c->ei);
	}
	form_clear(&f);
	return e;
}

/* The request, and at once the SMS with the code that confirms it. */
static enum err
my_request(struct call *c)
{
	struct buf pkcs10 = BUF_INIT(CSR_BYTES_MAX);
	struct application a;
	enum err e = get_application(c, &a);

	if (e != ERR_OK) {
		return e;
	}
	e = store_request(c, &a, &pkcs10);
	buf_clear(&pkcs10);
	if (e == ERR_OK) {
		e = send_code(c, &a.id);
	}
	application_clear(&a);
	return e;
}

void
api_my_request(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_request);
}

static enum err
my_code(struct call *c)
{
	struct id id;
	enum err e = call_path_id(c, "application", APPLICATION_PREFIX, &id);

	return e != ERR_OK ? e : send_code(c, &id);
}

void
api_my_code(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_code);
}

static enum err
prove(struct call *c, const struct application *a, struct otp_proof *out)
{
	static const char *const names[] = {"code", NULL};
	struct buf what = BUF_INIT(NAME_TEXT_MAX);
	struct form f = {0};
	struct otp_act act;
	const char *code;
	enum err e = call_only(c, names);

	if (e == ERR_OK) {
		e = json_get_text(c->body, "code", CODE_TEXT_MAX, &code, c->ei);
	}
	if (e == ERR_OK) {
		e = confirm_act(c, a, &what, &f, &act);
	}
	if (e == ERR_OK) {
		e = otp_act_check(c->api->otp, &act, slice_str(code), out,
		    &c->tries_left, c->ei);
	}
	form_clear(&f);
	buf_clear(&what);
	return e;
}

/*
 * The code confirms the request, and the application goes on by itself: to
 * the issuing queue while the data are as an operator approved them, else to
 * an operator.  The page sees the certificate come (A12).
 */
static enum err
my_confirm(struct call *c)
{
	struct application a;
	struct otp_proof proof;
	enum app_state reached;
	struct act act = {.actor = c->actor};
	enum err e = get_application(c, &a);

	if (e != ERR_OK) {
		return e;
	}
	seam("front.accepted");
	e = need_keyed(c, &a);
	if (e == ERR_OK) {
		e = prove(c, &a, &proof);
	}
	if (e == ERR_OK) {
		e = application_confirm(
		    c->api->registry, &act, &a.id, &proof, &reached, c->ei);
	}
	if (e == ERR_OK) {
		e = application_answer(c, &a.id, reached, NULL);
	}
	if (e == ERR_OK) {
		if (reached == APP_APPROVED) {
			issuing_kick(c->api->issuing, &a.id);
		}
		call_send(c, 200);
	}
	application_clear(&a);
	return e;
}

void
api_my_confirm(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_confirm);
}
