/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/changes.h"

#include <stdlib.h>
#include <string.h>

#include "x509/crl.h"

enum {
	LOOK_FIRST = 64
};

void
changes_clear(struct changes *c)
{
	free(c->at);
	free(c->bases);
	memset(c, 0, sizeof(*c));
}

/* --- noting --------------------------------------------------------------- */

static enum err
note_run(
    struct changes *c, uint64_t number, struct slice run, struct errinfo *ei)
{
	struct record_revoked one;

	while (record_revoked_next(&run, &one)) {
		struct change_one *at =
		    revoked_room(c->at, &c->cap, c->num + 1, sizeof(*at));

		if (at == NULL) {
			return err_nomem(ei);
		}
		c->at = at;
		c->at[c->num++] = (struct change_one){
		    .number = number, .one = revoked_one_of(&one)};
	}
	return ERR_OK;
}

static enum err
note_base(struct changes *c, const struct record_crl *p, struct errinfo *ei)
{
	struct change_base *bases = revoked_room(
	    c->bases, &c->cap_bases, c->num_bases + 1, sizeof(*bases));

	if (bases == NULL) {
		return err_nomem(ei);
	}
	c->bases = bases;
	c->bases[c->num_bases++] = (struct change_base){
	    .shard = p->shard,
	    .number = p->number,
	    .next_update = p->next_update,
	};
	return ERR_OK;
}

/* What no delta can be asked for any more goes. */
static void
forget(struct changes *c, int64_t now)
{
	uint64_t oldest = UINT64_MAX;
	size_t num = 0, first = 0;

	for (size_t i = 0; i < c->num_bases; i++) {
		if (c->bases[i].next_update > now) {
			c->bases[num++] = c->bases[i];
		}
	}
	c->num_bases = num;
	if (num > 0) {
		oldest = c->bases[0].number;
	}
	while (first < c->num && c->at[first].number <= oldest) {
		first++;
	}
	c->num -= first;
	if (first > 0) {
		memmove(c->at, c->at + first, c->num * sizeof(*c->at));
	}
}

enum err
changes_note(struct changes *c, const struct record_crl *p, int64_t time,
    struct errinfo *ei)
{
	enum err err;

	if (c->num + c->num_bases >= c->look_at) {
		size_t kept;

		forget(c, time);
		kept = c->num + c->num_bases;
		c->look_at = kept < LOOK_FIRST ? LOOK_FIRST : 2 * kept;
	}
	err = note_run(c, p->number, p->dropped, ei);
	if (err == ERR_OK) {
		err = note_run(c, p->number, p->revoked, ei);
	}
	return err == ERR_OK && !p->shard.delta ? note_base(c, p, ei) : err;
}

/* --- asking --------------------------------------------------------------- */

uint64_t
changes_base(const struct changes *c, struct crl_shard shard, int64_t now)
{
	for (size_t i = 0; i < c->num_bases; i++) {
		const struct change_base *b = &c->bases[i];

		if (b->next_update > now &&
		    crl_shard_eq(b->shard, crl_shard_base(shard))) {
			return b->number;
		}
	}
	return 0;
}

static struct slice
serial_of(const struct revoked_one *one)
{
	return slice_make(one->serial, one->len);
}

static int
compare(const void *a, const void *b)
{
	return crl_serial_cmp(serial_of(a), serial_of(b));
}

static void
take(struct changed *to, const struct revoked_one *one, struct crl_shard shard)
{
	if (crl_shard_has(shard, serial_of(one))) {
		to->at[to->num++] = *one;
	}
}

static size_t
count(struct slice run)
{
	struct record_revoked one;
	size_t num = 0;

	while (record_revoked_next(&run, &one)) {
		num++;
	}
	return num;
}

static void
take_run(struct changed *to, struct slice run, struct crl_shard shard)
{
	struct record_revoked one;

	while (record_revoked_next(&run, &one)) {
		struct revoked_one kept = revoked_one_of(&one);

		take(to, &kept, shard);
	}
}

static void
make_unique(struct changed *c)
{
	size_t num = 0;

	qsort(c->at, c->num, sizeof(*c->at), compare);
	for (size_t i = 0; i < c->num; i++) {
		if (num == 0 || compare(&c->at[num - 1], &c->at[i]) != 0) {
			c->at[num++] = c->at[i];
		}
	}
	c->num = num;
}

/* The first that came after a list. */
static size_t
first_after(const struct changes *c, uint64_t number)
{
	size_t low = 0, high = c->num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->at[middle].number <= number) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

enum err
changes_since(const struct changes *c, struct crl_shard shard, uint64_t base,
    struct slice added, struct slice dropped, struct changed *out,
    struct errinfo *ei)
{
	size_t first = first_after(c, base);
	struct changed all = {0};

	all.at = calloc(c->num - first + count(added) + count(dropped) + 1,
	    sizeof(*all.at));
	if (all.at == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = first; i < c->num; i++) {
		take(&all, &c->at[i].one, shard);
	}
	take_run(&all, added, shard);
	take_run(&all, dropped, shard);
	make_unique(&all);
	*out = all;
	return ERR_OK;
}

enum err
changes_entries(const struct changed *changed, struct slice entries,
    int64_t this_update, struct buf *out, size_t *out_num, struct errinfo *ei)
{
	struct crl_entry entry = {.reason = CRL_REASON_NONE};
	struct slice whole = SLICE_EMPTY;
	size_t num = 0;
	enum err err = ERR_OK;

	for (size_t i = 0; i < changed->num && err == ERR_OK; i++) {
		const struct revoked_one *one = &changed->at[i];
		int order = -1;

		while (err == ERR_OK &&
		       (order = entry.serial.len == 0
				    ? -1
				    : crl_serial_cmp(
					  entry.serial, serial_of(one))) < 0 &&
		       entries.len > 0) {
			whole = entries;
			err = crl_entry_get(&entries, &entry, ei);
			whole.len -= entries.len;
		}
		if (order == 0) {
			buf_add(out, whole);
			num++;
		} else if (one->not_after >= this_update) {
			crl_entry_put(out, serial_of(one), this_update,
			    CRL_REASON_REMOVE_FROM_CRL);
			num++;
		}
	}
	*out_num = num;
	return err == ERR_OK ? buf_err(out, ei) : err;
}
