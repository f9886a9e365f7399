/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_STREAM_H
#define SURGUCH_HTTP_STREAM_H
/*
 * An answer that goes on as long as both sides like: what is put in leaves at
 * once, and while there is nothing its connection sleeps in the server's loop,
 * without a thread.  Any thread may put.  A client that does not read is not
 * waited for: when more than the given bytes wait, the stream is over.  So it
 * is when the client goes away, which shows at the next put, and when the
 * server stops.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

struct http_stream;
struct response;

/* max: bytes that may wait.  One reference is the caller's.  ERR_NOMEM. */
ATTR_MUST_USE enum err http_stream_new(
    size_t max, struct http_stream **out, struct errinfo *ei);
struct http_stream *http_stream_ref(struct http_stream *s);
void http_stream_unref(struct http_stream *s); /* NULL is fine */

/* False when it is over: nothing more will be sent. */
bool http_stream_put(struct http_stream *s, struct slice bytes);
/* Over, after what waits has been sent. */
void http_stream_end(struct http_stream *s);
bool http_stream_is_over(struct http_stream *s);

/* Make this the body, with status 200; takes one reference.  `type` is static
 * text. */
void response_stream(
    struct response *r, struct http_stream *s, const char *type);

#endif
