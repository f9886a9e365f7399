/* SPDX-License-Identifier: Apache-2.0 */
/* Every filter, page by page, against the same rows in an array. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "ca/list.h"
#include "store/store.h"
#include "util.h"

enum {
	NUM = 2600, /* more than one page may look at */
	NUM_PERSONS = 7,
	FIRST_END = 100000,
};

static struct place place;
static struct store *store;

/* Certificate n, as it was put there. */
static const char *
ca_of(unsigned n)
{
	return n % 100 == 7 ? "rare" : n % 2 == 0 ? "even" : "odd";
}

static const char *
status_of(unsigned n)
{
	return n % 50 == 3 ? "revoked" : n % 500 == 9 ? "hold" : "good";
}

/* Ends come in another order than ids, and several at once. */
static int64_t
end_of(unsigned n)
{
	return FIRST_END + (int64_t)(n * 7919 % 500);
}

static unsigned
person_of(unsigned n)
{
	return n % 4 == 0 ? 0 : n % NUM_PERSONS + 1; /* 0: none */
}

static const char *
profile_of(unsigned n)
{
	return n % 3 == 0 ? "tls-client" : "tls-server";
}

static struct id
person_id(unsigned n)
{
	return nth_id(1000000 + n);
}

static void
submit(struct unit *u)
{
	struct errinfo ei = {0};

	assert_ok(store_submit(store, u, NULL, &ei), &ei);
	unit_clear(u);
}

static void
add_person(struct unit *u, unsigned n)
{
	struct id id = person_id(n);
	const struct value none = V_TEXT("");

	unit_add(u, ST_PERSON_INSERT, EXPECT(1), V_ID(&id), none, none, none,
	    none, none, none, none, none, none, none, V_INT(1));
}

static void
add_one(struct unit *u, unsigned n)
{
	struct id id = nth_id(n), person = person_id(person_of(n));
	uint8_t serial[19], digest[32];

	unit_add(u, ST_CERTIFICATE_INSERT, EXPECT(1), V_ID(&id),
	    V_TEXT(ca_of(n)), V_BLOB(nth_serial(n, serial)),
	    V_BLOB(nth_digest(n, digest)), V_BLOB(SLICE_LIT("subject")),
	    V_BLOB(nth_digest(n, digest)), V_BLOB(SLICE_LIT("der")), V_INT(1),
	    V_INT(end_of(n)), V_TEXT(profile_of(n)), V_NULL, V_INT(n), V_INT(n),
	    V_ID(person_of(n) != 0 ? &person : NULL));
	if (strcmp(status_of(n), "good") != 0) {
		unit_add(u, ST_CERTIFICATE_MOVE, EXPECT(1), V_ID(&id),
		    V_TEXT("good"), V_TEXT(status_of(n)), V_INT(n + 5));
	}
}

static int
open_store(void **state)
{
	struct errinfo ei = {0};
	struct unit u;

	if (store_test_start(state) != 0) {
		return -1;
	}
	place_new(&place);
	assert_ok(store_open(place.path, NULL, &store, &ei), &ei);
	unit_init(&u);
	for (unsigned n = 1; n <= NUM_PERSONS; n++) {
		add_person(&u, n);
	}
	submit(&u);
	for (unsigned n = 1; n <= NUM; n++) {
		add_one(&u, n);
		if (n % 25 == 0 || n == NUM) {
			submit(&u);
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

/* --- the same by hand ------------------------------------------------------
 */

static bool
wanted(const struct certificate_filter *f, unsigned n)
{
	struct id person = person_id(person_of(n));

	return (f->person == NULL ||
		   (person_of(n) != 0 && id_eq(f->person, &person))) &&
	       (f->ca == NULL || strcmp(f->ca, ca_of(n)) == 0) &&
	       (f->profile == NULL || strcmp(f->profile, profile_of(n)) == 0) &&
	       (f->status == NULL || strcmp(f->status, status_of(n)) == 0) &&
	       end_of(n) >= f->ends_after &&
	       (f->ends_before == 0 || end_of(n) < f->ends_before);
}

static int
by_end(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	if (end_of(x) != end_of(y)) {
		return end_of(x) < end_of(y) ? -1 : 1;
	}
	return x < y ? -1 : 1;
}

static size_t
expect(const struct certificate_filter *f, bool ordered_by_end, unsigned *out)
{
	size_t num = 0;

	for (unsigned n = 1; n <= NUM; n++) {
		if (wanted(f, n)) {
			out[num++] = n;
		}
	}
	if (ordered_by_end) {
		qsort(out, num, sizeof(*out), by_end);
	}
	return num;
}

static void
check_row(const struct certificate_row *row, unsigned n)
{
	struct id id = nth_id(n), person = person_id(person_of(n));
	uint8_t serial[19], digest[32];

	assert_true(id_eq(&row->id, &id));
	assert_string_equal(row->ca, ca_of(n));
	assert_string_equal(row->profile, profile_of(n));
	assert_string_equal(row->status, status_of(n));
	assert_true(slice_eq(row->serial, nth_serial(n, serial)));
	assert_true(slice_eq(row->sha256, nth_digest(n, digest)));
	assert_true(slice_eq_str(row->subject, "subject"));
	assert_int_equal(row->not_before, 1);
	assert_int_equal(row->not_after, end_of(n));
	assert_int_equal(row->issued_at, n);
	assert_int_equal(
	    row->status_at, strcmp(status_of(n), "good") == 0 ? n : n + 5);
	assert_int_equal(row->has_person, person_of(n) != 0);
	assert_true(!row->has_person || id_eq(&row->person, &person));
	assert_false(row->has_application);
}

/* All pages one after another; no page looks at too many rows. */
static void
check_list(const char *name, const struct certificate_filter *f, bool by_ends)
{
	static unsigned want[NUM];
	size_t num = expect(f, by_ends, want), got = 0, num_pages = 0;
	struct certificate_page page;
	struct errinfo ei = {0};
	const struct id *after = NULL;
	struct id last;

	do {
		assert_ok(certificate_list(store, f, after, &page, &ei), &ei);
		assert_true(page.num_rows <= CERTIFICATES_LOOK_PAGES);
		for (size_t i = 0; i < page.num; i++) {
			if (got >= num) {
				fail_msg("%s: more than %zu", name, num);
			}
			check_row(&page.at[i], want[got++]);
		}
		last = page.next;
		after = &last;
		num_pages++;
		assert_true(num_pages <= NUM);
		certificate_page_clear(&page);
	} while (page.more);
	if (got != num || num == 0) {
		fail_msg("%s: %zu of %zu", name, got, num);
	}
}

static void
test_filters(void **state)
{
	const struct id three = person_id(3);
	const struct {
		const char *name;
		struct certificate_filter f;
		bool by_ends;
	} cases[] = {
	    {"all", {0}, false},
	    {"a CA", {.ca = "even"}, false},
	    {"a rare CA", {.ca = "rare"}, false},
	    {"a person", {.person = &three}, false},
	    {"revoked", {.status = "revoked"}, false},
	    {"on hold", {.status = "hold"}, false},
	    {"good", {.status = "good"}, false},
	    {"ending", {.ends_before = FIRST_END + 10}, true},
	    {"ending later", {.ends_after = FIRST_END + 490}, true},
	    {"in between",
		{.ends_after = FIRST_END + 20, .ends_before = FIRST_END + 22},
		true},
	    {"revoked of a CA", {.ca = "odd", .status = "revoked"}, false},
	    {"good of a CA", {.ca = "rare", .status = "good"}, false},
	    {"of a profile", {.profile = "tls-client"}, false},
	    {"revoked of a person and a CA",
		{.person = &three, .ca = "odd", .status = "revoked"}, false},
	    {"a CA's, ending", {.ca = "rare", .ends_before = FIRST_END + 400},
		true},
	    {"revoked and ending",
		{.status = "revoked", .ends_before = FIRST_END + 250}, false},
	};

	(void)state;
	print_message("proves: I2\n");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		check_list(cases[i].name, &cases[i].f, cases[i].by_ends);
	}
}

static void
test_bad_wishes(void **state)
{
	const struct certificate_filter odd = {.status = "bad"}, all = {0};
	struct certificate_page page;
	struct errinfo ei = {0};
	struct id none = nth_id(NUM + 1);

	(void)state;
	assert_int_equal(
	    certificate_list(store, &odd, NULL, &page, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "list.status");
	certificate_page_clear(&page);
	assert_int_equal(
	    certificate_list(store, &all, &none, &page, &ei), ERR_NOTFOUND);
	assert_string_equal(ei.rule, "list.after");
	certificate_page_clear(&page);
}

static void
test_one(void **state)
{
	struct certificate_page page;
	struct errinfo ei = {0};
	uint8_t serial[19], digest[32];

	(void)state;
	assert_ok(
	    certificate_by_sha256(store, nth_digest(77, digest), &page, &ei),
	    &ei);
	assert_int_equal(page.num, 1);
	check_row(&page.at[0], 77);
	certificate_page_clear(&page);
	assert_ok(certificate_by_sha256(
		      store, nth_digest(NUM + 1, digest), &page, &ei),
	    &ei);
	assert_int_equal(page.num, 0);
	certificate_page_clear(&page);
	assert_ok(certificate_by_serial(
		      store, "rare", nth_serial(107, serial), &page, &ei),
	    &ei);
	assert_int_equal(page.num, 1);
	check_row(&page.at[0], 107);
	certificate_page_clear(&page);
	assert_ok(certificate_by_serial(
		      store, "odd", nth_serial(107, serial), &page, &ei),
	    &ei);
	assert_int_equal(page.num, 0);
	certificate_page_clear(&page);
}

/* --- of a phone ------------------------------------------------------------
 */

enum {
	FIRST_OF_PHONE = NUM + 100,
	OF_FORM = 60, /* more than a page holds */
	FORMS = 3,    /* the last is of another phone */
};

static struct id
form_id(unsigned form)
{
	return nth_id(2000000 + form);
}

static void
add_form(struct unit *u, unsigned form)
{
	struct id id = form_id(form);
	const struct value none = V_TEXT("");

	unit_add(u, ST_FORM_INSERT, EXPECT(1), V_ID(&id), none, none, V_NULL,
	    V_NULL, V_TEXT(form + 1 < FORMS ? "+79160000001" : "+79160000002"),
	    none, none, none, none, none, none, V_INT(1));
	unit_add(u, ST_APPLICATION_INSERT, EXPECT(1), V_ID(&id), V_ID(&id),
	    V_TEXT("installed"), V_INT(1));
}

/* The forms have them in turn, so that ids of one are among another's. */
static void
add_of_phone(struct unit *u, unsigned n)
{
	struct id id = nth_id(n), form = form_id(n % FORMS);
	uint8_t serial[19], digest[32];

	unit_add(u, ST_CERTIFICATE_INSERT, EXPECT(1), V_ID(&id), V_TEXT("even"),
	    V_BLOB(nth_serial(n, serial)), V_BLOB(nth_digest(n, digest)),
	    V_BLOB(SLICE_LIT("subject")), V_BLOB(nth_digest(n, digest)),
	    V_BLOB(SLICE_LIT("der")), V_INT(1), V_INT(2), V_TEXT("tls-client"),
	    V_ID(&form), V_INT(n), V_INT(n), V_NULL);
}

/* A form with more certificates than a page holds hides none of them. */
static void
test_of_phone(void **state)
{
	unsigned expected[2 * OF_FORM], num = 0, pages = 0, seen = 0;
	struct certificate_page page = {.more = true};
	struct id after, stranger = {0};
	struct errinfo ei = {0};
	struct unit u;

	(void)state;
	unit_init(&u);
	for (unsigned form = 0; form < FORMS; form++) {
		add_form(&u, form);
	}
	submit(&u);
	for (unsigned i = 0; i < FORMS * OF_FORM; i++) {
		add_of_phone(&u, FIRST_OF_PHONE + i);
		if (i % 25 == 0 || i + 1 == FORMS * OF_FORM) {
			submit(&u);
		}
	}
	for (unsigned form = 0; form + 1 < FORMS; form++) {
		for (unsigned i = 0; i < FORMS * OF_FORM; i++) {
			if ((FIRST_OF_PHONE + i) % FORMS == form) {
				expected[num++] = FIRST_OF_PHONE + i;
			} else if (form == 0 &&
				   (FIRST_OF_PHONE + i) % FORMS == FORMS - 1) {
				stranger = nth_id(FIRST_OF_PHONE + i);
			}
		}
	}
	assert_int_equal(num, 2 * OF_FORM);
	while (page.more) {
		assert_ok(certificates_of_phone(store, "+79160000001",
			      pages > 0 ? &after : NULL, &page, &ei),
		    &ei);
		for (size_t i = 0; i < page.num; i++, seen++) {
			struct id id = nth_id(expected[seen]);

			assert_in_range(seen, 0, num - 1);
			assert_true(id_eq(&page.at[i].id, &id));
		}
		after = page.next;
		pages++;
		certificate_page_clear(&page);
	}
	assert_int_equal(seen, num);
	assert_int_equal(pages, 3);
	assert_int_equal(
	    certificates_of_phone(store, "+79160000001", &stranger, &page, &ei),
	    ERR_NOTFOUND);
	assert_string_equal(ei.rule, "list.after");
	certificate_page_clear(&page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_filters), cmocka_unit_test(test_bad_wishes),
	    cmocka_unit_test(test_one),
	    cmocka_unit_test(test_of_phone), /* it adds rows */
	};

	return cmocka_run_group_tests(tests, open_store, close_store);
}
