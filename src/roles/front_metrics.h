/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_METRICS_H
#define SURGUCH_ROLES_FRONT_METRICS_H
/*
 * What front tells Prometheus: everything that its modules count, and what it
 * looks up when asked.  Served at /metrics of a listener of its own, beside
 * /healthz and /readyz, and to `surguchctl metrics`.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "http/router.h"

struct ca;
struct health;
struct http_access;
struct http_server;
struct issuing;
struct outbox;
struct responder;
struct store;

enum {
	/* Statuses by their hundreds. */
	WEB_CLASSES = 6
};

/* Answers of one server. */
struct web_counts {
	const char *name; /* "api", "public" */
	atomic_uint_fast64_t answers[WEB_CLASSES];
};
void web_count(struct web_counts *w, const struct http_access *a);

/* All is borrowed; what is not there yet is NULL. */
struct metrics {
	struct store *store;
	struct ca *ca;
	struct issuing *issuing;
	struct outbox *outbox;
	struct responder *responder;
	struct health *health;
	const struct clock *clock;
	struct web_counts api;
	struct web_counts public;
	/* The API's server, which is another one after its certificate was
	 * renewed, and the lock under which it changes. */
	pthread_mutex_t lock;
	struct http_server *api_server;
	struct http_server *public_server;
	int64_t started_at; /* UTC seconds */
};

/* The whole text.  ERR_LIMIT, ERR_NOMEM of the buffer. */
ATTR_MUST_USE enum err metrics_write(
    struct metrics *m, struct buf *out, struct errinfo *ei);

/* The routes of the metrics' own listener; their arg is the metrics. */
const struct route *metrics_routes(size_t *out_num);

#endif
