/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_CERT_CHANGE_H
#define SURGUCH_API_CERT_CHANGE_H
/*
 * Revoking, holding and releasing, the same over the API and from surguchctl:
 * which change an event is, and how its answer tells it.
 */
#include <stdint.h>

#include "base/err.h"
#include "ca/cert_state.h"
#include "identity/messages.h"
#include "json/writer.h"

struct ca;
struct certificate;
struct form_row;
struct registry;
struct revocation;
struct unit;

enum {
	CERT_COMMENT_MAX = 500 /* bytes of a revocation's comment */
};

/* ca_add_revocation(), ca_add_hold() or ca_add_release(), as the event says;
 * errors are theirs (ca/revoke.h). */
ATTR_MUST_USE enum err cert_change_add(const struct ca *ca, struct unit *u,
    enum cert_event event, const struct certificate *c,
    const struct revocation *r, int64_t now, struct errinfo *ei);

/* What the certificate is after it, as cert_state_name() has it. */
const char *cert_change_status(enum cert_event event);

/* "id", "status" and the time, "revoked_at", "held_at" or "released_at":
 * members of an object that the caller has opened. */
void cert_change_put(struct json_writer *w, const struct certificate *c,
    enum cert_event event, int64_t now);

/* "Иванов Иван, …0a1b2c": whose certificate, and which of several.  row: NULL
 * where it has no form. */
void cert_change_put_what(const struct form_row *row,
    const struct certificate *cert, struct buf *out);
/*
 * Into the act's own unit of work: an SMS that tells the form's phone of it.  A
 * certificate that no form has (a program's) has nobody to tell, and what is
 * done does not wait for courier: while it has never started nobody is told.
 */
ATTR_MUST_USE enum err cert_change_tell(struct registry *r, struct unit *u,
    enum cert_event event, const struct certificate *cert, enum lang lang,
    struct errinfo *ei);

#endif
