/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_FETCH_FETCH_H
#define SURGUCH_FETCH_FETCH_H
/*
 * One outgoing HTTP call, through libcurl: http and https only, certificates
 * checked, redirects not followed, no proxy unless asked for (the environment
 * is ignored), the answer capped.  Blocking, one thread at a time per handle;
 * the caller's process is the courier, which may open sockets.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum {
	FETCH_HEADERS_MAX = 16,
	FETCH_URL_MAX = 8192,
};

/* url      http:// or https://
 * method   "GET" or "POST" or another token; a body goes with any but GET
 * headers  lines "Name: value"; no line ends
 * proxy    "http://host:port" or NULL for none
 * ca_file  PEM of the roots to trust instead of the system's; NULL
 * ca_pem   the same as bytes, for one who may open no files; borrowed
 * cookie_file  cookies are read from it and written back to it; it must
 *          exist, and keeps its mode.  NULL: none are kept or sent
 * timeouts in milliseconds; 0: 5,000 to connect, 20,000 in all
 * answer_max  bytes of the body; 0: FETCH_BODY_MAX
 */
struct fetch_request {
	const char *url;
	const char *method;
	const char *const *headers;
	size_t num_headers;
	struct slice body;
	const char *proxy;
	const char *ca_file;
	struct slice ca_pem;
	const char *cookie_file;
	unsigned connect_timeout_ms;
	unsigned timeout_ms;
	size_t answer_max;
};

struct fetch_answer {
	unsigned status;
	char content_type[128];  /* "" when none */
	int64_t retry_after_sec; /* -1 when none was said */
	struct buf body;         /* fetch_answer_clear() */
};

void fetch_answer_clear(struct fetch_answer *answer);

/*
 * Once per process, before threads; and before confinement, because it loads
 * what TLS needs.
 */
ATTR_MUST_USE enum err fetch_init(struct errinfo *ei);

/*
 * Errors tell what became of the request:
 *   AGAIN    not a byte of it was sent (name, connection, TLS): "fetch.connect"
 *   TIMEOUT  it may have been received and acted upon: "fetch.unclear"
 *   LIMIT    answered, with more than answer_max bytes: "fetch.size"
 *   FORMAT, LIMIT   the request itself is wrong; nothing was sent:
 *            "fetch.request"
 * Any HTTP status is a success here.  The caller clears *out on success.
 */
ATTR_MUST_USE enum err fetch(const struct fetch_request *request,
    struct fetch_answer *out, struct errinfo *ei);

#endif
