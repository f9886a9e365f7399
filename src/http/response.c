/* SPDX-License-Identifier: Apache-2.0 */
#include "http/response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "http/http_priv.h"

static const char json_type[] = "application/json";

void
response_init(struct response *r, const char *request_id)
{
	*r = (struct response){.status = 204, .request_id = request_id};
	buf_init(&r->buf, HTTP_ANSWER_MAX);
}

static void
drop_body(struct response *r)
{
	if (r->release != NULL) {
		r->release(r->release_arg);
	}
	r->release = NULL;
	ready_unref(r->ready);
	r->ready = NULL;
	if (r->stream != NULL) {
		/* Never sent, or sent to its end. */
		http_stream_end(r->stream);
		http_stream_unref(r->stream);
	}
	r->stream = NULL;
	r->body_kind = BODY_NONE;
	r->writing = false;
	r->type = NULL;
	buf_clear(&r->buf);
}

static void
drop_headers(struct response *r)
{
	for (size_t i = 0; i < r->num_headers; i++) {
		free(r->headers[i].name);
		free(r->headers[i].value);
	}
	r->num_headers = 0;
}

void
response_clear(struct response *r)
{
	drop_body(r);
	drop_headers(r);
}

void
response_status(struct response *r, unsigned status)
{
	if (status < 200 || status > 599) {
		r->broken = true;
		return;
	}
	r->status = status;
}

static struct response_header *
find(struct response *r, const char *name)
{
	for (size_t i = 0; i < r->num_headers; i++) {
		if (strcasecmp(r->headers[i].name, name) == 0) {
			return &r->headers[i];
		}
	}
	return NULL;
}

bool
response_has(struct response *r, const char *name)
{
	return find(r, name) != NULL;
}

static bool
is_token(const char *s)
{
	return s[0] != '\0' &&
	       strspn(s, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
			 "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(s);
}

/* RFC 9110 5.5, without bytes above 0x7f, which we never need. */
static bool
is_field_value(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((*s < 0x20 && *s != '\t') || *s == 0x7f) {
			return false;
		}
	}
	return true;
}

void
response_header(struct response *r, const char *name, const char *value)
{
	bool adds = strcasecmp(name, "Set-Cookie") == 0 ||
		    strcasecmp(name, "Link") == 0;
	struct response_header *h = adds ? NULL : find(r, name);
	char *name_copy, *value_copy;

	if (!is_token(name) || !is_field_value(value) ||
	    (h == NULL && r->num_headers == RESPONSE_HEADERS_MAX)) {
		r->broken = true;
		return;
	}
	name_copy = slice_dup_str(slice_str(name));
	value_copy = slice_dup_str(slice_str(value));
	if (name_copy == NULL || value_copy == NULL) {
		free(name_copy);
		free(value_copy);
		r->broken = true;
		return;
	}
	if (h == NULL) {
		h = &r->headers[r->num_headers++];
	} else {
		free(h->name);
		free(h->value);
	}
	h->name = name_copy;
	h->value = value_copy;
}

static void
set_body(struct response *r, enum body_kind kind, const char *type)
{
	drop_body(r);
	r->body_kind = kind;
	r->type = type;
	if (r->status == 204) {
		r->status = 200;
	}
}

void
response_body_take(struct response *r, struct buf *body, const char *type)
{
	set_body(r, BODY_OWNED, type);
	if (buf_err(body, NULL) != ERR_OK) {
		r->broken = true;
		return;
	}
	r->buf = *body;
	buf_init(body, body->max);
}

void
response_body_static(struct response *r, struct slice body, const char *type)
{
	response_body_shared(r, &body, 1, type, NULL, NULL);
}

void
response_body_shared(struct response *r, const struct slice *pieces, size_t num,
    const char *type, void (*release)(void *arg), void *arg)
{
	set_body(r, BODY_BORROWED, type);
	ensure(num <= RESPONSE_PIECES_MAX);
	memcpy(r->pieces, pieces, num * sizeof(*pieces));
	r->num_pieces = num;
	r->release = release;
	r->release_arg = arg;
}

void
response_stream(struct response *r, struct http_stream *s, const char *type)
{
	set_body(r, BODY_STREAM, type);
	r->stream = s;
}

void
response_ready(struct response *r, struct ready *ready)
{
	set_body(r, BODY_READY, NULL);
	r->ready = ready;
}

struct json_writer *
response_json(struct response *r, unsigned status)
{
	set_body(r, BODY_OWNED, json_type);
	response_status(r, status);
	r->writing = true;
	json_writer_init(&r->writer, &r->buf);
	return &r->writer;
}

void
response_json_text(struct response *r, unsigned status, struct slice json)
{
	set_body(r, BODY_OWNED, json_type);
	buf_add(&r->buf, json);
	response_status(r, status);
}

/* RFC 6265 4.1.1 cookie-octet. */
static bool
is_cookie_value(const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s <= 0x20 || *s >= 0x7f || strchr("\",;\\", *s) != NULL) {
			return false;
		}
	}
	return true;
}

void
response_cookie(struct response *r, const char *name, const char *value,
    int64_t max_age_sec)
{
	struct buf line = BUF_INIT(4096);

	if (!is_token(name) || !is_cookie_value(value)) {
		r->broken = true;
		return;
	}
	buf_printf(&line, "%s=%s", name, value);
	if (max_age_sec >= 0) {
		buf_printf(&line, "; Max-Age=%lld", (long long)max_age_sec);
	}
	buf_add_str(&line, "; Path=/; HttpOnly; Secure; SameSite=Lax");
	if (buf_err(&line, NULL) != ERR_OK) {
		r->broken = true;
	} else {
		response_header(r, "Set-Cookie", buf_cstr(&line));
	}
	/* It may be a session's token. */
	buf_wipe(&line);
}

void
response_cookie_clear(struct response *r, const char *name)
{
	response_cookie(r, name, "", 0);
}

void
response_close(struct response *r)
{
	r->close = true;
}

static void
add_default(struct response *r, const char *name, const char *value)
{
	if (!response_has(r, name)) {
		response_header(r, name, value);
	}
}

static void
add_defaults(struct response *r, bool tls)
{
	add_default(r, "X-Content-Type-Options", "nosniff");
	add_default(r, "Cache-Control", "no-store");
	add_default(r, "Referrer-Policy", "no-referrer");
	if (r->type == NULL || strstr(r->type, "json") != NULL) {
		add_default(r, "Content-Security-Policy",
		    "default-src 'none'; frame-ancestors 'none'");
	}
	if (tls) {
		add_default(r, "Strict-Transport-Security", "max-age=31536000");
	}
	response_header(r, "X-Request-Id", r->request_id);
	if (r->type != NULL) {
		response_header(r, "Content-Type", r->type);
	}
	if (r->close) {
		response_header(r, "Connection", "close");
	}
}

static void
set_broken(struct response *r)
{
	static const char text[] = "an answer could not be built";
	struct errinfo ei;

	(void)err_set(&ei, ERR_INTERNAL, "http.answer", NULL, "%s", text);
	drop_headers(r);
	r->broken = false;
	problem_from_err(r, &ei);
}

void
response_finish(struct response *r, bool tls, bool stopping)
{
	if (r->writing && json_writer_end(&r->writer, NULL) != ERR_OK) {
		r->broken = true;
	}
	if (r->body_kind == BODY_OWNED && buf_err(&r->buf, NULL) != ERR_OK) {
		r->broken = true;
	}
	r->writing = false;
	r->close = r->close || stopping;
	if (r->broken) {
		set_broken(r);
		r->writing = false;
	}
	add_defaults(r, tls);
	if (r->broken) { /* no room for a header: not without it */
		set_broken(r);
		r->writing = false;
		add_defaults(r, tls);
	}
}

static struct MHD_Response *
make_borrowed(struct response *r)
{
	struct MHD_IoVec at[RESPONSE_PIECES_MAX];
	struct MHD_Response *made;

	for (size_t i = 0; i < r->num_pieces; i++) {
		at[i] = (struct MHD_IoVec){r->pieces[i].p, r->pieces[i].len};
	}
	made = MHD_create_response_from_iovec(
	    at, (unsigned)r->num_pieces, r->release, r->release_arg);
	if (made != NULL) {
		r->release = NULL;
	}
	return made;
}

static struct MHD_Response *
make_body(struct response *r)
{
	struct MHD_Response *made;
	size_t len;
	uint8_t *p;

	if (r->body_kind == BODY_BORROWED) {
		return make_borrowed(r);
	}
	if (r->body_kind == BODY_STREAM) {
		return stream_make(r->stream);
	}
	p = buf_take(&r->buf, &len);
	if (len == 0) {
		free(p);
		return MHD_create_response_from_buffer(
		    0, NULL, MHD_RESPMEM_PERSISTENT);
	}
	made = MHD_create_response_from_buffer(len, p, MHD_RESPMEM_MUST_FREE);
	if (made == NULL) {
		free(p);
	}
	return made;
}

struct MHD_Response *
response_make(struct response *r)
{
	struct MHD_Response *made;

	if (r->broken) {
		return NULL;
	}
	r->body_len = r->buf.len;
	for (size_t i = 0; r->body_kind == BODY_BORROWED && i < r->num_pieces;
	     i++) {
		r->body_len += r->pieces[i].len;
	}
	made = make_body(r);
	if (made == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < r->num_headers; i++) {
		if (MHD_add_response_header(made, r->headers[i].name,
			r->headers[i].value) != MHD_YES) {
			MHD_destroy_response(made);
			return NULL;
		}
	}
	return made;
}
