/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/pubkey.h"

#include <pthread.h>

#include "base/bounds.h"
#include "crypto/hash.h"
#include "crypto/ossl_priv.h"
#include "crypto/spki_priv.h"

enum {
	SPARE_MAX = 32 /* of each curve; as many as threads may use at once */
};

struct pubkey {
	EVP_PKEY *pkey;
	uint8_t *der;     /* owns the SPKI */
	struct spki spki; /* borrows from der */
	size_t der_len;
};

/*
 * A key of its curve costs 26 us through EVP_PKEY_fromdata(), 90 us through
 * d2i_PUBKEY() and its chains of decoders, and as a copy of a ready one 7 us in
 * a loop, but 25 us where other work has the caches in between.  So those that
 * are given back wait here for another point, which costs 3 us.
 */
static struct spare {
	pthread_mutex_t lock;
	EVP_PKEY *keys[SPARE_MAX];
	size_t num;
} spares[] = {
    {.lock = PTHREAD_MUTEX_INITIALIZER}, /* P-256 */
    {.lock = PTHREAD_MUTEX_INITIALIZER}, /* P-384 */
};

static struct spare *
spare_of(enum key_alg alg)
{
	return alg == KEY_P256 ? &spares[0] : &spares[1];
}

static EVP_PKEY *
spare_take(enum key_alg alg)
{
	struct spare *s = spare_of(alg);
	EVP_PKEY *pkey = NULL;

	(void)pthread_mutex_lock(&s->lock);
	if (s->num > 0) {
		pkey = s->keys[--s->num];
	}
	(void)pthread_mutex_unlock(&s->lock);
	return pkey != NULL ? pkey : EVP_PKEY_dup(crypto_ec_template(alg));
}

/* Ours alone: nobody outside this file is ever given one. */
static void
spare_give(enum key_alg alg, EVP_PKEY *pkey)
{
	struct spare *s = spare_of(alg);

	(void)pthread_mutex_lock(&s->lock);
	if (s->num < SPARE_MAX) {
		s->keys[s->num++] = pkey;
		pkey = NULL;
	}
	(void)pthread_mutex_unlock(&s->lock);
	EVP_PKEY_free(pkey);
}

/*
 * Setting the point refuses one that is not on the curve; with 04 in front
 * infinity cannot be written, and both curves have cofactor 1.  After a refusal
 * the key is not used again, whatever point it has now.
 */
static EVP_PKEY *
ec_key(const struct spki *k)
{
	EVP_PKEY *pkey = spare_take(k->alg);

	if (pkey != NULL && EVP_PKEY_set1_encoded_public_key(
				pkey, k->point.p, k->point.len) != 1) {
		EVP_PKEY_free(pkey);
		pkey = NULL;
	}
	return pkey;
}

static EVP_PKEY *
from_params(const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
		pkey = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static EVP_PKEY *
rsa_key(const struct spki *k)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *n = BN_bin2bn(k->n.p, (int)k->n.len, NULL);
	BIGNUM *e = BN_bin2bn(k->e.p, (int)k->e.len, NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *pkey = NULL;

	if (bld != NULL && n != NULL && e != NULL &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) == 1) {
		params = OSSL_PARAM_BLD_to_param(bld);
	}
	if (params != NULL) {
		pkey = from_params("RSA", params);
	}
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_free(n);
	BN_free(e);
	return pkey;
}

/* The engine has no fromdata; its decoder checks the curve equation. */
static EVP_PKEY *
gost_key(struct slice der)
{
	const unsigned char *p = der.p;

	return d2i_PUBKEY(NULL, &p, (long)der.len);
}

static EVP_PKEY *
make_evp(const struct pubkey *k)
{
	switch (k->spki.alg) {
	case KEY_P256:
	case KEY_P384:
		return ec_key(&k->spki);
	case KEY_RSA:
		return rsa_key(&k->spki);
	case KEY_ED25519:
		return EVP_PKEY_new_raw_public_key_ex(
		    NULL, "ED25519", NULL, k->spki.point.p, k->spki.point.len);
	case KEY_GOST256:
	case KEY_GOST512:
		return gost_key(pubkey_spki(k));
	case KEY_NONE:
	case KEY_ALG_MAX_:
		break;
	}
	return NULL;
}

enum err
pubkey_parse(struct slice spki, struct pubkey **out, struct errinfo *ei)
{
	struct pubkey *k;
	struct spki outline;
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK ||
	    (e = spki_parse(spki, &outline, ei)) != ERR_OK) {
		return e;
	}
	k = calloc(1, sizeof(*k));
	if (k == NULL) {
		return err_nomem(ei);
	}
	k->der = slice_dup(spki);
	k->der_len = spki.len;
	if (k->der == NULL) {
		e = err_nomem(ei);
		goto out;
	}
	/* Again over our own copy, so that everything borrows from it. */
	if ((e = spki_parse(pubkey_spki(k), &k->spki, ei)) != ERR_OK) {
		goto out;
	}
	k->pkey = make_evp(k);
	if (k->pkey == NULL) {
		e = err_set(ei, ERR_CRYPTO, "key.point", NULL,
		    "the public key is not a point of its curve");
		goto out;
	}
	*out = k;
	k = NULL;
out:
	pubkey_free(k);
	return crypto_done(e);
}

void
pubkey_free(struct pubkey *k)
{
	if (k == NULL) {
		return;
	}
	if (k->pkey != NULL &&
	    (k->spki.alg == KEY_P256 || k->spki.alg == KEY_P384)) {
		spare_give(k->spki.alg, k->pkey);
	} else {
		EVP_PKEY_free(k->pkey);
	}
	free(k->der);
	free(k);
}

enum key_alg
pubkey_alg(const struct pubkey *k)
{
	return k->spki.alg;
}

struct slice
pubkey_params(const struct pubkey *k)
{
	return k->spki.params;
}

unsigned
pubkey_bits(const struct pubkey *k)
{
	return k->spki.size;
}

struct slice
pubkey_spki(const struct pubkey *k)
{
	return slice_make(k->der, k->der_len);
}

struct slice
pubkey_bits_content(const struct pubkey *k)
{
	return k->spki.bits;
}

static bool
is_ecdsa(enum sig_alg alg)
{
	return alg == SIG_ECDSA_SHA256 || alg == SIG_ECDSA_SHA384;
}

/* For P-256 one context less and no search for the digest: 6 us of 82. */
static bool
verify_digest(
    EVP_PKEY *pkey, enum sig_alg alg, struct slice digest, struct slice sig)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
	bool ok;

	ok = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
	     (is_ecdsa(alg) || EVP_PKEY_CTX_set_signature_md(
				   ctx, crypto_md(sig_alg_hash(alg))) == 1) &&
	     EVP_PKEY_verify(ctx, sig.p, sig.len, digest.p, digest.len) == 1;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static bool
verify_data(
    EVP_PKEY *pkey, const EVP_MD *md, struct slice data, struct slice sig)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	ok = ctx != NULL &&
	     EVP_DigestVerifyInit(ctx, NULL, md, NULL, pkey) == 1 &&
	     EVP_DigestVerify(ctx, sig.p, sig.len, data.p, data.len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

static enum err
check_sizes(const struct pubkey *k, enum sig_alg alg, struct slice sig,
    struct errinfo *ei)
{
	if (!sig_alg_fits(alg, k->spki.alg)) {
		return err_set(ei, ERR_CRYPTO, "signature.algorithm", NULL,
		    "a %s key cannot have made a %s signature",
		    key_alg_name(k->spki.alg), sig_alg_name(alg));
	}
	if (sig.len > SIGNATURE_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "signature.size", NULL,
		    "a signature of %zu bytes; at most %d are read", sig.len,
		    SIGNATURE_BYTES_MAX);
	}
	return ERR_OK;
}

static enum err
verdict(bool ok, enum sig_alg alg, struct errinfo *ei)
{
	if (!ok) {
		(void)err_set(ei, ERR_CRYPTO, "signature.mismatch", NULL,
		    "the %s signature does not fit the data and the key",
		    sig_alg_name(alg));
	}
	return crypto_done(ok ? ERR_OK : ERR_CRYPTO);
}

enum err
pubkey_verify(const struct pubkey *k, enum sig_alg alg, struct slice data,
    struct slice sig, struct errinfo *ei)
{
	uint8_t digest[HASH_SIZE_MAX];
	enum err e = check_sizes(k, alg, sig, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (!is_ecdsa(alg)) {
		return verdict(
		    verify_data(k->pkey,
			sig_alg_takes_data(alg) ? NULL
						: crypto_md(sig_alg_hash(alg)),
			data, sig),
		    alg, ei);
	}
	e = hash_of(sig_alg_hash(alg), data, digest, ei);
	return e != ERR_OK
		   ? e
		   : pubkey_verify_digest(k, alg,
			 slice_make(digest, hash_size(sig_alg_hash(alg))), sig,
			 ei);
}

enum err
pubkey_verify_digest(const struct pubkey *k, enum sig_alg alg,
    struct slice digest, struct slice sig, struct errinfo *ei)
{
	enum err e = check_sizes(k, alg, sig, ei);

	if (e != ERR_OK) {
		return e;
	}
	return verdict(!sig_alg_takes_data(alg) &&
			   digest.len == hash_size(sig_alg_hash(alg)) &&
			   verify_digest(k->pkey, alg, digest, sig),
	    alg, ei);
}

enum err
pubkey_verify_sha1(const struct pubkey *k, struct slice data, struct slice sig,
    struct errinfo *ei)
{
	/* The sizes are those of any RSA signature. */
	enum err e = check_sizes(k, SIG_RSA_SHA256, sig, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (!verify_data(k->pkey, crypto_md(HASH_SHA1), data, sig)) {
		(void)err_set(ei, ERR_CRYPTO, "signature.mismatch", NULL,
		    "the rsa-sha1 signature does not fit the data and the "
		    "key");
		return crypto_done(ERR_CRYPTO);
	}
	return crypto_done(ERR_OK);
}
