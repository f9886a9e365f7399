/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_JSON_WRITER_H
#define SURGUCH_JSON_WRITER_H
/*
 * Writing JSON straight into a buffer, in the order of the calls, without
 * spaces and without a tree.  Failure is sticky like that of struct buf: write
 * freely, ask json_writer_end() once.
 *
 *	struct json_writer w;
 *	json_writer_init(&w, &body);
 *	json_open_object(&w, NULL);
 *	json_put_text(&w, "name", name);
 *	json_open_array(&w, "phones");
 *	json_put_text(&w, NULL, phone);
 *	json_close(&w);
 *	json_close(&w);
 *	e = json_writer_end(&w, ei);
 *
 * `field` is the member's name inside an object and NULL inside an array and
 * for the outermost value.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct json_writer {
	struct buf *out; /* borrowed */
	unsigned depth;
	bool in_array[JSON_DEPTH_MAX];
	bool not_first[JSON_DEPTH_MAX];
	bool done;   /* the outermost value is complete */
	bool misuse; /* unbalanced, a field where none belongs, bad UTF-8 */
};

void json_writer_init(struct json_writer *w, struct buf *out);

void json_open_object(struct json_writer *w, const char *field);
void json_open_array(struct json_writer *w, const char *field);
void json_close(struct json_writer *w); /* the innermost open one */

/* NULL is written as null. */
void json_put_text(struct json_writer *w, const char *field, const char *text);
/* Leaves the member out when text is NULL. */
void json_put_text_optional(
    struct json_writer *w, const char *field, const char *text);
void json_put_slice(
    struct json_writer *w, const char *field, struct slice utf8);
void json_put_int(struct json_writer *w, const char *field, int64_t v);
void json_put_bool(struct json_writer *w, const char *field, bool v);
void json_put_null(struct json_writer *w, const char *field);
/* UTC seconds as "2026-11-22T14:05:09Z" (RFC 3339). */
void json_put_time(struct json_writer *w, const char *field, int64_t sec);
/* Bytes as a base64 text, and as a lower-case hex text. */
void json_put_base64(
    struct json_writer *w, const char *field, struct slice bytes);
void json_put_hex(struct json_writer *w, const char *field, struct slice bytes);
/* JSON that we wrote ourselves earlier; it is not looked at. */
void json_put_raw(struct json_writer *w, const char *field, struct slice json);

/* INTERNAL on misuse, LIMIT or NOMEM of the buffer otherwise. */
ATTR_MUST_USE enum err json_writer_end(
    struct json_writer *w, struct errinfo *ei);

/* Append the inside of a JSON string: quotes, backslashes and controls
 * escaped (RFC 8259 7), also "<", ">", "&" and U+2028/9, so that the text is
 * harmless inside HTML.  The input must be UTF-8. */
void json_escape(struct buf *out, struct slice utf8);

#endif
