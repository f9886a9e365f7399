/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_ROUTER_H
#define SURGUCH_HTTP_ROUTER_H
/*
 * Which handler answers a method and a path.  A pattern is a path whose
 * segments are literal text or {name}; the last may be {name*}, which takes
 * all the rest, slashes included (an OCSP request in base64).  The path is
 * split at "/" before it is decoded, so an encoded slash never changes the
 * structure.  Literal segments win over {name}, {name} over {name*}.  HEAD is
 * answered by the route for GET.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

struct request;
struct response;

typedef void http_handler(
    void *arg, const struct request *r, struct response *resp);

/* Called from the loop: true when it has answered.  Must never block. */
typedef bool http_quick(
    void *arg, const struct request *r, struct response *resp);

enum route_flags {
	ROUTE_INLINE = 1 << 0, /* answered from the loop: must never block */
	ROUTE_BODY = 1 << 1,   /* takes a body; without the flag one is 400 */
	ROUTE_BODY_OPTIONAL = 1 << 2, /* with ROUTE_BODY: may be absent */
};

/*
 * method        "GET", "POST", "PUT", "PATCH", "DELETE" or "OPTIONS"
 * content_type  with ROUTE_BODY: the media type demanded (415 otherwise);
 *               NULL is application/json; "*" is any
 * body_max      bytes; 0 is HTTP_BODY_MAX
 * quick         asked before a worker is given the request; NULL: never
 * arg           what the handlers get instead of the server's; NULL: that
 * A table lives as long as the server.
 */
struct route {
	const char *method;
	const char *pattern;
	http_handler *handler;
	unsigned flags;
	const char *content_type;
	size_t body_max;
	http_quick *quick;
	void *arg;
};

enum {
	ROUTE_SEGMENTS_MAX = 12,
	ROUTE_PARAMS_MAX = 6,
};

struct route_param {
	struct slice name;  /* within the pattern */
	struct slice value; /* within the path, not decoded */
};

struct route_match {
	const struct route *route; /* NULL: none */
	struct route_param params[ROUTE_PARAMS_MAX];
	size_t num_params;
	/* When route is NULL: the methods that the path does have, for the
	 * Allow header ("GET, HEAD"); "" when the path is unknown. */
	char allow[48];
};

struct router;

/* Checks the patterns; two routes that differ only in the names of their
 * parameters are refused (CONFLICT).  `routes` is borrowed. */
ATTR_MUST_USE enum err router_new(const struct route *routes, size_t num_routes,
    struct router **out, struct errinfo *ei);
void router_free(struct router *router);
void router_find(const struct router *router, const char *method,
    struct slice path, struct route_match *out);

#endif
