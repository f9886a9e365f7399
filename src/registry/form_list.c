/* SPDX-License-Identifier: Apache-2.0 */
/* The list of A3: one row a form, each with its state and one next action. */
#include <stdlib.h>
#include <string.h>

#include "registry/form.h"
#include "registry/registry_priv.h"

/* Columns as in FORM_ROWS. */
static enum err
row_read(
    const struct rows *rows, size_t i, struct form_row *out, struct errinfo *ei)
{
	const char *state = rows_text(rows, i, 10);
	struct form_row row = {
	    .id = rows_id(rows, i, 0),
	    .created_at = rows_int(rows, i, 1),
	    .profile = rows_text(rows, i, 2),
	    .owner_kind = owner_kind_by_name(rows_text(rows, i, 3)),
	    .paid = !rows_is_null(rows, i, 4),
	    .has_application = !rows_is_null(rows, i, 9),
	    .application = rows_id(rows, i, 9),
	    .updated_at = rows_int(rows, i, 11),
	    .has_certificate = !rows_is_null(rows, i, 12),
	    .certificate = rows_id(rows, i, 12),
	    .certificate_status = rows_text(rows, i, 13),
	    .certificate_not_after = rows_int(rows, i, 14),
	    .phone = rows_text(rows, i, 15),
	    .email = rows_text(rows, i, 17),
	    .open = strcmp(rows_text(rows, i, 16), "open") == 0,
	};
	const char **const names[] = {&row.surname, &row.given_name,
	    &row.patronymic, &row.organisation_name};
	size_t k;

	for (k = 0; k < ARRAY_LEN(names); k++) {
		*names[k] = rows_text(rows, i, 5 + k);
		if (*names[k] == NULL) {
			*names[k] = "";
		}
	}
	row.state = row.paid ? APP_READY : APP_UNPAID;
	if (row.has_application &&
	    (state == NULL || !app_state_from(slice_str(state), &row.state))) {
		return err_set(ei, ERR_STORE, "form.row", NULL,
		    "A form's row does not have its form.");
	}
	if (!row.has_application) {
		row.updated_at = row.created_at;
	}
	row.next = app_state_next(row.state);
	*out = row;
	return ERR_OK;
}

/* Takes the rows. */
static enum err
list_read(struct rows *rows, struct form_list *out, struct errinfo *ei)
{
	struct form_list l = {.rows = rows, .num = rows_num(rows)};
	enum err err = ERR_OK;
	size_t i;

	l.at = calloc(l.num + 1, sizeof(*l.at));
	if (l.at == NULL) {
		rows_free(l.rows);
		return err_nomem(ei);
	}
	for (i = 0; i < l.num && err == ERR_OK; i++) {
		err = row_read(l.rows, i, &l.at[i], ei);
	}
	if (err != ERR_OK) {
		form_list_clear(&l);
		return err;
	}
	*out = l;
	return ERR_OK;
}

enum err
form_list(struct registry *r, const char *phone, const struct id *after,
    size_t max, struct form_list *out, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;

	err = phone != NULL
		  ? store_query(r->store, ST_FORM_PAGE_PHONE, &rows, ei,
			V_TEXT(phone), V_ID(page_after(after)),
			V_INT(page_size(max)))
		  : store_query(r->store, ST_FORM_PAGE, &rows, ei,
			V_ID(page_after(after)), V_INT(page_size(max)));
	return err == ERR_OK ? list_read(rows, out, ei) : err;
}

enum err
form_list_changed(struct registry *r, const char *phone, int64_t since,
    const struct id *after, size_t max, struct form_list *out,
    struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err =
	    store_query(r->store, ST_FORM_CHANGED, &rows, ei, V_TEXT(phone),
		V_ID(page_after(after)), V_INT(since), V_INT(page_size(max)));

	return err == ERR_OK ? list_read(rows, out, ei) : err;
}

enum err
form_row_get(struct registry *r, enum form_row_of of, const struct id *id,
    struct form_list *out, struct errinfo *ei)
{
	static const enum statement statements[] = {
	    [FORM_ROW_ITSELF] = ST_FORM_ROW,
	    [FORM_ROW_APPLICATION] = ST_FORM_ROW_OF_APPLICATION,
	    [FORM_ROW_CERTIFICATE] = ST_FORM_ROW_OF_CERTIFICATE,
	};
	struct rows *rows = NULL;
	enum err err =
	    store_query(r->store, statements[of], &rows, ei, V_ID(id));

	return err == ERR_OK ? list_read(rows, out, ei) : err;
}

void
form_list_clear(struct form_list *l)
{
	free(l->at);
	rows_free(l->rows);
	*l = (struct form_list){0};
}
