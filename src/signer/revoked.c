/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/revoked.h"

#include <stdlib.h>
#include <string.h>

#include "x509/crl.h"

void
revoked_clear(struct revoked *r)
{
	free(r->at);
	memset(r, 0, sizeof(*r));
}

struct record_revoked
revoked_get(const struct revoked *r, size_t i)
{
	ensure(i < r->num);
	return (struct record_revoked){
	    .serial = slice_make(r->at[i].serial, r->at[i].len),
	    .not_after = r->at[i].not_after,
	    .hold = r->at[i].hold,
	};
}

static size_t
run_length(struct slice run)
{
	struct record_revoked one;
	size_t num = 0;

	while (record_revoked_next(&run, &one)) {
		num++;
	}
	return num;
}

static void
put(struct revoked *to, struct record_revoked one)
{
	struct revoked_one *p = &to->at[to->num++];

	ensure(one.serial.len <= sizeof(p->serial));
	memset(p, 0, sizeof(*p));
	memcpy(p->serial, one.serial.p, one.serial.len);
	p->len = (uint8_t)one.serial.len;
	p->not_after = one.not_after;
	p->hold = one.hold;
	to->num_unknown += one.not_after == REVOKED_UNKNOWN;
}

/* A run with its next element looked at. */
struct run {
	struct slice rest;
	struct record_revoked one;
	bool more;
};

static void
run_step(struct run *r)
{
	r->more = record_revoked_next(&r->rest, &r->one);
}

/* Below, at or above the run's next element; below everything at its end. */
static int
run_cmp(const struct run *r, struct slice serial)
{
	return r->more ? crl_serial_cmp(serial, r->one.serial) : -1;
}

/* One pass over three ascending lists; false when they contradict. */
static bool
merge(const struct revoked *old, struct run drop, struct run add,
    struct revoked *out)
{
	run_step(&drop);
	run_step(&add);
	for (size_t i = 0; i < old->num; i++) {
		struct record_revoked one = revoked_get(old, i);
		bool stays = run_cmp(&drop, one.serial) != 0;

		while (run_cmp(&add, one.serial) > 0) {
			put(out, add.one);
			run_step(&add);
		}
		if (!stays) {
			run_step(&drop);
		}
		if (run_cmp(&add, one.serial) == 0) {
			if (stays) {
				return false;
			}
			put(out, add.one);
			run_step(&add);
		} else if (stays) {
			put(out, one);
		}
	}
	for (; add.more; run_step(&add)) {
		put(out, add.one);
	}
	return !drop.more;
}

enum err
revoked_change(struct revoked *r, struct slice dropped, struct slice added,
    struct errinfo *ei)
{
	struct revoked out = {0};
	size_t room;

	if (dropped.len == 0 && added.len == 0) {
		return ERR_OK;
	}
	room = r->num + run_length(added);
	out.at = calloc(room + 1, sizeof(*out.at));
	if (out.at == NULL) {
		return err_nomem(ei);
	}
	if (!merge(r, (struct run){.rest = dropped},
		(struct run){.rest = added}, &out)) {
		revoked_clear(&out);
		return err_set(ei, ERR_FORMAT, "journal.crl", NULL,
		    "A CRL's record contradicts the records before it.");
	}
	revoked_clear(r);
	*r = out;
	return ERR_OK;
}
