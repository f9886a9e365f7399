/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_HTTP_PRIV_H
#define SURGUCH_HTTP_HTTP_PRIV_H
/* Shared by the files of this folder and their tests. */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <microhttpd.h>
#include <pthread.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "http/problem.h"
#include "http/ready.h"
#include "http/request.h"
#include "http/response.h"
#include "http/router.h"
#include "http/server.h"
#include "http/stream.h"
#include "json/writer.h"

enum {
	REQUEST_ID_SIZE = 1 + 13 + 1,
	METHOD_SIZE = 16,
	ADDRESS_SIZE = 46, /* INET6_ADDRSTRLEN */
	MEDIA_TYPE_SIZE = 80,
	RESPONSE_HEADERS_MAX = 24,
};

/* --- response.c ------------------------------------------------------- */

struct response_header {
	char *name;
	char *value;
};

enum body_kind {
	BODY_NONE,
	BODY_OWNED,    /* buf */
	BODY_BORROWED, /* pieces, and release if any */
	BODY_READY,    /* ready, which is the whole answer */
	BODY_STREAM,   /* stream */
};

struct response {
	unsigned status;
	struct response_header headers[RESPONSE_HEADERS_MAX];
	size_t num_headers;
	enum body_kind body_kind;
	struct buf buf;
	struct slice pieces[RESPONSE_PIECES_MAX];
	size_t num_pieces;
	void (*release)(void *arg);
	void *release_arg;
	struct ready *ready;
	struct http_stream *stream;
	const char *type;
	struct json_writer writer;
	bool writing; /* response_json() was the last word on the body */
	bool broken;  /* something could not be kept */
	bool close;
	size_t body_len;        /* of what was sent */
	const char *request_id; /* borrowed */
	char rule[ERRINFO_RULE];
	const char *number_member; /* of a problem, NULL: none */
	int64_t number;
	bool has_trouble;
	struct errinfo trouble;
};

void response_init(struct response *r, const char *request_id);
void response_clear(struct response *r);
bool response_has(struct response *r, const char *name);
/* Turns a broken or half-written answer into a 500 and adds the default
 * headers; afterwards it can be sent. */
void response_finish(struct response *r, bool tls, bool stopping);
/* The whole answer for libmicrohttpd, which takes the body over; NULL when
 * there is no memory. */
struct MHD_Response *response_make(struct response *r);

/* --- ready.c ----------------------------------------------------------- */

struct ready {
	struct MHD_Response *made;
	atomic_uint refs;
	const char *etag;     /* NULL: none; made's */
	const char *modified; /* the same */
	int64_t modified_sec; /* has_modified */
	uint8_t *body;        /* made's; NULL: in fd */
	int fd;               /* the same; -1: none */
	bool has_modified;
	bool ranges;
	size_t body_len;
	size_t cost;
};

/* What this request gets of it, with resp's status and body_len: made itself,
 * or another response, which the caller destroys.  NULL: no memory. */
struct MHD_Response *ready_answer(
    struct ready *r, const struct request *q, struct response *resp);

/* --- stream.c ---------------------------------------------------------- */

/* Those that a server is sending. */
struct http_streams {
	pthread_mutex_t lock;
	struct http_stream *first;
	bool stopping;
};

/* The body for libmicrohttpd, which keeps a reference; NULL: no memory. */
struct MHD_Response *stream_make(struct http_stream *s);
/* Before its answer is queued on this connection. */
void stream_begin(struct http_stream *s, struct http_streams *list,
    struct MHD_Connection *connection);
/* All of them are over, and every one that begins. */
void streams_stop(struct http_streams *list);

/* --- target.c --------------------------------------------------------- */

struct pair {
	const char *name;
	const char *value;
};

/* A header as libmicrohttpd has it. */
struct header {
	const char *name;
	size_t name_len;
	const char *value;
};

/* Room for decoded texts, handed out from the front. */
struct room {
	char *p;
	size_t left;
};

/*
 * Percent-decode `raw` (plus: "+" is a space, as in a query) into the room.
 * NULL when an escape is malformed, or the result is not clean UTF-8 ("" is
 * fine).
 */
const char *target_decode(struct slice raw, bool plus, struct room *room);
/* Origin form with well-formed escapes, no ".", "..", or control. */
bool target_path_ok(struct slice path);
/* False when malformed, a name stands twice, or more than max. */
bool target_query(struct slice query, struct room *room, struct pair *out,
    size_t max, size_t *out_num);

/* --- client.c --------------------------------------------------------- */

struct address {
	uint8_t b[16]; /* IPv4 as ::ffff:a.b.c.d */
};

struct sockaddr;
bool address_parse(struct slice text, struct address *out);
bool address_from_socket(const struct sockaddr *sa, struct address *out);
uint16_t address_port(const struct sockaddr *sa); /* 0: none */
bool address_eq(const struct address *a, const struct address *b);
void address_text(const struct address *a, char out[ADDRESS_SIZE]);

/* --- request.c -------------------------------------------------------- */

enum request_state {
	REQUEST_HEAD,    /* the handler was not called yet */
	REQUEST_BODY,    /* the body comes in */
	REQUEST_DISCARD, /* refused; what is left of the body is thrown away */
	REQUEST_WAITING, /* suspended: the worker's */
	REQUEST_READY,   /* the answer is to be sent */
	REQUEST_SENT,
};

struct request {
	struct http_server *server;
	struct MHD_Connection *connection;
	struct request *next; /* in the queue */
	enum request_state state;
	char id[REQUEST_ID_SIZE];
	char method[METHOD_SIZE]; /* as sent, cut */
	char *memory;             /* target, then room */
	struct room room;
	const char *target;
	const char *path;
	const char *query; /* NULL: none */
	bool too_long;
	char *cookie_memory;
	size_t num_headers;
	size_t num_queries;
	size_t num_cookies;
	char content_type[MEDIA_TYPE_SIZE];
	char client[ADDRESS_SIZE];
	bool tls;
	bool kept;
	bool held_back; /* its connection */
	bool has_body;
	size_t body_max;
	struct buf body;
	size_t discarded;
	struct route_match match;
	struct pair params[ROUTE_PARAMS_MAX];
	size_t num_params;
	int64_t start_us;
	struct response response;
	/* Not cleared beforehand, since few are used. */
	struct header headers[HTTP_HEADERS_MAX];
	struct pair queries[HTTP_QUERY_MAX];
	struct pair cookies[HTTP_COOKIES_MAX];
};

struct request *request_new(struct http_server *server, const char *target);
void request_free(struct request *r);
/*
 * Everything that can be judged once the head is in: fills the request and
 * finds its route.  False when it was refused: the response says why, and
 * close is set where the rest of the connection cannot be trusted.
 */
bool request_head(struct request *r, const char *method, const char *version);

/* --- server.c, workers.c ---------------------------------------------- */

struct workers;
enum err workers_start(unsigned num_threads, unsigned queue_max,
    void (*work)(struct request *r), struct workers **out, struct errinfo *ei);
/* Suspends the request's connection and queues it; false when full. */
bool workers_give(struct workers *w, struct request *r);
/* Runs what is queued and ends the threads; from then on nothing is taken. */
void workers_stop(struct workers *w);
void workers_free(struct workers *w); /* stops first; NULL is fine */

struct http_server {
	struct MHD_Daemon *daemon;
	int listen_fd;
	struct router *router;
	struct workers *workers;
	struct http_streams streams;
	struct http_options options;
	struct address *proxies;
	size_t num_proxies;
	bool tls;
	uint64_t id_start;
	atomic_uint_fast64_t id_next;
	atomic_uint in_flight;
	atomic_bool stopping;
	char trouble[256]; /* what libmicrohttpd said last, during start */
};

void server_new_id(struct http_server *server, char out[REQUEST_ID_SIZE]);
bool server_trusts(
    const struct http_server *server, const struct address *address);

#endif
