/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_INDEX_H
#define SURGUCH_SIGNER_INDEX_H
/*
 * Byte strings to record numbers: a hash table of short keys, where several
 * strings may share one; who looks up compares with the record itself.
 * Nothing is ever removed.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct index_slot {
	uint64_t key;
	uint64_t number; /* 0: empty */
};

struct index {
	struct index_slot *slots;
	size_t cap; /* a power of two, or 0 */
	size_t num;
	uint64_t seed; /* so that keys chosen outside do not pile up */
};

/* Zero is an empty one too, with a fixed seed. */
ATTR_MUST_USE enum err index_init(struct index *ix, struct errinfo *ei);
void index_clear(struct index *ix);
ATTR_MUST_USE enum err index_add(
    struct index *ix, struct slice s, uint64_t number, struct errinfo *ei);

/* Walk what may be meant by s:  for (c = index_look(ix, s); (n =
 * index_next(ix, &c)) != 0;) */
struct index_cursor {
	uint64_t key;
	size_t at;
};
struct index_cursor index_look(const struct index *ix, struct slice s);
uint64_t index_next(const struct index *ix, struct index_cursor *c);

#endif
