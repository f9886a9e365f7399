/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PrivateKeyInfo ::= SEQUENCE { version 0 or 1, AlgorithmIdentifier,
 *	OCTET STRING, [0] attributes OPTIONAL, [1] publicKey OPTIONAL }
 *						(RFC 5958 2)
 * EncryptedPrivateKeyInfo ::= SEQUENCE { AlgorithmIdentifier, OCTET STRING }
 * PBES2 ::= SEQUENCE { kdf, cipher }			(RFC 8018 A.4)
 * PBKDF2 ::= SEQUENCE { salt OCTET STRING, iterations INTEGER,
 *	keyLength INTEGER OPTIONAL, prf DEFAULT hmacWithSHA1 } (RFC 8018 A.2)
 *
 * The outline is ours, so that nothing reaches OpenSSL that was not asked for
 * and nobody's file chooses how long we compute; the cipher and the derivation
 * are OpenSSL's.
 */
#include "base/bounds.h"
#include "crypto/ossl_priv.h"
#include "crypto/pbes_priv.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "crypto/spki_priv.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"

enum {
	SALT_SIZE = 16,
	SALT_SIZE_MAX = 64,
	AES_IV_SIZE = 16,
	GOST89_IV_SIZE = 8,
	MAGMA_UKM_SIZE = 12,
	KUZNYECHIK_UKM_SIZE = 16
};

/* --- the plain form ---------------------------------------------------- */

/*
 * A GOST key is its little-endian octets, or twice as many when it stands
 * under a mask (TC26), bare or in an OCTET STRING once more (GnuTLS).
 */
static enum err
gost_scalar(struct slice content, enum key_alg alg, struct errinfo *ei)
{
	size_t len = alg == KEY_GOST256 ? 32 : 64;
	struct slice s = content, inner;

	if (der_get(&s, DER_OCTET_STRING, &inner, NULL) == ERR_OK &&
	    s.len == 0) {
		content = inner;
	}
	if (content.len != len && content.len != 2 * len) {
		return err_set(ei, ERR_FORMAT, "key.form", NULL,
		    "a GOST private key of %zu bytes", content.len);
	}
	return ERR_OK;
}

static enum err
plain_outline(struct slice der, struct errinfo *ei)
{
	struct slice seq, params, key, skip;
	enum key_alg alg;
	uint64_t version;
	bool present;
	enum err e;

	if ((e = der_get(&der, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_end(der, ei)) != ERR_OK ||
	    (e = der_get_u63(&seq, DER_INTEGER, &version, ei)) != ERR_OK ||
	    (e = key_algid_get(&seq, &alg, &params, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_OCTET_STRING, &key, ei)) != ERR_OK ||
	    (e = der_get_optional(
		 &seq, DER_CONTEXT_CONS(0), &present, &skip, ei)) != ERR_OK ||
	    (e = der_get_optional(&seq, DER_CONTEXT(1), &present, &skip, ei)) !=
		ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	if (version > 1 || (version == 0 && present)) {
		return err_set(ei, ERR_FORMAT, "key.form", "RFC 5958 2",
		    "a private key of version %u with%s a public key",
		    (unsigned)(version & 0xff), present ? "" : "out");
	}
	if (alg == KEY_GOST256 || alg == KEY_GOST512) {
		return gost_scalar(key, alg, ei);
	}
	return ERR_OK;
}

/*
 * OpenSSL believes the public key that stands beside a private one; a
 * signature tells.
 */
static enum err
check_pair(struct privkey *k, struct errinfo *ei)
{
	static const char text[] = "is this the public key of the private one";
	enum sig_alg alg = key_alg_default_sig(privkey_alg(k));
	struct slice data = slice_make(text, sizeof(text) - 1);
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	enum err e;

	if ((e = privkey_sign(k, alg, data, &sig, ei)) == ERR_OK &&
	    (e = buf_err(&sig, ei)) == ERR_OK) {
		e = pubkey_verify(
		    privkey_pubkey(k), alg, data, buf_slice(&sig), ei);
	}
	if (e != ERR_OK && e != ERR_NOMEM) {
		e = err_set(ei, ERR_CRYPTO, "key.pair", NULL,
		    "the private key does not work with its public key");
	}
	buf_clear(&sig);
	return e;
}

static enum err
plain_read(struct slice der, struct privkey **out, struct errinfo *ei)
{
	const unsigned char *p = der.p;
	PKCS8_PRIV_KEY_INFO *p8;
	EVP_PKEY *pkey = NULL;
	struct privkey *k = NULL;
	enum err e;

	if ((e = plain_outline(der, ei)) != ERR_OK) {
		return e;
	}
	p8 = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)der.len);
	if (p8 != NULL) {
		pkey = EVP_PKCS82PKEY(p8);
	}
	PKCS8_PRIV_KEY_INFO_free(p8);
	if (pkey == NULL) {
		return crypto_done(err_set(ei, ERR_FORMAT, "key.form", NULL,
		    "the content of the private key cannot be read"));
	}
	if ((e = softkey_take(pkey, &k, ei)) != ERR_OK) {
		return e;
	}
	if ((e = check_pair(k, ei)) != ERR_OK) {
		privkey_free(k);
		return e;
	}
	*out = k;
	return ERR_OK;
}

/* --- the encrypted form ------------------------------------------------ */

static enum err
bad_cipher(struct errinfo *ei, const char *what, struct slice oid)
{
	char text[OID_TEXT_MAX];

	return err_set(ei, ERR_UNSUPPORTED, "key.cipher", NULL,
	    "the key file uses %s %s; write it again as PKCS#8 with PBES2 "
	    "(AES-CBC or GOST)",
	    what, oid_dotted(oid, text));
}

static enum err
prf_check(struct slice s, struct errinfo *ei)
{
	struct slice seq, oid, skip;
	bool present;
	enum err e;

	if (s.len == 0) { /* DEFAULT hmacWithSHA1 */
		return ERR_OK;
	}
	if ((e = der_get(&s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_end(s, ei)) != ERR_OK ||
	    (e = der_get_oid(&seq, &oid, ei)) != ERR_OK ||
	    (e = der_get_optional(&seq, DER_NULL, &present, &skip, ei)) !=
		ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	switch ((int)oid_find(oid)) {
	case OID_HMAC_SHA1:
	case OID_HMAC_SHA256:
	case OID_HMAC_SHA512:
	case OID_HMAC_STREEBOG256:
	case OID_HMAC_STREEBOG512:
		return ERR_OK;
	default:
		return bad_cipher(ei, "the derivation function", oid);
	}
}

static enum err
kdf_check(struct slice s, unsigned *out_iterations, struct errinfo *ei)
{
	struct slice oid, params, salt;
	uint64_t iterations, key_len;
	enum err e;

	if ((e = der_get_oid(&s, &oid, ei)) != ERR_OK) {
		return e;
	}
	if (oid_find(oid) != OID_PBKDF2) {
		return bad_cipher(ei, "the key derivation", oid);
	}
	if ((e = der_get(&s, DER_SEQUENCE, &params, ei)) != ERR_OK ||
	    (e = der_end(s, ei)) != ERR_OK ||
	    (e = der_get(&params, DER_OCTET_STRING, &salt, ei)) != ERR_OK ||
	    (e = der_get_u63(&params, DER_INTEGER, &iterations, ei)) !=
		ERR_OK) {
		return e;
	}
	if (der_peek(params) == DER_INTEGER &&
	    (e = der_get_u63(&params, DER_INTEGER, &key_len, ei)) != ERR_OK) {
		return e;
	}
	if (iterations < 1 || iterations > KDF_ITERATIONS_MAX ||
	    salt.len > SALT_SIZE_MAX) {
		return err_set(ei, ERR_LIMIT, "key.iterations", "RFC 8018 4.2",
		    "the key file wants %llu iterations over a salt of %zu "
		    "bytes; at most %d over %d are done",
		    (unsigned long long)iterations, salt.len,
		    KDF_ITERATIONS_MAX, SALT_SIZE_MAX);
	}
	*out_iterations = (unsigned)iterations;
	return prf_check(params, ei);
}

/*
 * The parameters of each cipher, to the byte: the GOST engine believes them
 * and reads through a null pointer when they are not what it expects.
 */
static enum err
iv_check(struct slice s, size_t len, struct errinfo *ei)
{
	struct slice iv;
	enum err e;

	if ((e = der_get(&s, DER_OCTET_STRING, &iv, ei)) != ERR_OK ||
	    (e = der_end(s, ei)) != ERR_OK) {
		return e;
	}
	if (iv.len != len) {
		return err_set(ei, ERR_FORMAT, "key.form", NULL,
		    "the cipher of the key file has an initial vector of %zu "
		    "bytes and not %zu",
		    iv.len, len);
	}
	return ERR_OK;
}

/* RFC 9337: SEQUENCE { ukm OCTET STRING } */
static enum err
acpkm_check(struct slice s, size_t len, struct errinfo *ei)
{
	struct slice seq;
	enum err e;

	if ((e = der_get(&s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_end(s, ei)) != ERR_OK) {
		return e;
	}
	return iv_check(seq, len, ei);
}

/* RFC 4357: SEQUENCE { iv OCTET STRING (8), encryptionParamSet OID };
 * the sets are TC26's Z and CryptoPro's A to D (1.2.643.2.2.31.1 to .4). */
static enum err
gost89_check(struct slice s, struct errinfo *ei)
{
	static const uint8_t cryptopro[] = {0x2a, 0x85, 0x03, 0x02, 0x02, 0x1f};
	struct slice seq, set, iv;
	enum err e;

	if ((e = der_get(&s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_end(s, ei)) != ERR_OK ||
	    (e = der_get_whole(&seq, DER_OCTET_STRING, &iv, ei)) != ERR_OK ||
	    (e = iv_check(iv, GOST89_IV_SIZE, ei)) != ERR_OK ||
	    (e = der_get_oid(&seq, &set, ei)) != ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	if (oid_find(set) == OID_GOST89_SET_Z ||
	    (set.len == sizeof(cryptopro) + 1 &&
		slice_starts(set, slice_make(cryptopro, sizeof(cryptopro))) &&
		set.p[set.len - 1] >= 1 && set.p[set.len - 1] <= 4)) {
		return ERR_OK;
	}
	return bad_cipher(ei, "the cipher's parameter set", set);
}

enum err
cipher_check(struct slice s, struct errinfo *ei)
{
	struct slice oid;
	enum err e;

	if ((e = der_get_oid(&s, &oid, ei)) != ERR_OK) {
		return e;
	}
	switch ((int)oid_find(oid)) {
	case OID_AES128_CBC:
	case OID_AES256_CBC:
		return iv_check(s, AES_IV_SIZE, ei);
	case OID_GOST89:
		return gost89_check(s, ei);
	case OID_MAGMA_CTR_ACPKM:
		return acpkm_check(s, MAGMA_UKM_SIZE, ei);
	case OID_KUZNYECHIK_CTR_ACPKM:
		return acpkm_check(s, KUZNYECHIK_UKM_SIZE, ei);
	default:
		return bad_cipher(ei, "the cipher", oid);
	}
}

enum err
pbes2_check(struct slice algid, unsigned *out_iterations, struct errinfo *ei)
{
	struct slice alg, oid, pbes2, part;
	enum err e;

	if ((e = der_get(&algid, DER_SEQUENCE, &alg, ei)) != ERR_OK ||
	    (e = der_end(algid, ei)) != ERR_OK ||
	    (e = der_get_oid(&alg, &oid, ei)) != ERR_OK) {
		return e;
	}
	if (oid_find(oid) != OID_PBES2) {
		return bad_cipher(ei, "the scheme", oid);
	}
	if ((e = der_get(&alg, DER_SEQUENCE, &pbes2, ei)) != ERR_OK ||
	    (e = der_end(alg, ei)) != ERR_OK ||
	    (e = der_get(&pbes2, DER_SEQUENCE, &part, ei)) != ERR_OK ||
	    (e = kdf_check(part, out_iterations, ei)) != ERR_OK ||
	    (e = der_get(&pbes2, DER_SEQUENCE, &part, ei)) != ERR_OK ||
	    (e = der_end(pbes2, ei)) != ERR_OK) {
		return e;
	}
	return cipher_check(part, ei);
}

static enum err
encrypted_outline(struct slice der, struct slice *out_alg,
    struct slice *out_data, struct errinfo *ei)
{
	struct slice seq;
	unsigned iterations;
	enum err e;

	if ((e = der_get(&der, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_end(der, ei)) != ERR_OK ||
	    (e = der_get_whole(&seq, DER_SEQUENCE, out_alg, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_OCTET_STRING, out_data, ei)) != ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	return pbes2_check(*out_alg, &iterations, ei);
}

static enum err
wrong_passphrase(struct errinfo *ei)
{
	return err_set(ei, ERR_CRYPTO, "key.passphrase", NULL,
	    "the passphrase does not open the key, or the file is damaged");
}

/* PKCS12_pbe_crypt() into a secret, in either direction. */
static enum err
pbe_crypt(const X509_ALGOR *alg, struct slice passphrase, struct slice in,
    bool encrypt, struct secret *out, struct errinfo *ei)
{
	unsigned char *data = NULL;
	int len = 0;
	enum err e;

	if (PKCS12_pbe_crypt(alg, (const char *)passphrase.p,
		(int)passphrase.len, in.p, (int)in.len, &data, &len,
		encrypt ? 1 : 0) == NULL ||
	    len < 0) {
		return ERR_CRYPTO;
	}
	e = secret_copy(out, slice_make(data, (size_t)len), ei);
	OPENSSL_clear_free(data, (size_t)len);
	return e;
}

static enum err
encrypted_read(struct slice der, struct slice passphrase, struct privkey **out,
    struct errinfo *ei)
{
	struct secret plain = SECRET_EMPTY;
	struct slice alg_der, data;
	const unsigned char *p;
	X509_ALGOR *alg;
	enum err e;

	if ((e = encrypted_outline(der, &alg_der, &data, ei)) != ERR_OK) {
		return e;
	}
	p = alg_der.p;
	alg = d2i_X509_ALGOR(NULL, &p, (long)alg_der.len);
	if (alg == NULL) {
		return crypto_library(ei, "key file outline");
	}
	e = pbe_crypt(alg, passphrase, data, false, &plain, ei);
	X509_ALGOR_free(alg);
	if (e == ERR_CRYPTO) {
		return crypto_done(wrong_passphrase(ei));
	}
	if (e == ERR_OK) {
		e = plain_read(secret_slice(&plain), out, ei);
	}
	/* Noise instead of a key: deciphered with another passphrase. */
	if (e == ERR_FORMAT) {
		e = wrong_passphrase(ei);
	}
	secret_clear(&plain);
	return crypto_done(e);
}

enum err
privkey_from_p8(struct slice der, struct slice passphrase, struct privkey **out,
    struct errinfo *ei)
{
	struct slice s = der, seq;
	bool encrypted;
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK) {
		return e;
	}
	if (der.len > KEY_FILE_MAX || passphrase.len > PASSPHRASE_MAX) {
		return err_set(ei, ERR_LIMIT, "key.size", NULL,
		    "a key file of %zu bytes or its passphrase is too long",
		    der.len);
	}
	if ((e = der_get(&s, DER_SEQUENCE, &seq, ei)) != ERR_OK) {
		return e;
	}
	encrypted = der_peek(seq) == DER_SEQUENCE;
	if (encrypted && passphrase.len == 0) {
		return err_set(ei, ERR_STATE, "key.encrypted", NULL,
		    "the key is encrypted and no passphrase was given");
	}
	if (!encrypted && passphrase.len != 0) {
		return err_set(ei, ERR_STATE, "key.plain", NULL,
		    "a passphrase was given, but the key is not encrypted");
	}
	return encrypted ? encrypted_read(der, passphrase, out, ei)
			 : plain_read(der, out, ei);
}

/* --- writing ------------------------------------------------------------ */

/*
 * GOST 28147-89 in CFB and HMAC-Streebog-512 for GOST keys: what the engine,
 * GnuTLS and the Russian tools all read (facts/gost-tokens-profile.md 7.2).
 */
static X509_ALGOR *
pbes2_new(enum key_alg alg, unsigned iterations)
{
	bool gost = alg == KEY_GOST256 || alg == KEY_GOST512;
	const EVP_CIPHER *cipher =
	    EVP_get_cipherbyname(gost ? "gost89" : "AES-256-CBC");
	int prf =
	    gost ? NID_id_tc26_hmac_gost_3411_2012_512 : NID_hmacWithSHA256;

	if (cipher == NULL) {
		return NULL;
	}
	return PKCS5_pbe2_set_iv(
	    cipher, (int)iterations, NULL, SALT_SIZE, NULL, prf);
}

static enum err
encrypted_put(const X509_ALGOR *alg, struct slice data, struct buf *out,
    struct errinfo *ei)
{
	unsigned char *der = NULL;
	int len = i2d_X509_ALGOR(alg, &der);
	size_t seq;

	if (len <= 0) {
		return crypto_library(ei, "key file outline");
	}
	seq = der_open(out, DER_SEQUENCE);
	der_put_raw(out, slice_make(der, (size_t)len));
	der_put(out, DER_OCTET_STRING, data);
	der_close(out, seq);
	OPENSSL_free(der);
	return buf_err(out, ei);
}

static enum err
write_limits(struct slice passphrase, unsigned iterations, struct errinfo *ei)
{
	if (passphrase.len == 0) {
		return err_set(ei, ERR_POLICY, "key.passphrase.empty", NULL,
		    "a key is not written without a passphrase");
	}
	if (passphrase.len > PASSPHRASE_MAX) {
		return err_set(ei, ERR_LIMIT, "key.passphrase.size", NULL,
		    "the passphrase is longer than %d bytes", PASSPHRASE_MAX);
	}
	if (iterations < 1 || iterations > KDF_ITERATIONS_MAX) {
		return err_set(ei, ERR_LIMIT, "key.iterations", "RFC 8018 4.2",
		    "%u iterations were asked for; 1 to %d can be done",
		    iterations, KDF_ITERATIONS_MAX);
	}
	return ERR_OK;
}

enum err
privkey_to_p8(struct privkey *k, struct slice passphrase, unsigned iterations,
    struct buf *out_der, struct errinfo *ei)
{
	struct secret plain = SECRET_EMPTY, sealed = SECRET_EMPTY;
	X509_ALGOR *alg = NULL;
	enum err e;

	if ((e = write_limits(passphrase, iterations, ei)) != ERR_OK ||
	    (e = privkey_to_p8_insecure_plain(k, &plain, ei)) != ERR_OK) {
		return e;
	}
	alg = pbes2_new(privkey_alg(k), iterations);
	if (alg == NULL) {
		e = crypto_library(ei, "key file cipher");
		goto out;
	}
	e = pbe_crypt(alg, passphrase, secret_slice(&plain), true, &sealed, ei);
	if (e == ERR_CRYPTO) {
		e = crypto_library(ei, "key file encryption");
	}
	if (e == ERR_OK) {
		e = encrypted_put(alg, secret_slice(&sealed), out_der, ei);
	}
out:
	X509_ALGOR_free(alg);
	secret_clear(&plain);
	secret_clear(&sealed);
	return crypto_done(e);
}
