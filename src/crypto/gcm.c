/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/gcm_priv.h"

#include "crypto/ossl_priv.h"

bool
gcm_close(const uint8_t *key, const uint8_t *nonce, struct slice plain,
    struct slice context, uint8_t *out, uint8_t *tag)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;
	bool ok;

	ok =
	    ctx != NULL &&
	    EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
	    EVP_EncryptUpdate(ctx, NULL, &n, context.p, (int)context.len) ==
		1 &&
	    EVP_EncryptUpdate(ctx, out, &n, plain.p, (int)plain.len) == 1 &&
	    EVP_EncryptFinal_ex(ctx, out + n, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, GCM_TAG_SIZE, tag) ==
		1;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

bool
gcm_open(const uint8_t *key, const uint8_t *nonce, struct slice sealed,
    struct slice context, struct slice tag, uint8_t *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t copy[GCM_TAG_SIZE];
	int n = 0;
	bool ok;

	memcpy(copy, tag.p, GCM_TAG_SIZE);
	ok =
	    ctx != NULL &&
	    EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
	    EVP_DecryptUpdate(ctx, NULL, &n, context.p, (int)context.len) ==
		1 &&
	    EVP_DecryptUpdate(ctx, out, &n, sealed.p, (int)sealed.len) == 1 &&
	    EVP_CIPHER_CTX_ctrl(
		ctx, EVP_CTRL_GCM_SET_TAG, GCM_TAG_SIZE, copy) == 1 &&
	    EVP_DecryptFinal_ex(ctx, out + n, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	return ok;
}
