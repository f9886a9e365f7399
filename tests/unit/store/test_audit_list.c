/* SPDX-License-Identifier: Apache-2.0 */
/* The audit read backwards, with every filter, against the same records in an
 * array. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "store/audit_list.h"
#include "store/store.h"
#include "util.h"

enum {
	NUM = 2500,    /* more than one page may look at */
	TEXT_SIZE = 40 /* of our own objects */
};

static struct place place;
static struct store *store;

static int64_t
at_of(unsigned n)
{
	return 1000 + n / 3; /* several in one second */
}

static const char *
actor_of(unsigned n)
{
	return n % 2 == 0 ? "operator:op_1 Мария" : "system:issuing";
}

static const char *
action_of(unsigned n)
{
	return n % 300 == 5 ? "certificate.revoke" : "certificate.issue";
}

static const char *
object_of(unsigned n, char text[TEXT_SIZE])
{
	(void)snprintf(text, TEXT_SIZE, "crt_%u", n % 20);
	return text;
}

static int
open_store(void **state)
{
	struct errinfo ei = {0};
	char object[TEXT_SIZE];
	struct unit u;

	if (store_test_start(state) != 0) {
		return -1;
	}
	place_new(&place);
	assert_ok(store_open(place.path, NULL, &store, &ei), &ei);
	unit_init(&u);
	for (unsigned n = 1; n <= NUM; n++) {
		unit_audit(&u, &(struct audit_event){.at = at_of(n),
				   .actor = actor_of(n),
				   .action = action_of(n),
				   .object = object_of(n, object),
				   .detail = n % 7 == 0 ? "{\"n\":1}" : NULL});
		if (n % 10 == 0) {
			assert_ok(store_submit(store, &u, NULL, &ei), &ei);
			unit_clear(&u);
		}
	}
	return 0;
}

static int
close_store(void **state)
{
	store_close(store);
	place_free(&place);
	return store_test_end(state);
}

static bool
begins(const char *text, const char *with)
{
	return with == NULL || strncmp(text, with, strlen(with)) == 0;
}

static bool
wanted(const struct audit_filter *f, unsigned n)
{
	char object[TEXT_SIZE];

	return begins(actor_of(n), f->actor) &&
	       begins(action_of(n), f->action) &&
	       (f->object == NULL ||
		   strcmp(f->object, object_of(n, object)) == 0) &&
	       at_of(n) >= f->since;
}

static void
check_row(const struct audit_row *row, unsigned n)
{
	char object[TEXT_SIZE];

	assert_int_equal(row->at, at_of(n));
	assert_string_equal(row->actor, actor_of(n));
	assert_string_equal(row->action, action_of(n));
	assert_string_equal(row->object, object_of(n, object));
	assert_int_equal(row->detail != NULL, n % 7 == 0);
	/* The first record says that the chain begins. */
	assert_int_equal(row->name.number, n + 1);
}

/* Our own records come newest first, each once; the chain's beginning, whose
 * time is the real one, is left out. */
static void
check_list(const char *name, const struct audit_filter *f)
{
	unsigned n = NUM, num = 0, want = 0;
	const struct audit_record_name *after = NULL;
	struct audit_record_name last;
	struct audit_page page;
	struct errinfo ei = {0};

	for (unsigned i = 1; i <= NUM; i++) {
		want += wanted(f, i) ? 1 : 0;
	}
	do {
		assert_ok(audit_list(store, f, after, &page, &ei), &ei);
		assert_true(page.num_rows <= AUDIT_LOOK_PAGES);
		for (size_t i = 0; i < page.num; i++) {
			if (strcmp(page.at[i].action, "audit.begin") == 0) {
				continue;
			}
			while (n > 0 && !wanted(f, n)) {
				n--;
			}
			assert_true(n > 0);
			check_row(&page.at[i], n--);
			num++;
		}
		last = page.next;
		after = &last;
		audit_page_clear(&page);
	} while (page.more);
	if (num != want || want == 0) {
		fail_msg("%s: %u of %u", name, num, want);
	}
}

static void
test_filters(void **state)
{
	static const struct {
		const char *name;
		struct audit_filter f;
	} cases[] = {
	    {"all", {0}},
	    {"an object", {.object = "crt_13"}},
	    {"an actor", {.actor = "operator:op_1"}},
	    {"an action", {.action = "certificate.revoke"}},
	    {"a kind of action", {.action = "certificate."}},
	    {"since", {.since = 1500}},
	    {"all of them", {.object = "crt_5",
				.actor = "system:",
				.action = "certificate.revoke",
				.since = 1100}},
	};

	(void)state;
	print_message("proves: I4\n");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_list(cases[i].name, &cases[i].f);
	}
}

static void
test_names(void **state)
{
	const struct audit_record_name name = {{{1, 2, 3}}, 17};
	struct audit_record_name back;
	char text[AUDIT_RECORD_TEXT_SIZE], other[AUDIT_RECORD_TEXT_SIZE + 2];

	(void)state;
	audit_record_text(&name, text);
	assert_true(audit_record_parse(text, &back));
	assert_true(id_eq(&back.writer, &name.writer));
	assert_int_equal(back.number, 17);
	(void)snprintf(other, sizeof(other), "%s ", text);
	assert_false(audit_record_parse(other, &back));
	(void)snprintf(other, sizeof(other), "x%s", text);
	assert_false(audit_record_parse(other, &back));
	*strchr(text, '.') = '\0';
	assert_false(audit_record_parse(text, &back));
	assert_false(audit_record_parse("", &back));
}

static void
test_no_such_record(void **state)
{
	const struct audit_record_name none = {{{0}}, 17};
	const struct audit_filter all = {0};
	struct audit_page page;
	struct errinfo ei = {0};

	(void)state;
	assert_int_equal(
	    audit_list(store, &all, &none, &page, &ei), ERR_NOTFOUND);
	assert_string_equal(ei.rule, "list.after");
	audit_page_clear(&page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_filters),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_no_such_record),
	};

	return cmocka_run_group_tests(tests, open_store, close_store);
}
