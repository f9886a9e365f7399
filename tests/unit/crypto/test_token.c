/* SPDX-License-Identifier: Apache-2.0 */
/* A person's token: keys and files on our own module (tests/token). */
#include "crypto/support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounds.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "crypto/token.h"
#include "os/file.h"
#include "token_house.h"

static struct tokens *module;
static const struct slice pin = {(const uint8_t *)"12345678", 8};
static const struct slice wrong = {(const uint8_t *)"00000000", 8};
static const struct slice id = {(const uint8_t *)"\x01\x02\x03\x04", 4};

static struct token *
open_token(const char *serial)
{
	struct token *t = NULL;
	struct errinfo ei = {0};

	assert_ok(token_open(module, serial, &t, &ei), &ei);
	return t;
}

static struct token *
login(const char *serial)
{
	struct token *t = open_token(serial);
	struct errinfo ei = {0};

	assert_ok(token_login(t, pin, false, &ei), &ei);
	return t;
}

static struct token_seen
look(struct token *t)
{
	struct token_seen seen;
	struct errinfo ei = {0};

	assert_ok(token_look(t, &seen, &ei), &ei);
	return seen;
}

static int
setup(void **state)
{
	struct errinfo ei = {0};

	assert_int_equal(group_setup(state), 0);
	token_house_open();
	token_house_insert("0", "kind ecp\nserial 00aa\nlabel Rutoken ECP\n");
	token_house_insert("1", "kind lite\nserial 00bb\nlabel Lite\n");
	assert_ok(
	    tokens_new(getenv("SURGUCH_TOKEN_MODULE"), &module, &ei), &ei);
	return 0;
}

static int
teardown(void **state)
{
	tokens_free(module);
	token_house_close();
	return group_teardown(state);
}

static void
test_list(void **state)
{
	struct token_seen seen[4];
	struct errinfo ei = {0};
	size_t num = 0;

	(void)state;
	assert_ok(tokens_list(module, seen, 4, &num, &ei), &ei);
	assert_int_equal(num, 2);
	assert_string_equal(seen[0].serial, "00aa");
	assert_string_equal(seen[0].model, "Rutoken ECP");
	assert_string_equal(seen[0].label, "Rutoken ECP");
	assert_true(seen[0].active);
	assert_true(seen[0].factory);
	assert_int_equal(seen[0].tries_left, 10);
	assert_int_equal(seen[0].pin, TOKEN_PIN_OK);
	assert_string_equal(seen[1].model, "Rutoken lite");
	assert_false(seen[1].active);
	token_house_pull("1");
	assert_ok(tokens_list(module, seen, 4, &num, &ei), &ei);
	assert_int_equal(num, 1);
	token_house_put_back("1");
	assert_ok(tokens_list(module, seen, 4, &num, &ei), &ei);
	assert_int_equal(num, 2);
	assert_int_equal(
	    token_open(module, "nobody", &(struct token *){NULL}, &ei),
	    ERR_NOTFOUND);
	assert_string_equal(ei.rule, "token.absent");
}

enum {
	LIBRARY_MAX = 16 * 1024 * 1024,
};

/* A module of which only the path is there at first. */
static void
test_comes_late(void **state)
{
	struct buf library = BUF_INIT(LIBRARY_MAX);
	struct tokens *late = NULL;
	struct token_seen seen[4];
	struct errinfo ei = {0};
	struct token *t = NULL;
	size_t num = 0;

	(void)state;
	assert_int_equal(tokens_new("late.so", &late, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "library.path");
	assert_ok(tokens_new(scratch("late.so"), &late, &ei), &ei);
	assert_int_equal(
	    tokens_list(late, seen, 4, &num, &ei), ERR_UNSUPPORTED);
	assert_string_equal(ei.rule, "library.load");
	assert_int_equal(token_open(late, "00aa", &t, &ei), ERR_UNSUPPORTED);
	/* What is no library does not spoil what comes in its place. */
	scratch_write("late.so", slice_str("half of a library"));
	assert_int_equal(
	    tokens_list(late, seen, 4, &num, &ei), ERR_UNSUPPORTED);
	assert_ok(file_read(getenv("SURGUCH_TOKEN_MODULE"), LIBRARY_MAX,
		      &library, &ei),
	    &ei);
	scratch_write("late.so", buf_slice(&library));
	/* It fails as it is initialised, and is tried again. */
	token_house_fail("0", "C_Initialize rv 0x30");
	assert_int_equal(tokens_list(late, seen, 4, &num, &ei), ERR_AGAIN);
	assert_string_equal(ei.rule, "key.module");
	assert_ok(tokens_list(late, seen, 4, &num, &ei), &ei);
	assert_int_equal(num, 2);
	assert_ok(token_open(late, "00aa", &t, &ei), &ei);
	token_free(t);
	tokens_free(late);
	buf_clear(&library);
}

/* --- keys --- */

static enum sig_alg
sign_check(struct privkey *k)
{
	static const struct slice text = {(const uint8_t *)"some text", 9};
	enum sig_alg alg = key_alg_default_sig(privkey_alg(k));
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	struct errinfo ei = {0};

	assert_ok(privkey_sign(k, alg, text, &sig, &ei), &ei);
	assert_ok(
	    pubkey_verify(privkey_pubkey(k), alg, text, buf_slice(&sig), &ei),
	    &ei);
	buf_clear(&sig);
	return alg;
}

static void
make_and_sign(const char *spec, enum sig_alg wanted)
{
	struct token *t = login("00aa");
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX), again = BUF_INIT(4096);
	struct buf p8 = BUF_INIT(KEY_FILE_MAX);
	struct token_pair pairs[4];
	struct privkey *k = NULL;
	struct errinfo ei = {0};
	size_t num = 0;

	token_house_clean("0");
	assert_ok(token_make_pair(t, id, "Иванов", spec, &spki, &ei), &ei);
	/* Asked again it is the same one. */
	assert_ok(token_make_pair(t, id, "Иванов", spec, &again, &ei), &ei);
	assert_true(slice_eq(buf_slice(&spki), buf_slice(&again)));
	assert_ok(token_privkey(t, id, buf_slice(&spki), &k, &ei), &ei);
	assert_int_equal(sign_check(k), wanted);
	assert_true(privkey_is_foreign(k));
	assert_int_equal(privkey_to_p8(k, pin, 1, &p8, &ei), ERR_UNSUPPORTED);
	assert_string_equal(ei.rule, "key.not_exportable");
	privkey_free(k);
	token_free(t);
	/* Seen by anybody. */
	t = open_token("00aa");
	assert_ok(token_pairs(t, pairs, 4, &num, &ei), &ei);
	assert_int_equal(num, 1);
	assert_string_equal(pairs[0].spec, spec);
	assert_string_equal(pairs[0].label, "Иванов");
	assert_true(slice_eq(buf_slice(&pairs[0].spki), buf_slice(&spki)));
	assert_int_equal(pairs[0].cert.len, 0);
	token_pairs_clear(pairs, num);
	token_free(t);
	buf_clear(&spki);
	buf_clear(&again);
	buf_clear(&p8);
}

static void
test_keys(void **state)
{
	(void)state;
	make_and_sign("gost2012-256:A", SIG_GOST256);
	make_and_sign("gost2012-256:TCA", SIG_GOST256);
	make_and_sign("gost2012-512:A", SIG_GOST512);
	make_and_sign("p256", SIG_ECDSA_SHA256);
	if (!is_slow_run()) {
		make_and_sign("rsa:2048", SIG_RSA_SHA256);
	}
}

static void
test_no_such_keys(void **state)
{
	struct token *t = login("00bb");
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct errinfo ei = {0};

	(void)state;
	assert_int_equal(
	    token_make_pair(t, id, "x", "p256", &spki, &ei), ERR_UNSUPPORTED);
	assert_string_equal(ei.rule, "key.spec");
	token_free(t);
	token_house_clean("0");
	t = login("00aa");
	assert_int_equal(token_make_pair(t, id, "x", "ed25519", &spki, &ei),
	    ERR_UNSUPPORTED);
	/* It makes keys on curves, but not on this one. */
	assert_int_equal(
	    token_make_pair(t, id, "x", "p384", &spki, &ei), ERR_AGAIN);
	assert_string_equal(ei.rule, "key.module");
	/* Nor one in the place of another. */
	assert_ok(token_make_pair(t, id, "x", "p256", &spki, &ei), &ei);
	assert_int_equal(
	    token_make_pair(t, id, "x", "gost2012-256:A", &spki, &ei),
	    ERR_CONFLICT);
	assert_string_equal(ei.rule, "key.exists");
	token_free(t);
	buf_clear(&spki);
}

/* Whichever way round the halves come. */
static void
test_order(void **state)
{
	static const struct {
		const char *order;
		bool good;
	} cases[] = {{"sr", true}, {"rs", true}, {"le", true}, {"bad", false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
		struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
		struct privkey *k = NULL;
		struct errinfo ei = {0};
		struct token *t;

		token_house_clean("0");
		token_house_insert(
		    "0", "serial 00aa\norder %s\n", cases[i].order);
		t = login("00aa");
		assert_ok(
		    token_make_pair(t, id, "x", "gost2012-256:A", &spki, &ei),
		    &ei);
		assert_ok(token_privkey(t, id, buf_slice(&spki), &k, &ei), &ei);
		if (cases[i].good) {
			(void)sign_check(k);
			(void)sign_check(k);
		} else {
			assert_int_equal(
			    privkey_sign(k, SIG_GOST256, pin, &sig, &ei),
			    ERR_CRYPTO);
			assert_string_equal(ei.rule, "key.signature");
			assert_int_equal(sig.len, 0);
		}
		privkey_free(k);
		token_free(t);
		buf_clear(&spki);
		buf_clear(&sig);
	}
	/* Learned, and then another: refused. */
	{
		struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
		struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
		struct privkey *k = NULL;
		struct errinfo ei = {0};
		struct token *t;

		token_house_clean("0");
		token_house_insert("0", "serial 00aa\norder rs\n");
		t = login("00aa");
		assert_ok(
		    token_make_pair(t, id, "x", "gost2012-256:A", &spki, &ei),
		    &ei);
		assert_ok(token_privkey(t, id, buf_slice(&spki), &k, &ei), &ei);
		(void)sign_check(k);
		token_house_insert("0", "serial 00aa\norder sr\n");
		assert_int_equal(
		    privkey_sign(k, SIG_GOST256, pin, &sig, &ei), ERR_CRYPTO);
		privkey_free(k);
		token_free(t);
		buf_clear(&spki);
	}
}

static void
test_leaky(void **state)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct token_pair pairs[4];
	struct errinfo ei = {0};
	struct token *t;
	size_t num = 9;

	(void)state;
	token_house_clean("0");
	token_house_insert("0", "serial 00aa\nextractable yes\n");
	t = login("00aa");
	assert_int_equal(
	    token_make_pair(t, id, "x", "p256", &spki, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "token.key.leaky");
	assert_ok(token_pairs(t, pairs, 4, &num, &ei), &ei);
	assert_int_equal(num, 0);
	token_free(t);
	buf_clear(&spki);
	token_house_insert("0", "serial 00aa\n");
}

/* --- PINs --- */

static void
test_pin(void **state)
{
	static const struct slice new = {(const uint8_t *)"secret-1", 8};
	static const struct slice tiny = {(const uint8_t *)"123", 3};
	struct errinfo ei = {0};
	struct token *t;

	(void)state;
	token_house_insert("0", "serial 00aa\ntries 3\nleft 3\n");
	t = open_token("00aa");
	assert_int_equal(token_login(t, wrong, false, &ei), ERR_CRYPTO);
	assert_string_equal(ei.rule, "token.pin");
	assert_int_equal(look(t).pin, TOKEN_PIN_LOW);
	assert_int_equal(look(t).tries_left, 2);
	assert_int_equal(token_login(t, wrong, false, &ei), ERR_CRYPTO);
	assert_int_equal(look(t).pin, TOKEN_PIN_LAST);
	/* Not even the right one, unasked. */
	assert_int_equal(token_login(t, pin, false, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "token.pin.last");
	assert_int_equal(look(t).tries_left, 1);
	assert_int_equal(token_set_pin(t, pin, new, &ei), ERR_POLICY);
	assert_ok(token_login(t, pin, true, &ei), &ei);
	assert_int_equal(look(t).pin, TOKEN_PIN_OK);
	assert_int_equal(token_set_pin(t, pin, tiny, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "token.pin.length");
	assert_true(look(t).factory);
	assert_ok(token_set_pin(t, pin, new, &ei), &ei);
	assert_false(look(t).factory);
	token_free(t);
	t = open_token("00aa");
	assert_int_equal(token_login(t, pin, false, &ei), ERR_CRYPTO);
	assert_int_equal(token_login(t, pin, false, &ei), ERR_CRYPTO);
	assert_int_equal(token_login(t, pin, true, &ei), ERR_CRYPTO);
	assert_string_equal(ei.rule, "token.pin.locked");
	assert_int_equal(look(t).pin, TOKEN_PIN_LOCKED);
	assert_int_equal(token_login(t, new, true, &ei), ERR_CRYPTO);
	assert_string_equal(ei.rule, "token.pin.locked");
	token_free(t);
	token_house_insert("0", "serial 00aa\npin \n");
	t = open_token("00aa");
	assert_int_equal(look(t).pin, TOKEN_PIN_UNSET);
	token_free(t);
	token_house_insert("0", "serial 00aa\n");
}

/* --- files --- */

static void
test_files(void **state)
{
	static const struct slice one = {(const uint8_t *)"one", 3};
	static const struct slice two = {(const uint8_t *)"two!", 4};
	struct secret got = SECRET_EMPTY;
	char names[4][TOKEN_NAME_SIZE];
	struct errinfo ei = {0};
	struct token *t = login("00bb");
	size_t num = 0;

	(void)state;
	assert_ok(token_file_write(t, "box", "a", one, true, &ei), &ei);
	assert_ok(token_file_write(t, "box", "b", one, false, &ei), &ei);
	assert_ok(token_file_write(t, "box", "b", two, false, &ei), &ei);
	assert_ok(token_file_write(t, "other", "b", two, false, &ei), &ei);
	assert_ok(token_file_read(t, "box", "a", 10, &got, &ei), &ei);
	assert_true(slice_eq(secret_slice(&got), one));
	secret_clear(&got);
	assert_int_equal(
	    token_file_read(t, "box", "a", 2, &got, &ei), ERR_LIMIT);
	token_free(t);
	t = open_token("00bb");
	assert_int_equal(
	    token_file_read(t, "box", "a", 10, &got, &ei), ERR_NOTFOUND);
	assert_string_equal(ei.rule, "token.file");
	assert_ok(token_file_read(t, "box", "b", 10, &got, &ei), &ei);
	assert_true(slice_eq(secret_slice(&got), two));
	secret_clear(&got);
	assert_ok(token_folders(t, "b", names, 4, &num, &ei), &ei);
	assert_int_equal(num, 2);
	assert_string_equal(names[0], "box");
	assert_string_equal(names[1], "other");
	assert_int_not_equal(
	    token_file_write(t, "box", "c", one, true, &ei), ERR_OK);
	token_free(t);
	t = login("00bb");
	assert_ok(token_file_remove(t, "box", "a", &ei), &ei);
	assert_int_equal(token_file_remove(t, "box", "a", &ei), ERR_NOTFOUND);
	token_free(t);
	token_house_clean("1");
}

/* --- a token that goes, a module that hangs --- */

static void
test_pulled_out(void **state)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX), again = BUF_INIT(4096);
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	struct privkey *k = NULL;
	struct errinfo ei = {0};
	struct token *t;

	(void)state;
	token_house_clean("0");
	t = login("00aa");
	/* The pair was made, and nobody heard of it. */
	token_house_fail("0", "after:C_GenerateKeyPair pull");
	assert_int_equal(
	    token_make_pair(t, id, "x", "p256", &spki, &ei), ERR_NOTFOUND);
	assert_string_equal(ei.rule, "token.absent");
	assert_string_equal(ei.object, "medium");
	assert_int_equal(token_login(t, pin, false, &ei), ERR_NOTFOUND);
	token_free(t);
	token_house_put_back("0");
	t = login("00aa");
	assert_ok(token_make_pair(t, id, "x", "p256", &spki, &ei), &ei);
	assert_ok(token_make_pair(t, id, "x", "p256", &again, &ei), &ei);
	assert_true(slice_eq(buf_slice(&spki), buf_slice(&again)));
	assert_ok(token_privkey(t, id, buf_slice(&spki), &k, &ei), &ei);
	token_house_fail("0", "C_Sign pull");
	assert_int_equal(
	    privkey_sign(k, SIG_ECDSA_SHA256, pin, &sig, &ei), ERR_NOTFOUND);
	assert_string_equal(ei.rule, "token.absent");
	assert_int_equal(sig.len, 0);
	privkey_free(k);
	token_free(t);
	token_house_put_back("0");
	buf_clear(&spki);
	buf_clear(&again);
	buf_clear(&sig);
}

static void
test_faults(void **state)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	struct privkey *k = NULL;
	struct errinfo ei = {0};
	struct token *t;

	(void)state;
	token_house_clean("0");
	t = login("00aa");
	assert_ok(token_make_pair(t, id, "x", "p256", &spki, &ei), &ei);
	assert_ok(token_privkey(t, id, buf_slice(&spki), &k, &ei), &ei);
	token_house_fail("0", "C_Sign rv 0x30");
	assert_int_equal(
	    privkey_sign(k, SIG_ECDSA_SHA256, pin, &sig, &ei), ERR_AGAIN);
	assert_string_equal(ei.rule, "key.module");
	assert_non_null(strstr(ei.text, "CKR_DEVICE_ERROR"));
	(void)sign_check(k);
	privkey_free(k);
	token_free(t);
	buf_clear(&spki);
	buf_clear(&sig);
}

/* Last: what hangs is kept for ever. */
static void
test_hangs(void **state)
{
	struct token_seen seen[4];
	struct errinfo ei = {0};
	struct token *t = open_token("00aa");
	size_t num = 0;

	(void)state;
	token_house_fail("0", "C_Login hang 9500");
	assert_int_equal(token_login(t, pin, false, &ei), ERR_AGAIN);
	assert_string_equal(ei.rule, "key.hung");
	assert_int_equal(tokens_list(module, seen, 4, &num, &ei), ERR_AGAIN);
	assert_string_equal(ei.rule, "key.hung");
	token_free(t);
	/* It comes back after all. */
	for (int i = 0; i < 40; i++) {
		if (tokens_list(module, seen, 4, &num, &ei) == ERR_OK) {
			break;
		}
		(void)usleep(100 * 1000);
	}
	assert_int_equal(num, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_list),
	    cmocka_unit_test(test_comes_late),
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_no_such_keys),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_leaky),
	    cmocka_unit_test(test_pin),
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_pulled_out),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_hangs),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
