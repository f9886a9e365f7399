/* SPDX-License-Identifier: Apache-2.0 */
#include "http/request.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "http/http_priv.h"
#include "os/systime.h"

struct request *
request_new(struct http_server *server, const char *target)
{
	struct request *r = malloc(sizeof(*r));
	size_t len = strlen(target);
	size_t room;

	if (r == NULL) {
		return NULL;
	}
	memset(r, 0, offsetof(struct request, response));
	r->too_long = len > HTTP_TARGET_MAX;
	if (r->too_long) {
		len = 0;
	}
	/* The target, and everything in it once more, decoded. */
	room = len + 2 * (size_t)HTTP_QUERY_MAX + ROUTE_PARAMS_MAX;
	r->memory = malloc(len + 1 + room);
	if (r->memory == NULL) {
		free(r);
		return NULL;
	}
	memcpy(r->memory, target, len);
	r->memory[len] = '\0';
	r->target = r->memory;
	r->room = (struct room){r->memory + len + 1, room};
	r->path = "";
	r->server = server;
	r->start_us = systime_us();
	server_new_id(server, r->id);
	response_init(&r->response, r->id);
	return r;
}

void
request_free(struct request *r)
{
	response_clear(&r->response);
	/* Bodies carry codes and passwords. */
	buf_wipe(&r->body);
	free(r->cookie_memory);
	free(r->memory);
	free(r);
}

/* --- what a handler asks ----------------------------------------------- */

static const char *
look_up(const struct pair *pairs, size_t num, const char *name)
{
	for (size_t i = 0; i < num; i++) {
		if (strcmp(pairs[i].name, name) == 0) {
			return pairs[i].value;
		}
	}
	return NULL;
}

const char *
request_id(const struct request *r)
{
	return r->id;
}

const char *
request_method(const struct request *r)
{
	return strcmp(r->method, "HEAD") == 0 ? "GET" : r->method;
}

const char *
request_path(const struct request *r)
{
	return r->path;
}

const char *
request_param(const struct request *r, const char *name)
{
	return look_up(r->params, r->num_params, name);
}

const char *
request_query(const struct request *r, const char *name)
{
	return look_up(r->queries, r->num_queries, name);
}

static bool
is_named(const struct header *h, const char *name)
{
	return strlen(name) == h->name_len &&
	       strncasecmp(h->name, name, h->name_len) == 0;
}

const char *
request_query_other(const struct request *r, const char *const *names)
{
	for (size_t i = 0; i < r->num_queries; i++) {
		size_t n = 0;

		while (names[n] != NULL &&
		       strcmp(names[n], r->queries[i].name) != 0) {
			n++;
		}
		if (names[n] == NULL) {
			return r->queries[i].name;
		}
	}
	return NULL;
}

const char *
request_header(const struct request *r, const char *name)
{
	for (size_t i = 0; i < r->num_headers; i++) {
		if (is_named(&r->headers[i], name)) {
			return r->headers[i].value;
		}
	}
	return NULL;
}

const char *
request_cookie(const struct request *r, const char *name)
{
	const char *found = NULL;

	for (size_t i = 0; i < r->num_cookies; i++) {
		if (strcmp(r->cookies[i].name, name) != 0) {
			continue;
		}
		if (found != NULL) {
			return NULL;
		}
		found = r->cookies[i].value;
	}
	return found;
}

struct slice
request_body(const struct request *r)
{
	return buf_slice(&r->body);
}

const char *
request_content_type(const struct request *r)
{
	return r->content_type;
}

const char *
request_client(const struct request *r)
{
	return r->client;
}

uint16_t
request_peer_port(const struct request *r)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	return info != NULL && info->client_addr != NULL
		   ? address_port(info->client_addr)
		   : 0;
}

bool
request_is_tls(const struct request *r)
{
	return r->tls;
}

const char *
request_bearer(const struct request *r)
{
	const char *value = request_header(r, "Authorization");

	if (value == NULL || strncasecmp(value, "Bearer ", 7) != 0) {
		return NULL;
	}
	value += 7;
	value += strspn(value, " ");
	return value[0] != '\0' ? value : NULL;
}

/* --- the head ----------------------------------------------------------- */

static bool
refuse(struct request *r, unsigned status, const char *rule, const char *detail)
{
	problem(&r->response, status, rule, detail);
	return false;
}

/* A refusal after which the connection's next bytes cannot be trusted. */
static bool
refuse_framing(struct request *r, const char *detail)
{
	response_close(&r->response);
	return refuse(r, 400, "http.framing", detail);
}

struct collect {
	struct request *r;
	bool too_many;
	bool malformed;
};

static bool
is_token(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool usual = (s[i] >= 'a' && s[i] <= 'z') ||
			     (s[i] >= 'A' && s[i] <= 'Z') || s[i] == '-';

		if (!usual &&
		    (s[i] <= 0x20 || s[i] >= 0x7f ||
			strchr("\"(),/:;<=>?@[\\]{}", s[i]) != NULL)) {
			return false;
		}
	}
	return len > 0;
}

static enum MHD_Result
collect_header(void *cls, enum MHD_ValueKind kind, const char *key,
    size_t key_len, const char *value, size_t value_len)
{
	struct collect *c = cls;
	struct request *r = c->r;

	(void)kind;
	if (r->num_headers == HTTP_HEADERS_MAX) {
		c->too_many = true;
		return MHD_NO;
	}
	if (value == NULL) {
		value = "";
		value_len = 0;
	}
	if (!is_token(key, key_len)) {
		c->malformed = true;
	}
	for (size_t i = 0; i < value_len; i++) {
		unsigned char b = (unsigned char)value[i];

		if ((b < 0x20 && b != '\t') || b == 0x7f) {
			c->malformed = true;
		}
	}
	r->headers[r->num_headers++] = (struct header){key, key_len, value};
	return MHD_YES;
}

static bool
collect_headers(struct request *r)
{
	struct collect c = {.r = r};

	(void)MHD_get_connection_values_n(
	    r->connection, MHD_HEADER_KIND, collect_header, &c);
	if (c.too_many) {
		response_close(&r->response);
		return refuse(r, 431, "http.headers",
		    "The request has too many header lines.");
	}
	if (c.malformed) {
		return refuse_framing(r, "A header line is malformed.");
	}
	return true;
}

/* Headers whose repetition would let two readers see two requests. */
static bool
check_singletons(struct request *r)
{
	static const char *const once[] = {"Host", "Content-Length",
	    "Transfer-Encoding", "Content-Type", "Authorization", "Origin",
	    "Idempotency-Key", "Expect"};

	for (size_t n = 0; n < ARRAY_LEN(once); n++) {
		unsigned seen = 0;

		for (size_t i = 0; i < r->num_headers; i++) {
			seen += is_named(&r->headers[i], once[n]);
		}
		if (seen > 1) {
			return refuse_framing(
			    r, "A header that may stand once stands twice.");
		}
	}
	return true;
}

/* RFC 9112 3.2, 6.1 and 6.2: one Host, one way to tell the body's end. */
static bool
check_framing(struct request *r, const char *version)
{
	const char *host = request_header(r, "Host");
	const char *length = request_header(r, "Content-Length");
	const char *coding = request_header(r, "Transfer-Encoding");
	bool is_1_1 = strcmp(version, "HTTP/1.1") == 0;
	uint64_t len = 0;

	if (is_1_1 && (host == NULL || host[0] == '\0')) {
		return refuse_framing(r, "The Host header is missing.");
	}
	if (coding != NULL &&
	    (length != NULL || !is_1_1 || strcasecmp(coding, "chunked") != 0)) {
		return refuse_framing(r,
		    "Of Transfer-Encoding only \"chunked\" is taken, with "
		    "HTTP/1.1 and without Content-Length.");
	}
	if (length != NULL && !text_to_u64(slice_str(length), &len)) {
		return refuse_framing(r, "The Content-Length is no number.");
	}
	r->has_body = coding != NULL || len > 0;
	return true;
}

static bool
parse_target(struct request *r)
{
	const char *mark = strchr(r->target, '?');
	size_t path_len =
	    mark != NULL ? (size_t)(mark - r->target) : strlen(r->target);

	if (r->too_long) {
		response_close(&r->response);
		return refuse(
		    r, 414, "http.target", "The address is too long.");
	}
	if (!target_path_ok(slice_make(r->target, path_len))) {
		return refuse(r, 400, "http.target",
		    "The request's path is not well formed.");
	}
	r->memory[path_len] = '\0';
	r->path = r->memory;
	if (mark != NULL && !r->server->options.ignore_query &&
	    !target_query(slice_str(mark + 1), &r->room, r->queries,
		ARRAY_LEN(r->queries), &r->num_queries)) {
		r->num_queries = 0;
		return refuse(r, 400, "http.query",
		    "The query is not well formed, or a name stands twice in "
		    "it.");
	}
	return true;
}

static bool
find_route(struct request *r)
{
	router_find(
	    r->server->router, r->method, slice_str(r->path), &r->match);
	if (r->match.route == NULL && r->match.allow[0] != '\0') {
		response_header(&r->response, "Allow", r->match.allow);
		return refuse(r, 405, "http.method",
		    "There is no such method here; the Allow header says "
		    "which there are.");
	}
	if (r->match.route == NULL) {
		return refuse(
		    r, 404, "http.path", "There is nothing at this address.");
	}
	for (size_t i = 0; i < r->match.num_params; i++) {
		struct slice name = r->match.params[i].name;
		struct room *room = &r->room;
		struct pair *out = &r->params[r->num_params];

		out->value =
		    target_decode(r->match.params[i].value, false, room);
		out->name = NULL;
		if (out->value == NULL || name.len + 1 > room->left) {
			return refuse(r, 400, "http.target",
			    "The request's path is not well formed.");
		}
		memcpy(room->p, name.p, name.len);
		room->p[name.len] = '\0';
		out->name = room->p;
		room->p += name.len + 1;
		room->left -= name.len + 1;
		r->num_params++;
	}
	return true;
}

static void
parse_content_type(struct request *r)
{
	const char *value = request_header(r, "Content-Type");
	size_t len;

	if (value == NULL) {
		return;
	}
	len = strcspn(value, "; \t");
	if (len >= sizeof(r->content_type)) {
		len = sizeof(r->content_type) - 1;
	}
	for (size_t i = 0; i < len; i++) {
		char c = value[i];

		if (c >= 'A' && c <= 'Z') {
			c = (char)(c | 0x20);
		}
		r->content_type[i] = c;
	}
	r->content_type[len] = '\0';
}

static bool
check_body(struct request *r)
{
	const struct route *route = r->match.route;
	const char *length = request_header(r, "Content-Length");
	const char *want = route->content_type != NULL ? route->content_type
						       : "application/json";
	uint64_t len = 0;

	r->body_max = route->body_max > 0 ? route->body_max : HTTP_BODY_MAX;
	if ((route->flags & ROUTE_BODY) == 0) {
		return !r->has_body ||
		       refuse(r, 400, "http.body", "No body belongs here.");
	}
	if (length == NULL && !r->has_body &&
	    (route->flags & ROUTE_BODY_OPTIONAL) == 0) {
		return refuse(r, 411, "http.length",
		    "The request has no Content-Length.");
	}
	if (length != NULL && text_to_u64(slice_str(length), &len) &&
	    len > r->body_max) {
		if (len > HTTP_BODY_MAX) {
			response_close(&r->response);
		}
		return refuse(r, 413, "http.size", "The body is too large.");
	}
	if (r->has_body && strcmp(want, "*") != 0 &&
	    strcmp(want, r->content_type) != 0) {
		return refuse(r, 415, "http.type",
		    "The body is of another media type than is taken here.");
	}
	return true;
}

static void
add_cookies(struct request *r, char *text)
{
	while (*text != '\0' && r->num_cookies < HTTP_COOKIES_MAX) {
		size_t len = strcspn(text, ";");
		char *next = text + len + (text[len] != '\0');
		char *equals;

		text[len] = '\0';
		text += strspn(text, " \t");
		equals = strchr(text, '=');
		if (equals != NULL) {
			*equals = '\0';
			r->cookies[r->num_cookies++] =
			    (struct pair){text, equals + 1};
		}
		text = next;
	}
}

/* RFC 6265 4.2.1; several Cookie lines are read as one. */
static bool
parse_cookies(struct request *r)
{
	size_t total = 0;
	char *at;

	for (size_t i = 0; i < r->num_headers; i++) {
		if (is_named(&r->headers[i], "Cookie")) {
			total += strlen(r->headers[i].value) + 1;
		}
	}
	if (total == 0) {
		return true;
	}
	r->cookie_memory = malloc(total);
	if (r->cookie_memory == NULL) {
		r->response.broken = true;
		return false;
	}
	at = r->cookie_memory;
	for (size_t i = 0; i < r->num_headers; i++) {
		size_t len = strlen(r->headers[i].value) + 1;

		if (is_named(&r->headers[i], "Cookie")) {
			memcpy(at, r->headers[i].value, len);
			add_cookies(r, at);
			at += len;
		}
	}
	return true;
}

/* The next address from the right of a list; false when it is none. */
static bool
take_last(struct slice *list, struct address *out)
{
	struct slice item;
	size_t at = list->len;

	while (at > 0 && list->p[at - 1] != ',') {
		at--;
	}
	item = slice_make(list->p + at, list->len - at);
	list->len = at > 0 ? at - 1 : 0;
	while (item.len > 0 && (item.p[0] == ' ' || item.p[0] == '\t')) {
		item.p++;
		item.len--;
	}
	while (item.len > 0 &&
	       (item.p[item.len - 1] == ' ' || item.p[item.len - 1] == '\t')) {
		item.len--;
	}
	return address_parse(item, out);
}

/*
 * Walks X-Forwarded-For from its end, where our own proxy wrote, as long as
 * the addresses are proxies that we trust.
 */
static void
follow_forwarded(struct request *r, struct address *client)
{
	for (size_t i = r->num_headers; i-- > 0;) {
		struct slice list = slice_str(r->headers[i].value);
		struct address one;

		if (!is_named(&r->headers[i], "X-Forwarded-For")) {
			continue;
		}
		while (list.len > 0) {
			if (!take_last(&list, &one)) {
				return;
			}
			*client = one;
			if (!server_trusts(r->server, &one)) {
				return;
			}
		}
	}
}

static void
find_client(struct request *r)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct address client;

	r->tls = r->server->tls;
	if (info == NULL || info->client_addr == NULL ||
	    !address_from_socket(info->client_addr, &client)) {
		return;
	}
	if (server_trusts(r->server, &client)) {
		const char *proto = request_header(r, "X-Forwarded-Proto");

		r->tls = r->tls ||
			 (proto != NULL && strcasecmp(proto, "https") == 0);
		follow_forwarded(r, &client);
	}
	address_text(&client, r->client);
}

bool
request_head(struct request *r, const char *method, const char *version)
{
	memcpy(r->method, method, strnlen(method, sizeof(r->method) - 1));
	if (!collect_headers(r)) {
		return false;
	}
	find_client(r);
	if (strcmp(version, "HTTP/1.1") != 0 &&
	    strcmp(version, "HTTP/1.0") != 0) {
		response_close(&r->response);
		return refuse(r, 505, "http.version",
		    "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
	}
	if (!check_singletons(r) || !check_framing(r, version) ||
	    !parse_target(r) || !find_route(r)) {
		return false;
	}
	parse_content_type(r);
	return check_body(r) && parse_cookies(r);
}
