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

enum {
	NUM = ARRAY_LEN(rules),
	FIRST_COLUMN = 3
};

/* id, the texts, now, and for an update the version. */
static enum err
org_write(struct registry *r, const struct act *act, const struct id *id,
    const int64_t *version, const struct org_data *data, struct errinfo *ei)
{
	struct value values[NUM + 3];
	struct fields f = {0};
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	bool add = version == NULL;
	enum err err;
	size_t i;

	err = fields_normalise(rules, NUM, data, &f, ei);
	if (err != ERR_OK) {
		return err;
	}
	values[0] = V_ID(id);
	for (i = 0; i < NUM; i++) {
		values[1 + i] = V_TEXT(f.text[i]);
	}
	values[NUM + 1] = V_INT(now);
	values[NUM + 2] = V_INT(add ? 0 : *version);
	unit_init(&u);
	unit_add_values(&u, add ? ST_ORG_INSERT : ST_ORG_UPDATE, EXPECT(1),
	    values, add ? NUM + 2 : NUM + 3);
	registry_audit(&u, &act->actor, add ? "org.create" : "org.update",
	    ORG_PREFIX, id, NULL, now);
	act_add(&u, act, SLICE_EMPTY, id, now);
	err = registry_submit(r, &u, "org.update", ei);
	fields_clear(&f);
	return err;
}

enum err
org_create(struct registry *r, const struct act *act, const struct id *id,
    const struct org_data *data, struct errinfo *ei)
{
	return org_write(r, act, id, NULL, data, ei);
}

static void
org_read(const struct rows *rows, size_t row, struct org *out)
{
	*out = (struct org){
	    .id = rows_id(rows, row, 0),
	    .version = rows_int(rows, row, 1),
	    .created_at = rows_int(rows, row, 2),
	};
	fields_read(rules, NUM, &out->data, rows, row, FIRST_COLUMN);
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
	return org_write(r, act, id, &version, data, ei);
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
