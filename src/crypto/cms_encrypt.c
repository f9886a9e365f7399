/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EnvelopedData ::= SEQUENCE { version, [0] OriginatorInfo OPTIONAL,
 *	SET OF RecipientInfo, EncryptedContentInfo, [1] attributes OPTIONAL }
 * EncryptedContentInfo ::= SEQUENCE { contentType, AlgorithmIdentifier,
 *	[0] IMPLICIT OCTET STRING OPTIONAL }		(RFC 5652 6.1)
 *
 * OpenSSL and its engine do the work, after the outline and the content's
 * cipher have been looked at.
 */
#include "crypto/cms_encrypt.h"

#include "base/bounds.h"
#include "crypto/cert_bits.h"
#include "crypto/ossl_priv.h"
#include "crypto/pbes_priv.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/oid.h"
#include "os/random.h"

enum {
	CONTENT_MAX = CMS_BYTES_MAX / 2,
	TRIAL_SIZE = 32,
	/* Without the second a key that does not fit gives another one, by
	 * chance, and so some other content: against those who send messages
	 * and see from afar whether they could be read.  Here a person asks. */
	FLAGS = CMS_BINARY | CMS_DEBUG_DECRYPT
};

static enum err
read_cert(
    struct slice der, X509 **out, enum key_alg *out_alg, struct errinfo *ei)
{
	const unsigned char *p = der.p;
	struct pubkey *pub = NULL;
	struct cert_bits bits;
	enum err e;

	if ((e = cert_bits_get(der, &bits, ei)) != ERR_OK ||
	    (e = pubkey_parse(bits.spki, &pub, ei)) != ERR_OK) {
		return e;
	}
	*out_alg = pubkey_alg(pub);
	pubkey_free(pub);
	*out = d2i_X509(NULL, &p, (long)der.len);
	if (*out == NULL) {
		return crypto_done(err_set(ei, ERR_FORMAT, "cms.form", NULL,
		    "the certificate cannot be read"));
	}
	return ERR_OK;
}

static bool
is_gost(enum key_alg alg)
{
	return alg == KEY_GOST256 || alg == KEY_GOST512;
}

/* --- encrypting ------------------------------------------------------------
 */

/* GOST's engine wants to know the cipher before it wraps its key. */
static bool
add_recipient(
    CMS_ContentInfo *ci, X509 *cert, const EVP_CIPHER *cipher, bool gost)
{
	CMS_RecipientInfo *ri = CMS_add1_recipient_cert(
	    ci, cert, CMS_BINARY | (gost ? CMS_KEY_PARAM : 0));
	EVP_PKEY_CTX *ctx;

	if (ri == NULL || !gost) {
		return ri != NULL;
	}
	ctx = CMS_RecipientInfo_get0_pkey_ctx(ri);
	if (ctx != NULL) {
		/* -2, "unknown here", is what some keys answer, and fine. */
		(void)EVP_PKEY_CTX_ctrl(ctx, -1, -1, EVP_PKEY_CTRL_CIPHER,
		    EVP_CIPHER_get_nid(cipher), NULL);
	}
	return ctx != NULL;
}

static enum err
encrypt(X509 *cert, bool gost, struct slice content, struct buf *out_der,
    struct errinfo *ei)
{
	const EVP_CIPHER *cipher =
	    EVP_get_cipherbyname(gost ? "kuznyechik-ctr-acpkm" : "AES-256-CBC");
	BIO *in = BIO_new_mem_buf(content.p, (int)content.len);
	CMS_ContentInfo *ci = NULL;
	unsigned char *der = NULL;
	int len = -1;
	enum err e;

	if (in != NULL && cipher != NULL) {
		ci = CMS_encrypt(NULL, in, cipher, CMS_BINARY | CMS_PARTIAL);
	}
	if (ci != NULL && add_recipient(ci, cert, cipher, gost) &&
	    CMS_final(ci, in, NULL, CMS_BINARY) == 1) {
		len = i2d_CMS_ContentInfo(ci, &der);
	}
	CMS_ContentInfo_free(ci);
	(void)BIO_free(in);
	if (len <= 0) {
		return crypto_library(ei, "CMS encryption");
	}
	buf_add(out_der, slice_make(der, (size_t)len));
	e = buf_err(out_der, ei);
	OPENSSL_free(der);
	return crypto_done(e);
}

enum err
cms_encrypt(struct slice cert_der, struct slice content, struct buf *out_der,
    struct errinfo *ei)
{
	enum key_alg alg;
	X509 *cert = NULL;
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK) {
		return e;
	}
	if (content.len > CONTENT_MAX) {
		return err_set(ei, ERR_LIMIT, "cms.size", NULL,
		    "%zu bytes are too many for one message; at most %d",
		    content.len, CONTENT_MAX);
	}
	if ((e = read_cert(cert_der, &cert, &alg, ei)) != ERR_OK) {
		return e;
	}
	e = alg == KEY_ED25519
		? err_set(ei, ERR_UNSUPPORTED, "cms.encrypt.key", "RFC 8410",
		      "a certificate with an Ed25519 key is for signatures; "
		      "nothing is encrypted to it")
		: encrypt(cert, is_gost(alg), content, out_der, ei);
	X509_free(cert);
	return e;
}

/* --- decrypting -------------------------------------------------------------
 */

/* Only what is DER, enveloped, and under a cipher that we let run. */
static enum err
outline(struct slice der, struct errinfo *ei)
{
	struct slice info, explicit0, data, oid, skip, content, algid;
	uint64_t version;
	bool present;
	enum err e;

	if ((e = der_get(&der, DER_SEQUENCE, &info, ei)) != ERR_OK ||
	    (e = der_end(der, ei)) != ERR_OK ||
	    (e = der_get_oid(&info, &oid, ei)) != ERR_OK) {
		return e;
	}
	if (oid_find(oid) != OID_CMS_ENVELOPED) {
		return err_set(ei, ERR_UNSUPPORTED, "cms.content_type", NULL,
		    "the message is not encrypted to a certificate");
	}
	if ((e = der_get(&info, DER_CONTEXT_CONS(0), &explicit0, ei)) !=
		ERR_OK ||
	    (e = der_end(info, ei)) != ERR_OK ||
	    (e = der_get(&explicit0, DER_SEQUENCE, &data, ei)) != ERR_OK ||
	    (e = der_end(explicit0, ei)) != ERR_OK ||
	    (e = der_get_u63(&data, DER_INTEGER, &version, ei)) != ERR_OK ||
	    (e = der_get_optional(
		 &data, DER_CONTEXT_CONS(0), &present, &skip, ei)) != ERR_OK ||
	    (e = der_get(&data, DER_SET, &skip, ei)) != ERR_OK ||
	    (e = der_get(&data, DER_SEQUENCE, &content, ei)) != ERR_OK ||
	    (e = der_get_oid(&content, &oid, ei)) != ERR_OK ||
	    (e = der_get(&content, DER_SEQUENCE, &algid, ei)) != ERR_OK) {
		return e;
	}
	return cipher_check(algid, ei);
}

static enum err
not_for_us(struct errinfo *ei)
{
	return err_set(ei, ERR_CRYPTO, "cms.decrypt", NULL,
	    "the message is not for this certificate and key, or it is "
	    "damaged");
}

/* Whatever was written before a failure is thrown away. */
static enum err
decrypt(EVP_PKEY *pkey, X509 *cert, struct slice cms_der, struct secret *out,
    struct errinfo *ei)
{
	const unsigned char *p = cms_der.p;
	CMS_ContentInfo *ci = d2i_CMS_ContentInfo(NULL, &p, (long)cms_der.len);
	BIO *to = BIO_new(BIO_s_secmem());
	char *bytes = NULL;
	long len;
	enum err e = ERR_OK;

	if (to == NULL) {
		e = err_nomem(ei);
	} else if (ci == NULL ||
		   CMS_decrypt(ci, pkey, cert, NULL, to, FLAGS) != 1) {
		e = not_for_us(ei);
	} else {
		len = BIO_get_mem_data(to, &bytes);
		e = secret_copy(
		    out, slice_make(bytes, len > 0 ? (size_t)len : 0), ei);
	}
	CMS_ContentInfo_free(ci);
	(void)BIO_free(to);
	return crypto_done(e);
}

enum err
cms_decrypt(struct privkey *key, struct slice cert_der, struct slice cms_der,
    struct secret *out, struct errinfo *ei)
{
	EVP_PKEY *pkey = NULL;
	enum key_alg alg;
	X509 *cert = NULL;
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK) {
		return e;
	}
	if (cms_der.len > CMS_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "cms.size", NULL,
		    "a message of %zu bytes; at most %d are read", cms_der.len,
		    CMS_BYTES_MAX);
	}
	if ((e = outline(cms_der, ei)) == ERR_OK &&
	    (e = read_cert(cert_der, &cert, &alg, ei)) == ERR_OK &&
	    (e = crypto_pkey_of(key, &pkey, ei)) == ERR_OK) {
		e = decrypt(pkey, cert, cms_der, out, ei);
	}
	EVP_PKEY_free(pkey);
	X509_free(cert);
	return e;
}

/* --- a trial ----------------------------------------------------------------
 */

enum err
cms_decryption_trial(struct privkey *key, struct slice cert_der,
    bool *out_possible, struct errinfo *ei)
{
	uint8_t text[TRIAL_SIZE];
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	struct secret back = SECRET_EMPTY;
	struct errinfo why = {0};
	bool possible = true;
	enum err e = random_bytes(text, sizeof(text), &why);

	if (e == ERR_OK &&
	    (e = cms_encrypt(cert_der, slice_make(text, sizeof(text)), &cms,
		 &why)) == ERR_OK &&
	    (e = cms_decrypt(key, cert_der, buf_slice(&cms), &back, &why)) ==
		ERR_OK &&
	    !secret_eq(secret_slice(&back), slice_make(text, sizeof(text)))) {
		e = not_for_us(&why);
	}
	if (e == ERR_UNSUPPORTED &&
	    (strcmp(why.rule, "cms.encrypt.key") == 0 ||
		strcmp(why.rule, "key.not_exportable") == 0)) {
		possible = false;
		e = ERR_OK;
	}
	if (e == ERR_OK) {
		*out_possible = possible;
	} else if (ei != NULL) {
		*ei = why;
	}
	secret_clear(&back);
	buf_clear(&cms);
	return e;
}
