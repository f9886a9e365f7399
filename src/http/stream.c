/* SPDX-License-Identifier: Apache-2.0 */
#include "http/stream.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "http/http_priv.h"

enum {
	BLOCK_SIZE = 1024 /* libmicrohttpd keeps one for each answer */
};

/*
 * The connection may be resumed only while it is suspended, and is suspended
 * only by its own reader, on the loop's thread, when nothing waits.  `asleep`
 * says which, under the lock.
 */
struct http_stream {
	atomic_uint refs;
	pthread_mutex_t lock;
	struct buf waiting;
	size_t at; /* of waiting, what has left */
	bool over;
	bool asleep;
	struct MHD_Connection *connection; /* NULL: not being sent */
	struct http_streams *list;         /* of the server that sends it */
	struct http_stream *next, *before;
};

enum err
http_stream_new(size_t max, struct http_stream **out, struct errinfo *ei)
{
	struct http_stream *s = calloc(1, sizeof(*s));

	if (s == NULL || pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s);
		return err_nomem(ei);
	}
	atomic_init(&s->refs, 1);
	buf_init(&s->waiting, max);
	*out = s;
	return ERR_OK;
}

struct http_stream *
http_stream_ref(struct http_stream *s)
{
	(void)atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
	return s;
}

void
http_stream_unref(struct http_stream *s)
{
	if (s == NULL || atomic_fetch_sub(&s->refs, 1) != 1) {
		return;
	}
	buf_clear(&s->waiting);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

/* Under the lock. */
static void
wake(struct http_stream *s)
{
	if (s->asleep) {
		s->asleep = false;
		MHD_resume_connection(s->connection);
	}
}

bool
http_stream_put(struct http_stream *s, struct slice bytes)
{
	bool put;

	(void)pthread_mutex_lock(&s->lock);
	if (!s->over) {
		buf_add(&s->waiting, bytes);
		s->over = s->waiting.err != ERR_OK;
		wake(s);
	}
	put = !s->over;
	(void)pthread_mutex_unlock(&s->lock);
	return put;
}

void
http_stream_end(struct http_stream *s)
{
	(void)pthread_mutex_lock(&s->lock);
	s->over = true;
	wake(s);
	(void)pthread_mutex_unlock(&s->lock);
}

bool
http_stream_is_over(struct http_stream *s)
{
	bool over;

	(void)pthread_mutex_lock(&s->lock);
	over = s->over;
	(void)pthread_mutex_unlock(&s->lock);
	return over;
}

/* --- what libmicrohttpd calls -------------------------------------------- */

static ssize_t
read_some(void *cls, uint64_t pos, char *to, size_t max)
{
	struct http_stream *s = cls;
	size_t len;
	bool over;

	(void)pos;
	(void)pthread_mutex_lock(&s->lock);
	len = s->waiting.len - s->at;
	if (len > max) {
		len = max;
	}
	if (len > 0) {
		memcpy(to, s->waiting.p + s->at, len);
		s->at += len;
	}
	if (s->at == s->waiting.len) {
		/* Most of the time nothing waits: no memory is kept for it. */
		size_t limit = s->waiting.max;

		buf_clear(&s->waiting);
		buf_init(&s->waiting, limit);
		s->at = 0;
	}
	over = s->over;
	if (len == 0 && !over) {
		s->asleep = true;
		MHD_suspend_connection(s->connection);
	}
	(void)pthread_mutex_unlock(&s->lock);
	if (len > 0) {
		return (ssize_t)len;
	}
	return over ? MHD_CONTENT_READER_END_OF_STREAM : 0;
}

static void
list_remove(struct http_stream *s)
{
	struct http_streams *list = s->list;

	if (list == NULL) {
		return;
	}
	(void)pthread_mutex_lock(&list->lock);
	if (s->before != NULL) {
		s->before->next = s->next;
	} else {
		list->first = s->next;
	}
	if (s->next != NULL) {
		s->next->before = s->before;
	}
	(void)pthread_mutex_unlock(&list->lock);
}

/* The last word of libmicrohttpd about it: sent, or its client is gone. */
static void
sent(void *cls)
{
	struct http_stream *s = cls;

	list_remove(s);
	(void)pthread_mutex_lock(&s->lock);
	s->over = true;
	s->asleep = false;
	(void)pthread_mutex_unlock(&s->lock);
	http_stream_unref(s);
}

struct MHD_Response *
stream_make(struct http_stream *s)
{
	struct MHD_Response *made = MHD_create_response_from_callback(
	    MHD_SIZE_UNKNOWN, BLOCK_SIZE, read_some, s, sent);

	if (made != NULL) {
		(void)http_stream_ref(s);
	}
	return made;
}

void
stream_begin(struct http_stream *s, struct http_streams *list,
    struct MHD_Connection *connection)
{
	s->connection = connection;
	s->list = list;
	(void)pthread_mutex_lock(&list->lock);
	s->next = list->first;
	if (s->next != NULL) {
		s->next->before = s;
	}
	list->first = s;
	if (list->stopping) {
		http_stream_end(s);
	}
	(void)pthread_mutex_unlock(&list->lock);
}

void
streams_stop(struct http_streams *list)
{
	(void)pthread_mutex_lock(&list->lock);
	list->stopping = true;
	for (struct http_stream *s = list->first; s != NULL; s = s->next) {
		http_stream_end(s);
	}
	(void)pthread_mutex_unlock(&list->lock);
}
