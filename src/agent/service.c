/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/service.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/guard.h"
#include "agent/operation.h"
#include "agent/pairing.h"
#include "agent/trust.h"
#include "agent/window.h"
#include "agent/workplace.h"
#include "base/bounds.h"
#include "base/log.h"
#include "http/problem.h"
#include "http/request.h"
#include "http/response.h"
#include "os/socket.h"
#include "workstation/media.h"
#include "json/json.h"

enum {
	PROTOCOL = 1,
	MS = 1000,
};

struct service {
	struct service_options o;
	pthread_mutex_t lock; /* of the two below */
	int64_t rate_at_ms;
	int64_t rate_left; /* thousandths of a request */
};

enum err
service_new(
    const struct service_options *o, struct service **out, struct errinfo *ei)
{
	struct service *s = calloc(1, sizeof(*s));

	if (s == NULL || pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s);
		return err_nomem(ei);
	}
	s->o = *o;
	s->rate_at_ms = clock_mono_ms(o->clock);
	s->rate_left = (int64_t)AGENT_BURST * MS;
	*out = s;
	return ERR_OK;
}

void
service_free(struct service *s)
{
	if (s != NULL) {
		(void)pthread_mutex_destroy(&s->lock);
		free(s);
	}
}

/* --- who may ask --------------------------------------------------------- */

/* One call: who asks, what was sent, and the answer. */
struct asked {
	struct service *s;
	const struct request *r;
	struct response *resp;
	struct trust *trust;
	const struct centre_trust *centre; /* NULL: a hello without Origin */
	struct json *body;
	struct errinfo *ei;
};

typedef enum err service_op(struct asked *a);

static bool
within_rate(struct service *s)
{
	int64_t now = clock_mono_ms(s->o.clock);
	bool within;

	(void)pthread_mutex_lock(&s->lock);
	s->rate_left += (now - s->rate_at_ms) * AGENT_PER_SEC;
	s->rate_at_ms = now;
	if (s->rate_left > (int64_t)AGENT_BURST * MS) {
		s->rate_left = (int64_t)AGENT_BURST * MS;
	}
	within = s->rate_left >= MS;
	if (within) {
		s->rate_left -= MS;
	}
	(void)pthread_mutex_unlock(&s->lock);
	return within;
}

static enum guard_peer
look_at_peer(const struct service *s, const struct request *r)
{
	uid_t uid = 0;
	enum err e =
	    socket_loopback_owner(s->o.port, request_peer_port(r), &uid, NULL);

	if (e == ERR_UNSUPPORTED) {
		return GUARD_PEER_UNKNOWN;
	}
	return e == ERR_OK && uid == geteuid() ? GUARD_PEER_OURS
					       : GUARD_PEER_OTHER;
}

static void
put_common_headers(struct response *resp)
{
	response_header(resp, "Cross-Origin-Resource-Policy", "same-origin");
	response_header(resp, "Vary", "Origin");
}

static void
put_cors(struct asked *a)
{
	response_header(
	    a->resp, "Access-Control-Allow-Origin", a->centre->origin);
}

static bool
refuse(struct asked *a, const struct guard_refusal *why)
{
	log_event(LOG_WARN, "agent.refused", L_STR("rule", why->rule),
	    L_STR("request", request_id(a->r)));
	problem(a->resp, why->status, why->rule, why->detail);
	if (why->status == 421) {
		response_close(a->resp);
	}
	return false;
}

/* Whose page asks, and what the guard says of the head; NULL: it may pass. */
static enum err
look_at_head(
    struct asked *a, enum guard_kind kind, const struct guard_refusal **out_why)
{
	const struct request *r = a->r;
	struct guard_request g = {
	    .kind = kind,
	    .port = a->s->o.port,
	    .peer = look_at_peer(a->s, r),
	    .method = request_method(r),
	    .host = request_header(r, "Host"),
	    .origin = request_header(r, "Origin"),
	    .transfer_encoding = request_header(r, "Transfer-Encoding"),
	    .content_type = request_content_type(r),
	    .fetch_site = request_header(r, "Sec-Fetch-Site"),
	    .fetch_mode = request_header(r, "Sec-Fetch-Mode"),
	    .fetch_dest = request_header(r, "Sec-Fetch-Dest"),
	};
	/* Read each time: what `surguch agent` changes holds at once. */
	enum err e = trust_load(a->s->o.home, &a->trust, a->ei);

	if (e != ERR_OK) {
		log_err(LOG_ERROR, "agent.trust", a->ei);
		return e;
	}
	if (g.origin != NULL) {
		a->centre = trust_find(a->trust, g.origin);
		g.origin_trusted = a->centre != NULL;
	}
	*out_why = guard_check(&g);
	return ERR_OK;
}

/* The answer is the server's own and has been made; here it gets its headers.
 * Method and type are what it may have been refused for. */
void
service_refused(void *arg, const struct request *r, struct response *resp)
{
	struct errinfo ei = {0};
	struct asked a = {.s = arg, .r = r, .resp = resp, .ei = &ei};
	const struct guard_refusal *why = NULL;

	put_common_headers(resp);
	if (look_at_head(&a, GUARD_PREFLIGHT, &why) == ERR_OK && why == NULL &&
	    a.centre != NULL) {
		put_cors(&a);
	}
	trust_free(a.trust);
}

/* Passes the guard: the centre is known, and may read the answer. */
static bool
admit(struct asked *a, enum guard_kind kind)
{
	const struct guard_refusal *why = NULL;

	put_common_headers(a->resp);
	if (look_at_head(a, kind, &why) != ERR_OK) {
		problem_from_err(a->resp, a->ei);
		return false;
	}
	if (why != NULL) {
		return refuse(a, why);
	}
	if (a->centre != NULL) {
		put_cors(a);
	}
	if (!within_rate(a->s)) {
		problem_too_many(a->resp, 1, "agent.rate",
		    "Too many requests; wait a second.");
		return false;
	}
	return true;
}

static void
finish(struct asked *a, enum err e)
{
	if (e == ERR_DENIED && strcmp(a->ei->rule, "agent.token") == 0) {
		problem_unauthenticated(a->resp, a->ei->rule, a->ei->text);
	} else if (e != ERR_OK) {
		problem_from_err(a->resp, a->ei);
	}
	if (e != ERR_OK) {
		log_event(LOG_WARN, "agent.refused", L_STR("rule", a->ei->rule),
		    L_STR("request", request_id(a->r)),
		    L_STR("origin", a->centre->origin));
	}
	json_free(a->body);
	trust_free(a->trust);
}

/* The frame of every call. */
static void
call(void *arg, const struct request *r, struct response *resp, bool paired,
    service_op *op)
{
	struct errinfo ei = {0};
	struct asked a = {.s = arg, .r = r, .resp = resp, .ei = &ei};
	enum err e = ERR_OK;

	if (!admit(&a, GUARD_CALL)) {
		trust_free(a.trust);
		return;
	}
	if (paired) {
		e = pairing_check(
		    a.s->o.pairings, a.centre, request_bearer(r), &ei);
	}
	if (e == ERR_OK) {
		e = json_parse(request_body(r), AGENT_BODY_MAX, &a.body, &ei);
	}
	if (e == ERR_OK) {
		e = op(&a);
	}
	finish(&a, e);
}

static enum err
only(struct asked *a, const char *const *fields)
{
	return json_only(a->body, fields, a->ei);
}

static const char *const no_fields[] = {NULL};

/* --- hello, preflight, nowhere ---------------------------------------------
 */

static void
hello(void *arg, const struct request *r, struct response *resp)
{
	struct errinfo ei = {0};
	struct asked a = {.s = arg, .r = r, .resp = resp, .ei = &ei};

	if (admit(&a, GUARD_HELLO)) {
		struct json_writer *w = response_json(resp, 200);

		json_open_object(w, NULL);
		json_put_text(w, "name", "surguch-agent");
		json_put_int(w, "protocol", PROTOCOL);
		json_close(w);
	}
	trust_free(a.trust);
}

static void
preflight(void *arg, const struct request *r, struct response *resp)
{
	struct errinfo ei = {0};
	struct asked a = {.s = arg, .r = r, .resp = resp, .ei = &ei};

	if (admit(&a, GUARD_PREFLIGHT)) {
		response_status(resp, 204);
		response_header(
		    resp, "Access-Control-Allow-Methods", "POST, GET");
		response_header(resp, "Access-Control-Allow-Headers",
		    "authorization, content-type");
		response_header(resp, "Access-Control-Max-Age", "600");
	}
	trust_free(a.trust);
}

static enum err
nothing(struct asked *a)
{
	return err_set(a->ei, ERR_NOTFOUND, "http.path", NULL,
	    "There is nothing at this address.");
}

static void
nowhere(void *arg, const struct request *r, struct response *resp)
{
	call(arg, r, resp, false, nothing);
}

/* --- pairing -----------------------------------------------------------------
 */

static enum err
pair(struct asked *a)
{
	struct pairing p;
	struct json_writer *w;
	enum err e = only(a, no_fields);

	if (e == ERR_OK) {
		e = pairing_begin(a->s->o.pairings, a->centre, &p, a->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	w = response_json(a->resp, 201);
	json_open_object(w, NULL);
	json_put_text(w, "pairing", p.id);
	json_put_text(w, "code", p.code);
	json_put_time(w, "expires_at", p.expires_at);
	json_close(w);
	return ERR_OK;
}

static void
service_pair(void *arg, const struct request *r, struct response *resp)
{
	call(arg, r, resp, false, pair);
}

static enum err
pair_state(struct asked *a)
{
	static const char *const names[] = {"pairing", NULL};
	char token[PAIRING_TOKEN_SIZE];
	enum pairing_state state = PAIRING_WAITING;
	int64_t expires_at = 0;
	const char *id = NULL;
	struct json_writer *w;
	enum err e = only(a, names);

	if (e == ERR_OK) {
		e = json_get_text(
		    a->body, "pairing", PAIRING_ID_SIZE - 1, &id, a->ei);
	}
	if (e == ERR_OK) {
		e = pairing_look(a->s->o.pairings, a->centre, id, &state, token,
		    &expires_at, a->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	w = response_json(a->resp, 200);
	json_open_object(w, NULL);
	json_put_text(w, "state", pairing_state_name(state));
	if (state == PAIRING_PAIRED) {
		json_put_text(w, "token", token);
		json_put_hex(w, "agent",
		    slice_make(a->s->o.agent, sizeof(a->s->o.agent)));
		json_put_time(w, "expires_at", expires_at);
	}
	json_close(w);
	return ERR_OK;
}

static void
service_pair_state(void *arg, const struct request *r, struct response *resp)
{
	call(arg, r, resp, false, pair_state);
}

static enum err
pair_end(struct asked *a)
{
	enum err e = only(a, no_fields);

	return e != ERR_OK
		   ? e
		   : pairing_end(a->s->o.pairings, request_bearer(a->r), a->ei);
}

static void
service_pair_end(void *arg, const struct request *r, struct response *resp)
{
	call(arg, r, resp, true, pair_end);
}

/* --- what is there
 * ------------------------------------------------------------ */

static enum err
send_text(struct asked *a, struct buf *text, enum err e)
{
	if (e == ERR_OK) {
		response_json_text(a->resp, 200, buf_slice(text));
	}
	buf_clear(text);
	return e;
}

static enum err
workplace(struct asked *a)
{
	const struct workplace_agent about = {
	    .id = slice_make(a->s->o.agent, sizeof(a->s->o.agent)),
	    .protocol = PROTOCOL,
	    .window = window_name(a->s->o.window),
	};
	struct buf text = BUF_INIT(AGENT_BODY_MAX);
	enum err e = only(a, no_fields);

	if (e == ERR_OK) {
		e = workplace_put(a->s->o.media, &about, &text, a->ei);
	}
	return send_text(a, &text, e);
}

static void
service_workplace(void *arg, const struct request *r, struct response *resp)
{
	call(arg, r, resp, true, workplace);
}

static enum err
containers(struct asked *a)
{
	static const char *const names[] = {"medium", NULL};
	struct buf text = BUF_INIT(HTTP_ANSWER_MAX);
	const char *medium = NULL;
	enum err e = only(a, names);

	if (e == ERR_OK) {
		e = json_get_text_optional(
		    a->body, "medium", MEDIUM_ID_SIZE - 1, &medium, a->ei);
	}
	if (e == ERR_OK) {
		e = workplace_put_containers(
		    a->s->o.media, medium, &text, a->ei);
	}
	return send_text(a, &text, e);
}

static void
service_containers(void *arg, const struct request *r, struct response *resp)
{
	call(arg, r, resp, true, containers);
}

/* --- operations
 * ----------------------------------------------------------------- */

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
	enum err e = only(a, names);

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

static void
service_operation(void *arg, const struct request *r, struct response *resp)
{
	call(arg, r, resp, true, operation);
}

static enum err
start_authorities(struct asked *a, const struct json *list, struct buf *der)
{
	struct slice certs[AGENT_AUTHORITIES_MAX];
	char id[OPERATION_ID_SIZE];
	enum err e = ERR_OK;
	size_t num = json_array_len(list);

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		e = json_item_base64(list, i, &der[i], a->ei);
		certs[i] = buf_slice(&der[i]);
	}
	if (e == ERR_OK) {
		e = operation_start_authorities(
		    a->s->o.operations, a->centre, certs, num, id, a->ei);
	}
	if (e == ERR_OK) {
		put_begun(a, id);
	}
	return e;
}

static enum err
authorities(struct asked *a)
{
	static const char *const names[] = {"certificates", NULL};
	struct buf der[AGENT_AUTHORITIES_MAX];
	const struct json *list = NULL;
	enum err e = only(a, names);

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

static void
service_authorities(void *arg, const struct request *r, struct response *resp)
{
	call(arg, r, resp, true, authorities);
}

static enum err
operation_id(struct asked *a, const char **out)
{
	static const char *const names[] = {"operation", NULL};
	enum err e = only(a, names);

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
	return send_text(a, &text, e);
}

static void
service_operation_state(
    void *arg, const struct request *r, struct response *resp)
{
	call(arg, r, resp, true, operation_state);
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

static void
service_operation_cancel(
    void *arg, const struct request *r, struct response *resp)
{
	call(arg, r, resp, true, operation_stop);
}

/* --- routes
 * ------------------------------------------------------------------- */

/* The guard has the last word on methods and types, so that these refusals
 * come in its order. */
#define CALL(path, handler)                                                    \
	{                                                                      \
		"POST", path, handler, ROUTE_BODY | ROUTE_BODY_OPTIONAL, "*",  \
		    AGENT_BODY_MAX, NULL                                       \
	}

static const struct route routes[] = {
    {"GET", "/v1/hello", hello, 0},
    CALL("/v1/pairing", service_pair),
    CALL("/v1/pairing/state", service_pair_state),
    CALL("/v1/pairing/end", service_pair_end),
    CALL("/v1/workplace", service_workplace),
    CALL("/v1/containers", service_containers),
    CALL("/v1/authorities", service_authorities),
    CALL("/v1/operation/start", service_operation),
    CALL("/v1/operation/state", service_operation_state),
    CALL("/v1/operation/cancel", service_operation_cancel),
    CALL("/{path*}", nowhere),
    {"GET", "/{path*}", nowhere, 0},
    {"OPTIONS", "/{path*}", preflight, 0},
};

const struct route *
service_routes(size_t *out_num)
{
	*out_num = ARRAY_LEN(routes);
	return routes;
}
