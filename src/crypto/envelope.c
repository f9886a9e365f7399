/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/envelope.h"

#include <limits.h>
#include <string.h>

#include "base/bounds.h"
#include "crypto/ossl_priv.h"

#include <openssl/cms.h>
#include <openssl/pem.h>

enum {
	RSA_BITS_MIN = 2048
};

static enum err
read_cert(struct slice der, X509 **out, struct errinfo *ei)
{
	const uint8_t *p = der.p;
	X509 *cert = NULL;

	if (der.len <= CERT_BYTES_MAX) {
		cert = d2i_X509(NULL, &p, (long)der.len);
	}
	if (cert == NULL || p != der.p + der.len) {
		X509_free(cert);
		return err_set(ei, ERR_FORMAT, "envelope.certificate",
		    "RFC 5280 4.1", "the recipient's is no certificate");
	}
	*out = cert;
	return ERR_OK;
}

/* How the content key goes to this recipient. */
static enum err
check_recipient(X509 *cert, bool *out_rsa, struct errinfo *ei)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	int kind = key == NULL ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key);

	if (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= RSA_BITS_MIN) {
		*out_rsa = true;
		return ERR_OK;
	}
	if (kind == EVP_PKEY_EC) {
		*out_rsa = false;
		return ERR_OK;
	}
	return err_set(ei, ERR_UNSUPPORTED, "envelope.recipient", NULL,
	    "the recipient's key is neither RSA of %d bits or more nor EC; "
	    "give a certificate with such a key",
	    (int)RSA_BITS_MIN);
}

/* OAEP, as the default would be PKCS #1 1.5. */
static bool
want_oaep(CMS_RecipientInfo *ri)
{
	EVP_PKEY_CTX *ctx = CMS_RecipientInfo_get0_pkey_ctx(ri);

	return ctx != NULL &&
	       EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
	       EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) > 0;
}

/* An ECDH recipient's KDF would use SHA-1 by default. */
static bool
add_recipient(CMS_ContentInfo *cms, X509 *cert, bool rsa)
{
	CMS_RecipientInfo *ri =
	    CMS_add1_recipient_cert(cms, cert, CMS_KEY_PARAM);
	EVP_PKEY_CTX *ctx;

	if (ri == NULL) {
		return false;
	}
	if (rsa) {
		return want_oaep(ri);
	}
	ctx = CMS_RecipientInfo_get0_pkey_ctx(ri);
	return ctx != NULL &&
	       EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, EVP_sha256()) > 0;
}

static enum err
append_bio(BIO *bio, struct buf *out, struct errinfo *ei)
{
	char *p = NULL;
	long len = BIO_get_mem_data(bio, &p);

	buf_add(out, slice_make(p, len < 0 ? 0 : (size_t)len));
	return buf_err(out, ei);
}

enum err
envelope_seal(struct slice recipient_der, struct slice plain,
    struct buf *out_der, struct errinfo *ei)
{
	BIO *in = NULL, *out = NULL;
	CMS_ContentInfo *cms = NULL;
	X509 *cert = NULL;
	bool rsa = false, good = false;
	enum err e = crypto_need(ei);

	if (e == ERR_OK && plain.len > ENVELOPE_BYTES_MAX) {
		e = err_set(ei, ERR_LIMIT, "envelope.size", NULL,
		    "%zu bytes; at most %d are sealed", plain.len,
		    (int)ENVELOPE_BYTES_MAX);
	}
	if (e == ERR_OK) {
		e = read_cert(recipient_der, &cert, ei);
	}
	if (e == ERR_OK) {
		e = check_recipient(cert, &rsa, ei);
	}
	if (e != ERR_OK) {
		X509_free(cert);
		return crypto_done(e);
	}
	in = BIO_new_mem_buf(plain.p, (int)plain.len);
	out = BIO_new(BIO_s_mem());
	cms = CMS_encrypt(NULL, NULL, EVP_aes_256_cbc(),
	    CMS_BINARY | CMS_PARTIAL | CMS_STREAM);
	good = in != NULL && out != NULL && cms != NULL &&
	       add_recipient(cms, cert, rsa) &&
	       CMS_final(cms, in, NULL, CMS_BINARY) == 1 &&
	       i2d_CMS_bio(out, cms) == 1;
	e = good ? append_bio(out, out_der, ei) : crypto_library(ei, "CMS");
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	BIO_free(out);
	X509_free(cert);
	return crypto_done(e);
}

/* OpenSSL asks for the password here; none is never asked for on a terminal. */
static int
give_password(char *to, int size, int writing, void *arg)
{
	const struct slice *password = arg;

	(void)writing;
	if (password->len == 0 || password->len > (size_t)size) {
		return -1;
	}
	memcpy(to, password->p, password->len);
	return (int)password->len;
}

static enum err
read_key(struct slice pem, struct slice password, X509 *cert, EVP_PKEY **out,
    struct errinfo *ei)
{
	EVP_PKEY *key = NULL;
	BIO *bio = NULL;

	if (pem.len <= KEY_FILE_MAX) {
		bio = BIO_new_mem_buf(pem.p, (int)pem.len);
	}
	if (bio != NULL) {
		key = PEM_read_bio_PrivateKey(
		    bio, NULL, give_password, &password);
	}
	BIO_free(bio);
	if (key == NULL || X509_check_private_key(cert, key) != 1) {
		EVP_PKEY_free(key);
		return err_set(ei, ERR_CRYPTO, "envelope.key", NULL,
		    "the recipient's key cannot be read (is its password "
		    "right?), or it is not the certificate's");
	}
	*out = key;
	return ERR_OK;
}

static enum err
decrypt(X509 *cert, EVP_PKEY *key, struct slice der, struct secret *out,
    struct errinfo *ei)
{
	const uint8_t *p = der.p;
	CMS_ContentInfo *cms = NULL;
	BIO *plain = BIO_new(BIO_s_secmem());
	char *bytes = NULL;
	long len;
	enum err e;

	if (der.len <= LONG_MAX) {
		cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.len);
	}
	if (plain == NULL || cms == NULL || p != der.p + der.len ||
	    CMS_decrypt(cms, key, cert, NULL, plain, CMS_BINARY) != 1) {
		e = err_set(ei, ERR_CRYPTO, "envelope.open", "RFC 5652 6",
		    "it was sealed to somebody else, or it is damaged");
	} else {
		len = BIO_get_mem_data(plain, &bytes);
		e = secret_copy(
		    out, slice_make(bytes, len < 0 ? 0 : (size_t)len), ei);
	}
	CMS_ContentInfo_free(cms);
	BIO_free(plain);
	return e;
}

enum err
envelope_open(struct slice recipient_der, struct slice key_pem,
    struct slice password, struct slice der, struct secret *out,
    struct errinfo *ei)
{
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;
	enum err e = crypto_need(ei);

	if (e == ERR_OK) {
		e = read_cert(recipient_der, &cert, ei);
	}
	if (e == ERR_OK) {
		e = read_key(key_pem, password, cert, &key, ei);
	}
	if (e == ERR_OK) {
		e = decrypt(cert, key, der, out, ei);
	}
	EVP_PKEY_free(key);
	X509_free(cert);
	return crypto_done(e);
}
