/* SPDX-License-Identifier: Apache-2.0 */
#include "api/cert_change.h"

#include "ca/issue.h"
#include "ca/revoke.h"

static const struct {
	enum cert_state state;
	const char *at; /* the member with the time */
} changes[CERT_EVENT_MAX_] = {
    [CERT_EV_HOLD] = {CERT_HOLD, "held_at"},
    [CERT_EV_RELEASE] = {CERT_GOOD, "released_at"},
    [CERT_EV_REVOKE] = {CERT_REVOKED, "revoked_at"},
};

enum err
cert_change_add(const struct ca *ca, struct unit *u, enum cert_event event,
    const struct certificate *c, const struct revocation *r, int64_t now,
    struct errinfo *ei)
{
	switch (event) {
	case CERT_EV_HOLD:
		return ca_add_hold(ca, u, c, r, now, ei);
	case CERT_EV_RELEASE:
		return ca_add_release(u, c, r, now, ei);
	case CERT_EV_REVOKE:
	case CERT_EVENT_MAX_:
		break;
	}
	return ca_add_revocation(u, c, r, now, ei);
}

const char *
cert_change_status(enum cert_event event)
{
	ensure(event < CERT_EVENT_MAX_);
	return cert_state_name(changes[event].state);
}

void
cert_change_put(struct json_writer *w, const struct certificate *c,
    enum cert_event event, int64_t now)
{
	char id[ID_TEXT_SIZE];

	id_text(&c->id, CERTIFICATE_PREFIX, id);
	json_put_text(w, "id", id);
	json_put_text(w, "status", cert_change_status(event));
	json_put_time(w, changes[event].at, now);
}
