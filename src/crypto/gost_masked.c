/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/gost_masked.h"

#include "base/bounds.h"
#include "base/buf.h"
#include "crypto/ossl_priv.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/write.h"

enum {
	SCALAR_MAX = 64
};

size_t
gost_scalar_size(enum key_alg alg)
{
	return alg == KEY_GOST256   ? SCALAR_MAX / 2
	       : alg == KEY_GOST512 ? SCALAR_MAX
				    : 0;
}

/* --- the plain form of the key ------------------------------------------- */

/* PrivateKeyInfo with the number as it stands in an OCTET STRING (RFC 5958 2;
 * GOST as the engine and the TC26 examples have it). */
static void
put_p8(struct buf *b, enum key_alg alg, enum oid set, struct slice scalar)
{
	size_t p8, algid, params;

	p8 = der_open(b, DER_SEQUENCE);
	der_put_u63(b, DER_INTEGER, 0);
	algid = der_open(b, DER_SEQUENCE);
	der_put_oid(
	    b, oid_bytes(alg == KEY_GOST256 ? OID_GOST256 : OID_GOST512));
	params = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(set));
	der_put_oid(b,
	    oid_bytes(alg == KEY_GOST256 ? OID_STREEBOG256 : OID_STREEBOG512));
	der_close(b, params);
	der_close(b, algid);
	der_put(b, DER_OCTET_STRING, scalar);
	der_close(b, p8);
}

static enum err
from_scalar(enum key_alg alg, enum oid set, struct slice scalar,
    struct privkey **out, struct errinfo *ei)
{
	struct buf p8 = BUF_INIT(KEY_FILE_MAX);
	enum err e;

	put_p8(&p8, alg, set, scalar);
	if ((e = buf_err(&p8, ei)) == ERR_OK) {
		e = privkey_from_p8(buf_slice(&p8), SLICE_EMPTY, out, ei);
	}
	buf_wipe(&p8);
	return e;
}

/* The number inside what soft keys export. */
static enum err
scalar_of(struct slice p8, size_t len, struct slice *out, struct errinfo *ei)
{
	struct slice seq, skip, key, inner;
	uint64_t version;
	enum err e;

	if ((e = der_get(&p8, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_get_u63(&seq, DER_INTEGER, &version, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_SEQUENCE, &skip, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_OCTET_STRING, &key, ei)) != ERR_OK) {
		return e;
	}
	skip = key;
	if (der_get(&skip, DER_OCTET_STRING, &inner, NULL) == ERR_OK &&
	    skip.len == 0) {
		key = inner;
	}
	if (key.len != len) {
		return err_set(ei, ERR_FORMAT, "key.form", NULL,
		    "a GOST private key of %zu bytes", key.len);
	}
	*out = key;
	return ERR_OK;
}

/* --- arithmetic ----------------------------------------------------------- */

struct sums {
	BN_CTX *ctx;
	BIGNUM *order;
	BIGNUM *key;
	BIGNUM *mask;
};

static void
sums_clear(struct sums *s)
{
	BN_clear_free(s->key);
	BN_clear_free(s->mask);
	BN_free(s->order);
	BN_CTX_free(s->ctx);
}

/* The engine's curves are in its keys alone: of the one with the number 1. */
static enum err
get_order(enum key_alg alg, enum oid set, BIGNUM *out, struct errinfo *ei)
{
	static const uint8_t one[SCALAR_MAX] = {1};
	struct buf der = BUF_INIT(KEY_FILE_MAX);
	PKCS8_PRIV_KEY_INFO *p8 = NULL;
	EVP_PKEY *pkey = NULL;
	const EC_GROUP *group = NULL;
	const unsigned char *p;
	enum err e;

	put_p8(&der, alg, set, slice_make(one, gost_scalar_size(alg)));
	if ((e = buf_err(&der, ei)) != ERR_OK) {
		buf_clear(&der);
		return e;
	}
	p = der.p;
	p8 = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)der.len);
	if (p8 != NULL) {
		pkey = EVP_PKCS82PKEY(p8);
	}
	if (pkey != NULL) {
		group = EC_KEY_get0_group(EVP_PKEY_get0(pkey));
	}
	if (group == NULL || BN_copy(out, EC_GROUP_get0_order(group)) == NULL) {
		e = err_set(ei, ERR_UNSUPPORTED, "key.parameters", NULL,
		    "the parameter set %s is not one that we can use",
		    oid_short_name(set));
	}
	EVP_PKEY_free(pkey);
	PKCS8_PRIV_KEY_INFO_free(p8);
	buf_clear(&der);
	return e;
}

static enum err
sums_init(struct sums *s, enum key_alg alg, enum oid set, struct errinfo *ei)
{
	*s = (struct sums){.ctx = BN_CTX_secure_new(),
	    .order = BN_new(),
	    .key = BN_secure_new(),
	    .mask = BN_secure_new()};
	if (s->ctx == NULL || s->order == NULL || s->key == NULL ||
	    s->mask == NULL) {
		return err_nomem(ei);
	}
	BN_set_flags(s->key, BN_FLG_CONSTTIME);
	BN_set_flags(s->mask, BN_FLG_CONSTTIME);
	return get_order(alg, set, s->order, ei);
}

enum err
gost_unmask(enum key_alg alg, enum oid set, struct slice masked,
    struct slice mask, struct privkey **out, struct errinfo *ei)
{
	const size_t len = gost_scalar_size(alg);
	uint8_t scalar[SCALAR_MAX];
	struct sums s = {0};
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK) {
		return e;
	}
	if (len == 0 || masked.len != len || mask.len != len) {
		return err_set(ei, ERR_FORMAT, "key.form", NULL,
		    "the parts of a GOST key have %zu and %zu bytes",
		    masked.len, mask.len);
	}
	if ((e = sums_init(&s, alg, set, ei)) != ERR_OK) {
		goto out;
	}
	if (BN_lebin2bn(masked.p, (int)len, s.key) == NULL ||
	    BN_lebin2bn(mask.p, (int)len, s.mask) == NULL ||
	    BN_nnmod(s.key, s.key, s.order, s.ctx) != 1 ||
	    BN_nnmod(s.mask, s.mask, s.order, s.ctx) != 1) {
		e = crypto_library(ei, "arithmetic of a key");
		goto out;
	}
	if (BN_is_zero(s.key) || BN_is_zero(s.mask)) {
		e = err_set(ei, ERR_CRYPTO, "key.mask", NULL,
		    "the key or its mask is zero");
		goto out;
	}
	/* In this order both are known to be in 1..order-1, which is prime. */
	if (BN_mod_inverse(s.mask, s.mask, s.order, s.ctx) == NULL ||
	    BN_mod_mul(s.key, s.key, s.mask, s.order, s.ctx) != 1 ||
	    BN_bn2lebinpad(s.key, scalar, (int)len) < 0) {
		e = crypto_library(ei, "arithmetic of a key");
		goto out;
	}
	e = from_scalar(alg, set, slice_make(scalar, len), out, ei);
out:
	secret_wipe(scalar, sizeof(scalar));
	sums_clear(&s);
	return crypto_done(e);
}

static enum err
mask_scalar(struct sums *s, struct slice scalar, struct secret *masked,
    struct secret *mask, struct errinfo *ei)
{
	if (BN_lebin2bn(scalar.p, (int)scalar.len, s->key) == NULL) {
		return crypto_library(ei, "arithmetic of a key");
	}
	do {
		if (BN_priv_rand_range(s->mask, s->order) != 1) {
			return crypto_library(ei, "random numbers");
		}
	} while (BN_is_zero(s->mask));
	if (BN_bn2lebinpad(s->mask, mask->p, (int)mask->len) < 0 ||
	    BN_mod_mul(s->key, s->key, s->mask, s->order, s->ctx) != 1 ||
	    BN_bn2lebinpad(s->key, masked->p, (int)masked->len) < 0) {
		return crypto_library(ei, "arithmetic of a key");
	}
	return ERR_OK;
}

enum err
gost_mask(struct privkey *k, struct secret *out_masked, struct secret *out_mask,
    struct errinfo *ei)
{
	const enum key_alg alg = privkey_alg(k);
	const size_t len = gost_scalar_size(alg);
	struct secret p8 = SECRET_EMPTY, masked = SECRET_EMPTY;
	struct secret mask = SECRET_EMPTY;
	struct slice scalar;
	struct sums s = {0};
	enum err e;

	if (len == 0) {
		return err_set(ei, ERR_UNSUPPORTED, "key.algorithm", NULL,
		    "a %s key cannot be in such a container; only GOST R "
		    "34.10-2012 can",
		    key_alg_name(alg));
	}
	if ((e = privkey_to_p8_insecure_plain(k, &p8, ei)) == ERR_OK &&
	    (e = scalar_of(secret_slice(&p8), len, &scalar, ei)) == ERR_OK &&
	    (e = secret_init(&masked, len, ei)) == ERR_OK &&
	    (e = secret_init(&mask, len, ei)) == ERR_OK &&
	    (e = sums_init(&s, alg, oid_find(pubkey_params(privkey_pubkey(k))),
		 ei)) == ERR_OK &&
	    (e = mask_scalar(&s, scalar, &masked, &mask, ei)) == ERR_OK) {
		*out_masked = masked;
		*out_mask = mask;
		masked = mask = SECRET_EMPTY;
	}
	sums_clear(&s);
	secret_clear(&p8);
	secret_clear(&masked);
	secret_clear(&mask);
	return crypto_done(e);
}
