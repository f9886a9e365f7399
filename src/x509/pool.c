/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One malloc an object where an address sanitizer can see each. */
#if defined(__SANITIZE_ADDRESS__)
#define POOL_CHUNK 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOL_CHUNK 0
#endif
#endif
#if !defined(POOL_CHUNK)
#define POOL_CHUNK 2048
#endif

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
		cap = len > POOL_CHUNK ? len : (size_t)POOL_CHUNK;
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
