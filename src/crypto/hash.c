/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hash.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/bounds.h"
#include "crypto/ossl_priv.h"

size_t
hash_size(enum hash_alg alg)
{
	static const size_t sizes[HASH_ALG_MAX_] = {
	    [HASH_NONE] = 0,
	    [HASH_SHA1] = 20,
	    [HASH_SHA256] = 32,
	    [HASH_SHA384] = 48,
	    [HASH_SHA512] = 64,
	    [HASH_STREEBOG256] = 32,
	    [HASH_STREEBOG512] = 64,
	};

	return (unsigned)alg < HASH_ALG_MAX_ ? sizes[alg] : 0;
}

static enum err
digest(const EVP_MD *md, size_t size, struct slice data, uint8_t *out,
    struct errinfo *ei)
{
	uint8_t value[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (EVP_Digest(data.p, data.len, value, &len, md, NULL) != 1 ||
	    len != size) {
		return crypto_library(ei, "digest");
	}
	memcpy(out, value, len);
	return crypto_done(ERR_OK);
}

enum err
hash_of(enum hash_alg alg, struct slice data, uint8_t out[HASH_SIZE_MAX],
    struct errinfo *ei)
{
	enum err e;

	if (hash_size(alg) == 0) {
		return err_set(ei, ERR_UNSUPPORTED, "alg.hash", NULL,
		    "no digest was chosen");
	}
	e = crypto_need(ei);
	return e == ERR_OK
		   ? digest(crypto_md(alg), hash_size(alg), data, out, ei)
		   : e;
}

enum err
sha256_of(struct slice data, uint8_t out[SHA256_SIZE], struct errinfo *ei)
{
	uint8_t value[HASH_SIZE_MAX];
	enum err e = hash_of(HASH_SHA256, data, value, ei);

	if (e == ERR_OK) {
		memcpy(out, value, SHA256_SIZE);
	}
	return e;
}

enum err
sha256_of_buf(const struct buf *b, uint8_t out[SHA256_SIZE], struct errinfo *ei)
{
	enum err e = buf_err(b, ei);

	return e == ERR_OK ? sha256_of(buf_slice(b), out, ei) : e;
}

enum err
md5_of(struct slice data, uint8_t out[MD5_SIZE], struct errinfo *ei)
{
	enum err e = crypto_need(ei);

	return e == ERR_OK ? digest(EVP_md5(), MD5_SIZE, data, out, ei) : e;
}

struct hasher {
	EVP_MD_CTX *ctx;
	bool failed;
};

enum err
hasher_new(enum hash_alg alg, struct hasher **out, struct errinfo *ei)
{
	struct hasher *h;
	enum err e = crypto_need(ei);

	if (e != ERR_OK) {
		return e;
	}
	h = calloc(1, sizeof(*h));
	if (h == NULL) {
		return err_nomem(ei);
	}
	h->ctx = EVP_MD_CTX_new();
	if (h->ctx == NULL ||
	    EVP_DigestInit_ex(h->ctx, crypto_md(alg), NULL) != 1) {
		hasher_free(h);
		return crypto_library(ei, "digest");
	}
	*out = h;
	return crypto_done(ERR_OK);
}

void
hasher_add(struct hasher *h, struct slice data)
{
	if (EVP_DigestUpdate(h->ctx, data.p, data.len) != 1) {
		h->failed = true;
	}
}

enum err
hasher_end(struct hasher *h, uint8_t out[HASH_SIZE_MAX], struct errinfo *ei)
{
	uint8_t md[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (h->failed || EVP_DigestFinal_ex(h->ctx, md, &len) != 1) {
		return crypto_library(ei, "digest");
	}
	memcpy(out, md, len);
	return crypto_done(ERR_OK);
}

void
hasher_free(struct hasher *h)
{
	if (h != NULL) {
		EVP_MD_CTX_free(h->ctx);
		free(h);
	}
}

enum err
hmac_sha256(struct slice key, struct slice data, uint8_t out[HMAC_SHA256_SIZE],
    struct errinfo *ei)
{
	static const uint8_t nothing[1];
	uint8_t md[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK) {
		return e;
	}
	if (key.len > INT_MAX ||
	    HMAC(crypto_md(HASH_SHA256), key.len == 0 ? nothing : key.p,
		(int)key.len, data.p, data.len, md, &len) == NULL ||
	    len != HMAC_SHA256_SIZE) {
		return crypto_library(ei, "HMAC");
	}
	memcpy(out, md, HMAC_SHA256_SIZE);
	secret_wipe(md, sizeof(md));
	return crypto_done(ERR_OK);
}

enum err
pbkdf2_sha256(struct slice password, struct slice salt, unsigned iterations,
    size_t out_len, struct secret *out, struct errinfo *ei)
{
	struct secret key = SECRET_EMPTY;
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK) {
		return e;
	}
	if (iterations < 1 || iterations > KDF_ITERATIONS_MAX ||
	    password.len > PASSPHRASE_MAX || salt.len > PASSPHRASE_MAX ||
	    out_len == 0 || out_len > PASSPHRASE_MAX) {
		return err_set(ei, ERR_LIMIT, "kdf.limits", "RFC 8018 5.2",
		    "key derivation takes 1..%d iterations and %d bytes",
		    KDF_ITERATIONS_MAX, PASSPHRASE_MAX);
	}
	if ((e = secret_init(&key, out_len, ei)) != ERR_OK) {
		return e;
	}
	if (PKCS5_PBKDF2_HMAC((const char *)password.p, (int)password.len,
		salt.p, (int)salt.len, (int)iterations, crypto_md(HASH_SHA256),
		(int)out_len, key.p) != 1) {
		secret_clear(&key);
		return crypto_library(ei, "PBKDF2");
	}
	*out = key;
	return crypto_done(ERR_OK);
}
