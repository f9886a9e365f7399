/* SPDX-License-Identifier: Apache-2.0 */
/* The cabinet: being told what changes (A12). */
#include "api/call.h"
#include "api/events.h"
#include "api/routes.h"

static enum err
my_events(struct call *c)
{
	return events_open(c->api->events, &c->session,
	    request_header(c->r, "Last-Event-ID"), c->resp, c->ei);
}

void
api_my_events(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_events);
}
