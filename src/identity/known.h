/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IDENTITY_KNOWN_H
#define SURGUCH_IDENTITY_KNOWN_H
/*
 * Tokens of operators that were looked up in this second: a program that asks
 * a thousand times in it is found once.  Whatever ends a token calls
 * known_forget() when it is committed, so here an end holds from then on; one
 * that somebody else wrote into the database holds a second later.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "identity/operator.h"
#include "identity/token.h"

struct known; /* safe to use from several threads */

ATTR_MUST_USE enum err known_new(struct known **out, struct errinfo *ei);
void known_free(struct known *k); /* NULL is fine */

/* What was put in this second; else false, and *out_ticket is for the put. */
bool known_get(struct known *k, const uint8_t hash[TOKEN_HASH_SIZE],
    int64_t now_sec, struct operator_session *out, uint64_t *out_ticket);
/* What was looked up after the ticket was given; nothing is put when a token
 * ended meanwhile. */
void known_put(struct known *k, uint64_t ticket,
    const uint8_t hash[TOKEN_HASH_SIZE], int64_t now_sec,
    const struct operator_session *s);
void known_forget(struct known *k);

#endif
