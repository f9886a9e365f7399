/* SPDX-License-Identifier: Apache-2.0 */
/* docs/agent-protocol.md 4. */
#include "agent/pairing.h"
#include "agent/service_priv.h"

static enum err
pair(struct asked *a)
{
	struct pairing p;
	struct json_writer *w;
	enum err e = service_only(a, service_no_fields);

	if (e == ERR_OK) {
		e = pairing_begin(a->s->o.pairings, a->centre, &p, a->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	w = response_json(a->resp, 201);
	json_open_object(w, NULL);
	json_put_text(w, "pairing", p.id);
	json_put_text(w, "code", p.code);
	json_put_time(w, "expires_at", p.expires_at);
	json_close(w);
	return ERR_OK;
}

void
service_pair(void *arg, const struct request *r, struct response *resp)
{
	service_call(arg, r, resp, false, pair);
}

static enum err
pair_state(struct asked *a)
{
	static const char *const names[] = {"pairing", NULL};
	char token[PAIRING_TOKEN_SIZE];
	enum pairing_state state = PAIRING_WAITING;
	int64_t expires_at = 0;
	const char *id = NULL;
	struct json_writer *w;
	enum err e = service_only(a, names);

	if (e == ERR_OK) {
		e = json_get_text(
		    a->body, "pairing", PAIRING_ID_SIZE - 1, &id, a->ei);
	}
	if (e == ERR_OK) {
		e = pairing_look(a->s->o.pairings, a->centre, id, &state, token,
		    &expires_at, a->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	w = response_json(a->resp, 200);
	json_open_object(w, NULL);
	json_put_text(w, "state", pairing_state_name(state));
	if (state == PAIRING_PAIRED) {
		json_put_text(w, "token", token);
		json_put_hex(w, "agent",
		    slice_make(a->s->o.agent, sizeof(a->s->o.agent)));
		json_put_time(w, "expires_at", expires_at);
	}
	json_close(w);
	return ERR_OK;
}

void
service_pair_state(void *arg, const struct request *r, struct response *resp)
{
	service_call(arg, r, resp, false, pair_state);
}

static enum err
pair_end(struct asked *a)
{
	enum err e = service_only(a, service_no_fields);

	return e != ERR_OK
		   ? e
		   : pairing_end(a->s->o.pairings, request_bearer(a->r), a->ei);
}

void
service_pair_end(void *arg, const struct request *r, struct response *resp)
{
	service_call(arg, r, resp, true, pair_end);
}
