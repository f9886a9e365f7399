/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/revoked.h"

#include <stdlib.h>
#include <string.h>

#include "x509/crl.h"

void
revoked_clear(struct revoked *r)
{
	free(r->at);
	free(r->later);
	memset(r, 0, sizeof(*r));
}

static struct slice
serial_of(const struct revoked_one *one)
{
	return slice_make(one->serial, one->len);
}

static int
compare(const struct revoked_one *a, const struct revoked_one *b)
{
	return crl_serial_cmp(serial_of(a), serial_of(b));
}

/* The first that is not below. */
static size_t
first_from(const struct revoked_one *at, size_t num, struct slice serial)
{
	size_t low = 0, high = num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (crl_serial_cmp(serial_of(&at[middle]), serial) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

size_t
revoked_from(const struct revoked *r, struct slice serial)
{
	return first_from(r->at, r->num, serial);
}

struct record_revoked
revoked_get(const struct revoked *r, size_t i)
{
	ensure(i < r->num);
	return (struct record_revoked){
	    .serial = serial_of(&r->at[i]),
	    .not_after = r->at[i].not_after,
	    .hold = r->at[i].hold,
	};
}

struct revoked_one
revoked_one_of(const struct record_revoked *from)
{
	struct revoked_one one = {
	    .len = (uint8_t)from->serial.len,
	    .hold = from->hold,
	    .not_after = from->not_after,
	};

	ensure(from->serial.len <= sizeof(one.serial));
	memcpy(one.serial, from->serial.p, from->serial.len);
	return one;
}

static enum err
contradiction(struct errinfo *ei)
{
	return err_set(ei, ERR_FORMAT, "journal.crl", NULL,
	    "A CRL's record contradicts the records before it.");
}

void *
revoked_room(void *at, size_t *cap, size_t want, size_t size)
{
	size_t more = *cap * 2 > want ? *cap * 2 : want;
	void *p;

	if (want <= *cap) {
		return at;
	}
	p = realloc(at, more * size);
	if (p != NULL) {
		*cap = more;
	}
	return p;
}

/* --- one change --------------------------------------------------------- */

/* A run, as an array; the caller frees. */
struct few {
	struct revoked_one *at;
	size_t num;
};

static enum err
few_of(struct slice run, struct few *out, struct errinfo *ei)
{
	struct few f = {0};
	struct record_revoked one;
	size_t cap = 0;

	while (record_revoked_next(&run, &one)) {
		struct revoked_one *at =
		    revoked_room(f.at, &cap, f.num + 1, sizeof(*at));

		if (at == NULL) {
			free(f.at);
			return err_nomem(ei);
		}
		f.at = at;
		f.at[f.num++] = revoked_one_of(&one);
	}
	*out = f;
	return ERR_OK;
}

/* True when it is there; *out is first_from() either way. */
static bool
find(const struct revoked_one *at, size_t num, const struct revoked_one *one,
    size_t *out)
{
	*out = first_from(at, num, serial_of(one));
	return *out < num && compare(&at[*out], one) == 0;
}

static bool
fits(const struct revoked *r, const struct few *drop, const struct few *add)
{
	size_t i;

	for (size_t k = 0; k < drop->num; k++) {
		if (!find(r->at, r->num, &drop->at[k], &i)) {
			return false;
		}
	}
	for (size_t k = 0; k < add->num; k++) {
		if (find(r->at, r->num, &add->at[k], &i) &&
		    !find(drop->at, drop->num, &add->at[k], &i)) {
			return false;
		}
	}
	return true;
}

static void
take_out(struct revoked *r, const struct few *drop)
{
	size_t to = 0, k = 0;

	if (drop->num == 0) {
		return;
	}
	(void)find(r->at, r->num, &drop->at[0], &to);
	for (size_t i = to; i < r->num; i++) {
		if (k < drop->num && compare(&r->at[i], &drop->at[k]) == 0) {
			r->num_unknown -= r->at[i].not_after == REVOKED_UNKNOWN;
			k++;
		} else {
			r->at[to++] = r->at[i];
		}
	}
	r->num = to;
}

/* From the end, so that what comes before the first one stays where it is. */
static void
put_in(struct revoked *r, const struct few *add)
{
	size_t from = r->num, to = r->num + add->num;

	for (size_t k = add->num; k > 0; k--) {
		const struct revoked_one *one = &add->at[k - 1];
		size_t place;

		(void)find(r->at, from, one, &place);
		to -= from - place;
		memmove(
		    &r->at[to], &r->at[place], (from - place) * sizeof(*r->at));
		from = place;
		r->at[--to] = *one;
		r->num_unknown += one->not_after == REVOKED_UNKNOWN;
	}
	r->num += add->num;
}

enum err
revoked_change(struct revoked *r, struct slice dropped, struct slice added,
    struct errinfo *ei)
{
	struct few drop = {0}, add = {0};
	struct revoked_one *at;
	enum err err;

	ensure(r->num_later == 0);
	err = few_of(dropped, &drop, ei);
	if (err == ERR_OK) {
		err = few_of(added, &add, ei);
	}
	if (err == ERR_OK && !fits(r, &drop, &add)) {
		err = contradiction(ei);
	}
	if (err == ERR_OK && add.num > 0) {
		at =
		    revoked_room(r->at, &r->cap, r->num + add.num, sizeof(*at));
		err = at == NULL ? err_nomem(ei) : ERR_OK;
		r->at = at == NULL ? r->at : at;
	}
	if (err == ERR_OK) {
		take_out(r, &drop);
		put_in(r, &add);
	}
	free(drop.at);
	free(add.at);
	return err;
}

/* --- many --------------------------------------------------------------- */

static enum err
note(struct revoked *r, struct slice run, bool drop, struct errinfo *ei)
{
	struct record_revoked one;

	while (record_revoked_next(&run, &one)) {
		struct revoked_later *later = revoked_room(
		    r->later, &r->cap_later, r->num_later + 1, sizeof(*later));

		if (later == NULL) {
			return err_nomem(ei);
		}
		r->later = later;
		r->later[r->num_later] =
		    (struct revoked_later){.one = revoked_one_of(&one),
			.order = r->num_later,
			.drop = drop};
		r->num_later++;
	}
	return ERR_OK;
}

enum err
revoked_change_later(struct revoked *r, struct slice dropped,
    struct slice added, struct errinfo *ei)
{
	enum err err;

	ensure(r->num == 0);
	err = note(r, dropped, true, ei);
	return err == ERR_OK ? note(r, added, false, ei) : err;
}

/* By serial, and those of one in the order that they came in. */
static int
compare_later(const void *a, const void *b)
{
	const struct revoked_later *x = a;
	const struct revoked_later *y = b;
	int order = compare(&x->one, &y->one);

	return order != 0 ? order : x->order < y->order ? -1 : 1;
}

/* The changes of one serial, from *i on: is it in the set after them? */
static enum err
follow(const struct revoked *r, size_t *i, bool *out_in, struct errinfo *ei)
{
	size_t first = *i;
	bool in = false;

	do {
		if (r->later[*i].drop != in) {
			return contradiction(ei);
		}
		in = !in;
		++*i;
	} while (*i < r->num_later &&
		 compare(&r->later[first].one, &r->later[*i].one) == 0);
	*out_in = in;
	return ERR_OK;
}

enum err
revoked_settle(struct revoked *r, struct errinfo *ei)
{
	struct revoked set = {0};
	enum err err = ERR_OK;
	bool in = false;

	if (r->num_later == 0) {
		return ERR_OK;
	}
	qsort(r->later, r->num_later, sizeof(*r->later), compare_later);
	set.at = calloc(r->num_later, sizeof(*set.at));
	set.cap = r->num_later;
	if (set.at == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < r->num_later && err == ERR_OK;) {
		err = follow(r, &i, &in, ei);
		if (err == ERR_OK && in) {
			const struct revoked_one *one = &r->later[i - 1].one;

			set.num_unknown += one->not_after == REVOKED_UNKNOWN;
			set.at[set.num++] = *one;
		}
	}
	if (err != ERR_OK) {
		revoked_clear(&set);
		return err;
	}
	revoked_clear(r);
	*r = set;
	return ERR_OK;
}
