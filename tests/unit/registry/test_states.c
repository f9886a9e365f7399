/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "os/file.h"
#include "registry/application_priv.h"
#include "registry/form_priv.h"
#include "registry/states.h"

/* Every state, every event, every kind of actor: the table decides, the
 * database follows, and what is refused changes nothing. */
static void
test_every_pair(void **state)
{
	struct desk *d = *state;
	const struct act *acts[] = {&d->operator, & d->person, &d->system};
	const struct app_step *step;
	struct errinfo ei = {0};
	enum err want;
	unsigned s;
	unsigned e;
	unsigned taken = 0;
	size_t k;

	desk_ready(d);
	for (s = 0; s < APP_STATE_MAX_; s++) {
		for (e = 0; e < APP_EVENT_MAX_; e++) {
			step = app_step((enum app_state)s, (enum app_event)e);
			for (k = 0; k < ARRAY_LEN(acts); k++) {
				desk_force(d, (enum app_state)s);
				want = step == NULL ? ERR_STATE
				       : (step->by &
					     (1U << acts[k]->actor.kind)) == 0
					   ? ERR_DENIED
					   : ERR_OK;
				assert_int_equal(
				    step_take(&d->r, acts[k], &d->app,
					(enum app_event)e, "причина", &ei),
				    want);
				assert_int_equal(desk_state(d),
				    want == ERR_OK ? step->next
						   : (enum app_state)s);
				taken += want == ERR_OK;
			}
		}
	}
	print_message("%u steps taken\n", taken);
	assert_true(taken > 40);
}

/* The database repeats the rule: two hands, one step. */
static void
test_two_hands(void **state)
{
	struct desk *d = *state;
	struct application a;
	struct unit u1;
	struct unit u2;
	struct errinfo ei = {0};

	desk_ready(d);
	assert_ok(application_get(&d->r, &d->app, &a, &ei), &ei);
	unit_init(&u1);
	unit_init(&u2);
	assert_ok(step_add(&u1, &d->operator.actor, &d->app, a.state,
		      APP_EV_WITHDRAW, TEST_NOW, "первый", &ei),
	    &ei);
	assert_ok(step_add(&u2, &d->person.actor, &d->app, a.state,
		      APP_EV_CHECK, TEST_NOW, NULL, &ei),
	    &ei);
	assert_ok(step_submit(&d->r, &u1, &ei), &ei);
	assert_rule(
	    step_submit(&d->r, &u2, &ei), ERR_STATE, "application.step", &ei);
	assert_int_equal(desk_state(d), APP_WITHDRAWN);
	application_clear(&a);
}

/* What was read is what is decided on: any change of the form, the person or
 * the organisation in between stops the unit. */
static void
test_same(void **state)
{
	struct desk *d = *state;
	struct person_data person = seed_person;
	struct org_data org = seed_org;
	struct form_data data;
	struct errinfo ei;
	struct form f;
	struct unit u;
	enum err err;
	int i;

	desk_ready(d);
	data = desk_form_data(d);
	for (i = 0; i < 4; i++) {
		memset(&ei, 0, sizeof(ei));
		assert_ok(form_get(&d->r, &d->form, &f, &ei), &ei);
		unit_init(&u);
		form_add_same(&u, &f);
		if (i == 0) {
			assert_ok(form_update(&d->r, &d->operator, & d->form,
				      f.version, &data, &ei),
			    &ei);
		} else if (i == 1) {
			assert_ok(
			    record_update(&person_kind, &d->r,
				&d->operator, & d->person_id, 1, &person, &ei),
			    &ei);
		} else if (i == 2) {
			assert_ok(record_update(&org_kind, &d->r,
				      &d->operator, & d->org_id, 1, &org, &ei),
			    &ei);
		}
		err = store_submit(d->f->store, &u, NULL, &ei);
		assert_int_equal(err, i < 3 ? ERR_CONFLICT : ERR_OK);
		assert_int_equal(form_conflict(&ei), i < 3);
		unit_clear(&u);
		form_clear(&f);
	}
}

static void
test_names(void **state)
{
	enum app_state back;
	unsigned s;
	unsigned e;

	(void)state;
	for (s = 0; s < APP_STATE_MAX_; s++) {
		assert_true(app_state_from(
		    slice_str(app_state_name((enum app_state)s)), &back));
		assert_int_equal(back, s);
		assert_non_null(
		    app_next_name(app_state_next((enum app_state)s)));
	}
	assert_false(app_state_from(SLICE_LIT("nonsense"), &back));
	for (e = 0; e < APP_EVENT_MAX_; e++) {
		assert_non_null(app_event_name((enum app_event)e));
	}
	assert_true(app_state_is_final(APP_REFUSED));
	assert_true(app_state_is_final(APP_WITHDRAWN));
	assert_true(app_state_is_final(APP_INSTALLED));
	assert_false(app_state_is_final(APP_ISSUING));
}

/* Every state can be reached, and from every one that is not an end an end
 * can be reached. */
static void
test_reachable(void **state)
{
	bool seen[APP_STATE_MAX_] = {[APP_UNPAID] = true, [APP_READY] = true};
	bool ends[APP_STATE_MAX_] = {false};
	const struct app_step *step;
	unsigned round;
	unsigned s;
	unsigned e;

	(void)state;
	for (round = 0; round < APP_STATE_MAX_; round++) {
		for (s = 0; s < APP_STATE_MAX_; s++) {
			ends[s] =
			    ends[s] || app_state_is_final((enum app_state)s);
			for (e = 0; e < APP_EVENT_MAX_; e++) {
				step = app_step(
				    (enum app_state)s, (enum app_event)e);
				if (step == NULL) {
					continue;
				}
				seen[step->next] = seen[step->next] || seen[s];
				ends[s] = ends[s] || ends[step->next];
			}
		}
	}
	for (s = 0; s < APP_STATE_MAX_; s++) {
		assert_true(seen[s]);
		assert_true(ends[s]);
	}
}

/* docs/states.md holds what the table says. */
static void
test_docs(void **state)
{
	struct buf graph = BUF_INIT(65536);
	struct buf doc = BUF_INIT(65536);
	const char *root = getenv("SURGUCH_SOURCE_ROOT");
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	(void)state;
	if (root == NULL) {
		print_message("SURGUCH_SOURCE_ROOT is not set\n");
		skip();
	}
	assert_ok(path_join(path, root, "docs/states.md", &ei), &ei);
	assert_ok(file_read(path, 65536, &doc, &ei), &ei);
	app_states_print(&graph);
	assert_ok(buf_err(&graph, &ei), &ei);
	if (strstr(buf_cstr(&doc), buf_cstr(&graph)) == NULL) {
		fail_msg("docs/states.md is not what the table says; put the "
			 "output of tests/unit/registry/print_graph there");
	}
	buf_clear(&graph);
	buf_clear(&doc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_every_pair, desk_setup, desk_teardown),
	    cmocka_unit_test_setup_teardown(
		test_two_hands, desk_setup, desk_teardown),
	    cmocka_unit_test_setup_teardown(
		test_same, desk_setup, desk_teardown),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_reachable),
	    cmocka_unit_test(test_docs),
	};

	return cmocka_run_group_tests_name(
	    "registry/states", tests, NULL, NULL);
}
