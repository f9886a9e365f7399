/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_REQUEST_H
#define SURGUCH_HTTP_REQUEST_H
/*
 * A complete request, as a handler sees it.  It has passed these checks
 * before: one Host, one framing (Content-Length or chunked, not both), origin
 * form, decoded path and query are UTF-8 without controls, no "." or ".."
 * segment, body within the route's maximum and of the route's media type.
 * Everything is borrowed and lives until the handler returns.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct request;

const char *request_id(const struct request *r);     /* "r", 13 letters */
const char *request_method(const struct request *r); /* "GET" also for HEAD */
const char *request_path(const struct request *r);   /* as sent, no query */
/* The text that {name} of the route's pattern matched, decoded and never
 * empty; NULL when the pattern has no such name. */
const char *request_param(const struct request *r, const char *name);
/* Decoded query parameter; NULL when absent.  A name twice was refused. */
const char *request_query(const struct request *r, const char *name);
/* The first name of a query parameter that is none of these (a list that ends
 * with NULL); NULL when there is none. */
const char *request_query_other(
    const struct request *r, const char *const *names);
/* Name without regard to case; NULL when absent.  Of a repeated header the
 * first; those that may stand once only were refused when repeated. */
const char *request_header(const struct request *r, const char *name);
/* Value of a cookie; NULL when absent, or when sent twice (then nobody can
 * say which is ours). */
const char *request_cookie(const struct request *r, const char *name);
struct slice request_body(const struct request *r);
/* Media type in lower case without parameters; "" when none was sent. */
const char *request_content_type(const struct request *r);
/*
 * Address of the client as text: the peer's, or, when that is a trusted
 * proxy, the last address of X-Forwarded-For that is none.
 */
const char *request_client(const struct request *r);
/* The port at the other end of the connection itself; 0 when unknown. */
uint16_t request_peer_port(const struct request *r);
/* The connection is TLS, or a trusted proxy said X-Forwarded-Proto: https. */
bool request_is_tls(const struct request *r);
/* The token of "Authorization: Bearer TOKEN", NULL without one. */
const char *request_bearer(const struct request *r);

#endif
