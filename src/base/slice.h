/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_SLICE_H
#define SURGUCH_BASE_SLICE_H
/*
 * A borrowed run of bytes: a view, and a cursor that only shrinks.  Getters
 * consume from the front or change nothing and say false.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
	const uint8_t *p;
	size_t len;
};

#define SLICE_EMPTY ((struct slice){NULL, 0})
/* A string literal without its NUL. */
#define SLICE_LIT(s) ((struct slice){(const uint8_t *)(s), sizeof(s) - 1})

struct slice slice_make(const void *p, size_t len);
struct slice slice_str(const char *s); /* without the NUL; NULL is empty */
bool slice_eq(struct slice a, struct slice b);
bool slice_eq_str(struct slice a, const char *s);
/* Bytewise order, the shorter first when one is a prefix of the other. */
int slice_cmp(struct slice a, struct slice b);
bool slice_starts(struct slice s, struct slice prefix);

bool slice_get_bytes(struct slice *s, size_t len, struct slice *out);
bool slice_get_u8(struct slice *s, uint8_t *out);
bool slice_get_u16(struct slice *s, uint16_t *out); /* big-endian */
bool slice_get_u32(struct slice *s, uint32_t *out);
bool slice_get_u64(struct slice *s, uint64_t *out);

/* A heap copy of the bytes (at least one byte is allocated); NULL when out of
 * memory.  The caller frees it. */
uint8_t *slice_dup(struct slice s);
/* A heap copy with a NUL behind it; NULL when out of memory or when the bytes
 * hold a NUL themselves. */
char *slice_dup_str(struct slice s);

#endif
