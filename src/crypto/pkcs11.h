/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_PKCS11_H
#define SURGUCH_CRYPTO_PKCS11_H
/*
 * Keys behind a PKCS#11 module (OASIS PKCS#11 2.40): made there, used there,
 * never read.  EC P-256 and P-384, RSA (PKCS#1 v1.5) and Ed25519.
 *
 * A module is code of another maker: it may fail, hang, lose its device and
 * get it back, and answer wrongly.  So
 * - every call that may wait for a device runs on a thread of the key's own,
 *   and is waited for PKCS11_WAIT_MS; what a call that was given up still
 *   returns is thrown away;
 * - after any failure the session is opened anew, with the PIN, and the
 *   signature is tried once more; a key comes back with its device;
 * - a PIN that the token refused is forgotten and never tried again, and none
 *   is tried when it would be the last try (facts 2.4);
 * - whoever signs checks the signature (privkey_is_foreign()).
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum {
	PKCS11_LABEL_SIZE = 65,  /* of a key; a token's has 32 bytes */
	PKCS11_SERIAL_SIZE = 17, /* of a token: 16 bytes */
	PKCS11_ID_MAX = 32,
};

struct pkcs11;
struct privkey;

/* Which key; what is empty may be anything, but one key must be meant. */
struct pkcs11_where {
	char token[PKCS11_LABEL_SIZE]; /* the token's label */
	char serial[PKCS11_SERIAL_SIZE];
	char label[PKCS11_LABEL_SIZE]; /* the key's CKA_LABEL */
	uint8_t id[PKCS11_ID_MAX];     /* and CKA_ID */
	size_t id_len;
};

/*
 * Load the module at an absolute path and initialise it; one of each process,
 * before its walls.  The caller owns *out and frees it after the keys.
 * ERR_UNSUPPORTED "library.load", "pkcs11.version"; ERR_AGAIN "key.module".
 */
ATTR_MUST_USE enum err pkcs11_load(
    const char *path, struct pkcs11 **out, struct errinfo *ei);
void pkcs11_free(struct pkcs11 *m); /* NULL allowed */

/*
 * Make a key pair that the token keeps and never gives out; the whole
 * SubjectPublicKeyInfo to out_spki.  spec as for privkey_generate(): p256,
 * p384, ed25519, rsa:2048, rsa:3072, rsa:4096; ERR_UNSUPPORTED "key.spec" for
 * others.  ERR_CONFLICT "key.exists" when such a key is there already; and the
 * errors of privkey_ready().
 */
ATTR_MUST_USE enum err pkcs11_make_key(struct pkcs11 *m,
    const struct pkcs11_where *w, struct slice pin, const char *spec,
    struct buf *out_spki, struct errinfo *ei);

/*
 * The key, for privkey_sign(); its public half is known from when it was made.
 * Nothing is asked of the module before privkey_ready() or privkey_sign().
 * Borrows m; copies the PIN.  One key a module.  ERR_UNSUPPORTED
 * "key.algorithm".
 *
 * Both fail with ERR_AGAIN, nothing having happened:
 * "key.module"   the module failed (the text names function and CKR_ code)
 * "key.hung"     it has not answered in time, or a call before has not
 * "key.token"    no such token is there, or more than one
 * "key.absent"   the token has no such key, or more than one
 * "key.pin"      the token refused the PIN
 * "key.pin_last" the next wrong PIN would lock the token, or it is locked
 * "key.locked"   the PIN was refused before
 */
ATTR_MUST_USE enum err pkcs11_privkey(struct pkcs11 *m,
    const struct pkcs11_where *w, struct slice pin, struct slice spki,
    struct privkey **out, struct errinfo *ei);

#endif
