/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_BUF_H
#define SURGUCH_BASE_BUF_H
/*
 * A growing byte buffer that cannot grow past the maximum given at init.
 * Failure is sticky: after the first failed append the buffer stays as it
 * was, further appends do nothing, and buf_err() says why.  So a writer may
 * append freely and ask once at the end.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct buf {
	uint8_t *p;
	size_t len;
	size_t cap;
	size_t max;
	enum err err;
};

#define BUF_INIT(maximum)                                                      \
	{                                                                      \
		NULL, 0, 0, (maximum), ERR_OK                                  \
	}

void buf_init(struct buf *b, size_t max);
void buf_clear(struct buf *b); /* frees; the buffer may be used again */
void buf_wipe(struct buf *b);  /* clears the memory first, then frees */
void buf_reset(struct buf *b); /* length 0, no error, memory kept */

void buf_add(struct buf *b, struct slice s);
void buf_add_str(struct buf *b, const char *s);
void buf_add_u8(struct buf *b, uint8_t v);
void buf_add_u16(struct buf *b, uint16_t v); /* big-endian */
void buf_add_u32(struct buf *b, uint32_t v);
void buf_add_u64(struct buf *b, uint64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) ATTR_PRINTF(2, 3);
/* Room for `len` bytes at the end, counted in; NULL on failure. */
uint8_t *buf_grow(struct buf *b, size_t len);
/* Overwrite len bytes at `at`, which must lie inside what is written. */
void buf_patch(struct buf *b, size_t at, const void *p, size_t len);
/* Insert bytes at offset `at` <= len, moving the rest. */
void buf_insert(struct buf *b, size_t at, struct slice s);
/* Take back what was appended behind `len` bytes, and that it did not fit. */
void buf_cut(struct buf *b, size_t len);

struct slice buf_slice(const struct buf *b); /* dies with the next append */
ATTR_MUST_USE enum err buf_err(const struct buf *b, struct errinfo *ei);
/* The content as a NUL-terminated string, owned by b; "" when it failed. */
const char *buf_cstr(struct buf *b);
/* Give the bytes to the caller (free() them) and leave b empty. */
uint8_t *buf_take(struct buf *b, size_t *out_len);

#endif
