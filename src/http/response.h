/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_RESPONSE_H
#define SURGUCH_HTTP_RESPONSE_H
/*
 * The answer that a handler fills in.  Nothing here can fail visibly: an
 * answer that could not be built (memory, a header with a line end in it) is
 * sent as a 500 problem.  An untouched response is a 204.
 *
 * Set by default, and replaced when the handler sets them itself:
 * X-Content-Type-Options nosniff, Cache-Control no-store, Referrer-Policy
 * no-referrer, and for JSON Content-Security-Policy default-src 'none';
 * frame-ancestors 'none'; with TLS also Strict-Transport-Security.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "json/writer.h"

struct response;

void response_status(struct response *r, unsigned status); /* 200..599 */
/* Copies both; a second call with the same name replaces the first one, but
 * Set-Cookie and Link add up. */
void response_header(struct response *r, const char *name, const char *value);

/* Bodies.  `type` is static text; the last call wins. */
/* Takes the bytes out of `body`, which is left empty. */
void response_body_take(struct response *r, struct buf *body, const char *type);
/* Borrows until the server has stopped (tables, files read at start). */
void response_body_static(
    struct response *r, struct slice body, const char *type);
/* Borrows what lies in up to RESPONSE_PIECES_MAX pieces until release(arg),
 * which is called once, on any thread, when the bytes have left (a
 * reference-counted cache entry). */
enum {
	RESPONSE_PIECES_MAX = 3
};
void response_body_shared(struct response *r, const struct slice *pieces,
    size_t num, const char *type, void (*release)(void *arg), void *arg);

/*
 * Start a JSON body with this status.  Write one value with the writer; the
 * server closes it.  An unbalanced or failed writer becomes a 500.
 */
struct json_writer *response_json(struct response *r, unsigned status);
/* JSON bytes kept from earlier, sent as they are; copies. */
void response_json_text(struct response *r, unsigned status, struct slice json);

/*
 * Set-Cookie with Path=/; HttpOnly; Secure; SameSite=Lax.  name and value:
 * RFC 6265 token and cookie octets.  max_age_sec < 0: until the browser
 * closes.  Secure is always set: browsers take it on plain loopback too.
 */
void response_cookie(struct response *r, const char *name, const char *value,
    int64_t max_age_sec);
void response_cookie_clear(struct response *r, const char *name);

/* Close the connection after this answer. */
void response_close(struct response *r);

#endif
