/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_ADMIN_SESSION_H
#define SURGUCH_TRUSTD_ADMIN_SESSION_H
/*
 * Who is signed in to the administrator's page.  Sessions live in memory and
 * end with the process; the cookie is 256 random bits, and only their SHA-256
 * is kept.  Any thread.
 */
#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"
#include "trustd/admins.h"

enum {
	ADMIN_TOKEN_SIZE = 44, /* 256 bits in base64url and a NUL */
	ADMIN_SESSIONS_MAX = 64,
	ADMIN_LIFE_SEC = 8 * 3600, /* since sign-in */
	ADMIN_IDLE_SEC = 1800,     /* since last use */
};

struct admin_sessions;

/* path: admins.h's file.  It and the clock are borrowed. */
ATTR_MUST_USE enum err admin_sessions_new(const char *path,
    const struct clock *clock, struct admin_sessions **out, struct errinfo *ei);
void admin_sessions_free(struct admin_sessions *s); /* NULL is fine */
/* admins_find().  With all places taken, the one that was longest unused
 * ends. */
ATTR_MUST_USE enum err admin_session_open(struct admin_sessions *s,
    struct slice key, char out_token[ADMIN_TOKEN_SIZE], struct admin *out,
    struct errinfo *ei);
/* Whose it is; notes the use.  ERR_DENIED "session.none" for one that never
 * was, has ended, or whose administrator is one no more. */
ATTR_MUST_USE enum err admin_session_find(struct admin_sessions *s,
    struct slice token, struct admin *out, struct errinfo *ei);
/* One that is none is fine. */
void admin_session_end(struct admin_sessions *s, struct slice token);

#endif
