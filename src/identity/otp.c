/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/otp.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "identity/otp_priv.h"
#include "identity/token.h"
#include "store/store.h"

enum {
	LIFE_MIN_SEC = 60,
	LIFE_MAX_SEC = 86400,
	SWEEP_SEC = 2 * 86400,
	CHECK_TRIES = 4,
	/* A day of tries is 4 windows of 6 hours and the present one. */
	TRY_WINDOW_SEC = 6 * 3600,
	TRY_PARTS = 4,
};

/* Tries of strangers, and those kept for known browsers: together the
 * day's allowance of a phone. */
static const struct limit try_open = {
    .name = "otp.try.open",
    .max = OTP_TRIES_DAY - OTP_TRIES_KEPT,
    .window_sec = TRY_WINDOW_SEC,
    .parts = TRY_PARTS,
};
static const struct limit try_kept = {
    .name = "otp.try.kept",
    .max = OTP_TRIES_KEPT,
    .window_sec = TRY_WINDOW_SEC,
    .parts = TRY_PARTS,
};

void
otp_settings_default(struct otp_settings *s)
{
	*s = (struct otp_settings){
	    .life_sec = 1200,
	    .resend_sec = 120,
	    .sends_phone = 8,
	    .sends_phone_kept = 3,
	    .sends_all = 5000,
	    .sends_all_kept = 1000,
	    .centre = "surguch",
	};
}

static enum err
check_options(const struct otp_options *o, struct errinfo *ei)
{
	const struct otp_settings *s = &o->settings;
	bool good = o->key.len == OTP_KEY_SIZE && s->life_sec >= LIFE_MIN_SEC &&
		    s->life_sec <= LIFE_MAX_SEC && s->resend_sec >= 0 &&
		    s->resend_sec <= s->life_sec &&
		    s->sends_phone_kept < s->sends_phone &&
		    s->sends_all_kept < s->sends_all && s->centre != NULL &&
		    text_is_clean(slice_str(s->centre)) &&
		    strlen(s->centre) < OTP_CENTRE_SIZE;

	if (!good) {
		return err_set(ei, ERR_FORMAT, "otp.settings", NULL,
		    "The settings of one-time codes are out of range: a key "
		    "of 32 bytes, a life of 60 to 86400 seconds, a resend "
		    "time within it, shares smaller than their wholes, a "
		    "name of 1 to 63 bytes.");
	}
	return ERR_OK;
}

enum err
otp_new(const struct otp_options *options, struct otp **out, struct errinfo *ei)
{
	struct otp *o;
	enum err err;

	err = check_options(options, ei);
	if (err != ERR_OK) {
		return err;
	}
	o = calloc(1, sizeof(*o));
	if (o == NULL) {
		return err_nomem(ei);
	}
	if (pthread_mutex_init(&o->lock, NULL) != 0) {
		free(o);
		return err_nomem(ei);
	}
	o->store = options->store;
	o->clock = options->clock;
	o->settings = options->settings;
	memcpy(o->centre, options->settings.centre,
	    strlen(options->settings.centre) + 1);
	o->settings.centre = o->centre;
	err = secret_copy(&o->key, options->key, ei);
	if (err != ERR_OK) {
		otp_free(o);
		return err;
	}
	*out = o;
	return ERR_OK;
}

void
otp_free(struct otp *o)
{
	if (o != NULL) {
		secret_clear(&o->key);
		pthread_mutex_destroy(&o->lock);
		free(o);
	}
}

void
otp_set_courier(struct otp *o, const uint8_t pub[OTP_COURIER_KEY_SIZE])
{
	pthread_mutex_lock(&o->lock);
	memcpy(o->courier, pub, sizeof(o->courier));
	o->has_courier = true;
	pthread_mutex_unlock(&o->lock);
}

/* The newest code of a challenge. */
struct newest {
	struct id id;
	uint8_t phone_key[OTP_PHONE_KEY_SIZE];
	uint8_t content[32];
	uint8_t mac[OTP_MAC_SIZE];
	bool live;
	bool over;
	unsigned tries;
	int64_t created_at;
	int64_t expires_at;
};

static bool
blob_copy(struct slice from, void *to, size_t len)
{
	if (from.len != len) {
		return false;
	}
	memcpy(to, from.p, len);
	return true;
}

/* ERR_DENIED "otp.challenge" when there is none. */
static enum err
find_newest(struct otp *o, const uint8_t challenge[OTP_CHALLENGE_HASH_SIZE],
    enum message act, struct newest *out, struct errinfo *ei)
{
	struct rows *rows = NULL;
	const char *state;
	enum err err;

	err = store_query_one(o->store, ST_OTP_NEWEST, &rows, ei,
	    V_BLOB(slice_make(challenge, OTP_CHALLENGE_HASH_SIZE)),
	    V_TEXT(message_name(act)));
	if (err == ERR_NOTFOUND) {
		return err_set(ei, ERR_DENIED, "otp.challenge", NULL,
		    "No code was asked for here; ask for one.");
	}
	if (err != ERR_OK) {
		return err;
	}
	*out = (struct newest){
	    .id = rows_id(rows, 0, 0),
	    .tries = (unsigned)rows_int(rows, 0, 6),
	    .created_at = rows_int(rows, 0, 7),
	    .expires_at = rows_int(rows, 0, 8),
	};
	state = rows_text(rows, 0, 5);
	out->live = strcmp(state, "live") == 0;
	out->over = strcmp(state, "over") == 0;
	if (!blob_copy(rows_blob(rows, 0, 1), out->phone_key,
		sizeof(out->phone_key)) ||
	    !blob_copy(
		rows_blob(rows, 0, 2), out->content, sizeof(out->content)) ||
	    !blob_copy(rows_blob(rows, 0, 3), out->mac, sizeof(out->mac))) {
		err = err_set(ei, ERR_STORE, "otp.row", NULL,
		    "A one-time code's row does not have its form.");
	}
	rows_free(rows);
	return err;
}

static bool
same_phone(const struct newest *n, const uint8_t key[OTP_PHONE_KEY_SIZE])
{
	return secret_eq(slice_make(n->phone_key, OTP_PHONE_KEY_SIZE),
	    slice_make(key, OTP_PHONE_KEY_SIZE));
}

static enum err
signin_send(struct otp *o, const struct otp_signin *in, bool again,
    const char *token, int64_t now, struct otp_challenge *out,
    struct errinfo *ei)
{
	struct otp_send send = {
	    .phone = in->phone,
	    .lang = in->lang,
	    .digits = OTP_SIGNIN_DIGITS,
	    .known = otp_device_known(o, in->phone, in->device),
	    .again = again,
	    .silent = true,
	    .binding = {.deliver = in->deliver, .act = MESSAGE_SIGNIN},
	};
	struct otp_challenge challenge = {
	    .expires_at = now + o->settings.life_sec,
	    .resend_at = now + o->settings.resend_sec,
	};
	enum err err;

	memcpy(challenge.token, token, OTP_TOKEN_SIZE);
	err = otp_phone_key(o, in->phone, send.binding.phone_key, ei);
	if (err == ERR_OK) {
		err = otp_challenge_signin(
		    slice_str(token), send.binding.challenge, ei);
	}
	if (err == ERR_OK) {
		err = otp_send_code(o, &send, now, ei);
	}
	if (err == ERR_OK) {
		*out = challenge;
	}
	return err;
}

enum err
otp_signin_start(struct otp *o, const struct otp_signin *in,
    struct otp_challenge *out, struct errinfo *ei)
{
	char token[OTP_TOKEN_SIZE];
	enum err err;

	err = token_new("", token, sizeof(token), ei);
	if (err != ERR_OK) {
		return err;
	}
	return signin_send(
	    o, in, false, token, clock_utc_sec(o->clock), out, ei);
}

static enum err
too_soon(int64_t wait_sec, struct errinfo *ei)
{
	return err_set(ei, ERR_AGAIN, "otp.too_soon", NULL,
	    "A code was sent a moment ago; another can be asked for in %lld "
	    "seconds.",
	    (long long)wait_sec);
}

enum err
otp_signin_resend(struct otp *o, const struct otp_signin *in,
    struct slice token, struct otp_challenge *out, struct errinfo *ei)
{
	uint8_t challenge[OTP_CHALLENGE_HASH_SIZE];
	uint8_t phone_key[OTP_PHONE_KEY_SIZE];
	char text[OTP_TOKEN_SIZE];
	struct newest n = {0};
	int64_t now = clock_utc_sec(o->clock);
	enum err err;

	if ((err = otp_challenge_signin(token, challenge, ei)) != ERR_OK ||
	    (err = otp_phone_key(o, in->phone, phone_key, ei)) != ERR_OK ||
	    (err = find_newest(o, challenge, MESSAGE_SIGNIN, &n, ei)) !=
		ERR_OK) {
		return err;
	}
	/* A page left open longer than two lives of a code begins anew. */
	if (!same_phone(&n, phone_key) || (!n.live && !n.over) ||
	    now >= n.expires_at + o->settings.life_sec ||
	    token.len != OTP_TOKEN_SIZE - 1) {
		return err_set(ei, ERR_DENIED, "otp.challenge", NULL,
		    "This sign-in is over; begin again.");
	}
	if (now < n.created_at + o->settings.resend_sec) {
		return too_soon(
		    n.created_at + o->settings.resend_sec - now, ei);
	}
	memcpy(text, token.p, token.len);
	text[token.len] = '\0';
	return signin_send(o, in, true, text, now, out, ei);
}

/* Why a code cannot be tried any more; ERR_OK when it can. */
static enum err
judge_newest(const struct newest *n, int64_t now, struct errinfo *ei)
{
	if (n->over) {
		return err_set(ei, ERR_DENIED, "otp.old", NULL,
		    "A newer code was sent; only the last one counts.");
	}
	if (!n->live || n->tries >= OTP_TRIES_CODE) {
		return err_set(ei, ERR_DENIED, "otp.spent", NULL,
		    "This code was used, or tried %d times; ask for another.",
		    OTP_TRIES_CODE);
	}
	if (now >= n->expires_at) {
		return err_set(ei, ERR_DENIED, "otp.expired", NULL,
		    "This code has expired; ask for another.");
	}
	return ERR_OK;
}

/* Count the try, committed, before anything is compared. */
static enum err
count_try(struct otp *o, const struct newest *n, bool known, int64_t now,
    struct limit_slot *out, struct errinfo *ei)
{
	struct slice key = slice_make(n->phone_key, OTP_PHONE_KEY_SIZE);
	struct limit_slot slot = {0};
	struct unit u;
	enum err err;

	if (known) {
		err = limit_look(o->store, &try_kept, key, now, &slot, ei);
		if (err != ERR_OK) {
			return err;
		}
	}
	if (slot.left == 0) {
		err = limit_look(o->store, &try_open, key, now, &slot, ei);
		if (err != ERR_OK) {
			return err;
		}
	}
	if (slot.left == 0) {
		return err_set(ei, ERR_LIMIT, "otp.day", NULL,
		    "Too many codes were tried for this phone; try again "
		    "tomorrow, or from a browser that you used before.");
	}
	unit_init(&u);
	unit_add(&u, ST_OTP_TRY, EXPECT(1), V_ID(&n->id), V_INT(OTP_TRIES_CODE),
	    V_INT(now));
	limit_add(&u, &slot);
	err = store_submit(o->store, &u, NULL, ei);
	unit_clear(&u);
	if (err == ERR_OK) {
		*out = slot;
	}
	return err;
}

/* Everything that a check needs and a challenge's kind decides. */
struct check {
	struct otp_binding binding; /* id and deliver are filled here */
	bool known;
	unsigned digits;
};

static enum err
compare(struct otp *o, struct check *c, const struct newest *n,
    const char *digits, bool *out_equal, struct errinfo *ei)
{
	uint8_t mac[OTP_MAC_SIZE];
	enum err err;

	c->binding.id = n->id;
	c->binding.deliver = OTP_SEND;
	err = otp_mac(o, &c->binding, digits, mac, ei);
	if (err == ERR_OK) {
		*out_equal = secret_eq(slice_make(mac, sizeof(mac)),
		    slice_make(n->mac, sizeof(mac)));
	}
	secret_wipe(mac, sizeof(mac));
	return err;
}

static enum err
check_code(struct otp *o, struct check *c, struct slice typed,
    struct otp_proof *out, unsigned *out_left, struct errinfo *ei)
{
	char digits[OTP_DIGITS_SIZE];
	struct limit_slot slot = {0};
	struct newest n = {0};
	int64_t now = clock_utc_sec(o->clock);
	bool equal = false;
	unsigned left;
	enum err err = ERR_CONFLICT;
	int i;

	if (!otp_typed(typed, c->digits, digits)) {
		return err_set(ei, ERR_FORMAT, "otp.form", NULL,
		    "A code has %u digits.", c->digits);
	}
	/* A conflict: another try was counted in between; look again. */
	for (i = 0; i < CHECK_TRIES && err == ERR_CONFLICT; i++) {
		err = find_newest(
		    o, c->binding.challenge, c->binding.act, &n, ei);
		if (err == ERR_OK && !same_phone(&n, c->binding.phone_key)) {
			err = err_set(ei, ERR_DENIED, "otp.challenge", NULL,
			    "No code was asked for here; ask for one.");
		}
		if (err == ERR_OK) {
			err = judge_newest(&n, now, ei);
		}
		if (err == ERR_OK) {
			err = count_try(o, &n, c->known, now, &slot, ei);
		}
	}
	if (err == ERR_CONFLICT) {
		err = err_set(ei, ERR_AGAIN, "otp.busy", NULL,
		    "Too many codes are being tried at this moment; try "
		    "again.");
	}
	if (err == ERR_OK) {
		err = compare(o, c, &n, digits, &equal, ei);
	}
	secret_wipe(digits, sizeof(digits));
	if (err != ERR_OK) {
		return err;
	}
	left = OTP_TRIES_CODE - n.tries - 1;
	if (out_left != NULL) {
		*out_left = left;
	}
	if (!equal) {
		return err_set(ei, ERR_DENIED, "otp.wrong", NULL,
		    "The code is wrong; %u tries remain for it.", left);
	}
	*out = (struct otp_proof){.id = n.id, .slot = slot};
	memcpy(out->content, c->binding.content, sizeof(out->content));
	return ERR_OK;
}

enum err
otp_signin_check(struct otp *o, const struct otp_signin *in, struct slice token,
    struct slice code, struct otp_proof *out, unsigned *out_tries_left,
    struct errinfo *ei)
{
	struct check c = {
	    .binding = {.act = MESSAGE_SIGNIN},
	    .known = otp_device_known(o, in->phone, in->device),
	    .digits = OTP_SIGNIN_DIGITS,
	};
	enum err err;

	err = otp_phone_key(o, in->phone, c.binding.phone_key, ei);
	if (err == ERR_OK) {
		err = otp_challenge_signin(token, c.binding.challenge, ei);
	}
	return err != ERR_OK ? err
			     : check_code(o, &c, code, out, out_tries_left, ei);
}

enum err
otp_act_start(struct otp *o, const struct otp_act *act, int64_t *out_expires_at,
    int64_t *out_resend_at, struct errinfo *ei)
{
	struct otp_send send = {
	    .phone = act->phone,
	    .what = act->what,
	    .lang = act->lang,
	    .digits = OTP_ACT_DIGITS,
	    .known = true, /* it is signed in */
	    .binding = {.deliver = OTP_SEND, .act = act->act},
	};
	struct newest n = {0};
	int64_t now = clock_utc_sec(o->clock);
	int64_t resend = o->settings.resend_sec;
	enum err err;

	memcpy(send.binding.content, act->content, sizeof(act->content));
	if ((err = otp_phone_key(o, act->phone, send.binding.phone_key, ei)) !=
		ERR_OK ||
	    (err = otp_challenge_act(act, send.binding.challenge, ei)) !=
		ERR_OK) {
		return err;
	}
	err = find_newest(o, send.binding.challenge, act->act, &n, ei);
	if (err == ERR_OK && n.live && now < n.created_at + resend &&
	    memcmp(n.content, act->content, sizeof(n.content)) == 0) {
		return too_soon(n.created_at + resend - now, ei);
	}
	if (err != ERR_OK && err != ERR_DENIED) {
		return err;
	}
	err = otp_send_code(o, &send, now, ei);
	if (err == ERR_OK) {
		*out_expires_at = now + o->settings.life_sec;
		*out_resend_at = now + resend;
	}
	return err;
}

enum err
otp_act_check(struct otp *o, const struct otp_act *act, struct slice code,
    struct otp_proof *out, unsigned *out_tries_left, struct errinfo *ei)
{
	struct check c = {
	    .binding = {.act = act->act},
	    .known = true,
	    .digits = OTP_ACT_DIGITS,
	};
	enum err err;

	memcpy(c.binding.content, act->content, sizeof(act->content));
	err = otp_phone_key(o, act->phone, c.binding.phone_key, ei);
	if (err == ERR_OK) {
		err = otp_challenge_act(act, c.binding.challenge, ei);
	}
	return err != ERR_OK ? err
			     : check_code(o, &c, code, out, out_tries_left, ei);
}

void
otp_add_use(struct unit *u, const struct otp_proof *proof)
{
	unit_add(u, ST_OTP_USE, EXPECT(1), V_ID(&proof->id));
	limit_add_return(u, &proof->slot);
}

enum err
otp_sweep(struct otp *o, struct errinfo *ei)
{
	struct unit u;
	enum err err;

	unit_init(&u);
	unit_add(&u, ST_OTP_PURGE, EXPECT_ANY,
	    V_INT(clock_utc_sec(o->clock) - SWEEP_SEC));
	err = store_submit(o->store, &u, NULL, ei);
	unit_clear(&u);
	return err;
}
