/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IDENTITY_OTP_PRIV_H
#define SURGUCH_IDENTITY_OTP_PRIV_H
/* What otp.c, otp_code.c and their test share. */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/secret.h"
#include "identity/otp.h"

enum {
	OTP_MAC_SIZE = 32,
	OTP_CHALLENGE_HASH_SIZE = 32,
	OTP_DIGITS_SIZE = OTP_SIGNIN_DIGITS + 1,
};

struct otp {
	struct store *store;
	const struct clock *clock;
	struct secret key;
	struct otp_settings settings;
	char centre[OTP_CENTRE_SIZE];
	pthread_mutex_t lock; /* guards the two below */
	bool has_courier;
	uint8_t courier[OTP_COURIER_KEY_SIZE];
};

/* Everything that a code is bound to. */
struct otp_binding {
	struct id id;
	enum otp_deliver deliver;
	uint8_t phone_key[OTP_PHONE_KEY_SIZE];
	uint8_t challenge[OTP_CHALLENGE_HASH_SIZE];
	enum message act;
	uint8_t content[32];
};

ATTR_MUST_USE enum err otp_phone_key(const struct otp *o, const char *phone,
    uint8_t out[OTP_PHONE_KEY_SIZE], struct errinfo *ei);
/* Uniform decimal digits and a NUL; the caller wipes them. */
ATTR_MUST_USE enum err otp_digits(
    unsigned num, char out[OTP_DIGITS_SIZE], struct errinfo *ei);
ATTR_MUST_USE enum err otp_mac(const struct otp *o, const struct otp_binding *b,
    const char *digits, uint8_t out[OTP_MAC_SIZE], struct errinfo *ei);
/* Digits out of what was typed; false unless there are exactly num. */
ATTR_MUST_USE bool otp_typed(
    struct slice typed, unsigned num, char out[OTP_DIGITS_SIZE]);
/* What a sign-in is found by: the hash of its token. */
ATTR_MUST_USE enum err otp_challenge_signin(struct slice token,
    uint8_t out[OTP_CHALLENGE_HASH_SIZE], struct errinfo *ei);
/* What an act's code is found by: session and act. */
ATTR_MUST_USE enum err otp_challenge_act(const struct otp_act *act,
    uint8_t out[OTP_CHALLENGE_HASH_SIZE], struct errinfo *ei);

/* One code into the database and the outbox, see otp_send.c. */
struct otp_send {
	const char *phone;
	const char *what; /* NULL for a sign-in */
	enum lang lang;
	unsigned digits;
	bool known;
	bool again;  /* for a challenge that had a code before */
	bool silent; /* past a limit send nothing rather than fail */
	bool full;   /* found by otp_send_code(): past a limit */
	struct otp_binding binding; /* id is made by otp_send_code() */
};
ATTR_MUST_USE enum err otp_send_code(
    struct otp *o, struct otp_send *send, int64_t now_sec, struct errinfo *ei);

#endif
