/* SPDX-License-Identifier: Apache-2.0 */
/* Operators: applications that wait for one (H4), and those that are ended. */
#include "api/call.h"
#include "api/form_json.h"
#include "api/routes.h"
#include "registry/application.h"
#include "registry/issuing.h"

static enum err
path_id(struct call *c, struct id *out)
{
	return call_path_id(c, "application", APPLICATION_PREFIX, out);
}

static enum err
application_show(struct call *c)
{
	struct application a;
	struct id id;
	enum err e = path_id(c, &id);

	if (e == ERR_OK) {
		e = application_get(c->api->registry, &id, &a, c->ei);
	}
	if (e == ERR_OK) {
		e = application_send(c, &a);
		application_clear(&a);
	}
	return e;
}

void
api_application_get(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_READ, application_show);
}

/* The list's state; without one the operators' own queue. */
static enum err
query_state(struct call *c, enum app_state *out)
{
	const char *name = request_query(c->r, "state");

	*out = APP_REVIEW;
	if (name == NULL || app_state_from(slice_str(name), out)) {
		return ERR_OK;
	}
	(void)err_set(c->ei, ERR_FORMAT, "query.state", NULL,
	    "state is not the name of a state of applications, such as %s",
	    app_state_name(APP_REVIEW));
	return err_object(c->ei, ERR_FORMAT, "state");
}

static enum err
application_list_op(struct call *c)
{
	static const char *const names[] = {"state", "after", NULL};
	struct application_row rows[PAGE_ROWS_MAX];
	enum app_state state;
	struct id after;
	bool has_after;
	size_t num;
	enum err e = call_only_query(c, names);

	if (e == ERR_OK) {
		e = query_state(c, &state);
	}
	if (e == ERR_OK) {
		e = call_after(c, APPLICATION_PREFIX, &after, &has_after);
	}
	if (e == ERR_OK) {
		e = application_list(c->api->registry, state,
		    has_after ? &after : NULL, rows, PAGE_ROWS_MAX, &num,
		    c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	call_answer_begin(c);
	json_open_array(&c->w, "applications");
	for (size_t i = 0; i < num; i++) {
		json_open_object(&c->w, NULL);
		call_put_id(c, "id", &rows[i].id, APPLICATION_PREFIX);
		call_put_id(c, "form", &rows[i].form, FORM_PREFIX);
		json_put_text(&c->w, "state", app_state_name(state));
		json_put_time(&c->w, "updated_at", rows[i].updated_at);
		json_close(&c->w);
	}
	json_close(&c->w);
	return call_answer_send(c);
}

void
api_application_list(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_READ, application_list_op);
}

/* A step that needs nothing but the application. */
static enum err
take(struct call *c, enum app_state reached,
    enum err (*step)(struct registry *r, const struct act *act,
	const struct id *id, struct errinfo *ei))
{
	struct act act;
	struct id id;
	enum err e = path_id(c, &id);

	if (e == ERR_OK) {
		e = application_answer(c, &id, reached, &act);
	}
	if (e == ERR_OK) {
		e = step(c->api->registry, &act, &id, c->ei);
	}
	if (e == ERR_OK) {
		if (reached == APP_APPROVED) {
			issuing_kick(c->api->issuing, &id);
		}
		call_send(c, 200);
	}
	return e;
}

/* A step of which the person reads why: {"reason"}. */
static enum err
take_with_reason(struct call *c, enum app_state reached,
    enum err (*step)(struct registry *r, const struct act *act,
	const struct id *id, const char *reason, struct errinfo *ei))
{
	const char *reason;
	struct act act;
	struct id id;
	enum err e = path_id(c, &id);

	if (e == ERR_OK) {
		e = call_body_reason(c, &reason);
	}
	if (e == ERR_OK) {
		e = application_answer(c, &id, reached, &act);
	}
	if (e == ERR_OK) {
		e = step(c->api->registry, &act, &id, reason, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 200);
	}
	return e;
}

static enum err
approve(struct call *c)
{
	return take(c, APP_APPROVED, application_approve);
}

void
api_application_approve(
    void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_APPLICATIONS_REVIEW, approve);
}

static enum err
refuse(struct call *c)
{
	return take_with_reason(c, APP_REFUSED, application_refuse);
}

void
api_application_refuse(
    void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_APPLICATIONS_REVIEW, refuse);
}

static enum err
ask_correct(struct call *c)
{
	return take_with_reason(c, APP_TO_CORRECT, application_ask_correct);
}

void
api_application_ask_correct(
    void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_APPLICATIONS_REVIEW, ask_correct);
}

static enum err
corrected(struct call *c)
{
	return take(c, APP_READY, application_corrected);
}

void
api_application_corrected(
    void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_REGISTRY_WRITE, corrected);
}

static enum err
withdraw(struct call *c)
{
	return take_with_reason(c, APP_WITHDRAWN, application_withdraw);
}

void
api_application_withdraw(
    void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_APPLICATIONS_REVIEW, withdraw);
}
