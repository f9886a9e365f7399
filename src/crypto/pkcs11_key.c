/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The private key: a job for one thread of its own, which keeps a session
 * open.  The thread is started at the first job, by a process that stands
 * behind its walls by then, because walls hold for the threads that come
 * after them.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "crypto/pkcs11_priv.h"
#include "crypto/privkey.h"
#include "crypto/privkey_priv.h"
#include "crypto/pubkey.h"
#include "os/systime.h"
#include "os/wait.h"

enum {
	/* A slow card signs with RSA-4096 in 3 s; front waits 30 s. */
	PKCS11_WAIT_MS = 8000
};

enum job_state {
	JOB_NONE,
	JOB_ASKED,
	JOB_DONE,
	JOB_GIVEN_UP /* nobody waits for it any more, and it has not returned */
};

struct token_key {
	struct pkcs11 *m;
	struct pkcs11_where where;
	enum key_alg alg;
	struct secret pin;

	pthread_mutex_t turn; /* one job at a time */
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	pthread_t thread;
	bool started;
	bool stop;
	enum job_state state;

	/* The job: the caller's until JOB_ASKED, then the thread's. */
	bool only_connect;
	CK_MECHANISM_TYPE mechanism;
	struct buf input;
	struct buf raw; /* what C_Sign gave */
	enum err result;
	struct errinfo ei;

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
work(struct token_key *k, struct errinfo *ei)
{
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

static void *
run(void *arg)
{
	struct token_key *k = arg;

	ensure(pthread_mutex_lock(&k->lock) == 0);
	for (;;) {
		while (k->state != JOB_ASKED && !k->stop) {
			cond_wait_ms(&k->changed, &k->lock, PKCS11_WAIT_MS);
		}
		if (k->stop) {
			break;
		}
		ensure(pthread_mutex_unlock(&k->lock) == 0);
		k->result = work(k, &k->ei);
		ensure(pthread_mutex_lock(&k->lock) == 0);
		if (k->state == JOB_GIVEN_UP) {
			/* What it made is nobody's. */
			buf_wipe(&k->raw);
			disconnect(k);
			k->state = JOB_NONE;
		} else {
			k->state = JOB_DONE;
		}
		ensure(pthread_cond_broadcast(&k->changed) == 0);
	}
	ensure(pthread_mutex_unlock(&k->lock) == 0);
	pkcs11_session_close(k->m, &k->session);
	return NULL;
}

/* --- on the caller's ---------------------------------------------------- */

/* Signals are for the thread that waits for them. */
static enum err
start(struct token_key *k, struct errinfo *ei)
{
	sigset_t all, old;
	int failed;

	if (k->started) {
		return ERR_OK;
	}
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	failed = pthread_create(&k->thread, NULL, run, k);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (failed != 0) {
		return err_set(ei, ERR_AGAIN, "key.thread", NULL,
		    "No thread can be started for the PKCS#11 module.");
	}
	k->started = true;
	return ERR_OK;
}

static enum err
hung(struct errinfo *ei)
{
	return err_set(ei, ERR_AGAIN, "key.hung", NULL,
	    "The PKCS#11 module has not answered in %d s: look after the "
	    "device.  The key works again when it answers.",
	    PKCS11_WAIT_MS / 1000);
}

/* k->lock is held; the job is filled in. */
static enum err
ask(struct token_key *k, struct errinfo *ei)
{
	struct clock clock = system_clock();
	int64_t until = clock_mono_ms(&clock) + PKCS11_WAIT_MS, left;
	enum err e = start(k, ei);

	if (e != ERR_OK) {
		return e;
	}
	k->state = JOB_ASKED;
	ensure(pthread_cond_broadcast(&k->changed) == 0);
	while (k->state == JOB_ASKED) {
		left = until - clock_mono_ms(&clock);
		if (left <= 0) {
			k->state = JOB_GIVEN_UP;
			return hung(ei);
		}
		cond_wait_ms(&k->changed, &k->lock, (unsigned)left);
	}
	k->state = JOB_NONE;
	if (k->result != ERR_OK && ei != NULL) {
		*ei = k->ei;
	}
	return k->result;
}

static enum err
token_ready(void *self, struct errinfo *ei)
{
	struct token_key *k = self;
	enum err e;

	ensure(pthread_mutex_lock(&k->turn) == 0);
	ensure(pthread_mutex_lock(&k->lock) == 0);
	if (k->state == JOB_GIVEN_UP) {
		e = hung(ei);
	} else {
		k->only_connect = true;
		e = ask(k, ei);
	}
	ensure(pthread_mutex_unlock(&k->lock) == 0);
	ensure(pthread_mutex_unlock(&k->turn) == 0);
	return e;
}

static enum err
sign_locked(struct token_key *k, enum sig_alg alg, struct slice input,
    struct buf *out_sig, struct errinfo *ei)
{
	enum err e;

	if (k->state == JOB_GIVEN_UP) {
		return hung(ei);
	}
	buf_reset(&k->input);
	e = pkcs11_sign_input(k->alg, alg, input, &k->mechanism, &k->input, ei);
	if (e == ERR_OK) {
		k->only_connect = false;
		e = ask(k, ei);
	}
	return e != ERR_OK ? e
			   : pkcs11_sign_output(
				 k->alg, buf_slice(&k->raw), out_sig, ei);
}

static enum err
token_sign(void *self, enum sig_alg alg, struct slice input,
    struct buf *out_sig, struct errinfo *ei)
{
	struct token_key *k = self;
	enum err e;

	ensure(pthread_mutex_lock(&k->turn) == 0);
	ensure(pthread_mutex_lock(&k->lock) == 0);
	e = sign_locked(k, alg, input, out_sig, ei);
	ensure(pthread_mutex_unlock(&k->lock) == 0);
	ensure(pthread_mutex_unlock(&k->turn) == 0);
	return e;
}

static void
token_free(void *self)
{
	struct token_key *k = self;
	bool lost;

	ensure(pthread_mutex_lock(&k->lock) == 0);
	lost = k->state == JOB_GIVEN_UP;
	k->stop = true;
	ensure(pthread_cond_broadcast(&k->changed) == 0);
	ensure(pthread_mutex_unlock(&k->lock) == 0);
	if (lost) {
		/* Its thread will need it all, if it ever comes back. */
		k->m->hung = true;
		(void)pthread_detach(k->thread);
		return;
	}
	if (k->started) {
		ensure(pthread_join(k->thread, NULL) == 0);
	}
	secret_clear(&k->pin);
	buf_clear(&k->input);
	buf_wipe(&k->raw);
	(void)pthread_cond_destroy(&k->changed);
	(void)pthread_mutex_destroy(&k->lock);
	(void)pthread_mutex_destroy(&k->turn);
	free(k);
}

static const struct privkey_ops token_ops = {
    .sign = token_sign,
    .ready = token_ready,
    .free = token_free,
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
	ensure(pthread_mutex_init(&k->turn, NULL) == 0);
	ensure(pthread_mutex_init(&k->lock, NULL) == 0);
	cond_init_monotonic(&k->changed);
	e = secret_copy(&k->pin, pin, ei);
	if (e != ERR_OK) {
		token_free(k);
		return e;
	}
	e = privkey_wrap_take(&token_ops, k, spki, &key, ei);
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
