/* SPDX-License-Identifier: Apache-2.0 */
/* A person's token on a module of another maker: SoftHSM. */
#include "crypto/support.h"

#include "base/bounds.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "crypto/softhsm.h"
#include "crypto/token.h"

static const struct slice pin = {(const uint8_t *)SOFTHSM_PIN, 8};
static struct tokens *module;
static struct softhsm hsm;
static char serial[TOKEN_SERIAL_SIZE];

static int
setup(void **state)
{
	struct token_seen seen[4];
	struct errinfo ei = {0};
	size_t num = 0;

	assert_int_equal(group_setup(state), 0);
	if (!softhsm_open(&hsm)) {
		return -1;
	}
	assert_ok(tokens_new(hsm.module, &module, &ei), &ei);
	assert_ok(tokens_list(module, seen, 4, &num, &ei), &ei);
	assert_int_equal(num, 1);
	assert_string_equal(seen[0].label, SOFTHSM_TOKEN);
	assert_true(seen[0].active);
	assert_int_equal(seen[0].tries_left, 0); /* it does not say */
	(void)snprintf(serial, sizeof(serial), "%s", seen[0].serial);
	return 0;
}

static int
teardown(void **state)
{
	tokens_free(module);
	softhsm_close(&hsm);
	return group_teardown(state);
}

static struct token *
login(void)
{
	struct token *t = NULL;
	struct errinfo ei = {0};

	assert_ok(token_open(module, serial, &t, &ei), &ei);
	assert_ok(token_login(t, pin, false, &ei), &ei);
	return t;
}

static void
make_and_sign(const char *spec, const char *id_text)
{
	static const struct slice text = {(const uint8_t *)"text", 4};
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	const struct slice id = slice_str(id_text);
	struct token_pair pairs[8];
	struct privkey *k = NULL;
	struct errinfo ei = {0};
	struct token *t = login();
	enum sig_alg alg;
	bool found = false;
	size_t num = 0;

	assert_ok(token_make_pair(t, id, "label", spec, &spki, &ei), &ei);
	assert_ok(token_privkey(t, id, buf_slice(&spki), &k, &ei), &ei);
	alg = key_alg_default_sig(privkey_alg(k));
	assert_ok(privkey_sign(k, alg, text, &sig, &ei), &ei);
	assert_ok(
	    pubkey_verify(privkey_pubkey(k), alg, text, buf_slice(&sig), &ei),
	    &ei);
	make_cert(k, "x", &cert);
	assert_ok(token_cert_write(t, id, "label", buf_slice(&cert), &ei), &ei);
	privkey_free(k);
	token_free(t);
	assert_ok(token_open(module, serial, &t, &ei), &ei);
	assert_ok(token_pairs(t, pairs, 8, &num, &ei), &ei);
	for (size_t i = 0; i < num; i++) {
		if (slice_eq(slice_make(pairs[i].id, pairs[i].id_len), id)) {
			found = true;
			assert_string_equal(pairs[i].spec, spec);
			assert_true(slice_eq(
			    buf_slice(&pairs[i].cert), buf_slice(&cert)));
		}
	}
	assert_true(found);
	token_pairs_clear(pairs, num);
	token_free(t);
	buf_clear(&spki);
	buf_clear(&sig);
	buf_clear(&cert);
}

static void
test_keys(void **state)
{
	(void)state;
	make_and_sign("p256", "one");
	make_and_sign("p384", "two");
	if (!is_slow_run()) {
		make_and_sign("rsa:2048", "three");
	}
}

static void
test_no_gost(void **state)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct errinfo ei = {0};
	struct token *t = login();

	(void)state;
	assert_int_equal(
	    token_make_pair(t, pin, "x", "gost2012-256:A", &spki, &ei),
	    ERR_UNSUPPORTED);
	assert_string_equal(ei.rule, "key.spec");
	token_free(t);
	buf_clear(&spki);
}

/* Its data objects, as a passive token's. */
static void
test_files(void **state)
{
	struct secret got = SECRET_EMPTY;
	struct errinfo ei = {0};
	struct token *t = login();

	(void)state;
	assert_ok(token_file_write(t, "box", "key.p8", pin, true, &ei), &ei);
	assert_ok(
	    token_file_write(t, "box", "meta.json", pin, false, &ei), &ei);
	token_free(t);
	assert_ok(token_open(module, serial, &t, &ei), &ei);
	assert_int_equal(
	    token_file_read(t, "box", "key.p8", 99, &got, &ei), ERR_NOTFOUND);
	assert_ok(token_file_read(t, "box", "meta.json", 99, &got, &ei), &ei);
	secret_clear(&got);
	assert_int_equal(
	    token_login(t, SLICE_LIT("00000000"), false, &ei), ERR_CRYPTO);
	assert_string_equal(ei.rule, "token.pin");
	assert_ok(token_login(t, pin, false, &ei), &ei);
	assert_ok(token_file_read(t, "box", "key.p8", 99, &got, &ei), &ei);
	assert_true(slice_eq(secret_slice(&got), pin));
	secret_clear(&got);
	token_free(t);
}

static void
test_wrong_signature(void **state)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	const struct slice id = SLICE_LIT("four");
	struct privkey *k = NULL;
	struct errinfo ei = {0};
	struct token *t = login();

	(void)state;
	assert_ok(token_make_pair(t, id, "x", "p256", &spki, &ei), &ei);
	assert_ok(token_privkey(t, id, buf_slice(&spki), &k, &ei), &ei);
	softhsm_order(&hsm, "wrong");
	assert_int_equal(
	    privkey_sign(k, SIG_ECDSA_SHA256, pin, &sig, &ei), ERR_CRYPTO);
	assert_string_equal(ei.rule, "key.signature");
	softhsm_order(&hsm, "short");
	assert_int_equal(
	    privkey_sign(k, SIG_ECDSA_SHA256, pin, &sig, &ei), ERR_AGAIN);
	softhsm_order(&hsm, "removed");
	assert_int_equal(
	    privkey_sign(k, SIG_ECDSA_SHA256, pin, &sig, &ei), ERR_NOTFOUND);
	assert_int_equal(sig.len, 0);
	softhsm_order(&hsm, "");
	privkey_free(k);
	token_free(t);
	buf_clear(&spki);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_no_gost),
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_wrong_signature),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
