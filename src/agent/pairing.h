/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_PAIRING_H
#define SURGUCH_AGENT_PAIRING_H
/*
 * Pairings and what comes of them: tokens, each for one origin and 8 hours.
 * Only a token's SHA-256 is kept, and only in memory: an agent that was
 * restarted is paired anew.  Any number of threads.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

struct centre_trust;
struct pairings;
struct window;

enum {
	PAIRING_ID_SIZE = 2 + 32 + 1,    /* "p_", hexadecimal */
	PAIRING_CODE_SIZE = 6 + 1,       /* digits */
	PAIRING_TOKEN_SIZE = 43 + 1,     /* base64url of 32 octets */
	PAIRING_LIFE_SEC = 120,          /* until somebody has answered */
	PAIRING_TOKEN_SEC = 8 * 60 * 60, /* of a token */
};

enum pairing_state {
	PAIRING_WAITING,
	PAIRING_REFUSED,
	PAIRING_EXPIRED,
	PAIRING_PAIRED,
	PAIRING_STATE_MAX_
};
const char *pairing_state_name(enum pairing_state state);

/* window and clock are borrowed. */
ATTR_MUST_USE enum err pairings_new(struct window *window,
    const struct clock *clock, struct pairings **out, struct errinfo *ei);
void pairings_free(struct pairings *p); /* takes its question back */

struct pairing {
	char id[PAIRING_ID_SIZE];
	char code[PAIRING_CODE_SIZE];
	int64_t expires_at;
};
/* Show the code and ask, in the place of an earlier question for the same
 * centre.  ERR_CONFLICT "agent.pairing.open" while another centre's waits for
 * its answer. */
ATTR_MUST_USE enum err pairing_begin(struct pairings *p,
    const struct centre_trust *centre, struct pairing *out, struct errinfo *ei);

/* How far it is, for the origin that began it.  PAIRED gives the token, once.
 * ERR_NOTFOUND "agent.pairing". */
ATTR_MUST_USE enum err pairing_look(struct pairings *p,
    const struct centre_trust *centre, const char *id,
    enum pairing_state *out_state, char token[PAIRING_TOKEN_SIZE],
    int64_t *out_expires_at, struct errinfo *ei);

/* ERR_DENIED "agent.token": unknown, ended, or another origin's. */
ATTR_MUST_USE enum err pairing_check(struct pairings *p,
    const struct centre_trust *centre, const char *token, struct errinfo *ei);
/* Forget this token; it has been checked. */
ATTR_MUST_USE enum err pairing_end(
    struct pairings *p, const char *token, struct errinfo *ei);

#endif
