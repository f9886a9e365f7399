/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IPC_WIRE_H
#define SURGUCH_IPC_WIRE_H
/*
 * The fields of a message: fixed-width big-endian integers, and bytes and
 * text with a u32 length in front.  Writing appends to a struct buf (errors
 * are the buffer's).  Reading is a cursor whose first failure sticks and
 * turns every later value into zero or empty, so an unpack reads field after
 * field and asks wire_end() once; nothing may be used before that.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/audit_position.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

void wire_put_u8(struct buf *b, uint8_t v);
void wire_put_u32(struct buf *b, uint32_t v);
void wire_put_u64(struct buf *b, uint64_t v);
void wire_put_i64(struct buf *b, int64_t v);        /* two's complement */
void wire_put_bool(struct buf *b, bool v);          /* 0 or 1 */
void wire_put_bytes(struct buf *b, struct slice s); /* length, bytes */
void wire_put_text(struct buf *b, const char *s);   /* NULL is "" */
void wire_put_fixed(struct buf *b, const void *p, size_t len);
void wire_put_errinfo(struct buf *b, const struct errinfo *ei);
void wire_put_audit(struct buf *b, const struct audit_position *at);

struct wire {
	struct slice rest;
	bool bad;
	const char *why; /* static; what failed first */
};

struct wire wire_init(struct slice body);
uint8_t wire_get_u8(struct wire *w);
uint32_t wire_get_u32(struct wire *w);
uint64_t wire_get_u64(struct wire *w);
int64_t wire_get_i64(struct wire *w);
bool wire_get_bool(struct wire *w); /* anything but 0 and 1 is bad */
/* u32 that must be below `limit`, for enums and counts. */
uint32_t wire_get_below(struct wire *w, uint32_t limit);
/* At most max bytes; borrows from the message. */
struct slice wire_get_bytes(struct wire *w, size_t max);
void wire_get_fixed(struct wire *w, void *p, size_t len);
/*
 * Text into a fixed buffer, NUL-terminated: well-formed UTF-8 without
 * controls, or empty, shorter than size.
 */
void wire_get_text(struct wire *w, char *out, size_t size);
void wire_get_errinfo(struct wire *w, struct errinfo *out);
void wire_get_audit(struct wire *w, struct audit_position *out);
/* Mark the message bad for a reason of the caller's (static text). */
void wire_bad(struct wire *w, const char *why);

/* All consumed and nothing failed; otherwise ERR_FORMAT "wire.message" that
 * names `message`. */
ATTR_MUST_USE enum err wire_end(
    const struct wire *w, const char *message, struct errinfo *ei);

#endif
