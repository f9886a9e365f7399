/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_CERT_STATE_H
#define SURGUCH_CA_CERT_STATE_H
/*
 * The life of an issued certificate: good, on hold and good again, revoked.
 * What is revoked stays so (RFC 5280 5.3.1: only certificateHold may be taken
 * back).
 */
#include "base/err.h"

enum cert_state {
	CERT_GOOD,
	CERT_HOLD,
	CERT_REVOKED,
	CERT_STATE_MAX_
};

enum cert_event {
	CERT_EV_HOLD,
	CERT_EV_RELEASE,
	CERT_EV_REVOKE,
	CERT_EVENT_MAX_
};

/* As the database has it: "good", "hold", "revoked". */
const char *cert_state_name(enum cert_state s);
/* CERT_STATE_MAX_ for what is none. */
enum cert_state cert_state_parse(const char *name);
/* Of the audit: "certificate.hold", "certificate.release",
 * "certificate.revoke". */
const char *cert_event_action(enum cert_event event);

/* The state after it.  ERR_STATE "certificate.revoked", "certificate.hold" (it
 * is on hold already) or "certificate.not_held". */
ATTR_MUST_USE enum err cert_state_next(enum cert_state from,
    enum cert_event event, enum cert_state *out, struct errinfo *ei);

#endif
