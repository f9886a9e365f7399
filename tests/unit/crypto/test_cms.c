/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/cms.h"
#include "crypto/hash.h"
#include "crypto/privkey.h"
#include "crypto/tlskey.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"

static const struct slice content = {
    (const uint8_t *)"С условиями ознакомлен\n", 43};
static const int64_t when = 1790000000;

/* A key, its certificate, and both as files of other programs. */
struct signer {
	struct privkey *key;
	struct buf cert;
};

static void
signer_make(struct signer *s, const char *spec)
{
	s->key = make_key(spec);
	make_cert(s->key, "Подписант", &s->cert);
}

static void
signer_clear(struct signer *s)
{
	privkey_free(s->key);
	buf_clear(&s->cert);
}

static void
sign(struct signer *s, struct buf *out)
{
	struct errinfo ei = {0};

	buf_init(out, CMS_BYTES_MAX + 1);
	assert_ok(cms_sign_detached(s->key, buf_slice(&s->cert), NULL, 0,
		      content, when, out, &ei),
	    &ei);
}

static void
assert_good(struct slice cms, struct slice data, struct slice cert)
{
	struct errinfo ei = {0};

	assert_ok(cms_verify_detached(cms, data, cert, &ei), &ei);
}

static void
assert_bad(struct slice cms, struct slice data, struct slice cert,
    enum err kind, const char *rule)
{
	struct errinfo ei = {0};
	enum err e = cms_verify_detached(cms, data, cert, &ei);

	if (e != kind || strcmp(ei.rule, rule) != 0) {
		print_error("%s [%s] %s\n", err_name(e), ei.rule, ei.text);
	}
	assert_int_equal(e, kind);
	assert_string_equal(ei.rule, rule);
}

static void
test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < num_specs; i++) {
		struct signer s, other;
		struct buf cms;
		struct slice cert;

		print_message("%s\n", all_specs[i]);
		signer_make(&s, all_specs[i]);
		signer_make(&other, all_specs[i]);
		cert = buf_slice(&s.cert);
		sign(&s, &cms);
		assert_good(buf_slice(&cms), content, cert);
		assert_bad(buf_slice(&cms),
		    slice_make(content.p, content.len - 1), cert, ERR_CRYPTO,
		    "cms.digest");
		/* The same names and serial number, another key. */
		if (strncmp(all_specs[i], "rsa", 3) == 0) {
			signer_clear(&other);
			signer_make(&other, "p256");
		}
		assert_bad(buf_slice(&cms), content, buf_slice(&other.cert),
		    ERR_CRYPTO, "cms.signing_certificate");
		cms.p[cms.len - 1] ^= 1;
		assert_bad(buf_slice(&cms), content, cert, ERR_CRYPTO,
		    "signature.mismatch");
		buf_clear(&cms);
		signer_clear(&s);
		signer_clear(&other);
	}
}

static void
test_sign_refusals(void **state)
{
	struct slice chain[CMS_CERTS_MAX];
	struct signer s, other;
	struct buf cms = BUF_INIT(CMS_BYTES_MAX), small = BUF_INIT(100);
	struct errinfo ei = {0};
	size_t i;

	(void)state;
	signer_make(&s, "p256");
	signer_make(&other, "p256");
	for (i = 0; i < ARRAY_LEN(chain); i++) {
		chain[i] = buf_slice(&other.cert);
	}
	assert_int_equal(cms_sign_detached(s.key, buf_slice(&other.cert), NULL,
			     0, content, when, &cms, &ei),
	    ERR_CONFLICT);
	assert_string_equal(ei.rule, "cms.key");
	assert_int_equal(cms_sign_detached(s.key, SLICE_LIT("\x30\x00"), NULL,
			     0, content, when, &cms, &ei),
	    ERR_FORMAT);
	assert_int_equal(cms_sign_detached(s.key, buf_slice(&s.cert), chain,
			     ARRAY_LEN(chain), content, when, &cms, &ei),
	    ERR_LIMIT);
	assert_int_equal(cms_sign_detached(s.key, buf_slice(&s.cert), NULL, 0,
			     content, when, &small, &ei),
	    ERR_LIMIT);
	assert_int_equal(small.len, 0);
	assert_int_equal(cms.len, 0);
	assert_ok(cms_sign_detached(s.key, buf_slice(&s.cert), chain,
		      ARRAY_LEN(chain) - 1, content, when, &cms, &ei),
	    &ei);
	assert_good(buf_slice(&cms), content, buf_slice(&s.cert));
	buf_clear(&cms);
	buf_clear(&small);
	signer_clear(&s);
	signer_clear(&other);
}

/* --- OpenSSL, both ways ------------------------------------------------------
 */

static const char *const openssl_specs[] = {
    /* not Ed25519: OpenSSL 3.0 has it not in CMS */
    "gost2012-256:A", "gost2012-512:A", "gost2012-256:TCA", "p256", "p384",
    "rsa:2048"};

static void
write_pem(const char *name, const char *label, struct slice der)
{
	struct buf pem = BUF_INIT((size_t)2 * CERT_BYTES_MAX);

	buf_printf(&pem, "-----BEGIN %s-----\n", label);
	/* One line: OpenSSL takes up to 64 characters only. */
	while (der.len > 0) {
		struct slice part =
		    slice_make(der.p, der.len < 48 ? der.len : (size_t)48);

		text_base64(&pem, part);
		buf_add_str(&pem, "\n");
		der = slice_make(der.p + part.len, der.len - part.len);
	}
	buf_printf(&pem, "-----END %s-----\n", label);
	scratch_write(name, buf_slice(&pem));
	buf_clear(&pem);
}

static void
test_openssl_verifies(void **state)
{
	(void)state;
	scratch_write("content", content);
	scratch_write("other", SLICE_LIT("something else"));
	for (size_t i = 0; i < ARRAY_LEN(openssl_specs); i++) {
		struct signer s;
		struct buf cms;
		int rc;

		print_message("%s\n", openssl_specs[i]);
		signer_make(&s, openssl_specs[i]);
		write_pem("cert.pem", "CERTIFICATE", buf_slice(&s.cert));
		sign(&s, &cms);
		scratch_write("sig", buf_slice(&cms));
		rc = RUN("openssl", "cms", "-verify", "-cades", "-binary",
		    "-inform", "DER", "-in", scratch("sig"), "-content",
		    scratch("content"), "-CAfile", scratch("cert.pem"),
		    "-purpose", "any", "-out", scratch("none"));
		assert_int_equal(rc, 0);
		rc = RUN("openssl", "cms", "-verify", "-cades", "-binary",
		    "-inform", "DER", "-in", scratch("sig"), "-content",
		    scratch("other"), "-CAfile", scratch("cert.pem"),
		    "-purpose", "any", "-out", scratch("none"));
		assert_int_not_equal(rc, 0);
		buf_clear(&cms);
		signer_clear(&s);
	}
}

static void
openssl_sign(const char *option, const char *second)
{
	int rc = RUN("openssl", "cms", "-sign", "-binary", "-outform", "DER",
	    "-in", scratch("content"), "-signer", scratch("cert.pem"), "-inkey",
	    scratch("key.pem"), "-out", scratch("sig"), option, second);

	assert_int_equal(rc, 0);
}

static void
assert_openssl_signed(struct slice cert, enum err kind, const char *rule)
{
	struct buf cms;

	scratch_read("sig", &cms);
	if (kind == ERR_OK) {
		assert_good(buf_slice(&cms), content, cert);
		assert_bad(buf_slice(&cms), SLICE_EMPTY, cert, ERR_CRYPTO,
		    "cms.digest");
	} else {
		assert_bad(buf_slice(&cms), content, cert, kind, rule);
	}
	buf_clear(&cms);
}

static void
test_openssl_signs(void **state)
{
	(void)state;
	scratch_write("content", content);
	for (size_t i = 0; i < ARRAY_LEN(openssl_specs); i++) {
		struct secret pem = SECRET_EMPTY;
		struct errinfo ei = {0};
		struct signer s;
		struct slice cert;

		print_message("%s\n", openssl_specs[i]);
		signer_make(&s, openssl_specs[i]);
		cert = buf_slice(&s.cert);
		write_pem("cert.pem", "CERTIFICATE", cert);
		assert_ok(privkey_to_pem_insecure_plain(s.key, &pem, &ei), &ei);
		scratch_write("key.pem", slice_make(pem.p, pem.len - 1));
		openssl_sign("-cades", "-nosmimecap");
		assert_openssl_signed(cert, ERR_OK, NULL);
		openssl_sign("-cades", NULL);
		assert_openssl_signed(cert, ERR_OK, NULL);
		openssl_sign(NULL, NULL);
		assert_openssl_signed(
		    cert, ERR_CRYPTO, "cms.signing_certificate");
		openssl_sign("-cades", "-nodetach");
		assert_openssl_signed(cert, ERR_UNSUPPORTED, "cms.attached");
		openssl_sign("-noattr", NULL);
		assert_openssl_signed(cert, ERR_CRYPTO, "cms.attributes");
		openssl_sign("-cades", "-nocerts");
		assert_openssl_signed(cert, ERR_OK, NULL);
		secret_clear(&pem);
		signer_clear(&s);
	}
}

/* --- messages that are wrong in one way
 * --------------------------------------- */

enum flaw {
	FLAW_NONE,
	FLAW_NOT_SIGNED_DATA,
	FLAW_VERSION,
	FLAW_CONTENT_TYPE,
	FLAW_NO_SIGNER,
	FLAW_TWO_SIGNERS,
	FLAW_SIGNER_VERSION,
	FLAW_SERIAL,
	FLAW_DIGEST_UNNAMED,
	FLAW_DIGEST_SHA1,
	FLAW_SIG_ALG,
	FLAW_ATTR_ORDER,
	FLAW_ATTR_TWICE,
	FLAW_ATTR_NO_VALUE,
	FLAW_ATTR_TWO_VALUES,
	FLAW_ATTR_TYPE,
	FLAW_ATTR_NO_DIGEST,
	FLAW_ATTR_TIME,
	FLAW_ESS_SERIAL,
	FLAW_ESS_SHA1,
	FLAW_ESS_EMPTY,
	FLAW_TOO_MANY_ATTRS,
	FLAW_TOO_MANY_CERTS,
	FLAW_UNSIGNED_ATTRS,
	FLAW_TRAILING,
	FLAW_MAX_
};

static const struct {
	const char *rule; /* NULL: accepted */
	enum err kind;
} flaws[FLAW_MAX_] = {
    [FLAW_NONE] = {NULL, ERR_OK},
    [FLAW_NOT_SIGNED_DATA] = {"cms.form", ERR_FORMAT},
    [FLAW_VERSION] = {"cms.version", ERR_UNSUPPORTED},
    [FLAW_CONTENT_TYPE] = {"cms.content_type", ERR_UNSUPPORTED},
    [FLAW_NO_SIGNER] = {"cms.signers", ERR_UNSUPPORTED},
    [FLAW_TWO_SIGNERS] = {"cms.signers", ERR_UNSUPPORTED},
    [FLAW_SIGNER_VERSION] = {"cms.version", ERR_UNSUPPORTED},
    [FLAW_SERIAL] = {"cms.signer", ERR_CRYPTO},
    [FLAW_DIGEST_UNNAMED] = {"cms.form", ERR_FORMAT},
    [FLAW_DIGEST_SHA1] = {"cms.algorithm", ERR_UNSUPPORTED},
    [FLAW_SIG_ALG] = {"cms.algorithm", ERR_UNSUPPORTED},
    [FLAW_ATTR_ORDER] = {"cms.attributes", ERR_CRYPTO},
    [FLAW_ATTR_TWICE] = {"cms.attributes", ERR_CRYPTO},
    [FLAW_ATTR_NO_VALUE] = {"cms.attributes", ERR_CRYPTO},
    [FLAW_ATTR_TWO_VALUES] = {"cms.attributes", ERR_CRYPTO},
    [FLAW_ATTR_TYPE] = {"cms.attributes", ERR_CRYPTO},
    [FLAW_ATTR_NO_DIGEST] = {"cms.attributes", ERR_CRYPTO},
    [FLAW_ATTR_TIME] = {"der.tag", ERR_FORMAT},
    [FLAW_ESS_SERIAL] = {"cms.signing_certificate", ERR_CRYPTO},
    [FLAW_ESS_SHA1] = {"cms.signing_certificate", ERR_CRYPTO},
    [FLAW_ESS_EMPTY] = {"der.truncated", ERR_FORMAT},
    [FLAW_TOO_MANY_ATTRS] = {"cms.attributes", ERR_LIMIT},
    [FLAW_TOO_MANY_CERTS] = {"cms.certificates", ERR_LIMIT},
    [FLAW_UNSIGNED_ATTRS] = {NULL, ERR_OK},
    [FLAW_TRAILING] = {"der.trailing", ERR_FORMAT},
};

/* The signer's certificate, its issuer and serial as make_cert() has them. */
struct forge {
	struct signer *s;
	enum flaw flaw;
	struct slice issuer;
	enum hash_alg hash;
};

static void
forge_attr(struct buf *b, enum oid type, struct slice value, unsigned copies)
{
	size_t seq = der_open(b, DER_SEQUENCE), set;

	der_put_oid(b, oid_bytes(type));
	set = der_open(b, DER_SET);
	while (copies-- > 0) {
		der_put_raw(b, value);
	}
	der_close(b, set);
	der_close(b, seq);
}

static void
forge_ess(const struct forge *f, struct buf *b)
{
	enum hash_alg alg = f->flaw == FLAW_ESS_SHA1 ? HASH_SHA1 : HASH_SHA256;
	uint8_t hash[HASH_SIZE_MAX];
	struct errinfo ei = {0};
	size_t value = der_open(b, DER_SEQUENCE), ids, id, is, names, name;

	assert_ok(hash_of(alg, buf_slice(&f->s->cert), hash, &ei), &ei);
	ids = der_open(b, DER_SEQUENCE);
	if (f->flaw != FLAW_ESS_EMPTY) {
		id = der_open(b, DER_SEQUENCE);
		if (alg != HASH_SHA256) {
			hash_alg_put(b, alg);
		}
		der_put(b, DER_OCTET_STRING, slice_make(hash, hash_size(alg)));
		is = der_open(b, DER_SEQUENCE);
		names = der_open(b, DER_SEQUENCE);
		name = der_open(b, DER_CONTEXT_CONS(4));
		der_put_raw(b, f->issuer);
		der_close(b, name);
		der_close(b, names);
		der_put_u63(
		    b, DER_INTEGER, f->flaw == FLAW_ESS_SERIAL ? 5 : 0x1234567);
		der_close(b, is);
		der_close(b, id);
	}
	der_close(b, ids);
	der_close(b, value);
}

static void
forge_digest_attr(const struct forge *f, struct buf *b)
{
	uint8_t digest[HASH_SIZE_MAX];
	struct buf value = BUF_INIT(100);
	struct errinfo ei = {0};
	unsigned copies = 1;

	assert_ok(hash_of(f->hash, content, digest, &ei), &ei);
	der_put(
	    &value, DER_OCTET_STRING, slice_make(digest, hash_size(f->hash)));
	if (f->flaw == FLAW_ATTR_NO_DIGEST) {
		buf_clear(&value);
		return;
	}
	if (f->flaw == FLAW_ATTR_NO_VALUE) {
		copies = 0;
	} else if (f->flaw == FLAW_ATTR_TWO_VALUES) {
		copies = 2;
	}
	forge_attr(b, OID_MESSAGE_DIGEST, buf_slice(&value), copies);
	buf_clear(&value);
}

static void
forge_attrs(const struct forge *f, struct buf *b)
{
	struct buf value = BUF_INIT(4096);
	size_t set = der_open(b, DER_SET);
	unsigned i;

	if (f->flaw == FLAW_ATTR_ORDER) {
		forge_digest_attr(f, b);
	}
	der_put_oid(&value,
	    oid_bytes(
		f->flaw == FLAW_ATTR_TYPE ? OID_CMS_SIGNED : OID_CMS_DATA));
	forge_attr(b, OID_CONTENT_TYPE, buf_slice(&value), 1);
	if (f->flaw != FLAW_ATTR_ORDER) {
		forge_digest_attr(f, b);
	}
	buf_reset(&value);
	forge_ess(f, &value);
	forge_attr(b, OID_SIGNING_CERT_V2, buf_slice(&value), 1);
	if (f->flaw == FLAW_ATTR_TWICE) {
		buf_reset(&value);
		der_put_oid(&value, oid_bytes(OID_CMS_DATA));
		forge_attr(b, OID_CONTENT_TYPE, buf_slice(&value), 1);
	}
	if (f->flaw == FLAW_ATTR_TIME) {
		buf_reset(&value);
		der_put_null(&value);
		forge_attr(b, OID_SIGNING_TIME, buf_slice(&value), 1);
	}
	for (i = 0; f->flaw == FLAW_TOO_MANY_ATTRS && i < CMS_ATTRS_MAX; i++) {
		buf_reset(&value);
		der_put_u63(&value, DER_INTEGER, i);
		forge_attr(b, OID_CN, buf_slice(&value), 1);
	}
	if (f->flaw == FLAW_ATTR_ORDER) {
		der_close(b, set); /* as they were written */
	} else {
		der_close_set_of(b, set);
	}
	buf_clear(&value);
}

static void
forge_signer(const struct forge *f, struct buf *b)
{
	struct buf attrs = BUF_INIT(65536), sig = BUF_INIT(1024);
	struct errinfo ei = {0};
	size_t seq = der_open(b, DER_SEQUENCE), id;

	forge_attrs(f, &attrs);
	assert_ok(privkey_sign(f->s->key, SIG_ECDSA_SHA256, buf_slice(&attrs),
		      &sig, &ei),
	    &ei);
	der_put_u63(b, DER_INTEGER, f->flaw == FLAW_SIGNER_VERSION ? 3 : 1);
	id = der_open(b, DER_SEQUENCE);
	der_put_raw(b, f->issuer);
	der_put_u63(b, DER_INTEGER, f->flaw == FLAW_SERIAL ? 5 : 0x1234567);
	der_close(b, id);
	hash_alg_put(b, f->hash);
	attrs.p[0] = DER_CONTEXT_CONS(0);
	der_put_raw(b, buf_slice(&attrs));
	sig_alg_put(
	    b, f->flaw == FLAW_SIG_ALG ? SIG_ECDSA_SHA384 : SIG_ECDSA_SHA256);
	der_put(b, DER_OCTET_STRING, buf_slice(&sig));
	if (f->flaw == FLAW_UNSIGNED_ATTRS) {
		id = der_open(b, DER_CONTEXT_CONS(1));
		forge_attr(b, OID_CN, SLICE_LIT("\x05\x00"), 1);
		der_close(b, id);
	}
	der_close(b, seq);
	buf_clear(&attrs);
	buf_clear(&sig);
}

static void
forge(const struct forge *f, struct buf *b)
{
	enum flaw w = f->flaw;
	size_t info = der_open(b, DER_SEQUENCE), explicit0, data, part;
	unsigned i, certs = w == FLAW_TOO_MANY_CERTS ? CMS_CERTS_MAX + 1 : 1;
	unsigned signers = 1;

	if (w == FLAW_NO_SIGNER || w == FLAW_TWO_SIGNERS) {
		signers = w == FLAW_NO_SIGNER ? 0 : 2;
	}
	der_put_oid(b, oid_bytes(w == FLAW_NOT_SIGNED_DATA ? OID_CMS_DATA
							   : OID_CMS_SIGNED));
	explicit0 = der_open(b, DER_CONTEXT_CONS(0));
	data = der_open(b, DER_SEQUENCE);
	der_put_u63(b, DER_INTEGER, w == FLAW_VERSION ? 3 : 1);
	part = der_open(b, DER_SET);
	hash_alg_put(b, w == FLAW_DIGEST_UNNAMED ? HASH_SHA384 : f->hash);
	der_close(b, part);
	part = der_open(b, DER_SEQUENCE);
	der_put_oid(b,
	    oid_bytes(w == FLAW_CONTENT_TYPE ? OID_CMS_SIGNED : OID_CMS_DATA));
	der_close(b, part);
	part = der_open(b, DER_CONTEXT_CONS(0));
	for (i = 0; i < certs; i++) {
		der_put_raw(b, buf_slice(&f->s->cert));
	}
	der_close(b, part);
	part = der_open(b, DER_SET);
	while (signers-- > 0) {
		forge_signer(f, b);
	}
	der_close(b, part);
	der_close(b, data);
	der_close(b, explicit0);
	der_close(b, info);
	if (w == FLAW_TRAILING) {
		buf_add_u8(b, 0);
	}
}

/* The issuer Name of make_cert()'s certificate. */
static struct slice
cert_issuer(struct slice cert)
{
	struct signed_parts parts;
	struct slice s, skip, issuer;
	struct errinfo ei = {0};

	cut_signed(cert, &parts);
	assert_ok(der_get(&parts.tbs, DER_SEQUENCE, &s, &ei), &ei);
	assert_ok(der_get(&s, DER_INTEGER, &skip, &ei), &ei);
	assert_ok(der_get(&s, DER_SEQUENCE, &skip, &ei), &ei);
	assert_ok(der_get_whole(&s, DER_SEQUENCE, &issuer, &ei), &ei);
	return issuer;
}

static void
test_flaws(void **state)
{
	struct signer s;

	(void)state;
	signer_make(&s, "p256");
	for (unsigned i = 0; i < FLAW_MAX_; i++) {
		struct forge f = {&s, (enum flaw)i,
		    cert_issuer(buf_slice(&s.cert)), HASH_SHA256};
		struct buf cms = BUF_INIT(1 << 20);

		print_message("flaw %u\n", i);
		if (i == FLAW_DIGEST_SHA1) {
			f.hash = HASH_SHA1;
		}
		forge(&f, &cms);
		if (flaws[i].rule == NULL) {
			assert_good(
			    buf_slice(&cms), content, buf_slice(&s.cert));
		} else {
			assert_bad(buf_slice(&cms), content, buf_slice(&s.cert),
			    flaws[i].kind, flaws[i].rule);
		}
		buf_clear(&cms);
	}
	signer_clear(&s);
}

static void
test_limits(void **state)
{
	struct signer s;
	struct buf cms;

	(void)state;
	signer_make(&s, "gost2012-256:A");
	sign(&s, &cms);
	/* Cut anywhere: an error, never a crash, never accepted. */
	for (size_t i = 0; i < cms.len; i++) {
		struct errinfo ei = {0};

		assert_int_not_equal(cms_verify_detached(slice_make(cms.p, i),
					 content, buf_slice(&s.cert), &ei),
		    ERR_OK);
	}
	(void)buf_grow(&cms, CMS_BYTES_MAX + 1 - cms.len);
	assert_bad(buf_slice(&cms), content, buf_slice(&s.cert), ERR_LIMIT,
	    "cms.size");
	assert_bad(SLICE_EMPTY, content, buf_slice(&s.cert), ERR_FORMAT,
	    "der.truncated");
	assert_bad(SLICE_LIT("\x30\x80\x00\x00"), content, buf_slice(&s.cert),
	    ERR_FORMAT, "der.length.indefinite");
	buf_clear(&cms);
	signer_clear(&s);
}

/* TC26's examples hold their content and have no attributes. */
static void
test_tc26(void **state)
{
	struct buf cms, crt;

	(void)state;
	ref_read("gost/vectors/tc26-cms-signed-256.der", &cms);
	ref_read("gost/vectors/tc26-x509-256.crt.der", &crt);
	assert_bad(buf_slice(&cms), SLICE_LIT("Test message"), buf_slice(&crt),
	    ERR_UNSUPPORTED, "cms.attached");
	buf_clear(&cms);
	buf_clear(&crt);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_sign_refusals),
	    cmocka_unit_test(test_openssl_verifies),
	    cmocka_unit_test(test_openssl_signs),
	    cmocka_unit_test(test_flaws),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_tc26),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
