/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/init.h"
#include "os/file.h"
#include "signer/index.h"
#include "signer/ledger.h"
#include "signer/revoked.h"
#include "signer/tally.h"

static char dir[] = "/tmp/surguch-ledger-XXXXXX";
static struct buf store = BUF_INIT(1 << 20);

static int
set_up(void **state)
{
	struct errinfo ei;

	(void)state;
	assert_ok(crypto_init(&ei), &ei);
	assert_non_null(mkdtemp(dir));
	return 0;
}

static int
tear_down(void **state)
{
	char **names;
	struct errinfo ei;
	size_t num;

	(void)state;
	assert_ok(dir_list(dir, NULL, 100, &names, &num, &ei), &ei);
	for (size_t i = 0; i < num; i++) {
		char one[PATH_TEXT_SIZE];

		assert_ok(path_join(one, dir, names[i], &ei), &ei);
		assert_int_equal(unlink(one), 0);
	}
	dir_list_free(names, num);
	buf_clear(&store);
	return rmdir(dir);
}

/* --- the parts ---------------------------------------------------------- */

static void
the_index_finds_all_and_only(void **state)
{
	struct index ix;
	struct errinfo ei;
	uint8_t key[8] = {0};

	(void)state;
	assert_ok(index_init(&ix, &ei), &ei);
	struct index_cursor none = index_look(&ix, SLICE_LIT("x"));
	assert_int_equal(index_next(&ix, &none), 0);
	for (unsigned i = 1; i <= 20000; i++) {
		memcpy(key, &i, sizeof(i));
		assert_ok(index_add(&ix, slice_make(key, 8), i, &ei), &ei);
	}
	for (unsigned i = 1; i <= 20000; i++) {
		struct index_cursor c;

		memcpy(key, &i, sizeof(i));
		c = index_look(&ix, slice_make(key, 8));
		assert_int_equal(index_next(&ix, &c), i);
		assert_int_equal(index_next(&ix, &c), 0);
		key[7] = 1;
		c = index_look(&ix, slice_make(key, 8));
		assert_int_equal(index_next(&ix, &c), 0);
		key[7] = 0;
	}
	/* The same bytes twice: both numbers, one after the other. */
	memset(key, 0, sizeof(key));
	key[0] = 5;
	assert_ok(index_add(&ix, slice_make(key, 8), 77777, &ei), &ei);
	struct index_cursor c = index_look(&ix, slice_make(key, 8));
	assert_int_equal(index_next(&ix, &c), 5);
	assert_int_equal(index_next(&ix, &c), 77777);
	assert_int_equal(index_next(&ix, &c), 0);
	index_clear(&ix);
}

static void
the_tally_counts_a_day(void **state)
{
	struct tally t = {0};
	struct errinfo ei;

	(void)state;
	assert_int_equal(tally_count(&t, 0), 0);
	for (int i = 0; i < 1000; i++) {
		assert_ok(tally_add(&t, 1000 + i, &ei), &ei);
	}
	assert_int_equal(tally_count(&t, 2000), 1000);
	assert_int_equal(tally_count(&t, 1000 + DAY_SEC - 1), 1000);
	assert_int_equal(tally_count(&t, 1000 + DAY_SEC), 999);
	/* Back in time it does not get less or more. */
	assert_int_equal(tally_count(&t, 2000), 999);
	assert_ok(tally_add(&t, 500, &ei), &ei);
	assert_int_equal(tally_count(&t, 1000 + DAY_SEC), 1000);
	for (int i = 0; i < 1000; i++) {
		assert_ok(tally_add(&t, (int64_t)DAY_SEC * (i + 2), &ei), &ei);
		assert_true(t.cap <= 2048);
	}
	assert_int_equal(tally_count(&t, 2000LL * DAY_SEC), 0);
	tally_clear(&t);
}

static void
put(struct buf *b, const char *serial, int64_t not_after)
{
	struct record_revoked one = {slice_str(serial), not_after, false};

	record_revoked_put(b, &one);
}

static void
put_hold(struct buf *b, const char *serial, int64_t not_after)
{
	struct record_revoked one = {slice_str(serial), not_after, true};

	record_revoked_put(b, &one);
}

static void
a_hold_becomes_final(void **state)
{
	static const int64_t ends[] = {0, 1, REVOKED_UNKNOWN};
	struct revoked r = {0};
	struct buf add = BUF_INIT(1000), drop = BUF_INIT(1000);
	struct errinfo ei;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		buf_reset(&add);
		buf_reset(&drop);
		put(&add, "a", 1);
		put_hold(&add, "b", ends[i]);
		put(&add, "c", 1);
		assert_ok(
		    revoked_change(&r, SLICE_EMPTY, buf_slice(&add), &ei), &ei);
		assert_true(revoked_get(&r, 1).hold);
		assert_int_equal(revoked_get(&r, 1).not_after, ends[i]);
		assert_false(revoked_get(&r, 0).hold);
		put_hold(&drop, "b", ends[i]);
		buf_reset(&add);
		put(&add, "b", ends[i]);
		assert_ok(
		    revoked_change(&r, buf_slice(&drop), buf_slice(&add), &ei),
		    &ei);
		assert_int_equal(r.num, 3);
		assert_false(revoked_get(&r, 1).hold);
		assert_int_equal(revoked_get(&r, 1).not_after, ends[i]);
		assert_int_equal(r.num_unknown, ends[i] == REVOKED_UNKNOWN);
		revoked_clear(&r);
	}
	buf_clear(&add);
	buf_clear(&drop);
}

/* Random changes, one by one and all at once, come to the same. */
static void
many_changes_are_the_same_later(void **state)
{
	enum {
		SERIALS = 60,
		RECORDS = 400
	};
	struct revoked now = {0}, later = {0};
	struct buf add = BUF_INIT(10000), drop = BUF_INIT(10000);
	bool in[SERIALS] = {false};
	uint32_t seed = 1;
	struct errinfo ei;

	(void)state;
	for (unsigned n = 0; n < RECORDS; n++) {
		buf_reset(&add);
		buf_reset(&drop);
		for (unsigned i = 0; i < SERIALS; i++) {
			char serial[2] = {(char)('!' + i), '\0'};
			int64_t end = i % 3 == 0 ? REVOKED_UNKNOWN : i;

			seed = seed * 1664525 + 1013904223;
			if (seed >> 29 != 0) {
				continue;
			}
			if (in[i]) {
				put(&drop, serial, end);
			}
			/* In place of itself, now and then. */
			if (!in[i] || (seed >> 28 & 1) != 0) {
				put(&add, serial, end);
				in[i] = true;
			} else {
				in[i] = false;
			}
		}
		assert_ok(revoked_change(
			      &now, buf_slice(&drop), buf_slice(&add), &ei),
		    &ei);
		assert_ok(revoked_change_later(
			      &later, buf_slice(&drop), buf_slice(&add), &ei),
		    &ei);
	}
	assert_ok(revoked_settle(&later, &ei), &ei);
	assert_true(now.num > 0);
	assert_int_equal(now.num, later.num);
	assert_int_equal(now.num_unknown, later.num_unknown);
	for (size_t i = 0; i < now.num; i++) {
		struct record_revoked a = revoked_get(&now, i);
		struct record_revoked b = revoked_get(&later, i);

		assert_true(slice_eq(a.serial, b.serial));
		assert_int_equal(a.not_after, b.not_after);
		assert_true(in[a.serial.p[0] - '!']);
		in[a.serial.p[0] - '!'] = false;
	}
	for (unsigned i = 0; i < SERIALS; i++) {
		assert_false(in[i]);
	}
	revoked_clear(&now);
	revoked_clear(&later);
	buf_clear(&add);
	buf_clear(&drop);
}

static void
what_contradicts_is_found_later(void **state)
{
	static const char *const wrong[] = {"-", "++", "+--", "+-+-+-+-+-++"};
	struct buf one = BUF_INIT(1000);
	struct errinfo ei;

	(void)state;
	put(&one, "m", 1);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct revoked r = {0};

		for (const char *c = wrong[i]; *c != '\0'; c++) {
			struct slice drop = SLICE_EMPTY, add = SLICE_EMPTY;

			*(*c == '-' ? &drop : &add) = buf_slice(&one);
			assert_ok(
			    revoked_change_later(&r, drop, add, &ei), &ei);
		}
		assert_int_equal(revoked_settle(&r, &ei), ERR_FORMAT);
		assert_string_equal(ei.rule, "journal.crl");
		revoked_clear(&r);
	}
	buf_clear(&one);
}

static void
the_revoked_change_as_a_whole(void **state)
{
	struct revoked r = {0};
	struct buf add = BUF_INIT(1000), drop = BUF_INIT(1000);
	struct errinfo ei;

	(void)state;
	put(&add, "b", 1);
	put(&add, "d", 2);
	put(&add, "aa", 3); /* longer is larger */
	assert_ok(revoked_change(&r, SLICE_EMPTY, buf_slice(&add), &ei), &ei);
	assert_int_equal(r.num, 3);
	assert_true(slice_eq_str(revoked_get(&r, 2).serial, "aa"));
	buf_reset(&add);
	put(&add, "a", 4);
	put(&add, "c", 5);
	put(&add, "zz", 6);
	put(&drop, "d", 2);
	assert_ok(
	    revoked_change(&r, buf_slice(&drop), buf_slice(&add), &ei), &ei);
	assert_int_equal(r.num, 5);
	for (size_t i = 0; i < 5; i++) {
		static const char *const want[] = {"a", "b", "c", "aa", "zz"};

		assert_true(slice_eq_str(revoked_get(&r, i).serial, want[i]));
	}
	/* What is not there cannot go, what is there cannot come. */
	assert_int_equal(
	    revoked_change(&r, buf_slice(&drop), SLICE_EMPTY, &ei), ERR_FORMAT);
	buf_reset(&add);
	put(&add, "b", 1);
	assert_int_equal(
	    revoked_change(&r, SLICE_EMPTY, buf_slice(&add), &ei), ERR_FORMAT);
	assert_int_equal(r.num, 5);
	revoked_clear(&r);
	buf_clear(&add);
	buf_clear(&drop);
}

/* --- the whole ---------------------------------------------------------- */

static enum err
issue(struct ledger *l, uint8_t n, const char *profile, int64_t now,
    struct errinfo *ei)
{
	uint8_t serial[2] = {0x40, n};
	struct record_issue p = {
	    .idem = {n},
	    .request = {n, n},
	    .not_after = 100000 + n,
	    .serial = {serial, 2},
	    .cert = SLICE_LIT("certificate"),
	    .note = n % 2 == 0 ? SLICE_EMPTY : SLICE_LIT("note"),
	};
	uint64_t number;

	memcpy(p.profile, profile, strlen(profile));
	return ledger_add_issue(l, now, &p, &number, ei);
}

static void
check_issued(struct ledger *l, uint8_t n, bool there)
{
	uint8_t idem[VALUES_IDEM_SIZE] = {n}, serial[2] = {0x40, n};
	struct record_issue p;
	struct record r;
	struct errinfo ei;
	int64_t end;

	assert_int_equal(ledger_has_serial(l, slice_make(serial, 2)), there);
	if (!there) {
		assert_int_equal(
		    ledger_find(l, idem, &store, &r, &p, &ei), ERR_NOTFOUND);
		assert_string_equal(ei.rule, "signer.idem");
		return;
	}
	assert_ok(ledger_find(l, idem, &store, &r, &p, &ei), &ei);
	assert_int_equal(p.request[1], n);
	assert_true(slice_eq_str(p.cert, "certificate"));
	assert_true(slice_eq_str(p.note, n % 2 == 0 ? "" : "note"));
	if (ledger_num_pending(l) == 0) {
		assert_ok(ledger_not_after(
			      l, slice_make(serial, 2), &store, &end, &ei),
		    &ei);
		assert_int_equal(end, 100000 + n);
	}
}

static struct ledger *
open_ledger(uint64_t want_records)
{
	struct journal_report report;
	struct ledger *l;
	struct errinfo ei;

	assert_ok(ledger_open(dir, true, &report, &l, &ei), &ei);
	assert_int_equal(report.num_records, want_records);
	return l;
}

static void
knows_the_same_after_a_restart(void **state)
{
	struct record_crl crl = {.number = 3, .this_update = 5000};
	struct record_ceiling ceiling = {.profile = "p", .per_day = 7};
	struct ledger *l = open_ledger(0);
	struct buf run = BUF_INIT(1000);
	struct errinfo ei;
	uint64_t number, per_day;

	(void)state;
	assert_ok(issue(l, 1, "p", 5000, &ei), &ei);
	assert_ok(issue(l, 2, "q", 5001, &ei), &ei);
	/* Pending counts, is found, and can go again. */
	assert_int_equal(ledger_used(l, "p", 5001), 1);
	check_issued(l, 1, true);
	check_issued(l, 2, true);
	check_issued(l, 3, false);
	ledger_drop(l);
	assert_int_equal(ledger_used(l, "p", 5001), 0);
	check_issued(l, 1, false);

	assert_ok(issue(l, 1, "p", 5000, &ei), &ei);
	assert_ok(issue(l, 2, "q", 5001, &ei), &ei);
	assert_ok(ledger_commit(l, &ei), &ei);
	put(&run, "\x40\x01", 100001);
	crl.revoked = buf_slice(&run);
	assert_ok(ledger_add_crl(l, 5002, &crl, &number, &ei), &ei);
	assert_int_equal(number, 3);
	assert_ok(ledger_add_ceiling(l, 5003, &ceiling, &ei), &ei);
	assert_int_equal(ledger_last_crl(l)->number, 0); /* not yet */
	assert_ok(ledger_commit(l, &ei), &ei);
	for (int round = 0; round < 2; round++) {
		check_issued(l, 1, true);
		check_issued(l, 2, true);
		check_issued(l, 3, false);
		assert_int_equal(ledger_used(l, "p", 5003), 1);
		assert_int_equal(ledger_used(l, "q", 5003), 1);
		assert_int_equal(ledger_used(l, "r", 5003), 0);
		assert_int_equal(ledger_last_crl(l)->number, 3);
		assert_int_equal(ledger_crls_used(l, 5003), 1);
		assert_int_equal(ledger_num_revoked(l), 1);
		assert_int_equal(ledger_revoked(l, 0).not_after, 100001);
		assert_true(ledger_ceiling(l, "p", &per_day));
		assert_int_equal(per_day, 7);
		assert_false(ledger_ceiling(l, "q", &per_day));
		ledger_close(l);
		l = open_ledger(4);
	}
	assert_int_equal(ledger_used(l, "p", 5000 + DAY_SEC), 0);
	ledger_close(l);
	buf_clear(&run);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_index_finds_all_and_only),
	    cmocka_unit_test(the_tally_counts_a_day),
	    cmocka_unit_test(a_hold_becomes_final),
	    cmocka_unit_test(many_changes_are_the_same_later),
	    cmocka_unit_test(what_contradicts_is_found_later),
	    cmocka_unit_test(the_revoked_change_as_a_whole),
	    cmocka_unit_test(knows_the_same_after_a_restart),
	};

	return cmocka_run_group_tests_name("ledger", tests, set_up, tear_down);
}
