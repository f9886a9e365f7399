/* SPDX-License-Identifier: Apache-2.0 */
/* The audit chain: what it says, and what it finds (requirement I4). */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "store/audit_priv.h"
#include "util.h"

enum {
	NUM = 20 /* certificates, records 2 to 21 */
};

static struct place place;
static struct audit_position positions[NUM + 2]; /* by number */

/* A closed database with 1 + NUM records. */
static void
make(void)
{
	struct errinfo ei = {0};
	struct store *s = NULL;

	place_new(&place);
	assert_ok(store_open(place.path, NULL, &s, &ei), &ei);
	store_audit_position(s, &positions[1]);
	assert_int_equal(positions[1].number, 1);
	for (unsigned i = 1; i <= NUM; i++) {
		assert_ok(put_certificate(s, i, &positions[i + 1], &ei), &ei);
		assert_int_equal(positions[i + 1].number, i + 1);
	}
	store_close(s);
}

static void
verify(
    const struct audit_position *expected, size_t num, struct audit_report *out)
{
	struct errinfo ei = {0};
	struct store *s = NULL;

	assert_ok(store_open(place.path, NULL, &s, &ei), &ei);
	assert_ok(audit_verify(s, expected, num, out, &ei), &ei);
	store_close(s);
}

/* The encoding is what audit.h says it is: hashed here by hand. */
static void
test_hash_is_as_written(void **state)
{
	const struct audit_position previous = {
	    .writer = nth_id(7), .number = 0x0102, .hash = {0xaa, 0xbb}};
	struct audit_event event = {
	    .at = 0x55, .actor = "me", .action = "test.it", .object = ""};
	uint8_t want[HASH_SIZE_MAX], got[AUDIT_HASH_SIZE];
	struct buf b = BUF_INIT(1024);
	struct errinfo ei = {0};

	(void)state;
	print_message("proves: I4\n");
	buf_add_str(&b, "surguch audit 1");
	buf_add(&b, slice_make("\xaa\xbb", 2));
	for (int i = 0; i < 30; i++) {
		buf_add_u8(&b, 0);
	}
	buf_add(&b, id_slice(&previous.writer));
	buf_add_u64(&b, 0x0103);
	buf_add_u64(&b, 0x55);
	buf_add(&b, SLICE_LIT("\0\0\0\2me\0\0\0\7test.it\0\0\0\0"));
	buf_add_u8(&b, 0);
	assert_ok(hash_of(HASH_SHA256, buf_slice(&b), want, &ei), &ei);
	assert_ok(audit_hash(&previous, &event, got, &ei), &ei);
	assert_memory_equal(got, want, sizeof(got));

	/* An empty detail is not the same as none. */
	event.detail = "";
	assert_ok(audit_hash(&previous, &event, got, &ei), &ei);
	assert_memory_not_equal(got, want, sizeof(got));
	b.len--;
	buf_add(&b, SLICE_LIT("\1\0\0\0\0"));
	assert_ok(hash_of(HASH_SHA256, buf_slice(&b), want, &ei), &ei);
	assert_memory_equal(got, want, sizeof(got));
	buf_clear(&b);
}

/* What an intruder does, and where it must show. */
struct tampering {
	const char *name;
	const char *sql;
	enum audit_fault_kind kind;
	uint64_t number; /* of the first fault */
	uint64_t num_faults;
	unsigned expected; /* number of the position that is remembered */
};

static const struct tampering tamperings[] = {
    {"actor", "UPDATE audit SET actor = 'x' WHERE number = 5", AUDIT_EDITED, 5,
	1, 0},
    {"action", "UPDATE audit SET action = 'x' WHERE number = 5", AUDIT_EDITED,
	5, 1, 0},
    {"object", "UPDATE audit SET object = 'x' WHERE number = 5", AUDIT_EDITED,
	5, 1, 0},
    {"time", "UPDATE audit SET at = at + 1 WHERE number = 5", AUDIT_EDITED, 5,
	1, 0},
    {"a detail where none was", "UPDATE audit SET detail = '' WHERE number = 5",
	AUDIT_EDITED, 5, 1, 0},
    {"text moved between fields",
	"UPDATE audit SET actor = 'systemc', action = 'ertificate.issue' "
	"WHERE number = 5",
	AUDIT_EDITED, 5, 1, 0},
    {"a longer text than any of ours",
	"UPDATE audit SET object = hex(zeroblob(100000)) WHERE number = 5",
	AUDIT_EDITED, 5, 1, 0},
    /* The hash itself: this record and the one that builds on it. */
    {"hash", "UPDATE audit SET hash = zeroblob(32) WHERE number = 5",
	AUDIT_EDITED, 5, 2, 0},
    {"short hash", "UPDATE audit SET hash = x'00' WHERE number = 5",
	AUDIT_EDITED, 5, 2, 0},
    {"first", "UPDATE audit SET at = 1 WHERE number = 1", AUDIT_EDITED, 1, 1,
	0},
    {"last", "UPDATE audit SET at = 1 WHERE number = 21", AUDIT_EDITED, 21, 1,
	0},
    {"removed", "DELETE FROM audit WHERE number = 5", AUDIT_GAP, 6, 1, 0},
    {"three removed", "DELETE FROM audit WHERE number BETWEEN 5 AND 7",
	AUDIT_GAP, 8, 1, 0},
    {"first removed", "DELETE FROM audit WHERE number = 1", AUDIT_GAP, 2, 1, 0},
    {"removed and closed up",
	"DELETE FROM audit WHERE number = 5; "
	"UPDATE audit SET number = number - 1 WHERE number = 6; "
	"UPDATE audit SET number = number - 1 WHERE number = 7; "
	"DELETE FROM audit WHERE number > 7",
	AUDIT_EDITED, 5, 2, 0},
    /* 5 and 6 change places: neither fits, nor what comes after. */
    {"order",
	"UPDATE audit SET number = -5 WHERE number = 5; "
	"UPDATE audit SET number = 5 WHERE number = 6; "
	"UPDATE audit SET number = 6 WHERE number = -5",
	AUDIT_EDITED, 5, 3, 0},
    {"one added in front",
	"INSERT INTO audit SELECT writer, 0, at, actor, action, object, "
	"detail, hash FROM audit WHERE number = 1",
	AUDIT_ADDED, 0, 1, 0},
    {"one added far in front",
	"INSERT INTO audit SELECT writer, -7, at, actor, action, object, "
	"detail, hash FROM audit WHERE number = 1",
	AUDIT_ADDED, UINT64_MAX - 6, 1, 0},
    {"copied", /* an old record once more at the end */
	"INSERT INTO audit SELECT writer, 22, at, actor, action, object, "
	"detail, hash FROM audit WHERE number = 5",
	AUDIT_EDITED, 22, 1, 0},
    {"truncated", "DELETE FROM audit WHERE number > 10", AUDIT_LOST, 21, 1, 21},
    {"truncated by one", "DELETE FROM audit WHERE number = 21", AUDIT_LOST, 21,
	1, 21},
    {"all gone", "DELETE FROM audit", AUDIT_LOST, 21, 1, 21},
    {"another hash than remembered",
	"UPDATE audit SET hash = zeroblob(32) WHERE number = 21", AUDIT_EDITED,
	21, 2, 21},
};

static void
test_tampering(void **state)
{
	const struct tampering *t;
	struct audit_report report;

	(void)state;
	print_message("proves: I4\n");
	for (size_t i = 0; i < ARRAY_LEN(tamperings); i++) {
		t = &tamperings[i];
		make();
		verify(&positions[NUM + 1], 1, &report);
		assert_int_equal(report.num_faults, 0);
		assert_int_equal(report.num_records, NUM + 1);
		run_sql(place.path, t->sql);
		verify(t->expected != 0 ? &positions[t->expected] : NULL,
		    t->expected != 0, &report);
		if (report.num_faults != t->num_faults ||
		    report.faults[0].kind != t->kind ||
		    report.faults[0].number != t->number) {
			fail_msg("%s: %llu faults, %s at %llu", t->name,
			    (unsigned long long)report.num_faults,
			    audit_fault_name(report.faults[0].kind),
			    (unsigned long long)report.faults[0].number);
		}
		assert_true(
		    id_eq(&report.faults[0].writer, &positions[1].writer));
		place_free(&place);
	}
}

/* Records of a writer whose id is none make the reading fail. */
static void
test_strange_writer(void **state)
{
	static const char *const ids[] = {"x''", "x'00'", "x'ffff'"};
	struct audit_report report;
	struct errinfo ei = {0};
	struct store *s = NULL;
	char sql[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		make();
		(void)snprintf(sql, sizeof(sql),
		    "INSERT INTO audit SELECT %s, 1, at, actor, action, "
		    "object, detail, hash FROM audit WHERE number = 1",
		    ids[i]);
		run_sql(place.path, sql);
		assert_ok(store_open(place.path, NULL, &s, &ei), &ei);
		assert_int_equal(
		    audit_verify(s, NULL, 0, &report, &ei), ERR_STORE);
		assert_string_equal(ei.rule, "store.column");
		store_close(s);
		place_free(&place);
	}
}

/*
 * Cut off, nothing remembered elsewhere: the chain alone cannot show it.
 * That is why positions go into the signers' journals.
 */
static void
test_truncation_needs_a_witness(void **state)
{
	struct audit_report report;

	(void)state;
	make();
	run_sql(place.path, "DELETE FROM audit WHERE number > 10");
	verify(NULL, 0, &report);
	assert_int_equal(report.num_faults, 0);
	verify(&positions[10], 1, &report);
	assert_int_equal(report.num_faults, 0);
	verify(&positions[11], 1, &report);
	assert_int_equal(report.num_faults, 1);
	assert_int_equal(report.faults[0].kind, AUDIT_LOST);
	verify(positions + 1, NUM + 1, &report);
	assert_int_equal(report.num_faults, NUM + 1 - 10);
	place_free(&place);
}

/* A chain rewritten as a whole fits in itself; a witness sees it. */
static void
test_rewritten(void **state)
{
	struct audit_position chain = {0};
	struct audit_report report;
	struct audit_event event;
	struct value values[AUDIT_VALUES];
	struct errinfo ei = {0};
	struct buf sql = BUF_INIT(65536);

	(void)state;
	print_message("proves: I4\n");
	make();
	chain.writer = positions[1].writer;
	buf_add_str(&sql, "DELETE FROM audit;");
	for (unsigned i = 1; i <= NUM + 1; i++) {
		event = (struct audit_event){.at = i,
		    .actor = "system",
		    .action = "test.forged",
		    .object = ""};
		assert_ok(audit_next(&chain, &event, values, &ei), &ei);
		buf_add_str(&sql, "INSERT INTO audit VALUES (x'");
		text_hex(&sql, id_slice(&chain.writer));
		buf_printf(&sql,
		    "', %u, %u, 'system', 'test.forged', '', NULL, x'", i, i);
		text_hex(&sql, slice_make(chain.hash, sizeof(chain.hash)));
		buf_add_str(&sql, "');");
	}
	run_sql(place.path, buf_cstr(&sql));
	buf_clear(&sql);
	verify(NULL, 0, &report);
	assert_int_equal(report.num_faults, 0);
	verify(&positions[12], 1, &report);
	assert_int_equal(report.num_faults, 1);
	assert_int_equal(report.faults[0].kind, AUDIT_REPLACED);
	assert_int_equal(report.faults[0].number, 12);
	place_free(&place);
}

/* After a restore a new chain begins and says where the old one ended. */
static void
test_new_epoch(void **state)
{
	const struct id zero = {{0}}, writer = {{9, 9}};
	struct unit u;
	struct audit_position now;
	struct audit_report report;
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct rows *rows = NULL;
	struct buf want = BUF_INIT(256);
	char id[ID_TEXT_SIZE];

	(void)state;
	make();
	assert_ok(store_open(place.path, NULL, &s, &ei), &ei);
	unit_init(&u);
	unit_new_chain(&u, &writer);
	assert_ok(store_submit(s, &u, &now, &ei), &ei);
	unit_clear(&u);
	assert_true(id_eq(&now.writer, &writer));
	assert_int_equal(now.number, 1);
	assert_ok(store_query(s, ST_AUDIT_PAGE, &rows, &ei, V_INT(INT64_MAX),
		      V_ID(&zero), V_INT(0), V_INT(1)),
	    &ei);
	assert_string_equal(rows_text(rows, 0, 4), "audit.begin");
	id_text(&positions[NUM + 1].writer, "aud", id);
	buf_printf(&want, "{\"previous\":\"%s\",\"number\":%d,\"hash\":\"", id,
	    NUM + 1);
	text_hex(&want, slice_make(positions[NUM + 1].hash, AUDIT_HASH_SIZE));
	buf_add_str(&want, "\"}");
	assert_string_equal(rows_text(rows, 0, 6), buf_cstr(&want));
	rows_free(rows);
	buf_clear(&want);
	assert_ok(put_certificate(s, 100, &now, &ei), &ei);
	assert_int_equal(now.number, 2);
	store_close(s);

	/* The new chain goes on from now on; the old one still counts. */
	assert_ok(store_open(place.path, NULL, &s, &ei), &ei);
	assert_ok(put_certificate(s, 101, &now, &ei), &ei);
	assert_int_equal(now.number, 3);
	assert_ok(audit_verify(s, &positions[NUM + 1], 1, &report, &ei), &ei);
	assert_int_equal(report.num_writers, 2);
	assert_int_equal(report.num_records, NUM + 1 + 3);
	assert_int_equal(report.num_faults, 0);
	store_close(s);
	run_sql(place.path, "UPDATE audit SET at = 1 WHERE number = 7");
	verify(&now, 1, &report);
	assert_int_equal(report.num_faults, 1);
	place_free(&place);
}

static void *
put_from_another_thread(void *arg)
{
	struct errinfo ei = {0};

	assert_int_equal(put_certificate(arg, 41, NULL, &ei), ERR_AGAIN);
	return NULL;
}

/* A held store takes nothing but from who mends it. */
static void
test_held(void **state)
{
	const struct errinfo why = {
	    .kind = ERR_STATE, .rule = "ca.rolled_back", .text = "older"};
	const struct errinfo later = {
	    .kind = ERR_STATE, .rule = "ca.restored", .text = "x"};
	struct errinfo ei = {0};
	struct store *s = NULL;
	pthread_t other;

	(void)state;
	place_new(&place);
	assert_ok(store_open(place.path, NULL, &s, &ei), &ei);
	assert_false(store_held(s, &ei));
	store_hold(s, &why);
	store_hold(s, &later);
	assert_true(store_held(s, &ei));
	assert_string_equal(ei.rule, "ca.rolled_back");
	assert_int_equal(put_certificate(s, 40, NULL, &ei), ERR_AGAIN);
	assert_string_equal(ei.text, "older");
	assert_false(has_certificate(s, 40));
	store_mend(s, true);
	assert_ok(put_certificate(s, 40, NULL, &ei), &ei);
	assert_int_equal(
	    pthread_create(&other, NULL, put_from_another_thread, s), 0);
	(void)pthread_join(other, NULL);
	store_mend(s, false);
	assert_int_equal(put_certificate(s, 42, NULL, &ei), ERR_AGAIN);
	assert_true(has_certificate(s, 40));
	store_close(s);
	place_free(&place);
}

/* More records than a page of the walk, and more faults than a report. */
static void
test_long_chain(void **state)
{
	enum {
		UNITS = 160
	};
	struct audit_event event = {.at = 1,
	    .actor = "system",
	    .action = "test.many",
	    .object = "o",
	    .detail = "{}"};
	struct audit_position end;
	struct audit_report report;
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct unit u;

	(void)state;
	place_new(&place);
	assert_ok(store_open(place.path, NULL, &s, &ei), &ei);
	for (unsigned i = 0; i < UNITS; i++) {
		unit_init(&u);
		for (unsigned k = 0; k < UNIT_EVENTS_MAX; k++) {
			unit_audit(&u, &event);
		}
		assert_ok(store_submit(s, &u, &end, &ei), &ei);
		unit_clear(&u);
	}
	assert_audit_whole(s, 1 + UNITS * UNIT_EVENTS_MAX);
	assert_int_equal(end.number, 1 + UNITS * UNIT_EVENTS_MAX);
	store_close(s);
	run_sql(place.path, "UPDATE audit SET at = 2 WHERE number % 10 = 0");
	verify(NULL, 0, &report);
	assert_int_equal(report.num_faults, UNITS * UNIT_EVENTS_MAX / 10);
	assert_int_equal(
	    report.faults[AUDIT_FAULTS_MAX - 1].number, 10 * AUDIT_FAULTS_MAX);
	place_free(&place);
}

/* Pages of reading, newest first, without a hole or a repeat. */
static void
test_pages(void **state)
{
	struct id writer = {{0}};
	int64_t at = INT64_MAX, number = 0;
	unsigned num = 0;
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct rows *rows;

	(void)state;
	make();
	/* Equal times must not confuse it. */
	run_sql(place.path, "UPDATE audit SET at = at / 4");
	assert_ok(store_open(place.path, NULL, &s, &ei), &ei);
	for (;;) {
		rows = NULL;
		assert_ok(store_query(s, ST_AUDIT_PAGE, &rows, &ei, V_INT(at),
			      V_ID(&writer), V_INT(number), V_INT(3)),
		    &ei);
		if (rows_num(rows) == 0) {
			break;
		}
		for (size_t i = 0; i < rows_num(rows); i++) {
			assert_true(rows_int(rows, i, 2) <= at);
			writer = rows_id(rows, i, 0);
			number = rows_int(rows, i, 1);
			at = rows_int(rows, i, 2);
			num++;
		}
		rows_free(rows);
	}
	rows_free(rows);
	assert_int_equal(num, NUM + 1);
	store_close(s);
	place_free(&place);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hash_is_as_written),
	    cmocka_unit_test(test_tampering),
	    cmocka_unit_test(test_strange_writer),
	    cmocka_unit_test(test_truncation_needs_a_witness),
	    cmocka_unit_test(test_rewritten),
	    cmocka_unit_test(test_new_epoch),
	    cmocka_unit_test(test_held),
	    cmocka_unit_test(test_long_chain),
	    cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests(tests, store_test_start, NULL);
}
