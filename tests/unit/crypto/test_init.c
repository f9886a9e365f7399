/* SPDX-License-Identifier: Apache-2.0 */
/* Alone in its program: what happens before crypto_init(), and in spite of the
 * environment. */
#include "support.h"

#include <stdlib.h>

#include "crypto/cms.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "crypto/seal.h"

static void
test_before(void **state)
{
	/* An Ed25519 key, all zero: well formed. */
	static const uint8_t spki[44] = {
	    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21};
	uint8_t out[HASH_SIZE_MAX], pub[SEAL_KEY_SIZE] = {9};
	struct errinfo ei = {0};
	struct privkey *k = NULL;
	struct pubkey *p = NULL;
	struct secret s = SECRET_EMPTY;
	struct buf b = BUF_INIT(1000);

	(void)state;
	assert_int_equal(
	    hash_of(HASH_SHA256, SLICE_EMPTY, out, &ei), ERR_STATE);
	assert_string_equal(ei.rule, "crypto.init");
	assert_int_equal(
	    hmac_sha256(SLICE_EMPTY, SLICE_EMPTY, out, NULL), ERR_STATE);
	assert_int_equal(
	    pbkdf2_sha256(SLICE_EMPTY, SLICE_EMPTY, 1, 1, &s, NULL), ERR_STATE);
	assert_int_equal(privkey_generate("p256", &k, NULL), ERR_STATE);
	assert_int_equal(
	    privkey_from_p8(SLICE_EMPTY, SLICE_EMPTY, &k, NULL), ERR_STATE);
	assert_int_equal(
	    pubkey_parse(slice_make(spki, sizeof(spki)), &p, NULL), ERR_STATE);
	assert_int_equal(seal_keypair(pub, &s, NULL), ERR_STATE);
	assert_int_equal(
	    seal_to(pub, SLICE_EMPTY, SLICE_EMPTY, &b, NULL), ERR_STATE);
	assert_int_equal(b.len, 0);
}

/* Neither a configuration nor an engine folder from the environment may reach
 * us: both of these would make a plain OpenSSL fail. */
static void
test_environment(void **state)
{
	struct errinfo ei = {0};
	struct privkey *k = NULL;

	(void)state;
	assert_int_equal(setenv("OPENSSL_CONF", "/nonexistent/x.cnf", 1), 0);
	assert_int_equal(setenv("OPENSSL_ENGINES", "/nonexistent", 1), 0);
	assert_ok(crypto_init(&ei), &ei);
	assert_ok(crypto_init(&ei), &ei);
	assert_ok(privkey_generate("gost2012-256:A", &k, &ei), &ei);
	privkey_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_before),
	    cmocka_unit_test(test_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
