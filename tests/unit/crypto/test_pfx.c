/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include "base/text.h"
#include "crypto/pfx.h"
#include "crypto/privkey.h"
#include "der/der.h"

static const struct slice pass = {(const uint8_t *)"Пароль", 12};

/* A key with a certificate, as a file under `pass`; the key is the caller's. */
static struct privkey *
make(const char *spec, unsigned iterations, struct buf *out)
{
	struct privkey *key = make_key(spec);
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct pfx_options o = {.key = key,
	    .name = "Иванов И. И.",
	    .password = pass,
	    .iterations = iterations};
	struct errinfo ei = {0};

	make_cert(key, "Иванов", &cert);
	o.cert = buf_slice(&cert);
	buf_init(out, PFX_BYTES_MAX);
	assert_ok(pfx_build(&o, out, &ei), &ei);
	buf_clear(&cert);
	return key;
}

static void
assert_shut(
    struct slice der, struct slice password, enum err kind, const char *rule)
{
	struct pfx p = {0};
	struct errinfo ei = {0};
	enum err e = pfx_open(der, password, 0, &p, &ei);

	if (e != kind || strcmp(ei.rule, rule) != 0) {
		print_error("%s [%s] %s\n", err_name(e), ei.rule, ei.text);
	}
	assert_int_equal(e, kind);
	assert_string_equal(ei.rule, rule);
	assert_null(p.key);
}

static void
test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < num_specs; i++) {
		struct buf der;
		struct privkey *key = make(all_specs[i], 2, &der);
		struct pfx p = {0};
		struct errinfo ei = {0};

		print_message("%s\n", all_specs[i]);
		assert_ok(pfx_open(buf_slice(&der), pass, 0, &p, &ei), &ei);
		assert_true(privkey_matches(p.key, privkey_spki(key)));
		assert_true(p.cert.len > 100);
		assert_int_equal(p.num_others, 0);
		assert_string_equal(p.name, "Иванов И. И.");
		pfx_clear(&p);
		assert_shut(buf_slice(&der), SLICE_LIT("пароль"), ERR_CRYPTO,
		    "pfx.password");
		assert_shut(
		    buf_slice(&der), SLICE_EMPTY, ERR_CRYPTO, "pfx.password");
		privkey_free(key);
		buf_clear(&der);
	}
}

/*
 * Whatever byte is changed, no other key comes out, and nothing worse than a
 * refusal: under its right password the file is damaged or cannot be told from
 * one with another password.
 */
static void
test_flips(void **state)
{
	static const char *const specs[] = {"gost2012-256:A", "p256"};
	const size_t step = is_slow_run() ? 41 : 1;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct buf der;
		struct privkey *key = make(specs[i], 1, &der);
		size_t damaged = 0, still_open = 0;

		for (size_t at = 0; at < der.len; at += step) {
			struct pfx p = {0};
			struct errinfo ei = {0};
			enum err e;

			der.p[at] ^= (uint8_t)(1u << at % 8);
			/* Rounds that a flip has raised are not for a test. */
			e = pfx_open(buf_slice(&der), pass, 1000, &p, &ei);
			der.p[at] ^= (uint8_t)(1u << at % 8);
			assert_int_not_equal(e, ERR_INTERNAL);
			if (e == ERR_OK) { /* the version, for one */
				assert_true(
				    privkey_matches(p.key, privkey_spki(key)));
				assert_true(p.cert.len > 100);
				pfx_clear(&p);
				still_open++;
				continue;
			}
			assert_true(ei.rule[0] != '\0');
			damaged += strcmp(ei.rule, "pfx.damaged") == 0;
		}
		/* The MAC and its salt at least. */
		assert_true(damaged > 30 / step);
		assert_true(still_open < 4);
		for (size_t len = 0; len < der.len; len += step) {
			assert_shut(slice_make(der.p, len), pass, ERR_FORMAT,
			    "pfx.form");
		}
		privkey_free(key);
		buf_clear(&der);
	}
}

static void
test_limits(void **state)
{
	struct privkey *key = make_key("p256");
	struct buf der;
	struct pfx_options o = {.key = key, .name = "x"};
	struct pfx p = {0};
	struct errinfo ei = {0};

	(void)state;
	buf_init(&der, PFX_BYTES_MAX);
	assert_int_equal(pfx_build(&o, &der, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "pfx.password.empty");
	o.password = pass;
	o.iterations = KDF_ITERATIONS_MAX + 1;
	assert_int_equal(pfx_build(&o, &der, &ei), ERR_LIMIT);
	o.iterations = 1000;
	assert_ok(pfx_build(&o, &der, &ei), &ei);
	/* MAC and key; there is no certificate. */
	assert_int_equal(
	    pfx_open(buf_slice(&der), pass, 1999, &p, &ei), ERR_LIMIT);
	assert_string_equal(ei.rule, "key.iterations");
	assert_ok(pfx_open(buf_slice(&der), pass, 2000, &p, &ei), &ei);
	assert_int_equal(p.cert.len, 0);
	pfx_clear(&p);
	buf_clear(&der);
	privkey_free(key);
}

/* --- other programs ---------------------------------------------------------
 */

static const struct {
	const char *spec;
	const char *algorithm; /* of openssl genpkey */
	const char *option;
	bool certtool; /* knows its curve */
} kinds[] = {
    {"gost2012-256:A", "gost2012_256", "paramset:A", true},
    {"gost2012-512:A", "gost2012_512", "paramset:A", true},
    {"gost2012-256:XA", "gost2012_256", "paramset:XA", false},
    {"p256", "EC", "ec_paramgen_curve:P-256", true},
    {"rsa:2048", "RSA", "rsa_keygen_bits:2048", true},
};

static void
test_read_by_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct buf der, text = BUF_INIT(65536);
		struct privkey *key = make(kinds[i].spec, 2000, &der);

		print_message("%s\n", kinds[i].spec);
		scratch_write("ours.p12", buf_slice(&der));
		assert_int_equal(
		    RUN("openssl", "pkcs12", "-in", scratch("ours.p12"),
			"-noenc", "-passin", "pass:Пароль", "-out",
			scratch("theirs.pem")),
		    0);
		/* The key itself: what its public half is. */
		assert_int_equal(
		    RUN("openssl", "pkey", "-in", scratch("theirs.pem"),
			"-pubout", "-outform", "DER", "-out",
			scratch("theirs.spki")),
		    0);
		scratch_read("theirs.spki", &text);
		assert_true(privkey_matches(key, buf_slice(&text)));
		buf_clear(&text);
		if (kinds[i].certtool) {
			assert_int_equal(RUN("certtool", "--p12-info",
					     "--inder", "--password", "Пароль",
					     "--infile", scratch("ours.p12")),
			    0);
			buf_init(&text, 65536);
			scratch_read("out", &text);
			assert_non_null(
			    strstr(buf_cstr(&text), "BEGIN CERTIFICATE"));
			buf_clear(&text);
		}
		privkey_free(key);
		buf_clear(&der);
	}
}

static void
open_theirs(const char *file, const char *name)
{
	struct buf der = BUF_INIT(65536), spki = BUF_INIT(4096);
	struct pfx p = {0};
	struct errinfo ei = {0};

	scratch_read(file, &der);
	scratch_read("key.spki", &spki);
	assert_ok(pfx_open(buf_slice(&der), pass, 0, &p, &ei), &ei);
	assert_true(privkey_matches(p.key, buf_slice(&spki)));
	assert_true(p.cert.len > 100);
	assert_string_equal(p.name, name);
	pfx_clear(&p);
	assert_shut(
	    buf_slice(&der), SLICE_LIT("x"), ERR_CRYPTO, "pfx.password");
	buf_clear(&der);
	buf_clear(&spki);
}

static void
test_read_of_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		print_message("%s\n", kinds[i].spec);
		assert_int_equal(
		    RUN("openssl", "genpkey", "-algorithm", kinds[i].algorithm,
			"-pkeyopt", kinds[i].option, "-out",
			scratch("key.pem")),
		    0);
		assert_int_equal(
		    RUN("openssl", "pkey", "-in", scratch("key.pem"), "-pubout",
			"-outform", "DER", "-out", scratch("key.spki")),
		    0);
		assert_int_equal(RUN("openssl", "req", "-x509", "-new", "-key",
				     scratch("key.pem"), "-subj", "/CN=x",
				     "-out", scratch("cert.pem")),
		    0);
		assert_int_equal(
		    RUN("openssl", "pkcs12", "-export", "-inkey",
			scratch("key.pem"), "-in", scratch("cert.pem"),
			"-passout", "pass:Пароль", "-name", "Имя", "-out",
			scratch("a.p12")),
		    0);
		open_theirs("a.p12", "Имя");
		/* With GOST its 600,000 rounds are half a minute, and with any
		 * key under valgrind two. */
		if (strcmp(kinds[i].spec, "p256") == 0 && !is_slow_run()) {
			assert_int_equal(
			    RUN("certtool", "--to-p12", "--outder",
				"--load-privkey", scratch("key.pem"),
				"--load-certificate", scratch("cert.pem"),
				"--p12-name", "name", "--password", "Пароль",
				"--outfile", scratch("b.p12")),
			    0);
			open_theirs("b.p12", "name");
		}
		if (strncmp(kinds[i].spec, "gost", 4) == 0) {
			assert_int_equal(
			    RUN("openssl", "pkcs12", "-export", "-inkey",
				scratch("key.pem"), "-in", scratch("cert.pem"),
				"-passout", "pass:Пароль", "-keypbe",
				"kuznyechik-ctr-acpkm", "-certpbe",
				"magma-ctr-acpkm", "-macalg", "md_gost12_512",
				"-out", scratch("c.p12")),
			    0);
			open_theirs("c.p12", "");
		} else {
			/* As older Windows. */
			assert_int_equal(
			    RUN("openssl", "pkcs12", "-export", "-inkey",
				scratch("key.pem"), "-in", scratch("cert.pem"),
				"-passout", "pass:Пароль", "-keypbe",
				"PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES",
				"-macalg", "sha1", "-out", scratch("d.p12")),
			    0);
			open_theirs("d.p12", "");
		}
	}
}

/* TC26's own example of such a file ("Транспортный ключевой контейнер"). */
static void
test_tc26(void **state)
{
	struct buf der = BUF_INIT(65536), p8 = BUF_INIT(65536);
	struct pfx p = {0};
	struct privkey *want = NULL;
	struct errinfo ei = {0};

	(void)state;
	ref_read("gost/vectors/tc26-pfx.p12", &der);
	ref_read("gost/vectors/tc26-pfx-key.p8.der", &p8);
	assert_ok(
	    pfx_open(buf_slice(&der), SLICE_LIT("Пароль для PFX"), 0, &p, &ei),
	    &ei);
	assert_ok(
	    privkey_from_p8(buf_slice(&p8), SLICE_EMPTY, &want, &ei), &ei);
	assert_true(privkey_matches(p.key, privkey_spki(want)));
	assert_true(p.cert.len > 100);
	privkey_free(want);
	pfx_clear(&p);
	buf_clear(&der);
	buf_clear(&p8);
}

static void
test_refused_of_others(void **state)
{
	static const struct {
		const char *option;
		const char *value;
		enum err kind;
		const char *rule;
	} cases[] = {
	    {"-nokeys", "-nomac", ERR_UNSUPPORTED, "pfx.mac"},
	    {"-nokeys", "-nomaciter", ERR_NOTFOUND, "pfx.no_key"},
	    {"-certpbe", "PBE-SHA1-RC2-40", ERR_UNSUPPORTED, "pfx.cipher"},
	    {"-keypbe", "PBE-SHA1-RC2-40", ERR_UNSUPPORTED, "pfx.cipher"},
	};

	(void)state;
	assert_int_equal(RUN("openssl", "req", "-x509", "-newkey", "ec",
			     "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
			     "-keyout", scratch("key.pem"), "-subj", "/CN=x",
			     "-out", scratch("cert.pem")),
	    0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf der = BUF_INIT(65536);

		print_message("%s %s\n", cases[i].option, cases[i].value);
		assert_int_equal(
		    RUN("openssl", "pkcs12", "-export", "-provider", "default",
			"-provider", "legacy", "-inkey", scratch("key.pem"),
			"-in", scratch("cert.pem"), "-passout", "pass:Пароль",
			"-out", scratch("x.p12"), cases[i].option,
			cases[i].value),
		    0);
		scratch_read("x.p12", &der);
		assert_shut(
		    buf_slice(&der), pass, cases[i].kind, cases[i].rule);
		buf_clear(&der);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_flips),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_read_by_others),
	    cmocka_unit_test(test_read_of_others),
	    cmocka_unit_test(test_tc26),
	    cmocka_unit_test(test_refused_of_others),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
