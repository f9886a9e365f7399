/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One malloc an object where an address sanitizer can see each. */
#if defined(__SANITIZE_ADDRESS__)
#define ONE_EACH 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_EACH 1
#endif
#endif
#if !defined(ONE_EACH)
#define ONE_EACH 0
#endif

enum {
	CHUNK_FIRST = 1024, /* a name */
	CHUNK_MAX = 65536,
};

struct pool_chunk {
	struct pool_chunk *next;
	size_t cap;
	size_t used;
	max_align_t data[];
};

void
pool_init(struct pool *p)
{
	p->chunks = NULL;
}

void
pool_clear(struct pool *p)
{
	struct pool_chunk *c = p->chunks;

	while (c != NULL) {
		struct pool_chunk *next = c->next;

		free(c);
		c = next;
	}
	p->chunks = NULL;
}

/* Chunks grow with the tree, so that small ones stay small. */
static size_t
next_cap(const struct pool_chunk *last, size_t len)
{
	size_t cap = CHUNK_FIRST;

	if (ONE_EACH) {
		return len;
	}
	if (last != NULL) {
		cap = last->cap < CHUNK_MAX / 2 ? last->cap * 2 : CHUNK_MAX;
	}
	return len > cap ? len : cap;
}

void *
pool_alloc(struct pool *p, size_t num, size_t size)
{
	struct pool_chunk *c = p->chunks;
	size_t len, cap;
	uint8_t *at;

	if (size != 0 && num > SIZE_MAX / 2 / size) {
		return NULL;
	}
	len = num * size;
	len = (len + sizeof(max_align_t) - 1) / sizeof(max_align_t) *
	      sizeof(max_align_t);
	if (c == NULL || len > c->cap - c->used) {
		cap = next_cap(c, len);
		c = calloc(1, sizeof(*c) + cap);
		if (c == NULL) {
			return NULL;
		}
		c->cap = cap;
		c->next = p->chunks;
		p->chunks = c;
	}
	at = (uint8_t *)c->data + c->used;
	c->used += len;
	return at;
}

bool
pool_copy(struct pool *p, struct slice from, struct slice *out)
{
	uint8_t *at = pool_alloc(p, from.len, 1);

	if (at == NULL) {
		return false;
	}
	if (from.len > 0) {
		memcpy(at, from.p, from.len);
	}
	*out = slice_make(at, from.len);
	return true;
}
