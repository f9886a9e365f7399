/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/index.h"

#include <stdlib.h>
#include <string.h>

#include "os/random.h"

enum {
	FIRST_CAP = 1024
};

/* FNV-1a over the bytes, seeded, then stirred so that the low bits, which
 * choose the slot, depend on all of it. */
static uint64_t
key_of(const struct index *ix, struct slice s)
{
	uint64_t h = 0xcbf29ce484222325u ^ ix->seed;

	for (size_t i = 0; i < s.len; i++) {
		h = (h ^ s.p[i]) * 0x100000001b3u;
	}
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	h ^= h >> 32;
	return h;
}

enum err
index_init(struct index *ix, struct errinfo *ei)
{
	memset(ix, 0, sizeof(*ix));
	return random_bytes(&ix->seed, sizeof(ix->seed), ei);
}

void
index_clear(struct index *ix)
{
	free(ix->slots);
	memset(ix, 0, sizeof(*ix));
}

static void
put(struct index_slot *slots, size_t cap, struct index_slot one)
{
	size_t at = (size_t)one.key & (cap - 1);

	while (slots[at].number != 0) {
		at = (at + 1) & (cap - 1);
	}
	slots[at] = one;
}

/* At most half full, so that a walk is short. */
static enum err
make_room(struct index *ix, struct errinfo *ei)
{
	size_t cap = ix->cap == 0 ? FIRST_CAP : ix->cap * 2;
	struct index_slot *slots;

	if ((ix->num + 1) * 2 <= ix->cap) {
		return ERR_OK;
	}
	slots = calloc(cap, sizeof(*slots));
	if (slots == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < ix->cap; i++) {
		if (ix->slots[i].number != 0) {
			put(slots, cap, ix->slots[i]);
		}
	}
	free(ix->slots);
	ix->slots = slots;
	ix->cap = cap;
	return ERR_OK;
}

enum err
index_add(struct index *ix, struct slice s, uint64_t number, struct errinfo *ei)
{
	enum err err;

	ensure(number != 0);
	err = make_room(ix, ei);
	if (err != ERR_OK) {
		return err;
	}
	put(ix->slots, ix->cap,
	    (struct index_slot){.key = key_of(ix, s), .number = number});
	ix->num++;
	return ERR_OK;
}

struct index_cursor
index_look(const struct index *ix, struct slice s)
{
	struct index_cursor c = {.key = key_of(ix, s)};

	c.at = ix->cap == 0 ? 0 : (size_t)c.key & (ix->cap - 1);
	return c;
}

uint64_t
index_next(const struct index *ix, struct index_cursor *c)
{
	struct index_slot slot;

	if (ix->cap == 0) {
		return 0;
	}
	for (;;) {
		slot = ix->slots[c->at];
		if (slot.number == 0) {
			return 0;
		}
		c->at = (c->at + 1) & (ix->cap - 1);
		if (slot.key == c->key) {
			return slot.number;
		}
	}
}
