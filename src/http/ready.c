/* SPDX-License-Identifier: Apache-2.0 */
#include "http/ready.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/etag.h"
#include "http/http_priv.h"

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
	}
	return ERR_OK;
}

enum err
ready_new(struct slice body, const char *type,
    const struct ready_header *headers, size_t num_headers, struct ready **out,
    struct errinfo *ei)
{
	struct ready *r = calloc(1, sizeof(*r));
	enum err e;

	if (r == NULL) {
		return err_nomem(ei);
	}
	atomic_init(&r->refs, 1);
	/* The copy is libmicrohttpd's: a slow client may still be getting it
	 * when the last reference here is gone. */
	r->made = MHD_create_response_from_buffer(
	    body.len, (void *)(uintptr_t)body.p, MHD_RESPMEM_MUST_COPY);
	if (r->made == NULL) {
		ready_unref(r);
		return err_nomem(ei);
	}
	r->body_len = body.len;
	r->cost = sizeof(*r) + RESPONSE_COST + body.len;
	e = add_header(r, "Content-Type", type, ei);
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

bool
ready_is_known(const struct ready *r, const char *if_none_match)
{
	return r->etag != NULL && etag_is_known(r->etag, if_none_match);
}
