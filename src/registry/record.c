/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/record.h"

#include <string.h>

#include "registry/registry_priv.h"
#include "registry/search.h"

enum {
	FIRST_COLUMN = 3 /* of the texts */
};

const char *
record_text(const struct record_kind *kind, const void *data, size_t field)
{
	const char *text;

	memcpy(&text, (const char *)data + kind->rules[field].offset,
	    sizeof(text));
	return text;
}

void
record_set_text(
    const struct record_kind *kind, void *data, size_t field, const char *text)
{
	memcpy((char *)data + kind->rules[field].offset, &text, sizeof(text));
}

/* Add the row (version NULL), or replace all fields of that version. */
static enum err
record_write(const struct record_kind *kind, struct registry *r,
    const struct act *act, const struct id *id, const int64_t *version,
    const void *data, struct errinfo *ei)
{
	struct value values[FIELDS_MAX + 3];
	const char *normal[FIELDS_MAX];
	struct fields f = {0};
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	bool add = version == NULL;
	size_t num = 0;
	enum err err;

	err = fields_normalise(kind->rules, kind->num, data, &f, ei);
	if (err != ERR_OK) {
		return err;
	}
	values[num++] = V_ID(id);
	for (size_t i = 0; i < f.num; i++) {
		values[num++] = V_TEXT(f.text[i]);
		record_set_text(kind, normal, i, f.text[i]);
	}
	values[num++] = V_INT(now);
	if (!add) {
		values[num++] = V_INT(*version);
	}
	unit_init(&u);
	unit_add_values(
	    &u, add ? kind->insert : kind->update, EXPECT(1), values, num);
	err = search_add(&u, kind, id, normal, ei);
	registry_audit(&u, &act->actor, add ? kind->created : kind->updated,
	    kind->prefix, id, NULL, now);
	act_add(&u, act, now);
	if (err == ERR_OK) {
		err = registry_submit(r, &u, kind->updated, ei);
	}
	unit_clear(&u);
	fields_clear(&f);
	return err;
}

enum err
record_create(const struct record_kind *kind, struct registry *r,
    const struct act *act, const struct id *id, const void *data,
    struct errinfo *ei)
{
	return record_write(kind, r, act, id, NULL, data, ei);
}

static enum err
find(const struct record_kind *kind, struct registry *r, const struct id *id,
    struct rows **out, struct errinfo *ei)
{
	enum err err = store_query_one(r->store, kind->get, out, ei, V_ID(id));

	return err == ERR_NOTFOUND
		   ? err_set(ei, ERR_NOTFOUND, kind->none, NULL,
			 "There is no such %s in the registry.", kind->noun)
		   : err;
}

enum err
record_update(const struct record_kind *kind, struct registry *r,
    const struct act *act, const struct id *id, int64_t version,
    const void *data, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err = find(kind, r, id, &rows, ei);

	rows_free(rows);
	return err != ERR_OK
		   ? err
		   : record_write(kind, r, act, id, &version, data, ei);
}

void
record_read(const struct record_kind *kind, const struct rows *rows, size_t row,
    struct record *out, void *data)
{
	*out = (struct record){
	    .id = rows_id(rows, row, 0),
	    .version = rows_int(rows, row, 1),
	    .created_at = rows_int(rows, row, 2),
	};
	fields_read(kind->rules, kind->num, data, rows, row, FIRST_COLUMN);
}

enum err
record_get(const struct record_kind *kind, struct registry *r,
    const struct id *id, struct record *out, void *data, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err = find(kind, r, id, &rows, ei);

	if (err == ERR_OK) {
		record_read(kind, rows, 0, out, data);
		out->rows = rows;
	}
	return err;
}

void
record_clear(struct record *rec)
{
	rows_free(rec->rows);
	*rec = (struct record){0};
}

enum err
record_list(const struct record_kind *kind, struct registry *r,
    const struct id *after, size_t max, struct record_list *out,
    struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err = store_query(r->store, kind->page, &rows, ei,
	    V_ID(page_after(after)), V_INT(page_size(max)));

	if (err == ERR_OK) {
		*out = (struct record_list){kind, rows_num(rows), rows};
	}
	return err;
}

void
record_list_at(
    const struct record_list *l, size_t i, struct record *out, void *data)
{
	record_read(l->kind, l->rows, i, out, data);
}

void
record_list_clear(struct record_list *l)
{
	rows_free(l->rows);
	*l = (struct record_list){0};
}
