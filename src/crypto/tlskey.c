/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/tlskey.h"

#include "crypto/ossl_priv.h"
#include "crypto/privkey.h"

enum {
	LINE_BYTES = 48
}; /* 64 characters of base64 */

static const char head[] = "-----BEGIN PRIVATE KEY-----\n";
static const char tail[] = "-----END PRIVATE KEY-----\n";

enum err
privkey_to_pem_insecure_plain(
    struct privkey *k, struct secret *out, struct errinfo *ei)
{
	struct secret der = SECRET_EMPTY, pem = SECRET_EMPTY;
	size_t lines, at = sizeof(head) - 1, done = 0;
	enum err e;

	if ((e = privkey_to_p8_insecure_plain(k, &der, ei)) != ERR_OK) {
		return e;
	}
	lines = (der.len + LINE_BYTES - 1) / LINE_BYTES;
	/* 64 characters and a line end each, and the coder's own NUL. */
	e = secret_init(&pem, at + lines * 65 + sizeof(tail) + 1, ei);
	if (e != ERR_OK) {
		goto out;
	}
	memcpy(pem.p, head, at);
	while (done < der.len) {
		size_t n =
		    der.len - done < LINE_BYTES ? der.len - done : LINE_BYTES;

		at += (size_t)EVP_EncodeBlock(pem.p + at, der.p + done, (int)n);
		pem.p[at++] = '\n';
		done += n;
	}
	memcpy(pem.p + at, tail, sizeof(tail));
	/* The exact length, with the NUL. */
	e = secret_copy(out, slice_make(pem.p, at + sizeof(tail)), ei);
out:
	secret_clear(&der);
	secret_clear(&pem);
	return crypto_done(e);
}
