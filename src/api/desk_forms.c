/* SPDX-License-Identifier: Apache-2.0 */
/* Operators: forms, from purchase to approval (H1, H2, H3, H4). */
#include <string.h>

#include "api/call.h"
#include "api/form_json.h"
#include "api/routes.h"
#include "ca/authority.h"
#include "profile/values.h"
#include "registry/form.h"
#include "subject/subject.h"

enum {
	SHORT_TEXT_MAX = 256,
	DOCUMENT_TEXT_MAX = 1024
};

static enum err
read_owner_kind(struct call *c, enum owner_kind *out)
{
	const char *name;
	enum err e =
	    json_get_text(c->body, "owner_kind", SHORT_TEXT_MAX, &name, c->ei);

	if (e != ERR_OK) {
		return e;
	}
	*out = owner_kind_by_name(name);
	if (*out == OWNER_KIND_MAX_) {
		(void)err_set(c->ei, ERR_FORMAT, "form.owner_kind", NULL,
		    "owner_kind is one of person, sole_proprietor, "
		    "organisation_person, organisation");
		return err_object(c->ei, ERR_FORMAT, "owner_kind");
	}
	return ERR_OK;
}

/* version: NULL, or the field of that name, which is needed then. */
static enum err
read_form(struct call *c, struct form_data *d, int64_t *version)
{
	static const char *const names[] = {"version", "profile", "owner_kind",
	    "person", "organisation", "phone", "position", "unit",
	    "support_phone", "support_manager", "support_hours", NULL};
	const struct {
		const char *name;
		const char **to;
	} texts[] = {
	    {"profile", &d->profile},
	    {"phone", &d->phone},
	    {"position", &d->position},
	    {"unit", &d->unit},
	    {"support_phone", &d->centre_phone},
	    {"support_manager", &d->centre_manager},
	    {"support_hours", &d->centre_hours},
	};
	enum err e = call_only(c, version != NULL ? names : names + 1);

	if (e == ERR_OK && version != NULL) {
		e = json_get_int(
		    c->body, "version", 1, INT64_MAX, version, c->ei);
	}
	if (e == ERR_OK) {
		e = read_owner_kind(c, &d->owner_kind);
	}
	if (e == ERR_OK) {
		e = call_body_id_optional(
		    c, "person", PERSON_PREFIX, &d->person, &d->has_person);
	}
	if (e == ERR_OK) {
		e = call_body_id_optional(
		    c, "organisation", ORG_PREFIX, &d->org, &d->has_org);
	}
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(texts); i++) {
		e = json_get_text_optional(
		    c->body, texts[i].name, SHORT_TEXT_MAX, texts[i].to, c->ei);
	}
	return e;
}

static enum err
form_create_op(struct call *c)
{
	struct form_data data = {0};
	struct act act;
	struct id id;
	enum err e = read_form(c, &data, NULL);

	if (e == ERR_OK) {
		e = call_answer_new(c, FORM_PREFIX, &id, &act);
	}
	if (e == ERR_OK) {
		e = form_create(c->api->registry, &act, &id, &data, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 201);
	}
	return e;
}

void
api_form_create(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_WRITE, form_create_op);
}

static enum err
form_update_op(struct call *c)
{
	struct form_data data = {0};
	int64_t version;
	struct act act;
	struct id id;
	enum err e = call_path_id(c, "form", FORM_PREFIX, &id);

	if (e == ERR_OK) {
		e = read_form(c, &data, &version);
	}
	if (e == ERR_OK) {
		e = call_answer_id(c, &id, FORM_PREFIX, 200, &act);
	}
	if (e == ERR_OK) {
		e = form_update(
		    c->api->registry, &act, &id, version, &data, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 200);
	}
	return e;
}

void
api_form_update(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_WRITE, form_update_op);
}

static enum err
form_get_op(struct call *c)
{
	struct form f;
	struct id id;
	enum err e = call_path_id(c, "form", FORM_PREFIX, &id);

	if (e == ERR_OK) {
		e = form_get(c->api->registry, &id, &f, c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	e = form_send(c, &f);
	form_clear(&f);
	return e;
}

void
api_form_get(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_READ, form_get_op);
}

static enum err
form_list_op(struct call *c)
{
	static const char *const names[] = {"after", NULL};
	struct form_list list;
	struct id after;
	bool has_after;
	enum err e = call_only_query(c, names);

	if (e == ERR_OK) {
		e = call_after(c, FORM_PREFIX, &after, &has_after);
	}
	if (e == ERR_OK) {
		e = form_list(c->api->registry, NULL, has_after ? &after : NULL,
		    PAGE_ROWS_MAX, &list, c->ei);
	}
	if (e == ERR_OK) {
		e = form_list_send(c, &list);
		form_list_clear(&list);
	}
	return e;
}

void
api_form_list(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_READ, form_list_op);
}

static enum err
form_pay_op(struct call *c)
{
	struct act act;
	struct id id;
	enum err e = call_path_id(c, "form", FORM_PREFIX, &id);

	if (e == ERR_OK) {
		e = call_answer_id(c, &id, FORM_PREFIX, 200, &act);
	}
	if (e == ERR_OK) {
		e = form_pay(c->api->registry, &act, &id, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 200);
	}
	return e;
}

void
api_form_pay(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_FORMS_PAY, form_pay_op);
}

static enum err
read_identification(struct call *c, struct identification *in)
{
	static const char *const names[] = {
	    "kind", "document", "originals_seen", NULL};
	const char *kind;
	enum err e = call_only(c, names);

	if (e == ERR_OK) {
		e = json_get_text(
		    c->body, "kind", SHORT_TEXT_MAX, &kind, c->ei);
	}
	if (e == ERR_OK && strcmp(kind, "in_person") != 0) {
		(void)err_set(c->ei, ERR_UNSUPPORTED, "identification.kind",
		    NULL, "the only kind of identification here is in_person");
		e = err_object(c->ei, ERR_UNSUPPORTED, "kind");
	}
	if (e == ERR_OK) {
		e = json_get_text(c->body, "document", DOCUMENT_TEXT_MAX,
		    &in->document, c->ei);
	}
	if (e == ERR_OK) {
		e = json_get_bool(
		    c->body, "originals_seen", &in->originals_seen, c->ei);
	}
	in->kind = IDENTIFICATION_PERSONAL;
	return e;
}

static enum err
form_identify_op(struct call *c)
{
	struct identification in = {0};
	struct act act;
	struct id id;
	enum err e = call_path_id(c, "form", FORM_PREFIX, &id);

	if (e == ERR_OK) {
		e = read_identification(c, &in);
	}
	if (e == ERR_OK) {
		e = call_answer_id(c, &id, FORM_PREFIX, 200, &act);
	}
	if (e == ERR_OK) {
		e = form_identify(c->api->registry, &act, &id, &in, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 200);
	}
	return e;
}

void
api_form_identify(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_FORMS_IDENTIFY, form_identify_op);
}

/* The identity document, for whoever compares it with the data (H4). */
static enum err
form_document_op(struct call *c)
{
	struct secret text;
	struct id id;
	enum err e = call_path_id(c, "form", FORM_PREFIX, &id);

	if (e == ERR_OK) {
		e = form_document(
		    c->api->registry, &c->actor, &id, &text, c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	call_answer_begin(c);
	json_put_slice(&c->w, "document", secret_slice(&text));
	secret_clear(&text);
	return call_answer_send(c);
}

void
api_form_document(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_FORMS_APPROVE, form_document_op);
}

/* What the profile would refuse is said now, and not when the person has made a
 * key and confirmed. */
static enum err
check_values(struct call *c, const struct id *id)
{
	struct form f = {0};
	enum err e = form_get(c->api->registry, id, &f, c->ei);

	if (e == ERR_OK && f.identified) {
		e = form_check_values(
		    &f, ca_profile(c->api->ca, f.data.profile), c->ei);
	}
	form_clear(&f);
	return e;
}

/* The hash of what the operator was shown, so that nobody approves data that
 * were changed a moment ago. */
static enum err
form_approve_op(struct call *c)
{
	static const char *const names[] = {"data_hash", NULL};
	uint8_t hash[REGISTRY_HASH_SIZE];
	struct act act;
	struct id id;
	enum err e = call_path_id(c, "form", FORM_PREFIX, &id);

	if (e == ERR_OK) {
		e = call_only(c, names);
	}
	if (e == ERR_OK) {
		e = call_body_hash(c, "data_hash", hash);
	}
	if (e == ERR_OK) {
		e = call_answer_id(c, &id, FORM_PREFIX, 200, &act);
	}
	if (e == ERR_OK) {
		e = check_values(c, &id);
	}
	if (e == ERR_OK) {
		e = form_approve(c->api->registry, &act, &id, hash, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 200);
	}
	return e;
}

void
api_form_approve(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_FORMS_APPROVE, form_approve_op);
}

static enum err
form_withdraw_op(struct call *c)
{
	const char *reason;
	struct act act;
	struct id id;
	enum err e = call_path_id(c, "form", FORM_PREFIX, &id);

	if (e == ERR_OK) {
		e = call_body_reason(c, &reason);
	}
	if (e == ERR_OK) {
		e = call_answer_id(c, &id, FORM_PREFIX, 200, &act);
	}
	if (e == ERR_OK) {
		e = form_withdraw(c->api->registry, &act, &id, reason, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 200);
	}
	return e;
}

void
api_form_withdraw(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_APPLICATIONS_REVIEW, form_withdraw_op);
}
