/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "http/http_priv.h"

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t some;
	struct request *first;
	struct request *last;
	unsigned num_queued;
	unsigned queue_max;
	bool stopping;
	void (*work)(struct request *r);
	pthread_t *threads;
	unsigned num_threads;
};

static struct request *
take(struct workers *w)
{
	struct request *r;

	(void)pthread_mutex_lock(&w->lock);
	while (w->first == NULL && !w->stopping) {
		(void)pthread_cond_wait(&w->some, &w->lock);
	}
	r = w->first;
	if (r != NULL) {
		w->first = r->next;
		if (w->first == NULL) {
			w->last = NULL;
		}
		w->num_queued--;
	}
	(void)pthread_mutex_unlock(&w->lock);
	return r;
}

static void *
run(void *arg)
{
	struct workers *w = arg;
	struct request *r;

	while ((r = take(w)) != NULL) {
		struct MHD_Connection *connection = r->connection;

		w->work(r);
		/* From here on the request is the loop's again. */
		MHD_resume_connection(connection);
	}
	return NULL;
}

bool
workers_give(struct workers *w, struct request *r)
{
	bool room;

	(void)pthread_mutex_lock(&w->lock);
	room = !w->stopping && w->num_queued < w->queue_max;
	if (room) {
		/* Before a worker can see it, else it might be resumed first.
		 */
		MHD_suspend_connection(r->connection);
		r->next = NULL;
		if (w->last != NULL) {
			w->last->next = r;
		} else {
			w->first = r;
		}
		w->last = r;
		w->num_queued++;
	}
	(void)pthread_mutex_unlock(&w->lock);
	if (room) {
		/* Not under the lock, which the one who wakes wants first. */
		(void)pthread_cond_signal(&w->some);
	}
	return room;
}

void
workers_stop(struct workers *w)
{
	(void)pthread_mutex_lock(&w->lock);
	w->stopping = true;
	(void)pthread_cond_broadcast(&w->some);
	(void)pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < w->num_threads; i++) {
		(void)pthread_join(w->threads[i], NULL);
	}
	w->num_threads = 0;
}

void
workers_free(struct workers *w)
{
	if (w == NULL) {
		return;
	}
	workers_stop(w);
	(void)pthread_cond_destroy(&w->some);
	(void)pthread_mutex_destroy(&w->lock);
	free(w->threads);
	free(w);
}

/* Signals belong to the program's own thread. */
static int
start_thread(struct workers *w, pthread_t *out)
{
	sigset_t all, before;
	int failed;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(out, NULL, run, w);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

enum err
workers_start(unsigned num_threads, unsigned queue_max,
    void (*work)(struct request *r), struct workers **out, struct errinfo *ei)
{
	struct workers *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		return err_nomem(ei);
	}
	w->threads = calloc(num_threads, sizeof(*w->threads));
	if (w->threads == NULL) {
		free(w);
		return err_nomem(ei);
	}
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->some, NULL);
	w->queue_max = queue_max;
	w->work = work;
	while (w->num_threads < num_threads) {
		if (start_thread(w, &w->threads[w->num_threads]) != 0) {
			workers_free(w);
			return err_set(ei, ERR_SYS, "http.threads", NULL,
			    "a worker thread could not be started");
		}
		w->num_threads++;
	}
	*out = w;
	return ERR_OK;
}
