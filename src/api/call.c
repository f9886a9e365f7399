/* SPDX-License-Identifier: Apache-2.0 */
#include "api/call.h"

#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "http/origin.h"
#include "http/problem.h"
#include "os/random.h"
#include "registry/idem.h"
#include "registry/issuing.h"

enum {
	RETRY_AFTER_SEC = 60,
	REASON_TEXT_MAX = 2048 /* bytes; characters are the registry's rule */
};

static bool
is_write(const struct request *r)
{
	return strcmp(request_method(r), "GET") != 0;
}

static void
call_init(struct call *c, void *arg, const struct request *r,
    struct response *resp, struct errinfo *ei)
{
	memset(c, 0, sizeof(*c));
	c->api = arg;
	c->r = r;
	c->resp = resp;
	c->ei = ei;
	buf_init(&c->answer, HTTP_BODY_MAX);
}

static void
call_clear(struct call *c)
{
	if (c->ticket != NULL) {
		idem_end(c->ticket);
	}
	json_free(c->body);
	buf_wipe(&c->answer);
}

/*
 * What was done too often is another thing than what is too large or what is
 * out of order: 429 (RFC 6585 4).  How long to wait stands in the text.
 */
static bool
is_too_often(const struct errinfo *ei)
{
	return strncmp(ei->rule, "limit.", 6) == 0 ||
	       strcmp(ei->rule, "otp.day") == 0 ||
	       strcmp(ei->rule, "otp.too_soon") == 0;
}

/* A unit of work found other rows than it was made for, and nobody said more
 * about it: the database's words are for the log only. */
static bool
is_race(const struct errinfo *ei)
{
	return ei->kind == ERR_CONFLICT && strncmp(ei->rule, "store.", 6) == 0;
}

static void
send_problem(struct call *c)
{
	if (strcmp(c->ei->rule, "otp.wrong") == 0) {
		problem_number(c->resp, "tries_left", c->tries_left);
	}
	if (is_race(c->ei)) {
		problem(c->resp, 409, "request.conflict",
		    "something else changed the same thing at this moment; "
		    "look at it again");
	} else if (is_too_often(c->ei)) {
		problem_too_many(
		    c->resp, RETRY_AFTER_SEC, c->ei->rule, c->ei->text);
	} else {
		problem_from_err(c->resp, c->ei);
	}
}

static enum err
parse_body(struct call *c)
{
	struct slice body = request_body(c->r);

	if (body.len == 0) {
		return ERR_OK;
	}
	return json_parse(body, HTTP_BODY_MAX, &c->body, c->ei);
}

/*
 * Begin the idempotency record when the client named one.  *out_replayed:
 * the answer was given before and has just been sent again.
 */
static enum err
begin_idem(struct call *c, const char *account, bool *out_replayed)
{
	const char *key = request_header(c->r, "Idempotency-Key");
	struct idem_request want = {.account = account};
	struct idem_stored stored = {0};
	char operation[IDEM_OPERATION_MAX];
	int len;
	enum err e;

	*out_replayed = false;
	if (key == NULL || !is_write(c->r)) {
		return ERR_OK;
	}
	len = snprintf(operation, sizeof(operation), "%s %s",
	    request_method(c->r), request_path(c->r));
	if (len < 0 || (size_t)len >= sizeof(operation)) {
		return err_set(c->ei, ERR_NOTFOUND, "request.path", NULL,
		    "there is nothing at this address: no id is that long");
	}
	want.operation = operation;
	want.key = slice_str(key);
	e = sha256_of(request_body(c->r), want.body_sha256, c->ei);
	if (e != ERR_OK) {
		return e;
	}
	e = idem_begin(c->api->idem, &want, &c->ticket, &stored, c->ei);
	if (e == ERR_OK && c->ticket == NULL) {
		e = issuing_stored_answer(
		    c->api->issuing, &stored, &c->answer, c->ei);
		*out_replayed = e == ERR_OK;
	}
	if (*out_replayed) {
		call_send(c, (unsigned)stored.status);
	}
	idem_stored_clear(&stored);
	return e;
}

static void
run(struct call *c, const char *account, call_op *op)
{
	bool replayed;
	enum err e = parse_body(c);

	if (e == ERR_OK) {
		e = begin_idem(c, account, &replayed);
		if (e == ERR_OK && replayed) {
			return;
		}
	}
	if (e == ERR_OK) {
		e = op(c);
	}
	if (e != ERR_OK) {
		send_problem(c);
	}
}

static void
run_desk(struct call *c, enum scope scope, call_op *op)
{
	const char *token = request_bearer(c->r);
	char account[ACTOR_TEXT_SIZE];
	enum err e;

	if (token == NULL) {
		problem_unauthenticated(c->resp, "operator.token",
		    "this needs an operator's token: Authorization: Bearer "
		    "sgo_...");
		return;
	}
	e = operator_check(
	    c->api->operators, slice_str(token), &c->operator, c->ei);
	if (e == ERR_DENIED) {
		problem_unauthenticated(c->resp, c->ei->rule, c->ei->text);
		return;
	}
	if (e == ERR_OK) {
		e = operator_may(&c->operator, scope, c->ei);
	}
	if (e != ERR_OK) {
		problem_from_err(c->resp, c->ei);
		return;
	}
	operator_actor(&c->operator, & c->actor);
	actor_text(&c->actor, account);
	run(c, account, op);
}

void
call_desk(void *arg, const struct request *r, struct response *resp,
    enum scope scope, call_op *op)
{
	struct errinfo ei = {0};
	struct call c;

	call_init(&c, arg, r, resp, &ei);
	run_desk(&c, scope, op);
	call_clear(&c);
}

static void
run_person(struct call *c, call_op *op)
{
	const char *token = request_cookie(c->r, API_SESSION_COOKIE);
	char account[ACTOR_TEXT_SIZE];
	enum err e;

	e = session_find(c->api->sessions,
	    slice_str(token != NULL ? token : ""), &c->session, c->ei);
	if (e == ERR_DENIED) {
		problem_unauthenticated(c->resp, c->ei->rule,
		    "sign in first: there is no session, or it has ended");
		return;
	}
	if (e == ERR_OK) {
		e = origin_check(c->r, c->api->origin, c->ei);
	}
	if (e != ERR_OK) {
		problem_from_err(c->resp, c->ei);
		return;
	}
	session_actor(&c->session, &c->actor);
	actor_text(&c->actor, account);
	run(c, account, op);
}

void
call_person(
    void *arg, const struct request *r, struct response *resp, call_op *op)
{
	struct errinfo ei = {0};
	struct call c;

	call_init(&c, arg, r, resp, &ei);
	run_person(&c, op);
	call_clear(&c);
}

void
call_open(
    void *arg, const struct request *r, struct response *resp, call_op *op)
{
	struct errinfo ei = {0};
	struct call c;
	enum err e;

	call_init(&c, arg, r, resp, &ei);
	e = origin_check(c.r, c.api->origin, &ei);
	if (e == ERR_OK) {
		e = parse_body(&c);
	}
	if (e == ERR_OK) {
		e = op(&c);
	}
	if (e != ERR_OK) {
		send_problem(&c);
	}
	call_clear(&c);
}

enum err
call_path_id(
    struct call *c, const char *param, const char *prefix, struct id *out)
{
	const char *text = request_param(c->r, param);
	char rule[ERRINFO_RULE];

	if (text != NULL && id_parse(slice_str(text), prefix, out)) {
		return ERR_OK;
	}
	(void)snprintf(rule, sizeof(rule), "%s.none", param);
	return err_set(c->ei, ERR_NOTFOUND, rule, NULL,
	    "there is no %s with this id", param);
}

static enum err
parse_id_field(struct call *c, const char *field, const char *text,
    const char *prefix, struct id *out)
{
	if (id_parse(slice_str(text), prefix, out)) {
		return ERR_OK;
	}
	(void)err_set(c->ei, ERR_FORMAT, "json.field.id", NULL,
	    "%s is not an id of the form %s_ and 26 characters", field, prefix);
	return err_object(c->ei, ERR_FORMAT, field);
}

enum err
call_body_id(
    struct call *c, const char *field, const char *prefix, struct id *out)
{
	const char *text;
	enum err e = json_get_text(c->body, field, ID_TEXT_SIZE, &text, c->ei);

	return e != ERR_OK ? e : parse_id_field(c, field, text, prefix, out);
}

enum err
call_body_id_optional(struct call *c, const char *field, const char *prefix,
    struct id *out, bool *out_has)
{
	const char *text;
	enum err e =
	    json_get_text_optional(c->body, field, ID_TEXT_SIZE, &text, c->ei);

	if (e != ERR_OK) {
		return e;
	}
	*out_has = text != NULL;
	return text != NULL ? parse_id_field(c, field, text, prefix, out)
			    : ERR_OK;
}

enum err
call_body_hash(
    struct call *c, const char *field, uint8_t out[REGISTRY_HASH_SIZE])
{
	const char *hex;
	enum err e = json_get_text(
	    c->body, field, (size_t)2 * REGISTRY_HASH_SIZE, &hex, c->ei);

	if (e == ERR_OK &&
	    !text_unhex(slice_str(hex), out, REGISTRY_HASH_SIZE)) {
		(void)err_set(c->ei, ERR_FORMAT, "json.field.hash", NULL,
		    "%s is not a SHA-256 in 64 hex digits", field);
		e = err_object(c->ei, ERR_FORMAT, field);
	}
	return e;
}

enum err
call_after(struct call *c, const char *prefix, struct id *out, bool *out_has)
{
	const char *text = request_query(c->r, "after");

	*out_has = text != NULL;
	if (text == NULL || id_parse(slice_str(text), prefix, out)) {
		return ERR_OK;
	}
	(void)err_set(c->ei, ERR_FORMAT, "query.after", NULL,
	    "after is not the id of the last row of the page before");
	return err_object(c->ei, ERR_FORMAT, "after");
}

enum err
call_only(struct call *c, const char *const *fields)
{
	if (c->body == NULL) {
		return err_set(c->ei, ERR_FORMAT, "json.missing", NULL,
		    "the request has no body; a JSON object is expected");
	}
	return json_only(c->body, fields, c->ei);
}

enum err
call_only_query(struct call *c, const char *const *names)
{
	const char *other = request_query_other(c->r, names);

	if (other == NULL) {
		return ERR_OK;
	}
	(void)err_set(c->ei, ERR_FORMAT, "query.unknown", NULL,
	    "%s is nothing that this list knows", other);
	return err_object(c->ei, ERR_FORMAT, other);
}

enum err
call_body_reason(struct call *c, const char **out_reason)
{
	static const char *const names[] = {"reason", NULL};
	enum err e = call_only(c, names);

	return e != ERR_OK ? e
			   : json_get_text(c->body, "reason", REASON_TEXT_MAX,
				 out_reason, c->ei);
}

void
call_answer_begin(struct call *c)
{
	buf_reset(&c->answer);
	json_writer_init(&c->w, &c->answer);
	json_open_object(&c->w, NULL);
}

enum err
call_answer_end(struct call *c, unsigned status, struct act *out_act)
{
	enum err e;

	json_close(&c->w);
	e = json_writer_end(&c->w, c->ei);
	if (e == ERR_OK && out_act != NULL) {
		*out_act = (struct act){
		    .actor = c->actor,
		    .ticket = c->ticket,
		    .answer =
			{
			    .status = (int)status,
			    .content_type = "application/json",
			    .body = buf_slice(&c->answer),
			},
		};
	}
	return e;
}

void
call_send(struct call *c, unsigned status)
{
	response_json_text(c->resp, status, buf_slice(&c->answer));
}

enum err
call_answer_send(struct call *c)
{
	enum err e = call_answer_end(c, 200, NULL);

	if (e == ERR_OK) {
		call_send(c, 200);
	}
	return e;
}

void
call_put_id(
    struct call *c, const char *field, const struct id *id, const char *prefix)
{
	char text[ID_TEXT_SIZE];

	id_text(id, prefix, text);
	json_put_text(&c->w, field, text);
}

enum err
call_answer_id(struct call *c, const struct id *id, const char *prefix,
    unsigned status, struct act *out_act)
{
	call_answer_begin(c);
	call_put_id(c, "id", id, prefix);
	return call_answer_end(c, status, out_act);
}

enum err
call_answer_new(
    struct call *c, const char *prefix, struct id *out_id, struct act *out_act)
{
	enum err e = id_new(c->api->clock, out_id, c->ei);

	return e == ERR_OK ? call_answer_id(c, out_id, prefix, 201, out_act)
			   : e;
}
