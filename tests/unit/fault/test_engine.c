/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer's engine with each allocation, and each write and sync of its
 * journal, failing in turn.  What an order leaves behind is a certificate in
 * the journal or nothing, and asked again it has exactly one.  A delta that is
 * asked for again says the same.
 */
#include "unit.h"

#include <string.h>

#include "failing/failing.h"
#include "signer/house.h"
#include "x509/crl.h"

static struct house house;
static struct kit kit;
static struct buf key = BUF_INIT(SPKI_BYTES_MAX);
static struct buf store = BUF_INIT(1 << 20);
static unsigned idem = 100;
static uint64_t number_before;

static int
set_up(void **state)
{
	(void)state;
	if (!house_begin(
		&house, &kit, "crl_delta_hours = 1;\ncrl_per_day = 86400;\n")) {
		return -1;
	}
	house_key(&key);
	kit.now += 3600; /* its CA is an hour old */
	kit_open(&kit, &house, "issuing");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	kit_close(&kit);
	house_close(&house);
	buf_clear(&key);
	buf_clear(&store);
	return 0;
}

static enum err
order(struct errinfo *ei)
{
	struct signer_issue_msg m = {.at = house_audit(1)};
	struct signer_issued out;
	enum err e;

	house_values(&m.values, "tls-client", "user", buf_slice(&key), idem);
	e = engine_issue(kit.engine, &m, &store, &out, ei);
	signer_issue_clear(&m);
	return e == ERR_OK ? engine_commit(kit.engine, ei) : e;
}

/* house_values() asserts, so only the engine's own part may fail. */
static struct signer_issue_msg ordered;

static enum err
order_prepared(struct errinfo *ei)
{
	struct signer_issued out;
	enum err e = engine_issue(kit.engine, &ordered, &store, &out, ei);

	return e == ERR_OK ? engine_commit(kit.engine, ei) : e;
}

static void
prepare(void)
{
	ordered = (struct signer_issue_msg){.at = house_audit(1)};
	house_values(
	    &ordered.values, "tls-client", "user", buf_slice(&key), idem);
	number_before = engine_journal_number(kit.engine);
}

/* Asked again it is there, once; the next order is another. */
static void
ask_again(enum err got)
{
	struct errinfo ei = {0};

	if (got == ERR_OK) {
		assert_int_equal(
		    engine_journal_number(kit.engine), number_before + 1);
	}
	assert_ok(order(&ei), &ei);
	assert_int_equal(engine_num_pending(kit.engine), 0);
	assert_int_equal(engine_journal_number(kit.engine), number_before + 1);
	signer_issue_clear(&ordered);
	idem++;
	prepare();
}

static void
memory_ends_while_issuing(void **state)
{
	unsigned num;

	(void)state;
	print_message("proves: I2\n");
	prepare();
	num = failing_each(FAILING_ALLOC, ERR_NOMEM, order_prepared, ask_again);
	assert_true(num >= 10);
	signer_issue_clear(&ordered);
}

static enum err
start(struct errinfo *ei)
{
	return kit_try(&kit, &house, "issuing", ei);
}

/* Any refusal will do (a reader of settings that had no memory may well call
 * them wrong): the next start has everything. */
static void
start_again(enum err got)
{
	struct errinfo ei = {0};

	if (got == ERR_OK) {
		kit_close(&kit);
	}
	assert_ok(kit_try(&kit, &house, "issuing", &ei), &ei);
	assert_ok(order(&ei), &ei);
	kit_close(&kit);
}

static void
memory_ends_at_start(void **state)
{
	(void)state;
	kit_close(&kit);
	assert_true(
	    failing_each(FAILING_ALLOC, ERR_OK, start, start_again) > 50);
	kit_open(&kit, &house, "issuing");
}

/*
 * A journal whose disk failed takes nothing more until the signer is started
 * again; then the order is there or not, and asked again it is there once.
 */
static void
restart_and_ask(enum err got)
{
	struct errinfo ei = {0};

	if (got == ERR_OK) {
		assert_int_equal(
		    engine_journal_number(kit.engine), number_before + 1);
	}
	signer_issue_clear(&ordered);
	kit_close(&kit);
	kit_open(&kit, &house, "issuing");
	assert_ok(order(&ei), &ei);
	assert_ok(order(&ei), &ei);
	idem++;
	prepare();
}

static void
the_disk_fails(void **state)
{
	(void)state;
	print_message("proves: I2\n");
	idem++;
	prepare();
	/* A write and a sync. */
	assert_int_equal(
	    failing_each(FAILING_FILE, ERR_OK, order_prepared, restart_and_ask),
	    2);
	signer_issue_clear(&ordered);
}

/* --- lists ---------------------------------------------------------------- */

static uint8_t revoked[1][HOUSE_SERIAL];
static struct buf entries = BUF_INIT(1000);
static uint64_t list_number;
static bool is_fatal;

/* The next list, or its delta; *out_num entries. */
static enum err
make(bool delta, size_t *out_num, struct errinfo *ei)
{
	struct signer_crl m = {
	    .number = list_number + 1,
	    .this_update = kit.now,
	    .next_update = kit.now + (delta ? 3600 : DAY_SEC),
	    .at = house_audit(1),
	    .shard = {.delta = delta},
	};
	struct signer_crl_done done;
	enum err e = engine_crl(
	    kit.engine, &m, buf_slice(&entries), &done, &is_fatal, ei);

	if (e == ERR_OK) {
		list_number++;
		e = crl_entries_check(
		    delta ? done.entries : buf_slice(&entries), out_num, ei);
	}
	return e;
}

static enum err
make_delta(struct errinfo *ei)
{
	size_t num = 0;

	return make(true, &num, ei);
}

/* A list that revokes nothing, and then a certificate that is revoked. */
static void
begin_lists(void)
{
	struct errinfo ei = {0};
	size_t num = 0;

	kit_issue_some(
	    &kit, buf_slice(&key), kit.now + 100 * DAY_SEC, 1, revoked, NULL);
	list_number = 1000;
	assert_ok(make(false, &num, &ei), &ei);
	assert_int_equal(num, 0);
	crl_entry_put(&entries, slice_make(revoked[0], HOUSE_SERIAL), kit.now,
	    CRL_REASON_SUPERSEDED);
	kit.now++;
}

/* The delta is there or not; the next one has the certificate all the same, and
 * so it is after a start. */
static void
make_again(enum err got)
{
	struct errinfo ei = {0};
	size_t num = 0;

	if (got != ERR_OK) {
		/* It may be in the journal. */
		list_number++;
	}
	for (unsigned round = 0; round < 2; round++) {
		if (is_fatal || round > 0) {
			kit_close(&kit);
			kit_open(&kit, &house, "issuing");
		}
		assert_ok(make(true, &num, &ei), &ei);
		assert_int_equal(num, 1);
		assert_int_equal(engine_num_pending(kit.engine), 0);
	}
}

static void
a_delta_fails(void **state)
{
	(void)state;
	print_message("proves: I3\n");
	begin_lists();
	assert_true(
	    failing_each(FAILING_ALLOC, ERR_OK, make_delta, make_again) >= 5);
	is_fatal = true; /* a journal whose disk failed takes nothing more */
	assert_int_equal(
	    failing_each(FAILING_FILE, ERR_OK, make_delta, make_again), 2);
	buf_clear(&entries);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(memory_ends_while_issuing),
	    cmocka_unit_test(memory_ends_at_start),
	    cmocka_unit_test(the_disk_fails),
	    cmocka_unit_test(a_delta_fails),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
