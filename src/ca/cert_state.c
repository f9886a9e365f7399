/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/cert_state.h"

#include <string.h>

static const char *const names[CERT_STATE_MAX_] = {
    [CERT_GOOD] = "good",
    [CERT_HOLD] = "hold",
    [CERT_REVOKED] = "revoked",
};

static const char *const actions[CERT_EVENT_MAX_] = {
    [CERT_EV_HOLD] = "certificate.hold",
    [CERT_EV_RELEASE] = "certificate.release",
    [CERT_EV_REVOKE] = "certificate.revoke",
};

/* A step, or the rule that forbids it. */
static const struct step {
	enum cert_state next;
	const char *rule;
	const char *why;
} steps[CERT_STATE_MAX_][CERT_EVENT_MAX_] = {
    [CERT_GOOD] =
	{
	    [CERT_EV_HOLD] = {.next = CERT_HOLD},
	    [CERT_EV_RELEASE] = {.rule = "certificate.not_held",
		.why = "this certificate is not on hold"},
	    [CERT_EV_REVOKE] = {.next = CERT_REVOKED},
	},
    [CERT_HOLD] =
	{
	    [CERT_EV_HOLD] = {.rule = "certificate.hold",
		.why = "this certificate is on hold already"},
	    [CERT_EV_RELEASE] = {.next = CERT_GOOD},
	    [CERT_EV_REVOKE] = {.next = CERT_REVOKED},
	},
    [CERT_REVOKED] =
	{
	    [CERT_EV_HOLD] = {.rule = "certificate.revoked",
		.why = "this certificate is revoked for good: it cannot be "
		       "put on hold"},
	    [CERT_EV_RELEASE] = {.rule = "certificate.revoked",
		.why = "this certificate is revoked for good: it cannot be "
		       "released"},
	    [CERT_EV_REVOKE] = {.rule = "certificate.revoked",
		.why = "this certificate is revoked already"},
	},
};

const char *
cert_state_name(enum cert_state s)
{
	ensure(s < CERT_STATE_MAX_);
	return names[s];
}

enum cert_state
cert_state_parse(const char *name)
{
	unsigned s = 0;

	while (s < CERT_STATE_MAX_ && strcmp(names[s], name) != 0) {
		s++;
	}
	return (enum cert_state)s;
}

const char *
cert_event_action(enum cert_event event)
{
	ensure(event < CERT_EVENT_MAX_);
	return actions[event];
}

enum err
cert_state_next(enum cert_state from, enum cert_event event,
    enum cert_state *out, struct errinfo *ei)
{
	const struct step *step;

	ensure(from < CERT_STATE_MAX_ && event < CERT_EVENT_MAX_);
	step = &steps[from][event];
	if (step->rule != NULL) {
		return err_set(ei, ERR_STATE, step->rule, "RFC 5280 5.3.1",
		    "%s", step->why);
	}
	*out = step->next;
	return ERR_OK;
}
