/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slice.h"

#include <stdlib.h>
#include <string.h>

struct slice
slice_make(const void *p, size_t len)
{
	return (struct slice){p, len};
}

struct slice
slice_str(const char *s)
{
	return s != NULL ? slice_make(s, strlen(s)) : SLICE_EMPTY;
}

bool
slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool
slice_eq_str(struct slice a, const char *s)
{
	return slice_eq(a, slice_str(s));
}

int
slice_cmp(struct slice a, struct slice b)
{
	size_t least = a.len < b.len ? a.len : b.len;
	int order = least > 0 ? memcmp(a.p, b.p, least) : 0;

	if (order != 0) {
		return order;
	}
	return (a.len > b.len) - (a.len < b.len);
}

bool
slice_starts(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len &&
	       slice_eq(slice_make(s.p, prefix.len), prefix);
}

bool
slice_get_bytes(struct slice *s, size_t len, struct slice *out)
{
	if (s->len < len) {
		return false;
	}
	*out = slice_make(s->p, len);
	if (len > 0) {
		s->p += len;
		s->len -= len;
	}
	return true;
}

static bool
get_number(struct slice *s, size_t size, uint64_t *out)
{
	struct slice bytes;
	uint64_t v = 0;

	if (!slice_get_bytes(s, size, &bytes)) {
		return false;
	}
	for (size_t i = 0; i < size; i++) {
		v = v << 8 | bytes.p[i];
	}
	*out = v;
	return true;
}

bool
slice_get_u8(struct slice *s, uint8_t *out)
{
	uint64_t v;

	if (!get_number(s, sizeof(*out), &v)) {
		return false;
	}
	*out = (uint8_t)v;
	return true;
}

bool
slice_get_u16(struct slice *s, uint16_t *out)
{
	uint64_t v;

	if (!get_number(s, sizeof(*out), &v)) {
		return false;
	}
	*out = (uint16_t)v;
	return true;
}

bool
slice_get_u32(struct slice *s, uint32_t *out)
{
	uint64_t v;

	if (!get_number(s, sizeof(*out), &v)) {
		return false;
	}
	*out = (uint32_t)v;
	return true;
}

bool
slice_get_u64(struct slice *s, uint64_t *out)
{
	return get_number(s, sizeof(*out), out);
}

uint8_t *
slice_dup(struct slice s)
{
	uint8_t *copy = malloc(s.len > 0 ? s.len : 1);

	if (copy != NULL && s.len > 0) {
		memcpy(copy, s.p, s.len);
	}
	return copy;
}

char *
slice_dup_str(struct slice s)
{
	char *copy;

	if (s.len > 0 && memchr(s.p, 0, s.len) != NULL) {
		return NULL;
	}
	copy = malloc(s.len + 1);
	if (copy != NULL) {
		if (s.len > 0) {
			memcpy(copy, s.p, s.len);
		}
		copy[s.len] = '\0';
	}
	return copy;
}
