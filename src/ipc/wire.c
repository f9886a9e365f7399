/* SPDX-License-Identifier: Apache-2.0 */
#include "ipc/wire.h"

#include <limits.h>
#include <string.h>

#include "base/text.h"

void
wire_put_u8(struct buf *b, uint8_t v)
{
	buf_add_u8(b, v);
}

void
wire_put_u32(struct buf *b, uint32_t v)
{
	buf_add_u32(b, v);
}

void
wire_put_u64(struct buf *b, uint64_t v)
{
	buf_add_u64(b, v);
}

void
wire_put_i64(struct buf *b, int64_t v)
{
	buf_add_u64(b, (uint64_t)v);
}

void
wire_put_bool(struct buf *b, bool v)
{
	buf_add_u8(b, v ? 1 : 0);
}

void
wire_put_bytes(struct buf *b, struct slice s)
{
	ensure(s.len <= UINT32_MAX);
	buf_add_u32(b, (uint32_t)s.len);
	buf_add(b, s);
}

void
wire_put_text(struct buf *b, const char *s)
{
	wire_put_bytes(b, slice_str(s));
}

void
wire_put_fixed(struct buf *b, const void *p, size_t len)
{
	buf_add(b, slice_make(p, len));
}

void
wire_put_errinfo(struct buf *b, const struct errinfo *ei)
{
	wire_put_u8(b, (uint8_t)ei->kind);
	wire_put_u32(b, (uint32_t)ei->sys);
	wire_put_text(b, ei->rule);
	wire_put_text(b, ei->clause);
	wire_put_text(b, ei->object);
	wire_put_text(b, ei->text);
}

void
wire_put_audit(struct buf *b, const struct audit_position *at)
{
	wire_put_fixed(b, at->writer.b, sizeof(at->writer.b));
	wire_put_u64(b, at->number);
	wire_put_fixed(b, at->hash, sizeof(at->hash));
}

/* --- reading ------------------------------------------------------------ */

struct wire
wire_init(struct slice body)
{
	return (struct wire){.rest = body};
}

void
wire_bad(struct wire *w, const char *why)
{
	if (!w->bad) {
		w->bad = true;
		w->why = why;
	}
	w->rest = SLICE_EMPTY;
}

uint8_t
wire_get_u8(struct wire *w)
{
	uint8_t v = 0;

	if (!slice_get_u8(&w->rest, &v)) {
		wire_bad(w, "it is too short");
	}
	return v;
}

uint32_t
wire_get_u32(struct wire *w)
{
	uint32_t v = 0;

	if (!slice_get_u32(&w->rest, &v)) {
		wire_bad(w, "it is too short");
	}
	return v;
}

uint64_t
wire_get_u64(struct wire *w)
{
	uint64_t v = 0;

	if (!slice_get_u64(&w->rest, &v)) {
		wire_bad(w, "it is too short");
	}
	return v;
}

int64_t
wire_get_i64(struct wire *w)
{
	uint64_t v = wire_get_u64(w);

	/* Written out: the conversion of large values is not portable. */
	return v <= INT64_MAX ? (int64_t)v : -(int64_t)(UINT64_MAX - v) - 1;
}

bool
wire_get_bool(struct wire *w)
{
	uint8_t v = wire_get_u8(w);

	if (v > 1) {
		wire_bad(w, "a truth value is neither 0 nor 1");
	}
	return v == 1;
}

uint32_t
wire_get_below(struct wire *w, uint32_t limit)
{
	uint32_t v = wire_get_u32(w);

	if (v >= limit) {
		wire_bad(w, "a value is out of its range");
		return 0;
	}
	return v;
}

struct slice
wire_get_bytes(struct wire *w, size_t max)
{
	uint32_t len = wire_get_u32(w);
	struct slice s = SLICE_EMPTY;

	if (w->bad) {
		return SLICE_EMPTY;
	}
	if (len > max) {
		wire_bad(w, "a field is too long");
		return SLICE_EMPTY;
	}
	if (!slice_get_bytes(&w->rest, len, &s)) {
		wire_bad(w, "it is too short");
		return SLICE_EMPTY;
	}
	return s;
}

void
wire_get_fixed(struct wire *w, void *p, size_t len)
{
	struct slice s = SLICE_EMPTY;

	if (w->bad || !slice_get_bytes(&w->rest, len, &s)) {
		memset(p, 0, len);
		wire_bad(w, "it is too short");
		return;
	}
	memcpy(p, s.p, len);
}

void
wire_get_text(struct wire *w, char *out, size_t size)
{
	struct slice s = wire_get_bytes(w, size - 1);

	if (s.len > 0 && !text_is_clean(s)) {
		wire_bad(w, "a text is not clean UTF-8");
		s = SLICE_EMPTY;
	}
	if (s.len > 0) {
		memcpy(out, s.p, s.len);
	}
	out[s.len] = '\0';
}

void
wire_get_errinfo(struct wire *w, struct errinfo *out)
{
	uint8_t kind = wire_get_u8(w);
	uint32_t sys = wire_get_u32(w);

	memset(out, 0, sizeof(*out));
	/* An answer that says "error: none" is none. */
	if (kind == ERR_OK || kind >= ERR_MAX_ || sys > INT_MAX) {
		wire_bad(w, "an error is of no known kind");
	} else {
		out->kind = (enum err)kind;
		out->sys = (int)sys;
	}
	wire_get_text(w, out->rule, sizeof(out->rule));
	wire_get_text(w, out->clause, sizeof(out->clause));
	wire_get_text(w, out->object, sizeof(out->object));
	wire_get_text(w, out->text, sizeof(out->text));
}

void
wire_get_audit(struct wire *w, struct audit_position *out)
{
	wire_get_fixed(w, out->writer.b, sizeof(out->writer.b));
	out->number = wire_get_u64(w);
	wire_get_fixed(w, out->hash, sizeof(out->hash));
}

enum err
wire_end(const struct wire *w, const char *message, struct errinfo *ei)
{
	const char *why = w->bad            ? w->why
			  : w->rest.len > 0 ? "bytes follow its end"
					    : NULL;

	if (why == NULL) {
		return ERR_OK;
	}
	return err_object(ei,
	    err_set(ei, ERR_FORMAT, "wire.message", NULL,
		"The message %s is malformed: %s.", message, why),
	    message);
}
