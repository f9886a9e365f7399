/* SPDX-License-Identifier: Apache-2.0 */
/* Administrators of mirrors: their file, their keys, their sessions. */
#include "unit.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "crypto/init.h"
#include "os/file.h"
#include "scratch/scratch.h"
#include "trustd/admin_session.h"
#include "trustd/admins.h"

static char top[PATH_TEXT_SIZE], path[PATH_TEXT_SIZE];

static int
start_crypto(void **state)
{
	struct errinfo ei = {0};

	(void)state;
	assert_ok(crypto_init(&ei), &ei);
	return 0;
}

static int
open_place(void **state)
{
	struct errinfo ei = {0};

	(void)state;
	scratch_open("admins", top);
	assert_ok(path_join(path, top, "admins", &ei), &ei);
	return 0;
}

static int
close_place(void **state)
{
	(void)state;
	scratch_close(top);
	return 0;
}

static void
add(const char *name, char key[ADMIN_KEY_SIZE])
{
	struct errinfo ei = {0};

	assert_ok(admins_add(path, name, key, &ei), &ei);
	assert_int_equal(strlen(key), ADMIN_KEY_SIZE - 1);
}

static void
test_file(void **state)
{
	char anna[ADMIN_KEY_SIZE], boris[ADMIN_KEY_SIZE], none[ADMIN_KEY_SIZE];
	struct buf text = BUF_INIT(1024);
	struct errinfo ei = {0};
	struct admin who;

	(void)state;
	/* Nobody, before there is a file. */
	assert_int_equal(
	    admins_find(path, slice_str("x"), &who, &ei), ERR_DENIED);
	add("anna", anna);
	add("boris", boris);
	assert_string_not_equal(anna, boris);
	assert_int_equal(admins_add(path, "anna", none, &ei), ERR_CONFLICT);
	assert_ok(admins_find(path, slice_str(boris), &who, &ei), &ei);
	assert_string_equal(who.name, "boris");
	/* The key itself is nowhere. */
	assert_ok(file_read(path, 1024, &text, &ei), &ei);
	assert_null(strstr(buf_cstr(&text), anna));
	buf_clear(&text);
	anna[0] = anna[0] == 'A' ? 'B' : 'A';
	assert_int_equal(
	    admins_find(path, slice_str(anna), &who, &ei), ERR_DENIED);
	assert_string_equal(ei.rule, "admin.key");
	assert_int_equal(admins_find(path, SLICE_EMPTY, &who, &ei), ERR_DENIED);
	assert_ok(admins_remove(path, "boris", &ei), &ei);
	assert_int_equal(admins_remove(path, "boris", &ei), ERR_NOTFOUND);
	assert_int_equal(
	    admins_find(path, slice_str(boris), &who, &ei), ERR_DENIED);
}

static void
test_names(void **state)
{
	static const char *const bad[] = {"", "a b", "a\nb", "a:b", "Анна",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	char key[ADMIN_KEY_SIZE];
	struct errinfo ei = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(
		    admins_add(path, bad[i], key, &ei), ERR_FORMAT);
		assert_string_equal(ei.rule, "admin.name");
	}
	assert_false(file_exists(path));
	add("A-z.0_9aaaaaaaaaaaaaaaaaaaaaaaaa", key);
}

static void
test_limit(void **state)
{
	char key[ADMIN_KEY_SIZE], name[ADMIN_NAME_SIZE];
	struct errinfo ei = {0};
	struct admin who;

	(void)state;
	for (int i = 0; i < ADMINS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "admin-%026d", i);
		add(name, key);
	}
	assert_ok(admins_find(path, slice_str(key), &who, &ei), &ei);
	assert_string_equal(who.name, name);
	assert_int_equal(admins_add(path, "more", key, &ei), ERR_LIMIT);
}

/* What is not of its form lets nobody in, and says which line. */
static void
test_spoilt(void **state)
{
	static const char *const texts[] = {"anna\n", "anna 00\n", "\n",
	    " 00\n",
	    "anna "
	    "zz00000000000000000000000000000000000000000000000000000000000000"
	    "\n",
	    "anna "
	    "0000000000000000000000000000000000000000000000000000000000000000 "
	    "\n"};
	char key[ADMIN_KEY_SIZE];
	struct errinfo ei = {0};
	struct admin who;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_ok(
		    file_write_atomic(path, slice_str(texts[i]), 0600, &ei),
		    &ei);
		assert_int_equal(
		    admins_find(path, slice_str("x"), &who, &ei), ERR_FORMAT);
		assert_string_equal(ei.rule, "admins.form");
		assert_string_equal(ei.object, path);
		/* And nothing is lost by adding. */
		assert_int_equal(
		    admins_add(path, "boris", key, &ei), ERR_FORMAT);
	}
	/* Nor a file that others can read. */
	assert_int_equal(unlink(path), 0);
	add("anna", key);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(
	    admins_find(path, slice_str(key), &who, &ei), ERR_DENIED);
	assert_string_equal(ei.rule, "file.secret_mode");
}

/* --- sessions --------------------------------------------------------------
 */

enum {
	STEP_MS = 600000
};

static int64_t now_ms;

static int64_t
told(void *arg)
{
	(void)arg;
	return now_ms;
}

static const struct clock clock_told = {told, told, NULL};

static struct admin_sessions *
sessions(void)
{
	struct admin_sessions *s = NULL;
	struct errinfo ei = {0};

	now_ms = 1000;
	assert_ok(admin_sessions_new(path, &clock_told, &s, &ei), &ei);
	return s;
}

static void
open_one(
    struct admin_sessions *s, const char *key, char token[ADMIN_TOKEN_SIZE])
{
	struct errinfo ei = {0};
	struct admin who;

	assert_ok(admin_session_open(s, slice_str(key), token, &who, &ei), &ei);
	assert_string_equal(who.name, "anna");
}

static bool
is_in(struct admin_sessions *s, const char *token)
{
	struct errinfo ei = {0};
	struct admin who;
	enum err e = admin_session_find(s, slice_str(token), &who, &ei);

	if (e != ERR_OK) {
		assert_int_equal(e, ERR_DENIED);
		assert_string_equal(ei.rule, "session.none");
	}
	return e == ERR_OK;
}

static void
test_session(void **state)
{
	char key[ADMIN_KEY_SIZE], token[ADMIN_TOKEN_SIZE];
	struct admin_sessions *s = sessions();
	struct errinfo ei = {0};
	struct admin who;

	(void)state;
	add("anna", key);
	assert_int_equal(
	    admin_session_open(s, slice_str("x"), token, &who, &ei),
	    ERR_DENIED);
	assert_false(is_in(s, ""));
	assert_false(is_in(s, key));
	open_one(s, key, token);
	assert_true(is_in(s, token));
	admin_session_end(s, slice_str("x"));
	assert_true(is_in(s, token));
	admin_session_end(s, slice_str(token));
	assert_false(is_in(s, token));

	/* Idle, and used but too old. */
	open_one(s, key, token);
	now_ms += (int64_t)ADMIN_IDLE_SEC * 1000 - 1;
	assert_true(is_in(s, token));
	now_ms += (int64_t)ADMIN_IDLE_SEC * 1000;
	assert_false(is_in(s, token));
	open_one(s, key, token);
	for (int64_t t = 0; t + 600 < ADMIN_LIFE_SEC; t += 600) {
		assert_true(is_in(s, token));
		now_ms += STEP_MS;
	}
	assert_true(is_in(s, token));
	now_ms += STEP_MS;
	assert_false(is_in(s, token));

	/* Who is an administrator no more is out at once, and stays out under
	 * the same name with another key. */
	open_one(s, key, token);
	assert_ok(admins_remove(path, "anna", &ei), &ei);
	add("anna", key);
	assert_false(is_in(s, token));
	admin_sessions_free(s);
	admin_sessions_free(NULL);
}

/* With all places taken, the one that was longest unused ends. */
static void
test_full(void **state)
{
	char key[ADMIN_KEY_SIZE], tokens[ADMIN_SESSIONS_MAX][ADMIN_TOKEN_SIZE];
	char more[ADMIN_TOKEN_SIZE];
	struct admin_sessions *s = sessions();

	(void)state;
	add("anna", key);
	for (size_t i = 0; i < ADMIN_SESSIONS_MAX; i++) {
		open_one(s, key, tokens[i]);
		now_ms++;
	}
	assert_true(is_in(s, tokens[0]));
	now_ms++;
	open_one(s, key, more);
	assert_true(is_in(s, more));
	assert_true(is_in(s, tokens[0]));
	assert_false(is_in(s, tokens[1]));
	assert_true(is_in(s, tokens[2]));
	admin_sessions_free(s);
}

#define TEST(f) cmocka_unit_test_setup_teardown((f), open_place, close_place)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_file),
	    TEST(test_names),
	    TEST(test_limit),
	    TEST(test_spoilt),
	    TEST(test_session),
	    TEST(test_full),
	};

	return cmocka_run_group_tests(tests, start_crypto, NULL);
}
