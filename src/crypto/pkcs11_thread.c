/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A module's calls on a thread of their own.  The thread is started at the
 * first job, by a process that stands behind its walls by then, because walls
 * hold for the threads that come after them.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "crypto/pkcs11_priv.h"
#include "os/systime.h"
#include "os/wait.h"

enum {
	IDLE_MS = 8000,
	MS_OF_SEC = 1000,
	TURN_STEP_MS = 20,
};

enum job_state {
	JOB_NONE,
	JOB_ASKED,
	JOB_DONE,
	JOB_GIVEN_UP /* nobody waits for it any more, and it has not returned */
};

struct pkcs11_thread {
	void (*end)(void *arg);
	void *arg;
	pthread_mutex_t turn; /* one job at a time */
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	pthread_t thread;
	bool started;
	bool stop;
	enum job_state state;
	unsigned waited_ms; /* for the job that was given up */
	struct pkcs11_job *job;
	enum err result;
	struct errinfo ei;
};

static void *
run(void *arg)
{
	struct pkcs11_thread *t = arg;

	ensure(pthread_mutex_lock(&t->lock) == 0);
	for (;;) {
		while (t->state != JOB_ASKED && !t->stop) {
			cond_wait_ms(&t->changed, &t->lock, IDLE_MS);
		}
		if (t->stop) {
			break;
		}
		ensure(pthread_mutex_unlock(&t->lock) == 0);
		t->result = t->job->run(t->job, &t->ei);
		ensure(pthread_mutex_lock(&t->lock) == 0);
		if (t->state == JOB_GIVEN_UP) {
			t->job->lost(t->job);
			t->state = JOB_NONE;
		} else {
			t->state = JOB_DONE;
		}
		ensure(pthread_cond_broadcast(&t->changed) == 0);
	}
	ensure(pthread_mutex_unlock(&t->lock) == 0);
	t->end(t->arg);
	return NULL;
}

enum err
pkcs11_thread_new(void (*end)(void *arg), void *arg, struct pkcs11_thread **out,
    struct errinfo *ei)
{
	struct pkcs11_thread *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		return err_nomem(ei);
	}
	t->end = end;
	t->arg = arg;
	ensure(pthread_mutex_init(&t->turn, NULL) == 0);
	ensure(pthread_mutex_init(&t->lock, NULL) == 0);
	cond_init_monotonic(&t->changed);
	*out = t;
	return ERR_OK;
}

bool
pkcs11_thread_free(struct pkcs11_thread *t)
{
	bool lost;

	if (t == NULL) {
		return true;
	}
	ensure(pthread_mutex_lock(&t->lock) == 0);
	lost = t->state == JOB_GIVEN_UP;
	t->stop = true;
	ensure(pthread_cond_broadcast(&t->changed) == 0);
	ensure(pthread_mutex_unlock(&t->lock) == 0);
	if (lost) {
		(void)pthread_detach(t->thread);
		return false;
	}
	if (t->started) {
		ensure(pthread_join(t->thread, NULL) == 0);
	}
	(void)pthread_cond_destroy(&t->changed);
	(void)pthread_mutex_destroy(&t->lock);
	(void)pthread_mutex_destroy(&t->turn);
	free(t);
	return true;
}

/* Signals are for the thread that waits for them. */
static enum err
start(struct pkcs11_thread *t, struct errinfo *ei)
{
	sigset_t all, old;
	int failed;

	if (t->started) {
		return ERR_OK;
	}
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	failed = pthread_create(&t->thread, NULL, run, t);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (failed != 0) {
		return err_set(ei, ERR_AGAIN, "key.thread", NULL,
		    "No thread can be started for the PKCS#11 module.");
	}
	t->started = true;
	return ERR_OK;
}

static enum err
hung(const struct pkcs11_thread *t, struct errinfo *ei)
{
	return err_set(ei, ERR_AGAIN, "key.hung", NULL,
	    "The PKCS#11 module has not answered in %u s: look after the "
	    "device.  The key works again when it answers.",
	    t->waited_ms / MS_OF_SEC);
}

/* The turn is ours; is the thread? */
static enum err
begun(struct pkcs11_thread *t, struct errinfo *ei)
{
	enum err e = ERR_OK;

	ensure(pthread_mutex_lock(&t->lock) == 0);
	if (t->state == JOB_GIVEN_UP) {
		e = hung(t, ei);
	}
	ensure(pthread_mutex_unlock(&t->lock) == 0);
	if (e != ERR_OK) {
		pkcs11_thread_end(t);
	}
	return e;
}

enum err
pkcs11_thread_begin(struct pkcs11_thread *t, struct errinfo *ei)
{
	ensure(pthread_mutex_lock(&t->turn) == 0);
	return begun(t, ei);
}

enum err
pkcs11_thread_begin_by(
    struct pkcs11_thread *t, unsigned wait_ms, struct errinfo *ei)
{
	for (unsigned waited = 0; pthread_mutex_trylock(&t->turn) != 0;
	     waited += TURN_STEP_MS) {
		if (waited >= wait_ms) {
			return err_set(ei, ERR_AGAIN, "key.busy", NULL,
			    "the device is busy with something else");
		}
		sleep_ms(TURN_STEP_MS);
	}
	return begun(t, ei);
}

enum err
pkcs11_thread_try(struct pkcs11_thread *t, bool *out_busy, struct errinfo *ei)
{
	*out_busy = pthread_mutex_trylock(&t->turn) != 0;
	return *out_busy ? ERR_OK : begun(t, ei);
}

void
pkcs11_thread_end(struct pkcs11_thread *t)
{
	ensure(pthread_mutex_unlock(&t->turn) == 0);
}

/* The lock is held. */
static enum err
ask(struct pkcs11_thread *t, struct pkcs11_job *job, unsigned wait_ms,
    struct errinfo *ei)
{
	struct clock clock = system_clock();
	int64_t until = clock_mono_ms(&clock) + wait_ms, left;
	enum err e = start(t, ei);

	if (e != ERR_OK) {
		return e;
	}
	t->job = job;
	t->state = JOB_ASKED;
	ensure(pthread_cond_broadcast(&t->changed) == 0);
	while (t->state == JOB_ASKED) {
		left = until - clock_mono_ms(&clock);
		if (left <= 0) {
			t->state = JOB_GIVEN_UP;
			t->waited_ms = wait_ms;
			return hung(t, ei);
		}
		cond_wait_ms(&t->changed, &t->lock, (unsigned)left);
	}
	t->state = JOB_NONE;
	if (t->result != ERR_OK && ei != NULL) {
		*ei = t->ei;
	}
	return t->result;
}

enum err
pkcs11_thread_do(struct pkcs11_thread *t, struct pkcs11_job *job,
    unsigned wait_ms, struct errinfo *ei)
{
	enum err e;

	ensure(pthread_mutex_lock(&t->lock) == 0);
	e = ask(t, job, wait_ms, ei);
	ensure(pthread_mutex_unlock(&t->lock) == 0);
	return e;
}
