/* SPDX-License-Identifier: Apache-2.0 */
#include "api/health.h"

#include <stdarg.h>
#include <stdio.h>

#include "api/api.h"
#include "api/routes.h"
#include "http/request.h"
#include "http/response.h"
#include "os/socket.h"
#include "json/writer.h"

void
readiness_add(struct readiness *r, const char *fmt, ...)
{
	va_list ap;

	if (r->num == READINESS_REASONS_MAX) {
		return;
	}
	va_start(ap, fmt);
	(void)vsnprintf(r->reasons[r->num++], READINESS_TEXT_SIZE, fmt, ap);
	va_end(ap);
}

void
readiness_answer(const struct readiness *ready, const struct request *r,
    struct response *resp)
{
	struct json_writer *w =
	    response_json(resp, ready->num == 0 ? 200 : 503);

	json_open_object(w, NULL);
	json_put_text(w, "status", ready->num == 0 ? "ready" : "not ready");
	if (ready->num > 0 && socket_is_loopback(request_client(r))) {
		json_open_array(w, "reasons");
		for (size_t i = 0; i < ready->num; i++) {
			json_put_text(w, NULL, ready->reasons[i]);
		}
		json_close(w);
	}
	json_close(w);
}

void
api_health(void *arg, const struct request *r, struct response *resp)
{
	struct json_writer *w = response_json(resp, 200);

	(void)arg;
	(void)r;
	json_open_object(w, NULL);
	json_put_text(w, "status", "ok");
	json_close(w);
}

void
api_ready(void *arg, const struct request *r, struct response *resp)
{
	const struct api *api = arg;
	struct readiness ready = {0};

	api->readiness(api->readiness_arg, &ready);
	readiness_answer(&ready, r, resp);
}
