/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_STOP_TEXT_H
#define SURGUCH_REGISTRY_STOP_TEXT_H
/*
 * The text by whose signature an owner ends a certificate without a phone: it
 * names the certificate, the act and a time, and depends on nothing else, so
 * the centre keeps nothing of it and makes it again when the signature comes.
 * It is in both languages at once for the same reason.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct cert;

#define STOP_TEXT_VERSION "stop-1"

enum {
	STOP_TEXT_MAX = 4096,
	STOP_TEXT_LIFE_SEC = 900, /* a signature has to come within */
	STOP_TEXT_SKEW_SEC = 60
};

/* UTF-8, lines end with LF.  reason: its name (ca/revoke.h).  Appends to
 * *out. */
ATTR_MUST_USE enum err stop_text(const struct cert *cert, const char *centre,
    const char *reason, int64_t made_at, struct buf *out, struct errinfo *ei);
/* ERR_DENIED "stop.expired" for a text of another time than now. */
ATTR_MUST_USE enum err stop_text_check_time(
    int64_t made_at, int64_t now, struct errinfo *ei);

#endif
