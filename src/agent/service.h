/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_SERVICE_H
#define SURGUCH_AGENT_SERVICE_H
/*
 * The agent's HTTP service on the loopback: docs/agent-protocol.md, request by
 * request.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "http/router.h"
#include "x509/page_order.h"

struct media;
struct operations;
struct pairings;
struct request;
struct response;
struct service;
struct window;

/* Everything is borrowed. */
struct service_options {
	const char *home;
	struct media *media;
	uint16_t port;
	uint8_t agent[PAGE_ORDER_ID];
	struct window *window;
	struct pairings *pairings;
	struct operations *operations;
	const struct clock *clock;
};
ATTR_MUST_USE enum err service_new(
    const struct service_options *o, struct service **out, struct errinfo *ei);
void service_free(struct service *s); /* NULL is fine */

/* The `refused` of http_options: what the server refuses by itself a page of
 * a trusted centre may read too. */
void service_refused(void *arg, const struct request *r, struct response *resp);
/* The routes, static; their `arg` is a struct service. */
const struct route *service_routes(size_t *out_num);

#endif
