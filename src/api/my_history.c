/* SPDX-License-Identifier: Apache-2.0 */
/* The cabinet: who did what with my certificates. */
#include <stdlib.h>
#include <string.h>

#include "api/call.h"
#include "api/routes.h"
#include "registry/application.h"
#include "registry/form.h"
#include "registry/history.h"

/* A person is told what somebody is, not who: an operator's name is theirs. */
static const char *
kind_of(const char *actor)
{
	static const struct {
		const char *prefix;
		const char *kind;
	} kinds[] = {
	    {"person:", "person"},
	    {"owner:", "owner"},
	    {"operator:", "operator"},
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strncmp(actor, kinds[i].prefix, strlen(kinds[i].prefix)) ==
		    0) {
			return kinds[i].kind;
		}
	}
	return "centre";
}

/* "person:ses_... +791*07": in which session, and by which phone. */
static void
put_person(struct call *c, const char *actor)
{
	char own[ID_TEXT_SIZE];
	const char *session = actor + strlen("person:");
	const char *phone = strchr(session, ' ');

	id_text(&c->session.id, SESSION_PREFIX, own);
	json_put_bool(&c->w, "here",
	    strncmp(session, own, strlen(own)) == 0 &&
		(session[strlen(own)] == ' ' || session[strlen(own)] == '\0'));
	json_put_text_optional(
	    &c->w, "phone", phone != NULL ? phone + 1 : NULL);
}

static void
put_event(struct call *c, const struct history_row *row)
{
	char name[AUDIT_RECORD_TEXT_SIZE];
	const char *kind = kind_of(row->actor);

	audit_record_text(&row->name, name);
	json_open_object(&c->w, NULL);
	json_put_text(&c->w, "record", name);
	json_put_time(&c->w, "at", row->at);
	json_put_text(&c->w, "action", row->action);
	json_put_text(&c->w, "object", row->object);
	json_put_text(&c->w, "by", kind);
	if (strcmp(kind, "person") == 0) {
		put_person(c, row->actor);
	}
	json_close(&c->w);
}

static enum err
send_history(struct call *c, const struct history *h)
{
	char name[AUDIT_RECORD_TEXT_SIZE];

	call_answer_begin(c);
	json_open_array(&c->w, "events");
	for (size_t i = 0; i < h->num; i++) {
		put_event(c, &h->at[i]);
	}
	json_close(&c->w);
	if (h->more && h->num > 0) {
		audit_record_text(&h->at[h->num - 1].name, name);
		json_put_text(&c->w, "next", name);
	}
	if (h->forms_left) {
		json_put_bool(&c->w, "forms_left", true);
	}
	return call_answer_send(c);
}

static enum err
take_after(struct call *c, struct audit_record_name *out, bool *out_has)
{
	const char *text = request_query(c->r, "after");

	*out_has = text != NULL;
	if (text == NULL || audit_record_parse(text, out)) {
		return ERR_OK;
	}
	return err_object(c->ei,
	    err_set(c->ei, ERR_FORMAT, "query.after", NULL,
		"after is not the last record of the page before"),
	    "after");
}

/* The form that was named, if it is this phone's. */
static enum err
take_form(struct call *c, struct id *out, bool *out_has)
{
	const char *text = request_query(c->r, "form");
	struct form f;
	enum err e;

	*out_has = text != NULL;
	if (text == NULL) {
		return ERR_OK;
	}
	if (!id_parse(slice_str(text), FORM_PREFIX, out)) {
		return err_set(c->ei, ERR_NOTFOUND, "form.none", NULL,
		    "there is no form with this id");
	}
	e = form_of_phone(c->api->registry, out, c->session.phone, &f, c->ei);
	if (e == ERR_OK) {
		form_clear(&f);
	}
	return e;
}

static enum err
my_history(struct call *c)
{
	struct history *h = calloc(1, sizeof(*h));
	struct audit_record_name after;
	struct id form;
	bool has_after = false, has_form = false;
	enum err e =
	    h == NULL ? err_nomem(c->ei) : take_after(c, &after, &has_after);

	if (e == ERR_OK) {
		e = take_form(c, &form, &has_form);
	}
	if (e == ERR_OK) {
		e = history_read(c->api->registry, c->session.phone,
		    has_form ? &form : NULL, has_after ? &after : NULL, h,
		    c->ei);
	}
	if (e == ERR_OK) {
		e = send_history(c, h);
	}
	free(h);
	return e;
}

void
api_my_history(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_history);
}
