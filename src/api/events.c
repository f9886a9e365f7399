/* SPDX-License-Identifier: Apache-2.0 */
#include "api/events.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "api/form_json.h"
#include "base/bounds.h"
#include "base/text.h"
#include "http/response.h"
#include "http/stream.h"
#include "identity/session.h"
#include "os/process.h"
#include "os/wait.h"
#include "registry/form.h"
#include "store/store.h"

enum {
	BUCKETS = 1024, /* of streams, by phone */
	TICK_MS = 1000,
	ROW_MAX = 8192, /* an event with a row */
	RESUME_PAGES = 20,
	RESUME_SEC_MAX = 86400, /* who was away longer reads the list */
};

/* One browser. */
struct listener {
	struct listener *next;
	struct http_stream *stream;
	char phone[SESSION_PHONE_SIZE];
	uint8_t session[SESSION_HASH_SIZE];
	int64_t opened_ms;
	int64_t beat_ms;    /* of the last word */
	int64_t expires_at; /* of the session, as far as is known */
	bool warned;
};

enum change_kind {
	CHANGE_FORM,
	CHANGE_APPLICATION,
	CHANGE_CERTIFICATE,
	CHANGE_SESSION,
};

struct change {
	enum change_kind kind;
	union {
		struct id id;
		uint8_t session[SESSION_HASH_SIZE];
	} of;
};

struct events {
	struct events_options o;
	atomic_uint num; /* of listeners */

	pthread_mutex_t queue_lock; /* of what stands here: */
	pthread_cond_t some;
	struct change changes[EVENT_CHANGES_MAX];
	size_t first, num_changes;
	bool lost; /* changes that were not kept */
	bool stopping;

	pthread_mutex_t lock; /* of the buckets */
	struct listener *buckets[BUCKETS];
	pthread_t thread;
};

/* --- what is said ----------------------------------------------------------
 */

static int64_t
now_of(const struct events *e)
{
	return clock_utc_sec(e->o.clock);
}

/* Sends what was begun with event_begin().  A stream that cannot be told
 * something is over, and comes back to hear it. */
static bool
event_end(struct listener *l, struct buf *b, struct json_writer *w)
{
	bool ok = json_writer_end(w, NULL) == ERR_OK;

	buf_add_str(b, "\n\n");
	ok = ok && buf_err(b, NULL) == ERR_OK &&
	     http_stream_put(l->stream, buf_slice(b));
	if (!ok) {
		http_stream_end(l->stream);
	}
	buf_clear(b);
	return ok;
}

static void
event_begin(const struct events *e, const char *name, struct buf *b,
    struct json_writer *w)
{
	buf_init(b, ROW_MAX);
	buf_printf(
	    b, "id: %lld\nevent: %s\ndata: ", (long long)now_of(e), name);
	json_writer_init(w, b);
}

static bool
say_row(const struct events *e, struct listener *l, const struct form_row *row)
{
	struct json_writer w;
	struct buf b;

	event_begin(e, "form", &b, &w);
	form_row_put(&w, row);
	return event_end(l, &b, &w);
}

static bool
say_session(const struct events *e, struct listener *l)
{
	struct json_writer w;
	struct buf b;

	event_begin(e, "session", &b, &w);
	json_open_object(&w, NULL);
	json_put_time(&w, "expires_at", l->expires_at);
	json_close(&w);
	return event_end(l, &b, &w);
}

static bool
say_ready(const struct events *e, struct listener *l, bool resumed)
{
	struct json_writer w;
	struct buf b;

	event_begin(e, "ready", &b, &w);
	json_open_object(&w, NULL);
	json_put_bool(&w, "resumed", resumed);
	json_open_object(&w, "session");
	json_put_time(&w, "expires_at", l->expires_at);
	json_close(&w);
	json_close(&w);
	return event_end(l, &b, &w);
}

static void
say_end(struct listener *l, const char *reason)
{
	struct buf b = BUF_INIT(256);

	buf_printf(&b, "event: end\ndata: {\"reason\":\"%s\"}\n\n", reason);
	(void)http_stream_put(l->stream, buf_slice(&b));
	http_stream_end(l->stream);
	buf_clear(&b);
}

/* --- listeners --------------------------------------------------------------
 */

static size_t
bucket_of(const char *phone)
{
	uint32_t h = 2166136261U; /* FNV-1a */

	for (; *phone != '\0'; phone++) {
		h = (h ^ (uint8_t)*phone) * 16777619U;
	}
	return h % BUCKETS;
}

static void
listener_free(struct listener *l)
{
	http_stream_unref(l->stream);
	free(l);
}

/* Takes out those of the bucket that are over.  Under the lock. */
static void
sweep_bucket(struct events *e, size_t bucket)
{
	struct listener **at = &e->buckets[bucket];

	while (*at != NULL) {
		struct listener *l = *at;

		if (!http_stream_is_over(l->stream)) {
			at = &l->next;
			continue;
		}
		*at = l->next;
		listener_free(l);
		atomic_fetch_sub(&e->num, 1);
	}
}

static bool
is_of(const struct listener *l, const uint8_t session[SESSION_HASH_SIZE])
{
	return memcmp(l->session, session, SESSION_HASH_SIZE) == 0;
}

/* Makes room for one more of this session.  Under the lock. */
static void
end_oldest(struct events *e, size_t bucket, const uint8_t *session)
{
	struct listener *oldest = NULL;
	unsigned num = 0;

	for (struct listener *l = e->buckets[bucket]; l != NULL; l = l->next) {
		if (!is_of(l, session) || http_stream_is_over(l->stream)) {
			continue;
		}
		num++;
		if (oldest == NULL || l->opened_ms < oldest->opened_ms) {
			oldest = l;
		}
	}
	if (num >= EVENT_STREAMS_SESSION) {
		say_end(oldest, "other");
	}
}

static enum err
listener_new(const struct events *e, const struct session_info *session,
    struct listener **out, struct errinfo *ei)
{
	struct listener *l = calloc(1, sizeof(*l));
	enum err err;

	if (l == NULL) {
		return err_nomem(ei);
	}
	err = http_stream_new(EVENT_BYTES_MAX, &l->stream, ei);
	if (err != ERR_OK) {
		free(l);
		return err;
	}
	memcpy(l->phone, session->phone, sizeof(l->phone));
	memcpy(l->session, session->hash, sizeof(l->session));
	l->opened_ms = clock_mono_ms(e->o.clock);
	l->beat_ms = l->opened_ms;
	l->expires_at = session->expires_at;
	*out = l;
	return ERR_OK;
}

/* Says what changed since, but not more than a browser would read by itself. */
static enum err
resume(struct events *e, struct http_stream *stream, const char *phone,
    int64_t since, struct errinfo *ei)
{
	struct listener l = {.stream = stream};
	struct id after = {0};
	struct form_list list;
	enum err err = ERR_OK;

	for (unsigned page = 0; err == ERR_OK && page < RESUME_PAGES; page++) {
		bool more;

		err = form_list_changed(e->o.registry, phone, since,
		    page > 0 ? &after : NULL, PAGE_ROWS_MAX, &list, ei);
		if (err != ERR_OK) {
			break;
		}
		for (size_t i = 0; i < list.num; i++) {
			(void)say_row(e, &l, &list.at[i]);
			after = list.at[i].id;
		}
		more = list.num == PAGE_ROWS_MAX;
		form_list_clear(&list);
		if (!more) {
			break;
		}
	}
	return err;
}

/* The time that the browser has heard everything before; false when it has
 * to read the list itself. */
static bool
heard_until(const struct events *e, const char *last_id, int64_t *out)
{
	int64_t now = now_of(e);
	uint64_t at;

	if (last_id == NULL || !text_to_u64(slice_str(last_id), &at) ||
	    at > (uint64_t)now || now - (int64_t)at > RESUME_SEC_MAX) {
		return false;
	}
	*out = (int64_t)at - EVENTS_MARGIN_SEC;
	return true;
}

enum err
events_open(struct events *e, const struct session_info *session,
    const char *last_id, struct response *resp, struct errinfo *ei)
{
	size_t bucket = bucket_of(session->phone);
	struct listener *l = NULL;
	struct http_stream *stream;
	int64_t since = 0;
	bool resumed = heard_until(e, last_id, &since);
	enum err err;

	if (atomic_load(&e->num) >= EVENT_STREAMS_MAX) {
		return err_set(ei, ERR_AGAIN, "events.full", NULL,
		    "too many browsers are listening; ask for the states");
	}
	err = listener_new(e, session, &l, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (!say_ready(e, l, resumed)) {
		listener_free(l);
		return err_nomem(ei);
	}
	stream = http_stream_ref(l->stream);
	(void)pthread_mutex_lock(&e->lock);
	end_oldest(e, bucket, session->hash);
	l->next = e->buckets[bucket];
	e->buckets[bucket] = l;
	atomic_fetch_add(&e->num, 1);
	(void)pthread_mutex_unlock(&e->lock);
	/* Changes are told from now on: what was before them comes behind. */
	if (resumed) {
		err = resume(e, stream, session->phone, since, ei);
	}
	if (err != ERR_OK) {
		http_stream_end(stream);
		http_stream_unref(stream);
		return err;
	}
	/* Proxies are not to collect it. */
	response_header(resp, "X-Accel-Buffering", "no");
	response_stream(resp, stream, "text/event-stream");
	return ERR_OK;
}

unsigned
events_num(struct events *e)
{
	return atomic_load(&e->num);
}

/* --- changes ----------------------------------------------------------------
 */

static void
push(struct events *e, const struct change *c)
{
	(void)pthread_mutex_lock(&e->queue_lock);
	if (e->num_changes == EVENT_CHANGES_MAX) {
		e->lost = true;
	} else {
		e->changes[(e->first + e->num_changes) % EVENT_CHANGES_MAX] =
		    *c;
		e->num_changes++;
	}
	(void)pthread_cond_signal(&e->some);
	(void)pthread_mutex_unlock(&e->queue_lock);
}

static bool
change_of(enum statement st, enum change_kind *out)
{
	static const struct {
		enum statement st;
		enum change_kind kind;
	} known[] = {
	    {ST_APPLICATION_MOVE, CHANGE_APPLICATION},
	    {ST_APPLICATION_INSERT, CHANGE_APPLICATION},
	    {ST_FORM_INSERT, CHANGE_FORM},
	    {ST_FORM_UPDATE, CHANGE_FORM},
	    {ST_FORM_PAY, CHANGE_FORM},
	    {ST_FORM_WITHDRAW, CHANGE_FORM},
	    {ST_CERTIFICATE_MOVE, CHANGE_CERTIFICATE},
	    {ST_SESSION_END, CHANGE_SESSION},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i].st == st) {
			*out = known[i].kind;
			return true;
		}
	}
	return false;
}

/* In the submitter's thread: notes what changed.  Each of those statements has
 * what it changes as its first value. */
static void
seen(void *arg, const struct unit *u)
{
	struct events *e = arg;
	struct value values[STATEMENT_PARAMS_MAX];

	if (atomic_load(&e->num) == 0) {
		return;
	}
	for (size_t i = 0; i < unit_num_ops(u); i++) {
		struct change c;
		enum statement st;
		size_t num;
		int expect;

		unit_op(u, i, &st, &expect, values, &num);
		if (!change_of(st, &c.kind)) {
			continue;
		}
		memcpy(&c.of, values[0].bytes.p,
		    c.kind == CHANGE_SESSION ? sizeof(c.of.session)
					     : sizeof(c.of.id));
		push(e, &c);
	}
}

static void
end_session(struct events *e, const uint8_t session[SESSION_HASH_SIZE])
{
	(void)pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct listener *l = e->buckets[i]; l != NULL;
		     l = l->next) {
			if (is_of(l, session)) {
				say_end(l, "session");
			}
		}
	}
	(void)pthread_mutex_unlock(&e->lock);
}

static void
tell_row(struct events *e, const struct form_row *row)
{
	(void)pthread_mutex_lock(&e->lock);
	for (struct listener *l = e->buckets[bucket_of(row->phone)]; l != NULL;
	     l = l->next) {
		if (strcmp(l->phone, row->phone) == 0) {
			(void)say_row(e, l, row);
			l->beat_ms = clock_mono_ms(e->o.clock);
		}
	}
	(void)pthread_mutex_unlock(&e->lock);
}

/* Those who missed something come back and are told what changed. */
static void
end_all(struct events *e)
{
	(void)pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct listener *l = e->buckets[i]; l != NULL;
		     l = l->next) {
			http_stream_end(l->stream);
		}
	}
	(void)pthread_mutex_unlock(&e->lock);
}

static void
tell(struct events *e, const struct change *c)
{
	static const enum form_row_of of[] = {
	    [CHANGE_FORM] = FORM_ROW_ITSELF,
	    [CHANGE_APPLICATION] = FORM_ROW_APPLICATION,
	    [CHANGE_CERTIFICATE] = FORM_ROW_CERTIFICATE,
	};
	struct form_list list;

	if (c->kind == CHANGE_SESSION) {
		end_session(e, c->of.session);
		return;
	}
	if (form_row_get(e->o.registry, of[c->kind], &c->of.id, &list, NULL) !=
	    ERR_OK) {
		end_all(e);
		return;
	}
	for (size_t i = 0; i < list.num; i++) {
		tell_row(e, &list.at[i]);
	}
	form_list_clear(&list);
}

/* --- the clock --------------------------------------------------------------
 */

/* Near its end: has it been used meanwhile? */
static void
look_at_session(struct events *e, struct listener *l)
{
	struct session_info now = {0};
	struct errinfo ei = {0};
	enum err err = session_look(e->o.sessions, l->session, &now, &ei);

	if (err == ERR_DENIED) {
		say_end(l, "session");
		return;
	}
	if (err != ERR_OK) {
		return; /* at the next tick */
	}
	l->warned = l->warned && l->expires_at == now.expires_at;
	l->expires_at = now.expires_at;
	if (!l->warned && now_of(e) + EVENTS_WARN_SEC >= l->expires_at) {
		l->warned = true;
		(void)say_session(e, l);
	}
}

static void
look_at(struct events *e, struct listener *l, int64_t now_ms, int64_t now)
{
	if (now_ms - l->beat_ms >= (int64_t)EVENTS_BEAT_SEC * 1000) {
		l->beat_ms = now_ms;
		(void)http_stream_put(l->stream, SLICE_LIT(":\n\n"));
	}
	if (now >= l->expires_at ||
	    (!l->warned && now + EVENTS_WARN_SEC >= l->expires_at)) {
		look_at_session(e, l);
	}
}

static void
tick(struct events *e)
{
	int64_t now_ms = clock_mono_ms(e->o.clock);
	int64_t now = now_of(e);

	(void)pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct listener *l = e->buckets[i]; l != NULL;
		     l = l->next) {
			look_at(e, l, now_ms, now);
		}
		sweep_bucket(e, i);
	}
	(void)pthread_mutex_unlock(&e->lock);
}

/* The next change, within a tick; false: none.  Under the queue's lock. */
static bool
take(struct events *e, struct change *out)
{
	if (e->num_changes == 0 && !e->stopping && !e->lost) {
		cond_wait_ms(&e->some, &e->queue_lock, TICK_MS);
	}
	if (e->num_changes == 0) {
		return false;
	}
	*out = e->changes[e->first];
	e->first = (e->first + 1) % EVENT_CHANGES_MAX;
	e->num_changes--;
	return true;
}

static void *
run(void *arg)
{
	struct events *e = arg;
	int64_t ticked_ms = clock_mono_ms(e->o.clock);
	bool stopping = false;

	thread_name("events");
	while (!stopping) {
		struct change c;
		bool is, lost;

		(void)pthread_mutex_lock(&e->queue_lock);
		is = take(e, &c);
		lost = e->lost;
		e->lost = false;
		stopping = e->stopping;
		(void)pthread_mutex_unlock(&e->queue_lock);
		if (lost) {
			end_all(e);
		}
		if (is) {
			tell(e, &c);
		}
		if (clock_mono_ms(e->o.clock) - ticked_ms >= TICK_MS) {
			ticked_ms = clock_mono_ms(e->o.clock);
			tick(e);
		}
	}
	return NULL;
}

/* --- start and end ----------------------------------------------------------
 */

enum err
events_start(
    const struct events_options *o, struct events **out, struct errinfo *ei)
{
	struct events *e = calloc(1, sizeof(*e));

	if (e == NULL) {
		return err_nomem(ei);
	}
	e->o = *o;
	(void)pthread_mutex_init(&e->lock, NULL);
	(void)pthread_mutex_init(&e->queue_lock, NULL);
	cond_init_monotonic(&e->some);
	if (pthread_create(&e->thread, NULL, run, e) != 0) {
		free(e);
		return err_set(ei, ERR_SYS, "events.thread", NULL,
		    "the thread for events could not be started");
	}
	store_watch(o->store, seen, e);
	*out = e;
	return ERR_OK;
}

void
events_free(struct events *e)
{
	if (e == NULL) {
		return;
	}
	store_watch(e->o.store, NULL, NULL);
	(void)pthread_mutex_lock(&e->queue_lock);
	e->stopping = true;
	(void)pthread_cond_signal(&e->some);
	(void)pthread_mutex_unlock(&e->queue_lock);
	(void)pthread_join(e->thread, NULL);
	for (size_t i = 0; i < BUCKETS; i++) {
		while (e->buckets[i] != NULL) {
			struct listener *l = e->buckets[i];

			e->buckets[i] = l->next;
			listener_free(l);
		}
	}
	(void)pthread_cond_destroy(&e->some);
	(void)pthread_mutex_destroy(&e->lock);
	(void)pthread_mutex_destroy(&e->queue_lock);
	free(e);
}
