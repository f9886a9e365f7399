/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer's engine with each allocation, and each write and sync of its
 * journal, failing in turn.  What an order leaves behind is a certificate in
 * the journal or nothing, and asked again it has exactly one.
 */
#include "unit.h"

#include <string.h>

#include "failing/failing.h"
#include "signer/house.h"

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
	if (!house_begin(&house, &kit, "")) {
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(memory_ends_while_issuing),
	    cmocka_unit_test(memory_ends_at_start),
	    cmocka_unit_test(the_disk_fails),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
