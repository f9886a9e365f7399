/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_PFX_H
#define SURGUCH_CRYPTO_PFX_H
/*
 * A key and its certificate as one file under a password: PKCS#12 (RFC 7292),
 * usually called .pfx or .p12.
 *
 * Written with PBES2: GOST keys as RFC 9548 has it (GOST 28147-89, set Z, under
 * HMAC-Streebog-512, and a MAC by HMAC-Streebog-512), others with AES-256-CBC
 * and HMAC-SHA-256.  Read: those, Magma and Kuznyechik in CTR-ACPKM, and
 * 3DES-SHA1, which older Windows writes.  Needs crypto_init().
 */
#include <stddef.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct privkey;

struct pfx_options {
	struct privkey *key;
	struct slice cert;     /* of this key; empty: none */
	const char *name;      /* for people; UTF-8 */
	struct slice password; /* UTF-8, not empty */
	/* PBKDF2 rounds, three times each file; 0: what a person's password
	 * wants. */
	unsigned iterations;
};

/*
 * Append the file.  ERR_POLICY "pfx.password.empty"; ERR_LIMIT
 * "pfx.password.size", "key.iterations"; ERR_CONFLICT "pfx.cert.key";
 * ERR_FORMAT of the certificate; ERR_UNSUPPORTED "key.not_exportable".
 */
ATTR_MUST_USE enum err pfx_build(
    const struct pfx_options *o, struct buf *out, struct errinfo *ei);

/* What is in one. */
struct pfx {
	struct privkey *key;
	struct buf cert;   /* of this key, or empty */
	size_t num_others; /* certificates, which are left where they are */
	char name[CONTAINER_LABEL_MAX + 1]; /* clean UTF-8, or "" */
};

/*
 * Read it; on success the caller ends with pfx_clear().  max_iterations over
 * all parts together, at most (and for 0) KDF_ITERATIONS_MAX.
 *
 * ERR_LIMIT "pfx.size" (PFX_BYTES_MAX), "pfx.parts", "key.iterations";
 * ERR_FORMAT "pfx.form"; ERR_UNSUPPORTED "pfx.cipher", "key.cipher", "pfx.mac"
 * (none, or one by a key pair), "pfx.keys" (more than one); ERR_NOTFOUND
 * "pfx.no_key"; ERR_CRYPTO "pfx.password" (wrong, or so much is damaged that it
 * cannot be told), "pfx.damaged" (the password is right, and something was
 * changed); what privkey_from_p8() says of the key.
 */
ATTR_MUST_USE enum err pfx_open(struct slice der, struct slice password,
    unsigned max_iterations, struct pfx *out, struct errinfo *ei);
void pfx_clear(struct pfx *p);

#endif
