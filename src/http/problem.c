/* SPDX-License-Identifier: Apache-2.0 */
#include "http/problem.h"

#include <stdio.h>
#include <string.h>

#include "http/http_priv.h"

enum {
	RETRY_AFTER_SEC = 5, /* for what passes by itself */
};

/* The one table: kind, and the status with and without a field. */
static const struct {
	unsigned with_field;
	unsigned without;
	bool public;
} map[] = {
    [ERR_OK] = {500, 500, false},
    [ERR_NOMEM] = {500, 500, false},
    [ERR_SYS] = {500, 500, false},
    [ERR_FORMAT] = {422, 400, true},
    [ERR_LIMIT] = {422, 413, true},
    [ERR_UNSUPPORTED] = {422, 422, true},
    [ERR_POLICY] = {422, 422, true},
    [ERR_DENIED] = {403, 403, true},
    [ERR_NOTFOUND] = {404, 404, true},
    [ERR_CONFLICT] = {409, 409, true},
    [ERR_STATE] = {409, 409, true},
    [ERR_CRYPTO] = {422, 422, true},
    [ERR_STORE] = {503, 503, false},
    [ERR_AGAIN] = {503, 503, true},
    [ERR_TIMEOUT] = {504, 504, true},
    [ERR_INTERNAL] = {500, 500, false},
};
_Static_assert(ARRAY_LEN(map) == ERR_MAX_, "a status for every kind");

static const struct {
	unsigned status;
	const char *title;
} titles[] = {
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

static unsigned
status_of(const struct errinfo *ei)
{
	ensure((unsigned)ei->kind < ERR_MAX_);
	return ei->object[0] != '\0' ? map[ei->kind].with_field
				     : map[ei->kind].without;
}

static const char *
title_of(unsigned status)
{
	for (size_t i = 0; i < ARRAY_LEN(titles); i++) {
		if (titles[i].status == status) {
			return titles[i].title;
		}
	}
	return "Error";
}

static const char *
none_if_empty(const char *s)
{
	return s != NULL && s[0] != '\0' ? s : NULL;
}

/* What errinfo's object is, as a member of the problem: the field at fault,
 * or the state that a step is not possible in. */
struct about {
	const char *member;
	const char *value;
};

static void
write_problem(struct response *r, unsigned status, const char *rule,
    const char *clause, struct about about, const char *detail)
{
	char type[ERRINFO_RULE + 24] = "about:blank";
	struct json_writer *w;

	rule = none_if_empty(rule);
	if (rule != NULL) {
		(void)snprintf(
		    type, sizeof(type), "urn:surguch:rule:%.63s", rule);
	}
	(void)snprintf(
	    r->rule, sizeof(r->rule), "%s", rule != NULL ? rule : "");
	w = response_json(r, status);
	r->type = "application/problem+json";
	json_open_object(w, NULL);
	json_put_text(w, "type", type);
	json_put_text(w, "title", title_of(status));
	json_put_int(w, "status", status);
	json_put_text_optional(w, "detail", none_if_empty(detail));
	json_put_text_optional(w, "rule", rule);
	json_put_text_optional(w, about.member, none_if_empty(about.value));
	json_put_text_optional(w, "clause", none_if_empty(clause));
	if (r->number_member != NULL) {
		json_put_int(w, r->number_member, r->number);
	}
	json_put_text(w, "request", r->request_id);
	json_close(w);
}

static void
retry_after(struct response *r, unsigned sec)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%u", sec);
	response_header(r, "Retry-After", text);
}

void
problem_from_err(struct response *r, const struct errinfo *ei)
{
	unsigned status = status_of(ei);
	struct about about = {
	    ei->kind == ERR_STATE ? "state" : "field", ei->object};

	if (status == 503) {
		retry_after(r, RETRY_AFTER_SEC);
	}
	if (map[ei->kind].public) {
		write_problem(r, status, ei->rule, ei->clause, about, ei->text);
	} else if (ei->kind == ERR_STORE) {
		/* The rule only: "store.full" helps whoever has to make room,
		 * the text may tell of files. */
		about.value = NULL;
		write_problem(r, status, ei->rule, NULL, about,
		    "The centre cannot write this down at the moment.  Ask "
		    "again later, with the same Idempotency-Key: nothing is "
		    "done twice.");
	} else {
		about.value = NULL;
		write_problem(r, status, NULL, NULL, about,
		    "The trouble is on our side and has been written down. "
		    "Try again later; name the request's id when you ask.");
	}
	if (status >= 500) {
		r->has_trouble = true;
		r->trouble = *ei;
	}
}

void
problem_number(struct response *r, const char *member, int64_t value)
{
	r->number_member = member;
	r->number = value;
}

void
problem(
    struct response *r, unsigned status, const char *rule, const char *detail)
{
	write_problem(
	    r, status, rule, NULL, (struct about){"field", NULL}, detail);
}

void
problem_unauthenticated(
    struct response *r, const char *rule, const char *detail)
{
	/* RFC 9110 15.5.2: a 401 names a scheme. */
	response_header(r, "WWW-Authenticate", "Bearer");
	problem(r, 401, rule, detail);
}

void
problem_too_many(struct response *r, unsigned retry_after_sec, const char *rule,
    const char *detail)
{
	retry_after(r, retry_after_sec);
	problem(r, 429, rule, detail);
}

void
problem_unavailable(struct response *r, unsigned retry_after_sec,
    const char *rule, const char *detail)
{
	retry_after(r, retry_after_sec);
	problem(r, 503, rule, detail);
}
