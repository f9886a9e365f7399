/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The private key: each of its jobs is done by one thread (pkcs11_thread.c),
 * which keeps a session open.
 */
#include <stdlib.h>

#include "base/bounds.h"
#include "crypto/pkcs11_priv.h"
#include "crypto/privkey.h"
#include "crypto/privkey_priv.h"
#include "crypto/pubkey.h"

enum {
	/* A slow card signs with RSA-4096 in 3 s; front waits 30 s. */
	PKCS11_WAIT_MS = 8000
};

struct token_key {
	struct pkcs11 *m;
	struct pkcs11_where where;
	enum key_alg alg;
	struct secret pin;
	struct pkcs11_thread *thread;

	struct pkcs11_job job;
	bool only_connect;
	CK_MECHANISM_TYPE mechanism;
	struct buf input;
	struct buf raw; /* what C_Sign gave */

	struct pkcs11_session session; /* the thread's */
};

/* --- on the key's thread ------------------------------------------------ */

/* Nothing that failed is relied on again, the library's state included: some
 * see a device that came back only after a new C_Initialize. */
static void
disconnect(struct token_key *k)
{
	pkcs11_session_close(k->m, &k->session);
	pkcs11_finalise(k->m);
}

static enum err
connect_key(struct token_key *k, struct errinfo *ei)
{
	size_t num = 0;
	enum err e;

	if (k->session.open) {
		return ERR_OK;
	}
	e = pkcs11_session_open(k->m, &k->where, &k->pin, 0, &k->session, ei);
	if (e == ERR_OK) {
		e = pkcs11_session_find(k->m, &k->session, &k->where, &num, ei);
	}
	if (e == ERR_OK && num != 1) {
		e = err_set(ei, ERR_AGAIN, "key.absent", NULL,
		    num == 0 ? "The token has no key %s of this id."
			     : "The token has more than one key %s: name it by "
			       "its id, too.",
		    k->where.label);
	}
	if (e != ERR_OK) {
		disconnect(k);
	}
	return e;
}

static enum err
sign_once(struct token_key *k, struct errinfo *ei)
{
	CK_MECHANISM mechanism = {k->mechanism, NULL, 0};
	CK_ULONG len = SIGNATURE_BYTES_MAX;
	uint8_t sig[SIGNATURE_BYTES_MAX];
	const char *function = "C_SignInit";
	CK_RV rv;

	rv = k->m->f->C_SignInit(k->session.handle, &mechanism, k->session.key);
	if (rv == CKR_OK) {
		function = "C_Sign";
		rv = k->m->f->C_Sign(
		    k->session.handle, k->input.p, k->input.len, sig, &len);
	}
	if (rv != CKR_OK || len > sizeof(sig)) {
		disconnect(k);
		return pkcs11_failed(ei, function, rv);
	}
	buf_reset(&k->raw);
	buf_add(&k->raw, slice_make(sig, len));
	return buf_err(&k->raw, ei);
}

/* A session that was lost while nobody looked is worth a second try. */
static enum err
work(struct pkcs11_job *job, struct errinfo *ei)
{
	struct token_key *k = job->arg;
	bool fresh = !k->session.open;
	enum err e = connect_key(k, ei);

	if (e != ERR_OK || k->only_connect) {
		return e;
	}
	e = sign_once(k, ei);
	if (e == ERR_AGAIN && !fresh) {
		e = connect_key(k, ei);
		if (e == ERR_OK) {
			e = sign_once(k, ei);
		}
	}
	return e;
}

/* What it made is nobody's. */
static void
lost(struct pkcs11_job *job)
{
	struct token_key *k = job->arg;

	buf_wipe(&k->raw);
	disconnect(k);
}

static void
end(void *arg)
{
	struct token_key *k = arg;

	pkcs11_session_close(k->m, &k->session);
}

/* --- on the caller's ---------------------------------------------------- */

static enum err
module_key_ready(void *self, struct errinfo *ei)
{
	struct token_key *k = self;
	enum err e = pkcs11_thread_begin(k->thread, ei);

	if (e != ERR_OK) {
		return e;
	}
	k->only_connect = true;
	e = pkcs11_thread_do(k->thread, &k->job, PKCS11_WAIT_MS, ei);
	pkcs11_thread_end(k->thread);
	return e;
}

static enum err
module_key_sign(void *self, enum sig_alg alg, struct slice input,
    struct buf *out_sig, struct errinfo *ei)
{
	struct token_key *k = self;
	enum err e = pkcs11_thread_begin(k->thread, ei);

	if (e != ERR_OK) {
		return e;
	}
	buf_reset(&k->input);
	e = pkcs11_sign_input(k->alg, alg, input, &k->mechanism, &k->input, ei);
	if (e == ERR_OK) {
		k->only_connect = false;
		e = pkcs11_thread_do(k->thread, &k->job, PKCS11_WAIT_MS, ei);
	}
	if (e == ERR_OK) {
		e = pkcs11_sign_output(k->alg, buf_slice(&k->raw), out_sig, ei);
	}
	pkcs11_thread_end(k->thread);
	return e;
}

static void
module_key_free(void *self)
{
	struct token_key *k = self;

	if (!pkcs11_thread_free(k->thread)) {
		/* Its thread will need it all, if it ever comes back. */
		k->m->hung = true;
		return;
	}
	secret_clear(&k->pin);
	buf_clear(&k->input);
	buf_wipe(&k->raw);
	free(k);
}

static const struct privkey_ops module_key_ops = {
    .sign = module_key_sign,
    .ready = module_key_ready,
    .free = module_key_free,
    .foreign = true,
};

enum err
pkcs11_privkey(struct pkcs11 *m, const struct pkcs11_where *w, struct slice pin,
    struct slice spki, struct privkey **out, struct errinfo *ei)
{
	struct token_key *k = calloc(1, sizeof(*k));
	struct privkey *key = NULL;
	enum err e;

	if (k == NULL) {
		return err_nomem(ei);
	}
	k->m = m;
	k->where = *w;
	buf_init(&k->input, CRL_BYTES_MAX); /* Ed25519 takes it whole */
	buf_init(&k->raw, SIGNATURE_BYTES_MAX);
	k->job = (struct pkcs11_job){.run = work, .lost = lost, .arg = k};
	e = pkcs11_thread_new(end, k, &k->thread, ei);
	if (e == ERR_OK) {
		e = secret_copy(&k->pin, pin, ei);
	}
	if (e != ERR_OK) {
		module_key_free(k);
		return e;
	}
	e = privkey_wrap_take(&module_key_ops, k, spki, &key, ei);
	if (e != ERR_OK) {
		return e;
	}
	k->alg = privkey_alg(key);
	if (k->alg != KEY_P256 && k->alg != KEY_P384 && k->alg != KEY_RSA &&
	    k->alg != KEY_ED25519) {
		privkey_free(key);
		return err_set(ei, ERR_UNSUPPORTED, "key.algorithm", NULL,
		    "Keys of this kind are not used through PKCS#11 here.");
	}
	*out = key;
	return ERR_OK;
}
