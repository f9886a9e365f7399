/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/person.h"

#include <stdlib.h>

#include "registry/registry_priv.h"

#define RULE(member, form, needed)                                             \
	{                                                                      \
#member, offsetof(struct person_data, member), form, needed    \
	}

/* In the order of PERSON_INSERT and PERSON_GET. */
static const struct field_rule rules[] = {
    RULE(surname, FIELD_PERSON_NAME, true),
    RULE(given_name, FIELD_PERSON_NAME, true),
    RULE(patronymic, FIELD_PERSON_NAME, false),
    RULE(snils, FIELD_SNILS, true),
    RULE(inn, FIELD_INN12, false),
    RULE(ogrnip, FIELD_OGRNIP, false),
    RULE(email, FIELD_EMAIL, false),
    RULE(region, FIELD_REGION, false),
    RULE(locality, FIELD_LINE, false),
    RULE(street, FIELD_LINE, false),
};

static const struct row_kind kind = {
    .rules = rules,
    .num = ARRAY_LEN(rules),
    .insert = ST_PERSON_INSERT,
    .update = ST_PERSON_UPDATE,
    .prefix = PERSON_PREFIX,
    .created = "person.create",
    .updated = "person.update",
};

enum {
	FIRST_COLUMN = 3
};

enum err
person_create(struct registry *r, const struct act *act, const struct id *id,
    const struct person_data *data, struct errinfo *ei)
{
	return row_write(r, act, &kind, id, NULL, data, ei);
}

static void
person_read(const struct rows *rows, size_t row, struct person *out)
{
	*out = (struct person){
	    .id = rows_id(rows, row, 0),
	    .version = rows_int(rows, row, 1),
	    .created_at = rows_int(rows, row, 2),
	};
	fields_read(
	    rules, ARRAY_LEN(rules), &out->data, rows, row, FIRST_COLUMN);
}

enum err
person_get(struct registry *r, const struct id *id, struct person *out,
    struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;

	err = store_query_one(r->store, ST_PERSON_GET, &rows, ei, V_ID(id));
	if (err == ERR_NOTFOUND) {
		return err_set(ei, ERR_NOTFOUND, "person.none", NULL,
		    "There is no such person in the registry.");
	}
	if (err != ERR_OK) {
		return err;
	}
	person_read(rows, 0, out);
	out->rows = rows;
	return ERR_OK;
}

void
person_clear(struct person *p)
{
	rows_free(p->rows);
	*p = (struct person){0};
}

enum err
person_update(struct registry *r, const struct act *act, const struct id *id,
    int64_t version, const struct person_data *data, struct errinfo *ei)
{
	struct person p = {0};
	enum err err;

	err = person_get(r, id, &p, ei);
	if (err != ERR_OK) {
		return err;
	}
	person_clear(&p);
	return row_write(r, act, &kind, id, &version, data, ei);
}

enum err
person_list(struct registry *r, const struct id *after, size_t max,
    struct person_list *out, struct errinfo *ei)
{
	struct person_list l = {0};
	enum err err;
	size_t i;

	err = store_query(r->store, ST_PERSON_PAGE, &l.rows, ei,
	    V_ID(page_after(after)), V_INT(page_size(max)));
	if (err != ERR_OK) {
		return err;
	}
	l.num = rows_num(l.rows);
	l.at = calloc(l.num + 1, sizeof(*l.at));
	if (l.at == NULL) {
		rows_free(l.rows);
		return err_nomem(ei);
	}
	for (i = 0; i < l.num; i++) {
		person_read(l.rows, i, &l.at[i]);
	}
	*out = l;
	return ERR_OK;
}

void
person_list_clear(struct person_list *l)
{
	free(l->at);
	rows_free(l->rows);
	*l = (struct person_list){0};
}
