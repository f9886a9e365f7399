/* SPDX-License-Identifier: Apache-2.0 */
#include "http/origin.h"

#include <stdio.h>
#include <string.h>

#include "http/request.h"

enum {
	HOST_MAX = 512
};

enum err
origin_check(const struct request *r, const char *own, struct errinfo *ei)
{
	const char *origin = request_header(r, "Origin");
	const char *host = request_header(r, "Host");
	char from_host[HOST_MAX];

	if (strcmp(request_method(r), "GET") == 0) {
		return ERR_OK;
	}
	if (origin == NULL) {
		if (request_header(r, ORIGIN_WRITE_HEADER) != NULL) {
			return ERR_OK;
		}
		return err_set(ei, ERR_DENIED, "request.origin", NULL,
		    "a write by cookie needs an Origin header or, without "
		    "it, the header %s: 1",
		    ORIGIN_WRITE_HEADER);
	}
	if (own[0] == '\0') {
		(void)snprintf(from_host, sizeof(from_host), "https://%s",
		    host != NULL ? host : "");
		own = from_host;
	}
	if (strcmp(origin, own) != 0) {
		return err_set(ei, ERR_DENIED, "request.origin", NULL,
		    "the request comes from another site");
	}
	return ERR_OK;
}
