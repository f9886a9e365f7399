/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/org.h"

#include <stdlib.h>

#include "registry/registry_priv.h"

#define RULE_NAMED(name, member, form, needed)                                 \
	{                                                                      \
		name, offsetof(struct org_data, member), form, needed          \
	}
#define RULE(member, form, needed) RULE_NAMED(#member, member, form, needed)

/* In the order of ORG_INSERT and ORG_GET. */
static const struct field_rule rules[] = {
    RULE_NAMED("organisation_name", name, FIELD_ORG_NAME, true),
    RULE_NAMED("organisation_inn", inn, FIELD_INN10, true),
    RULE(kpp, FIELD_KPP, false),
    RULE(ogrn, FIELD_OGRN, true),
    RULE(fss_number, FIELD_FSS, false),
    RULE(region, FIELD_REGION, true),
    RULE(locality, FIELD_LINE, true),
    RULE(street, FIELD_LINE, true),
};

static const struct row_kind kind = {
    .rules = rules,
    .num = ARRAY_LEN(rules),
    .insert = ST_ORG_INSERT,
    .update = ST_ORG_UPDATE,
    .prefix = ORG_PREFIX,
    .created = "org.create",
    .updated = "org.update",
};

enum {
	FIRST_COLUMN = 3
};

enum err
org_create(struct registry *r, const struct act *act, const struct id *id,
    const struct org_data *data, struct errinfo *ei)
{
	return row_write(r, act, &kind, id, NULL, data, ei);
}

static void
org_read(const struct rows *rows, size_t row, struct org *out)
{
	*out = (struct org){
	    .id = rows_id(rows, row, 0),
	    .version = rows_int(rows, row, 1),
	    .created_at = rows_int(rows, row, 2),
	};
	fields_read(
	    rules, ARRAY_LEN(rules), &out->data, rows, row, FIRST_COLUMN);
}

enum err
org_get(struct registry *r, const struct id *id, struct org *out,
    struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;

	err = store_query_one(r->store, ST_ORG_GET, &rows, ei, V_ID(id));
	if (err == ERR_NOTFOUND) {
		return err_set(ei, ERR_NOTFOUND, "org.none", NULL,
		    "There is no such organisation in the registry.");
	}
	if (err != ERR_OK) {
		return err;
	}
	org_read(rows, 0, out);
	out->rows = rows;
	return ERR_OK;
}

void
org_clear(struct org *o)
{
	rows_free(o->rows);
	*o = (struct org){0};
}

enum err
org_update(struct registry *r, const struct act *act, const struct id *id,
    int64_t version, const struct org_data *data, struct errinfo *ei)
{
	struct org o = {0};
	enum err err;

	err = org_get(r, id, &o, ei);
	if (err != ERR_OK) {
		return err;
	}
	org_clear(&o);
	return row_write(r, act, &kind, id, &version, data, ei);
}

enum err
org_list(struct registry *r, const struct id *after, size_t max,
    struct org_list *out, struct errinfo *ei)
{
	struct org_list l = {0};
	enum err err;
	size_t i;

	err = store_query(r->store, ST_ORG_PAGE, &l.rows, ei,
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
		org_read(l.rows, i, &l.at[i]);
	}
	*out = l;
	return ERR_OK;
}

void
org_list_clear(struct org_list *l)
{
	free(l->at);
	rows_free(l->rows);
	*l = (struct org_list){0};
}
