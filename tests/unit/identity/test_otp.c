/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "identity/otp.h"
#include "identity/otp_priv.h"

#define PHONE "+79161234567"
#define OTHER "+79990000001"

static struct otp_signin
signin(const char *phone, const char *device, enum otp_deliver deliver)
{
	return (struct otp_signin){
	    .phone = phone,
	    .device = slice_str(device),
	    .deliver = deliver,
	};
}

static enum err
check(struct fixture *f, const struct otp_signin *in,
    const struct otp_challenge *c, const char *code, struct otp_proof *proof,
    unsigned *left, struct errinfo *ei)
{
	return otp_signin_check(
	    f->otp, in, slice_str(c->token), slice_str(code), proof, left, ei);
}

static void
start(struct fixture *f, const struct otp_signin *in, struct otp_challenge *out,
    char code[16])
{
	struct errinfo ei = {0};

	assert_ok(otp_signin_start(f->otp, in, out, &ei), &ei);
	fixture_code(f, in->phone, code);
}

static enum err
spend(struct fixture *f, const struct otp_proof *proof, struct errinfo *ei)
{
	struct unit u;
	enum err err;

	unit_init(&u);
	otp_add_use(&u, proof);
	err = store_submit(f->store, &u, NULL, ei);
	unit_clear(&u);
	return err;
}

#define assert_rule(call, kind, want, ei)                                      \
	do {                                                                   \
		assert_int_equal((call), (kind));                              \
		assert_string_equal((ei)->rule, (want));                       \
	} while (0)

static void
test_signin(void **state)
{
	struct fixture *f = *state;
	struct otp_signin in = signin(PHONE, "", OTP_SEND);
	struct otp_challenge c;
	struct otp_proof proof;
	struct otp_proof again;
	struct errinfo ei = {0};
	char text[2048];
	char code[16];
	char wrong[16];
	char spaced[16];
	unsigned left = 99;

	print_message("proves: A1 A2\n");
	assert_ok(otp_signin_start(f->otp, &in, &c, &ei), &ei);
	assert_int_equal(c.expires_at, TEST_NOW + 1200);
	assert_int_equal(c.resend_at, TEST_NOW + 120);
	assert_true(fixture_message(f, PHONE, text, sizeof(text)));
	/* The SMS names the act and the life; the sender is the centre. */
	assert_non_null(strstr(text, "для входа в Личный кабинет"));
	assert_non_null(strstr(text, "20 мин"));
	assert_int_equal(strncmp(text, "Код ", strlen("Код ")), 0);
	memcpy(spaced, text + strlen("Код "), 9); /* "1234 5678" */
	spaced[9] = '\0';
	assert_int_equal(spaced[4], ' ');
	memcpy(code, spaced, 4);
	memcpy(code + 4, spaced + 5, 5);
	fixture_wrong(code, wrong);

	assert_rule(check(f, &in, &c, "1234567", &proof, NULL, &ei), ERR_FORMAT,
	    "otp.form", &ei);
	assert_rule(check(f, &in, &c, "123456789", &proof, NULL, &ei),
	    ERR_FORMAT, "otp.form", &ei);
	assert_rule(check(f, &in, &c, wrong, &proof, &left, &ei), ERR_DENIED,
	    "otp.wrong", &ei);
	assert_int_equal(left, OTP_TRIES_CODE - 1);
	assert_ok(check(f, &in, &c, spaced, &proof, &left, &ei), &ei);
	assert_ok(check(f, &in, &c, code, &again, NULL, &ei), &ei);
	/* Two right answers, one use. */
	assert_ok(spend(f, &proof, &ei), &ei);
	assert_rule(spend(f, &again, &ei), ERR_CONFLICT, "store.otp.use", &ei);
	assert_rule(check(f, &in, &c, code, &proof, NULL, &ei), ERR_DENIED,
	    "otp.spent", &ei);
}

static void
test_bound(void **state)
{
	struct fixture *f = *state;
	struct otp_signin in = signin(PHONE, "", OTP_SEND);
	struct otp_signin other = signin(OTHER, "", OTP_SEND);
	struct otp_challenge c1;
	struct otp_challenge c2;
	struct otp_challenge c3;
	struct otp_proof proof;
	struct errinfo ei = {0};
	char code1[16];
	char code2[16];
	char code3[16];

	start(f, &in, &c1, code1);
	start(f, &other, &c3, code3);
	/* Another browser's challenge and another phone do not fit. */
	assert_rule(check(f, &in, &c3, code1, &proof, NULL, &ei), ERR_DENIED,
	    "otp.challenge", &ei);
	assert_rule(check(f, &other, &c3, code1, &proof, NULL, &ei), ERR_DENIED,
	    "otp.wrong", &ei);
	start(f, &in, &c2, code2);
	/* Only the newest counts. */
	assert_rule(check(f, &in, &c1, code1, &proof, NULL, &ei), ERR_DENIED,
	    "otp.old", &ei);
	assert_rule(check(f, &in, &c2, code1, &proof, NULL, &ei), ERR_DENIED,
	    "otp.wrong", &ei);
	assert_ok(check(f, &in, &c2, code2, &proof, NULL, &ei), &ei);
	memset(c2.token, 'A', sizeof(c2.token) - 1);
	assert_rule(check(f, &in, &c2, code2, &proof, NULL, &ei), ERR_DENIED,
	    "otp.challenge", &ei);
}

static void
test_resend(void **state)
{
	struct fixture *f = *state;
	struct otp_signin in = signin(PHONE, "", OTP_SEND);
	struct otp_signin other = signin(OTHER, "", OTP_SEND);
	struct otp_challenge c;
	struct otp_challenge c2;
	struct otp_proof proof;
	struct errinfo ei = {0};
	char code[16];
	char code2[16];

	print_message("proves: A2\n");
	start(f, &in, &c, code);
	fixture_pass(f, 119);
	assert_rule(
	    otp_signin_resend(f->otp, &in, slice_str(c.token), &c2, &ei),
	    ERR_AGAIN, "otp.too_soon", &ei);
	fixture_pass(f, 1);
	assert_rule(
	    otp_signin_resend(f->otp, &other, slice_str(c.token), &c2, &ei),
	    ERR_DENIED, "otp.challenge", &ei);
	assert_ok(
	    otp_signin_resend(f->otp, &in, slice_str(c.token), &c2, &ei), &ei);
	assert_string_equal(c.token, c2.token);
	assert_int_equal(c2.expires_at, TEST_NOW + 120 + 1200);
	fixture_code(f, PHONE, code2);
	assert_rule(check(f, &in, &c, code, &proof, NULL, &ei), ERR_DENIED,
	    "otp.wrong", &ei);
	assert_ok(check(f, &in, &c, code2, &proof, NULL, &ei), &ei);
	assert_ok(spend(f, &proof, &ei), &ei);
	fixture_pass(f, 121);
	assert_rule(
	    otp_signin_resend(f->otp, &in, slice_str(c.token), &c2, &ei),
	    ERR_DENIED, "otp.challenge", &ei);
}

static void
test_life(void **state)
{
	struct fixture *f = *state;
	struct otp_signin in = signin(PHONE, "", OTP_SEND);
	struct otp_challenge c;
	struct otp_proof proof;
	struct errinfo ei = {0};
	char code[16];

	start(f, &in, &c, code);
	fixture_pass(f, 1199);
	assert_ok(check(f, &in, &c, code, &proof, NULL, &ei), &ei);
	fixture_pass(f, 1);
	assert_rule(check(f, &in, &c, code, &proof, NULL, &ei), ERR_DENIED,
	    "otp.expired", &ei);
	fixture_pass(f, 259200);
	assert_ok(otp_sweep(f->otp, &ei), &ei);
	assert_int_equal(fixture_count(f, "SELECT count(*) FROM otp"), 0);
}

static void
test_tries(void **state)
{
	struct fixture *f = *state;
	struct otp_signin in = signin(PHONE, "", OTP_SEND);
	struct otp_signin mine;
	struct otp_challenge c;
	struct otp_proof proof;
	struct errinfo ei = {0};
	char device[OTP_DEVICE_SIZE];
	char code[16];
	char wrong[16];
	unsigned left;
	int i;

	/* A stranger: five tries a code, ten a day. */
	start(f, &in, &c, code);
	fixture_wrong(code, wrong);
	for (i = 0; i < 5; i++) {
		assert_rule(check(f, &in, &c, wrong, &proof, &left, &ei),
		    ERR_DENIED, "otp.wrong", &ei);
		assert_int_equal(left, 4 - i);
	}
	assert_rule(check(f, &in, &c, code, &proof, NULL, &ei), ERR_DENIED,
	    "otp.spent", &ei);
	start(f, &in, &c, code);
	fixture_wrong(code, wrong);
	for (i = 0; i < 5; i++) {
		assert_rule(check(f, &in, &c, wrong, &proof, NULL, &ei),
		    ERR_DENIED, "otp.wrong", &ei);
	}
	start(f, &in, &c, code);
	assert_rule(check(f, &in, &c, code, &proof, NULL, &ei), ERR_LIMIT,
	    "otp.day", &ei);

	/* The owner's browser has five of its own, and no more. */
	assert_ok(otp_device_token(f->otp, PHONE, device, &ei), &ei);
	mine = signin(PHONE, device, OTP_SEND);
	start(f, &mine, &c, code);
	fixture_wrong(code, wrong);
	for (i = 0; i < 4; i++) {
		assert_rule(check(f, &mine, &c, wrong, &proof, NULL, &ei),
		    ERR_DENIED, "otp.wrong", &ei);
	}
	/* A right code gives its try back. */
	assert_ok(check(f, &mine, &c, code, &proof, NULL, &ei), &ei);
	assert_ok(spend(f, &proof, &ei), &ei);
	start(f, &mine, &c, code);
	fixture_wrong(code, wrong);
	assert_rule(check(f, &mine, &c, wrong, &proof, NULL, &ei), ERR_DENIED,
	    "otp.wrong", &ei);
	assert_rule(check(f, &mine, &c, code, &proof, NULL, &ei), ERR_LIMIT,
	    "otp.day", &ei);

	/* It counts for 24 hours at least, wherever the day begins. */
	fixture_pass(f, 86399);
	start(f, &in, &c, code);
	assert_rule(check(f, &in, &c, code, &proof, NULL, &ei), ERR_LIMIT,
	    "otp.day", &ei);
	fixture_pass(f, 21601);
	start(f, &in, &c, code);
	assert_ok(check(f, &in, &c, code, &proof, NULL, &ei), &ei);
}

static void
test_device(void **state)
{
	struct fixture *f = *state;
	struct otp_signin in = signin(PHONE, "", OTP_SEND);
	struct otp_signin mine;
	struct otp_challenge c1;
	struct otp_challenge c2;
	struct otp_proof proof;
	struct errinfo ei = {0};
	char device[OTP_DEVICE_SIZE];
	char bad[OTP_DEVICE_SIZE];
	char code1[16];
	char code2[16];

	assert_ok(otp_device_token(f->otp, PHONE, device, &ei), &ei);
	assert_true(otp_device_known(f->otp, PHONE, slice_str(device)));
	assert_false(otp_device_known(f->otp, OTHER, slice_str(device)));
	assert_false(otp_device_known(f->otp, PHONE, SLICE_EMPTY));
	memcpy(bad, device, sizeof(bad));
	bad[20] = bad[20] == 'A' ? 'B' : 'A';
	assert_false(otp_device_known(f->otp, PHONE, slice_str(bad)));

	/* A stranger's request does not end the code of a known browser. */
	mine = signin(PHONE, device, OTP_SEND);
	start(f, &mine, &c1, code1);
	start(f, &in, &c2, code2);
	assert_ok(check(f, &mine, &c1, code1, &proof, NULL, &ei), &ei);
	start(f, &mine, &c1, code1);
	assert_rule(check(f, &in, &c2, code2, &proof, NULL, &ei), ERR_DENIED,
	    "otp.old", &ei);

	fixture_pass(f, (int64_t)OTP_DEVICE_DAYS * 86400);
	assert_true(otp_device_known(f->otp, PHONE, slice_str(device)));
	fixture_pass(f, 86400);
	assert_false(otp_device_known(f->otp, PHONE, slice_str(device)));
}

static void
test_sends(void **state)
{
	struct fixture *f = *state;
	struct otp_signin in = signin(PHONE, "", OTP_SEND);
	struct otp_signin mine;
	struct otp_challenge c;
	struct otp_challenge last;
	struct otp_proof proof;
	struct errinfo ei = {0};
	char device[OTP_DEVICE_SIZE];
	char code[16];
	char none[16];
	int i;

	/* Five an hour for strangers; then the same answer and no message,
	 * and the last code that was sent goes on counting. */
	for (i = 0; i < 5; i++) {
		start(f, &in, &last, code);
		assert_int_equal(strlen(code), OTP_SIGNIN_DIGITS);
	}
	start(f, &in, &c, none);
	assert_string_equal(none, "");
	assert_int_equal(c.resend_at, TEST_NOW + 120);
	assert_rule(check(f, &in, &c, code, &proof, NULL, &ei), ERR_DENIED,
	    "otp.wrong", &ei);
	fixture_pass(f, 120);
	assert_ok(
	    otp_signin_resend(f->otp, &in, slice_str(last.token), &c, &ei),
	    &ei);
	assert_ok(check(f, &in, &last, code, &proof, NULL, &ei), &ei);

	/* The owner's browser has three more. */
	assert_ok(otp_device_token(f->otp, PHONE, device, &ei), &ei);
	mine = signin(PHONE, device, OTP_SEND);
	for (i = 0; i < 3; i++) {
		start(f, &mine, &c, code);
		assert_int_equal(strlen(code), OTP_SIGNIN_DIGITS);
	}
	start(f, &mine, &c, none);
	assert_string_equal(none, "");
	assert_ok(check(f, &mine, &last, code, &proof, NULL, NULL) == ERR_OK
		      ? ERR_CONFLICT
		      : ERR_OK,
	    &ei);
	fixture_pass(f, 3600);
	start(f, &in, &c, code);
	assert_int_equal(strlen(code), OTP_SIGNIN_DIGITS);
}

/* What the database holds after n requests, apart from what is secret. */
static void
shape(struct fixture *f, int64_t out[8])
{
	static const char *const sql[8] = {
	    "SELECT count(*) FROM otp",
	    "SELECT count(*) FROM outbox",
	    "SELECT sum(length(body)) FROM outbox",
	    "SELECT sum(length(recipient)) FROM outbox",
	    "SELECT count(*) FROM limit_bucket",
	    "SELECT sum(used) FROM limit_bucket",
	    "SELECT count(*) FROM audit",
	    "SELECT sum(tries) FROM otp",
	};
	int i;

	for (i = 0; i < 8; i++) {
		out[i] = fixture_count(f, sql[i]);
	}
}

enum {
	PLAY_MAX = 40
};

struct play {
	char rules[PLAY_MAX][ERRINFO_RULE];
	size_t num;
	int64_t shape[8];
};

/* Note an answer: its rule, "" for success. */
static void
note(struct play *p, enum err err, const struct errinfo *ei)
{
	assert_true(p->num < PLAY_MAX);
	snprintf(p->rules[p->num], ERRINFO_RULE, "%s",
	    err == ERR_OK ? "" : ei->rule);
	p->num++;
}

/* Everything that a stranger can do: seven requests (past the limit), wrong
 * codes for an old and for the newest challenge, and a resend. */
static void
play(struct fixture *f, enum otp_deliver deliver, struct play *p)
{
	struct otp_signin in = signin(PHONE, "", deliver);
	struct otp_challenge old = {0};
	struct otp_challenge c = {0};
	struct otp_proof proof;
	struct errinfo ei = {0};
	int i;

	for (i = 0; i < 7; i++) {
		note(p, otp_signin_start(f->otp, &in, &c, &ei), &ei);
		assert_int_equal(c.expires_at, f->now_ms / 1000 + 1200);
		if (i == 3) {
			old = c;
		}
	}
	for (i = 0; i < 12; i++) {
		note(p,
		    check(f, &in, i % 3 == 0 ? &old : &c, "00000000", &proof,
			NULL, &ei),
		    &ei);
		if (i == 5) {
			fixture_pass(f, 121);
			note(p,
			    otp_signin_resend(
				f->otp, &in, slice_str(c.token), &c, &ei),
			    &ei);
		}
	}
	shape(f, p->shape);
}

/* A centre that lives: others have been here, known and unknown. */
static void
visitors(struct fixture *f)
{
	struct otp_signin one = signin(OTHER, "", OTP_SEND);
	struct otp_signin two = signin("+79990000002", "", OTP_DECOY);
	struct otp_challenge c;
	struct errinfo ei = {0};

	assert_ok(otp_signin_start(f->otp, &one, &c, &ei), &ei);
	assert_ok(otp_signin_start(f->otp, &two, &c, &ei), &ei);
}

static void
test_unknown(void **state)
{
	static struct play plays[2];
	struct fixture *known = *state;
	struct fixture *unknown = fixture_new();
	char text[2048];
	size_t i;

	print_message("proves: A1\n");
	visitors(known);
	visitors(unknown);
	play(known, OTP_SEND, &plays[0]);
	play(unknown, OTP_DECOY, &plays[1]);
	assert_int_equal(plays[0].num, plays[1].num);
	for (i = 0; i < plays[0].num; i++) {
		assert_string_equal(plays[0].rules[i], plays[1].rules[i]);
	}
	for (i = 0; i < ARRAY_LEN(plays[0].shape); i++) {
		assert_int_equal(plays[0].shape[i], plays[1].shape[i]);
	}
	/* But one phone has messages, the other none. */
	assert_true(fixture_message(known, PHONE, text, sizeof(text)));
	assert_false(fixture_message(unknown, PHONE, text, sizeof(text)));
	fixture_free(unknown);
}

/* No digits fit the row of a message that was never sent, not even those that
 * were drawn for it. */
static void
test_decoy_has_no_code(void **state)
{
	struct fixture *f = *state;
	struct otp_binding b = {.deliver = OTP_DECOY, .act = MESSAGE_SIGNIN};
	struct errinfo ei = {0};
	uint8_t decoy[OTP_MAC_SIZE];
	uint8_t sent[OTP_MAC_SIZE];

	assert_ok(otp_mac(f->otp, &b, "12345678", decoy, &ei), &ei);
	b.deliver = OTP_SEND;
	assert_ok(otp_mac(f->otp, &b, "12345678", sent, &ei), &ei);
	assert_memory_not_equal(decoy, sent, sizeof(sent));
}

static void
test_act(void **state)
{
	struct fixture *f = *state;
	struct otp_act act = {
	    .phone = PHONE,
	    .session = SLICE_LIT("0123456789abcdef0123456789abcdef"),
	    .act = MESSAGE_CONFIRM_REQUEST,
	    .content = {1},
	    .what = "Иванов Иван Иванович",
	};
	struct otp_act other;
	struct otp_proof proof;
	struct errinfo ei = {0};
	int64_t expires;
	int64_t resend;
	char text[2048];
	char code[16];
	int i;

	print_message("proves: A10\n");
	assert_ok(otp_act_start(f->otp, &act, &expires, &resend, &ei), &ei);
	assert_int_equal(expires, TEST_NOW + 1200);
	assert_true(fixture_message(f, PHONE, text, sizeof(text)));
	assert_non_null(strstr(
	    text, "подтверждает запрос сертификата: Иванов Иван Иванович"));
	memcpy(code, text + strlen("Код "), 7);
	code[7] = '\0';
	assert_rule(otp_act_start(f->otp, &act, &expires, &resend, &ei),
	    ERR_AGAIN, "otp.too_soon", &ei);

	/* Another content, session or act: not this code. */
	other = act;
	other.content[0] = 2;
	assert_rule(
	    otp_act_check(f->otp, &other, slice_str(code), &proof, NULL, &ei),
	    ERR_DENIED, "otp.wrong", &ei);
	other = act;
	other.session = SLICE_LIT("0123456789abcdef0123456789abcdeF");
	assert_rule(
	    otp_act_check(f->otp, &other, slice_str(code), &proof, NULL, &ei),
	    ERR_DENIED, "otp.challenge", &ei);
	other = act;
	other.act = MESSAGE_CHANGE_PHONE;
	assert_rule(
	    otp_act_check(f->otp, &other, slice_str(code), &proof, NULL, &ei),
	    ERR_DENIED, "otp.challenge", &ei);
	assert_rule(otp_act_check(
			f->otp, &act, SLICE_LIT("12345678"), &proof, NULL, &ei),
	    ERR_FORMAT, "otp.form", &ei);
	assert_ok(
	    otp_act_check(f->otp, &act, slice_str(code), &proof, NULL, &ei),
	    &ei);
	/* Other content may be confirmed at once; the first code is over. */
	other = act;
	other.content[0] = 3;
	assert_ok(otp_act_start(f->otp, &other, &expires, &resend, &ei), &ei);
	assert_rule(spend(f, &proof, &ei), ERR_CONFLICT, "store.otp.use", &ei);
	/* Eight an hour, and how long to wait is said. */
	f->now_ms += 60000;
	for (i = 2; i < 8; i++) {
		other.content[1]++;
		assert_ok(
		    otp_act_start(f->otp, &other, &expires, &resend, &ei), &ei);
	}
	other.content[1]++;
	assert_rule(otp_act_start(f->otp, &other, &expires, &resend, &ei),
	    ERR_LIMIT, "limit.otp.send", &ei);
	assert_non_null(strstr(ei.text, "in 3540 seconds"));
}

struct guesser {
	struct fixture *f;
	const struct otp_challenge *c;
	const char *wrong;
	unsigned compared;
};

static void *
guess(void *arg)
{
	struct guesser *g = arg;
	struct otp_signin in = signin(PHONE, "", OTP_SEND);
	struct otp_proof proof;
	struct errinfo ei = {0};
	int i;

	for (i = 0; i < 3; i++) {
		if (check(g->f, &in, g->c, g->wrong, &proof, NULL, &ei) ==
			ERR_DENIED &&
		    strcmp(ei.rule, "otp.wrong") == 0) {
			g->compared++;
		}
	}
	return NULL;
}

/* Twenty-four guesses at once: five are compared. */
static void
test_race(void **state)
{
	struct fixture *f = *state;
	struct otp_signin in = signin(PHONE, "", OTP_SEND);
	struct otp_challenge c;
	struct guesser g[8];
	pthread_t threads[8];
	char code[16];
	char wrong[16];
	unsigned compared = 0;
	size_t i;

	start(f, &in, &c, code);
	fixture_wrong(code, wrong);
	for (i = 0; i < ARRAY_LEN(g); i++) {
		g[i] = (struct guesser){f, &c, wrong, 0};
		assert_int_equal(
		    pthread_create(&threads[i], NULL, guess, &g[i]), 0);
	}
	for (i = 0; i < ARRAY_LEN(g); i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		compared += g[i].compared;
	}
	assert_int_equal(compared, OTP_TRIES_CODE);
	assert_int_equal(
	    fixture_count(f, "SELECT sum(tries) FROM otp"), OTP_TRIES_CODE);
}

static void
test_kept_nowhere(void **state)
{
	struct fixture *f = *state;
	struct otp_signin in = signin(PHONE, "", OTP_SEND);
	struct otp_challenge c;
	struct errinfo ei = {0};

	/* Neither phone nor code stands in the code's row. */
	assert_ok(otp_signin_start(f->otp, &in, &c, &ei), &ei);
	assert_int_equal(
	    fixture_count(f,
		"SELECT count(*) FROM otp WHERE length(phone_key) = 16 AND "
		"length(code_hmac) = 32 AND length(challenge) = 32"),
	    1);
	assert_int_equal(
	    fixture_count(f,
		"SELECT count(*) FROM otp WHERE instr(quote(phone_key), "
		"'9161234567') OR instr(challenge, '9161234567')"),
	    0);
}

/* Design rule 6: the expected hits of guessing 100,000 phones for a day. */
static void
test_spray(void **state)
{
	double codes = 1;
	double hits;
	int i;

	(void)state;
	for (i = 0; i < OTP_SIGNIN_DIGITS; i++) {
		codes *= 10;
	}
	hits = 100000.0 * OTP_TRIES_DAY / codes;
	print_message("100,000 phones, %d tries each: %.4f hits expected\n",
	    OTP_TRIES_DAY, hits);
	assert_true(hits <= 0.1);
	assert_true(OTP_TRIES_CODE <= 5 && OTP_TRIES_DAY <= 15);
	assert_true(OTP_TRIES_KEPT > 0 && OTP_TRIES_KEPT < OTP_TRIES_DAY);
}

static void
test_digits(void **state)
{
	unsigned seen[10] = {0};
	struct errinfo ei = {0};
	char digits[OTP_DIGITS_SIZE];
	int i;
	size_t k;

	(void)state;
	for (i = 0; i < 5000; i++) {
		assert_ok(otp_digits(8, digits, &ei), &ei);
		assert_int_equal(strlen(digits), 8);
		for (k = 0; k < 8; k++) {
			assert_in_range(digits[k], '0', '9');
			seen[digits[k] - '0']++;
		}
	}
	/* 4,000 of each expected, deviation 60: ten of them either way. */
	for (k = 0; k < 10; k++) {
		assert_in_range(seen[k], 3400, 4600);
	}
}

static void
test_settings(void **state)
{
	struct fixture *f = *state;
	struct otp_options o = {.store = f->store, .clock = &f->clock};
	struct otp *otp = NULL;
	struct otp_signin in = signin(PHONE, "", OTP_SEND);
	struct otp_challenge c;
	struct errinfo ei = {0};
	uint8_t key[OTP_KEY_SIZE] = {9};

	otp_settings_default(&o.settings);
	o.key = slice_make(key, 31);
	assert_rule(otp_new(&o, &otp, &ei), ERR_FORMAT, "otp.settings", &ei);
	o.key = slice_make(key, 32);
	o.settings.life_sec = 59;
	assert_rule(otp_new(&o, &otp, &ei), ERR_FORMAT, "otp.settings", &ei);
	o.settings.life_sec = 1200;
	assert_ok(otp_new(&o, &otp, &ei), &ei);
	/* Before courier's hello: the same for every phone. */
	assert_rule(
	    otp_signin_start(otp, &in, &c, &ei), ERR_AGAIN, "otp.courier", &ei);
	in.deliver = OTP_DECOY;
	assert_rule(
	    otp_signin_start(otp, &in, &c, &ei), ERR_AGAIN, "otp.courier", &ei);
	otp_free(otp);
}

#define fixture_test(t)                                                        \
	cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    fixture_test(test_signin),
	    fixture_test(test_bound),
	    fixture_test(test_resend),
	    fixture_test(test_life),
	    fixture_test(test_tries),
	    fixture_test(test_device),
	    fixture_test(test_sends),
	    fixture_test(test_unknown),
	    fixture_test(test_decoy_has_no_code),
	    fixture_test(test_act),
	    fixture_test(test_race),
	    fixture_test(test_kept_nowhere),
	    cmocka_unit_test(test_spray),
	    cmocka_unit_test(test_digits),
	    fixture_test(test_settings),
	};

	return cmocka_run_group_tests_name("identity/otp", tests, NULL, NULL);
}
