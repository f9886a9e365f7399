/* SPDX-License-Identifier: Apache-2.0 */
/* docs/agent-protocol.md 5. */
#include "agent/made.h"
#include "agent/service_priv.h"
#include "agent/trust.h"
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

/* Only while its container is in: the page would send the request of a key
 * that was deleted meanwhile, and its certificate would be for nothing. */
static enum err
put_request(struct asked *a, const struct id *application, struct buf *pkcs10)
{
	char container[CONTAINER_ID_SIZE];
	struct kept k;
	enum err e = made_find(a->s->o.home, a->centre->origin, application,
	    container, pkcs10, a->ei);

	if (e == ERR_OK) {
		e = media_find_container(a->s->o.media, container, &k, a->ei);
	}
	if (e == ERR_OK) {
		struct json_writer *w = response_json(a->resp, 200);

		json_open_object(w, NULL);
		json_put_text(w, "container", container);
		json_put_text(w, "medium", k.medium.id);
		json_put_base64(w, "pkcs10", buf_slice(pkcs10));
		json_close(w);
	}
	return e;
}

static enum err
request(struct asked *a)
{
	static const char *const names[] = {"application", NULL};
	struct buf pkcs10 = BUF_INIT(CSR_BYTES_MAX);
	const char *text = NULL;
	struct id application;
	enum err e = service_only(a, names);

	if (e == ERR_OK) {
		e = json_get_text(
		    a->body, "application", ID_TEXT_SIZE - 1, &text, a->ei);
	}
	if (e == ERR_OK && !id_parse(slice_str(text), "app", &application)) {
		e = err_object(a->ei,
		    err_set(a->ei, ERR_FORMAT, "json.field.id", NULL,
			"\"%s\" is not the id of an application", text),
		    "application");
	}
	if (e == ERR_OK) {
		e = put_request(a, &application, &pkcs10);
	}
	buf_clear(&pkcs10);
	return e;
}

void
service_request(void *arg, const struct request *r, struct response *resp)
{
	service_call(arg, r, resp, true, request);
}
