/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_SERVE_UNLOCK_H
#define SURGUCH_SIGNER_SERVE_UNLOCK_H
/*
 * The socket at which a signer's key is unlocked: one client at a time, whose
 * one question is answered when it is there, so that nobody who only connects
 * holds the signer up.
 */
#include <poll.h>
#include <stdbool.h>

#include "signer/engine.h"
#include "signer/serve.h"

enum {
	UNLOCK_POLL_MAX = 2
};

struct unlocking {
	const struct serve_options *o;
	int client; /* or -1 */
};

void unlocking_init(struct unlocking *u, const struct serve_options *o);
void unlocking_clear(struct unlocking *u);
/* What to wait for; the number of descriptors, 0 when there is no listener. */
size_t unlocking_poll(
    const struct unlocking *u, struct pollfd out[UNLOCK_POLL_MAX]);
/* Do what poll() found.  Failures are the client's, or logged. */
void unlocking_work(struct unlocking *u, struct engine *e,
    const struct pollfd *found, size_t num);

#endif
