/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

enum {
	FIRST_CAP = 256
};

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf)BUF_INIT(max);
}

void
buf_clear(struct buf *b)
{
	free(b->p);
	b->p = NULL;
	b->len = 0;
	b->cap = 0;
	b->err = ERR_OK;
}

void
buf_wipe(struct buf *b)
{
	if (b->p != NULL) {
		secret_wipe(b->p, b->cap);
	}
	buf_clear(b);
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->err = ERR_OK;
}

/* One byte more than is asked for is always there, for buf_cstr(). */
static bool
reserve(struct buf *b, size_t more)
{
	size_t want, cap;
	uint8_t *p;

	if (b->err != ERR_OK) {
		return false;
	}
	if (more > b->max - b->len) {
		b->err = ERR_LIMIT;
		return false;
	}
	want = b->len + more + 1;
	if (want <= b->cap) {
		return true;
	}
	cap = b->cap > 0 ? b->cap : FIRST_CAP;
	while (cap < want) {
		cap *= 2;
	}
	if (cap > b->max + 1) {
		cap = b->max + 1;
	}
	/*
	 * Not realloc: what a buffer held may be secret, and realloc leaves
	 * the old copy behind.
	 */
	p = malloc(cap);
	if (p == NULL) {
		b->err = ERR_NOMEM;
		return false;
	}
	if (b->p != NULL) {
		memcpy(p, b->p, b->len);
		secret_wipe(b->p, b->len);
		free(b->p);
	}
	b->p = p;
	b->cap = cap;
	return true;
}

uint8_t *
buf_grow(struct buf *b, size_t len)
{
	uint8_t *at;

	if (!reserve(b, len)) {
		return NULL;
	}
	at = b->p + b->len;
	b->len += len;
	return at;
}

void
buf_add(struct buf *b, struct slice s)
{
	uint8_t *at = buf_grow(b, s.len);

	if (at != NULL && s.len > 0) {
		memcpy(at, s.p, s.len);
	}
}

void
buf_add_str(struct buf *b, const char *s)
{
	buf_add(b, slice_str(s));
}

static void
add_number(struct buf *b, uint64_t v, size_t size)
{
	uint8_t *at = buf_grow(b, size);

	if (at == NULL) {
		return;
	}
	for (size_t i = size; i-- > 0; v >>= 8) {
		at[i] = (uint8_t)(v & 0xff);
	}
}

void
buf_add_u8(struct buf *b, uint8_t v)
{
	add_number(b, v, sizeof(v));
}

void
buf_add_u16(struct buf *b, uint16_t v)
{
	add_number(b, v, sizeof(v));
}

void
buf_add_u32(struct buf *b, uint32_t v)
{
	add_number(b, v, sizeof(v));
}

void
buf_add_u64(struct buf *b, uint64_t v)
{
	add_number(b, v, sizeof(v));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	ensure(len >= 0);
	/* reserve() keeps the byte that vsnprintf puts its NUL into. */
	if (!reserve(b, (size_t)len)) {
		return;
	}
	va_start(ap, fmt);
	(void)vsnprintf((char *)b->p + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
}

void
buf_patch(struct buf *b, size_t at, const void *p, size_t len)
{
	if (b->err != ERR_OK || len == 0) {
		return;
	}
	ensure(at <= b->len && len <= b->len - at);
	memcpy(b->p + at, p, len);
}

void
buf_insert(struct buf *b, size_t at, struct slice s)
{
	size_t tail;

	if (b->err != ERR_OK || s.len == 0) {
		return;
	}
	ensure(at <= b->len);
	tail = b->len - at;
	if (buf_grow(b, s.len) == NULL) {
		return;
	}
	memmove(b->p + at + s.len, b->p + at, tail);
	memcpy(b->p + at, s.p, s.len);
}

void
buf_cut(struct buf *b, size_t len)
{
	ensure(len <= b->len);
	b->len = len;
	if (b->err == ERR_LIMIT) {
		b->err = ERR_OK;
	}
}

struct slice
buf_slice(const struct buf *b)
{
	return slice_make(b->p, b->len);
}

enum err
buf_err(const struct buf *b, struct errinfo *ei)
{
	if (b->err == ERR_OK) {
		return ERR_OK;
	}
	if (b->err == ERR_NOMEM) {
		return err_nomem(ei);
	}
	return err_set(ei, b->err, "limit.buffer", NULL,
	    "the result would be longer than its limit of %zu bytes", b->max);
}

const char *
buf_cstr(struct buf *b)
{
	if (b->err != ERR_OK || !reserve(b, 0)) {
		return "";
	}
	b->p[b->len] = '\0';
	return (const char *)b->p;
}

uint8_t *
buf_take(struct buf *b, size_t *out_len)
{
	uint8_t *p = b->p;

	*out_len = b->len;
	b->p = NULL;
	buf_clear(b);
	return p;
}
