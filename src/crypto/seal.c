/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/seal.h"

#include "base/bounds.h"
#include "crypto/gcm_priv.h"
#include "crypto/hash.h"
#include "crypto/ossl_priv.h"

enum {
	SEAL_VERSION = 1,
	TAG_SIZE = GCM_TAG_SIZE,
	AES_KEY_SIZE = GCM_KEY_SIZE
};

/* Each box has a key of its own, so one nonce does. */
static const uint8_t nonce[GCM_NONCE_SIZE];

static enum err
pair_from(EVP_PKEY *pkey, uint8_t pub[SEAL_KEY_SIZE], struct secret *priv,
    struct errinfo *ei)
{
	struct secret key = SECRET_EMPTY;
	uint8_t half[SEAL_KEY_SIZE];
	size_t pub_len = sizeof(half), priv_len = SEAL_KEY_SIZE;
	enum err e;

	if ((e = secret_init(&key, SEAL_KEY_SIZE, ei)) != ERR_OK) {
		return e;
	}
	if (EVP_PKEY_get_raw_public_key(pkey, half, &pub_len) != 1 ||
	    EVP_PKEY_get_raw_private_key(pkey, key.p, &priv_len) != 1 ||
	    pub_len != SEAL_KEY_SIZE || priv_len != SEAL_KEY_SIZE) {
		secret_clear(&key);
		return crypto_library(ei, "X25519 key");
	}
	memcpy(pub, half, SEAL_KEY_SIZE);
	*priv = key;
	return ERR_OK;
}

enum err
seal_keypair(
    uint8_t pub[SEAL_KEY_SIZE], struct secret *priv, struct errinfo *ei)
{
	EVP_PKEY *pkey;
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK) {
		return e;
	}
	pkey = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	if (pkey == NULL) {
		return crypto_library(ei, "X25519 key generation");
	}
	e = pair_from(pkey, pub, priv, ei);
	EVP_PKEY_free(pkey);
	return crypto_done(e);
}

/* False for a low-order public key too: OpenSSL refuses a zero result
 * (RFC 7748 6.1). */
static bool
agree(struct slice priv, struct slice pub, uint8_t out[SEAL_KEY_SIZE])
{
	EVP_PKEY *own = EVP_PKEY_new_raw_private_key_ex(
	    NULL, "X25519", NULL, priv.p, priv.len);
	EVP_PKEY *peer = EVP_PKEY_new_raw_public_key_ex(
	    NULL, "X25519", NULL, pub.p, pub.len);
	EVP_PKEY_CTX *ctx = NULL;
	size_t len = SEAL_KEY_SIZE;
	bool ok = false;

	if (own != NULL && peer != NULL) {
		ctx = EVP_PKEY_CTX_new(own, NULL);
		ok = ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
		     EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
		     EVP_PKEY_derive(ctx, out, &len) == 1 &&
		     len == SEAL_KEY_SIZE;
	}
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(own);
	EVP_PKEY_free(peer);
	return ok;
}

/*
 * RFC 5869 with SHA-256: salt is both public keys, one block of output is the
 * AES key.
 */
static enum err
derive_key(const uint8_t shared[SEAL_KEY_SIZE], struct slice ephemeral,
    struct slice recipient, uint8_t key[AES_KEY_SIZE], struct errinfo *ei)
{
	static const char info[] = "surguch seal 1\x01"; /* T(1)'s counter */
	uint8_t salt[2 * SEAL_KEY_SIZE], prk[HMAC_SHA256_SIZE];
	enum err e;

	memcpy(salt, ephemeral.p, SEAL_KEY_SIZE);
	memcpy(salt + SEAL_KEY_SIZE, recipient.p, SEAL_KEY_SIZE);
	e = hmac_sha256(slice_make(salt, sizeof(salt)),
	    slice_make(shared, SEAL_KEY_SIZE), prk, ei);
	if (e == ERR_OK) {
		e = hmac_sha256(slice_make(prk, sizeof(prk)),
		    slice_make(info, sizeof(info) - 1), key, ei);
	}
	secret_wipe(prk, sizeof(prk));
	return e;
}

static enum err
too_large(struct errinfo *ei, size_t len)
{
	return err_set(ei, ERR_LIMIT, "seal.size", NULL,
	    "a content or context of %zu bytes; at most %d are sealed", len,
	    SEAL_BYTES_MAX);
}

static enum err
seal_body(const uint8_t key[AES_KEY_SIZE], struct slice ephemeral,
    struct slice plain, struct slice context, struct buf *out,
    struct errinfo *ei)
{
	size_t before = out->len;
	uint8_t *at = buf_grow(out, SEAL_OVERHEAD + plain.len);

	if (at == NULL) {
		return buf_err(out, ei);
	}
	at[0] = SEAL_VERSION;
	memcpy(at + 1, ephemeral.p, SEAL_KEY_SIZE);
	at += 1 + SEAL_KEY_SIZE;
	if (!gcm_close(key, nonce, plain, context, at, at + plain.len)) {
		buf_cut(out, before);
		return crypto_library(ei, "AES-GCM");
	}
	return ERR_OK;
}

enum err
seal_to(const uint8_t pub[SEAL_KEY_SIZE], struct slice plain,
    struct slice context, struct buf *out, struct errinfo *ei)
{
	uint8_t own_pub[SEAL_KEY_SIZE], shared[SEAL_KEY_SIZE];
	uint8_t key[AES_KEY_SIZE];
	struct secret own = SECRET_EMPTY;
	struct slice to = slice_make(pub, SEAL_KEY_SIZE), eph;
	enum err e;

	if (plain.len > SEAL_BYTES_MAX || context.len > SEAL_BYTES_MAX) {
		return too_large(
		    ei, plain.len > context.len ? plain.len : context.len);
	}
	if ((e = seal_keypair(own_pub, &own, ei)) != ERR_OK) {
		return e;
	}
	eph = slice_make(own_pub, sizeof(own_pub));
	if (!agree(secret_slice(&own), to, shared)) {
		e = err_set(ei, ERR_CRYPTO, "seal.key", "RFC 7748 6.1",
		    "the recipient's key is not one to seal to");
	} else {
		e = derive_key(shared, eph, to, key, ei);
	}
	if (e == ERR_OK) {
		e = seal_body(key, eph, plain, context, out, ei);
	}
	secret_wipe(shared, sizeof(shared));
	secret_wipe(key, sizeof(key));
	secret_clear(&own);
	return crypto_done(e);
}

static enum err
cannot_open(struct errinfo *ei)
{
	return err_set(ei, ERR_CRYPTO, "seal.open", NULL,
	    "the sealed content does not open with this key and context");
}

static enum err
open_body(const uint8_t key[AES_KEY_SIZE], struct slice body,
    struct slice context, struct secret *out, struct errinfo *ei)
{
	size_t len = body.len - TAG_SIZE;
	struct secret plain = SECRET_EMPTY;
	enum err e;

	if ((e = secret_init(&plain, len, ei)) != ERR_OK) {
		return e;
	}
	if (!gcm_open(key, nonce, slice_make(body.p, len), context,
		slice_make(body.p + len, TAG_SIZE), plain.p)) {
		secret_clear(&plain);
		return cannot_open(ei);
	}
	*out = plain;
	return ERR_OK;
}

enum err
seal_open(const struct secret *priv, const uint8_t pub[SEAL_KEY_SIZE],
    struct slice sealed, struct slice context, struct secret *out,
    struct errinfo *ei)
{
	uint8_t shared[SEAL_KEY_SIZE], key[AES_KEY_SIZE];
	struct slice eph;
	uint8_t version;
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK) {
		return e;
	}
	if (sealed.len > SEAL_BYTES_MAX + SEAL_OVERHEAD ||
	    context.len > SEAL_BYTES_MAX) {
		return too_large(ei, sealed.len);
	}
	if (!slice_get_u8(&sealed, &version) || version != SEAL_VERSION ||
	    !slice_get_bytes(&sealed, SEAL_KEY_SIZE, &eph) ||
	    sealed.len < TAG_SIZE) {
		return err_set(ei, ERR_FORMAT, "seal.form", NULL,
		    "this is not a sealed content of version %d", SEAL_VERSION);
	}
	if (priv->len != SEAL_KEY_SIZE ||
	    !agree(secret_slice(priv), eph, shared)) {
		e = cannot_open(ei);
	} else {
		e = derive_key(
		    shared, eph, slice_make(pub, SEAL_KEY_SIZE), key, ei);
	}
	if (e == ERR_OK) {
		e = open_body(key, sealed, context, out, ei);
	}
	secret_wipe(shared, sizeof(shared));
	secret_wipe(key, sizeof(key));
	return crypto_done(e);
}
