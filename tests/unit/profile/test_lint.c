/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lint is shown able to fail: every fault is found by the rule it is meant
 * for and by no other; with that rule switched off it is not found at all;
 * and every rule of the table has such a fault.
 */
#include "faults.h"

#include <stdlib.h>
#include <string.h>

static const struct fault *const tables[] = {faults_form, faults_body,
    faults_subject, faults_exts, faults_values, faults_deltas, faults_san};

typedef void visit_fn(const struct fault *f, void *arg);

static size_t
each_fault(visit_fn *visit, void *arg)
{
	size_t num = 0;

	for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
		for (const struct fault *f = tables[t]; f->name != NULL; f++) {
			visit(f, arg);
			num++;
		}
	}
	return num;
}

static void
scene_init(struct scene *s, const struct fault *f)
{
	struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);

	s->fault = f;
	s->plan = calloc(1, sizeof(*s->plan));
	assert_non_null(s->plan);
	kit_init(&s->k, f->profile, KIT_NOW);
	kit_build(&s->k, &tbs);
	plan_take(s->plan, buf_slice(&tbs));
	f->plant(s);
	buf_clear(&tbs);
}

static void
scene_clear(struct scene *s)
{
	kit_clear(&s->k);
	free(s->plan);
}

static void
scene_lint(const struct scene *s, struct lint_report *report)
{
	struct buf tbs = BUF_INIT(CERT_BYTES_MAX);

	plan_write(s->plan, &tbs);
	(void)!lint_tbs(
	    s->k.p, &s->k.ca, &s->k.v, buf_slice(&tbs), s->k.now, report);
	buf_clear(&tbs);
}

static void
print_report(const struct fault *f, const struct lint_report *report)
{
	print_error("%s (%s):\n", f->name, f->profile);
	for (size_t i = 0; i < report->num; i++) {
		print_error("    %s %s: %s\n", err_name(report->at[i].kind),
		    report->at[i].rule, report->at[i].text);
	}
}

static bool
found_alone(const struct fault *f, const struct lint_report *report)
{
	for (size_t i = 0; i < report->num; i++) {
		if (strcmp(report->at[i].rule, f->rule) != 0 ||
		    report->at[i].kind != f->kind) {
			return false;
		}
	}
	return report->num > 0;
}

/* Taking a certificate to pieces and writing it again changes nothing, so
 * what the faults show is theirs. */
static void
pieces_make_the_same_certificate(void **state)
{
	(void)state;
	for (size_t i = 0; i < kit_num_profiles; i++) {
		struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
		struct buf again = BUF_INIT(PROFILE_TBS_MAX);
		struct plan *plan = calloc(1, sizeof(*plan));
		struct kit k;

		assert_non_null(plan);
		kit_init(&k, kit_profiles[i], KIT_NOW);
		kit_build(&k, &tbs);
		plan_take(plan, buf_slice(&tbs));
		plan_write(plan, &again);
		assert_true(slice_eq(buf_slice(&tbs), buf_slice(&again)));
		free(plan);
		buf_clear(&tbs);
		buf_clear(&again);
		kit_clear(&k);
	}
}

static void
check_found(const struct fault *f, void *arg)
{
	size_t *num_wrong = arg;
	struct lint_report report;
	struct scene s;

	scene_init(&s, f);
	scene_lint(&s, &report);
	if (!found_alone(f, &report)) {
		print_report(f, &report);
		(*num_wrong)++;
	}
	scene_clear(&s);
}

static void
every_fault_is_found_by_its_rule_alone(void **state)
{
	size_t num_wrong = 0;
	size_t num = each_fault(check_found, &num_wrong);

	(void)state;
	assert_int_equal(num_wrong, 0);
	print_message("%zu faults\n", num);
}

/* The distinct pairs (rule, kind of error), in alphabetical order. */
enum {
	PAIRS_MAX = 256
};
struct pairs {
	char at[PAIRS_MAX][96];
	size_t num;
};

static void
collect_pair(const struct fault *f, void *arg)
{
	struct pairs *p = arg;

	(void)snprintf(p->at[p->num], sizeof(p->at[0]), "%s %s", f->rule,
	    err_name(f->kind));
	for (size_t i = 0; i < p->num; i++) {
		if (strcmp(p->at[i], p->at[p->num]) == 0) {
			return;
		}
	}
	assert_true(p->num + 1 < PAIRS_MAX);
	p->num++;
}

static int
compare_pairs(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
the_pairs_are_many(void **state)
{
	static struct pairs pairs;

	(void)state;
	each_fault(collect_pair, &pairs);
	qsort(pairs.at, pairs.num, sizeof(pairs.at[0]), compare_pairs);
	for (size_t i = 0; i < pairs.num; i++) {
		print_message("pair: %s\n", pairs.at[i]);
	}
	print_message("%zu distinct pairs of rule and kind\n", pairs.num);
	assert_true(pairs.num >= 80);
}

static void
rules_have_ids_of_their_own(void **state)
{
	(void)state;
	assert_true(lint_num_rules() >= 60);
	for (size_t i = 0; i < lint_num_rules(); i++) {
		assert_true(strncmp(lint_rule_id(i), "lint.", 5) == 0);
		assert_non_null(lint_rule_clause(i));
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(
			    lint_rule_id(i), lint_rule_id(j));
		}
	}
	assert_null(lint_rule_id(lint_num_rules()));
}

#ifdef SURGUCH_TEST_SEAMS
/* The rule to switch off: those of the parser all hang on lint.form. */
static const char *
switch_of(const struct fault *f)
{
	return strncmp(f->rule, "lint.", 5) == 0 ? f->rule : "lint.form";
}

struct search {
	const char *rule;
	size_t unnoticed;
};

static void
try_unnoticed(const struct fault *f, void *arg)
{
	struct search *search = arg;
	struct lint_report report;
	struct scene s;

	if (strcmp(switch_of(f), search->rule) != 0) {
		return;
	}
	scene_init(&s, f);
	scene_lint(&s, &report);
	if (report.num == 0) {
		search->unnoticed++;
	} else {
		print_report(f, &report);
	}
	scene_clear(&s);
}

static void
without_its_rule_a_fault_goes_unnoticed(void **state)
{
	size_t num_bare = 0;

	(void)state;
	for (size_t i = 0; i < lint_num_rules(); i++) {
		struct search search = {lint_rule_id(i), 0};

		assert_true(lint_disable_for_test(search.rule));
		each_fault(try_unnoticed, &search);
		lint_enable_all_for_test();
		if (search.unnoticed == 0) {
			print_error("no fault needs %s\n", search.rule);
			num_bare++;
		}
	}
	assert_int_equal(num_bare, 0);
	assert_false(lint_disable_for_test("lint.nonsense"));
	print_message("%zu rules, each with a fault that only it finds\n",
	    lint_num_rules());
}
#else
static void
without_its_rule_a_fault_goes_unnoticed(void **state)
{
	(void)state;
	print_message("built without -Dtest_seams=true: rules cannot be "
		      "switched off\n");
	skip();
}
#endif

/* More findings than fit are counted, and the report stays within itself. */
static void
a_report_is_bounded(void **state)
{
	struct lint_report report;
	struct errinfo ei;
	struct scene s;

	(void)state;
	scene_init(&s, &faults_exts[0]);
	for (size_t i = 0; i < 20; i++) {
		uint8_t oid[3] = {0x2a, 0x03, (uint8_t)i};

		if (s.plan->num_exts < PLAN_EXTS) {
			plan_put_raw(s.plan, slice_make(oid, 3), false,
			    SLICE_LIT("\x05\x00"));
		}
	}
	for (size_t i = 0; i < PLAN_ATTRS - 6; i++) {
		plan_add_attr(s.plan, OID_DC, 0x16, "x");
	}
	scene_lint(&s, &report);
	assert_int_equal(report.num, LINT_FINDINGS_MAX);
	assert_true(report.dropped > 0);
	assert_int_equal(lint_report_err(&report, &ei), report.at[0].kind);
	assert_string_equal(ei.rule, report.at[0].rule);
	scene_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces_make_the_same_certificate),
	    cmocka_unit_test(every_fault_is_found_by_its_rule_alone),
	    cmocka_unit_test(the_pairs_are_many),
	    cmocka_unit_test(rules_have_ids_of_their_own),
	    cmocka_unit_test(without_its_rule_a_fault_goes_unnoticed),
	    cmocka_unit_test(a_report_is_bounded),
	};

	return cmocka_run_group_tests(
	    tests, kit_group_setup, kit_group_teardown);
}
