/* SPDX-License-Identifier: Apache-2.0 */
/* The cabinet: what was bought, and the data to be checked (A3, A4). */
#include "api/call.h"
#include "api/form_json.h"
#include "api/routes.h"
#include "registry/application.h"
#include "registry/form.h"

static enum err
my_forms(struct call *c)
{
	struct form_list list;
	struct id after;
	bool has_after;
	enum err e = call_after(c, FORM_PREFIX, &after, &has_after);

	if (e == ERR_OK) {
		e = form_list(c->api->registry, c->session.phone,
		    has_after ? &after : NULL, PAGE_ROWS_MAX, &list, c->ei);
	}
	if (e == ERR_OK) {
		e = form_list_send(c, &list);
		form_list_clear(&list);
	}
	return e;
}

void
api_my_forms(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_forms);
}

static enum err
my_form_get(struct call *c, struct form *out)
{
	struct id id;
	enum err e = call_path_id(c, "form", FORM_PREFIX, &id);

	return e != ERR_OK ? e
			   : form_of_phone(c->api->registry, &id,
				 c->session.phone, out, c->ei);
}

static enum err
my_form(struct call *c)
{
	struct form f;
	enum err e = my_form_get(c, &f);

	if (e != ERR_OK) {
		return e;
	}
	e = form_send(c, &f);
	form_clear(&f);
	return e;
}

void
api_my_form(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_form);
}

/* «запросить»: the living application of the form, or a new one (A11: coming
 * back never begins anew). */
static enum err
my_form_apply(struct call *c)
{
	struct form f;
	struct act act;
	struct id id;
	enum err e = my_form_get(c, &f);

	if (e != ERR_OK) {
		return e;
	}
	if (f.has_application && !app_state_is_final(f.state)) {
		e = call_answer_id(
		    c, &f.application, APPLICATION_PREFIX, 200, NULL);
		if (e == ERR_OK) {
			call_send(c, 200);
		}
		form_clear(&f);
		return e;
	}
	e = call_answer_new(c, APPLICATION_PREFIX, &id, &act);
	if (e == ERR_OK) {
		e = application_create(
		    c->api->registry, &act, &id, &f.id, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 201);
	}
	form_clear(&f);
	return e;
}

void
api_my_form_apply(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_form_apply);
}
