/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include "base/bounds.h"
#include "crypto/cms_encrypt.h"
#include "crypto/privkey.h"

static const struct slice text = {(const uint8_t *)"Договор №1\n", 18};

struct holder {
	struct privkey *key;
	struct buf cert;
};

static void
holder_new(const char *spec, struct holder *h)
{
	h->key = make_key(spec);
	buf_init(&h->cert, CERT_BYTES_MAX);
	make_cert(h->key, "Иванов", &h->cert);
}

static void
holder_clear(struct holder *h)
{
	privkey_free(h->key);
	buf_clear(&h->cert);
}

static void
seal_for(const struct holder *h, struct buf *out)
{
	struct errinfo ei = {0};

	buf_init(out, CMS_BYTES_MAX);
	assert_ok(cms_encrypt(buf_slice(&h->cert), text, out, &ei), &ei);
}

static const char *const specs[] = {"gost2012-256:A", "gost2012-256:XA",
    "gost2012-256:TCA", "gost2012-512:A", "gost2012-512:C", "p256", "p384",
    "rsa:2048"};

static void
test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct holder h, other;
		struct buf cms;
		struct secret back = SECRET_EMPTY;
		struct errinfo ei = {0};
		bool possible = false;

		print_message("%s\n", specs[i]);
		holder_new(specs[i], &h);
		seal_for(&h, &cms);
		assert_ok(cms_decrypt(h.key, buf_slice(&h.cert),
			      buf_slice(&cms), &back, &ei),
		    &ei);
		assert_true(slice_eq(secret_slice(&back), text));
		secret_clear(&back);
		assert_ok(cms_decryption_trial(
			      h.key, buf_slice(&h.cert), &possible, &ei),
		    &ei);
		assert_true(possible);
		/* make_key() has one RSA key. */
		if (strncmp(specs[i], "rsa", 3) != 0) {
			holder_new(specs[i], &other);
			assert_int_equal(
			    cms_decrypt(other.key, buf_slice(&h.cert),
				buf_slice(&cms), &back, &ei),
			    ERR_CRYPTO);
			assert_string_equal(ei.rule, "cms.decrypt");
			assert_int_equal(
			    cms_decrypt(other.key, buf_slice(&other.cert),
				buf_slice(&cms), &back, &ei),
			    ERR_CRYPTO);
			assert_int_equal(
			    cms_decryption_trial(
				other.key, buf_slice(&h.cert), &possible, &ei),
			    ERR_CRYPTO);
			holder_clear(&other);
		}
		holder_clear(&h);
		buf_clear(&cms);
	}
}

static void
test_not_possible(void **state)
{
	struct holder h;
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	struct errinfo ei = {0};
	bool possible = true;

	(void)state;
	holder_new("ed25519", &h);
	assert_int_equal(
	    cms_encrypt(buf_slice(&h.cert), text, &cms, &ei), ERR_UNSUPPORTED);
	assert_string_equal(ei.rule, "cms.encrypt.key");
	assert_ok(
	    cms_decryption_trial(h.key, buf_slice(&h.cert), &possible, &ei),
	    &ei);
	assert_false(possible);
	holder_clear(&h);
	buf_clear(&cms);
}

/* Whatever is changed, nothing worse than a refusal or another content. */
static void
test_flips(void **state)
{
	static const char *const some[] = {
	    "gost2012-256:A", "p256", "rsa:2048"};
	const size_t step = is_slow_run() ? 61 : 1;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(some); i++) {
		struct holder h;
		struct buf cms;
		size_t refused = 0;

		holder_new(some[i], &h);
		seal_for(&h, &cms);
		for (size_t at = 0; at < cms.len * 3; at += step) {
			static const uint8_t how[] = {0x01, 0x80, 0xff};
			struct secret back = SECRET_EMPTY;
			struct errinfo ei = {0};
			enum err e;

			cms.p[at / 3] ^= how[at % 3];
			e = cms_decrypt(h.key, buf_slice(&h.cert),
			    buf_slice(&cms), &back, &ei);
			cms.p[at / 3] ^= how[at % 3];
			assert_int_not_equal(e, ERR_INTERNAL);
			refused += e != ERR_OK;
			secret_clear(&back);
		}
		print_message("%zu of %zu\n", refused, cms.len * 3 / step);
		assert_true(refused > cms.len / step);
		for (size_t len = 0; len < cms.len; len += step) {
			struct secret back = SECRET_EMPTY;
			struct errinfo ei = {0};

			assert_int_equal(
			    cms_decrypt(h.key, buf_slice(&h.cert),
				slice_make(cms.p, len), &back, &ei),
			    ERR_FORMAT);
		}
		holder_clear(&h);
		buf_clear(&cms);
	}
}

/* --- beside openssl cms -----------------------------------------------------
 */

static const struct {
	const char *spec;
	const char *cipher;
} kinds[] = {
    {"gost2012-256:A", "-kuznyechik-ctr-acpkm"},
    {"gost2012-256:A", "-gost89"},
    {"gost2012-512:A", "-magma-ctr-acpkm"},
    {"p256", "-aes-256-cbc"},
    {"rsa:2048", "-aes-128-cbc"},
};

static void
test_openssl(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct holder h;
		struct secret p8 = SECRET_EMPTY, back = SECRET_EMPTY;
		struct buf cms, theirs = BUF_INIT(CMS_BYTES_MAX);
		struct buf seen = BUF_INIT(4096);
		struct errinfo ei = {0};

		print_message("%s %s\n", kinds[i].spec, kinds[i].cipher);
		holder_new(kinds[i].spec, &h);
		assert_ok(privkey_to_p8_insecure_plain(h.key, &p8, &ei), &ei);
		scratch_write("key.der", secret_slice(&p8));
		scratch_write("cert.der", buf_slice(&h.cert));
		scratch_write("text", text);
		assert_int_equal(
		    RUN("openssl", "x509", "-inform", "DER", "-in",
			scratch("cert.der"), "-out", scratch("cert.pem")),
		    0);
		/* Ours, read by it. */
		seal_for(&h, &cms);
		scratch_write("ours.p7m", buf_slice(&cms));
		assert_int_equal(
		    RUN("openssl", "cms", "-decrypt", "-inform", "DER", "-in",
			scratch("ours.p7m"), "-keyform", "DER", "-inkey",
			scratch("key.der"), "-recip", scratch("cert.pem"),
			"-binary", "-out", scratch("seen")),
		    0);
		scratch_read("seen", &seen);
		assert_true(slice_eq(buf_slice(&seen), text));
		/* Its, read by us. */
		assert_int_equal(
		    RUN("openssl", "cms", "-encrypt", "-binary", "-outform",
			"DER", kinds[i].cipher, "-in", scratch("text"), "-out",
			scratch("theirs.p7m"), scratch("cert.pem")),
		    0);
		scratch_read("theirs.p7m", &theirs);
		assert_ok(cms_decrypt(h.key, buf_slice(&h.cert),
			      buf_slice(&theirs), &back, &ei),
		    &ei);
		assert_true(slice_eq(secret_slice(&back), text));
		secret_clear(&back);
		secret_clear(&p8);
		buf_clear(&cms);
		buf_clear(&theirs);
		buf_clear(&seen);
		holder_clear(&h);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_not_possible),
	    cmocka_unit_test(test_flips),
	    cmocka_unit_test(test_openssl),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
