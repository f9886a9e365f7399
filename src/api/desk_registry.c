/* SPDX-License-Identifier: Apache-2.0 */
/* Operators: organisations and people (H1). */
#include <stddef.h>
#include <string.h>

#include "api/call.h"
#include "api/routes.h"
#include "registry/org.h"
#include "registry/person.h"
#include "subject/subject.h"

enum {
	FIELD_TEXT_MAX = 1024
};

/* A text of an object: what it is called, and where it stands in the struct
 * of the data.  Every one is optional here; which are needed is the registry's
 * rule. */
struct text_field {
	const char *name;
	size_t offset;
};

static enum err
read_texts(
    struct call *c, const struct text_field *fields, size_t num, void *data)
{
	const char *names[32];
	const char *text;
	enum err e;

	ensure(num < ARRAY_LEN(names));
	for (size_t i = 0; i < num; i++) {
		names[i] = fields[i].name;
	}
	names[num] = NULL;
	e = call_only(c, names);
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		e = json_get_text_optional(
		    c->body, fields[i].name, FIELD_TEXT_MAX, &text, c->ei);
		if (e == ERR_OK) {
			memcpy((char *)data + fields[i].offset, &text,
			    sizeof(text));
		}
	}
	return e;
}

static void
put_texts(struct call *c, const struct text_field *fields, size_t num,
    const void *data)
{
	const char *text;

	for (size_t i = 0; i < num; i++) {
		memcpy(
		    &text, (const char *)data + fields[i].offset, sizeof(text));
		json_put_text(&c->w, fields[i].name, text);
	}
}

/* --- organisations ------------------------------------------------------- */

static const struct text_field org_fields[] = {
    {"organisation_name", offsetof(struct org_data, name)},
    {"organisation_inn", offsetof(struct org_data, inn)},
    {"kpp", offsetof(struct org_data, kpp)},
    {"ogrn", offsetof(struct org_data, ogrn)},
    {"fss_number", offsetof(struct org_data, fss_number)},
    {"region", offsetof(struct org_data, region)},
    {"locality", offsetof(struct org_data, locality)},
    {"street", offsetof(struct org_data, street)},
};

static enum err
org_create_op(struct call *c)
{
	struct org_data data = {0};
	struct act act;
	struct id id;
	enum err e = read_texts(c, org_fields, ARRAY_LEN(org_fields), &data);

	if (e == ERR_OK) {
		e = call_answer_new(c, ORG_PREFIX, &id, &act);
	}
	if (e == ERR_OK) {
		e = org_create(c->api->registry, &act, &id, &data, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 201);
	}
	return e;
}

void
api_org_create(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_WRITE, org_create_op);
}

static void
put_org(struct call *c, const struct org *o)
{
	call_put_id(c, "id", &o->id, ORG_PREFIX);
	json_put_int(&c->w, "version", o->version);
	put_texts(c, org_fields, ARRAY_LEN(org_fields), &o->data);
	json_put_time(&c->w, "created_at", o->created_at);
}

static enum err
org_get_op(struct call *c)
{
	struct org o;
	struct id id;
	enum err e = call_path_id(c, "organisation", ORG_PREFIX, &id);

	if (e == ERR_OK) {
		e = org_get(c->api->registry, &id, &o, c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	call_answer_begin(c);
	put_org(c, &o);
	e = call_answer_send(c);
	org_clear(&o);
	return e;
}

void
api_org_get(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_READ, org_get_op);
}

static enum err
org_list_op(struct call *c)
{
	struct org_list list;
	struct id after;
	bool has_after;
	enum err e = call_after(c, ORG_PREFIX, &after, &has_after);

	if (e == ERR_OK) {
		e = org_list(c->api->registry, has_after ? &after : NULL,
		    PAGE_ROWS_MAX, &list, c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	call_answer_begin(c);
	json_open_array(&c->w, "organisations");
	for (size_t i = 0; i < list.num; i++) {
		json_open_object(&c->w, NULL);
		put_org(c, &list.at[i]);
		json_close(&c->w);
	}
	json_close(&c->w);
	e = call_answer_send(c);
	org_list_clear(&list);
	return e;
}

void
api_org_list(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_READ, org_list_op);
}

/* --- people -------------------------------------------------------------- */

static const struct text_field person_fields[] = {
    {"surname", offsetof(struct person_data, surname)},
    {"given_name", offsetof(struct person_data, given_name)},
    {"patronymic", offsetof(struct person_data, patronymic)},
    {"snils", offsetof(struct person_data, snils)},
    {"inn", offsetof(struct person_data, inn)},
    {"ogrnip", offsetof(struct person_data, ogrnip)},
    {"email", offsetof(struct person_data, email)},
    {"region", offsetof(struct person_data, region)},
    {"locality", offsetof(struct person_data, locality)},
    {"street", offsetof(struct person_data, street)},
};

static enum err
person_create_op(struct call *c)
{
	struct person_data data = {0};
	struct act act;
	struct id id;
	enum err e =
	    read_texts(c, person_fields, ARRAY_LEN(person_fields), &data);

	if (e == ERR_OK) {
		e = call_answer_new(c, PERSON_PREFIX, &id, &act);
	}
	if (e == ERR_OK) {
		e = person_create(c->api->registry, &act, &id, &data, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 201);
	}
	return e;
}

void
api_person_create(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_WRITE, person_create_op);
}

static void
put_person(struct call *c, const struct person *p)
{
	call_put_id(c, "id", &p->id, PERSON_PREFIX);
	json_put_int(&c->w, "version", p->version);
	put_texts(c, person_fields, ARRAY_LEN(person_fields), &p->data);
	json_put_time(&c->w, "created_at", p->created_at);
}

static enum err
person_get_op(struct call *c)
{
	struct person p;
	struct id id;
	enum err e = call_path_id(c, "person", PERSON_PREFIX, &id);

	if (e == ERR_OK) {
		e = person_get(c->api->registry, &id, &p, c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	call_answer_begin(c);
	put_person(c, &p);
	e = call_answer_send(c);
	person_clear(&p);
	return e;
}

void
api_person_get(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_READ, person_get_op);
}

static enum err
person_list_op(struct call *c)
{
	struct person_list list;
	struct id after;
	bool has_after;
	enum err e = call_after(c, PERSON_PREFIX, &after, &has_after);

	if (e == ERR_OK) {
		e = person_list(c->api->registry, has_after ? &after : NULL,
		    PAGE_ROWS_MAX, &list, c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	call_answer_begin(c);
	json_open_array(&c->w, "persons");
	for (size_t i = 0; i < list.num; i++) {
		json_open_object(&c->w, NULL);
		put_person(c, &list.at[i]);
		json_close(&c->w);
	}
	json_close(&c->w);
	e = call_answer_send(c);
	person_list_clear(&list);
	return e;
}

void
api_person_list(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_READ, person_list_op);
}
