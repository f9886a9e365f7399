/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_WORKSTATION_STANDING_H
#define SURGUCH_WORKSTATION_STANDING_H
/*
 * How a certificate of the centre stands, asked by anybody who has it, and
 * ended by its owner: with a code that comes by SMS, or, without a phone, by
 * its own key.  Of a session only the first way needs one.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct cabinet;
struct container;
struct json;

/* Of this certificate (DER), or, when that is empty, of this serial number in
 * hexadecimal digits.  *out is the centre's answer, the caller's. */
ATTR_MUST_USE enum err standing_ask(struct cabinet *c, struct slice der,
    const char *serial, struct json **out, struct errinfo *ei);

/* Have the code sent: one that fits this certificate and this session. */
ATTR_MUST_USE enum err standing_send_code(
    struct cabinet *c, const char *certificate, struct errinfo *ei);
/* End it, for ever.  reason NULL: not said.  Again is the same answer. */
ATTR_MUST_USE enum err standing_stop_by_code(struct cabinet *c,
    const char *certificate, const char *code, const char *reason,
    struct json **out, struct errinfo *ei);

/* What is to be read and signed: the centre's text, good for minutes. */
struct standing_text {
	struct json *answer; /* owned */
	const char *text;
	const char *made_at;
};
ATTR_MUST_USE enum err standing_get_text(struct cabinet *c, struct slice der,
    const char *reason, struct standing_text *out, struct errinfo *ei);
void standing_text_clear(struct standing_text *t);
/* End it by its own key, which the container holds with it. */
ATTR_MUST_USE enum err standing_stop_by_key(struct cabinet *c,
    struct container *k, const struct standing_text *text, const char *reason,
    struct json **out, struct errinfo *ei);

#endif
