/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_EVENTS_H
#define SURGUCH_API_EVENTS_H
/*
 * What a browser is told without asking: how the forms of its session's phone
 * change (A12), as server-sent events.  One thread tells all streams; it is
 * woken by the commit of the unit of work that changed something, and each
 * EVENTS_BEAT_SEC it says so to streams that heard nothing.
 *
 *	event: ready    {"resumed", "session": {"expires_at"}}; first of all
 *	event: form     a row of the list of forms, as it is now
 *	event: session  {"expires_at"}; EVENTS_WARN_SEC before that
 *	event: end      {"reason"}: "session" is over, or "other": the session
 *	                has more than EVENT_STREAMS_SESSION, this is its oldest
 *
 * Events say what is, not what happened, so one that comes twice does no harm.
 * An event's id is a time: what changed before it has been told.  Who comes
 * back with it (Last-Event-ID) is told what changed since, over restarts of
 * the centre too.  A stream that ends without `end` is to be opened again.
 */
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

struct events;
struct registry;
struct response;
struct session_info;
struct sessions;
struct store;

enum {
	EVENTS_BEAT_SEC = 15, /* less than HTTP_TIMEOUT_SEC */
	EVENTS_WARN_SEC = 300,
	EVENTS_MARGIN_SEC = 60, /* a change may be committed as long after the
				 * time that it bears */
};

struct events_options {
	struct store *store; /* all are borrowed */
	struct registry *registry;
	struct sessions *sessions;
	const struct clock *clock;
};

/* Watches the store (store_watch) until it is freed. */
ATTR_MUST_USE enum err events_start(
    const struct events_options *o, struct events **out, struct errinfo *ei);
/* When nobody opens streams or submits any more.  NULL is fine. */
void events_free(struct events *e);

/*
 * Answer with a stream for this session.  last_id: the browser's Last-Event-ID,
 * or NULL.  ERR_AGAIN "events.full" beyond EVENT_STREAMS_MAX.
 */
ATTR_MUST_USE enum err events_open(struct events *e,
    const struct session_info *session, const char *last_id,
    struct response *resp, struct errinfo *ei);

/* Streams that are open; for tests and status. */
unsigned events_num(struct events *e);

#endif
