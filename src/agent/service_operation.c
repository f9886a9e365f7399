/* SPDX-License-Identifier: Apache-2.0 */
/* docs/agent-protocol.md 6 and 7. */
#include "agent/operation.h"
#include "agent/service_priv.h"
#include "base/bounds.h"
#include "workstation/media.h"

/* --- with an order ---------------------------------------------------------
 */

/* What is borrowed by a struct operation_order. */
struct sent_order {
	struct buf order;
	struct buf chain[AGENT_CHAIN_MAX];
	struct slice slices[AGENT_CHAIN_MAX];
	size_t num;
};

static enum err
take_order(struct asked *a, struct sent_order *o)
{
	const struct json *chain = NULL;
	enum err e = json_get_base64(a->body, "order", &o->order, a->ei);

	if (e == ERR_OK) {
		e = json_get_array(
		    a->body, "chain", AGENT_CHAIN_MAX, &chain, a->ei);
	}
	for (size_t i = 0; e == ERR_OK && i < json_array_len(chain); i++) {
		e = json_item_base64(chain, i, &o->chain[i], a->ei);
		o->slices[i] = buf_slice(&o->chain[i]);
		o->num = i + 1;
	}
	return e;
}

static void
put_begun(struct asked *a, const char *id)
{
	struct json_writer *w = response_json(a->resp, 202);

	json_open_object(w, NULL);
	json_put_text(w, "operation", id);
	json_close(w);
}

static enum err
start_with(struct asked *a, struct sent_order *o)
{
	static const char *const names[] = {"order", "chain", "input", NULL};
	char id[OPERATION_ID_SIZE];
	const struct json *input = NULL;
	enum err e = service_only(a, names);

	if (e == ERR_OK) {
		e = take_order(a, o);
	}
	if (e == ERR_OK) {
		e = json_get_object(a->body, "input", &input, a->ei);
	}
	if (e == ERR_OK) {
		const struct operation_order order = {
		    buf_slice(&o->order), o->slices, o->num};

		e = operation_start(
		    a->s->o.operations, a->centre, &order, input, id, a->ei);
	}
	if (e == ERR_OK) {
		put_begun(a, id);
	}
	return e;
}

static enum err
operation(struct asked *a)
{
	struct sent_order o = {.num = 0};
	enum err e;

	buf_init(&o.order, PAGE_ORDER_BYTES_MAX);
	for (size_t i = 0; i < ARRAY_LEN(o.chain); i++) {
		buf_init(&o.chain[i], CERT_BYTES_MAX);
	}
	e = start_with(a, &o);
	buf_clear(&o.order);
	for (size_t i = 0; i < ARRAY_LEN(o.chain); i++) {
		buf_clear(&o.chain[i]);
	}
	return e;
}

void
service_operation(void *arg, const struct request *r, struct response *resp)
{
	service_call(arg, r, resp, true, operation);
}

/* --- without an order ------------------------------------------------------
 */

static enum err
start_own(struct asked *a, const struct own_asked *asked)
{
	char id[OPERATION_ID_SIZE];
	enum err e = operation_start_own(
	    a->s->o.operations, a->centre, asked, id, a->ei);

	if (e == ERR_OK) {
		put_begun(a, id);
	}
	return e;
}

static enum err
start_authorities(struct asked *a, const struct json *list, struct buf *der)
{
	struct slice certs[AGENT_AUTHORITIES_MAX];
	const struct own_asked asked = {
	    .operation = OWN_AUTHORITIES,
	    .certs = certs,
	    .num_certs = json_array_len(list),
	    .medium = "",
	    .container = "",
	};
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < asked.num_certs; i++) {
		e = json_item_base64(list, i, &der[i], a->ei);
		certs[i] = buf_slice(&der[i]);
	}
	return e == ERR_OK ? start_own(a, &asked) : e;
}

static enum err
authorities(struct asked *a)
{
	static const char *const names[] = {"certificates", NULL};
	struct buf der[AGENT_AUTHORITIES_MAX];
	const struct json *list = NULL;
	enum err e = service_only(a, names);

	for (size_t i = 0; i < ARRAY_LEN(der); i++) {
		buf_init(&der[i], CERT_BYTES_MAX);
	}
	if (e == ERR_OK) {
		e = json_get_array(a->body, "certificates",
		    AGENT_AUTHORITIES_MAX, &list, a->ei);
	}
	if (e == ERR_OK && json_array_len(list) == 0) {
		e = err_object(a->ei,
		    err_set(a->ei, ERR_FORMAT, "json.field.missing", NULL,
			"there is no certificate"),
		    "certificates");
	}
	if (e == ERR_OK) {
		e = start_authorities(a, list, der);
	}
	for (size_t i = 0; i < ARRAY_LEN(der); i++) {
		buf_clear(&der[i]);
	}
	return e;
}

void
service_authorities(void *arg, const struct request *r, struct response *resp)
{
	service_call(arg, r, resp, true, authorities);
}

static enum err
archive(struct asked *a)
{
	const struct own_asked asked = {
	    .operation = OWN_ARCHIVE, .medium = "", .container = ""};
	enum err e = service_only(a, service_no_fields);

	return e == ERR_OK ? start_own(a, &asked) : e;
}

void
service_archive(void *arg, const struct request *r, struct response *resp)
{
	service_call(arg, r, resp, true, archive);
}

static enum err
import(struct asked *a)
{
	static const char *const names[] = {"container", "medium", NULL};
	struct own_asked asked = {.operation = OWN_IMPORT};
	enum err e = service_only(a, names);

	if (e == ERR_OK) {
		e = json_get_text(a->body, "container", CONTAINER_ID_SIZE - 1,
		    &asked.container, a->ei);
	}
	if (e == ERR_OK) {
		e = json_get_text(a->body, "medium", MEDIUM_ID_SIZE - 1,
		    &asked.medium, a->ei);
	}
	return e == ERR_OK ? start_own(a, &asked) : e;
}

void
service_import(void *arg, const struct request *r, struct response *resp)
{
	service_call(arg, r, resp, true, import);
}

static enum err
password(struct asked *a)
{
	static const char *const names[] = {"container", NULL};
	struct own_asked asked = {.operation = OWN_PASSWORD, .medium = ""};
	enum err e = service_only(a, names);

	if (e == ERR_OK) {
		e = json_get_text(a->body, "container", CONTAINER_ID_SIZE - 1,
		    &asked.container, a->ei);
	}
	return e == ERR_OK ? start_own(a, &asked) : e;
}

void
service_password(void *arg, const struct request *r, struct response *resp)
{
	service_call(arg, r, resp, true, password);
}

/* --- what becomes of it ----------------------------------------------------
 */

static enum err
operation_id(struct asked *a, const char **out)
{
	static const char *const names[] = {"operation", NULL};
	enum err e = service_only(a, names);

	return e != ERR_OK ? e
			   : json_get_text(a->body, "operation",
				 OPERATION_ID_SIZE - 1, out, a->ei);
}

static enum err
operation_state(struct asked *a)
{
	struct buf text = BUF_INIT(HTTP_ANSWER_MAX);
	const char *id = NULL;
	struct json_writer w;
	enum err e = operation_id(a, &id);

	json_writer_init(&w, &text);
	json_open_object(&w, NULL);
	if (e == ERR_OK) {
		e = operation_put(a->s->o.operations, a->centre, id, &w, a->ei);
	}
	json_close(&w);
	if (e == ERR_OK) {
		e = json_writer_end(&w, a->ei);
	}
	return service_send(a, &text, e);
}

void
service_operation_state(
    void *arg, const struct request *r, struct response *resp)
{
	service_call(arg, r, resp, true, operation_state);
}

static enum err
operation_stop(struct asked *a)
{
	const char *id = NULL;
	enum err e = operation_id(a, &id);

	return e != ERR_OK
		   ? e
		   : operation_cancel(a->s->o.operations, a->centre, id, a->ei);
}

void
service_operation_cancel(
    void *arg, const struct request *r, struct response *resp)
{
	service_call(arg, r, resp, true, operation_stop);
}
