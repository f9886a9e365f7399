/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the agents on people's computers (docs/agent-protocol.md): what they are
 * to trust, and orders for the steps of an application that need a key.
 */
#include <string.h>

#include "api/api.h"
#include "api/call.h"
#include "api/order.h"
#include "api/routes.h"
#include "base/text.h"
#include "ca/authority.h"
#include "ca/page_orders.h"
#include "ca/revoke.h"
#include "crypto/hash.h"
#include "profile/profile.h"
#include "registry/acquaint.h"
#include "registry/application.h"
#include "registry/form.h"
#include "x509/cert.h"
#include "x509/page_order.h"

enum {
	OPERATION_MAX = 16,
	NAME_MAX_LEN = 512,
};

/* --- what an agent is to trust ------------------------------------------- */

static enum err
agent_centre(struct call *c)
{
	const struct authority *a;
	uint8_t sha[SHA256_SIZE];
	struct slice root;
	enum err e;

	e = order_check_key(c);
	if (e != ERR_OK) {
		return e;
	}
	a = page_orders_authority(c->api->page_orders);
	root = authority_chain(a, authority_num_chain(a) - 1);
	e = sha256_of(root, sha, c->ei);
	if (e != ERR_OK) {
		return e;
	}
	call_answer_begin(c);
	json_put_text(&c->w, "name", c->api->centre_name);
	json_put_base64(&c->w, "ca", root);
	json_put_hex(&c->w, "sha256", slice_make(sha, sizeof(sha)));
	return call_answer_send(c);
}

void
api_agent_centre(void *arg, const struct request *r, struct response *resp)
{
	call_open(arg, r, resp, agent_centre);
}

/* --- an order --------------------------------------------------------------
 */

/* What an order is made of; page_order borrows from it. */
struct ordering {
	struct application application;
	struct form form;
	struct certificate certificate;
	bool has_application, has_form, has_certificate;
	uint8_t agent[PAGE_ORDER_ID];
	uint8_t text_sha256[SHA256_SIZE];
	uint8_t cert_sha256[SHA256_SIZE];
	struct buf person;
	struct page_order order;
};

static void
ordering_clear(struct ordering *o)
{
	if (o->has_certificate) {
		certificate_clear(&o->certificate);
	}
	if (o->has_form) {
		form_clear(&o->form);
	}
	if (o->has_application) {
		application_clear(&o->application);
	}
	buf_clear(&o->person);
}

static enum err
take_body(struct call *c, struct ordering *o)
{
	static const char *const names[] = {"agent", "operation", NULL};
	const char *operation;
	enum err e = call_only(c, names);

	if (e == ERR_OK) {
		e = order_take_agent(c, o->agent);
	}
	if (e == ERR_OK) {
		e = json_get_text(
		    c->body, "operation", OPERATION_MAX, &operation, c->ei);
	}
	if (e == ERR_OK) {
		o->order.operation = page_operation_find(operation);
		o->order.agent = slice_make(o->agent, sizeof(o->agent));
		if (o->order.operation == 0) {
			e = err_object(c->ei,
			    err_set(c->ei, ERR_UNSUPPORTED, "order.operation",
				NULL, "there is no such operation"),
			    "operation");
		}
	}
	return e;
}

static enum err
find_application(struct call *c, struct ordering *o)
{
	struct id id;
	enum err e = call_path_id(c, "application", APPLICATION_PREFIX, &id);

	if (e == ERR_OK) {
		e = application_of_phone(c->api->registry, &id,
		    c->session.phone, &o->application, c->ei);
		o->has_application = e == ERR_OK;
	}
	if (e == ERR_OK) {
		e = form_of_phone(c->api->registry, &o->application.form,
		    c->session.phone, &o->form, c->ei);
		o->has_form = e == ERR_OK;
	}
	if (e == ERR_OK) {
		e = form_owner(&o->form, &o->person, c->ei);
	}
	if (e == ERR_OK) {
		o->order.application = id_slice(&o->application.id);
		o->order.person = buf_slice(&o->person);
	}
	return e;
}

static enum err
wrong_step(struct call *c, const struct ordering *o)
{
	const char *state = app_state_name(o->application.state);
	enum err e = err_set(c->ei, ERR_STATE, "application.step", NULL,
	    "this operation does not belong to this step; the application is "
	    "%s",
	    state);

	return err_object(c->ei, e, state);
}

/* A key is made while its request can still be sent. */
static enum err
for_new_key(struct call *c, struct ordering *o)
{
	const struct profile *p = ca_profile(c->api->ca, o->form.data.profile);

	if (o->application.state != APP_CHECKED &&
	    o->application.state != APP_KEYED) {
		return wrong_step(c, o);
	}
	if (p == NULL) {
		return err_set(c->ei, ERR_STATE, "form.profile", NULL,
		    "this centre has no profile %s any more",
		    o->form.data.profile);
	}
	o->order.key_spec = slice_str(profile_key_spec(p));
	return ERR_OK;
}

static enum err
for_text(struct call *c, struct ordering *o)
{
	struct buf text = BUF_INIT(ACQUAINT_TEXT_MAX);
	struct cert *cert = NULL;
	enum err e = cert_parse(o->certificate.der, &cert, c->ei);

	if (e == ERR_OK) {
		e = acquaint_text(cert, c->session.lang, &text, c->ei);
	}
	if (e == ERR_OK) {
		e = sha256_of_buf(&text, o->text_sha256, c->ei);
	}
	if (e == ERR_OK) {
		o->order.document = slice_str(ACQUAINT_VERSION);
		o->order.document_size = text.len;
		o->order.document_sha256 =
		    slice_make(o->text_sha256, sizeof(o->text_sha256));
	}
	cert_free(cert);
	buf_clear(&text);
	return e;
}

static enum err
for_certificate(struct call *c, struct ordering *o)
{
	enum err e;

	if (!o->application.has_certificate) {
		return wrong_step(c, o);
	}
	e = certificate_get(
	    c->api->ca, &o->application.certificate, &o->certificate, c->ei);
	o->has_certificate = e == ERR_OK;
	if (e == ERR_OK) {
		e = sha256_of(o->certificate.der, o->cert_sha256, c->ei);
		o->order.certificate =
		    slice_make(o->cert_sha256, sizeof(o->cert_sha256));
	}
	if (e == ERR_OK && o->order.operation == PAGE_ACQUAINT) {
		e = for_text(c, o);
	}
	return e;
}

static enum err
my_order(struct call *c)
{
	struct ordering o = {.person = BUF_INIT(NAME_MAX_LEN)};
	enum err e = order_check_key(c);

	if (e == ERR_OK) {
		e = take_body(c, &o);
	}
	if (e == ERR_OK) {
		e = find_application(c, &o);
	}
	if (e == ERR_OK) {
		e = o.order.operation == PAGE_MAKE_KEY ? for_new_key(c, &o)
						       : for_certificate(c, &o);
	}
	if (e == ERR_OK) {
		e = order_send(c, &o.order,
		    &(struct order_about){"application.order",
			APPLICATION_PREFIX, &o.application.id});
	}
	ordering_clear(&o);
	return e;
}

void
api_my_order(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_order);
}
