/* SPDX-License-Identifier: Apache-2.0 */
/* Operators: organisations and people (H1).  One handler a verb; the path
 * says of which kind. */
#include <string.h>

#include "api/call.h"
#include "api/list_json.h"
#include "api/routes.h"
#include "registry/org.h"
#include "registry/person.h"
#include "registry/search.h"

enum {
	FIELD_TEXT_MAX = 1024,
	NAMES_MAX = 32
};

static const struct shelf {
	const char *path;
	const char *param; /* of the routes */
	const char *list;  /* member of the answer */
	const struct record_kind *kind;
} shelves[] = {
    {"/v1/organisations", "organisation", "organisations", &org_kind},
    {"/v1/persons", "person", "persons", &person_kind},
};

static const struct shelf *
shelf_of(const struct call *c)
{
	const char *path = request_path(c->r);
	size_t i = 0;

	while (strncmp(path, shelves[i].path, strlen(shelves[i].path)) != 0) {
		i++;
		ensure(i < ARRAY_LEN(shelves));
	}
	return &shelves[i];
}

/* Every text is optional here; which are needed is the registry's rule.
 * version: NULL, or the field of that name, which is needed then. */
static enum err
read_body(struct call *c, const struct record_kind *kind,
    union record_data *data, int64_t *version)
{
	const char *names[NAMES_MAX];
	const char *text;
	size_t num = 0;
	enum err e;

	ensure(kind->num + 1 < NAMES_MAX);
	while (num < kind->num) {
		names[num] = kind->rules[num].name;
		num++;
	}
	if (version != NULL) {
		names[num++] = "version";
	}
	names[num] = NULL;
	e = call_only(c, names);
	for (size_t i = 0; e == ERR_OK && i < kind->num; i++) {
		e = json_get_text_optional(
		    c->body, names[i], FIELD_TEXT_MAX, &text, c->ei);
		if (e == ERR_OK) {
			record_set_text(kind, data, i, text);
		}
	}
	if (e == ERR_OK && version != NULL) {
		e = json_get_int(
		    c->body, "version", 1, INT64_MAX, version, c->ei);
	}
	return e;
}

static enum err
create(struct call *c)
{
	const struct record_kind *kind = shelf_of(c)->kind;
	union record_data data = {0};
	struct act act;
	struct id id;
	enum err e = read_body(c, kind, &data, NULL);

	if (e == ERR_OK) {
		e = call_answer_new(c, kind->prefix, &id, &act);
	}
	if (e == ERR_OK) {
		e = record_create(
		    kind, c->api->registry, &act, &id, &data, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 201);
	}
	return e;
}

void
api_record_create(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_WRITE, create);
}

static enum err
update(struct call *c)
{
	const struct shelf *s = shelf_of(c);
	union record_data data = {0};
	int64_t version;
	struct act act;
	struct id id;
	enum err e = call_path_id(c, s->param, s->kind->prefix, &id);

	if (e == ERR_OK) {
		e = read_body(c, s->kind, &data, &version);
	}
	if (e == ERR_OK) {
		e = call_answer_id(c, &id, s->kind->prefix, 200, &act);
	}
	if (e == ERR_OK) {
		e = record_update(s->kind, c->api->registry, &act, &id, version,
		    &data, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 200);
	}
	return e;
}

void
api_record_update(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_WRITE, update);
}

static enum err
show(struct call *c)
{
	const struct shelf *s = shelf_of(c);
	struct record row;
	union record_data data;
	struct id id;
	enum err e = call_path_id(c, s->param, s->kind->prefix, &id);

	if (e == ERR_OK) {
		e = record_get(
		    s->kind, c->api->registry, &id, &row, &data, c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	call_answer_begin(c);
	record_put(&c->w, s->kind, &row, &data);
	e = call_answer_send(c);
	record_clear(&row);
	return e;
}

void
api_record_get(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_READ, show);
}

static enum err
search(struct call *c, const char *text, const struct id *after)
{
	const struct shelf *s = shelf_of(c);
	struct record_matches m;
	enum err e =
	    record_search(s->kind, c->api->registry, text, after, &m, c->ei);

	if (e != ERR_OK) {
		return e;
	}
	call_answer_begin(c);
	record_matches_put(&c->w, s->list, &m);
	e = call_answer_send(c);
	record_matches_clear(&m);
	return e;
}

static enum err
list(struct call *c)
{
	static const char *const names[] = {"search", "after", NULL};
	const struct shelf *s = shelf_of(c);
	const char *text = request_query(c->r, "search");
	struct record_list l;
	struct id after;
	bool has_after;
	enum err e = call_only_query(c, names);

	if (e == ERR_OK) {
		e = call_after(c, s->kind->prefix, &after, &has_after);
	}
	if (e == ERR_OK && text != NULL) {
		return search(c, text, has_after ? &after : NULL);
	}
	if (e == ERR_OK) {
		e = record_list(s->kind, c->api->registry,
		    has_after ? &after : NULL, PAGE_ROWS_MAX, &l, c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	call_answer_begin(c);
	record_list_put(&c->w, s->list, &l);
	e = call_answer_send(c);
	record_list_clear(&l);
	return e;
}

void
api_record_list(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_READ, list);
}
