/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in memory, held by OpenSSL (GOST ones by its engine). */
#include <pthread.h>
#include <string.h>

#include "base/bounds.h"
#include "crypto/ossl_priv.h"
#include "crypto/privkey.h"
#include "crypto/privkey_priv.h"
#include "der/oid.h"

/*
 * Threads share the key, which does not change.  A context is for one thread:
 * EC keys keep a ready one, worth 5 us of 31, and whoever finds it in use makes
 * another.
 */
struct softkey {
	EVP_PKEY *pkey;
	pthread_mutex_t lock; /* of ready_ctx */
	EVP_PKEY_CTX *ready_ctx;
};

static bool
ec_sign(struct softkey *soft, struct slice digest, uint8_t *sig, size_t *len)
{
	EVP_PKEY_CTX *ctx;
	bool ok;

	if (pthread_mutex_trylock(&soft->lock) == 0) {
		ok = EVP_PKEY_sign(
			 soft->ready_ctx, sig, len, digest.p, digest.len) == 1;
		(void)pthread_mutex_unlock(&soft->lock);
		return ok;
	}
	ctx = EVP_PKEY_CTX_new(soft->pkey, NULL);
	ok = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
	     EVP_PKEY_sign(ctx, sig, len, digest.p, digest.len) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static bool
digest_sign(EVP_PKEY *pkey, const EVP_MD *md, struct slice digest, uint8_t *sig,
    size_t *len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	bool ok;

	/* RSA puts into the signature which digest it is. */
	ok = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
	     EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
	     EVP_PKEY_sign(ctx, sig, len, digest.p, digest.len) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static bool
data_sign(EVP_PKEY *pkey, struct slice data, uint8_t *sig, size_t *len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	ok = ctx != NULL &&
	     EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
	     EVP_DigestSign(ctx, sig, len, data.p, data.len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

static enum err
soft_sign(void *self, enum sig_alg alg, struct slice input, struct buf *out_sig,
    struct errinfo *ei)
{
	struct softkey *soft = self;
	uint8_t sig[SIGNATURE_BYTES_MAX];
	size_t len = sizeof(sig);
	bool ok;

	if (soft->ready_ctx != NULL) {
		ok = ec_sign(soft, input, sig, &len);
	} else if (sig_alg_takes_data(alg)) {
		ok = data_sign(soft->pkey, input, sig, &len);
	} else {
		ok = digest_sign(
		    soft->pkey, crypto_md(sig_alg_hash(alg)), input, sig, &len);
	}
	if (!ok) {
		(void)err_set(ei, ERR_CRYPTO, "signature.make", NULL,
		    "the %s signature could not be made", sig_alg_name(alg));
		return crypto_done(ERR_CRYPTO);
	}
	buf_add(out_sig, slice_make(sig, len));
	return crypto_done(buf_err(out_sig, ei));
}

static enum err
soft_export(void *self, struct secret *out, struct errinfo *ei)
{
	const struct softkey *soft = self;
	PKCS8_PRIV_KEY_INFO *p8 = EVP_PKEY2PKCS8(soft->pkey);
	unsigned char *der = NULL;
	int len = -1;
	enum err e;

	if (p8 != NULL) {
		len = i2d_PKCS8_PRIV_KEY_INFO(p8, &der);
	}
	PKCS8_PRIV_KEY_INFO_free(p8);
	if (len <= 0) {
		return crypto_library(ei, "key export");
	}
	e = secret_copy(out, slice_make(der, (size_t)len), ei);
	OPENSSL_clear_free(der, (size_t)len);
	return crypto_done(e);
}

static void
soft_free(void *self)
{
	struct softkey *soft = self;

	EVP_PKEY_CTX_free(soft->ready_ctx);
	EVP_PKEY_free(soft->pkey); /* OpenSSL and the engine clear it */
	(void)pthread_mutex_destroy(&soft->lock);
	free(soft);
}

static const struct privkey_ops soft_ops = {
    .sign = soft_sign,
    .export_plain = soft_export,
    .free = soft_free,
};

/* Takes pkey, also when it fails. */
static struct softkey *
soft_new(EVP_PKEY *pkey)
{
	struct softkey *soft = calloc(1, sizeof(*soft));

	if (soft == NULL || pthread_mutex_init(&soft->lock, NULL) != 0) {
		free(soft);
		EVP_PKEY_free(pkey);
		return NULL;
	}
	soft->pkey = pkey;
	if (EVP_PKEY_is_a(pkey, "EC")) {
		soft->ready_ctx = EVP_PKEY_CTX_new(pkey, NULL);
		if (soft->ready_ctx == NULL ||
		    EVP_PKEY_sign_init(soft->ready_ctx) != 1) {
			soft_free(soft);
			return NULL;
		}
	}
	return soft;
}

enum err
softkey_take(EVP_PKEY *pkey, struct privkey **out, struct errinfo *ei)
{
	struct softkey *soft = soft_new(pkey);
	unsigned char *spki = NULL;
	int len;
	enum err e;

	if (soft == NULL) {
		return crypto_done(err_nomem(ei));
	}
	len = i2d_PUBKEY(pkey, &spki);
	if (len <= 0) {
		soft_free(soft);
		return crypto_library(ei, "public key export");
	}
	e = privkey_wrap_take(
	    &soft_ops, soft, slice_make(spki, (size_t)len), out, ei);
	OPENSSL_free(spki);
	return crypto_done(e);
}

enum err
crypto_pkey_of(struct privkey *k, EVP_PKEY **out, struct errinfo *ei)
{
	struct secret plain = SECRET_EMPTY;
	PKCS8_PRIV_KEY_INFO *p8 = NULL;
	EVP_PKEY *pkey = NULL;
	const unsigned char *p;
	enum err e = privkey_to_p8_insecure_plain(k, &plain, ei);

	if (e == ERR_OK) {
		p = plain.p;
		p8 = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)plain.len);
		pkey = p8 != NULL ? EVP_PKCS82PKEY(p8) : NULL;
		if (pkey == NULL) {
			e = crypto_library(ei, "key export");
		}
	}
	if (e == ERR_OK) {
		*out = pkey;
	}
	PKCS8_PRIV_KEY_INFO_free(p8);
	secret_clear(&plain);
	return crypto_done(e);
}

/* --- generation ------------------------------------------------------- */

static EVP_PKEY *
generate(EVP_PKEY_CTX *ctx, const char *option, const char *value)
{
	EVP_PKEY *pkey = NULL;

	if (ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1 &&
	    (option == NULL ||
		EVP_PKEY_CTX_ctrl_str(ctx, option, value) == 1) &&
	    EVP_PKEY_keygen(ctx, &pkey) != 1) {
		pkey = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static const struct {
	const char *spec;
	const char *type;   /* of a provider, or NULL: nid of the engine */
	const char *option; /* NULL: none */
	const char *value;
	int nid;
	enum key_alg alg;
	enum oid params; /* OID_UNKNOWN: it has none */
	unsigned bits;   /* RSA */
} specs[] = {
    {"gost2012-256:0", NULL, "paramset", "0", NID_id_GostR3410_2012_256,
	KEY_GOST256, OID_GOST_CP_TEST, 0},
    {"gost2012-256:A", NULL, "paramset", "A", NID_id_GostR3410_2012_256,
	KEY_GOST256, OID_GOST_CP_A, 0},
    {"gost2012-256:B", NULL, "paramset", "B", NID_id_GostR3410_2012_256,
	KEY_GOST256, OID_GOST_CP_B, 0},
    {"gost2012-256:C", NULL, "paramset", "C", NID_id_GostR3410_2012_256,
	KEY_GOST256, OID_GOST_CP_C, 0},
    {"gost2012-256:XA", NULL, "paramset", "XA", NID_id_GostR3410_2012_256,
	KEY_GOST256, OID_GOST_CP_XA, 0},
    {"gost2012-256:XB", NULL, "paramset", "XB", NID_id_GostR3410_2012_256,
	KEY_GOST256, OID_GOST_CP_XB, 0},
    {"gost2012-256:TCA", NULL, "paramset", "TCA", NID_id_GostR3410_2012_256,
	KEY_GOST256, OID_GOST_TC_256A, 0},
    {"gost2012-256:TCB", NULL, "paramset", "TCB", NID_id_GostR3410_2012_256,
	KEY_GOST256, OID_GOST_TC_256B, 0},
    {"gost2012-256:TCC", NULL, "paramset", "TCC", NID_id_GostR3410_2012_256,
	KEY_GOST256, OID_GOST_TC_256C, 0},
    {"gost2012-256:TCD", NULL, "paramset", "TCD", NID_id_GostR3410_2012_256,
	KEY_GOST256, OID_GOST_TC_256D, 0},
    {"gost2012-512:A", NULL, "paramset", "A", NID_id_GostR3410_2012_512,
	KEY_GOST512, OID_GOST_TC_512A, 0},
    {"gost2012-512:B", NULL, "paramset", "B", NID_id_GostR3410_2012_512,
	KEY_GOST512, OID_GOST_TC_512B, 0},
    {"gost2012-512:C", NULL, "paramset", "C", NID_id_GostR3410_2012_512,
	KEY_GOST512, OID_GOST_TC_512C, 0},
    {"p256", "EC", "ec_paramgen_curve", "P-256", 0, KEY_P256, OID_P256, 0},
    {"p384", "EC", "ec_paramgen_curve", "P-384", 0, KEY_P384, OID_P384, 0},
    {"ed25519", "ED25519", NULL, NULL, 0, KEY_ED25519, OID_UNKNOWN, 0},
    {"rsa:2048", "RSA", "rsa_keygen_bits", "2048", 0, KEY_RSA, OID_UNKNOWN,
	2048},
    {"rsa:3072", "RSA", "rsa_keygen_bits", "3072", 0, KEY_RSA, OID_UNKNOWN,
	3072},
    {"rsa:4096", "RSA", "rsa_keygen_bits", "4096", 0, KEY_RSA, OID_UNKNOWN,
	4096},
};

const char *
key_spec(enum key_alg alg, enum oid params, unsigned bits)
{
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		if (specs[i].alg == alg && specs[i].params == params &&
		    (specs[i].bits == 0 || specs[i].bits == bits)) {
			return specs[i].spec;
		}
	}
	return NULL;
}

enum err
privkey_generate(const char *spec, struct privkey **out, struct errinfo *ei)
{
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *pkey;
	size_t i;
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK) {
		return e;
	}
	for (i = 0; i < ARRAY_LEN(specs); i++) {
		if (strcmp(specs[i].spec, spec) == 0) {
			break;
		}
	}
	if (i == ARRAY_LEN(specs)) {
		return err_set(ei, ERR_UNSUPPORTED, "key.spec", NULL,
		    "the kind of key is not one of gost2012-256:SET, "
		    "gost2012-512:SET, p256, p384, ed25519, rsa:BITS");
	}
	ctx = specs[i].type != NULL
		  ? EVP_PKEY_CTX_new_from_name(NULL, specs[i].type, NULL)
		  : EVP_PKEY_CTX_new_id(specs[i].nid, NULL);
	pkey = generate(ctx, specs[i].option, specs[i].value);
	if (pkey == NULL) {
		return crypto_library(ei, "key generation");
	}
	return softkey_take(pkey, out, ei);
}
