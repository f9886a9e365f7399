/* SPDX-License-Identifier: Apache-2.0 */
/* Entries are kept between lists as long as the notes explain every change,
 * and read again when they do not.  A row that is taken away behind the store's
 * back tells which: what is kept still has it. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "ca/authority.h"
#include "ca/entries.h"
#include "ca/run.h"
#include "store/store.h"
#include "util.h"
#include "x509/crl.h"

static struct place place;
static struct store *store;
static struct clock clock_now;
static struct ca *ca;
static struct entries *entries;

static int
setup(void **state)
{
	struct ca_options o = {.clock = &clock_now};
	struct errinfo ei = {0};
	struct unit u;

	(void)state;
	place_new(&place);
	assert_ok(store_open(place.path, NULL, &store, &ei), &ei);
	o.store = store;
	o.public_dir = place.dir;
	o.profile_dir = place.dir;
	assert_ok(ca_new(&o, &ca, &ei), &ei);
	entries = entries_new();
	assert_non_null(entries);
	unit_init(&u);
	unit_add(&u, ST_CRL_SHARD_ADD, EXPECT(1), V_TEXT("test"), V_INT(0));
	assert_ok(store_submit(store, &u, NULL, &ei), &ei);
	unit_clear(&u);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	entries_free(entries);
	ca_free(ca);
	store_close(store);
	place_free(&place);
	return 0;
}

/* What ca_submit_change() does between its two notes. */
static void
commit(unsigned n)
{
	struct buf entry = BUF_INIT(256);
	struct id id = nth_id(n);
	uint8_t serial[19];
	struct errinfo ei = {0};
	struct unit u;

	crl_entry_put(&entry, nth_serial(n, serial), 1000, CRL_REASON_NONE);
	unit_init(&u);
	add_certificate(&u, n);
	unit_add(&u, ST_REVOCATION_INSERT, EXPECT(1), V_ID(&id), V_TEXT("test"),
	    V_BLOB(nth_serial(n, serial)), V_INT(5000), V_INT(0), V_INT(1000),
	    V_NULL, V_TEXT("test"), V_NULL, V_BLOB(buf_slice(&entry)));
	unit_add(&u, ST_CRL_SHARD_TOUCH, EXPECT(1), V_TEXT("test"), V_INT(0));
	assert_ok(store_submit(store, &u, NULL, &ei), &ei);
	unit_clear(&u);
	buf_clear(&entry);
}

static void
revoke(unsigned n)
{
	uint8_t serial[19];

	entries_begin(entries);
	commit(n);
	entries_end(entries, nth_serial(n, serial), true);
}

static void
hide(unsigned n)
{
	uint8_t serial[19];
	struct slice s = nth_serial(n, serial);
	char sql[128], hex[2 * sizeof(serial) + 1];

	for (size_t i = 0; i < s.len; i++) {
		(void)snprintf(hex + 2 * i, 3, "%02X", s.p[i]);
	}
	(void)snprintf(sql, sizeof(sql),
	    "DELETE FROM revocation WHERE serial = x'%s'", hex);
	run_sql(place.path, sql);
}

/* The list has exactly these, in this order; the last is 0. */
static void
listed(const unsigned *want)
{
	const struct entries_of of = {.ca = "test", .now = 2000};
	struct slice part = SLICE_EMPTY;
	struct run *run = NULL;
	int64_t changes = 0;
	struct errinfo ei = {0};
	uint8_t serial[19];

	assert_ok(
	    entries_get(ca, entries, &of, &run, &part, &changes, &ei), &ei);
	for (; *want != 0; want++) {
		struct crl_entry e;

		assert_ok(crl_entry_get(&part, &e, &ei), &ei);
		assert_true(slice_eq(e.serial, nth_serial(*want, serial)));
	}
	assert_int_equal(part.len, 0);
	run_unref(run);
}
#define LISTED(...) listed((const unsigned[]){__VA_ARGS__, 0})

static void
what_is_noted_is_put_in(void **state)
{
	(void)state;
	print_message("proves: I3\n");
	revoke(3);
	revoke(5);
	LISTED(3, 5);
	hide(3);
	LISTED(3, 5);
	revoke(4);
	revoke(6);
	LISTED(3, 4, 5, 6);
}

/* One whose commit takes long does not make all be read again. */
static void
one_under_way_does_not_count(void **state)
{
	uint8_t serial[19];

	(void)state;
	revoke(3);
	LISTED(3);
	hide(3);
	entries_begin(entries);
	revoke(5);
	LISTED(3, 5);
	commit(4);
	entries_end(entries, nth_serial(4, serial), true);
	LISTED(3, 4, 5);
	entries_begin(entries);
	entries_end(entries, nth_serial(6, serial), false);
	LISTED(3, 4, 5);
}

/* Somebody else's, or one of which nobody knows whether it was committed. */
static void
what_is_not_noted_is_read(void **state)
{
	uint8_t serial[19];

	(void)state;
	revoke(3);
	LISTED(3);
	hide(3);
	entries_begin(entries);
	commit(5);
	entries_end(entries, nth_serial(5, serial), false);
	LISTED(5);
}

/* A note that comes after its change was read must not stand for another. */
static void
a_late_note_explains_nothing(void **state)
{
	uint8_t serial[19];

	(void)state;
	entries_begin(entries);
	commit(3);
	LISTED(3);
	entries_end(entries, nth_serial(3, serial), true);
	commit(5);
	LISTED(3, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		what_is_noted_is_put_in, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		one_under_way_does_not_count, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		what_is_not_noted_is_read, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		a_late_note_explains_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, store_test_start, store_test_end);
}
