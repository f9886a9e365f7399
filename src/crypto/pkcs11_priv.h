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
#include "crypto/token.h"
#include "der/oid.h"

/* Rutoken's numbers for 512 bits (its public headers). */
#define CKK_GOSTR3410_512              0xD4321003UL
#define CKM_GOSTR3410_512_KEY_PAIR_GEN 0xD4321005UL
#define CKM_GOSTR3410_512              0xD4321006UL

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

/* A fixed field of PKCS#11, filled up with spaces: is it this text? */
bool pkcs11_is_padded(const CK_UTF8CHAR *field, size_t size, const char *text);

/* The kinds of key pairs (pkcs11_make.c). */
struct pkcs11_spec {
	const char spec[TOKEN_SPEC_SIZE];
	enum oid curve; /* or parameter set; of RSA none */
	CK_MECHANISM_TYPE mechanism;
	CK_KEY_TYPE type;
	CK_ULONG bits; /* RSA */
	size_t point_len;
};
/* NULL: none of this name; gost: those as well. */
const struct pkcs11_spec *pkcs11_spec_find(const char *spec, bool gost);
/* Which one this public key is; NULL: none. */
const struct pkcs11_spec *pkcs11_spec_of(struct slice spki);

/* Into an open read-write session. */
ATTR_MUST_USE enum err pkcs11_generate(struct pkcs11 *m,
    CK_SESSION_HANDLE session, const struct pkcs11_where *names,
    const struct pkcs11_spec *spec, CK_OBJECT_HANDLE *out_public,
    CK_OBJECT_HANDLE *out_private, struct errinfo *ei);
/* The whole SubjectPublicKeyInfo of a public key object: of this kind, or,
 * spec NULL, of the kind that the object says.  ERR_UNSUPPORTED "key.spec",
 * ERR_FORMAT "key.form". */
ATTR_MUST_USE enum err pkcs11_read_spki(struct pkcs11 *m,
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
    const struct pkcs11_spec *spec, struct buf *out, struct errinfo *ei);
/* One attribute, at most size bytes. */
ATTR_MUST_USE enum err pkcs11_read_attribute(struct pkcs11 *m,
    CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    uint8_t *out, size_t size, struct slice *out_value, struct errinfo *ei);

/*
 * A thread for calls that may wait for a device, and what it does one at a
 * time (pkcs11_thread.c).  It is started at the first job.
 */
struct pkcs11_thread;
struct pkcs11_job {
	enum err (*run)(struct pkcs11_job *job, struct errinfo *ei);
	/* On the thread: the job was given up, and has returned after all. */
	void (*lost)(struct pkcs11_job *job);
	void *arg;
};
/* end: on the thread, when it is stopped. */
ATTR_MUST_USE enum err pkcs11_thread_new(void (*end)(void *arg), void *arg,
    struct pkcs11_thread **out, struct errinfo *ei);
/* False: a job never came back, which keeps the thread and all that it
 * reaches; nothing of that is freed.  NULL is fine. */
ATTR_MUST_USE bool pkcs11_thread_free(struct pkcs11_thread *t);
/* Take the turn, to fill in a job and do it.  ERR_AGAIN "key.hung": a job
 * that was given up has not returned; the turn is not taken. */
ATTR_MUST_USE enum err pkcs11_thread_begin(
    struct pkcs11_thread *t, struct errinfo *ei);
/* The same, but waits no longer than that for others: ERR_AGAIN "key.busy". */
ATTR_MUST_USE enum err pkcs11_thread_begin_by(
    struct pkcs11_thread *t, unsigned wait_ms, struct errinfo *ei);
/* The same, but *out_busy, and no turn, when somebody else has it. */
ATTR_MUST_USE enum err pkcs11_thread_try(
    struct pkcs11_thread *t, bool *out_busy, struct errinfo *ei);
void pkcs11_thread_end(struct pkcs11_thread *t);
/* Done, or ERR_AGAIN "key.hung" after wait_ms: the job is the thread's then,
 * until `lost` has it.  "key.thread". */
ATTR_MUST_USE enum err pkcs11_thread_do(struct pkcs11_thread *t,
    struct pkcs11_job *job, unsigned wait_ms, struct errinfo *ei);

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
