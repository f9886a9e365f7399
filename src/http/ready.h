/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_READY_H
#define SURGUCH_HTTP_READY_H
/*
 * An answer that is made once and sent many times: status 200, the same bytes
 * and headers for everybody (so no X-Request-Id), counted.  If it has an ETag,
 * who shows that gets a 304; if it has Last-Modified, so does who has it since
 * then and shows no tag (RFC 9110 13.2.2).  If it has Accept-Ranges, who asks
 * for a part gets that (206, 416), unless If-Range names another state.
 */
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

struct ready;
struct response;

struct ready_header {
	const char *name;
	const char *value;
};

/* Copies everything; `type` too.  X-Content-Type-Options is added.
 * ERR_FORMAT "http.header" for what is none; ERR_NOMEM. */
ATTR_MUST_USE enum err ready_new(struct slice body, const char *type,
    const struct ready_header *headers, size_t num_headers, struct ready **out,
    struct errinfo *ei);
/* The same, with the body in a file without a name: over plain HTTP the kernel
 * sends it from there without a copy, which pays from some 16 KiB on; over TLS
 * it costs.  The file is in dir, or in memory where that is NULL or takes none:
 * the kernel hands out a disk's file in larger pieces.  ERR_SYS "memfd.new"
 * too. */
ATTR_MUST_USE enum err ready_new_in_file(const char *dir, struct slice body,
    const char *type, const struct ready_header *headers, size_t num_headers,
    struct ready **out, struct errinfo *ei);
/* One reference more, and one less; any thread.  unref(NULL) is fine. */
struct ready *ready_ref(struct ready *r);
void ready_unref(struct ready *r);
/* Memory that it takes, near enough for a cache to count by. */
size_t ready_bytes(const struct ready *r);

/* Make this the answer; takes one reference. */
void response_ready(struct response *resp, struct ready *ready);

#endif
