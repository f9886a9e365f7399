/* SPDX-License-Identifier: Apache-2.0 */
#include "http/ready.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/date.h"
#include "http/etag.h"
#include "http/http_priv.h"
#include "http/range.h"
#include "os/file.h"
#include "os/memfd.h"

enum {
	/* libmicrohttpd's response and its mutex, and for each header a record
	 * with two allocated texts, allocators' heads counted. */
	RESPONSE_COST = 320,
	HEADER_COST = 128,
};

static enum err
add_header(
    struct ready *r, const char *name, const char *value, struct errinfo *ei)
{
	/* It refuses what is no header and when there is no memory. */
	if (MHD_add_response_header(r->made, name, value) != MHD_YES) {
		return err_set(ei, ERR_FORMAT, "http.header", NULL,
		    "the header %s cannot be set", name);
	}
	r->cost += HEADER_COST + strlen(name) + strlen(value);
	if (strcasecmp(name, "ETag") == 0) {
		r->etag =
		    MHD_get_response_header(r->made, MHD_HTTP_HEADER_ETAG);
	} else if (strcasecmp(name, "Last-Modified") == 0) {
		r->modified = MHD_get_response_header(
		    r->made, MHD_HTTP_HEADER_LAST_MODIFIED);
		r->has_modified = http_date_parse(value, &r->modified_sec);
	} else if (strcasecmp(name, "Accept-Ranges") == 0) {
		r->ranges = true;
	}
	return ERR_OK;
}

/* The copy is libmicrohttpd's: a slow client may still be getting it when the
 * last reference here is gone. */
static enum err
make_of_memory(struct ready *r, struct slice body, struct errinfo *ei)
{
	r->body = slice_dup(body);
	if (r->body != NULL) {
		r->made = MHD_create_response_from_buffer(
		    body.len, r->body, MHD_RESPMEM_MUST_FREE);
	}
	if (r->made == NULL) {
		free(r->body);
		return err_nomem(ei);
	}
	return ERR_OK;
}

/* So is the descriptor. */
static enum err
make_of_file(
    struct ready *r, const char *dir, struct slice body, struct errinfo *ei)
{
	enum err e = ERR_OK;

	if (dir == NULL || file_unnamed(dir, body, &r->fd, NULL) != ERR_OK) {
		e = memfd_of("http.ready", body, &r->fd, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	r->made = MHD_create_response_from_fd64(body.len, r->fd);
	if (r->made == NULL) {
		fd_close(r->fd);
		return err_nomem(ei);
	}
	return ERR_OK;
}

static struct ready *
start(struct slice body)
{
	struct ready *r = calloc(1, sizeof(*r));

	if (r != NULL) {
		atomic_init(&r->refs, 1);
		r->fd = -1;
		r->body_len = body.len;
		r->cost = sizeof(*r) + RESPONSE_COST + body.len;
	}
	return r;
}

/* made: what came of its body. */
static enum err
finish(struct ready *r, enum err made, const char *type,
    const struct ready_header *headers, size_t num_headers, struct ready **out,
    struct errinfo *ei)
{
	enum err e = made;

	if (e == ERR_OK) {
		e = add_header(r, "Content-Type", type, ei);
	}
	if (e == ERR_OK) {
		e = add_header(r, "X-Content-Type-Options", "nosniff", ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num_headers; i++) {
		e = add_header(r, headers[i].name, headers[i].value, ei);
	}
	if (e != ERR_OK) {
		ready_unref(r);
		return e;
	}
	*out = r;
	return ERR_OK;
}

enum err
ready_new(struct slice body, const char *type,
    const struct ready_header *headers, size_t num_headers, struct ready **out,
    struct errinfo *ei)
{
	struct ready *r = start(body);

	return r == NULL ? err_nomem(ei)
			 : finish(r, make_of_memory(r, body, ei), type, headers,
			       num_headers, out, ei);
}

enum err
ready_new_in_file(const char *dir, struct slice body, const char *type,
    const struct ready_header *headers, size_t num_headers, struct ready **out,
    struct errinfo *ei)
{
	struct ready *r = start(body);

	return r == NULL ? err_nomem(ei)
			 : finish(r, make_of_file(r, dir, body, ei), type,
			       headers, num_headers, out, ei);
}

struct ready *
ready_ref(struct ready *r)
{
	(void)atomic_fetch_add_explicit(&r->refs, 1, memory_order_relaxed);
	return r;
}

void
ready_unref(struct ready *r)
{
	if (r == NULL || atomic_fetch_sub(&r->refs, 1) != 1) {
		return;
	}
	if (r->made != NULL) {
		MHD_destroy_response(r->made);
	}
	free(r);
}

size_t
ready_bytes(const struct ready *r)
{
	return r->cost;
}

/* --- what a request gets of it --------------------------------------------
 */

/* RFC 9110 13.2.2, steps 3 and 4: a tag is the better word. */
static bool
is_known(const struct ready *r, const struct request *q)
{
	const char *tags = request_header(q, "If-None-Match");
	const char *since;
	int64_t sec;

	if (r->etag != NULL && tags != NULL) {
		return etag_is_known(r->etag, tags);
	}
	if (tags != NULL || !r->has_modified) {
		return false;
	}
	since = request_header(q, "If-Modified-Since");
	return since != NULL &&
	       (strcmp(since, r->modified) == 0 ||
		   (http_date_parse(since, &sec) && sec >= r->modified_sec));
}

/* RFC 9110 13.1.5: a strong tag, or the very date. */
static bool
is_same_state(const struct ready *r, const char *if_range)
{
	return if_range == NULL ||
	       (r->etag != NULL && strcmp(if_range, r->etag) == 0) ||
	       (r->has_modified && strcmp(if_range, r->modified) == 0);
}

static enum MHD_Result
copy_header(
    void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	return MHD_add_response_header(cls, name, value);
}

static void
release(void *arg)
{
	ready_unref(arg);
}

static struct MHD_Response *
part_of_memory(struct ready *r, size_t first, size_t len)
{
	struct MHD_Response *made =
	    MHD_create_response_from_buffer_with_free_callback_cls(
		len, r->body + first, release, ready_ref(r));

	if (made == NULL) {
		ready_unref(r);
	}
	return made;
}

static struct MHD_Response *
part_of_file(const struct ready *r, size_t first, size_t len)
{
	struct MHD_Response *made = NULL;
	int fd = -1;

	if (fd_dup(r->fd, &fd, NULL) == ERR_OK) {
		made = MHD_create_response_from_fd_at_offset64(len, fd, first);
	}
	if (made == NULL) {
		fd_close(fd);
	}
	return made;
}

static struct MHD_Response *
make_part(struct ready *r, size_t first, size_t len)
{
	struct MHD_Response *made = r->fd >= 0 ? part_of_file(r, first, len)
					       : part_of_memory(r, first, len);
	char range[80];

	if (made == NULL) {
		return NULL;
	}
	(void)snprintf(range, sizeof(range), "bytes %zu-%zu/%zu", first,
	    first + len - 1, r->body_len);
	if (MHD_get_response_headers(r->made, copy_header, made) < 0 ||
	    MHD_add_response_header(made, "Content-Range", range) != MHD_YES) {
		MHD_destroy_response(made);
		return NULL;
	}
	return made;
}

static struct MHD_Response *
make_nowhere(const struct ready *r)
{
	struct MHD_Response *made =
	    MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	char range[48];

	(void)snprintf(range, sizeof(range), "bytes */%zu", r->body_len);
	if (made != NULL &&
	    MHD_add_response_header(made, "Content-Range", range) != MHD_YES) {
		MHD_destroy_response(made);
		return NULL;
	}
	return made;
}

struct MHD_Response *
ready_answer(struct ready *r, const struct request *q, struct response *resp)
{
	const char *asked = NULL;
	size_t first = 0, len = 0;

	resp->body_len = r->body_len;
	if (is_known(r, q)) {
		resp->status = MHD_HTTP_NOT_MODIFIED;
		resp->body_len = 0;
		return r->made;
	}
	/* RFC 9110 14.2: ranges are of GET alone. */
	if (r->ranges && strcmp(q->method, "GET") == 0) {
		asked = request_header(q, "Range");
	}
	if (asked == NULL || !is_same_state(r, request_header(q, "If-Range"))) {
		return r->made;
	}
	switch (range_parse(asked, r->body_len, &first, &len)) {
	case RANGE_PART:
		resp->status = MHD_HTTP_PARTIAL_CONTENT;
		resp->body_len = len;
		return make_part(r, first, len);
	case RANGE_NOWHERE:
		resp->status = MHD_HTTP_RANGE_NOT_SATISFIABLE;
		resp->body_len = 0;
		return make_nowhere(r);
	case RANGE_WHOLE:
		break;
	}
	return r->made;
}
