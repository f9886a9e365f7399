/* SPDX-License-Identifier: Apache-2.0 */
/* Operators: organisations and people (H1). */
#include "api/call.h"
#include "api/routes.h"
#include "os/random.h"
#include "registry/org.h"
#include "registry/person.h"
#include "subject/subject.h"

enum {
	FIELD_TEXT_MAX = 1024
};

/* One text of the body: where it goes and what it is called.  Every field is
 * optional here; which are needed is the registry's rule. */
struct text_field {
	const char *name;
	const char **to;
};

static enum err
read_texts(struct call *c, const struct text_field *fields, size_t num)
{
	const char *names[32];
	enum err e;

	ensure(num < ARRAY_LEN(names));
	for (size_t i = 0; i < num; i++) {
		names[i] = fields[i].name;
	}
	names[num] = NULL;
	e = call_only(c, names);
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		e = json_get_text_optional(c->body, fields[i].name,
		    FIELD_TEXT_MAX, fields[i].to, c->ei);
	}
	return e;
}

static enum err
read_org(struct call *c, struct org_data *d)
{
	const struct text_field fields[] = {
	    {"organisation_name", &d->name},
	    {"organisation_inn", &d->inn},
	    {"kpp", &d->kpp},
	    {"ogrn", &d->ogrn},
	    {"fss_number", &d->fss_number},
	    {"region", &d->region},
	    {"locality", &d->locality},
	    {"street", &d->street},
	};

	return read_texts(c, fields, ARRAY_LEN(fields));
}

static enum err
org_create_op(struct call *c)
{
	struct org_data data = {0};
	struct act act;
	struct id id;
	enum err e = read_org(c, &data);

	if (e == ERR_OK) {
		e = id_new(c->api->clock, &id, c->ei);
	}
	if (e == ERR_OK) {
		e = call_answer_id(c, &id, ORG_PREFIX, 201, &act);
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
	json_put_text(&c->w, "organisation_name", o->data.name);
	json_put_text(&c->w, "organisation_inn", o->data.inn);
	json_put_text(&c->w, "kpp", o->data.kpp);
	json_put_text(&c->w, "ogrn", o->data.ogrn);
	json_put_text(&c->w, "fss_number", o->data.fss_number);
	json_put_text(&c->w, "region", o->data.region);
	json_put_text(&c->w, "locality", o->data.locality);
	json_put_text(&c->w, "street", o->data.street);
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
	e = call_answer_end(c, 200, NULL);
	if (e == ERR_OK) {
		call_send(c, 200);
	}
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
	e = call_answer_end(c, 200, NULL);
	if (e == ERR_OK) {
		call_send(c, 200);
	}
	org_list_clear(&list);
	return e;
}

void
api_org_list(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_READ, org_list_op);
}

static enum err
read_person(struct call *c, struct person_data *d)
{
	const struct text_field fields[] = {
	    {"surname", &d->surname},
	    {"given_name", &d->given_name},
	    {"patronymic", &d->patronymic},
	    {"snils", &d->snils},
	    {"inn", &d->inn},
	    {"ogrnip", &d->ogrnip},
	    {"email", &d->email},
	    {"region", &d->region},
	    {"locality", &d->locality},
	    {"street", &d->street},
	};

	return read_texts(c, fields, ARRAY_LEN(fields));
}

static enum err
person_create_op(struct call *c)
{
	struct person_data data = {0};
	struct act act;
	struct id id;
	enum err e = read_person(c, &data);

	if (e == ERR_OK) {
		e = id_new(c->api->clock, &id, c->ei);
	}
	if (e == ERR_OK) {
		e = call_answer_id(c, &id, PERSON_PREFIX, 201, &act);
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
	json_put_text(&c->w, "surname", p->data.surname);
	json_put_text(&c->w, "given_name", p->data.given_name);
	json_put_text(&c->w, "patronymic", p->data.patronymic);
	json_put_text(&c->w, "snils", p->data.snils);
	json_put_text(&c->w, "inn", p->data.inn);
	json_put_text(&c->w, "ogrnip", p->data.ogrnip);
	json_put_text(&c->w, "email", p->data.email);
	json_put_text(&c->w, "region", p->data.region);
	json_put_text(&c->w, "locality", p->data.locality);
	json_put_text(&c->w, "street", p->data.street);
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
	e = call_answer_end(c, 200, NULL);
	if (e == ERR_OK) {
		call_send(c, 200);
	}
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
	e = call_answer_end(c, 200, NULL);
	if (e == ERR_OK) {
		call_send(c, 200);
	}
	person_list_clear(&list);
	return e;
}

void
api_person_list(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_READ, person_list_op);
}
