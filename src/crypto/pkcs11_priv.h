/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_PKCS11_PRIV_H
#define SURGUCH_CRYPTO_PKCS11_PRIV_H
/* What the pkcs11*.c files share.  All PKCS#11 names come from here. */
#include <stdbool.h>
#include <string.h>

#include <p11-kit/pkcs11.h>
#undef hash_alg /* its own names for its fields stay defined */

#include "base/buf.h"
#include "base/secret.h"
#include "crypto/alg.h"
#include "crypto/pkcs11.h"

struct pkcs11 {
	CK_FUNCTION_LIST *f;
	bool initialised;
	bool hung; /* a call never came back: touch it no more */
};

/* PKCS#11 has no const: one type serves for what is read and written. */
static inline CK_ATTRIBUTE
pkcs11_attribute(CK_ATTRIBUTE_TYPE type, const void *p, size_t len)
{
	CK_ATTRIBUTE a = {type, NULL, len};

	memcpy(&a.pValue, &p, sizeof(a.pValue));
	return a;
}

/* A session with a token, logged in, and the private key found. */
struct pkcs11_session {
	CK_SESSION_HANDLE handle;
	CK_OBJECT_HANDLE key;
	bool open;
};

/* ERR_AGAIN "key.module": `function` answered rv. */
ATTR_MUST_USE enum err pkcs11_failed(
    struct errinfo *ei, const char *function, CK_RV rv);

ATTR_MUST_USE enum err pkcs11_initialise(struct pkcs11 *m, struct errinfo *ei);
void pkcs11_finalise(struct pkcs11 *m);

/*
 * Open a session and log in with the PIN, which is wiped when the token
 * refuses it.  flags: 0, or CKF_RW_SESSION.  The errors of privkey_ready().
 */
ATTR_MUST_USE enum err pkcs11_session_open(struct pkcs11 *m,
    const struct pkcs11_where *w, struct secret *pin, CK_FLAGS flags,
    struct pkcs11_session *out, struct errinfo *ei);
/* Find the key: how many there are, counted up to 2. */
ATTR_MUST_USE enum err pkcs11_session_find(struct pkcs11 *m,
    struct pkcs11_session *s, const struct pkcs11_where *w, size_t *out_num,
    struct errinfo *ei);
void pkcs11_session_close(struct pkcs11 *m, struct pkcs11_session *s);

/*
 * What each algorithm wants of C_Sign for such an input
 * (crypto/privkey_priv.h): `out` is appended to, *out_mechanism is CKM_...; and
 * what it gives, as X.509 carries it.
 */
ATTR_MUST_USE enum err pkcs11_sign_input(enum key_alg key, enum sig_alg alg,
    struct slice input, CK_MECHANISM_TYPE *out_mechanism, struct buf *out,
    struct errinfo *ei);
ATTR_MUST_USE enum err pkcs11_sign_output(enum key_alg key, struct slice raw,
    struct buf *out_sig, struct errinfo *ei);

#endif
