/* SPDX-License-Identifier: Apache-2.0 */
/* Whose signature a feed has. */
#include "unit.h"

#include "base/bounds.h"
#include "crypto/init.h"
#include "crypto/privkey.h"
#include "trustfeed/key.h"
#include "x509/pem.h"

static void
make(const char *spec, struct privkey **out, struct buf *pem)
{
	struct errinfo ei;

	assert_ok(privkey_generate(spec, out, &ei), &ei);
	buf_reset(pem);
	pem_put(pem, PEM_PUBLIC_KEY, privkey_spki(*out));
}

static void
its_own_signature_alone(void **state)
{
	struct buf pem = BUF_INIT(KEY_FILE_MAX),
		   sig = BUF_INIT(SIGNATURE_BYTES_MAX),
		   other_sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	struct privkey *own = NULL, *other = NULL;
	struct feed_key *key = NULL, *der = NULL;
	const struct slice text = SLICE_LIT("{\"format\":1}");
	struct errinfo ei;

	(void)state;
	make("p256", &other, &pem);
	make("p256", &own, &pem);
	assert_ok(feed_key_parse(buf_slice(&pem), &key, &ei), &ei);
	assert_ok(feed_key_parse(privkey_spki(own), &der, &ei), &ei);
	assert_int_equal(strlen(feed_key_fingerprint(key)), 64);
	assert_string_equal(
	    feed_key_fingerprint(key), feed_key_fingerprint(der));
	assert_ok(privkey_sign(own, SIG_ECDSA_SHA256, text, &sig, &ei), &ei);
	assert_ok(
	    privkey_sign(other, SIG_ECDSA_SHA256, text, &other_sig, &ei), &ei);
	assert_ok(feed_key_verify(key, text, buf_slice(&sig), &ei), &ei);
	assert_rule(feed_key_verify(key, text, buf_slice(&other_sig), &ei),
	    ERR_CRYPTO, "feed.signature", &ei);
	assert_rule(feed_key_verify(
			key, SLICE_LIT("{\"format\":2}"), buf_slice(&sig), &ei),
	    ERR_CRYPTO, "feed.signature", &ei);
	assert_rule(feed_key_verify(key, text, SLICE_EMPTY, &ei), ERR_CRYPTO,
	    "feed.signature", &ei);
	for (size_t i = 0; i < sig.len; i++) {
		assert_rule(
		    feed_key_verify(key, text, slice_make(sig.p, i), &ei),
		    ERR_CRYPTO, "feed.signature", &ei);
		sig.p[i] ^= 1;
		assert_rule(feed_key_verify(key, text, buf_slice(&sig), &ei),
		    ERR_CRYPTO, "feed.signature", &ei);
		sig.p[i] ^= 1;
	}
	/* Over another hash it is another form. */
	buf_reset(&sig);
	assert_ok(privkey_sign(own, SIG_ECDSA_SHA384, text, &sig, &ei), &ei);
	assert_rule(feed_key_verify(key, text, buf_slice(&sig), &ei),
	    ERR_CRYPTO, "feed.signature", &ei);
	feed_key_free(key);
	feed_key_free(der);
	privkey_free(own);
	privkey_free(other);
	buf_clear(&pem);
	buf_clear(&sig);
	buf_clear(&other_sig);
}

static void
no_key_of_a_feed(void **state)
{
	struct buf pem = BUF_INIT(KEY_FILE_MAX);
	struct privkey *p384 = NULL, *ed = NULL;
	struct feed_key *key = NULL;
	struct errinfo ei;

	(void)state;
	make("p384", &p384, &pem);
	assert_rule(feed_key_parse(buf_slice(&pem), &key, &ei), ERR_UNSUPPORTED,
	    "feed.key", &ei);
	make("ed25519", &ed, &pem);
	assert_rule(feed_key_parse(buf_slice(&pem), &key, &ei), ERR_UNSUPPORTED,
	    "feed.key", &ei);
	assert_int_not_equal(
	    feed_key_parse(slice_make(pem.p, pem.len / 2), &key, &ei), ERR_OK);
	assert_int_not_equal(feed_key_parse(SLICE_EMPTY, &key, &ei), ERR_OK);
	assert_int_not_equal(
	    feed_key_parse(SLICE_LIT("no key"), &key, &ei), ERR_OK);
	assert_null(key);
	privkey_free(p384);
	privkey_free(ed);
	buf_clear(&pem);
}

static int
set_up(void **state)
{
	(void)state;
	return crypto_init(NULL) == ERR_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(its_own_signature_alone),
	    cmocka_unit_test(no_key_of_a_feed),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
