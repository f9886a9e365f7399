/* SPDX-License-Identifier: Apache-2.0 */
/* docs/agent-protocol.md 5. */
#include "agent/service_priv.h"
#include "agent/window.h"
#include "agent/workplace.h"
#include "base/bounds.h"
#include "workstation/media.h"

static enum err
workplace(struct asked *a)
{
	const struct workplace_agent about = {
	    .id = slice_make(a->s->o.agent, sizeof(a->s->o.agent)),
	    .protocol = AGENT_PROTOCOL,
	    .window = window_name(a->s->o.window),
	};
	struct buf text = BUF_INIT(AGENT_BODY_MAX);
	enum err e = service_only(a, service_no_fields);

	if (e == ERR_OK) {
		e = workplace_put(a->s->o.media, &about, &text, a->ei);
	}
	return service_send(a, &text, e);
}

void
service_workplace(void *arg, const struct request *r, struct response *resp)
{
	service_call(arg, r, resp, true, workplace);
}

static enum err
containers(struct asked *a)
{
	static const char *const names[] = {"medium", NULL};
	struct buf text = BUF_INIT(HTTP_ANSWER_MAX);
	const char *medium = NULL;
	enum err e = service_only(a, names);

	if (e == ERR_OK) {
		e = json_get_text_optional(
		    a->body, "medium", MEDIUM_ID_SIZE - 1, &medium, a->ei);
	}
	if (e == ERR_OK) {
		e = workplace_put_containers(
		    a->s->o.media, medium, &text, a->ei);
	}
	return service_send(a, &text, e);
}

void
service_containers(void *arg, const struct request *r, struct response *resp)
{
	service_call(arg, r, resp, true, containers);
}
