/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "base/bounds.h"
#include "crypto/cert_bits.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"

enum {
	NAMES_MAX = 64,
	CA_FILES = 15
};

/* --- signatures of others ------------------------------------------------ */

static void
assert_verifies(const struct pubkey *k, const struct signed_parts *p)
{
	struct buf bad = BUF_INIT(1 << 20);
	enum sig_alg alg = SIG_NONE;
	struct errinfo ei = {0};

	assert_ok(sig_alg_get(p->alg, &alg, &ei), &ei);
	assert_ok(pubkey_verify(k, alg, p->tbs, p->sig, &ei), &ei);
	/* One bit of the data, one of the signature. */
	buf_add(&bad, p->tbs);
	bad.p[bad.len / 2] ^= 0x10;
	assert_int_equal(
	    pubkey_verify(k, alg, buf_slice(&bad), p->sig, &ei), ERR_CRYPTO);
	assert_string_equal(ei.rule, "signature.mismatch");
	buf_reset(&bad);
	buf_add(&bad, p->sig);
	bad.p[bad.len - 1] ^= 1;
	assert_int_equal(
	    pubkey_verify(k, alg, p->tbs, buf_slice(&bad), &ei), ERR_CRYPTO);
	assert_int_equal(
	    pubkey_verify(k, alg, p->tbs, SLICE_EMPTY, &ei), ERR_CRYPTO);
	buf_clear(&bad);
}

static void
vector_file(const char *set, const char *kind, struct buf *out)
{
	char name[128];

	(void)snprintf(
	    name, sizeof(name), "gost/vectors/rfc9215-%s.%s.der", set, kind);
	ref_read(name, out);
}

/* The certificate of each RFC 9215 example is by its own key. */
static void
test_rfc9215(void **state)
{
	static const struct {
		const char *set;
		unsigned bits;
		enum oid params;
	} sets[] = {
	    {"256-test-paramset", 256, OID_GOST_CP_TEST},
	    {"256a-paramset", 256, OID_GOST_TC_256A},
	    {"512-test-paramset", 512, OID_GOST_TC_512_TEST},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		struct buf crt, req, crl;
		struct signed_parts p;
		struct cert_bits bits;
		struct pubkey *k = NULL;
		struct errinfo ei = {0};

		print_message("%s\n", sets[i].set);
		vector_file(sets[i].set, "crt", &crt);
		vector_file(sets[i].set, "req", &req);
		vector_file(sets[i].set, "crl", &crl);
		assert_ok(cert_bits_get(buf_slice(&crt), &bits, &ei), &ei);
		assert_ok(pubkey_parse(bits.spki, &k, &ei), &ei);
		assert_int_equal(pubkey_bits(k), sets[i].bits);
		assert_int_equal(oid_find(pubkey_params(k)), sets[i].params);
		cut_signed(buf_slice(&crt), &p);
		assert_verifies(k, &p);
		cut_signed(buf_slice(&crl), &p);
		assert_verifies(k, &p);
		cut_signed(buf_slice(&req), &p);
		assert_verifies(k, &p);
		assert_true(slice_eq(request_spki(p.tbs), bits.spki));
		pubkey_free(k);
		buf_clear(&crt);
		buf_clear(&req);
		buf_clear(&crl);
	}
}

static void
test_tc26(void **state)
{
	static const char *const files[] = {
	    "gost/vectors/tc26-x509-256.crt.der",
	    "gost/vectors/tc26-x509-512.crt.der",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct buf crt;
		struct signed_parts p;
		struct cert_bits bits;
		struct pubkey *k = NULL;
		struct errinfo ei = {0};

		ref_read(files[i], &crt);
		assert_ok(cert_bits_get(buf_slice(&crt), &bits, &ei), &ei);
		assert_ok(pubkey_parse(bits.spki, &k, &ei), &ei);
		cut_signed(buf_slice(&crt), &p);
		assert_verifies(k, &p);
		pubkey_free(k);
		buf_clear(&crt);
	}
}

/* Real CAs: all keys are read but the one of GOST R 34.10-2001; the
 * self-signed ones verify. */
static void
test_real_cas(void **state)
{
	char names[NAMES_MAX][128];
	size_t n, i, old = 0, self_signed = 0;

	(void)state;
	n = ref_list("gost/ca", ".pem", names, NAMES_MAX);
	assert_int_equal(n, CA_FILES);
	for (i = 0; i < n; i++) {
		struct buf pem, der;
		struct signed_parts p;
		struct cert_bits bits;
		struct pubkey *k = NULL;
		struct errinfo ei = {0};

		ref_read(names[i], &pem);
		pem_read(buf_slice(&pem), &der);
		assert_ok(cert_bits_get(buf_slice(&der), &bits, &ei), &ei);
		if (strstr(names[i], "gost2001") != NULL) {
			assert_int_equal(
			    pubkey_parse(bits.spki, &k, &ei), ERR_UNSUPPORTED);
			assert_string_equal(ei.rule, "key.algorithm");
			old++;
		} else {
			assert_ok(pubkey_parse(bits.spki, &k, &ei), &ei);
		}
		if (strstr(names[i], "/root-") != NULL) {
			cut_signed(buf_slice(&der), &p);
			assert_verifies(k, &p);
			self_signed++;
		}
		pubkey_free(k);
		buf_clear(&pem);
		buf_clear(&der);
	}
	assert_int_equal(old, 1);
	assert_int_equal(self_signed, 5);
}

/* --- hostile keys ----------------------------------------------------------
 */

#define OID_EC_KEY  "1.2.840.10045.2.1"
#define OID_RSA_KEY "1.2.840.113549.1.1.1"
#define OID_G256    "1.2.643.7.1.1.1.1"
#define OID_G512    "1.2.643.7.1.1.1.2"
#define OID_ED_KEY  "1.3.101.112"

static const char p256_param[] = "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
static const char p521_param[] = "\x06\x05\x2b\x81\x04\x00\x23";
/* CryptoPro-A with and without Streebog-256, with Streebog-512; TC26-512-A. */
static const char cpa_param[] = "\x30\x13\x06\x07\x2a\x85\x03\x02\x02\x23\x01"
				"\x06\x08\x2a\x85\x03\x07\x01\x01\x02\x02";
static const char cpa_alone[] = "\x30\x09\x06\x07\x2a\x85\x03\x02\x02\x23\x01";
static const char cpa_512[] = "\x30\x13\x06\x07\x2a\x85\x03\x02\x02\x23\x01"
			      "\x06\x08\x2a\x85\x03\x07\x01\x01\x02\x03";
static const char cpa_three[] = "\x30\x1c\x06\x07\x2a\x85\x03\x02\x02\x23\x01"
				"\x06\x08\x2a\x85\x03\x07\x01\x01\x02\x02"
				"\x06\x07\x2a\x85\x03\x02\x02\x1f\x01";
static const char tc512_param[] = "\x30\x0b\x06\x09\x2a\x85\x03\x07\x01\x02"
				  "\x01\x02\x01";

#define LIT(a) slice_make((a), sizeof(a) - 1)

static void
assert_refused(struct slice spki, enum err kind, const char *rule)
{
	struct pubkey *k = NULL;
	struct errinfo ei = {0};
	enum err e = pubkey_parse(spki, &k, &ei);

	if (e != kind || strcmp(ei.rule, rule) != 0) {
		print_error("%s [%s] %s\n", err_name(e), ei.rule, ei.text);
	}
	assert_int_equal(e, kind);
	assert_string_equal(ei.rule, rule);
	assert_null(k);
}

static void
assert_parts_refused(const char *alg, struct slice params, struct slice bits,
    unsigned unused, enum err kind, const char *rule)
{
	struct buf spki;

	make_spki(&spki, alg, params, bits, unused);
	assert_refused(buf_slice(&spki), kind, rule);
	buf_clear(&spki);
}

/* The point of a fresh key, to spoil. */
static void
fresh_bits(const char *spec, struct buf *out)
{
	struct privkey *k = NULL;
	struct errinfo ei = {0};

	assert_ok(privkey_generate(spec, &k, &ei), &ei);
	buf_init(out, SPKI_BYTES_MAX);
	buf_add(out, pubkey_bits_content(privkey_pubkey(k)));
	privkey_free(k);
}

static void
test_hostile_ec(void **state)
{
	struct slice p256 = LIT(p256_param), s;
	struct buf bits, spki;
	struct errinfo ei = {0};
	struct pubkey *k = NULL;
	uint8_t first;

	(void)state;
	fresh_bits("p256", &bits);
	s = buf_slice(&bits);
	assert_int_equal(s.len, 65);
	/* The accepted twin of all that follows. */
	make_spki(&spki, OID_EC_KEY, p256, s, 0);
	assert_ok(pubkey_parse(buf_slice(&spki), &k, &ei), &ei);
	assert_int_equal(pubkey_alg(k), KEY_P256);
	assert_true(slice_eq(pubkey_spki(k), buf_slice(&spki)));
	pubkey_free(k);
	assert_refused(
	    slice_make(spki.p, spki.len - 1), ERR_FORMAT, "der.length.overrun");
	buf_add_u8(&spki, 0);
	assert_refused(buf_slice(&spki), ERR_FORMAT, "der.trailing");
	buf_clear(&spki);

	assert_parts_refused(
	    OID_EC_KEY, p256, slice_make(s.p, 64), 0, ERR_FORMAT, "key.form");
	assert_parts_refused(
	    OID_EC_KEY, p256, SLICE_LIT("\x00"), 0, ERR_FORMAT, "key.form");
	assert_parts_refused(
	    OID_EC_KEY, p256, SLICE_EMPTY, 0, ERR_FORMAT, "key.form");
	assert_parts_refused(
	    OID_EC_KEY, SLICE_EMPTY, s, 0, ERR_UNSUPPORTED, "key.parameters");
	assert_parts_refused(OID_EC_KEY, SLICE_LIT("\x05\x00"), s, 0,
	    ERR_UNSUPPORTED, "key.parameters");
	assert_parts_refused(OID_EC_KEY, SLICE_LIT("\x30\x03\x02\x01\x01"), s,
	    0, ERR_UNSUPPORTED, "key.parameters");
	assert_parts_refused(OID_EC_KEY, LIT(p521_param), s, 0, ERR_UNSUPPORTED,
	    "key.parameters");
	assert_parts_refused(
	    "1.2.840.10040.4.1", p256, s, 0, ERR_UNSUPPORTED, "key.algorithm");
	first = bits.p[0];
	bits.p[0] = 2 | (bits.p[64] & 1);
	assert_parts_refused(OID_EC_KEY, p256, slice_make(bits.p, 33), 0,
	    ERR_UNSUPPORTED, "key.point_form");
	bits.p[0] = 6 | (bits.p[64] & 1); /* hybrid */
	assert_parts_refused(
	    OID_EC_KEY, p256, buf_slice(&bits), 0, ERR_FORMAT, "key.form");
	bits.p[0] = first;
	bits.p[40] ^= 1;
	assert_parts_refused(
	    OID_EC_KEY, p256, buf_slice(&bits), 0, ERR_CRYPTO, "key.point");
	/* x = y = p: above the field. */
	memset(bits.p + 1, 0xff, 64);
	assert_parts_refused(
	    OID_EC_KEY, p256, buf_slice(&bits), 0, ERR_CRYPTO, "key.point");
	bits.p[64] = 0x80;
	assert_parts_refused(
	    OID_EC_KEY, p256, buf_slice(&bits), 7, ERR_FORMAT, "key.form");
	buf_clear(&bits);
}

static void
test_hostile_gost(void **state)
{
	struct buf bits, spki;
	struct errinfo ei = {0};
	struct pubkey *k = NULL;
	struct slice s;

	(void)state;
	fresh_bits("gost2012-256:A", &bits);
	s = buf_slice(&bits);
	make_spki(&spki, OID_G256, LIT(cpa_param), s, 0);
	assert_ok(pubkey_parse(buf_slice(&spki), &k, &ei), &ei);
	pubkey_free(k);
	buf_clear(&spki);
	make_spki(&spki, OID_G256, LIT(cpa_alone), s, 0);
	assert_ok(pubkey_parse(buf_slice(&spki), &k, &ei), &ei);
	pubkey_free(k);
	buf_clear(&spki);

	assert_parts_refused(
	    OID_G256, LIT(cpa_512), s, 0, ERR_UNSUPPORTED, "key.parameters");
	assert_parts_refused(
	    OID_G256, LIT(cpa_three), s, 0, ERR_FORMAT, "der.trailing");
	assert_parts_refused(OID_G256, LIT(tc512_param), s, 0, ERR_UNSUPPORTED,
	    "key.parameters");
	assert_parts_refused(
	    OID_G512, LIT(cpa_param), s, 0, ERR_UNSUPPORTED, "key.parameters");
	assert_parts_refused(
	    OID_G256, SLICE_EMPTY, s, 0, ERR_FORMAT, "der.truncated");
	/* A 256-bit point under a 512-bit set, and one octet short. */
	assert_parts_refused(
	    OID_G512, LIT(tc512_param), s, 0, ERR_FORMAT, "key.form");
	bits.p[1] = 63;
	assert_parts_refused(OID_G256, LIT(cpa_param),
	    slice_make(bits.p, bits.len - 1), 0, ERR_FORMAT, "key.form");
	bits.p[1] = 64;
	bits.p[10] ^= 4;
	assert_parts_refused(OID_G256, LIT(cpa_param), buf_slice(&bits), 0,
	    ERR_CRYPTO, "key.point");
	memset(bits.p + 2, 0, 64);
	assert_parts_refused(OID_G256, LIT(cpa_param), buf_slice(&bits), 0,
	    ERR_CRYPTO, "key.point");
	buf_clear(&bits);
	assert_parts_refused(OID_ED_KEY, SLICE_EMPTY, SLICE_LIT("1234567"), 0,
	    ERR_FORMAT, "key.form");
	assert_parts_refused(OID_ED_KEY, SLICE_LIT("\x05\x00"),
	    SLICE_LIT("01234567890123456789012345678901"), 0, ERR_FORMAT,
	    "key.form");
}

/* n is `bits` long with these first and last octets. */
static void
rsa_bits(struct buf *out, size_t octets, uint8_t first, uint8_t last,
    struct slice e_der)
{
	struct buf n = BUF_INIT((size_t)2 * SPKI_BYTES_MAX);
	size_t seq;

	(void)buf_grow(&n, octets);
	memset(n.p, 0xa5, octets);
	n.p[0] = first;
	n.p[octets - 1] = last;
	buf_init(out, (size_t)2 * SPKI_BYTES_MAX);
	seq = der_open(out, DER_SEQUENCE);
	der_put_unsigned(out, buf_slice(&n));
	der_put_raw(out, e_der);
	der_close(out, seq);
	buf_clear(&n);
}

static void
test_hostile_rsa(void **state)
{
	static const struct {
		const char *name;
		size_t octets;
		struct slice e;
		const char *rule;
		enum err kind;
		uint8_t first;
		uint8_t last;
	} cases[] = {
	    {"65537", 256, {(const uint8_t *)"\2\3\1\0\1", 5}, NULL, ERR_OK,
		0xc0, 1},
	    {"3", 256, {(const uint8_t *)"\2\1\3", 3}, NULL, ERR_OK, 0xc0, 1},
	    {"1024", 128, {(const uint8_t *)"\2\1\3", 3}, NULL, ERR_OK, 0x80,
		1},
	    {"1023", 128, {(const uint8_t *)"\2\1\3", 3}, "key.size", ERR_LIMIT,
		0x7f, 1},
	    {"8200", 1025, {(const uint8_t *)"\2\1\3", 3}, "key.size",
		ERR_LIMIT, 0x80, 1},
	    {"e 1", 256, {(const uint8_t *)"\2\1\1", 3}, "key.exponent",
		ERR_CRYPTO, 0xc0, 1},
	    {"e 0", 256, {(const uint8_t *)"\2\1\0", 3}, "key.exponent",
		ERR_CRYPTO, 0xc0, 1},
	    {"e 4", 256, {(const uint8_t *)"\2\1\4", 3}, "key.exponent",
		ERR_CRYPTO, 0xc0, 1},
	    {"e -1", 256, {(const uint8_t *)"\2\1\xff", 3}, "key.form",
		ERR_FORMAT, 0xc0, 1},
	    {"n even", 256, {(const uint8_t *)"\2\1\3", 3}, "key.modulus",
		ERR_CRYPTO, 0xc0, 2},
	    {"no e", 256, {NULL, 0}, "der.truncated", ERR_FORMAT, 0xc0, 1},
	    {"more", 256, {(const uint8_t *)"\2\1\3\5\0", 5}, "der.trailing",
		ERR_FORMAT, 0xc0, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf bits, spki;
		struct pubkey *k = NULL;
		struct errinfo ei = {0};

		print_message("%s\n", cases[i].name);
		rsa_bits(&bits, cases[i].octets, cases[i].first, cases[i].last,
		    cases[i].e);
		make_spki(&spki, OID_RSA_KEY, SLICE_LIT("\x05\x00"),
		    buf_slice(&bits), 0);
		if (cases[i].kind == ERR_OK) {
			assert_ok(pubkey_parse(buf_slice(&spki), &k, &ei), &ei);
			assert_int_equal(pubkey_bits(k), cases[i].octets * 8);
			pubkey_free(k);
		} else {
			assert_refused(
			    buf_slice(&spki), cases[i].kind, cases[i].rule);
		}
		buf_clear(&bits);
		buf_clear(&spki);
	}
}

static void
test_limits(void **state)
{
	struct buf b = BUF_INIT((size_t)2 * SPKI_BYTES_MAX);
	struct errinfo ei = {0};
	struct privkey *k = NULL;
	uint8_t sig[SIGNATURE_BYTES_MAX + 1] = {0};

	(void)state;
	(void)buf_grow(&b, SPKI_BYTES_MAX + 1);
	memset(b.p, 0x30, b.len);
	assert_refused(buf_slice(&b), ERR_LIMIT, "key.size");
	buf_clear(&b);
	assert_ok(privkey_generate("p256", &k, &ei), &ei);
	assert_int_equal(pubkey_verify(privkey_pubkey(k), SIG_ECDSA_SHA256,
			     SLICE_EMPTY, slice_make(sig, sizeof(sig)), &ei),
	    ERR_LIMIT);
	assert_int_equal(pubkey_verify(privkey_pubkey(k), SIG_GOST256,
			     SLICE_EMPTY, slice_make(sig, 64), &ei),
	    ERR_CRYPTO);
	assert_string_equal(ei.rule, "signature.algorithm");
	assert_int_equal(pubkey_verify(privkey_pubkey(k), (enum sig_alg)44,
			     SLICE_EMPTY, slice_make(sig, 64), &ei),
	    ERR_CRYPTO);
	privkey_free(k);
	pubkey_free(NULL);
}

/* --- keys that are used again --------------------------------------------- */

/* An object that held one key and then holds another knows only the other. */
static void
take_turns(const char *spec, enum sig_alg alg)
{
	static const char text[] = "signed";
	struct privkey *keys[2] = {make_key(spec), make_key(spec)};
	struct buf sigs[2] = {BUF_INIT(1024), BUF_INIT(1024)};
	struct buf bad = BUF_INIT(1024);
	struct errinfo ei = {0};

	for (size_t i = 0; i < 2; i++) {
		assert_ok(
		    privkey_sign(keys[i], alg, SLICE_LIT(text), &sigs[i], &ei),
		    &ei);
	}
	for (size_t i = 0; i < 8; i++) {
		struct pubkey *k = NULL;
		size_t mine = i % 2;

		assert_ok(pubkey_parse(privkey_spki(keys[mine]), &k, &ei), &ei);
		assert_ok(pubkey_verify(k, alg, SLICE_LIT(text),
			      buf_slice(&sigs[mine]), &ei),
		    &ei);
		assert_int_equal(pubkey_verify(k, alg, SLICE_LIT(text),
				     buf_slice(&sigs[1 - mine]), &ei),
		    ERR_CRYPTO);
		pubkey_free(k);
		/* A point that is refused leaves nothing behind. */
		k = NULL;
		buf_reset(&bad);
		buf_add(&bad, privkey_spki(keys[1 - mine]));
		bad.p[bad.len - 1] ^= 1;
		assert_int_equal(
		    pubkey_parse(buf_slice(&bad), &k, &ei), ERR_CRYPTO);
		assert_null(k);
	}
	for (size_t i = 0; i < 2; i++) {
		privkey_free(keys[i]);
		buf_clear(&sigs[i]);
	}
	buf_clear(&bad);
}

static void
test_used_again(void **state)
{
	(void)state;
	take_turns("p256", SIG_ECDSA_SHA256);
	take_turns("p384", SIG_ECDSA_SHA384);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rfc9215),
	    cmocka_unit_test(test_tc26),
	    cmocka_unit_test(test_real_cas),
	    cmocka_unit_test(test_hostile_ec),
	    cmocka_unit_test(test_hostile_gost),
	    cmocka_unit_test(test_hostile_rsa),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_used_again),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
