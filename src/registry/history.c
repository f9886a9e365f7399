/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ca/issue.h"
#include "registry/registry_priv.h"

enum {
	/* Of one form, and of one application: withdrawn and refused ones are
	 * done again, but not often. */
	APPLICATIONS_MAX = 20,
	CERTIFICATES_MAX = 5
};

/* What goes on while objects are walked. */
struct reading {
	struct registry *r;
	const struct audit_record_name *after;
	struct audit_page *page;
	struct history *out;
	struct errinfo *ei;
};

/* Newer records first, as the audit's own list has them. */
static bool
is_newer(const struct history_row *a, const struct history_row *b)
{
	int order = memcmp(&a->name.writer, &b->name.writer, sizeof(struct id));

	if (a->at != b->at) {
		return a->at > b->at;
	}
	return order != 0 ? order > 0 : a->name.number > b->name.number;
}

/* Into its place among those that are here; the oldest falls out. */
static void
put_row(struct history *out, const struct history_row *row)
{
	size_t i = out->num;

	while (i > 0 && is_newer(row, &out->at[i - 1])) {
		i--;
	}
	if (out->num == PAGE_ROWS_MAX) {
		out->more = true;
	} else {
		out->num++;
	}
	if (i == PAGE_ROWS_MAX) {
		return;
	}
	memmove(&out->at[i + 1], &out->at[i],
	    (out->num - 1 - i) * sizeof(out->at[0]));
	out->at[i] = *row;
}

static void
take_row(struct history *out, const struct audit_row *from)
{
	struct history_row row = {.name = from->name, .at = from->at};

	(void)snprintf(row.action, sizeof(row.action), "%s", from->action);
	(void)snprintf(row.object, sizeof(row.object), "%s", from->object);
	(void)snprintf(row.actor, sizeof(row.actor), "%s", from->actor);
	put_row(out, &row);
}

static enum err
read_object(struct reading *x, const char *prefix, const struct id *id)
{
	char object[ID_TEXT_SIZE];
	struct audit_filter f = {.object = object};
	enum err e;

	id_text(id, prefix, object);
	e = audit_list(x->r->store, &f, x->after, x->page, x->ei);
	for (size_t i = 0; e == ERR_OK && i < x->page->num; i++) {
		take_row(x->out, &x->page->at[i]);
	}
	x->out->more = x->out->more || (e == ERR_OK && x->page->more);
	audit_page_clear(x->page);
	return e;
}

static enum err
read_application(struct reading *x, const struct id *id)
{
	struct rows *rows = NULL;
	enum err e = read_object(x, APPLICATION_PREFIX, id);

	if (e == ERR_OK) {
		e = store_query(x->r->store, ST_CERTIFICATE_OF_APPLICATION,
		    &rows, x->ei, V_ID(id), V_INT(CERTIFICATES_MAX));
	}
	for (size_t i = 0; e == ERR_OK && i < rows_num(rows); i++) {
		struct id certificate = rows_id(rows, i, 0);

		e = read_object(x, CERTIFICATE_PREFIX, &certificate);
	}
	rows_free(rows);
	return e;
}

static enum err
read_form(struct reading *x, const struct id *id)
{
	struct rows *rows = NULL;
	enum err e = read_object(x, FORM_PREFIX, id);

	if (e == ERR_OK) {
		e = store_query(x->r->store, ST_APPLICATION_OF_FORM, &rows,
		    x->ei, V_ID(id), V_INT(APPLICATIONS_MAX));
	}
	for (size_t i = 0; e == ERR_OK && i < rows_num(rows); i++) {
		struct id application = rows_id(rows, i, 0);

		e = read_application(x, &application);
	}
	rows_free(rows);
	return e;
}

static enum err
read_forms(struct reading *x, const char *phone)
{
	struct rows *rows = NULL;
	enum err e = store_query(x->r->store, ST_FORM_OF_PHONE, &rows, x->ei,
	    V_TEXT(phone), V_INT(HISTORY_FORMS_MAX + 1));
	size_t num = e == ERR_OK ? rows_num(rows) : 0;

	x->out->forms_left = num > HISTORY_FORMS_MAX;
	for (size_t i = 0; e == ERR_OK && i < num && i < HISTORY_FORMS_MAX;
	     i++) {
		struct id form = rows_id(rows, i, 0);

		e = read_form(x, &form);
	}
	rows_free(rows);
	return e;
}

static enum err
read_sessions(struct reading *x, const char *phone)
{
	struct rows *rows = NULL;
	enum err e = store_query(x->r->store, ST_SESSION_OF_PHONE, &rows, x->ei,
	    V_TEXT(phone), V_INT(HISTORY_SESSIONS_MAX));

	for (size_t i = 0; e == ERR_OK && i < rows_num(rows); i++) {
		struct id session = rows_id(rows, i, 0);

		e = read_object(x, SESSION_PREFIX, &session);
	}
	rows_free(rows);
	return e;
}

enum err
history_read(struct registry *r, const char *phone, const struct id *form,
    const struct audit_record_name *after, struct history *out,
    struct errinfo *ei)
{
	struct reading x = {.r = r, .after = after, .out = out, .ei = ei};
	enum err e;

	memset(out, 0, sizeof(*out));
	x.page = calloc(1, sizeof(*x.page));
	if (x.page == NULL) {
		return err_nomem(ei);
	}
	if (form != NULL) {
		e = read_form(&x, form);
	} else {
		e = read_forms(&x, phone);
		if (e == ERR_OK) {
			e = read_sessions(&x, phone);
		}
	}
	free(x.page);
	return e;
}
