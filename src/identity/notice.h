/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IDENTITY_NOTICE_H
#define SURGUCH_IDENTITY_NOTICE_H
/*
 * Messages without a one-time code of identity/otp.h: "your certificate is
 * ready".  A notice is a row of
 * the outbox in the unit of work of the act that it tells of, sealed to
 * courier's key like everything there.  It goes by SMS, and to an address that
 * the centre has for the person by mail too, where courier has a mail server:
 * two rows, which succeed or fail each for itself.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "identity/messages.h"

struct notices;
struct unit;

/* clock and centre (the centre's name in messages) are borrowed. */
ATTR_MUST_USE enum err notices_new(const struct clock *clock,
    const char *centre, struct notices **out, struct errinfo *ei);
void notices_free(struct notices *n);
/* Courier's key and whether it has a mail server, as it said at its last
 * start. */
void notices_set_courier(struct notices *n, const uint8_t key[32], bool mail);

struct notice {
	const char *phone; /* "+79..." */
	const char *email; /* NULL or "": there is none */
	enum lang lang;
	enum message message;
	const char *what;
	const char *when;
	const char *where;
	const char *code; /* of what has one (registry/phone_change.h) */
	struct id about;
};
enum {
	NOTICE_LIFE_SEC = 3 * 86400
};
/* ERR_AGAIN "notice.courier" while courier has never started. */
ATTR_MUST_USE enum err notice_add(struct notices *n, struct unit *u,
    const struct notice *what, struct errinfo *ei);

#endif
