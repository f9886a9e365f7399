/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IDENTITY_OTP_H
#define SURGUCH_IDENTITY_OTP_H
/*
 * One-time codes by SMS (requirements A1, A2, A10; design rule 6).
 *
 * Two kinds.  A sign-in code has 8 digits, shown 4+4, and answers a
 * challenge that only the asking browser holds.  An act code has 6 digits,
 * lives inside a session, and is bound to that session, the act and the hash
 * of what is being confirmed.
 *
 * What is kept of a code is HMAC-SHA-256 over it and everything it is bound
 * to, under a key outside the database: 10^8 values under a bare hash hide
 * nothing.  The code itself goes, sealed to courier's key, into an outbox row
 * of the same unit of work, and is then wiped; nothing here can show it.
 *
 * Numbers: at most OTP_TRIES_CODE tries a code and OTP_TRIES_DAY a phone a
 * day (any 24 hours), counted and committed before the code is compared, so
 * that no race and no crash gives another try.  Of the day's tries
 * OTP_TRIES_KEPT are for browsers that signed in with this phone before (see
 * device below); the same holds for sendings.  So a stranger cannot lock the
 * owner out, and guessing over 100,000 phones for a day expects 100,000 * 15 /
 * 10^8 = 0.015 hits without any limit per address (test otp computes it).
 *
 * An unknown phone: the caller asks for the code in the same way with
 * deliver = OTP_DECOY.  The same statements are run, the same hashing is
 * done, and a row of the same size goes to the outbox marked so that courier
 * drops it; the code of that row exists nowhere.  Phones are kept here only
 * as HMAC under the same key.
 *
 * A device token marks a browser that signed in: a random value, the day and
 * the phone under HMAC, kept by the browser in a cookie of its own that
 * outlives the session; the centre stores nothing of it.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"
#include "identity/limit.h"
#include "identity/messages.h"

struct store;
struct unit;

enum {
	OTP_SIGNIN_DIGITS = 8,
	OTP_ACT_DIGITS = 6,
	OTP_TRIES_CODE = 5,
	OTP_TRIES_DAY = 15,
	OTP_TRIES_KEPT = 5,
	OTP_KEY_SIZE = 32,
	OTP_COURIER_KEY_SIZE = 32,
	OTP_CENTRE_SIZE = 64,
	OTP_SHOWN_SIZE = OTP_SIGNIN_DIGITS + 2,
	OTP_TOKEN_SIZE = 44,  /* 256 bits in base64url and a NUL */
	OTP_DEVICE_SIZE = 49, /* 36 bytes in base64url and a NUL */
	OTP_DEVICE_DAYS = 400,
	OTP_PHONE_KEY_SIZE = 16,
};

struct otp_settings {
	int64_t life_sec;          /* 60..86400; 1200 */
	int64_t resend_sec;        /* 120 */
	unsigned sends_phone;      /* an hour to one phone; 8 */
	unsigned sends_phone_kept; /* of them for known browsers; 3 */
	unsigned sends_all;        /* an hour from the whole centre; 5000 */
	unsigned sends_all_kept;   /* of them for known browsers; 1000 */
	const char *centre;        /* the centre's name in messages, copied */
};

void otp_settings_default(struct otp_settings *s);

struct otp_options {
	struct store *store;       /* borrowed for the life of the otp */
	const struct clock *clock; /* borrowed */
	struct slice key;          /* OTP_KEY_SIZE bytes, copied */
	struct otp_settings settings;
};

struct otp; /* safe to use from several threads */

ATTR_MUST_USE enum err otp_new(
    const struct otp_options *o, struct otp **out, struct errinfo *ei);
void otp_free(struct otp *o); /* wipes the key; NULL is accepted */
/* The key that codes are sealed to; courier tells it in its hello
 * (ipc/courier_msg.h).  Until then nothing can be sent: ERR_AGAIN
 * "otp.courier", whatever the phone. */
void otp_set_courier(struct otp *o, const uint8_t pub[OTP_COURIER_KEY_SIZE]);

enum otp_deliver {
	OTP_SEND,  /* the phone is registered */
	OTP_DECOY, /* it is not: same work, nothing goes out */
};

struct otp_signin {
	const char *phone;   /* normalised, +7... (subject/number.h) */
	struct slice device; /* the browser's device token, or empty */
	enum otp_deliver deliver;
	enum lang lang;
};

/* What the page is told; equal for every phone. */
struct otp_challenge {
	char token[OTP_TOKEN_SIZE]; /* the browser keeps it, nobody else */
	int64_t expires_at;         /* UTC seconds */
	int64_t resend_at;
};

/*
 * Begin a sign-in.  Earlier sign-in codes of this phone stop counting (but a
 * code asked from a known browser only yields to another such).  Past the
 * limit of sendings the answer is the same and nothing is sent: an answer
 * that differs would tell that somebody uses this phone.
 * Errors: ERR_STORE, ERR_NOMEM, ERR_SYS only.
 */
ATTR_MUST_USE enum err otp_signin_start(struct otp *o,
    const struct otp_signin *in, struct otp_challenge *out, struct errinfo *ei);
/*
 * «Получить смс повторно»: a new code for the same challenge; the old one
 * stops counting.  ERR_AGAIN "otp.too_soon" before resend_at;
 * ERR_DENIED "otp.challenge" when the challenge is not this phone's or is
 * over.
 */
ATTR_MUST_USE enum err otp_signin_resend(struct otp *o,
    const struct otp_signin *in, struct slice token, struct otp_challenge *out,
    struct errinfo *ei);

/* A right code, to be spent in the unit that does what it allows. */
struct otp_proof {
	struct id id;
	struct limit_slot slot; /* the try, taken back when it is spent */
	uint8_t content[32];    /* what it confirms; zeros for a sign-in */
};

/*
 * Judge a code (spaces and hyphens between digits are ignored).
 *   ERR_FORMAT "otp.form"       not the right number of digits; not counted
 *   ERR_DENIED "otp.challenge"  no such challenge, or for another phone
 *   ERR_DENIED "otp.wrong"      and *out_tries_left says how many remain
 *   ERR_DENIED "otp.spent"      five tries were made, or the code was used
 *   ERR_DENIED "otp.old"        a newer code was sent
 *   ERR_DENIED "otp.expired"
 *   ERR_LIMIT  "otp.day"        this phone's tries of the day are used up
 * out_tries_left (may be NULL) is written for ERR_OK and "otp.wrong".
 */
ATTR_MUST_USE enum err otp_signin_check(struct otp *o,
    const struct otp_signin *in, struct slice token, struct slice code,
    struct otp_proof *out, unsigned *out_tries_left, struct errinfo *ei);

/* What an act code is bound to. */
struct otp_act {
	const char *phone;    /* where the code goes: the statement's phone */
	struct slice session; /* struct session_info, hash */
	enum message act;     /* names the act, in the SMS and in the MAC */
	uint8_t content[32];  /* SHA-256 of what is confirmed */
	const char *what;     /* put into the SMS: the owner's name */
	enum lang lang;
};

/* Send a code for an act.  ERR_AGAIN "otp.too_soon" within resend_sec of the
 * last for the same session, act and content; ERR_LIMIT "limit.otp.send". */
ATTR_MUST_USE enum err otp_act_start(struct otp *o, const struct otp_act *act,
    int64_t *out_expires_at, int64_t *out_resend_at, struct errinfo *ei);
/* As otp_signin_check; a code asked for other content is "otp.wrong". */
ATTR_MUST_USE enum err otp_act_check(struct otp *o, const struct otp_act *act,
    struct slice code, struct otp_proof *out, unsigned *out_tries_left,
    struct errinfo *ei);

/*
 * Spend the proof in the caller's unit, for the content that it bears: a
 * conditional update that expects one row, so a code works once even when two
 * requests carry it; the loser's unit fails with ERR_CONFLICT "store.otp.use".
 * The try is given back: a right code was no guess, and somebody with many
 * forms needs many.
 */
void otp_add_use(struct unit *u, const struct otp_proof *proof);

/* A device token for a browser that has just signed in with this phone. */
ATTR_MUST_USE enum err otp_device_token(struct otp *o, const char *phone,
    char out[OTP_DEVICE_SIZE], struct errinfo *ei);
/* Was it made here for this phone, no more than OTP_DEVICE_DAYS ago? */
bool otp_device_known(
    const struct otp *o, const char *phone, struct slice token);

/* "1234 5678", "123 456": how a code is shown. */
void otp_show(const char *digits, char out[OTP_SHOWN_SIZE]);

/* Delete codes that ended more than two days ago (housekeeping). */
ATTR_MUST_USE enum err otp_sweep(struct otp *o, struct errinfo *ei);

#endif
