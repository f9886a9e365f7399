/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_CALL_H
#define SURGUCH_API_CALL_H
/*
 * One API call: who asks, the parsed body, the idempotency record, and the
 * answer being made.  The frame of every handler is here once: find out who
 * it is, parse, replay a known answer, run the operation, turn an error into
 * a problem.  An operation is plain top-to-bottom C that returns an error.
 */
#include <stdint.h>

#include "api/api.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "http/request.h"
#include "http/response.h"
#include "identity/actor.h"
#include "identity/operator.h"
#include "identity/session.h"
#include "registry/registry.h"
#include "json/json.h"
#include "json/writer.h"

struct idem_ticket;

struct call {
	struct api *api;
	const struct request *r;
	struct response *resp;
	struct actor actor;
	struct operator_session operator; /* desk calls */
	struct session_info session;      /* person calls */
	struct json *body;                /* NULL when the route has none */
	struct idem_ticket *ticket;       /* NULL without Idempotency-Key */
	struct buf answer;                /* JSON that will be sent and kept */
	struct json_writer w;             /* writes into answer */
	unsigned tries_left;              /* of a code that was wrong */
	struct errinfo *ei;
};

typedef enum err call_op(struct call *c);

/* An operator's call with this scope. */
void call_desk(void *arg, const struct request *r, struct response *resp,
    enum scope scope, call_op *op);
/* A signed-in person's call. */
void call_person(
    void *arg, const struct request *r, struct response *resp, call_op *op);
/* Anybody's call (signing in). */
void call_open(
    void *arg, const struct request *r, struct response *resp, call_op *op);

/* The id in the path; ERR_NOTFOUND with the rule "<param>.none" when the
 * text is no id of this kind (there can be no such thing). */
ATTR_MUST_USE enum err call_path_id(
    struct call *c, const char *param, const char *prefix, struct id *out);
/* An id in a field of the body; ERR_FORMAT "json.field.id". */
ATTR_MUST_USE enum err call_body_id(
    struct call *c, const char *field, const char *prefix, struct id *out);
ATTR_MUST_USE enum err call_body_id_optional(struct call *c, const char *field,
    const char *prefix, struct id *out, bool *out_has);
/* A SHA-256 in lower-case or upper-case hex; ERR_FORMAT "json.field.hash". */
ATTR_MUST_USE enum err call_body_hash(
    struct call *c, const char *field, uint8_t out[REGISTRY_HASH_SIZE]);
/* The whole body is {"reason"}, in words. */
ATTR_MUST_USE enum err call_body_reason(
    struct call *c, const char **out_reason);
/* The `after` of a list: *out_has is false on the first page. */
ATTR_MUST_USE enum err call_after(
    struct call *c, const char *prefix, struct id *out, bool *out_has);
/* The body has no other fields than these (a list that ends with NULL). */
ATTR_MUST_USE enum err call_only(struct call *c, const char *const *fields);
/* The query neither (a list that ends with NULL): a misspelt filter would be a
 * list of everything.  ERR_FORMAT "query.unknown". */
ATTR_MUST_USE enum err call_only_query(
    struct call *c, const char *const *names);

/* The answer is one JSON object: write its members with c->w between these
 * two.  The end gives back what the unit of work keeps with the record. */
void call_answer_begin(struct call *c);
ATTR_MUST_USE enum err call_answer_end(
    struct call *c, unsigned status, struct act *out_act);
/* Send the finished answer (after the commit). */
void call_send(struct call *c, unsigned status);
/* End and send 200: for what has nothing to commit any more. */
ATTR_MUST_USE enum err call_answer_send(struct call *c);
/* {"id": "..."} as the answer: begin, write, end. */
ATTR_MUST_USE enum err call_answer_id(struct call *c, const struct id *id,
    const char *prefix, unsigned status, struct act *out_act);
/* The same of a new id, with 201. */
ATTR_MUST_USE enum err call_answer_new(
    struct call *c, const char *prefix, struct id *out_id, struct act *out_act);

void call_put_id(
    struct call *c, const char *field, const struct id *id, const char *prefix);

#endif
