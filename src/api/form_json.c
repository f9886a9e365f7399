/* SPDX-License-Identifier: Apache-2.0 */
#include "api/form_json.h"

#include <string.h>

#include "api/purpose_json.h"
#include "ca/authority.h"
#include "ca/issue.h"
#include "profile/profile.h"
#include "registry/application.h"
#include "registry/form.h"
#include "subject/subject.h"

static void
put_state(struct call *c, enum app_state state)
{
	json_put_text(&c->w, "state", app_state_name(state));
	json_put_text(&c->w, "next", app_next_name(app_state_next(state)));
}

static void
put_id(struct json_writer *w, const char *field, const struct id *id,
    const char *prefix)
{
	char text[ID_TEXT_SIZE];

	id_text(id, prefix, text);
	json_put_text(w, field, text);
}

void
form_row_put(struct json_writer *w, const struct form_row *row)
{
	json_open_object(w, NULL);
	put_id(w, "id", &row->id, FORM_PREFIX);
	json_put_text(w, "profile", row->profile);
	json_put_text(w, "owner_kind", owner_kind_name(row->owner_kind));
	json_put_text(w, "surname", row->surname);
	json_put_text(w, "given_name", row->given_name);
	json_put_text(w, "patronymic", row->patronymic);
	json_put_text(w, "organisation_name", row->organisation_name);
	json_put_bool(w, "paid", row->paid);
	json_put_text(w, "state", app_state_name(row->state));
	json_put_text(w, "next", app_next_name(row->next));
	if (row->has_application) {
		put_id(w, "application", &row->application, APPLICATION_PREFIX);
	}
	if (row->has_certificate) {
		json_open_object(w, "certificate");
		put_id(w, "id", &row->certificate, CERTIFICATE_PREFIX);
		json_put_text(w, "status", row->certificate_status);
		json_put_time(w, "not_after", row->certificate_not_after);
		json_close(w);
	}
	if (!row->open) {
		json_put_bool(w, "withdrawn", true);
	}
	json_put_time(w, "created_at", row->created_at);
	json_put_time(w, "updated_at", row->updated_at);
	json_close(w);
}

enum err
form_list_send(struct call *c, const struct form_list *list)
{
	call_answer_begin(c);
	json_open_array(&c->w, "forms");
	for (size_t i = 0; i < list->num; i++) {
		form_row_put(&c->w, &list->at[i]);
	}
	json_close(&c->w);
	return call_answer_send(c);
}

static void
put_form(struct call *c, const struct form *f)
{
	call_put_id(c, "id", &f->id, FORM_PREFIX);
	json_put_int(&c->w, "version", f->version);
	json_put_text(&c->w, "profile", f->data.profile);
	json_put_text(&c->w, "owner_kind", owner_kind_name(f->data.owner_kind));
	if (f->data.has_person) {
		call_put_id(c, "person", &f->data.person, PERSON_PREFIX);
	}
	if (f->data.has_org) {
		call_put_id(c, "organisation", &f->data.org, ORG_PREFIX);
	}
	json_put_text(&c->w, "phone", f->data.phone);
	if (f->phone_changes_at != 0) {
		json_put_time(&c->w, "phone_changes_at", f->phone_changes_at);
	}
	json_put_bool(&c->w, "paid", f->paid);
	json_put_bool(&c->w, "identified", f->identified);
	json_put_bool(&c->w, "approved", f->approved);
	if (f->identified) {
		json_put_time(&c->w, "identified_at", f->identified_at);
	}
	if (f->approved) {
		json_put_time(&c->w, "approved_at", f->approved_at);
	}
	json_put_hex(
	    &c->w, "data_hash", slice_make(f->data_hash, sizeof(f->data_hash)));
	put_state(c, f->state);
	if (f->has_application) {
		call_put_id(
		    c, "application", &f->application, APPLICATION_PREFIX);
	}
	json_put_time(&c->w, "created_at", f->created_at);
}

/* Whence a value is.  The registry has what operators and their programs wrote
 * into it, and knows no more of where they had it from; that they compared it
 * with documents is said by identified_at and approved_at. */
static const char *
source_of(const char *label)
{
	return strcmp(label, "type") == 0 ? "profile" : "operator";
}

static enum err
put_form_rows(struct call *c, const struct form *f)
{
	const struct profile *p = ca_profile(c->api->ca, f->data.profile);
	struct subject_rows rows = {0};
	enum err e = subject_rows_build(f->data.owner_kind, &f->fields,
	    p != NULL ? profile_type_text(p) : "", &rows, c->ei);

	if (e != ERR_OK) {
		return e;
	}
	json_open_array(&c->w, "rows");
	for (size_t i = 0; i < rows.num; i++) {
		json_open_object(&c->w, NULL);
		json_put_text(&c->w, "label", rows.at[i].label);
		json_put_text(&c->w, "value", rows.at[i].value);
		json_put_text(&c->w, "source", source_of(rows.at[i].label));
		json_close(&c->w);
	}
	json_close(&c->w);
	subject_rows_clear(&rows);
	json_open_object(&c->w, "support");
	json_put_text(&c->w, "phone", f->data.centre_phone);
	json_put_text(&c->w, "manager", f->data.centre_manager);
	json_put_text(&c->w, "hours", f->data.centre_hours);
	json_close(&c->w);
	if (p != NULL) {
		json_put_text(&c->w, "key_spec", profile_key_spec(p));
		json_put_int(&c->w, "usual_seconds", profile_usual_seconds(p));
		json_put_int(&c->w, "limit_seconds", profile_limit_seconds(p));
		json_put_int(&c->w, "validity_days", profile_days(p));
		purposes_put_profile(&c->w, p);
	}
	return ERR_OK;
}

enum err
form_send(struct call *c, const struct form *f)
{
	enum err e;

	call_answer_begin(c);
	put_form(c, f);
	e = put_form_rows(c, f);
	return e == ERR_OK ? call_answer_send(c) : e;
}

void
application_put(struct call *c, const struct application *a)
{
	call_put_id(c, "id", &a->id, APPLICATION_PREFIX);
	call_put_id(c, "form", &a->form, FORM_PREFIX);
	put_state(c, a->state);
	/* Why it could not be issued is for operators. */
	if (a->reason[0] != '\0' &&
	    (a->state != APP_REVIEW || c->actor.kind == ACTOR_OPERATOR)) {
		json_put_text(&c->w, "reason", a->reason);
	}
	if (a->has_certificate) {
		call_put_id(
		    c, "certificate", &a->certificate, CERTIFICATE_PREFIX);
	}
	if (a->medium.kind[0] != '\0') {
		json_open_object(&c->w, "medium");
		json_put_text(&c->w, "kind", a->medium.kind);
		json_put_text(&c->w, "name", a->medium.name);
		if (a->medium.container[0] != '\0') {
			json_put_text(&c->w, "container", a->medium.container);
		}
		json_close(&c->w);
	}
	json_put_time(&c->w, "created_at", a->created_at);
	json_put_time(&c->w, "updated_at", a->updated_at);
}

enum err
application_send(struct call *c, const struct application *a)
{
	call_answer_begin(c);
	application_put(c, a);
	return call_answer_send(c);
}

enum err
application_answer(struct call *c, const struct id *id, enum app_state state,
    struct act *out_act)
{
	call_answer_begin(c);
	call_put_id(c, "id", id, APPLICATION_PREFIX);
	put_state(c, state);
	return call_answer_end(c, 200, out_act);
}
