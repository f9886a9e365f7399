/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_PUBLISH_H
#define SURGUCH_CA_PUBLISH_H
/*
 * Publishing CRLs: a thread that makes the list that a revoked certificate
 * names (ca/shard.h) anew at once, as long as there are few (ca/pace.h), and
 * every list in time before the present one ends.  Of a CA with deltas
 * (signer/settings.h) it is that list's delta that is made at once, and anew
 * after each list and when half of its life is over.  Each goes to its file in
 * public_dir and into memory for the HTTP server.
 */
#include <stdint.h>

#include "base/err.h"

struct ca;
struct publisher;

enum {
	CRL_LIFE_SEC = 24 * 3600,
	CRL_RENEW_SEC = 12 * 3600, /* made anew with this much left */
	/* An expired certificate stays on the list for so long after its end
	 * (RFC 5280 3.3: at least one scheduled list beyond it). */
	CRL_KEEP_SEC = 3 * 24 * 3600,
	CRL_LOOK_MS = 30 * 1000, /* the thread looks at least so often */
};

/* `failed` (may be NULL) is called from the thread with what went wrong there;
 * it tries again later. */
struct publisher_options {
	struct ca *ca; /* borrowed */
	void (*failed)(void *arg, const char *ca, const struct errinfo *ei);
	void *arg;
};
/* Makes what is missing or old before it returns, then starts the thread; what
 * a key that is locked or away cannot sign now (ERR_AGAIN) is left to that.
 * While the store is held nothing is made. */
ATTR_MUST_USE enum err publisher_start(const struct publisher_options *o,
    struct publisher **out, struct errinfo *ei);
void publisher_stop(struct publisher *p); /* NULL is fine */
/* Something was revoked: publish soon. */
void publisher_kick(struct publisher *p);

#endif
