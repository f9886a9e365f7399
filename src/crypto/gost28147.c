/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine has no ECB and no MAC without key meshing.  A block of CBC under a
 * zero vector is one of ECB; and as the MAC is a chain whose state is what the
 * last block gave, one of at most 1,024 bytes (which nothing meshes) carries
 * its state into the next as its first block.
 */
#include "crypto/gost28147.h"

#include "crypto/ossl_priv.h"

enum {
	CHUNK = 512 /* under 1,024, with room for what is left at the end */
};

static const char *const set_names[GOST89_SETS] = {
    [GOST89_Z] = "id-tc26-gost-28147-param-Z",
    [GOST89_A] = "id-Gost28147-89-CryptoPro-A-ParamSet",
};

static enum err
bad_size(struct errinfo *ei)
{
	return err_set(ei, ERR_FORMAT, "gost89.size", "RFC 5830",
	    "GOST 28147-89 has keys of %d bytes and blocks of %d",
	    GOST89_KEY_SIZE, GOST89_BLOCK_SIZE);
}

/* --- blocks ---------------------------------------------------------------
 */

static bool
one_block(EVP_CIPHER_CTX *ctx, struct slice key, const uint8_t *in,
    uint8_t *out, bool encrypt)
{
	static const uint8_t zero[GOST89_BLOCK_SIZE];
	int len = 0;

	return EVP_CipherInit_ex(
		   ctx, NULL, NULL, key.p, zero, encrypt ? 1 : 0) == 1 &&
	       EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
	       EVP_CipherUpdate(ctx, out, &len, in, GOST89_BLOCK_SIZE) == 1 &&
	       len == GOST89_BLOCK_SIZE;
}

enum err
gost89_ecb(enum gost89_set set, struct slice key, struct slice data,
    bool encrypt, struct secret *out, struct errinfo *ei)
{
	const EVP_CIPHER *cipher;
	EVP_CIPHER_CTX *ctx;
	struct secret s = SECRET_EMPTY;
	bool ok;
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK) {
		return e;
	}
	if (key.len != GOST89_KEY_SIZE || data.len == 0 ||
	    data.len % GOST89_BLOCK_SIZE != 0 || data.len > GOST89_DATA_MAX) {
		return bad_size(ei);
	}
	if ((e = secret_init(&s, data.len, ei)) != ERR_OK) {
		return e;
	}
	cipher = EVP_get_cipherbyname("gost89-cbc");
	ctx = EVP_CIPHER_CTX_new();
	ok = ctx != NULL && cipher != NULL &&
	     EVP_CipherInit_ex(
		 ctx, cipher, NULL, NULL, NULL, encrypt ? 1 : 0) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_SET_SBOX, 0,
		 (void *)(uintptr_t)set_names[set]) > 0;
	for (size_t i = 0; ok && i < data.len; i += GOST89_BLOCK_SIZE) {
		ok = one_block(ctx, key, data.p + i, s.p + i, encrypt);
	}
	EVP_CIPHER_CTX_free(ctx);
	if (!ok) {
		secret_clear(&s);
		return crypto_library(ei, "GOST 28147-89");
	}
	*out = s;
	return crypto_done(ERR_OK);
}

/* --- MAC ------------------------------------------------------------------
 */

static EVP_PKEY *
mac_key(enum gost89_set set, struct slice key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(NID_id_Gost28147_89_MAC, NULL);
	EVP_PKEY *pkey = NULL;

	if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 ||
	    EVP_PKEY_CTX_ctrl(ctx, -1, EVP_PKEY_OP_KEYGEN,
		EVP_PKEY_CTRL_SET_MAC_KEY, GOST89_KEY_SIZE,
		(void *)(uintptr_t)key.p) <= 0 ||
	    EVP_PKEY_CTX_ctrl_str(ctx, "paramset", set_names[set]) <= 0 ||
	    EVP_PKEY_keygen(ctx, &pkey) != 1) {
		pkey = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

/* What the chain's last block gave, of which the MAC is the first half. */
static bool
mac_of(EVP_PKEY *key, struct slice data, uint8_t out[GOST89_BLOCK_SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	uint8_t mac[EVP_MAX_MD_SIZE];
	size_t len = sizeof(mac);
	bool ok;

	ok = ctx != NULL &&
	     EVP_DigestSignInit(ctx, &pctx, NULL, NULL, key) == 1 &&
	     EVP_PKEY_CTX_ctrl_str(pctx, "size", "8") > 0 &&
	     EVP_DigestSignUpdate(ctx, data.p, data.len) == 1 &&
	     EVP_DigestSignFinal(ctx, mac, &len) == 1 &&
	     len == GOST89_BLOCK_SIZE;
	EVP_MD_CTX_free(ctx);
	if (ok) {
		memcpy(out, mac, GOST89_BLOCK_SIZE);
	}
	return ok;
}

/* The engine takes a block alone for too short, so that the last piece is
 * never smaller than half of a chunk. */
static bool
mac_in_pieces(EVP_PKEY *key, struct slice data, uint8_t out[GOST89_BLOCK_SIZE])
{
	uint8_t piece[CHUNK + CHUNK / 2];
	uint8_t state[GOST89_BLOCK_SIZE] = {0};
	bool ok = true;

	while (ok && data.len > 0) {
		size_t len = data.len <= sizeof(piece) ? data.len : CHUNK;
		struct slice part;

		ok = slice_get_bytes(&data, len, &part);
		memset(piece, 0, sizeof(piece));
		memcpy(piece, part.p, len);
		for (size_t i = 0; i < GOST89_BLOCK_SIZE; i++) {
			piece[i] ^= state[i];
		}
		/* The last block is filled up with zeros here, too. */
		len = (len + GOST89_BLOCK_SIZE - 1) / GOST89_BLOCK_SIZE *
		      GOST89_BLOCK_SIZE;
		ok = ok && mac_of(key, slice_make(piece, len), state);
	}
	memcpy(out, state, GOST89_BLOCK_SIZE);
	return ok;
}

enum err
gost89_mac(enum gost89_set set, bool meshing, struct slice key,
    struct slice data, uint8_t out[GOST89_MAC_SIZE], struct errinfo *ei)
{
	uint8_t state[GOST89_BLOCK_SIZE];
	EVP_PKEY *pkey;
	bool ok;
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK) {
		return e;
	}
	if (key.len != GOST89_KEY_SIZE || data.len <= GOST89_BLOCK_SIZE ||
	    data.len > GOST89_DATA_MAX) {
		return bad_size(ei);
	}
	pkey = mac_key(set, key);
	ok = pkey != NULL && (meshing ? mac_of(pkey, data, state)
				      : mac_in_pieces(pkey, data, state));
	EVP_PKEY_free(pkey);
	if (!ok) {
		return crypto_library(ei, "GOST 28147-89 MAC");
	}
	memcpy(out, state, GOST89_MAC_SIZE);
	return crypto_done(ERR_OK);
}
