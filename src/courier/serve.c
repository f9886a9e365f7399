/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The role's loop: one thread reads the channel and waits for signals, a few
 * others call out, so that a slow gateway holds up only as many messages as
 * there are threads.  SMS and mails have a lane each, a queue and its threads,
 * so that a slow mail server holds up no code.  The queues are bounded; while
 * they are full the channel is not read, and what waits there waits in the
 * kernel (of mails front hands over few at once).
 */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "courier/courier_priv.h"
#include "ipc/frame.h"
#include "ipc/hello.h"
#include "os/signals.h"

enum {
	THREADS_MAX = 16,
	QUEUE_MAX = 64,
	FULL_WAIT_MS = 50,
};

struct job {
	uint64_t id; /* of the frame */
	struct courier_deliver message;
	struct buf sealed; /* what message.sealed borrows */
	struct job *next;
};

struct pool;

/* What is of one kind. */
struct lane {
	struct pool *pool;
	pthread_cond_t some;
	struct job *first;
	struct job *last;
};

struct pool {
	const struct courier *courier;
	int channel;
	pthread_mutex_t lock; /* guards what follows, lanes too */
	struct lane sms;
	struct lane mail;
	unsigned num_queued;
	bool stopping; /* nothing more is begun */
	bool failed;   /* an answer could not be sent: the channel is gone */
	pthread_t threads[2 * THREADS_MAX];
	unsigned num_threads;
};

static enum err
send_body(int channel, uint16_t type, uint64_t id, const struct buf *body,
    struct errinfo *ei)
{
	struct frame f = {.type = type, .id = id, .body = buf_slice(body)};
	enum err e = buf_err(body, ei);

	return e == ERR_OK ? frame_send(channel, &f, ei) : e;
}

static enum err
tell_routes(const struct pool *p, uint64_t id, struct errinfo *ei)
{
	struct courier_routes routes = {0};
	struct buf body = BUF_INIT(FRAME_BYTES_MAX);
	enum err e;

	routes_tell(p->courier->routes, &routes);
	courier_routes_pack(&routes, &body);
	e = send_body(p->channel, COURIER_ROUTES, id, &body, ei);
	buf_clear(&body);
	return e;
}

static enum err
say_hello(const struct pool *p, uint64_t id, struct errinfo *ei)
{
	struct courier_key key = {
	    .ready = courier_num_routes(p->courier) > 0,
	    .mail = courier_has_mail(p->courier),
	};
	struct buf body = BUF_INIT(256);
	enum err e = hello_send(p->channel, id, "courier", "", ei);

	memcpy(key.key, p->courier->pub, sizeof(key.key));
	courier_key_pack(&key, &body);
	if (e == ERR_OK) {
		e = send_body(p->channel, COURIER_KEY, id, &body, ei);
	}
	if (e == ERR_OK) {
		e = tell_routes(p, id, ei);
	}
	buf_clear(&body);
	return e;
}

/* --- the threads that call out ----------------------------------------------
 */

static struct job *
take(struct lane *lane, bool *out_begin)
{
	struct pool *p = lane->pool;
	struct job *job;

	(void)pthread_mutex_lock(&p->lock);
	while (lane->first == NULL && !p->stopping) {
		(void)pthread_cond_wait(&lane->some, &p->lock);
	}
	job = lane->first;
	if (job != NULL) {
		lane->first = job->next;
		if (lane->first == NULL) {
			lane->last = NULL;
		}
		p->num_queued--;
	}
	*out_begin = !p->stopping;
	(void)pthread_mutex_unlock(&p->lock);
	return job;
}

static void
job_free(struct job *job)
{
	buf_wipe(&job->sealed);
	free(job);
}

static void
answer(struct pool *p, uint64_t id, const struct courier_result *result)
{
	struct buf body = BUF_INIT(4096);
	enum err e;

	courier_result_pack(result, &body);
	e = send_body(p->channel, COURIER_RESULT, id, &body, NULL);
	buf_clear(&body);
	if (e == ERR_OK && routes_changed(p->courier->routes)) {
		e = tell_routes(p, 0, NULL);
	}
	if (e != ERR_OK) {
		(void)pthread_mutex_lock(&p->lock);
		p->failed = true;
		(void)pthread_mutex_unlock(&p->lock);
	}
}

static void *
run(void *arg)
{
	struct lane *lane = arg;
	struct pool *p = lane->pool;
	struct job *job;
	bool begin;

	while ((job = take(lane, &begin)) != NULL) {
		struct courier_result result = {
		    .outbox = job->message.outbox,
		    .outcome = COURIER_RETRY,
		    .detail = "courier was stopped before it began",
		};

		if (begin) {
			courier_deliver(p->courier, &job->message, &result);
		}
		answer(p, job->id, &result);
		job_free(job);
	}
	return NULL;
}

/* --- the thread that reads
 * ---------------------------------------------------- */

static enum err
enqueue(struct pool *p, const struct frame *f, struct errinfo *ei)
{
	struct job *job = calloc(1, sizeof(*job));
	struct lane *lane;
	enum err e;

	if (job == NULL) {
		return err_nomem(ei);
	}
	buf_init(&job->sealed, COURIER_SEALED_MAX);
	e = courier_deliver_unpack(f->body, &job->message, ei);
	if (e == ERR_OK) {
		buf_add(&job->sealed, job->message.sealed);
		e = buf_err(&job->sealed, ei);
	}
	if (e != ERR_OK) {
		job_free(job);
		return e;
	}
	job->message.sealed = buf_slice(&job->sealed);
	job->id = f->id;
	lane = job->message.kind == COURIER_MAIL ? &p->mail : &p->sms;
	(void)pthread_mutex_lock(&p->lock);
	if (lane->last != NULL) {
		lane->last->next = job;
	} else {
		lane->first = job;
	}
	lane->last = job;
	p->num_queued++;
	(void)pthread_cond_signal(&lane->some);
	(void)pthread_mutex_unlock(&p->lock);
	return ERR_OK;
}

static enum err
on_frame(struct pool *p, const struct frame *f, struct errinfo *ei)
{
	struct hello hello;
	enum err e;

	if (f->num_fds > 0) {
		return err_set(ei, ERR_FORMAT, "courier.frame", NULL,
		    "a message of this channel carries descriptors");
	}
	if (f->type == COURIER_DELIVER) {
		return enqueue(p, f, ei);
	}
	if (f->type == MSG_HELLO) {
		e = hello_unpack(f->body, &hello, ei);
		return e == ERR_OK ? say_hello(p, f->id, ei) : e;
	}
	return err_set(ei, ERR_UNSUPPORTED, "courier.frame", NULL,
	    "message type %u is not for courier", (unsigned)f->type);
}

static enum err
receive(struct pool *p, struct buf *store, struct errinfo *ei)
{
	struct frame f = {0};
	enum err e = frame_recv(p->channel, store, &f, true, ei);

	if (e == ERR_OK) {
		e = on_frame(p, &f, ei);
		frame_close_fds(&f);
	}
	return e == ERR_AGAIN ? ERR_OK : e;
}

static bool
is_full(struct pool *p, bool *out_failed)
{
	bool full;

	(void)pthread_mutex_lock(&p->lock);
	full = p->num_queued >= QUEUE_MAX;
	*out_failed = p->failed;
	(void)pthread_mutex_unlock(&p->lock);
	return full;
}

/* Until a stop signal or the channel's end (both ERR_OK), or trouble. */
static enum err
read_channel(struct pool *p, struct errinfo *ei)
{
	struct buf store = BUF_INIT(FRAME_BYTES_MAX);
	enum err e = ERR_OK;

	while (e == ERR_OK) {
		struct pollfd fd = {.fd = p->channel, .events = POLLIN};
		bool failed, full = is_full(p, &failed);
		unsigned signals = 0;

		if (failed) {
			break;
		}
		e = signals_wait(
		    &fd, full ? 0 : 1, full ? FULL_WAIT_MS : -1, &signals, ei);
		if (e == ERR_OK && (signals & SIGNAL_STOP) != 0) {
			break;
		}
		if (e == ERR_OK && !full && fd.revents != 0) {
			e = receive(p, &store, ei);
		}
	}
	buf_clear(&store);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

static void
stop(struct pool *p)
{
	(void)pthread_mutex_lock(&p->lock);
	p->stopping = true;
	(void)pthread_cond_broadcast(&p->sms.some);
	(void)pthread_cond_broadcast(&p->mail.some);
	(void)pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->num_threads; i++) {
		(void)pthread_join(p->threads[i], NULL);
	}
	(void)pthread_cond_destroy(&p->sms.some);
	(void)pthread_cond_destroy(&p->mail.some);
	(void)pthread_mutex_destroy(&p->lock);
}

/* False when not one of them could be started. */
static bool
start(struct pool *p, struct lane *lane, unsigned num_threads)
{
	unsigned num = 0;

	lane->pool = p;
	(void)pthread_cond_init(&lane->some, NULL);
	while (
	    num < num_threads && num < THREADS_MAX &&
	    pthread_create(&p->threads[p->num_threads], NULL, run, lane) == 0) {
		p->num_threads++;
		num++;
	}
	return num > 0;
}

enum err
courier_run(const struct courier *courier, int channel, unsigned num_threads,
    unsigned num_mail_threads, struct errinfo *ei)
{
	struct pool p = {.courier = courier, .channel = channel};
	bool sms, mail;
	enum err e;

	(void)pthread_mutex_init(&p.lock, NULL);
	sms = start(&p, &p.sms, num_threads);
	mail = start(&p, &p.mail, num_mail_threads);
	if (!sms || !mail) {
		e = err_set(ei, ERR_SYS, "courier.threads", NULL,
		    "no thread could be started");
	} else {
		e = say_hello(&p, 0, ei);
	}
	if (e == ERR_OK) {
		e = read_channel(&p, ei);
	}
	stop(&p);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}
