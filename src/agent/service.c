/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/service_priv.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/guard.h"
#include "agent/pairing.h"
#include "agent/trust.h"
#include "base/bounds.h"
#include "base/log.h"
#include "http/problem.h"
#include "http/request.h"
#include "http/response.h"
#include "os/socket.h"
#include "json/json.h"

enum {
	MS = 1000,
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
		/* A page asks whether a thing is there; often it is not. */
		log_event(e == ERR_NOTFOUND ? LOG_DEBUG : LOG_WARN,
		    "agent.refused", L_STR("rule", a->ei->rule),
		    L_STR("request", request_id(a->r)),
		    L_STR("origin", a->centre->origin));
	}
	json_free(a->body);
	trust_free(a->trust);
}

void
service_call(void *arg, const struct request *r, struct response *resp,
    bool paired, service_op *op)
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

const char *const service_no_fields[] = {NULL};

enum err
service_only(struct asked *a, const char *const *fields)
{
	return json_only(a->body, fields, a->ei);
}

enum err
service_send(struct asked *a, struct buf *text, enum err e)
{
	if (e == ERR_OK) {
		response_json_text(a->resp, 200, buf_slice(text));
	}
	buf_clear(text);
	return e;
}

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
		json_put_int(w, "protocol", AGENT_PROTOCOL);
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
	service_call(arg, r, resp, false, nothing);
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
    CALL("/v1/request", service_request),
    CALL("/v1/authorities", service_authorities),
    CALL("/v1/archive", service_archive),
    CALL("/v1/import", service_import),
    CALL("/v1/password", service_password),
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
