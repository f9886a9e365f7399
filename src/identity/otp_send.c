/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending: one unit of work with the code's row, its outbox row and the two
 * counters.  A decoy runs the very same statements: its outbox row is never
 * due, its counter of the whole centre is one that nobody looks at, and its
 * MAC fits no code.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/sms.h"
#include "crypto/hash.h"
#include "identity/otp_priv.h"
#include "ipc/courier_msg.h"
#include "os/random.h"
#include "store/store.h"

enum {
	SEND_TRIES = 4
};

/* The counters that one message is counted in. */
struct slots {
	struct limit_slot phone;
	struct limit_slot all;
};

/* Where acts are counted that nothing is decided by. */
static const struct limit phone_over = {
    .name = "otp.send.over",
    .max = UINT32_MAX,
    .window_sec = LIMIT_HOUR,
};
static const struct limit all_over = {
    .name = "otp.all.over",
    .max = UINT32_MAX,
    .window_sec = LIMIT_HOUR,
};

/*
 * Of `max` acts `kept` are for known browsers: theirs first, then the open
 * ones.  Reads the same buckets for every phone.
 */
static enum err
look(struct otp *o, const char *open_name, const char *kept_name, unsigned max,
    unsigned kept, bool known, struct slice key, int64_t now,
    struct limit_slot *out, struct errinfo *ei)
{
	struct limit l = {.max = kept, .window_sec = LIMIT_HOUR};
	enum err err;

	if (known) {
		l.name = kept_name;
		err = limit_look(o->store, &l, key, now, out, ei);
		if (err != ERR_OK || out->left > 0) {
			return err;
		}
	}
	l.name = open_name;
	l.max = max - kept;
	return limit_look(o->store, &l, key, now, out, ei);
}

static enum err
find_slots(struct otp *o, const struct otp_send *send, int64_t now,
    struct slots *out, struct errinfo *ei)
{
	const struct otp_settings *s = &o->settings;
	struct slice key =
	    slice_make(send->binding.phone_key, OTP_PHONE_KEY_SIZE);
	enum err err;

	err = look(o, "otp.send.open", "otp.send.kept", s->sends_phone,
	    s->sends_phone_kept, send->known, key, now, &out->phone, ei);
	if (err != ERR_OK) {
		return err;
	}
	return look(o, "otp.all.open", "otp.all.kept", s->sends_all,
	    s->sends_all_kept, send->known, SLICE_EMPTY, now, &out->all, ei);
}

/* Past a limit, or to nobody: count where nothing is decided by it. */
static enum err
judge_slots(
    struct otp_send *send, int64_t now, struct slots *slots, struct errinfo *ei)
{
	struct slice key =
	    slice_make(send->binding.phone_key, OTP_PHONE_KEY_SIZE);
	enum err err;

	send->full = slots->phone.left == 0 || slots->all.left == 0;
	if (send->full && !send->silent) {
		return err_set(ei, ERR_LIMIT, "limit.otp.send", NULL,
		    "As many codes were sent as may be in an hour; ask again "
		    "in %lld seconds.",
		    (long long)(slots->phone.ends_at - now));
	}
	if (send->full) {
		send->binding.deliver = OTP_DECOY;
		err = limit_slot_init(&phone_over, key, now, &slots->phone, ei);
		if (err != ERR_OK) {
			return err;
		}
	}
	if (send->full && send->again) {
		/* The code that was sent before goes on counting. */
		send->binding.challenge[0] ^= 0xff;
	}
	if (send->binding.deliver == OTP_DECOY) {
		return limit_slot_init(
		    &all_over, SLICE_EMPTY, now, &slots->all, ei);
	}
	return ERR_OK;
}

/* The message, sealed to courier for exactly this row and phone. */
static enum err
seal_message(struct otp *o, const struct otp_send *send,
    const struct id *outbox, const char *digits, struct buf *out,
    struct errinfo *ei)
{
	uint8_t pub[OTP_COURIER_KEY_SIZE];
	char shown[OTP_SHOWN_SIZE];
	char minutes[24];
	bool has;
	enum err err;

	pthread_mutex_lock(&o->lock);
	has = o->has_courier;
	memcpy(pub, o->courier, sizeof(pub));
	pthread_mutex_unlock(&o->lock);
	if (!has) {
		return err_set(ei, ERR_AGAIN, "otp.courier", NULL,
		    "The part of the centre that sends messages has not "
		    "started yet; try again in a few seconds.");
	}
	otp_show(digits, shown);
	(void)snprintf(minutes, sizeof(minutes), "%lld",
	    (long long)(o->settings.life_sec / 60));
	err = message_seal(
	    &(struct message_letter){
		.courier = pub,
		.outbox = outbox,
		.kind = COURIER_SMS,
		.to = send->phone,
		.lang = send->lang,
		.message = send->binding.act,
		.values = {.code = shown,
		    .what = send->what,
		    .minutes = minutes,
		    .centre = o->centre},
	    },
	    out, ei);
	secret_wipe(shown, sizeof(shown));
	return err;
}

/* Pending messages of the same phone and share, which a newer one replaces. */
static enum err
outbox_object(const struct otp_send *send, struct id *out, struct errinfo *ei)
{
	struct buf b = BUF_INIT(64);
	uint8_t md[SHA256_SIZE];
	enum err err;

	buf_add(&b, slice_make(send->binding.phone_key, OTP_PHONE_KEY_SIZE));
	buf_add_u8(&b, send->known ? 1 : 0);
	buf_add_u8(&b, send->full ? 1 : 0);
	err = sha256_of_buf(&b, md, ei);
	if (err == ERR_OK) {
		memcpy(out->b, md, sizeof(out->b));
	}
	buf_clear(&b);
	return err;
}

/* A new number is shown to nobody before the code that goes there. */
static enum message_rank
rank_of(const struct otp_send *send)
{
	if (send->binding.act == MESSAGE_CHANGE_PHONE) {
		return MESSAGE_RANK_STRANGER;
	}
	return send->known ? MESSAGE_RANK_KNOWN : MESSAGE_RANK_ANYBODY;
}

static void
fill_unit(struct unit *u, const struct otp *o, const struct otp_send *send,
    const struct slots *slots, const struct id *outbox, const struct id *object,
    struct slice mac, struct slice sealed, int64_t now)
{
	const struct otp_binding *b = &send->binding;
	const char *act = message_name(b->act);
	int64_t ends = now + o->settings.life_sec;
	char area[SMS_AREA_SIZE];
	/* What is withheld at a limit does not end the life of what was sent
	 * before: the statement runs over a key that nothing has. */
	struct slice replaced =
	    send->full ? slice_make(b->challenge, OTP_PHONE_KEY_SIZE)
		       : slice_make(b->phone_key, OTP_PHONE_KEY_SIZE);

	sms_area(send->phone, area);
	unit_add(u, ST_OTP_SUPERSEDE, EXPECT_ANY, V_BLOB(replaced), V_TEXT(act),
	    V_INT(send->known));
	unit_add(u, ST_OUTBOX_SUPERSEDE, EXPECT_ANY, V_ID(object), V_TEXT(act),
	    V_INT(now));
	unit_add(u, ST_OUTBOX_FORGET, EXPECT_ANY, V_ID(object), V_TEXT(act));
	unit_add(u, ST_OTP_INSERT, EXPECT(1), V_ID(&b->id),
	    V_BLOB(slice_make(b->phone_key, OTP_PHONE_KEY_SIZE)),
	    V_BLOB(slice_make(b->challenge, OTP_CHALLENGE_HASH_SIZE)),
	    V_TEXT(act), V_BLOB(slice_make(b->content, sizeof(b->content))),
	    V_BLOB(mac), V_INT(send->known), V_INT(now), V_INT(ends));
	unit_add(u, ST_OUTBOX_INSERT, EXPECT(1), V_ID(outbox), V_TEXT("sms"),
	    V_TEXT(act), V_TEXT(send->phone), V_BLOB(sealed), V_ID(object),
	    V_INT(b->deliver == OTP_SEND ? now : ends), V_INT(ends), V_INT(now),
	    V_TEXT(area), V_INT(rank_of(send)), V_ID(&b->id));
	limit_add(u, &slots->phone);
	limit_add(u, &slots->all);
}

static enum err
send_once(struct otp *o, struct otp_send *send, int64_t now, struct errinfo *ei)
{
	struct otp_send mine = *send;
	struct slots slots;
	struct id outbox;
	struct id object;
	struct buf sealed = BUF_INIT(COURIER_SEALED_MAX);
	struct unit u;
	uint8_t mac[OTP_MAC_SIZE];
	char digits[OTP_DIGITS_SIZE];
	enum err err;

	unit_init(&u);
	memset(digits, 0, sizeof(digits));
	if ((err = find_slots(o, send, now, &slots, ei)) != ERR_OK ||
	    (err = judge_slots(&mine, now, &slots, ei)) != ERR_OK ||
	    (err = id_new(o->clock, &mine.binding.id, ei)) != ERR_OK ||
	    (err = id_new(o->clock, &outbox, ei)) != ERR_OK ||
	    (err = otp_digits(send->digits, digits, ei)) != ERR_OK ||
	    (err = otp_mac(o, &mine.binding, digits, mac, ei)) != ERR_OK ||
	    (err = seal_message(o, &mine, &outbox, digits, &sealed, ei)) !=
		ERR_OK ||
	    (err = outbox_object(&mine, &object, ei)) != ERR_OK) {
		goto out;
	}
	fill_unit(&u, o, &mine, &slots, &outbox, &object,
	    slice_make(mac, sizeof(mac)), buf_slice(&sealed), now);
	err = store_submit(o->store, &u, NULL, ei);
out:
	secret_wipe(digits, sizeof(digits));
	unit_clear(&u);
	buf_clear(&sealed);
	return err;
}

enum err
otp_send_code(
    struct otp *o, struct otp_send *send, int64_t now, struct errinfo *ei)
{
	struct errinfo mine = {0};
	enum err err = ERR_CONFLICT;
	int i;

	/* A conflict means that a counter was filled in between. */
	for (i = 0; i < SEND_TRIES && err == ERR_CONFLICT; i++) {
		err = send_once(o, send, now, &mine);
	}
	if (err == ERR_CONFLICT) {
		return err_set(ei, ERR_AGAIN, "otp.busy", NULL,
		    "Too many codes are being asked for at this moment; try "
		    "again in a few seconds.");
	}
	if (err != ERR_OK && ei != NULL) {
		*ei = mine;
	}
	return err;
}
