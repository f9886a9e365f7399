/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/issuing_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ca/adopt.h"
#include "os/wait.h"
#include "registry/application.h"
#include "registry/registry.h"
#include "store/store.h"

enum {
	ADOPT_MIN_AGE_SEC = 60, /* longer than a call to the signer takes */
	ADOPT_EVERY_MS = 60000,
	SETTLE_EVERY_MS = 1000,
};

static bool
is_queued(const struct issuing *i, const struct id *application)
{
	for (size_t n = 0; n < i->num; n++) {
		size_t at = (i->first + n) % ISSUING_QUEUE_MAX;

		if (id_eq(&i->queue[at], application)) {
			return true;
		}
	}
	for (size_t n = 0; n < i->num_threads; n++) {
		if (i->is_busy[n] && id_eq(&i->busy[n], application)) {
			return true;
		}
	}
	return false;
}

void
issuing_kick(struct issuing *i, const struct id *application)
{
	(void)pthread_mutex_lock(&i->lock);
	if (i->num < ISSUING_QUEUE_MAX && !is_queued(i, application)) {
		i->queue[(i->first + i->num++) % ISSUING_QUEUE_MAX] =
		    *application;
		(void)pthread_cond_signal(&i->wake);
	}
	(void)pthread_mutex_unlock(&i->lock);
}

size_t
issuing_num_waiting(struct issuing *i)
{
	size_t num;

	(void)pthread_mutex_lock(&i->lock);
	num = i->num;
	(void)pthread_mutex_unlock(&i->lock);
	return num;
}

static bool
is_full(struct issuing *i)
{
	return issuing_num_waiting(i) == ISSUING_QUEUE_MAX;
}

/* All of a state, page by page, as far as the queue has room: those at the
 * front of the list may be there again and again, and keep nobody waiting. */
static void
look_for(struct issuing *i, enum app_state state)
{
	struct application_row rows[PAGE_ROWS_MAX];
	const struct id *after = NULL;
	struct errinfo ei;
	struct id last;
	size_t num = PAGE_ROWS_MAX;

	while (num == PAGE_ROWS_MAX && !is_full(i)) {
		if (application_list(i->o.registry, state, after, rows,
			PAGE_ROWS_MAX, &num, &ei) != ERR_OK) {
			return;
		}
		for (size_t n = 0; n < num; n++) {
			issuing_kick(i, &rows[n].id);
			last = rows[n].id;
			after = &last;
		}
	}
}

/* What waits in the database: after a restart, after an outage, or because
 * the queue was full. */
static void
look(struct issuing *i)
{
	look_for(i, APP_APPROVED);
	look_for(i, APP_ISSUING);
}

static void
report(struct issuing *i, const struct errinfo *ei)
{
	const struct id none = {{0}};

	if (i->o.failed != NULL) {
		i->o.failed(i->o.arg, &none, ei);
	}
}

static void
adopt_again(struct issuing *i)
{
	struct errinfo ei = {0};
	size_t num;

	if (issuing_adopt(i, ADOPT_MIN_AGE_SEC, &num, &ei) != ERR_OK) {
		if (ca_diverged(&ei)) {
			store_hold(i->o.registry->store, &ei);
		}
		report(i, &ei);
	}
}

static void
set_unadopted(struct issuing *i, const struct errinfo *why)
{
	(void)pthread_mutex_lock(&i->lock);
	i->unadopted = *why;
	(void)pthread_mutex_unlock(&i->lock);
}

static void
settle_again(struct issuing *i)
{
	struct errinfo ei = {0};
	bool unadopted;
	size_t num;

	(void)pthread_mutex_lock(&i->lock);
	unadopted = i->unadopted.kind != ERR_OK;
	(void)pthread_mutex_unlock(&i->lock);
	if (unadopted && issuing_adopt(i, 0, &num, &ei) == ERR_OK) {
		set_unadopted(i, &(struct errinfo){.kind = ERR_OK});
	}
	if (issuing_settle_orders(i, &ei) != ERR_OK) {
		report(i, &ei);
	}
}

static bool
is_due(int64_t *last_ms, int64_t now, int64_t every_ms)
{
	if (now - *last_ms < every_ms) {
		return false;
	}
	*last_ms = now;
	return true;
}

/* Called by whichever thread is idle when the time has come; the lock is
 * held on entry and on return.  While a signer is silent the one thread that
 * asks it waits, and the others go on. */
static void
housekeeping(struct issuing *i)
{
	int64_t now = clock_mono_ms(i->o.registry->clock);
	bool look_due = is_due(&i->looked_ms, now, ISSUING_LOOK_MS);
	bool asking = !i->settling;
	bool adopt_due = asking && is_due(&i->adopted_ms, now, ADOPT_EVERY_MS);
	bool settle_due =
	    asking && is_due(&i->settled_ms, now, SETTLE_EVERY_MS);

	if (asking) {
		i->settling = true;
	}
	(void)pthread_mutex_unlock(&i->lock);
	if (look_due) {
		look(i);
	}
	if (settle_due) {
		settle_again(i);
	}
	if (adopt_due) {
		adopt_again(i);
	}
	(void)pthread_mutex_lock(&i->lock);
	if (asking) {
		i->settling = false;
	}
}

static void
work_one(struct issuing *i, unsigned slot)
{
	struct id application = i->queue[i->first];
	struct errinfo ei = {0};

	i->first = (i->first + 1) % ISSUING_QUEUE_MAX;
	i->num--;
	i->busy[slot] = application;
	i->is_busy[slot] = true;
	(void)pthread_mutex_unlock(&i->lock);
	if (issuing_application(i, &application, &ei) != ERR_OK &&
	    i->o.failed != NULL) {
		i->o.failed(i->o.arg, &application, &ei);
	}
	(void)pthread_mutex_lock(&i->lock);
	i->is_busy[slot] = false;
}

struct worker {
	struct issuing *issuing;
	unsigned slot;
};

static void *
run(void *arg)
{
	struct worker *w = arg;
	struct issuing *i = w->issuing;
	unsigned slot = w->slot;

	free(w);
	(void)pthread_mutex_lock(&i->lock);
	while (!i->stop) {
		if (store_held(i->o.registry->store, NULL)) {
			cond_wait_ms(&i->wake, &i->lock, SETTLE_EVERY_MS);
			continue;
		}
		if (i->num > 0) {
			work_one(i, slot);
			continue;
		}
		housekeeping(i);
		if (i->num == 0 && !i->stop) {
			cond_wait_ms(&i->wake, &i->lock, SETTLE_EVERY_MS);
		}
	}
	(void)pthread_mutex_unlock(&i->lock);
	return NULL;
}

static enum err
start_threads(struct issuing *i, struct errinfo *ei)
{
	for (unsigned n = 0; n < ISSUING_THREADS; n++) {
		struct worker *w = malloc(sizeof(*w));

		if (w == NULL) {
			return err_nomem(ei);
		}
		*w = (struct worker){i, n};
		if (pthread_create(&i->threads[n], NULL, run, w) != 0) {
			free(w);
			return err_set(ei, ERR_SYS, "thread.start", NULL,
			    "cannot start a thread for issuing");
		}
		i->num_threads++;
	}
	return ERR_OK;
}

/*
 * What an earlier run left; nothing of it while the store is held.  A full disk
 * must not keep the centre from telling what was revoked: it is taken over when
 * there is room, and no order is taken before.
 */
static enum err
settle_all(struct issuing *i, size_t *out_adopted, struct errinfo *ei)
{
	enum err e = ERR_OK;

	*out_adopted = 0;
	if (!store_held(i->o.registry->store, NULL)) {
		e = issuing_adopt(i, 0, out_adopted, ei);
	}
	if (e == ERR_STORE && strcmp(ei->rule, "store.full") == 0) {
		set_unadopted(i, ei);
		report(i, ei);
		e = ERR_OK;
	}
	return e;
}

enum err
issuing_start(const struct issuing_options *o, struct issuing **out,
    size_t *out_adopted, struct errinfo *ei)
{
	struct issuing *i = calloc(1, sizeof(*i));
	enum err e;

	if (i == NULL) {
		return err_nomem(ei);
	}
	i->o = *o;
	i->adopted_ms = clock_mono_ms(o->registry->clock);
	i->settled_ms = i->adopted_ms;
	i->looked_ms = i->adopted_ms - ISSUING_LOOK_MS;
	(void)pthread_mutex_init(&i->lock, NULL);
	cond_init_monotonic(&i->wake);
	e = settle_all(i, out_adopted, ei);
	if (e == ERR_OK) {
		e = start_threads(i, ei);
	}
	if (e != ERR_OK) {
		issuing_stop(i);
		return e;
	}
	*out = i;
	return ERR_OK;
}

void
issuing_stop(struct issuing *i)
{
	if (i == NULL) {
		return;
	}
	(void)pthread_mutex_lock(&i->lock);
	i->stop = true;
	(void)pthread_cond_broadcast(&i->wake);
	(void)pthread_mutex_unlock(&i->lock);
	for (unsigned n = 0; n < i->num_threads; n++) {
		(void)pthread_join(i->threads[n], NULL);
	}
	issuing_forget_doubts(i);
	(void)pthread_cond_destroy(&i->wake);
	(void)pthread_mutex_destroy(&i->lock);
	free(i);
}
