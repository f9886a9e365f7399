/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/cert_bits.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "crypto/tlskey.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"

static const struct slice pass = {(const uint8_t *)"Пароль 1", 14};
static const struct slice wrong = {(const uint8_t *)"Пароль 2", 14};

static void
assert_unread(
    struct slice der, struct slice phrase, enum err kind, const char *rule)
{
	struct privkey *k = NULL;
	struct errinfo ei = {0};
	enum err e = privkey_from_p8(der, phrase, &k, &ei);

	if (e != kind || strcmp(ei.rule, rule) != 0) {
		print_error("%s [%s] %s\n", err_name(e), ei.rule, ei.text);
	}
	assert_int_equal(e, kind);
	assert_string_equal(ei.rule, rule);
	assert_null(k);
}

static void
test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < num_specs; i++) {
		struct buf p8 = BUF_INIT(KEY_FILE_MAX);
		struct secret plain = SECRET_EMPTY;
		struct privkey *k = NULL, *back = NULL;
		struct errinfo ei = {0};

		print_message("%s\n", all_specs[i]);
		k = make_key(all_specs[i]);
		assert_ok(privkey_to_p8(k, pass, 2, &p8, &ei), &ei);
		assert_ok(
		    privkey_from_p8(buf_slice(&p8), pass, &back, &ei), &ei);
		assert_true(privkey_matches(back, privkey_spki(k)));
		privkey_free(back);
		back = NULL;
		assert_unread(
		    buf_slice(&p8), wrong, ERR_CRYPTO, "key.passphrase");
		assert_unread(
		    buf_slice(&p8), SLICE_EMPTY, ERR_STATE, "key.encrypted");
		buf_reset(&p8);
		assert_ok(privkey_to_p8_insecure_plain(k, &plain, &ei), &ei);
		assert_ok(privkey_from_p8(
			      secret_slice(&plain), SLICE_EMPTY, &back, &ei),
		    &ei);
		assert_true(privkey_matches(back, privkey_spki(k)));
		assert_unread(
		    secret_slice(&plain), pass, ERR_STATE, "key.plain");
		secret_clear(&plain);
		privkey_free(back);
		privkey_free(k);
		buf_clear(&p8);
	}
}

static void
test_write_limits(void **state)
{
	static const uint8_t huge[PASSPHRASE_MAX + 1] = {1};
	struct buf p8 = BUF_INIT(KEY_FILE_MAX);
	struct privkey *k = NULL;
	struct errinfo ei = {0};

	(void)state;
	k = make_key("p256");
	assert_int_equal(
	    privkey_to_p8(k, SLICE_EMPTY, 1, &p8, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "key.passphrase.empty");
	assert_int_equal(privkey_to_p8(k, pass, 0, &p8, &ei), ERR_LIMIT);
	assert_int_equal(
	    privkey_to_p8(k, pass, KDF_ITERATIONS_MAX + 1U, &p8, &ei),
	    ERR_LIMIT);
	assert_int_equal(
	    privkey_to_p8(k, slice_make(huge, sizeof(huge)), 1, &p8, &ei),
	    ERR_LIMIT);
	assert_int_equal(p8.len, 0);
	assert_ok(
	    privkey_to_p8(k, slice_make(huge, sizeof(huge) - 1), 1, &p8, &ei),
	    &ei);
	privkey_free(k);
	buf_clear(&p8);
}

/* --- other people's programs ------------------------------------------------
 */

static const char *const interop_specs[] = {
    "gost2012-256:A",
    "gost2012-512:A",
    "p256",
    "p384",
    "rsa:2048",
    "ed25519",
};

static void
test_openssl_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(interop_specs); i++) {
		struct buf p8 = BUF_INIT(KEY_FILE_MAX), spki;
		struct privkey *k = NULL;
		struct errinfo ei = {0};
		int rc;

		k = make_key(interop_specs[i]);
		assert_ok(privkey_to_p8(k, SLICE_LIT("s"), 3, &p8, &ei), &ei);
		scratch_write("key.p8", buf_slice(&p8));
		rc = RUN("openssl", "pkey", "-inform", "DER", "-in",
		    scratch("key.p8"), "-passin", "pass:s", "-pubout",
		    "-outform", "DER", "-out", scratch("key.pub"));
		assert_int_equal(rc, 0);
		scratch_read("key.pub", &spki);
		assert_true(privkey_matches(k, buf_slice(&spki)));
		buf_clear(&spki);
		rc = RUN("openssl", "pkcs8", "-inform", "DER", "-in",
		    scratch("key.p8"), "-passin", "pass:wrong");
		assert_int_not_equal(rc, 0);
		privkey_free(k);
		buf_clear(&p8);
	}
}

/* certtool prints the key that it read, encrypted anew by itself: the way
 * back. */
static void
assert_certtool_key(struct privkey *k)
{
	struct buf out, der;
	struct privkey *back = NULL;
	struct errinfo ei = {0};

	scratch_read("out", &out);
	pem_read(buf_slice(&out), &der);
	assert_ok(
	    privkey_from_p8(buf_slice(&der), SLICE_LIT("s"), &back, &ei), &ei);
	assert_true(privkey_matches(back, privkey_spki(k)));
	privkey_free(back);
	buf_clear(&out);
	buf_clear(&der);
}

/* The independent reader of GOST (nettle). */
static void
test_certtool_reads(void **state)
{
	(void)state;
	if (RUN("certtool", "--version") != 0) {
		print_message("skipped: no certtool\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_LEN(interop_specs); i++) {
		struct buf p8 = BUF_INIT(KEY_FILE_MAX);
		struct privkey *k = NULL;
		struct errinfo ei = {0};
		int rc;

		k = make_key(interop_specs[i]);
		assert_ok(privkey_to_p8(k, SLICE_LIT("s"), 3, &p8, &ei), &ei);
		scratch_write("key.p8", buf_slice(&p8));
		rc = RUN("certtool", "--inder", "--infile", scratch("key.p8"),
		    "--password", "s", "--key-info");
		assert_int_equal(rc, 0);
		if (i == 0 && !is_slow_run()) { /* 600,000 iterations */
			assert_certtool_key(k);
		}
		rc = RUN("certtool", "--inder", "--infile", scratch("key.p8"),
		    "--password", "wrong", "--key-info");
		assert_int_not_equal(rc, 0);
		privkey_free(k);
		buf_clear(&p8);
	}
}

static const struct {
	const char *cipher_flag;
	const char *cipher;
	const char *prf; /* NULL: openssl's own choice */
	const char *rule;
} openssl_files[] = {
    {"-v2", "aes256", NULL, NULL},
    {"-v2", "aes128", "hmacWithSHA1", NULL},
    {"-v2", "aes256", "hmacWithSHA512", NULL},
    {"-v2", "gost89", NULL, NULL},
    {"-v2", "magma-ctr-acpkm", "id-tc26-hmac-gost-3411-2012-256", NULL},
    {"-v2", "kuznyechik-ctr-acpkm", "id-tc26-hmac-gost-3411-2012-512", NULL},
    {"-v2", "des3", "hmacWithSHA256", "key.cipher"},
    {"-v2", "aes256", "hmacWithSHA224", "key.cipher"},
    {"-v1", "PBE-SHA1-3DES", NULL, "key.cipher"},
};

static void
openssl_writes(struct privkey *k, size_t i)
{
	struct buf p8;
	struct privkey *back = NULL;
	struct errinfo ei = {0};
	const char *prf = openssl_files[i].prf;
	int rc;

	print_message("%s %s\n", openssl_files[i].cipher, prf ? prf : "");
	rc = RUN("openssl", "pkcs8", "-topk8", "-in", scratch("key.pem"),
	    "-outform", "DER", "-out", scratch("key.p8"), "-passout", "pass:s",
	    openssl_files[i].cipher_flag, openssl_files[i].cipher,
	    prf != NULL ? "-v2prf" : NULL, prf);
	assert_int_equal(rc, 0);
	scratch_read("key.p8", &p8);
	if (openssl_files[i].rule != NULL) {
		assert_unread(buf_slice(&p8), SLICE_LIT("s"), ERR_UNSUPPORTED,
		    openssl_files[i].rule);
	} else {
		assert_ok(
		    privkey_from_p8(buf_slice(&p8), SLICE_LIT("s"), &back, &ei),
		    &ei);
		assert_true(privkey_matches(back, privkey_spki(k)));
		assert_unread(buf_slice(&p8), SLICE_LIT("t"), ERR_CRYPTO,
		    "key.passphrase");
	}
	privkey_free(back);
	buf_clear(&p8);
}

static void
test_openssl_writes(void **state)
{
	static const char *const specs[] = {"gost2012-256:A", "p256"};

	(void)state;
	for (size_t s = 0; s < ARRAY_LEN(specs); s++) {
		struct secret pem = SECRET_EMPTY;
		struct privkey *k = NULL;
		struct errinfo ei = {0};

		k = make_key(specs[s]);
		assert_ok(privkey_to_pem_insecure_plain(k, &pem, &ei), &ei);
		scratch_write("key.pem", slice_make(pem.p, pem.len - 1));
		for (size_t i = 0; i < ARRAY_LEN(openssl_files); i++) {
			openssl_writes(k, i);
		}
		secret_clear(&pem);
		privkey_free(k);
	}
}

/* --- published keys
 * ----------------------------------------------------------- */

/* RFC 9215 prints its keys as big-endian numbers; a file has them turned
 * around.  The test sets are computed with here and refused by profiles. */
static void
rfc9215_p8(const char *name, struct slice alg, struct buf *out)
{
	struct buf hex;
	uint8_t key[64];
	size_t seq, len, i;

	ref_read(name, &hex);
	while (hex.len > 0 && hex.p[hex.len - 1] == '\n') {
		hex.len--;
	}
	len = hex.len / 2;
	assert_true(len == 32 || len == 64);
	assert_true(text_unhex(buf_slice(&hex), key, len));
	for (i = 0; i < len / 2; i++) {
		uint8_t swap = key[i];

		key[i] = key[len - 1 - i];
		key[len - 1 - i] = swap;
	}
	buf_init(out, KEY_FILE_MAX);
	seq = der_open(out, DER_SEQUENCE);
	der_put_u63(out, DER_INTEGER, 0);
	der_put_raw(out, alg);
	der_put(out, DER_OCTET_STRING, slice_make(key, len));
	der_close(out, seq);
	buf_clear(&hex);
}

static void
test_rfc9215_keys(void **state)
{
	static const char *const sets[] = {
	    "256-test-paramset", "256a-paramset", "512-test-paramset"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		char name[128];
		struct buf crt, p8;
		struct cert_bits bits;
		struct slice spki, alg;
		struct privkey *k = NULL;
		struct errinfo ei = {0};

		(void)snprintf(name, sizeof(name),
		    "gost/vectors/rfc9215-%s.crt.der", sets[i]);
		ref_read(name, &crt);
		assert_ok(cert_bits_get(buf_slice(&crt), &bits, &ei), &ei);
		assert_ok(der_get(&bits.spki, DER_SEQUENCE, &spki, &ei), &ei);
		assert_ok(der_get_whole(&spki, DER_SEQUENCE, &alg, &ei), &ei);
		(void)snprintf(name, sizeof(name),
		    "gost/vectors/rfc9215-%s.prv.hex", sets[i]);
		rfc9215_p8(name, alg, &p8);
		assert_ok(
		    privkey_from_p8(buf_slice(&p8), SLICE_EMPTY, &k, &ei), &ei);
		assert_ok(cert_bits_get(buf_slice(&crt), &bits, &ei), &ei);
		assert_true(privkey_matches(k, bits.spki));
		privkey_free(k);
		buf_clear(&crt);
		buf_clear(&p8);
	}
}

/* A key under a mask: twice as long. */
static void
test_masked_key(void **state)
{
	struct buf p8;
	struct privkey *k = NULL;
	struct errinfo ei = {0};

	(void)state;
	ref_read("gost/vectors/tc26-pfx-key.p8.der", &p8);
	assert_ok(privkey_from_p8(buf_slice(&p8), SLICE_EMPTY, &k, &ei), &ei);
	assert_int_equal(privkey_alg(k), KEY_GOST256);
	privkey_free(k);
	buf_clear(&p8);
}

/* --- hostile files
 * -------------------------------------------------------------- */

/* What an EncryptedPrivateKeyInfo may ask of us. */
struct ask {
	const char *name;
	enum oid scheme;
	enum oid kdf;
	enum oid prf; /* OID_UNKNOWN: none */
	enum oid cipher;
	enum err kind;
	int salt;
	struct slice iterations; /* whole INTEGER */
	struct slice cipher_params;
	const char *rule;
};

#define ITER_1                                                                 \
	{                                                                      \
		(const uint8_t *)"\x02\x01\x01", 3                             \
	}
#define ITER_0                                                                 \
	{                                                                      \
		(const uint8_t *)"\x02\x01\x00", 3                             \
	}
#define ITER_NEG                                                               \
	{                                                                      \
		(const uint8_t *)"\x02\x01\x80", 3                             \
	}
#define ITER_OVER                                                              \
	{                                                                      \
		(const uint8_t *)"\x02\x04\x00\x98\x96\x81", 6                 \
	}
#define ITER_HUGE                                                              \
	{                                                                      \
		(const uint8_t                                                 \
			*)"\x02\x09\x00\xff\xff\xff\xff\xff\xff\xff\xff",      \
		    11                                                         \
	}
#define IV                                                                     \
	{                                                                      \
		(const uint8_t *)"\x04\x10"                                    \
				 "0123456789abcdef",                           \
		    18                                                         \
	}
#define IV_SHORT                                                               \
	{                                                                      \
		(const uint8_t *)"\x04\x01"                                    \
				 "0",                                          \
		    3                                                          \
	}
#define NONE                                                                   \
	{                                                                      \
		NULL, 0                                                        \
	}

#define GOST_A                                                                 \
	{                                                                      \
		(const uint8_t *)"\x30\x13\x04\x08"                            \
				 "01234567"                                    \
				 "\x06\x07\x2a\x85\x03\x02\x02\x1f\x01",       \
		    21                                                         \
	}
#define GOST_5                                                                 \
	{                                                                      \
		(const uint8_t *)"\x30\x13\x04\x08"                            \
				 "01234567"                                    \
				 "\x06\x07\x2a\x85\x03\x02\x02\x1f\x05",       \
		    21                                                         \
	}
#define GOST_7                                                                 \
	{                                                                      \
		(const uint8_t *)"\x30\x12\x04\x07"                            \
				 "0123456"                                     \
				 "\x06\x07\x2a\x85\x03\x02\x02\x1f\x01",       \
		    20                                                         \
	}
#define UKM_12                                                                 \
	{                                                                      \
		(const uint8_t *)"\x30\x0e\x04\x0c"                            \
				 "0123456789ab",                               \
		    16                                                         \
	}
#define UKM_16                                                                 \
	{                                                                      \
		(const uint8_t *)"\x30\x12\x04\x10"                            \
				 "0123456789abcdef",                           \
		    20                                                         \
	}

/* The ciphertext is noise: the accepted twin fails for its passphrase. */
static const struct ask asks[] = {
    {"twin", OID_PBES2, OID_PBKDF2, OID_HMAC_SHA256, OID_AES256_CBC, ERR_CRYPTO,
	16, ITER_1, IV, "key.passphrase"},
    {"no prf", OID_PBES2, OID_PBKDF2, OID_UNKNOWN, OID_AES256_CBC, ERR_CRYPTO,
	16, ITER_1, IV, "key.passphrase"},
    {"no salt", OID_PBES2, OID_PBKDF2, OID_HMAC_SHA256, OID_AES256_CBC,
	ERR_CRYPTO, 0, ITER_1, IV, "key.passphrase"},
    {"10,000,001", OID_PBES2, OID_PBKDF2, OID_HMAC_SHA256, OID_AES256_CBC,
	ERR_LIMIT, 16, ITER_OVER, IV, "key.iterations"},
    {"2^64-1", OID_PBES2, OID_PBKDF2, OID_HMAC_SHA256, OID_AES256_CBC,
	ERR_FORMAT, 16, ITER_HUGE, IV, "der.integer.large"},
    {"0", OID_PBES2, OID_PBKDF2, OID_HMAC_SHA256, OID_AES256_CBC, ERR_LIMIT, 16,
	ITER_0, IV, "key.iterations"},
    {"-128", OID_PBES2, OID_PBKDF2, OID_HMAC_SHA256, OID_AES256_CBC, ERR_FORMAT,
	16, ITER_NEG, IV, "der.integer.negative"},
    {"long salt", OID_PBES2, OID_PBKDF2, OID_HMAC_SHA256, OID_AES256_CBC,
	ERR_LIMIT, 65, ITER_1, IV, "key.iterations"},
    {"scheme", OID_PBKDF2, OID_PBKDF2, OID_HMAC_SHA256, OID_AES256_CBC,
	ERR_UNSUPPORTED, 16, ITER_1, IV, "key.cipher"},
    {"kdf", OID_PBES2, OID_PBES2, OID_HMAC_SHA256, OID_AES256_CBC,
	ERR_UNSUPPORTED, 16, ITER_1, IV, "key.cipher"},
    {"prf", OID_PBES2, OID_PBKDF2, OID_SHA256, OID_AES256_CBC, ERR_UNSUPPORTED,
	16, ITER_1, IV, "key.cipher"},
    {"cipher", OID_PBES2, OID_PBKDF2, OID_HMAC_SHA256, OID_SHA256,
	ERR_UNSUPPORTED, 16, ITER_1, IV, "key.cipher"},
    {"short IV", OID_PBES2, OID_PBKDF2, OID_HMAC_SHA256, OID_AES256_CBC,
	ERR_FORMAT, 16, ITER_1, IV_SHORT, "key.form"},
    {"no IV", OID_PBES2, OID_PBKDF2, OID_HMAC_SHA256, OID_AES256_CBC,
	ERR_FORMAT, 16, ITER_1, NONE, "der.truncated"},
    {"GOST with an IV", OID_PBES2, OID_PBKDF2, OID_HMAC_STREEBOG512, OID_GOST89,
	ERR_FORMAT, 16, ITER_1, IV, "der.tag"},
    {"GOST twin", OID_PBES2, OID_PBKDF2, OID_HMAC_STREEBOG512, OID_GOST89,
	ERR_CRYPTO, 16, ITER_1, GOST_A, "key.passphrase"},
    {"GOST, set 5", OID_PBES2, OID_PBKDF2, OID_HMAC_STREEBOG512, OID_GOST89,
	ERR_UNSUPPORTED, 16, ITER_1, GOST_5, "key.cipher"},
    {"GOST, IV of 7", OID_PBES2, OID_PBKDF2, OID_HMAC_STREEBOG512, OID_GOST89,
	ERR_FORMAT, 16, ITER_1, GOST_7, "key.form"},
    {"Magma twin", OID_PBES2, OID_PBKDF2, OID_HMAC_STREEBOG512,
	OID_MAGMA_CTR_ACPKM, ERR_CRYPTO, 16, ITER_1, UKM_12, "key.passphrase"},
    {"Magma, 16", OID_PBES2, OID_PBKDF2, OID_HMAC_STREEBOG512,
	OID_MAGMA_CTR_ACPKM, ERR_FORMAT, 16, ITER_1, UKM_16, "key.form"},
    {"Kuznyechik twin", OID_PBES2, OID_PBKDF2, OID_HMAC_STREEBOG512,
	OID_KUZNYECHIK_CTR_ACPKM, ERR_CRYPTO, 16, ITER_1, UKM_16,
	"key.passphrase"},
    {"Kuznyechik, 12", OID_PBES2, OID_PBKDF2, OID_HMAC_STREEBOG512,
	OID_KUZNYECHIK_CTR_ACPKM, ERR_FORMAT, 16, ITER_1, UKM_12, "key.form"},
};

static void
ask_put(const struct ask *a, struct buf *b)
{
	static const uint8_t noise[80] = {0x5a, 0xa5};
	size_t whole = der_open(b, DER_SEQUENCE), alg, pbes2, part, kdf;

	alg = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(a->scheme));
	pbes2 = der_open(b, DER_SEQUENCE);
	part = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(a->kdf));
	kdf = der_open(b, DER_SEQUENCE);
	der_put(b, DER_OCTET_STRING, slice_make(noise, (size_t)a->salt));
	der_put_raw(b, a->iterations);
	if (a->prf != OID_UNKNOWN) {
		size_t prf = der_open(b, DER_SEQUENCE);

		der_put_oid(b, oid_bytes(a->prf));
		der_close(b, prf);
	}
	der_close(b, kdf);
	der_close(b, part);
	part = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(a->cipher));
	der_put_raw(b, a->cipher_params);
	der_close(b, part);
	der_close(b, pbes2);
	der_close(b, alg);
	der_put(b, DER_OCTET_STRING, slice_make(noise, sizeof(noise)));
	der_close(b, whole);
}

static void
test_hostile_encrypted(void **state)
{
	struct buf p8 = BUF_INIT((size_t)2 * KEY_FILE_MAX);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
		print_message("%s\n", asks[i].name);
		buf_reset(&p8);
		ask_put(&asks[i], &p8);
		assert_unread(buf_slice(&p8), pass, asks[i].kind, asks[i].rule);
		assert_unread(slice_make(p8.p, p8.len - 1), pass, ERR_FORMAT,
		    "der.length.overrun");
		buf_add_u8(&p8, 0);
		assert_unread(buf_slice(&p8), pass, ERR_FORMAT, "der.trailing");
	}
	buf_reset(&p8);
	(void)buf_grow(&p8, KEY_FILE_MAX + 1);
	assert_unread(buf_slice(&p8), pass, ERR_LIMIT, "key.size");
	assert_unread(SLICE_EMPTY, pass, ERR_FORMAT, "der.truncated");
	assert_unread(
	    SLICE_LIT("\x30\x02\x30\x00"), pass, ERR_FORMAT, "der.truncated");
	buf_clear(&p8);
}

/* PrivateKeyInfo of an EC key whose parts we choose. */
static void
ec_p8(
    struct buf *out, uint64_t version, struct slice scalar, struct slice public)
{
	size_t seq, octets, ec, part;

	buf_init(out, KEY_FILE_MAX);
	seq = der_open(out, DER_SEQUENCE);
	der_put_u63(out, DER_INTEGER, version);
	part = der_open(out, DER_SEQUENCE);
	der_put_oid(out, oid_bytes(OID_EC));
	der_put_oid(out, oid_bytes(OID_P256));
	der_close(out, part);
	octets = der_open(out, DER_OCTET_STRING);
	ec = der_open(out, DER_SEQUENCE);
	der_put_u63(out, DER_INTEGER, 1);
	der_put(out, DER_OCTET_STRING, scalar);
	if (public.len != 0) {
		part = der_open(out, DER_CONTEXT_CONS(1));
		der_put_bits(out, public, 0);
		der_close(out, part);
	}
	der_close(out, ec);
	der_close(out, octets);
	der_close(out, seq);
}

static void
test_hostile_plain(void **state)
{
	static const uint8_t one[32] = {[31] = 1};
	static const uint8_t zero[32];
	struct slice scalar = slice_make(one, sizeof(one));
	struct privkey *k = NULL, *back = NULL;
	struct errinfo ei = {0};
	struct slice public;
	struct buf p8;

	(void)state;
	k = make_key("p256");
	public = pubkey_bits_content(privkey_pubkey(k));
	/* The accepted twin: without a public key. */
	ec_p8(&p8, 0, scalar, SLICE_EMPTY);
	assert_ok(
	    privkey_from_p8(buf_slice(&p8), SLICE_EMPTY, &back, &ei), &ei);
	privkey_free(back);
	buf_clear(&p8);
	/* Another's public key beside it. */
	ec_p8(&p8, 0, scalar, public);
	assert_unread(buf_slice(&p8), SLICE_EMPTY, ERR_CRYPTO, "key.pair");
	buf_clear(&p8);
	ec_p8(&p8, 2, scalar, SLICE_EMPTY);
	assert_unread(buf_slice(&p8), SLICE_EMPTY, ERR_FORMAT, "key.form");
	buf_clear(&p8);
	ec_p8(&p8, 0, slice_make(zero, sizeof(zero)), SLICE_EMPTY);
	assert_unread(buf_slice(&p8), SLICE_EMPTY, ERR_FORMAT, "key.form");
	buf_clear(&p8);
	ec_p8(&p8, 0, SLICE_EMPTY, SLICE_EMPTY);
	assert_unread(buf_slice(&p8), SLICE_EMPTY, ERR_FORMAT, "key.form");
	buf_clear(&p8);
	privkey_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_write_limits),
	    cmocka_unit_test(test_openssl_reads),
	    cmocka_unit_test(test_certtool_reads),
	    cmocka_unit_test(test_openssl_writes),
	    cmocka_unit_test(test_rfc9215_keys),
	    cmocka_unit_test(test_masked_key),
	    cmocka_unit_test(test_hostile_encrypted),
	    cmocka_unit_test(test_hostile_plain),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
