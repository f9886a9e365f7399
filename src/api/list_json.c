/* SPDX-License-Identifier: Apache-2.0 */
#include "api/list_json.h"

#include "ca/issue.h"
#include "ca/list.h"
#include "registry/phone_change.h"
#include "registry/record.h"
#include "registry/registry.h"
#include "registry/search.h"
#include "store/audit_list.h"
#include "x509/name.h"

enum {
	SUBJECT_LINE_MAX = 64 * 1024
};

enum err
certificate_row_subject(
    const struct certificate_row *row, struct buf *out, struct errinfo *ei)
{
	struct name *name = NULL;
	enum err e = name_parse(row->subject, &name, ei);

	if (e == ERR_OK) {
		name_print(name, out);
		e = buf_err(out, ei);
	}
	name_free(name);
	return e;
}

static void
put_id(struct json_writer *w, const char *field, const struct id *id,
    const char *prefix)
{
	char text[ID_TEXT_SIZE];

	id_text(id, prefix, text);
	json_put_text(w, field, text);
}

static enum err
put_certificate(struct json_writer *w, const struct certificate_row *row,
    struct errinfo *ei)
{
	struct buf subject = BUF_INIT(SUBJECT_LINE_MAX);
	enum err e = certificate_row_subject(row, &subject, ei);

	json_open_object(w, NULL);
	put_id(w, "id", &row->id, CERTIFICATE_PREFIX);
	json_put_text(w, "ca", row->ca);
	json_put_hex(w, "serial", row->serial);
	json_put_text(w, "profile", row->profile);
	json_put_slice(w, "subject", buf_slice(&subject));
	json_put_hex(w, "sha256", row->sha256);
	json_put_time(w, "not_before", row->not_before);
	json_put_time(w, "not_after", row->not_after);
	json_put_time(w, "issued_at", row->issued_at);
	json_put_text(w, "status", row->status);
	json_put_time(w, "status_at", row->status_at);
	if (row->has_application) {
		put_id(w, "application", &row->application, APPLICATION_PREFIX);
	}
	if (row->has_person) {
		put_id(w, "person", &row->person, PERSON_PREFIX);
	}
	json_close(w);
	buf_clear(&subject);
	return e;
}

enum err
certificate_page_put(
    struct json_writer *w, const struct certificate_page *p, struct errinfo *ei)
{
	enum err e = ERR_OK;

	json_open_array(w, "certificates");
	for (size_t i = 0; e == ERR_OK && i < p->num; i++) {
		e = put_certificate(w, &p->at[i], ei);
	}
	json_close(w);
	if (p->more) {
		put_id(w, "next", &p->next, CERTIFICATE_PREFIX);
	}
	return e;
}

void
audit_page_put(struct json_writer *w, const struct audit_page *p)
{
	char name[AUDIT_RECORD_TEXT_SIZE];

	json_open_array(w, "records");
	for (size_t i = 0; i < p->num; i++) {
		const struct audit_row *row = &p->at[i];

		audit_record_text(&row->name, name);
		json_open_object(w, NULL);
		json_put_text(w, "record", name);
		json_put_time(w, "at", row->at);
		json_put_text(w, "actor", row->actor);
		json_put_text(w, "action", row->action);
		json_put_text(w, "object", row->object);
		if (row->detail != NULL) {
			json_put_raw(w, "detail", slice_str(row->detail));
		}
		json_close(w);
	}
	json_close(w);
	if (p->more) {
		audit_record_text(&p->next, name);
		json_put_text(w, "next", name);
	}
}

void
record_put(struct json_writer *w, const struct record_kind *kind,
    const struct record *row, const union record_data *data)
{
	put_id(w, "id", &row->id, kind->prefix);
	json_put_int(w, "version", row->version);
	for (size_t i = 0; i < kind->num; i++) {
		json_put_text(
		    w, kind->rules[i].name, record_text(kind, data, i));
	}
	json_put_time(w, "created_at", row->created_at);
}

static void
put_row(struct json_writer *w, const struct record_kind *kind,
    const struct record *row, const union record_data *data)
{
	json_open_object(w, NULL);
	record_put(w, kind, row, data);
	json_close(w);
}

void
record_list_put(
    struct json_writer *w, const char *list, const struct record_list *l)
{
	struct record row;
	union record_data data;

	json_open_array(w, list);
	for (size_t i = 0; i < l->num; i++) {
		record_list_at(l, i, &row, &data);
		put_row(w, l->kind, &row, &data);
	}
	json_close(w);
}

void
record_matches_put(
    struct json_writer *w, const char *list, const struct record_matches *m)
{
	struct record row;
	union record_data data;

	json_open_array(w, list);
	for (size_t i = 0; i < m->num; i++) {
		record_matches_at(m, i, &row, &data);
		put_row(w, m->kind, &row, &data);
	}
	json_close(w);
}

/* --- changes of a phone -------------------------------------------------- */

static void
put_change(struct json_writer *w, const struct phone_change *p)
{
	json_open_object(w, NULL);
	put_id(w, "id", &p->id, PHONE_CHANGE_PREFIX);
	put_id(w, "form", &p->form, FORM_PREFIX);
	json_put_text(w, "state", phone_change_state_name(p->state));
	json_put_text(w, "old_phone", p->old_phone);
	json_put_text(w, "new_phone", p->new_phone);
	json_put_text(w, "asked_by", p->asked_by);
	json_put_time(w, "asked_at", p->asked_at);
	json_open_object(w, "evidence");
	json_put_text(w, "kind", phone_evidence_name(p->evidence));
	json_put_text(w, "reference", p->reference);
	json_put_time(w, "date", p->evidence_at);
	json_close(w);
	json_put_time(w, "effect_at", p->effect_at);
	if (p->ended_at != 0) {
		json_put_time(w, "ended_at", p->ended_at);
	}
	if (p->reason[0] != '\0') {
		json_put_text(w, "reason", p->reason);
	}
	json_close(w);
}

void
phone_change_list_put(struct json_writer *w, const struct phone_change_list *l)
{
	json_open_array(w, "changes");
	for (size_t i = 0; i < l->num; i++) {
		put_change(w, &l->at[i]);
	}
	json_close(w);
	if (l->num == PAGE_ROWS_MAX) {
		put_id(w, "next", &l->at[l->num - 1].id, PHONE_CHANGE_PREFIX);
	}
}
