/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_PROBLEM_H
#define SURGUCH_HTTP_PROBLEM_H
/*
 * Errors as answers: application/problem+json (RFC 9457) with the members
 *   type     "urn:surguch:rule:RULE", "about:blank" without a rule
 *   title    the status in words
 *   status
 *   detail   errinfo.text
 *   rule, field, clause    of the errinfo, when not empty; the object of
 *            an error of state is "state", the one that a step was refused in
 *   request  the request's id, which the log has too
 * and what problem_number() added.
 * This is the only place that maps kinds of error to statuses:
 *
 *   FORMAT       422 when it names a field (errinfo.object), else 400
 *   LIMIT        422 when it names a field, else 413
 *   UNSUPPORTED POLICY CRYPTO   422
 *   DENIED 403   NOTFOUND 404   CONFLICT STATE 409
 *   STORE 503 (Retry-After)     AGAIN 503 (Retry-After)   TIMEOUT 504
 *   NOMEM SYS INTERNAL          500
 *
 * What is in an errinfo of the kinds NOMEM, SYS, STORE and INTERNAL goes to
 * the access log's hook and never to the client.
 */
#include <stdint.h>

#include "base/err.h"

struct response;

void problem_from_err(struct response *r, const struct errinfo *ei);
/* Any other case; rule may be NULL; detail is text for the client. */
void problem(
    struct response *r, unsigned status, const char *rule, const char *detail);
/* The next problem of this answer also has this number: how many tries are
 * left.  member: static. */
void problem_number(struct response *r, const char *member, int64_t value);
/* 401: nobody is signed in, or the token is unknown. */
void problem_unauthenticated(
    struct response *r, const char *rule, const char *detail);
/* 429 and 503 with Retry-After. */
void problem_too_many(struct response *r, unsigned retry_after_sec,
    const char *rule, const char *detail);
void problem_unavailable(struct response *r, unsigned retry_after_sec,
    const char *rule, const char *detail);

#endif
