/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A lost or changed phone (registry/phone_change.h): operators ask for another
 * number, and anybody who has the code of the old number's SMS objects.
 */
#include <string.h>

#include "api/call.h"
#include "api/list_json.h"
#include "api/routes.h"
#include "http/rate.h"
#include "os/random.h"
#include "registry/phone_change.h"

enum {
	TEXT_MAX = 256,
	REFERENCE_MAX = 1024,
	DATE_SIZE = 11, /* "2026-11-22" */
	CODE_MAX = 64
};

/* A day, as the time at which it begins. */
static enum err
take_date(struct call *c, const struct json *evidence, int64_t *out)
{
	char at[TIME_TEXT_SIZE] = "";
	const char *text;
	enum err e =
	    json_get_text(evidence, "date", DATE_SIZE - 1, &text, c->ei);

	if (e == ERR_OK && strlen(text) == DATE_SIZE - 1) {
		memcpy(at, text, DATE_SIZE - 1);
		memcpy(at + DATE_SIZE - 1, "T00:00:00Z", sizeof("T00:00:00Z"));
	}
	if (e == ERR_OK && !time_from_text(slice_str(at), out)) {
		e = err_object(c->ei,
		    err_set(c->ei, ERR_FORMAT, "json.field.date", NULL,
			"date is a day as 2026-11-22"),
		    "date");
	}
	return e;
}

static enum err
take_kind(struct call *c, const struct json *evidence, enum phone_evidence *out)
{
	const char *kind;
	enum err e = json_get_text(evidence, "kind", TEXT_MAX, &kind, c->ei);

	if (e != ERR_OK) {
		return e;
	}
	*out = phone_evidence_by_name(kind);
	if (*out != PHONE_EVIDENCE_MAX_) {
		return ERR_OK;
	}
	return err_object(c->ei,
	    err_set(c->ei, ERR_FORMAT, "phone.kind", NULL,
		"kind is in_person, signed_statement or "
		"certificate_signature"),
	    "kind");
}

static enum err
take_order(struct call *c, struct phone_change_order *out)
{
	static const char *const names[] = {"phone", "evidence", NULL};
	static const char *const evidence_names[] = {
	    "kind", "reference", "date", NULL};
	const struct json *evidence;
	enum err e = call_only(c, names);

	if (e == ERR_OK) {
		e = json_get_text(
		    c->body, "phone", TEXT_MAX, &out->phone, c->ei);
	}
	if (e == ERR_OK) {
		e = json_get_object(c->body, "evidence", &evidence, c->ei);
	}
	if (e == ERR_OK) {
		e = json_only(evidence, evidence_names, c->ei);
	}
	if (e == ERR_OK) {
		e = take_kind(c, evidence, &out->evidence);
	}
	if (e == ERR_OK) {
		e = json_get_text(evidence, "reference", REFERENCE_MAX,
		    &out->reference, c->ei);
	}
	return e == ERR_OK ? take_date(c, evidence, &out->evidence_at) : e;
}

static enum err
ask(struct call *c)
{
	struct phone_change_order order = {0};
	int64_t effect_at = phone_change_effect_at(c->api->registry);
	struct id form, id;
	struct act act;
	enum err e = call_path_id(c, "form", FORM_PREFIX, &form);

	if (e == ERR_OK) {
		e = take_order(c, &order);
	}
	if (e == ERR_OK) {
		e = id_new(c->api->clock, &id, c->ei);
	}
	if (e == ERR_OK) {
		call_answer_begin(c);
		call_put_id(c, "id", &id, PHONE_CHANGE_PREFIX);
		json_put_time(&c->w, "effect_at", effect_at);
		e = call_answer_end(c, 201, &act);
	}
	if (e == ERR_OK) {
		e = phone_change_ask(c->api->registry, &act, &id, &form, &order,
		    effect_at, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 201);
	}
	return e;
}

void
api_phone_ask(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_FORMS_IDENTIFY, ask);
}

static enum err
take_state(struct call *c, enum phone_change_state *out)
{
	const char *text = request_query(c->r, "state");

	*out = text == NULL ? PHONE_WAITING : phone_change_state_by_name(text);
	if (*out != PHONE_STATE_MAX_) {
		return ERR_OK;
	}
	return err_object(c->ei,
	    err_set(c->ei, ERR_FORMAT, "query.state", NULL,
		"state is waiting, done, withdrawn or refused"),
	    "state");
}

static enum err
list(struct call *c)
{
	static const char *const names[] = {"state", "after", NULL};
	enum phone_change_state state;
	struct phone_change_list l;
	struct id after;
	bool has_after;
	enum err e = call_only_query(c, names);

	if (e == ERR_OK) {
		e = call_after(c, PHONE_CHANGE_PREFIX, &after, &has_after);
	}
	if (e == ERR_OK) {
		e = take_state(c, &state);
	}
	if (e == ERR_OK) {
		e = phone_change_list(c->api->registry, state,
		    has_after ? &after : NULL, &l, c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	call_answer_begin(c);
	phone_change_list_put(&c->w, &l);
	phone_change_list_clear(&l);
	return call_answer_send(c);
}

void
api_phone_list(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_READ, list);
}

static enum err
withdraw(struct call *c)
{
	const char *reason;
	struct act act;
	struct id id;
	enum err e = call_path_id(c, "change", PHONE_CHANGE_PREFIX, &id);

	if (e == ERR_NOTFOUND) {
		return err_set(c->ei, e, "phone_change.none", NULL,
		    "There is no such change of a phone.");
	}
	if (e == ERR_OK) {
		e = call_body_reason(c, &reason);
	}
	if (e == ERR_OK) {
		e = call_answer_id(c, &id, PHONE_CHANGE_PREFIX, 200, &act);
	}
	if (e == ERR_OK) {
		e = phone_change_withdraw(
		    c->api->registry, &act, &id, reason, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 200);
	}
	return e;
}

void
api_phone_withdraw(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_FORMS_IDENTIFY, withdraw);
}

static enum err
object(struct call *c)
{
	static const char *const names[] = {"code", NULL};
	const char *code;
	enum err e = rate_take(c->api->rate, request_client(c->r), c->ei);

	if (e == ERR_OK) {
		e = call_only(c, names);
	}
	if (e == ERR_OK) {
		e = json_get_text(c->body, "code", CODE_MAX, &code, c->ei);
	}
	if (e == ERR_OK) {
		e = phone_change_object(
		    c->api->registry, slice_str(code), c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	call_answer_begin(c);
	json_put_text(&c->w, "state", phone_change_state_name(PHONE_REFUSED));
	return call_answer_send(c);
}

void
api_phone_object(void *arg, const struct request *r, struct response *resp)
{
	call_open(arg, r, resp, object);
}
