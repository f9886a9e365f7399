/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Acts of the registry with each allocation failing in turn: ERR_NOMEM and no
 * trace of the act, its audit event included, until it succeeds, once.
 */
#include "unit.h"

#include "failing/failing.h"
#include "registry/desk.h"

#include "base/text.h"

static struct desk *desk;

static enum err
add_person(struct errinfo *ei)
{
	return record_create(&person_kind, &desk->r,
	    &desk->operator, & desk->person_id, &seed_person, ei);
}

static enum err
add_org(struct errinfo *ei)
{
	return record_create(&org_kind, &desk->r,
	    &desk->operator, & desk->org_id, &seed_org, ei);
}

static enum err
add_form(struct errinfo *ei)
{
	struct form_data data = desk_form_data(desk);

	return form_create(&desk->r, &desk->operator, & desk->form, &data, ei);
}

static enum err
pay(struct errinfo *ei)
{
	return form_pay(&desk->r, &desk->operator, & desk->form, ei);
}

static enum err
identify(struct errinfo *ei)
{
	struct identification in = {
	    .document = "Паспорт РФ 6512 123456, выдан ОВД 01.02.2013",
	    .originals_seen = true,
	};

	return form_identify(&desk->r, &desk->operator, & desk->form, &in, ei);
}

static enum err
approve(struct errinfo *ei)
{
	struct form f;
	enum err e = form_get(&desk->r, &desk->form, &f, ei);

	if (e == ERR_OK) {
		e = form_approve(
		    &desk->r, &desk->operator, & desk->form, f.data_hash, ei);
		form_clear(&f);
	}
	return e;
}

static enum err
apply(struct errinfo *ei)
{
	return application_create(
	    &desk->r, &desk->person, &desk->app, &desk->form, ei);
}

static enum err
check(struct errinfo *ei)
{
	struct form f;
	enum err e = form_get(&desk->r, &desk->form, &f, ei);

	if (e == ERR_OK) {
		e = application_check(
		    &desk->r, &desk->person, &desk->app, f.data_hash, ei);
		form_clear(&f);
	}
	return e;
}

static enum err
request(struct errinfo *ei)
{
	return application_set_request(&desk->r, &desk->person, &desk->app,
	    SLICE_LIT("a request"), NULL, ei);
}

static enum err
issue(struct errinfo *ei)
{
	struct id certificate;

	return desk_issue_done(desk, &certificate, ei);
}

static int64_t
num_events(void)
{
	return fixture_count(desk->f, "SELECT count(*) FROM audit");
}

static unsigned
until_it_is_done(enum err (*act)(struct errinfo *ei), const char *name)
{
	const int64_t events = num_events();
	struct errinfo ei = {0};
	enum err e = ERR_NOMEM;
	unsigned num;

	for (num = 0; e != ERR_OK; num++) {
		ei = (struct errinfo){0};
		failing_arm(FAILING_ALLOC, (int)num);
		e = act(&ei);
		if (!failing_disarm() || e != ERR_NOMEM) {
			assert_ok(e, &ei);
		} else {
			assert_int_equal(num_events(), events);
		}
	}
	assert_int_equal(num_events(), events + 1);
	print_message("%s: %u allocations failed in turn\n", name, num - 1);
	return num - 1;
}

static void
memory_ends_at_the_desk(void **state)
{
	static const struct {
		const char *name;
		enum err (*act)(struct errinfo *ei);
	} acts[] = {
	    {"person", add_person},
	    {"organisation", add_org},
	    {"form", add_form},
	    {"payment", pay},
	    {"identification", identify},
	    {"approval", approve},
	    {"application", apply},
	    {"check", check},
	    {"request", request},
	};
	unsigned num = 0;

	desk = *state;
	print_message("proves: I2\n");
	desk->person_id = desk_id(desk);
	desk->org_id = desk_id(desk);
	desk->form = desk_id(desk);
	desk->app = desk_id(desk);
	for (size_t i = 0; i < ARRAY_LEN(acts); i++) {
		num += until_it_is_done(acts[i].act, acts[i].name);
	}
	desk_force(desk, APP_ISSUING);
	num += until_it_is_done(issue, "issue");
	assert_int_equal(desk_state(desk), APP_ISSUED);
	assert_true(num > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		memory_ends_at_the_desk, desk_setup, desk_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
