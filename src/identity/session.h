/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IDENTITY_SESSION_H
#define SURGUCH_IDENTITY_SESSION_H
/*
 * Sessions of people in the cabinet.  The cookie is 256 random bits; the
 * database has only their SHA-256.  A session belongs to a phone: one phone
 * may serve several forms and several owners, and what a session may see is
 * asked of the registry with that phone each time.
 */
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"
#include "identity/actor.h"
#include "identity/messages.h"
#include "identity/otp.h"

struct store;

enum {
	SESSION_TOKEN_SIZE = 44, /* 256 bits in base64url and a NUL */
	SESSION_HASH_SIZE = 32,
	SESSION_PHONE_SIZE = 20,
	SESSION_TOUCH_SEC = 60, /* last use is written at most this often */
};

struct session_settings {
	int64_t life_sec; /* from sign-in; 43200 */
	int64_t idle_sec; /* since last use; 3600 */
};

void session_settings_default(struct session_settings *s);

struct sessions {
	struct store *store;
	const struct clock *clock;
	struct session_settings settings;
};

struct session_info {
	struct id id; /* shown and audited; opens nothing */
	uint8_t hash[SESSION_HASH_SIZE];
	char phone[SESSION_PHONE_SIZE];
	enum lang lang;
	int64_t created_at;
	int64_t used_at;
	int64_t life_ends_at;
	int64_t expires_at; /* the nearer of life and idle */
};

/*
 * Open a session for a right sign-in code: one unit of work spends the code,
 * writes the session and the audit row.  The token is written only after the
 * commit.  ERR_CONFLICT "store.otp.use": the code was used a moment ago.
 */
ATTR_MUST_USE enum err session_open(struct sessions *s,
    const struct otp_proof *proof, const char *phone, enum lang lang,
    char out_token[SESSION_TOKEN_SIZE], struct session_info *out,
    struct errinfo *ei);
/*
 * Whose token is it?  ERR_DENIED "session.none" for anything that is not a
 * living session (malformed, unknown, ended, past its life, idle too long:
 * the answer does not tell which).  Notes the use.
 */
ATTR_MUST_USE enum err session_find(struct sessions *s, struct slice token,
    struct session_info *out, struct errinfo *ei);
/* The same of one that was found before, by its hash; notes no use. */
ATTR_MUST_USE enum err session_look(struct sessions *s,
    const uint8_t hash[SESSION_HASH_SIZE], struct session_info *out,
    struct errinfo *ei);
/* «Выйти».  Ending an ended one is ERR_OK. */
ATTR_MUST_USE enum err session_end(
    struct sessions *s, const struct session_info *info, struct errinfo *ei);
void session_actor(const struct session_info *info, struct actor *out);
/* Delete sessions that ended more than 30 days ago. */
ATTR_MUST_USE enum err session_sweep(struct sessions *s, struct errinfo *ei);

#endif
