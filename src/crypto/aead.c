/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/aead.h"

#include "base/bounds.h"
#include "crypto/gcm_priv.h"
#include "crypto/ossl_priv.h"

enum {
	AEAD_VERSION = 1,
	NONCE_SIZE = GCM_NONCE_SIZE,
	TAG_SIZE = GCM_TAG_SIZE
};

static enum err
aead_check(
    struct slice key, size_t len, struct slice context, struct errinfo *ei)
{
	if (key.len != AEAD_KEY_SIZE) {
		return err_set(ei, ERR_FORMAT, "aead.key", NULL,
		    "the key has %zu bytes and not 32", key.len);
	}
	if (len > SEAL_BYTES_MAX || context.len > SEAL_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "aead.size", NULL,
		    "more than %d bytes to encrypt at once", SEAL_BYTES_MAX);
	}
	return crypto_need(ei);
}

enum err
aead_close(struct slice key, struct slice plain, struct slice context,
    struct buf *out, struct errinfo *ei)
{
	size_t before = out->len;
	uint8_t *p;
	enum err e;

	if ((e = aead_check(key, plain.len, context, ei)) != ERR_OK) {
		return e;
	}
	p = buf_grow(out, AEAD_OVERHEAD + plain.len);
	if (p == NULL) {
		return buf_err(out, ei);
	}
	p[0] = AEAD_VERSION;
	if (RAND_bytes(p + 1, NONCE_SIZE) != 1 ||
	    !gcm_close(key.p, p + 1, plain, context, p + 1 + NONCE_SIZE,
		p + 1 + NONCE_SIZE + plain.len)) {
		buf_cut(out, before);
		return crypto_library(ei, "AES-256-GCM");
	}
	return crypto_done(ERR_OK);
}

enum err
aead_open(struct slice key, struct slice closed, struct slice context,
    struct secret *out, struct errinfo *ei)
{
	struct secret plain = SECRET_EMPTY;
	struct slice nonce, sealed, tag;
	uint8_t version;
	enum err e;

	if (closed.len < AEAD_OVERHEAD || !slice_get_u8(&closed, &version) ||
	    version != AEAD_VERSION ||
	    !slice_get_bytes(&closed, NONCE_SIZE, &nonce) ||
	    !slice_get_bytes(&closed, closed.len - TAG_SIZE, &sealed)) {
		return err_set(ei, ERR_FORMAT, "aead.form", NULL,
		    "this is not something that was encrypted here");
	}
	tag = closed;
	if ((e = aead_check(key, sealed.len, context, ei)) != ERR_OK ||
	    (e = secret_init(&plain, sealed.len, ei)) != ERR_OK) {
		return e;
	}
	if (!gcm_open(key.p, nonce.p, sealed, context, tag, plain.p)) {
		secret_clear(&plain);
		return crypto_done(err_set(ei, ERR_CRYPTO, "aead.open", NULL,
		    "the key, the place or the bytes are not those of the "
		    "encryption"));
	}
	*out = plain;
	return crypto_done(ERR_OK);
}
