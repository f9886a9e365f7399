/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_SERVER_H
#define SURGUCH_HTTP_SERVER_H
/*
 * The HTTP/1.1 server: libmicrohttpd's epoll threads read and write; a
 * complete request is suspended, handed to a pool of worker threads through a
 * bounded queue (full: 503 with Retry-After), and resumed with its answer.
 * Routes with ROUTE_INLINE are answered from the loop.  Library code: it logs
 * nothing, but calls access_log once for each answer.
 *
 * Refused as problem+json before any handler runs: ambiguous framing or Host
 * (400, and the connection closes), a path or query that is not clean UTF-8
 * (400), unknown paths (404) and methods (405 with Allow), a missing length
 * (411), a body that is too large (413) or of another type (415), long
 * targets (414) and headers (431).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "http/router.h"

struct http_server;

/* One answer, for the log.  Borrowed for the call.  No query string and no
 * body: they may hold what a log must not. */
struct http_access {
	const char *request; /* the request's id */
	const char *client;
	const char *method; /* as sent, at most 15 characters */
	const char *route;  /* the pattern; "" when none matched */
	const char *path;   /* as sent, without query; escape it */
	unsigned status;
	size_t response_len;
	bool kept;           /* by a route's quick handler */
	int64_t duration_us; /* from the first byte's parse to the answer */
	const char *rule;    /* of a problem answer, else "" */
	const struct errinfo *trouble; /* of a 5xx answer: what the client was
	    not told; NULL otherwise */
};

/*
 * listen_fd        a listening stream socket; the server's after a successful
 *                  start, closed when it stops
 * tls_*_pem        chain and key, PEM in memory; both empty: plain HTTP.
 *                  Not needed after start
 * tls_priorities   GnuTLS priority string; NULL: TLS 1.2 and 1.3, forward
 *                  secrecy only
 * counts           0 takes the default named beside them
 * ignore_query     what stands behind "?" is not looked at: request_query()
 *                  finds nothing, and nothing is refused for it
 * trusted_proxies  addresses ("10.0.0.5", "::1") whose X-Forwarded-For and
 *                  -Proto are believed
 * refused          may be NULL; asked before the server sends a refusal of its
 *                  own (of a head, a body, a full queue), to add headers to it.
 *                  From the loop: must not block.  The request may be known in
 *                  part only
 * arg              given to every handler
 */
struct http_options {
	int listen_fd;
	struct slice tls_cert_pem;
	struct slice tls_key_pem;
	const char *tls_priorities;
	unsigned loop_threads;       /* 2 */
	unsigned worker_threads;     /* 8 */
	unsigned queue_max;          /* HTTP_QUEUE_MAX */
	unsigned connections_max;    /* HTTP_CONNECTIONS_MAX */
	unsigned connections_per_ip; /* HTTP_CONNECTIONS_PER_IP; behind a
	  proxy all have its address */
	unsigned timeout_sec;        /* HTTP_TIMEOUT_SEC */
	size_t header_memory;        /* HTTP_HEADER_MEMORY; libmicrohttpd
	  clears all of it for each request */
	const struct route *routes;
	size_t num_routes;
	const char *const *trusted_proxies;
	size_t num_trusted_proxies;
	bool ignore_query;
	void (*refused)(
	    void *arg, const struct request *r, struct response *resp);
	void *arg;
	void (*access_log)(void *log_arg, const struct http_access *access);
	void *log_arg;
};

/*
 * Start the threads and accept.  Errors: FORMAT for routes, addresses, PEM or
 * priorities; CONFLICT for routes; NOMEM; SYS.
 */
ATTR_MUST_USE enum err http_server_start(const struct http_options *options,
    struct http_server **out, struct errinfo *ei);

/*
 * Stop accepting, let requests under way finish (at most grace_ms for those
 * whose bytes still come or go; a handler that runs is always waited for), end
 * all threads, free.  NULL is fine.
 */
void http_server_stop(struct http_server *server, unsigned grace_ms);

/* Requests under way now; for tests and for status pages. */
unsigned http_server_in_flight(const struct http_server *server);

#endif
