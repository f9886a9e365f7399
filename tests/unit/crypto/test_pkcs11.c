/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys on a token: SoftHSM's, behind a module that fails on command.
 */
#include "unit.h"

#include <string.h>

#include "base/bounds.h"
#include "crypto/init.h"
#include "crypto/pkcs11.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "os/wait.h"
#include "softhsm.h"

static struct softhsm hsm;
static struct pkcs11 *module;
static struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);

static const char text[] = "to be signed";

static int
set_up(void **state)
{
	struct errinfo ei;

	(void)state;
	assert_ok(crypto_init(&ei), &ei);
	if (!softhsm_open(&hsm)) {
		return -1;
	}
	assert_ok(pkcs11_load(hsm.module, &module, &ei), &ei);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	pkcs11_free(module);
	softhsm_close(&hsm);
	buf_clear(&sig);
	return 0;
}

static struct pkcs11_where
where(const char *label)
{
	struct pkcs11_where w = {.token = SOFTHSM_TOKEN};

	(void)snprintf(w.label, sizeof(w.label), "%s", label);
	return w;
}

/* A new key of this label on the token. */
static struct privkey *
make(const char *label, const char *spec)
{
	struct pkcs11_where w = where(label);
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct privkey *key = NULL;
	struct errinfo ei = {0};

	assert_ok(pkcs11_make_key(
		      module, &w, slice_str(SOFTHSM_PIN), spec, &spki, &ei),
	    &ei);
	assert_ok(pkcs11_privkey(module, &w, slice_str(SOFTHSM_PIN),
		      buf_slice(&spki), &key, &ei),
	    &ei);
	buf_clear(&spki);
	return key;
}

static enum err
sign(struct privkey *key, enum sig_alg alg, struct errinfo *ei)
{
	buf_reset(&sig);
	return privkey_sign(key, alg, slice_str(text), &sig, ei);
}

static void
assert_signs(struct privkey *key, enum sig_alg alg)
{
	struct errinfo ei = {0};

	assert_ok(sign(key, alg, &ei), &ei);
	assert_ok(pubkey_verify(privkey_pubkey(key), alg, slice_str(text),
		      buf_slice(&sig), &ei),
	    &ei);
}

static void
assert_refuses(struct privkey *key, const char *rule)
{
	struct errinfo ei = {0};

	assert_int_equal(
	    sign(key, key_alg_default_sig(privkey_alg(key)), &ei), ERR_AGAIN);
	assert_string_equal(ei.rule, rule);
}

/* --- what it can do ----------------------------------------------------- */

static void
makes_and_uses_each_kind_of_key(void **state)
{
	static const struct {
		const char *spec;
		enum sig_alg algs[3];
	} cases[] = {
	    {"p256", {SIG_ECDSA_SHA256, SIG_ECDSA_SHA384}},
	    {"p384", {SIG_ECDSA_SHA384, SIG_ECDSA_SHA256}},
	    {"rsa:2048", {SIG_RSA_SHA256, SIG_RSA_SHA384, SIG_RSA_SHA512}},
	    {"rsa:3072", {SIG_RSA_SHA256}},
	    {"ed25519", {SIG_ED25519}},
	};

	(void)state;
	print_message("proves: I5\n");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct privkey *key;

		if (is_slow_run() && strcmp(cases[i].spec, "rsa:3072") == 0) {
			continue; /* as 2048, after a minute */
		}
		key = make(cases[i].spec, cases[i].spec);
		assert_true(privkey_is_foreign(key));
		for (size_t a = 0; a < 3; a++) {
			if (cases[i].algs[a] != SIG_NONE) {
				assert_signs(key, cases[i].algs[a]);
			}
		}
		privkey_free(key);
	}
}

/* r and s with and without leading zeros: each becomes a minimal INTEGER. */
static void
signs_a_hundred_times(void **state)
{
	struct privkey *key = make("hundred", "p256");

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_signs(key, SIG_ECDSA_SHA256);
	}
	privkey_free(key);
}

static void
the_private_key_stays_there(void **state)
{
	struct privkey *key = make("stays", "p256");
	struct secret out = SECRET_EMPTY;
	struct errinfo ei = {0};

	(void)state;
	assert_int_equal(
	    privkey_to_p8_insecure_plain(key, &out, &ei), ERR_UNSUPPORTED);
	assert_string_equal(ei.rule, "key.not_exportable");
	privkey_free(key);
}

static void
refuses_what_is_not_there(void **state)
{
	struct pkcs11_where w = where("once");
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct privkey *key = make("once", "p256"), *other = NULL;
	struct slice pin = slice_str(SOFTHSM_PIN);
	struct pkcs11 *none = NULL;
	struct errinfo ei = {0};

	(void)state;
	assert_int_equal(
	    pkcs11_make_key(module, &w, pin, "p256", &spki, &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "key.exists");
	assert_int_equal(pkcs11_make_key(module, &w, pin, "p521", &spki, &ei),
	    ERR_UNSUPPORTED);
	assert_string_equal(ei.rule, "key.spec");
	assert_int_equal(
	    pkcs11_load("/nowhere/module.so", &none, &ei), ERR_UNSUPPORTED);
	assert_string_equal(ei.rule, "library.load");
	assert_int_equal(pkcs11_load("module.so", &none, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "library.path");

	w = where("never made");
	assert_ok(
	    pkcs11_privkey(module, &w, pin, privkey_spki(key), &other, &ei),
	    &ei);
	assert_refuses(other, "key.absent");
	privkey_free(other);
	w = where("once");
	(void)snprintf(w.token, sizeof(w.token), "another token");
	assert_ok(
	    pkcs11_privkey(module, &w, pin, privkey_spki(key), &other, &ei),
	    &ei);
	assert_refuses(other, "key.token");
	privkey_free(other);
	w = where("");
	assert_ok(
	    pkcs11_privkey(module, &w, pin, privkey_spki(key), &other, &ei),
	    &ei);
	assert_refuses(other, "key.absent"); /* several: which? */
	privkey_free(other);
	privkey_free(key);
	buf_clear(&spki);
}

/* --- what goes wrong ---------------------------------------------------- */

/* The fault, an error that names it, and work again when it has passed:
 * the same key, nothing started anew. */
static void
comes_back_after_each_fault(void **state)
{
	static const struct {
		const char *order;
		const char *rule; /* NULL: nobody notices */
	} cases[] = {
	    {"removed", "key.token"},
	    {"session", NULL},
	    {"reset", NULL},
	    {"failed", "key.module"},
	    {"short", "key.module"},
	};
	struct privkey *key = make("faults", "p256");

	(void)state;
	print_message("proves: I5\n");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_signs(key, SIG_ECDSA_SHA256);
		softhsm_order(&hsm, cases[i].order);
		if (cases[i].rule != NULL) {
			assert_refuses(key, cases[i].rule);
			assert_refuses(key, cases[i].rule);
		} else {
			assert_signs(key, SIG_ECDSA_SHA256);
		}
		softhsm_order(&hsm, "");
		assert_signs(key, SIG_ECDSA_SHA256);
	}
	privkey_free(key);
}

static void
a_turned_bit_is_left_for_who_signs(void **state)
{
	struct privkey *key = make("wrong", "rsa:2048");
	struct errinfo ei = {0};

	(void)state;
	softhsm_order(&hsm, "wrong");
	assert_ok(sign(key, SIG_RSA_SHA256, &ei), &ei);
	assert_int_equal(pubkey_verify(privkey_pubkey(key), SIG_RSA_SHA256,
			     slice_str(text), buf_slice(&sig), &ei),
	    ERR_CRYPTO);
	softhsm_order(&hsm, "");
	assert_signs(key, SIG_RSA_SHA256);
	privkey_free(key);
}

static void
a_call_that_hangs_is_given_up(void **state)
{
	struct privkey *key = make("hangs", "p256");
	unsigned calls;

	(void)state;
	assert_signs(key, SIG_ECDSA_SHA256);
	softhsm_order(&hsm, "hang");
	assert_refuses(key, "key.hung");
	/* It is not asked again while it has not answered. */
	calls = softhsm_calls(&hsm, "C_Sign");
	assert_refuses(key, "key.hung");
	assert_int_equal(softhsm_calls(&hsm, "C_Sign"), calls);
	softhsm_order(&hsm, "");
	for (int i = 0; i < 500; i++) {
		struct errinfo ei = {0};

		if (sign(key, SIG_ECDSA_SHA256, &ei) == ERR_OK) {
			break;
		}
		sleep_ms(20);
	}
	assert_signs(key, SIG_ECDSA_SHA256);
	privkey_free(key);
}

/* --- the PIN ------------------------------------------------------------ */

static void
a_refused_pin_is_not_tried_again(void **state)
{
	struct privkey *key = make("pin", "p256"), *wrong = NULL;
	struct pkcs11_where w = where("pin");
	struct errinfo ei = {0};
	unsigned logins;

	(void)state;
	print_message("proves: I5\n");
	assert_ok(pkcs11_privkey(module, &w, SLICE_LIT("1234"),
		      privkey_spki(key), &wrong, &ei),
	    &ei);
	assert_int_equal(privkey_ready(wrong, &ei), ERR_AGAIN);
	assert_string_equal(ei.rule, "key.pin");
	logins = softhsm_calls(&hsm, "C_Login");
	assert_refuses(wrong, "key.locked");
	assert_refuses(wrong, "key.locked");
	assert_int_equal(softhsm_calls(&hsm, "C_Login"), logins);
	privkey_free(wrong);
	assert_signs(key, SIG_ECDSA_SHA256);
	privkey_free(key);
}

static void
the_last_try_is_not_spent(void **state)
{
	struct privkey *key = make("last", "p256");
	unsigned logins = softhsm_calls(&hsm, "C_Login");

	(void)state;
	softhsm_order(&hsm, "pin-last");
	assert_refuses(key, "key.pin_last");
	assert_int_equal(softhsm_calls(&hsm, "C_Login"), logins);
	softhsm_order(&hsm, "");
	assert_signs(key, SIG_ECDSA_SHA256);
	privkey_free(key);
}

static void
a_locked_key_says_so(void **state)
{
	struct privkey *key = NULL, *locked = NULL;
	struct errinfo ei = {0};

	(void)state;
	assert_ok(privkey_generate("p256", &key, &ei), &ei);
	assert_ok(privkey_ready(key, &ei), &ei);
	assert_false(privkey_is_foreign(key));
	assert_ok(privkey_locked(privkey_spki(key), &locked, &ei), &ei);
	assert_true(privkey_matches(locked, privkey_spki(key)));
	assert_int_equal(privkey_ready(locked, &ei), ERR_AGAIN);
	assert_refuses(locked, "key.locked");
	privkey_free(locked);
	privkey_free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(makes_and_uses_each_kind_of_key),
	    cmocka_unit_test(signs_a_hundred_times),
	    cmocka_unit_test(the_private_key_stays_there),
	    cmocka_unit_test(refuses_what_is_not_there),
	    cmocka_unit_test(comes_back_after_each_fault),
	    cmocka_unit_test(a_turned_bit_is_left_for_who_signs),
	    cmocka_unit_test(a_call_that_hangs_is_given_up),
	    cmocka_unit_test(a_refused_pin_is_not_tried_again),
	    cmocka_unit_test(the_last_try_is_not_spent),
	    cmocka_unit_test(a_locked_key_says_so),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
