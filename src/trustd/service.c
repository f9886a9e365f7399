/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/service.h"

#include <string.h>
#include <strings.h>

#include "http/problem.h"
#include "http/ready.h"
#include "http/request.h"
#include "http/response.h"

enum {
	NOT_YET_RETRY_SEC = 60
};

struct ring *
trustd_ring_of(const struct trustd *t, const char *path, const char **out_name)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash != NULL ? (size_t)(slash - path) : 0;

	/* Whoever sets an address with a slash at its end gets two. */
	while (len > 0 && path[len - 1] == '/') {
		len--;
	}
	for (size_t i = 0; i < t->num; i++) {
		const char *prefix = ring_prefix(t->rings[i]);

		if (strlen(prefix) == len &&
		    strncasecmp(prefix, path, len) == 0) {
			*out_name = slash != NULL ? slash + 1 : path;
			return t->rings[i];
		}
	}
	return NULL;
}

static void
get_file(void *arg, const struct request *r, struct response *resp)
{
	const struct trustd *t = arg;
	const char *name = NULL;
	struct ring *ring = trustd_ring_of(t, request_param(r, "path"), &name);
	struct ready *answer = NULL;
	bool none = false;

	if (ring != NULL) {
		answer = ring_answer(ring, name, &none);
	}
	if (answer != NULL) {
		response_ready(resp, answer);
	} else if (none) {
		problem_unavailable(resp, NOT_YET_RETRY_SEC, "trustd.none",
		    "There is no good state of this mirror yet; the server's "
		    "log says why.");
	} else {
		problem(resp, 404, "http.path",
		    "There is nothing at this address.");
	}
}

const struct route trustd_routes[] = {
    {.method = "GET",
	.pattern = "/{path*}",
	.handler = get_file,
	.flags = ROUTE_INLINE},
};
const size_t trustd_num_routes = ARRAY_LEN(trustd_routes);
