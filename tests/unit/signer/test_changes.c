/* SPDX-License-Identifier: Apache-2.0 */
/* What deltas are made of: nothing that one needs is forgotten, and what none
 * can need is. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "signer/changes.h"
#include "x509/crl.h"

enum {
	LISTS = 3000,
	SERIALS = 200,
	STEP_SEC = 60,
	LIFE_SEC = 4 * 3600,
	SERIAL_LEN = 2,
};

static const struct crl_shard full = {0};

static struct record_revoked
one(unsigned k, uint8_t serial[SERIAL_LEN], int64_t not_after)
{
	serial[0] = (uint8_t)(1 + k / 100);
	serial[1] = (uint8_t)(k % 100);
	return (struct record_revoked){
	    .serial = slice_make(serial, SERIAL_LEN), .not_after = not_after};
}

/* List n changes the serial n * 7 % SERIALS; every third is a delta. */
static unsigned
changed_by(unsigned n)
{
	return n * 7 % SERIALS;
}

static void
note(struct changes *c, unsigned n)
{
	struct buf run = BUF_INIT(100);
	uint8_t serial[SERIAL_LEN];
	struct record_revoked r = one(changed_by(n), serial, INT64_MAX);
	struct record_crl p = {
	    .number = n,
	    .next_update = (int64_t)n * STEP_SEC + LIFE_SEC,
	    .shard = {.delta = n % 3 == 0},
	    .base = 1,
	};
	struct errinfo ei;

	record_revoked_put(&run, &r);
	if (n % 2 == 0) {
		p.revoked = buf_slice(&run);
	} else {
		p.dropped = buf_slice(&run);
	}
	assert_ok(changes_note(c, &p, (int64_t)n * STEP_SEC, &ei), &ei);
	buf_clear(&run);
}

/* Exactly what lists base + 1 .. n have changed. */
static void
check(const struct changes *c, uint64_t base, unsigned n)
{
	bool want[SERIALS] = {false};
	struct changed got = {0};
	struct errinfo ei;
	size_t num = 0;

	for (unsigned i = (unsigned)base + 1; i <= n; i++) {
		num += !want[changed_by(i)];
		want[changed_by(i)] = true;
	}
	assert_ok(
	    changes_since(c, full, base, SLICE_EMPTY, SLICE_EMPTY, &got, &ei),
	    &ei);
	assert_int_equal(got.num, num);
	for (size_t i = 0; i < got.num; i++) {
		unsigned k =
		    (got.at[i].serial[0] - 1u) * 100u + got.at[i].serial[1];

		assert_true(k < SERIALS && want[k]);
		assert_true(i == 0 || memcmp(got.at[i - 1].serial,
					  got.at[i].serial, SERIAL_LEN) < 0);
	}
	free(got.at);
}

static void
what_is_needed_is_kept_and_no_more(void **state)
{
	struct changes c = {0};
	size_t most = 0;

	(void)state;
	for (unsigned n = 1; n <= LISTS; n++) {
		int64_t now = (int64_t)n * STEP_SEC;
		unsigned oldest =
		    n > LIFE_SEC / STEP_SEC ? n - LIFE_SEC / STEP_SEC + 1 : 1;

		note(&c, n);
		oldest += oldest % 3 == 0; /* that one is a delta */
		assert_int_equal(changes_base(&c, full, now), oldest);
		check(&c, oldest, n);
		most = c.num > most ? c.num : most;
	}
	/* Of LIFE_SEC, what waits to be forgotten with it. */
	assert_true(most < (size_t)5 * LIFE_SEC / STEP_SEC);
	/* When all have ended there is none. */
	assert_int_equal(
	    changes_base(&c, full, (int64_t)LISTS * STEP_SEC + LIFE_SEC), 0);
	assert_int_equal(
	    changes_base(&c, (struct crl_shard){0, 2}, LISTS * STEP_SEC), 0);
	changes_clear(&c);
}

static void
put(struct buf *run, unsigned k, int64_t not_after)
{
	uint8_t serial[SERIAL_LEN];
	struct record_revoked r = one(k, serial, not_after);

	record_revoked_put(run, &r);
}

static void
an_entry_is_there_to_be_removed_or_over(void **state)
{
	struct buf added = BUF_INIT(1000), dropped = BUF_INIT(1000);
	struct buf entries = BUF_INIT(1000), out = BUF_INIT(1000);
	struct crl_entry entry;
	struct changes none = {0};
	struct changed changed;
	uint8_t serial[SERIAL_LEN];
	struct errinfo ei;
	struct slice rest;
	size_t num;

	(void)state;
	/* 3 and 9 are listed, 5 was released, 6 has ended, 7 never ends. */
	put(&added, 3, 1000);
	put(&dropped, 3, 1000);
	put(&dropped, 5, 1000);
	put(&dropped, 6, 999);
	put(&dropped, 7, REVOKED_UNKNOWN);
	for (unsigned k = 2; k < 10; k += k == 3 ? 6 : 1) {
		crl_entry_put(
		    &entries, one(k, serial, 0).serial, 50, CRL_REASON_HOLD);
	}
	assert_ok(changes_since(&none, full, 0, buf_slice(&added),
		      buf_slice(&dropped), &changed, &ei),
	    &ei);
	assert_int_equal(changed.num, 4);
	assert_ok(changes_entries(
		      &changed, buf_slice(&entries), 1000, &out, &num, &ei),
	    &ei);
	assert_int_equal(num, 3);
	rest = buf_slice(&out);
	assert_ok(crl_entry_get(&rest, &entry, &ei), &ei);
	assert_int_equal(entry.serial.p[1], 3);
	assert_int_equal(entry.reason, CRL_REASON_HOLD);
	assert_int_equal(entry.revoked_at, 50);
	for (unsigned k = 5; k <= 7; k += 2) {
		assert_ok(crl_entry_get(&rest, &entry, &ei), &ei);
		assert_int_equal(entry.serial.p[1], k);
		assert_int_equal(entry.reason, CRL_REASON_REMOVE_FROM_CRL);
		assert_int_equal(entry.revoked_at, 1000);
	}
	assert_int_equal(rest.len, 0);
	free(changed.at);
	buf_clear(&added);
	buf_clear(&dropped);
	buf_clear(&entries);
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_needed_is_kept_and_no_more),
	    cmocka_unit_test(an_entry_is_there_to_be_removed_or_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
