/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing to a certificate, with openssl on the other side. */
#include "support.h"

#include <string.h>

#include "base/bounds.h"
#include "base/secret.h"
#include "crypto/envelope.h"

static const struct {
	const char *name;
	const char *alg;
	const char *option;
} recipients[] = {
    {"rsa", "rsa:2048", "rsa_keygen_bits:2048"},
    {"p256", "ec", "ec_paramgen_curve:P-256"},
    {"p384", "ec", "ec_paramgen_curve:P-384"},
};

static const char *
file(const char *name, const char *suffix)
{
	char whole[64];

	(void)snprintf(whole, sizeof(whole), "%s.%s", name, suffix);
	return scratch(whole);
}

static void
make(size_t i)
{
	assert_int_equal(
	    RUN("openssl", "req", "-x509", "-newkey", recipients[i].alg,
		"-pkeyopt", recipients[i].option, "-nodes", "-keyout",
		file(recipients[i].name, "key"), "-out",
		file(recipients[i].name, "der"), "-outform", "DER", "-subj",
		"/CN=recipient"),
	    0);
}

static void
read_name(const char *name, const char *suffix, struct buf *out)
{
	char whole[64];

	(void)snprintf(whole, sizeof(whole), "%s.%s", name, suffix);
	buf_clear(out);
	scratch_read(whole, out);
}

/* What we seal openssl opens, and what openssl seals we open. */
static void
with_openssl(void **state)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX),
		   key = BUF_INIT(KEY_FILE_MAX);
	struct buf out = BUF_INIT(ENVELOPE_BYTES_MAX);
	struct secret back = SECRET_EMPTY;
	struct errinfo ei = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(recipients); i++) {
		const char *name = recipients[i].name;

		make(i);
		read_name(name, "der", &cert);
		read_name(name, "key", &key);
		buf_reset(&out);
		assert_ok(envelope_seal(buf_slice(&cert),
			      SLICE_LIT("secret\0bytes"), &out, &ei),
		    &ei);
		scratch_write("sealed", buf_slice(&out));
		assert_int_equal(
		    RUN("openssl", "cms", "-decrypt", "-inform", "DER", "-in",
			scratch("sealed"), "-inkey", file(name, "key"), "-out",
			scratch("plain")),
		    0);
		buf_clear(&out);
		scratch_read("plain", &out);
		assert_true(
		    slice_eq(buf_slice(&out), SLICE_LIT("secret\0bytes")));
		scratch_write("plain", SLICE_LIT("theirs"));
		assert_int_equal(
		    RUN("openssl", "x509", "-inform", "DER", "-in",
			file(name, "der"), "-out", scratch("cert.pem")),
		    0);
		assert_int_equal(
		    RUN("openssl", "cms", "-encrypt", "-binary", "-outform",
			"DER", "-aes256", "-in", scratch("plain"), "-out",
			scratch("theirs"), scratch("cert.pem")),
		    0);
		buf_clear(&out);
		scratch_read("theirs", &out);
		assert_ok(envelope_open(buf_slice(&cert), buf_slice(&key),
			      SLICE_EMPTY, buf_slice(&out), &back, &ei),
		    &ei);
		assert_true(slice_eq_str(secret_slice(&back), "theirs"));
		secret_clear(&back);
	}
	buf_clear(&cert);
	buf_clear(&key);
	buf_clear(&out);
}

static void
only_by_its_recipient(void **state)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX),
		   key = BUF_INIT(KEY_FILE_MAX);
	struct buf other = BUF_INIT(CERT_BYTES_MAX);
	struct buf other_key = BUF_INIT(KEY_FILE_MAX);
	struct buf out = BUF_INIT(ENVELOPE_BYTES_MAX);
	struct secret back = SECRET_EMPTY;
	struct errinfo ei = {0};

	(void)state;
	read_name("p256", "der", &cert);
	read_name("p256", "key", &key);
	read_name("p384", "der", &other);
	read_name("p384", "key", &other_key);
	assert_ok(
	    envelope_seal(buf_slice(&cert), SLICE_LIT("x"), &out, &ei), &ei);
	assert_int_equal(envelope_open(buf_slice(&other), buf_slice(&other_key),
			     SLICE_EMPTY, buf_slice(&out), &back, &ei),
	    ERR_CRYPTO);
	assert_string_equal(ei.rule, "envelope.open");
	assert_int_equal(envelope_open(buf_slice(&cert), buf_slice(&other_key),
			     SLICE_EMPTY, buf_slice(&out), &back, &ei),
	    ERR_CRYPTO);
	assert_string_equal(ei.rule, "envelope.key");
	assert_int_equal(
	    envelope_open(buf_slice(&cert), buf_slice(&key), SLICE_EMPTY,
		slice_make(out.p, out.len - 1), &back, &ei),
	    ERR_CRYPTO);
	assert_int_equal(envelope_seal(slice_make(cert.p, cert.len - 1),
			     SLICE_LIT("x"), &out, &ei),
	    ERR_FORMAT);
	assert_string_equal(ei.rule, "envelope.certificate");
	buf_clear(&cert);
	buf_clear(&key);
	buf_clear(&other);
	buf_clear(&other_key);
	buf_clear(&out);
}

/* A key under a password, as people keep theirs; without it nobody is asked on
 * the terminal. */
static void
a_key_under_a_password(void **state)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX),
		   key = BUF_INIT(KEY_FILE_MAX);
	struct buf out = BUF_INIT(ENVELOPE_BYTES_MAX);
	struct secret back = SECRET_EMPTY;
	struct errinfo ei = {0};

	(void)state;
	assert_int_equal(
	    RUN("openssl", "pkcs8", "-topk8", "-in", scratch("p256.key"),
		"-passout", "pass:word", "-out", scratch("locked.key")),
	    0);
	read_name("p256", "der", &cert);
	read_name("locked", "key", &key);
	assert_ok(
	    envelope_seal(buf_slice(&cert), SLICE_LIT("x"), &out, &ei), &ei);
	assert_ok(envelope_open(buf_slice(&cert), buf_slice(&key),
		      SLICE_LIT("word"), buf_slice(&out), &back, &ei),
	    &ei);
	secret_clear(&back);
	assert_int_equal(envelope_open(buf_slice(&cert), buf_slice(&key),
			     SLICE_EMPTY, buf_slice(&out), &back, &ei),
	    ERR_CRYPTO);
	assert_string_equal(ei.rule, "envelope.key");
	buf_clear(&cert);
	buf_clear(&key);
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(with_openssl),
	    cmocka_unit_test(only_by_its_recipient),
	    cmocka_unit_test(a_key_under_a_password),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
