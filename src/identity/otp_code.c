/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The codes themselves: made, bound, read from what was typed; and the
 * tokens that mark a known browser.
 */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "identity/otp_priv.h"
#include "os/random.h"

enum {
	DEVICE_NONCE = 16,
	DEVICE_MAC = 16,
	DEVICE_BYTES = 4 + DEVICE_NONCE + DEVICE_MAC,
	BINDING_BYTES_MAX = 512,
};

static enum err
hmac_of(const struct otp *o, struct buf *b, uint8_t out[32], struct errinfo *ei)
{
	enum err err = buf_err(b, ei);

	return err != ERR_OK
		   ? err
		   : hmac_sha256(secret_slice(&o->key), buf_slice(b), out, ei);
}

enum err
otp_phone_key(const struct otp *o, const char *phone,
    uint8_t out[OTP_PHONE_KEY_SIZE], struct errinfo *ei)
{
	struct buf b = BUF_INIT(BINDING_BYTES_MAX);
	uint8_t mac[HMAC_SHA256_SIZE];
	enum err err;

	buf_add_str(&b, "surguch phone 1");
	buf_add_u8(&b, 0);
	buf_add_str(&b, phone);
	err = hmac_of(o, &b, mac, ei);
	if (err == ERR_OK) {
		memcpy(out, mac, OTP_PHONE_KEY_SIZE);
	}
	buf_wipe(&b);
	return err;
}

enum err
otp_digits(unsigned num, char out[OTP_DIGITS_SIZE], struct errinfo *ei)
{
	uint64_t bound = 1;
	uint64_t limit;
	uint64_t value;
	enum err err;
	unsigned i;

	ensure(num > 0 && num < OTP_DIGITS_SIZE);
	for (i = 0; i < num; i++) {
		bound *= 10;
	}
	/* The largest multiple of `bound`: above it the draw is repeated, so
	 * that every code is equally likely. */
	limit = UINT64_MAX - UINT64_MAX % bound;
	do {
		err = random_bytes(&value, sizeof(value), ei);
		if (err != ERR_OK) {
			return err;
		}
	} while (value >= limit);
	value %= bound;
	for (i = num; i > 0; i--) {
		out[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
	out[num] = '\0';
	secret_wipe(&value, sizeof(value));
	return ERR_OK;
}

enum err
otp_mac(const struct otp *o, const struct otp_binding *bound,
    const char *digits, uint8_t out[OTP_MAC_SIZE], struct errinfo *ei)
{
	struct buf b = BUF_INIT(BINDING_BYTES_MAX);
	enum err err;

	buf_add_str(&b, "surguch otp 1");
	/* No code that is typed fits the row of a message never sent. */
	buf_add_u8(&b, bound->deliver == OTP_SEND ? 1 : 2);
	buf_add(&b, id_slice(&bound->id));
	buf_add(&b, slice_make(bound->phone_key, OTP_PHONE_KEY_SIZE));
	buf_add(&b, slice_make(bound->challenge, OTP_CHALLENGE_HASH_SIZE));
	buf_add(&b, slice_make(bound->content, sizeof(bound->content)));
	buf_add_str(&b, message_name(bound->act));
	buf_add_u8(&b, 0);
	buf_add_str(&b, digits);
	err = hmac_of(o, &b, out, ei);
	buf_wipe(&b);
	return err;
}

bool
otp_typed(struct slice typed, unsigned num, char out[OTP_DIGITS_SIZE])
{
	size_t len = 0;
	size_t i;

	ensure(num < OTP_DIGITS_SIZE);
	for (i = 0; i < typed.len; i++) {
		if (typed.p[i] == ' ' || typed.p[i] == '-') {
			continue;
		}
		if (typed.p[i] < '0' || typed.p[i] > '9' || len == num) {
			return false;
		}
		out[len++] = (char)typed.p[i];
	}
	out[len] = '\0';
	return len == num;
}

enum err
otp_challenge_signin(struct slice token, uint8_t out[OTP_CHALLENGE_HASH_SIZE],
    struct errinfo *ei)
{
	struct buf b = BUF_INIT(BINDING_BYTES_MAX);
	enum err err;

	/* A token of another length is nobody's; its hash finds nothing. */
	if (token.len > OTP_TOKEN_SIZE) {
		token.len = OTP_TOKEN_SIZE;
	}
	buf_add_str(&b, "surguch challenge 1");
	buf_add_u8(&b, 0);
	buf_add(&b, token);
	err = sha256_of_buf(&b, out, ei);
	buf_wipe(&b);
	return err;
}

enum err
otp_challenge_act(const struct otp_act *act,
    uint8_t out[OTP_CHALLENGE_HASH_SIZE], struct errinfo *ei)
{
	struct buf b = BUF_INIT(BINDING_BYTES_MAX);
	enum err err;

	buf_add_str(&b, "surguch act 1");
	buf_add_u8(&b, 0);
	buf_add_str(&b, message_name(act->act));
	buf_add_u8(&b, 0);
	buf_add(&b, act->session);
	err = sha256_of_buf(&b, out, ei);
	buf_clear(&b);
	return err;
}

void
otp_show(const char *digits, char out[OTP_SHOWN_SIZE])
{
	size_t len = strlen(digits);
	size_t half = len / 2;

	ensure(len + 2 <= OTP_SHOWN_SIZE);
	memcpy(out, digits, half);
	out[half] = ' ';
	memcpy(out + half + 1, digits + half, len - half + 1);
}

static enum err
device_mac(const struct otp *o, const char *phone,
    const uint8_t head[4 + DEVICE_NONCE], uint8_t out[HMAC_SHA256_SIZE],
    struct errinfo *ei)
{
	struct buf b = BUF_INIT(BINDING_BYTES_MAX);
	enum err err;

	buf_add_str(&b, "surguch device 1");
	buf_add_u8(&b, 0);
	buf_add(&b, slice_make(head, 4 + DEVICE_NONCE));
	buf_add_str(&b, phone);
	err = hmac_of(o, &b, out, ei);
	buf_wipe(&b);
	return err;
}

enum err
otp_device_token(struct otp *o, const char *phone, char out[OTP_DEVICE_SIZE],
    struct errinfo *ei)
{
	struct buf b = BUF_INIT(OTP_DEVICE_SIZE);
	uint8_t bytes[DEVICE_BYTES];
	uint8_t mac[HMAC_SHA256_SIZE];
	uint32_t day = (uint32_t)(clock_utc_sec(o->clock) / DAY_SEC);
	enum err err;

	bytes[0] = (uint8_t)(day >> 24);
	bytes[1] = (uint8_t)(day >> 16);
	bytes[2] = (uint8_t)(day >> 8);
	bytes[3] = (uint8_t)day;
	err = random_bytes(bytes + 4, DEVICE_NONCE, ei);
	if (err == ERR_OK) {
		err = device_mac(o, phone, bytes, mac, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	memcpy(bytes + 4 + DEVICE_NONCE, mac, DEVICE_MAC);
	text_base64url(&b, slice_make(bytes, sizeof(bytes)));
	err = buf_err(&b, ei);
	if (err == ERR_OK) {
		memcpy(out, b.p, b.len);
		out[b.len] = '\0';
	}
	buf_wipe(&b);
	return err;
}

bool
otp_device_known(const struct otp *o, const char *phone, struct slice token)
{
	struct buf b = BUF_INIT(DEVICE_BYTES);
	uint8_t mac[HMAC_SHA256_SIZE];
	struct slice s;
	uint32_t day;
	int64_t today = clock_utc_sec(o->clock) / DAY_SEC;
	bool known = false;

	if (token.len != OTP_DEVICE_SIZE - 1 || !text_unbase64url(token, &b) ||
	    b.len != DEVICE_BYTES) {
		goto out;
	}
	s = buf_slice(&b);
	if (!slice_get_u32(&s, &day) || (int64_t)day > today + 1 ||
	    today - (int64_t)day > OTP_DEVICE_DAYS) {
		goto out;
	}
	if (device_mac(o, phone, b.p, mac, NULL) != ERR_OK) {
		goto out;
	}
	known = secret_eq(slice_make(mac, DEVICE_MAC),
	    slice_make(b.p + 4 + DEVICE_NONCE, DEVICE_MAC));
out:
	buf_wipe(&b);
	return known;
}
