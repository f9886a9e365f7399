/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "fixture.h"
#include "identity/session.h"

#define PHONE "+79161234567"

static void
proof_of(struct fixture *f, const char *phone, struct otp_proof *out)
{
	struct otp_signin in = {.phone = phone, .deliver = OTP_SEND};
	struct otp_challenge c;
	struct errinfo ei = {0};
	char code[16];

	assert_ok(otp_signin_start(f->otp, &in, &c, &ei), &ei);
	fixture_code(f, phone, code);
	assert_ok(otp_signin_check(f->otp, &in, slice_str(c.token),
		      slice_str(code), out, NULL, &ei),
	    &ei);
}

static void
test_life(void **state)
{
	struct fixture *f = *state;
	struct sessions s = {.store = f->store, .clock = &f->clock};
	struct session_info opened;
	struct session_info found;
	struct otp_proof proof;
	struct errinfo ei = {0};
	char token[SESSION_TOKEN_SIZE] = "";
	char other[SESSION_TOKEN_SIZE] = "untouched";
	int i;

	print_message("proves: A2\n");
	session_settings_default(&s.settings);
	proof_of(f, PHONE, &proof);
	assert_ok(
	    session_open(&s, &proof, PHONE, LANG_EN, token, &opened, &ei), &ei);
	assert_int_equal(strlen(token), SESSION_TOKEN_SIZE - 1);
	/* The code is spent: no second session, and no output. */
	assert_int_equal(
	    session_open(&s, &proof, PHONE, LANG_EN, other, &found, &ei),
	    ERR_CONFLICT);
	assert_string_equal(ei.rule, "store.otp.use");
	assert_string_equal(other, "untouched");

	assert_ok(session_find(&s, slice_str(token), &found, &ei), &ei);
	assert_true(id_eq(&found.id, &opened.id));
	assert_memory_equal(found.hash, opened.hash, SESSION_HASH_SIZE);
	assert_string_equal(found.phone, PHONE);
	assert_int_equal(found.lang, LANG_EN);
	assert_int_equal(found.expires_at, TEST_NOW + 3600);
	/* Neither the token nor its text stands in the database. */
	assert_int_equal(
	    fixture_count(f,
		"SELECT count(*) FROM session WHERE length(token_sha256) = 32"),
	    1);

	/* Used, it lives on; idle for an hour, it ends. */
	fixture_pass(f, 3599);
	assert_ok(session_find(&s, slice_str(token), &found, &ei), &ei);
	assert_int_equal(found.expires_at, TEST_NOW + 3599 + 3600);
	fixture_pass(f, 3600);
	assert_int_equal(
	    session_find(&s, slice_str(token), &found, &ei), ERR_DENIED);
	assert_string_equal(ei.rule, "session.none");

	/* Whatever its use, no longer than its life. */
	proof_of(f, PHONE, &proof);
	assert_ok(
	    session_open(&s, &proof, PHONE, LANG_RU, token, &opened, &ei), &ei);
	for (i = 0; i < 23; i++) {
		fixture_pass(f, 1800);
		assert_ok(session_find(&s, slice_str(token), &found, &ei), &ei);
	}
	assert_int_equal(found.expires_at, opened.created_at + 43200);
	fixture_pass(f, 1800);
	assert_int_equal(
	    session_find(&s, slice_str(token), &found, &ei), ERR_DENIED);
	fixture_pass(f, 3456000);
	assert_ok(session_sweep(&s, &ei), &ei);
	assert_int_equal(fixture_count(f, "SELECT count(*) FROM session"), 0);
}

static void
test_end(void **state)
{
	struct fixture *f = *state;
	struct sessions s = {.store = f->store, .clock = &f->clock};
	struct session_info info;
	struct session_info found;
	struct otp_proof proof;
	struct actor actor;
	struct errinfo ei = {0};
	char token[SESSION_TOKEN_SIZE];
	char bad[SESSION_TOKEN_SIZE];
	char who[ACTOR_TEXT_SIZE];

	session_settings_default(&s.settings);
	proof_of(f, PHONE, &proof);
	assert_ok(
	    session_open(&s, &proof, PHONE, LANG_RU, token, &info, &ei), &ei);
	memcpy(bad, token, sizeof(bad));
	bad[5] = bad[5] == 'A' ? 'B' : 'A';
	assert_int_equal(
	    session_find(&s, slice_str(bad), &found, &ei), ERR_DENIED);
	assert_int_equal(
	    session_find(&s, SLICE_LIT("x"), &found, &ei), ERR_DENIED);
	assert_int_equal(
	    session_find(&s, SLICE_EMPTY, &found, &ei), ERR_DENIED);

	assert_ok(session_end(&s, &info, &ei), &ei);
	assert_ok(session_end(&s, &info, &ei), &ei);
	assert_int_equal(
	    session_find(&s, slice_str(token), &found, &ei), ERR_DENIED);

	proof_of(f, PHONE, &proof);
	assert_ok(
	    session_open(&s, &proof, PHONE, LANG_RU, token, &info, &ei), &ei);

	/* The audit names the session and only a mask of the phone. */
	session_actor(&info, &actor);
	actor_text(&actor, who);
	assert_non_null(strstr(who, "person:ses_"));
	assert_non_null(strstr(who, " +791******67"));
	assert_int_equal(
	    fixture_count(
		f, "SELECT count(*) FROM audit WHERE action = 'session.open'"),
	    2);
	assert_int_equal(
	    fixture_count(f, "SELECT count(*) FROM audit WHERE actor LIKE "
			     "'%9161234567%' OR object LIKE '%9161234567%'"),
	    0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_life, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		test_end, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests_name(
	    "identity/session", tests, NULL, NULL);
}
