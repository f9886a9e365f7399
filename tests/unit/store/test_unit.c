/* SPDX-License-Identifier: Apache-2.0 */
/* Building units of work: what is refused, what is kept, what an error does. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

static const struct id some_id = {{1, 2, 3}};

struct bad {
	const char *name;
	void (*build)(struct unit *u);
	enum err err;
	const char *rule;
};

static void
too_few(struct unit *u)
{
	unit_add(u, ST_META_SET, EXPECT(1), V_TEXT("name"));
}

static void
too_many(struct unit *u)
{
	unit_add(u, ST_META_SET, EXPECT(1), V_TEXT("name"), V_BLOB(SLICE_EMPTY),
	    V_INT(1));
}

static void
none_at_all(struct unit *u)
{
	unit_add(u, ST_META_SET, EXPECT(1), V_NONE);
}

static void
text_for_blob(struct unit *u)
{
	unit_add(u, ST_META_SET, EXPECT(1), V_TEXT("name"), V_TEXT("value"));
}

static void
int_for_text(struct unit *u)
{
	unit_add(u, ST_META_SET, EXPECT(1), V_INT(1), V_BLOB(SLICE_EMPTY));
}

static void
null_for_text(struct unit *u)
{
	unit_add(u, ST_META_SET, EXPECT(1), V_TEXT(NULL), V_BLOB(SLICE_EMPTY));
}

static void
null_for_id(struct unit *u)
{
	unit_add(u, ST_CERTIFICATE_MOVE, EXPECT(1), V_ID(NULL), V_TEXT("a"),
	    V_TEXT("b"), V_INT(1));
}

static void
short_blob_for_id(struct unit *u)
{
	unit_add(u, ST_CERTIFICATE_MOVE, EXPECT(1),
	    V_BLOB(SLICE_LIT("fifteen octets.")), V_TEXT("a"), V_TEXT("b"),
	    V_INT(1));
}

static void
no_such_statement(struct unit *u)
{
	unit_add(u, ST_MAX_, EXPECT(1), V_INT(1));
}

static void
one_that_reads(struct unit *u)
{
	unit_add(u, ST_META_GET, EXPECT(1), V_TEXT("name"));
}

static void
one_statement_more(struct unit *u)
{
	for (unsigned i = 0; i <= UNIT_STATEMENTS_MAX; i++) {
		unit_add(u, ST_META_SET, EXPECT(1), V_TEXT("name"),
		    V_BLOB(SLICE_EMPTY));
	}
}

static void
one_byte_more(struct unit *u)
{
	static uint8_t half[UNIT_BYTES_MAX / 2];

	unit_add(u, ST_META_SET, EXPECT(1), V_TEXT(""),
	    V_BLOB(slice_make(half, sizeof(half))));
	unit_add(u, ST_META_SET, EXPECT(1), V_TEXT("1"),
	    V_BLOB(slice_make(half, sizeof(half))));
}

static struct audit_event
some_event(void)
{
	return (struct audit_event){
	    .at = 1, .actor = "system", .action = "test.some", .object = ""};
}

static void
event_without_actor(struct unit *u)
{
	struct audit_event e = some_event();

	e.actor = NULL;
	unit_audit(u, &e);
}

static void
event_without_object(struct unit *u)
{
	struct audit_event e = some_event();

	e.object = NULL;
	unit_audit(u, &e);
}

static void
one_event_more(struct unit *u)
{
	struct audit_event e = some_event();

	for (unsigned i = 0; i <= UNIT_EVENTS_MAX; i++) {
		unit_audit(u, &e);
	}
}

static char long_text[AUDIT_DETAIL_MAX + 2];

static void
actor_too_long(struct unit *u)
{
	struct audit_event e = some_event();

	e.actor = long_text + sizeof(long_text) - AUDIT_TEXT_MAX - 2;
	unit_audit(u, &e);
}

static void
detail_too_long(struct unit *u)
{
	struct audit_event e = some_event();

	e.detail = long_text;
	unit_audit(u, &e);
}

static void
test_refused(void **state)
{
	const struct bad cases[] = {
	    {"too few", too_few, ERR_INTERNAL, "store.unit"},
	    {"too many", too_many, ERR_INTERNAL, "store.unit"},
	    {"none at all", none_at_all, ERR_INTERNAL, "store.unit"},
	    {"text for blob", text_for_blob, ERR_INTERNAL, "store.unit"},
	    {"int for text", int_for_text, ERR_INTERNAL, "store.unit"},
	    {"null for text", null_for_text, ERR_INTERNAL, "store.unit"},
	    {"null for id", null_for_id, ERR_INTERNAL, "store.unit"},
	    {"short id", short_blob_for_id, ERR_INTERNAL, "store.unit"},
	    {"no such", no_such_statement, ERR_INTERNAL, "store.unit"},
	    {"reads", one_that_reads, ERR_INTERNAL, "store.unit"},
	    {"65 statements", one_statement_more, ERR_LIMIT, "store.unit"},
	    {"one byte more", one_byte_more, ERR_LIMIT, "store.unit"},
	    {"no actor", event_without_actor, ERR_INTERNAL, "store.audit"},
	    {"no object", event_without_object, ERR_INTERNAL, "store.audit"},
	    {"17 events", one_event_more, ERR_LIMIT, "store.audit"},
	    {"long actor", actor_too_long, ERR_LIMIT, "store.audit"},
	    {"long detail", detail_too_long, ERR_LIMIT, "store.audit"},
	};
	struct errinfo ei;
	struct unit u;
	size_t num_ops;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		ei = (struct errinfo){0};
		unit_init(&u);
		cases[i].build(&u);
		if (unit_err(&u, &ei) != cases[i].err ||
		    strcmp(ei.rule, cases[i].rule) != 0) {
			fail_msg("%s: %s %s", cases[i].name, err_name(ei.kind),
			    ei.rule);
		}
		/* Sticky: nothing more comes in. */
		num_ops = unit_num_ops(&u);
		unit_add(&u, ST_META_SET, EXPECT(1), V_TEXT("good"),
		    V_BLOB(SLICE_EMPTY));
		assert_int_equal(unit_num_ops(&u), num_ops);
		assert_int_equal(unit_err(&u, NULL), cases[i].err);
		unit_clear(&u);
		assert_int_equal(unit_err(&u, NULL), ERR_OK);
		unit_clear(&u);
	}
}

static void
test_the_most_that_fits(void **state)
{
	static uint8_t rest[UNIT_BYTES_MAX / 4];
	struct audit_event e = some_event();
	struct errinfo ei = {0};
	struct unit u;
	size_t used;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	e.detail = long_text + 1; /* AUDIT_DETAIL_MAX long */
	unit_init(&u);
	for (unsigned i = 0; i < UNIT_EVENTS_MAX; i++) {
		unit_audit(&u, &e);
	}
	for (unsigned i = 0; i < UNIT_STATEMENTS_MAX - 4; i++) {
		unit_add(&u, ST_META_SET, EXPECT(1), V_TEXT("name"),
		    V_BLOB(SLICE_EMPTY));
	}
	for (unsigned i = 0; i < 3; i++) {
		unit_add(&u, ST_META_SET, EXPECT(1), V_TEXT(""),
		    V_BLOB(slice_make(rest, sizeof(rest))));
	}
	used = u.bytes.len;
	unit_add(&u, ST_META_SET, EXPECT(1), V_TEXT(""),
	    V_BLOB(slice_make(rest, UNIT_BYTES_MAX - used)));
	assert_ok(unit_err(&u, &ei), &ei);
	assert_int_equal(u.bytes.len, UNIT_BYTES_MAX);
	assert_int_equal(unit_num_ops(&u), UNIT_STATEMENTS_MAX);
	assert_int_equal(unit_num_events(&u), UNIT_EVENTS_MAX);
	unit_clear(&u);
}

/* What was given may be overwritten: the unit has its own. */
static void
test_copies(void **state)
{
	char name[] = "name", actor[] = "actor", detail[] = "detail";
	uint8_t blob[] = {1, 2, 3};
	struct value values[STATEMENT_PARAMS_MAX];
	struct audit_event event;
	struct id id = some_id;
	enum statement st;
	struct unit u;
	size_t num;
	int expect;

	(void)state;
	unit_init(&u);
	unit_add(&u, ST_META_SET, EXPECT(1), V_TEXT(name),
	    V_BLOB(slice_make(blob, sizeof(blob))));
	unit_add(&u, ST_CERTIFICATE_MOVE, EXPECT_ANY, V_ID(&id), V_TEXT(name),
	    V_TEXT(""), V_INT(INT64_MIN));
	unit_audit(&u, &(struct audit_event){.at = 7,
			   .actor = actor,
			   .action = "",
			   .object = name,
			   .detail = detail});
	memset(name, 'X', sizeof(name) - 1);
	memset(actor, 'X', sizeof(actor) - 1);
	memset(detail, 'X', sizeof(detail) - 1);
	memset(blob, 0xff, sizeof(blob));
	memset(&id, 0xff, sizeof(id));
	/* Make the buffer move. */
	for (unsigned i = 0; i < 50; i++) {
		unit_add(&u, ST_META_SET, EXPECT(0), V_TEXT("filler"),
		    V_BLOB(SLICE_LIT("filler filler filler filler")));
	}

	unit_op(&u, 0, &st, &expect, values, &num);
	assert_int_equal(st, ST_META_SET);
	assert_int_equal(expect, 1);
	assert_int_equal(num, 2);
	assert_true(slice_eq_str(values[0].bytes, "name"));
	assert_memory_equal(values[1].bytes.p, "\1\2\3", 3);
	unit_op(&u, 1, &st, &expect, values, &num);
	assert_int_equal(st, ST_CERTIFICATE_MOVE);
	assert_int_equal(expect, EXPECT_ANY);
	assert_int_equal(num, 4);
	assert_int_equal(values[0].kind, VALUE_ID);
	assert_true(slice_eq(values[0].bytes, id_slice(&some_id)));
	assert_int_equal(values[2].kind, VALUE_TEXT);
	assert_int_equal(values[2].bytes.len, 0);
	assert_true(values[3].number == INT64_MIN);
	unit_event(&u, 0, &event);
	assert_int_equal(event.at, 7);
	assert_string_equal(event.actor, "actor");
	assert_string_equal(event.action, "");
	assert_string_equal(event.object, "name");
	assert_string_equal(event.detail, "detail");
	unit_clear(&u);
}

/* A unit that is wrong never reaches the writer. */
static void
test_submit_refuses(void **state)
{
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct rows *rows = NULL;
	struct place p;
	struct unit u;

	(void)state;
	place_new(&p);
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	unit_init(&u);
	unit_add(
	    &u, ST_META_SET, EXPECT(1), V_TEXT("good"), V_BLOB(SLICE_EMPTY));
	one_statement_more(&u);
	assert_int_equal(store_submit(s, &u, NULL, &ei), ERR_LIMIT);
	unit_clear(&u);
	assert_ok(store_query(s, ST_META_GET, &rows, &ei, V_TEXT("good")), &ei);
	assert_int_equal(rows_num(rows), 0);
	rows_free(rows);

	/* An empty unit is nothing, and no error. */
	assert_ok(store_submit(s, &u, NULL, &ei), &ei);
	unit_clear(&u);
	assert_audit_whole(s, 1);
	store_close(s);
	place_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_the_most_that_fits),
	    cmocka_unit_test(test_copies),
	    cmocka_unit_test(test_submit_refuses),
	};

	return cmocka_run_group_tests(tests, store_test_start, store_test_end);
}
