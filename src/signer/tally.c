/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum {
	FIRST_CAP = 64
};

void
tally_clear(struct tally *t)
{
	free(t->times);
	memset(t, 0, sizeof(*t));
}

static enum err
make_room(struct tally *t, struct errinfo *ei)
{
	size_t cap;
	int64_t *p;

	if (t->num < t->cap) {
		return ERR_OK;
	}
	if (t->head > t->cap / 2) {
		t->num -= t->head;
		memmove(
		    t->times, t->times + t->head, t->num * sizeof(*t->times));
		t->head = 0;
		return ERR_OK;
	}
	cap = t->cap == 0 ? FIRST_CAP : t->cap * 2;
	p = realloc(t->times, cap * sizeof(*p));
	if (p == NULL) {
		return err_nomem(ei);
	}
	t->times = p;
	t->cap = cap;
	return ERR_OK;
}

enum err
tally_add(struct tally *t, int64_t at, struct errinfo *ei)
{
	enum err err;

	if (t->num > t->head && at < t->times[t->num - 1]) {
		at = t->times[t->num - 1];
	}
	(void)tally_count(t, at);
	err = make_room(t, ei);
	if (err != ERR_OK) {
		return err;
	}
	t->times[t->num++] = at;
	return ERR_OK;
}

size_t
tally_count(struct tally *t, int64_t now)
{
	while (t->head < t->num && t->times[t->head] <= now - DAY_SEC) {
		t->head++;
	}
	return t->num - t->head;
}
