/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_POOL_H
#define SURGUCH_X509_POOL_H
/*
 * Memory of one parse tree: everything is freed together.  Parsed values are
 * copied here without the DER headers around them, so a tree cannot lean on
 * the bytes that it came from.  Under AddressSanitizer every object is a
 * malloc of its own, so that misuse shows.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/slice.h"

struct pool_chunk;

struct pool {
	struct pool_chunk *chunks;
};

void pool_init(struct pool *p);
void pool_clear(struct pool *p);
/* Zeroed memory, aligned for any type, dying with the pool; never NULL for
 * size 0; NULL when out of memory. */
ATTR_MUST_USE void *pool_alloc(struct pool *p, size_t num, size_t size);
/* A copy of the bytes; false when out of memory. */
ATTR_MUST_USE bool pool_copy(
    struct pool *p, struct slice from, struct slice *out);

#endif
