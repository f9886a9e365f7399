/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "desk.h"
#include "registry/phone_change.h"

/* Every status, with and without an application. */
static void
test_ways(void **state)
{
	static const struct {
		enum form_status status;
		bool has_application;
		enum phone_way want;
	} cases[] = {
	    {FORM_OPEN, false, PHONE_AT_ONCE},
	    {FORM_OPEN, true, PHONE_COOLS},
	    {FORM_WITHDRAWN, false, PHONE_NEVER},
	    {FORM_WITHDRAWN, true, PHONE_NEVER},
	};

	(void)state;
	assert_int_equal(ARRAY_LEN(cases), 2 * FORM_STATUS_MAX_);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(
		    phone_way_of(cases[i].status, cases[i].has_application),
		    cases[i].want);
	}
}

static void
test_names(void **state)
{
	(void)state;
	for (unsigned e = 0; e < PHONE_EVIDENCE_MAX_; e++) {
		assert_int_equal(phone_evidence_by_name(phone_evidence_name(
				     (enum phone_evidence)e)),
		    e);
	}
	for (unsigned s = 0; s < PHONE_STATE_MAX_; s++) {
		assert_int_equal(
		    phone_change_state_by_name(
			phone_change_state_name((enum phone_change_state)s)),
		    s);
	}
	assert_int_equal(
	    phone_evidence_by_name("by_word"), PHONE_EVIDENCE_MAX_);
	assert_int_equal(phone_change_state_by_name(""), PHONE_STATE_MAX_);
}

static void
form_phone(struct desk *d, const char *want, bool waits)
{
	struct errinfo ei = {0};
	struct form f;

	assert_ok(form_get(&d->r, &d->form, &f, &ei), &ei);
	assert_string_equal(f.data.phone, want);
	assert_int_equal(f.phone_changes_at != 0, waits);
	form_clear(&f);
}

/* What is due is done, once; what is not stays. */
static void
test_sweep(void **state)
{
	struct desk *d = *state;
	struct phone_change_order order = {
	    .phone = "8 916 765-43-21",
	    .evidence = PHONE_IN_PERSON,
	    .reference = "дело 3, лист 17",
	};
	struct phone_change_list l;
	struct errinfo ei = {0};
	struct id id = desk_id(d);
	int64_t now = clock_utc_sec(d->r.clock);

	desk_register(d);
	assert_rule(phone_change_ask(
			&d->r, &d->operator, & id, &d->form, &order, now, &ei),
	    ERR_STATE, "phone.at_once", &ei);
	assert_ok(form_pay(&d->r, &d->operator, & d->form, &ei), &ei);
	d->app = desk_id(d);
	assert_ok(
	    application_create(&d->r, &d->person, &d->app, &d->form, &ei), &ei);
	assert_ok(phone_change_ask(&d->r, &d->operator, & id, &d->form, &order,
		      phone_change_effect_at(&d->r), &ei),
	    &ei);
	assert_ok(phone_changes_sweep(&d->r, &ei), &ei);
	form_phone(d, SEED_PHONE, true);
	assert_ok(phone_change_withdraw(
		      &d->r, &d->operator, & id, "не тот номер", &ei),
	    &ei);
	form_phone(d, SEED_PHONE, false);
	id = desk_id(d);
	assert_ok(phone_change_ask(
		      &d->r, &d->operator, & id, &d->form, &order, now, &ei),
	    &ei);
	for (int i = 0; i < 2; i++) {
		assert_ok(phone_changes_sweep(&d->r, &ei), &ei);
		form_phone(d, "+79167654321", false);
	}
	assert_ok(phone_change_list(&d->r, PHONE_DONE, NULL, &l, &ei), &ei);
	assert_int_equal(l.num, 1);
	assert_true(id_eq(&l.at[0].id, &id));
	phone_change_list_clear(&l);
	assert_rule(
	    phone_change_withdraw(&d->r, &d->operator, & id, "поздно", &ei),
	    ERR_STATE, "phone.ended", &ei);
}

/* More are due than one page of the sweep's reading holds. */
static void
test_many(void **state)
{
	enum {
		MANY = PAGE_ROWS_MAX + 7
	};
	const struct phone_change_order order = {
	    .phone = "8 916 765-43-21",
	    .evidence = PHONE_IN_PERSON,
	    .reference = "дело 3, лист 17",
	};
	struct desk *d = *state;
	struct phone_change_list l;
	struct errinfo ei = {0};
	struct id forms[MANY];

	desk_register(d);
	for (size_t i = 0; i < MANY; i++) {
		struct form_data data = desk_form_data(d);
		struct id id = desk_id(d), app = desk_id(d);

		forms[i] = desk_id(d);
		assert_ok(
		    form_create(&d->r, &d->operator, & forms[i], &data, &ei),
		    &ei);
		assert_ok(form_pay(&d->r, &d->operator, & forms[i], &ei), &ei);
		assert_ok(
		    application_create(&d->r, &d->person, &app, &forms[i], &ei),
		    &ei);
		assert_ok(phone_change_ask(&d->r, &d->operator, & id, &forms[i],
			      &order, clock_utc_sec(d->r.clock), &ei),
		    &ei);
	}
	assert_ok(phone_changes_sweep(&d->r, &ei), &ei);
	for (size_t i = 0; i < MANY; i++) {
		d->form = forms[i];
		form_phone(d, "+79167654321", false);
	}
	assert_ok(phone_change_list(&d->r, PHONE_WAITING, NULL, &l, &ei), &ei);
	assert_int_equal(l.num, 0);
	phone_change_list_clear(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ways),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test_setup_teardown(
		test_sweep, desk_setup, desk_teardown),
	    cmocka_unit_test_setup_teardown(
		test_many, desk_setup, desk_teardown),
	};

	return cmocka_run_group_tests_name("registry/phone", tests, NULL, NULL);
}
