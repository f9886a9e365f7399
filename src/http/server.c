/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/secret.h"
#include "http/http_priv.h"
#include "os/random.h"
#include "os/seam.h"
#include "os/systime.h"

/* TLS 1.2 and 1.3, AEAD ciphers, keys agreed by (EC)DHE only. */
static const char default_priorities[] =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:"
    "+ECDHE-RSA:-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305:"
    "-MAC-ALL:+AEAD:%SERVER_PRECEDENCE";

enum {
	LOOP_THREADS = 2,
	WORKER_THREADS = 8,
	BUSY_RETRY_SEC = 1,
};

/*
 * Ids need not be secret, only unique and without an order that would tell
 * how busy we are: a counter through a bijection of 64 bits (the finaliser of
 * SplitMix64).
 */
void
server_new_id(struct http_server *server, char out[REQUEST_ID_SIZE])
{
	static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
	uint64_t x = server->id_start + atomic_fetch_add(&server->id_next, 1);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	out[0] = 'r';
	for (size_t i = 1; i <= 13; i++) {
		out[i] = letters[x & 31];
		x >>= 5;
	}
	out[14] = '\0';
}

bool
server_trusts(const struct http_server *server, const struct address *address)
{
	for (size_t i = 0; i < server->num_proxies; i++) {
		if (address_eq(&server->proxies[i], address)) {
			return true;
		}
	}
	return false;
}

unsigned
http_server_in_flight(const struct http_server *server)
{
	return atomic_load(&server->in_flight);
}

/* --- a request's way through the loop ----------------------------------- */

/* libmicrohttpd sends a head by itself in front of a file: with this both
 * leave together, as nginx's tcp_nopush has it.  A failure costs a packet. */
static void
hold_back(struct request *r, bool on)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    r->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	int value = on;

	if (info != NULL) {
		(void)setsockopt(info->connect_fd, IPPROTO_TCP, TCP_CORK,
		    &value, sizeof(value));
		r->held_back = on;
	}
}

/* The only headers that differ between its receivers are libmicrohttpd's. */
static enum MHD_Result
send_ready(struct request *r)
{
	struct response *resp = &r->response;
	struct MHD_Response *made = ready_answer(resp->ready, r, resp);
	enum MHD_Result result;

	if (made == NULL) {
		return MHD_NO;
	}
	if (resp->ready->fd >= 0 && resp->body_len > 0 && !r->server->tls) {
		hold_back(r, true);
	}
	r->state = REQUEST_SENT;
	result = MHD_queue_response(r->connection, resp->status, made);
	if (made != resp->ready->made) {
		MHD_destroy_response(made);
	}
	return result;
}

static enum MHD_Result
send_response(struct request *r)
{
	struct response *resp = &r->response;
	struct MHD_Response *made;
	enum MHD_Result result;

	if (resp->body_kind == BODY_READY) {
		return send_ready(r);
	}
	response_finish(resp, r->tls, atomic_load(&r->server->stopping));
	made = response_make(resp);
	if (made == NULL) {
		return MHD_NO;
	}
	if (resp->body_kind == BODY_STREAM) {
		stream_begin(resp->stream, &r->server->streams, r->connection);
	}
	r->state = REQUEST_SENT;
	result = MHD_queue_response(r->connection, resp->status, made);
	MHD_destroy_response(made);
	return result;
}

static void *
route_arg(const struct http_server *server, const struct request *r)
{
	void *own = r->match.route->arg;

	return own != NULL ? own : server->options.arg;
}

static void
work(struct request *r)
{
	struct http_server *server = r->server;

	r->match.route->handler(route_arg(server, r), r, &r->response);
	r->state = REQUEST_READY;
}

/* A refusal that no handler made: the program may have headers for it. */
static enum MHD_Result
send_refusal(struct request *r)
{
	const struct http_options *o = &r->server->options;

	if (o->refused != NULL) {
		o->refused(o->arg, r, &r->response);
	}
	return send_response(r);
}

static enum MHD_Result
complete(struct request *r)
{
	if (r->state == REQUEST_DISCARD) {
		return send_refusal(r);
	}
	if (r->body.err == ERR_LIMIT) {
		/* Only a chunked body can come this far. */
		response_close(&r->response);
		problem(
		    &r->response, 413, "http.size", "The body is too large.");
		return send_refusal(r);
	}
	if (r->body.err != ERR_OK) {
		r->response.broken = true;
		return send_response(r);
	}
	if (r->match.route->quick != NULL &&
	    r->match.route->quick(route_arg(r->server, r), r, &r->response)) {
		r->kept = true;
		return send_response(r);
	}
	if ((r->match.route->flags & ROUTE_INLINE) != 0) {
		work(r);
		return send_response(r);
	}
	r->state = REQUEST_WAITING;
	if (!workers_give(r->server->workers, r)) {
		r->state = REQUEST_READY;
		problem_unavailable(&r->response, BUSY_RETRY_SEC, "http.busy",
		    "Too much is waiting; try again in a moment.");
		return send_refusal(r);
	}
	return MHD_YES;
}

/*
 * A refusal could be answered at once, but libmicrohttpd closes the connection
 * after an answer to a head alone, and closing one with unread bytes resets
 * it, so that the client may never see why: a body of bearable size is read
 * and dropped first.
 */
static enum MHD_Result
refused(struct request *r)
{
	if (r->response.close) {
		return send_refusal(r);
	}
	if (request_header(r, "Expect") != NULL) {
		response_close(&r->response);
		return send_refusal(r);
	}
	r->state = REQUEST_DISCARD;
	return MHD_YES;
}

static enum MHD_Result
take_body(struct request *r, const char *data, size_t len)
{
	if (r->state == REQUEST_BODY && r->body.err == ERR_OK) {
		buf_add(&r->body, slice_make(data, len));
	}
	if (r->state != REQUEST_BODY || r->body.err != ERR_OK) {
		r->discarded += len;
	}
	return r->discarded > HTTP_BODY_MAX ? MHD_NO : MHD_YES;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *data_len,
    void **state)
{
	struct request *r = *state;

	(void)cls;
	(void)url;
	if (r == NULL) {
		return MHD_NO; /* no memory at its start */
	}
	if (r->state == REQUEST_HEAD) {
		r->connection = connection;
		if (!request_head(r, method, version)) {
			return refused(r);
		}
		buf_init(&r->body, r->body_max);
		r->state = REQUEST_BODY;
		return MHD_YES;
	}
	if (r->state == REQUEST_READY) {
		return send_response(r);
	}
	if (*data_len > 0) {
		size_t len = *data_len;

		*data_len = 0;
		return take_body(r, data, len);
	}
	return complete(r);
}

static void *
on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
	struct http_server *server = cls;
	struct request *r = request_new(server, target);

	(void)connection;
	if (r != NULL) {
		atomic_fetch_add(&server->in_flight, 1);
	}
	return r;
}

/* We take the target as it was sent, and decode it ourselves. */
static size_t
leave_escaped(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls;
	(void)connection;
	return strlen(text);
}

static void
report(const struct request *r)
{
	const struct http_options *o = &r->server->options;
	const struct response *resp = &r->response;
	struct http_access access = {
	    .request = r->id,
	    .client = r->client,
	    .method = r->method,
	    .route = r->match.route != NULL ? r->match.route->pattern : "",
	    .path = r->path,
	    .status = resp->status,
	    .response_len = resp->body_len,
	    .kept = r->kept,
	    .duration_us = systime_us() - r->start_us,
	    .rule = resp->rule,
	    .trouble = resp->has_trouble ? &resp->trouble : NULL,
	};

	if (o->access_log != NULL) {
		o->access_log(o->log_arg, &access);
	}
}

static void
on_completed(void *cls, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode why)
{
	struct http_server *server = cls;
	struct request *r = *state;

	(void)connection;
	(void)why;
	if (r == NULL) {
		return;
	}
	*state = NULL;
	if (r->held_back) {
		hold_back(r, false);
	}
	if (r->state == REQUEST_SENT) {
		report(r);
		seam("front.replied");
	}
	request_free(r);
	atomic_fetch_sub(&server->in_flight, 1);
}

/* --- start and stop ------------------------------------------------------ */

ATTR_PRINTF(2, 0)
static void
on_trouble(void *cls, const char *fmt, va_list ap)
{
	struct http_server *server = cls;

	/* Later ones come from many threads, about clients' misdeeds. */
	if (server->daemon == NULL && server->trouble[0] == '\0') {
		(void)vsnprintf(
		    server->trouble, sizeof(server->trouble), fmt, ap);
	}
}

static unsigned
or_default(unsigned value, unsigned fallback)
{
	return value > 0 ? value : fallback;
}

static enum err
parse_proxies(struct http_server *server, struct errinfo *ei)
{
	const struct http_options *o = &server->options;

	server->proxies =
	    calloc(o->num_trusted_proxies + 1, sizeof(*server->proxies));
	if (server->proxies == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < o->num_trusted_proxies; i++) {
		const char *text = o->trusted_proxies[i];

		if (!address_parse(slice_str(text), &server->proxies[i])) {
			return err_set(ei, ERR_FORMAT, "http.proxy", NULL,
			    "the trusted proxy \"%.64s\" is no IP address",
			    text);
		}
		server->num_proxies++;
	}
	return ERR_OK;
}

static enum err
start_daemon(struct http_server *server, const char *key, const char *cert,
    struct errinfo *ei)
{
	const struct http_options *o = &server->options;
	const char *priorities =
	    o->tls_priorities != NULL ? o->tls_priorities : default_priorities;
	struct MHD_OptionItem tls[] = {
	    {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key},
	    {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)cert},
	    {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)priorities},
	    {MHD_OPTION_END, 0, NULL},
	};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD |
			 MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
			 (server->tls ? MHD_USE_TLS : 0);

	server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request,
	    server, MHD_OPTION_EXTERNAL_LOGGER, on_trouble, server,
	    MHD_OPTION_LISTEN_SOCKET, o->listen_fd, MHD_OPTION_THREAD_POOL_SIZE,
	    or_default(o->loop_threads, LOOP_THREADS),
	    MHD_OPTION_CONNECTION_LIMIT,
	    or_default(o->connections_max, HTTP_CONNECTIONS_MAX),
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT,
	    or_default(o->connections_per_ip, HTTP_CONNECTIONS_PER_IP),
	    MHD_OPTION_CONNECTION_TIMEOUT,
	    or_default(o->timeout_sec, HTTP_TIMEOUT_SEC),
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    o->header_memory > 0 ? o->header_memory
				 : (size_t)HTTP_HEADER_MEMORY,
	    MHD_OPTION_URI_LOG_CALLBACK, on_target, server,
	    MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_ARRAY,
	    server->tls ? tls : none, MHD_OPTION_END);
	if (server->daemon == NULL) {
		return err_set(ei, ERR_FORMAT, "http.start", NULL,
		    "the HTTP server does not start: %s",
		    server->trouble[0] != '\0' ? server->trouble
					       : "no reason given");
	}
	return ERR_OK;
}

static enum err
start_listening(struct http_server *server, struct errinfo *ei)
{
	const struct http_options *o = &server->options;
	char *key = slice_dup_str(o->tls_key_pem);
	char *cert = slice_dup_str(o->tls_cert_pem);
	int flags = fcntl(o->listen_fd, F_GETFL);
	enum err e;

	if (key == NULL || cert == NULL) {
		e = err_set(ei, ERR_FORMAT, "http.tls", NULL,
		    "key or certificate could not be read as PEM");
	} else if (flags < 0 ||
		   fcntl(o->listen_fd, F_SETFL, flags | O_NONBLOCK) != 0) {
		e = err_sys(ei, "http.listen", "the listening socket");
	} else {
		e = start_daemon(server, key, cert, ei);
	}
	if (key != NULL) {
		secret_wipe(key, o->tls_key_pem.len);
	}
	free(key);
	free(cert);
	return e;
}

static void
server_free(struct http_server *server)
{
	workers_free(server->workers);
	router_free(server->router);
	free(server->proxies);
	(void)pthread_mutex_destroy(&server->streams.lock);
	free(server);
}

enum err
http_server_start(const struct http_options *options, struct http_server **out,
    struct errinfo *ei)
{
	struct http_server *server = calloc(1, sizeof(*server));
	enum err e;

	if (server == NULL) {
		return err_nomem(ei);
	}
	(void)pthread_mutex_init(&server->streams.lock, NULL);
	server->options = *options;
	server->listen_fd = options->listen_fd;
	server->tls = options->tls_cert_pem.len > 0;
	e = random_bytes(&server->id_start, sizeof(server->id_start), ei);
	if (e == ERR_OK) {
		e = parse_proxies(server, ei);
	}
	if (e == ERR_OK) {
		e = router_new(
		    options->routes, options->num_routes, &server->router, ei);
	}
	if (e == ERR_OK) {
		e = workers_start(
		    or_default(options->worker_threads, WORKER_THREADS),
		    or_default(options->queue_max, HTTP_QUEUE_MAX), work,
		    &server->workers, ei);
	}
	if (e == ERR_OK) {
		e = start_listening(server, ei);
	}
	if (e != ERR_OK) {
		server_free(server);
		return e;
	}
	/* Not needed after the start; the caller may free them. */
	server->options.tls_key_pem = SLICE_EMPTY;
	server->options.tls_cert_pem = SLICE_EMPTY;
	server->options.trusted_proxies = NULL;
	*out = server;
	return ERR_OK;
}

void
http_server_stop(struct http_server *server, unsigned grace_ms)
{
	static const struct timespec pause = {0, 2000000};
	int64_t until;

	if (server == NULL) {
		return;
	}
	until = systime_us() + (int64_t)grace_ms * 1000;
	atomic_store(&server->stopping, true);
	(void)MHD_quiesce_daemon(server->daemon);
	streams_stop(&server->streams);
	while (http_server_in_flight(server) > 0 && systime_us() < until) {
		(void)nanosleep(&pause, NULL);
	}
	/* No connection may be suspended when the daemon stops: a stream that
	 * begins now is over. */
	workers_stop(server->workers);
	MHD_stop_daemon(server->daemon);
	(void)close(server->listen_fd);
	server_free(server);
}
