/* SPDX-License-Identifier: Apache-2.0 */
/* The person of seed 000, from the operator's desk to an installed
 * certificate, and everything that stands in the wrong order. */
#include "unit.h"

#include <string.h>

#include "base/attr.h"
#include "base/bounds.h"
#include "desk.h"

static enum app_next
next_of(struct desk *d)
{
	struct form_list l;
	struct errinfo ei = {0};
	enum app_next next;

	assert_ok(form_list(&d->r, SEED_PHONE, NULL, 50, &l, &ei), &ei);
	assert_int_equal(l.num, 1);
	next = l.at[0].next;
	assert_string_equal(l.at[0].surname, "Иванов");
	assert_string_equal(l.at[0].organisation_name, "ООО «АвтоСпор»");
	form_list_clear(&l);
	return next;
}

static void
test_whole(void **state)
{
	struct desk *d = *state;
	struct otp_proof proof;
	struct application a;
	struct acquaintance acq = {.version = "acquaintance-1",
	    .text = SLICE_LIT("текст"),
	    .cms = SLICE_LIT("cms")};
	struct errinfo ei = {0};
	struct id certificate;
	uint8_t key[32];
	uint8_t again[32];
	enum app_state reached;
	bool known;

	print_message("proves: A3 A4 A10 A17 A18 H2 H3\n");
	assert_ok(form_phone_known(&d->r, SEED_PHONE, &known, &ei), &ei);
	assert_false(known);
	desk_register(d);
	assert_ok(form_phone_known(&d->r, SEED_PHONE, &known, &ei), &ei);
	assert_true(known);

	/* Not paid yet: the application waits, and goes on once paid. */
	assert_int_equal(next_of(d), APP_NEXT_PAY);
	d->app = desk_id(d);
	assert_ok(
	    application_create(&d->r, &d->person, &d->app, &d->form, &ei), &ei);
	assert_int_equal(desk_state(d), APP_UNPAID);
	assert_ok(form_pay(&d->r, &d->operator, & d->form, &ei), &ei);
	assert_rule(form_pay(&d->r, &d->operator, & d->form, &ei), ERR_STATE,
	    "form.paid", &ei);
	assert_int_equal(desk_state(d), APP_READY);
	assert_int_equal(next_of(d), APP_NEXT_REQUEST);

	desk_identify(d);
	desk_approve_form(d);
	desk_check(d);
	assert_int_equal(next_of(d), APP_NEXT_CONTINUE);
	desk_key(d, "a request");
	desk_proof(d, &proof);
	assert_ok(application_confirm(
		      &d->r, &d->person, &d->app, &proof, &reached, &ei),
	    &ei);
	/* Identified and approved as it is: no operator is waited for. */
	assert_int_equal(reached, APP_APPROVED);
	assert_int_equal(desk_state(d), APP_APPROVED);
	assert_int_equal(next_of(d), APP_NEXT_WAIT);

	assert_ok(
	    application_issue_begin(&d->r, &d->system, &d->app, key, &ei), &ei);
	assert_int_equal(desk_state(d), APP_ISSUING);
	/* The signer could not; the next try has the same key. */
	assert_ok(application_issue_fail(&d->r, &d->system, &d->app, &ei), &ei);
	assert_ok(
	    application_issue_begin(&d->r, &d->system, &d->app, again, &ei),
	    &ei);
	assert_memory_equal(key, again, sizeof(key));
	assert_ok(application_by_issue_key(&d->r, key, &a, &ei), &ei);
	assert_true(id_eq(&a.id, &d->app));
	assert_true(slice_eq_str(a.csr, "a request"));
	application_clear(&a);

	assert_ok(desk_issue_done(d, &certificate, &ei), &ei);
	assert_ok(application_get(&d->r, &d->app, &a, &ei), &ei);
	assert_int_equal(a.state, APP_ISSUED);
	assert_true(a.has_certificate && id_eq(&a.certificate, &certificate));
	application_clear(&a);
	assert_int_equal(next_of(d), APP_NEXT_ACQUAINT);
	/* One application, one certificate: the unit leaves nothing. */
	assert_int_equal(desk_issue_done(d, &certificate, &ei), ERR_CONFLICT);
	assert_int_equal(
	    fixture_count(d->f, "SELECT count(*) FROM certificate"), 1);

	assert_ok(
	    application_acquaint(&d->r, &d->person, &d->app, &acq, &ei), &ei);
	assert_int_equal(
	    fixture_count(d->f, "SELECT count(*) FROM statement WHERE kind = "
				"'acquaintance' AND signature = x'636d73' AND "
				"length(content_sha256) = 32"),
	    1);
	assert_int_equal(next_of(d), APP_NEXT_INSTALL);
	assert_ok(application_installed(&d->r, &d->person, &d->app, &ei), &ei);
	assert_int_equal(next_of(d), APP_NEXT_DOWNLOAD);
	/* On a second computer (A19). */
	assert_ok(application_installed(&d->r, &d->person, &d->app, &ei), &ei);
	/* What was bought is used up. */
	certificate = desk_id(d);
	assert_rule(
	    application_create(&d->r, &d->person, &certificate, &d->form, &ei),
	    ERR_CONFLICT, "application.exists", &ei);
}

static void
test_wrong_order(void **state)
{
	struct desk *d = *state;
	struct otp_proof proof;
	struct acquaintance acq = {.version = "acquaintance-1",
	    .text = SLICE_LIT("текст"),
	    .cms = SLICE_LIT("cms")};
	struct errinfo ei = {0};
	struct form f;
	uint8_t key[32];
	uint8_t hash[32] = {0};
	enum app_state reached;

	desk_ready(d);
	assert_rule(application_set_request(
			&d->r, &d->person, &d->app, SLICE_LIT("x"), NULL, &ei),
	    ERR_STATE, "application.step", &ei);
	assert_string_equal(ei.object, "ready");
	assert_rule(
	    application_issue_begin(&d->r, &d->system, &d->app, key, &ei),
	    ERR_STATE, "application.step", &ei);
	assert_rule(application_acquaint(&d->r, &d->person, &d->app, &acq, &ei),
	    ERR_STATE, "application.step", &ei);
	assert_rule(application_installed(&d->r, &d->person, &d->app, &ei),
	    ERR_STATE, "application.step", &ei);
	assert_rule(application_approve(&d->r, &d->operator, & d->app, &ei),
	    ERR_STATE, "application.step", &ei);
	/* Other data than were shown. */
	assert_rule(application_check(&d->r, &d->person, &d->app, hash, &ei),
	    ERR_CONFLICT, "form.changed", &ei);
	/* Another's step. */
	assert_ok(form_get(&d->r, &d->form, &f, &ei), &ei);
	assert_rule(
	    application_check(&d->r, &d->operator, & d->app, f.data_hash, &ei),
	    ERR_DENIED, "application.actor", &ei);
	form_clear(&f);
	assert_int_equal(desk_state(d), APP_READY);

	/* A new request makes the code for the old one useless: its content
	 * is another.  A code works for one step only. */
	desk_check(d);
	desk_key(d, "one");
	desk_proof(d, &proof);
	desk_key(d, "two");
	assert_rule(application_confirm(
			&d->r, &d->person, &d->app, &proof, &reached, &ei),
	    ERR_DENIED, "otp.content", &ei);
	assert_int_equal(desk_state(d), APP_KEYED);
	desk_key(d, "one");
	assert_ok(application_confirm(
		      &d->r, &d->person, &d->app, &proof, &reached, &ei),
	    &ei);
	assert_rule(application_confirm(
			&d->r, &d->person, &d->app, &proof, &reached, &ei),
	    ERR_STATE, "application.step", &ei);
	desk_force(d, APP_KEYED);
	assert_rule(application_confirm(
			&d->r, &d->person, &d->app, &proof, &reached, &ei),
	    ERR_DENIED, "otp.spent", &ei);
	assert_int_equal(desk_state(d), APP_KEYED);
	assert_rule(application_withdraw(&d->r, &d->person, &d->app, "", &ei),
	    ERR_FORMAT, "registry.reason", &ei);
	assert_ok(
	    application_withdraw(&d->r, &d->person, &d->app, "передумал", &ei),
	    &ei);
	/* Now the form has room for another. */
	d->app = desk_id(d);
	assert_ok(
	    application_create(&d->r, &d->person, &d->app, &d->form, &ei), &ei);
}

static enum err
send_key(struct desk *d, const struct key_medium *medium, struct errinfo *ei)
{
	return application_set_request(
	    &d->r, &d->person, &d->app, SLICE_LIT("x"), medium, ei);
}

static void
expect_medium(struct desk *d, const struct key_medium *expected)
{
	struct errinfo ei = {0};
	struct application a;

	assert_ok(application_get(&d->r, &d->app, &a, &ei), &ei);
	assert_string_equal(a.medium.kind, expected->kind);
	assert_string_equal(a.medium.name, expected->name);
	assert_string_equal(a.medium.container, expected->container);
	application_clear(&a);
}

/* Where the key lies is the person's own word: kept with the request that it
 * came with, no longer. */
static void
test_medium(void **state)
{
	static const char id[] = "00112233445566778899aabbccddeeff";
	static const struct key_medium none = {"", "", ""};
	static const struct key_medium good[] = {
	    {"token", "Актив Rutoken lite 0", id}, {"disk", "F", ""}};
	char letters[MEDIUM_NAME_MAX + 2];
	const struct key_medium bad[] = {{"", "FLASH", id},
	    {"floppy", "FLASH", id}, {"disk", "", id}, {"disk", letters, id},
	    {"disk", "a\nb", id}, {"disk", "\xff", id},
	    {"disk", "FLASH", "0011"},
	    {"disk", "FLASH", "zz112233445566778899aabbccddeeff"},
	    {"disk", "FLASH", "00112233445566778899AABBCCDDEEFF"}};
	struct key_medium longest = {"registry", letters + 1, id};
	struct desk *d = *state;
	struct errinfo ei = {0};

	memset(letters, 'x', sizeof(letters) - 1);
	letters[sizeof(letters) - 1] = '\0';
	desk_ready(d);
	desk_check(d);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_rule(send_key(d, &bad[i], &ei), ERR_FORMAT,
		    "application.medium", &ei);
		assert_string_equal(ei.object, "medium");
	}
	assert_int_equal(desk_state(d), APP_CHECKED);
	expect_medium(d, &none);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_ok(send_key(d, &good[i], &ei), &ei);
		expect_medium(d, &good[i]);
	}
	assert_ok(send_key(d, &longest, &ei), &ei);
	expect_medium(d, &longest);
	/* A key of which nothing is told, and a request that is forgotten. */
	assert_ok(send_key(d, NULL, &ei), &ei);
	expect_medium(d, &none);
	assert_ok(send_key(d, &good[0], &ei), &ei);
	desk_identify(d);
	desk_force(d, APP_REVIEW);
	assert_ok(application_ask_correct(
		      &d->r, &d->operator, & d->app, "фамилия", &ei),
	    &ei);
	assert_ok(
	    application_corrected(&d->r, &d->operator, & d->app, &ei), &ei);
	expect_medium(d, &none);
}

/* The registry changed while the person was on the way. */
static void
test_changed(void **state)
{
	struct desk *d = *state;
	struct person_data other = seed_person;
	struct otp_proof proof;
	struct application a;
	struct errinfo ei = {0};
	uint8_t key[32];
	enum app_state reached;

	desk_ready(d);
	desk_check(d);
	other.email = "ivanov@e.ru";
	assert_ok(record_update(&person_kind, &d->r,
		      &d->operator, & d->person_id, 1, &other, &ei),
	    &ei);
	assert_rule(application_set_request(
			&d->r, &d->person, &d->app, SLICE_LIT("x"), NULL, &ei),
	    ERR_STATE, "application.changed", &ei);
	assert_int_equal(desk_state(d), APP_READY);

	/* Checked anew; but no operator approved these data: to review. */
	desk_check(d);
	desk_key(d, "one");
	desk_proof(d, &proof);
	assert_ok(application_confirm(
		      &d->r, &d->person, &d->app, &proof, &reached, &ei),
	    &ei);
	assert_int_equal(reached, APP_REVIEW);
	assert_rule(application_approve(&d->r, &d->operator, & d->app, &ei),
	    ERR_STATE, "form.approval", &ei);
	desk_approve_form(d);
	assert_rule(application_approve(&d->r, &d->person, &d->app, &ei),
	    ERR_DENIED, "application.actor", &ei);
	assert_ok(application_approve(&d->r, &d->operator, & d->app, &ei), &ei);

	/* And once more, between approval and issuing. */
	other.email = "";
	assert_ok(record_update(&person_kind, &d->r,
		      &d->operator, & d->person_id, 2, &other, &ei),
	    &ei);
	assert_rule(
	    application_issue_begin(&d->r, &d->system, &d->app, key, &ei),
	    ERR_STATE, "application.changed", &ei);
	assert_int_equal(desk_state(d), APP_REVIEW);
	desk_approve_form(d);
	/* The person confirmed other data: the operator cannot wave it on. */
	assert_rule(application_approve(&d->r, &d->operator, & d->app, &ei),
	    ERR_STATE, "application.changed", &ei);
	assert_ok(application_ask_correct(&d->r, &d->operator, & d->app,
		      "Проверьте адрес почты", &ei),
	    &ei);
	assert_ok(application_get(&d->r, &d->app, &a, &ei), &ei);
	assert_string_equal(a.reason, "Проверьте адрес почты");
	application_clear(&a);
	assert_ok(
	    application_corrected(&d->r, &d->operator, & d->app, &ei), &ei);
	assert_ok(application_get(&d->r, &d->app, &a, &ei), &ei);
	assert_int_equal(a.state, APP_READY);
	assert_int_equal(a.csr.len, 0);
	application_clear(&a);
}

/* Changed data between the page and the code. */
static void
test_changed_before_confirm(void **state)
{
	struct desk *d = *state;
	struct org_data other = seed_org;
	struct otp_proof proof;
	struct errinfo ei = {0};
	enum app_state reached;

	desk_ready(d);
	desk_check(d);
	desk_key(d, "one");
	desk_proof(d, &proof);
	other.street = "ул. Ленина, 2";
	assert_ok(record_update(&org_kind, &d->r, &d->operator, & d->org_id, 1,
		      &other, &ei),
	    &ei);
	assert_rule(application_confirm(
			&d->r, &d->person, &d->app, &proof, &reached, &ei),
	    ERR_STATE, "application.changed", &ei);
	assert_int_equal(desk_state(d), APP_READY);
	/* The code was not spent on it, and fits nothing any more. */
	assert_int_equal(fixture_count(d->f,
			     "SELECT count(*) FROM otp WHERE state = 'used'"),
	    0);
}

static void
test_adopt(void **state)
{
	static const enum app_state before[] = {
	    APP_KEYED, APP_CONFIRMED, APP_REVIEW, APP_APPROVED};
	struct desk *d = *state;
	struct otp_proof proof;
	struct errinfo ei = {0};
	struct id id = desk_id(d);
	struct unit u;
	uint8_t key[32];
	enum app_state reached;
	struct application_row rows[4];
	size_t num;
	size_t k;

	desk_ready(d);
	desk_check(d);
	desk_key(d, "one");
	desk_proof(d, &proof);
	assert_ok(application_confirm(
		      &d->r, &d->person, &d->app, &proof, &reached, &ei),
	    &ei);
	assert_ok(
	    application_issue_begin(&d->r, &d->system, &d->app, key, &ei), &ei);
	/* A new front finds it in issuing. */
	assert_ok(
	    application_list(&d->r, APP_ISSUING, NULL, rows, 4, &num, &ei),
	    &ei);
	assert_int_equal(num, 1);
	assert_true(id_eq(&rows[0].id, &d->app));
	/* Or, put back, in an earlier state: the journal has it still. */
	for (k = 0; k < ARRAY_LEN(before); k++) {
		desk_force(d, before[k]);
		unit_init(&u);
		assert_int_equal(application_add_issued(&u, &d->person.actor,
				     &d->app, before[k], &id, TEST_NOW, &ei),
		    ERR_DENIED);
		assert_ok(application_add_issued(&u, &d->system.actor, &d->app,
			      before[k], &id, TEST_NOW, &ei),
		    &ei);
		unit_clear(&u);
	}
	assert_ok(application_add_issued(&u, &d->system.actor, &d->app,
		      before[k - 1], &id, TEST_NOW, &ei),
	    &ei);
	assert_ok(store_submit(d->f->store, &u, NULL, &ei), &ei);
	unit_clear(&u);
	assert_int_equal(desk_state(d), APP_ISSUED);
	/* It is adopted once. */
	assert_rule(application_add_issued(&u, &d->system.actor, &d->app,
			APP_ISSUED, &id, TEST_NOW, &ei),
	    ERR_STATE, "application.step", &ei);
}

/* What would be refused each time waits for an operator, who reads why; a
 * reason goes with the step that gave it. */
static void
test_issue_refused(void **state)
{
	struct desk *d = *state;
	struct application a;
	struct errinfo ei = {0};
	struct errinfo why = {0};

	desk_ready(d);
	desk_force(d, APP_ISSUING);
	assert_int_equal(err_set(&why, ERR_POLICY, "profile.key", NULL,
			     "Such a key is not taken."),
	    ERR_POLICY);
	assert_rule(
	    application_issue_refuse(&d->r, &d->operator, & d->app, &why, &ei),
	    ERR_DENIED, "application.actor", &ei);
	assert_ok(
	    application_issue_refuse(&d->r, &d->system, &d->app, &why, &ei),
	    &ei);
	assert_ok(application_get(&d->r, &d->app, &a, &ei), &ei);
	assert_int_equal(a.state, APP_REVIEW);
	assert_string_equal(a.reason, "profile.key: Such a key is not taken.");
	application_clear(&a);
	/* The longest that can be said fits. */
	desk_force(d, APP_ISSUING);
	memset(why.rule, 'r', sizeof(why.rule) - 1);
	memset(why.text, 't', sizeof(why.text) - 1);
	assert_ok(
	    application_issue_refuse(&d->r, &d->system, &d->app, &why, &ei),
	    &ei);
	assert_ok(application_ask_correct(
		      &d->r, &d->operator, & d->app, "Другой ключ", &ei),
	    &ei);
	assert_ok(
	    application_corrected(&d->r, &d->operator, & d->app, &ei), &ei);
	assert_ok(application_get(&d->r, &d->app, &a, &ei), &ei);
	assert_string_equal(a.reason, "");
	application_clear(&a);
}

static void
assert_same_error(const struct errinfo *a, const struct errinfo *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_string_equal(a->rule, b->rule);
	assert_string_equal(a->clause, b->clause);
	assert_string_equal(a->object, b->object);
	assert_string_equal(a->text, b->text);
}

static void
test_of_phone(void **state)
{
	struct desk *d = *state;
	struct application a;
	struct form f;
	struct errinfo ei = {0};
	struct errinfo other = {0};
	struct id unknown = desk_id(d);

	desk_ready(d);
	assert_ok(
	    application_of_phone(&d->r, &d->app, SEED_PHONE, &a, &ei), &ei);
	application_clear(&a);
	assert_ok(form_of_phone(&d->r, &d->form, SEED_PHONE, &f, &ei), &ei);
	form_clear(&f);
	/* Another's is answered as what does not exist. */
	assert_int_equal(
	    application_of_phone(&d->r, &d->app, "+79990000000", &a, &ei),
	    ERR_NOTFOUND);
	assert_int_equal(
	    application_of_phone(&d->r, &unknown, SEED_PHONE, &a, &other),
	    ERR_NOTFOUND);
	assert_same_error(&ei, &other);
	memset(&ei, 0, sizeof(ei));
	memset(&other, 0, sizeof(other));
	assert_int_equal(
	    form_of_phone(&d->r, &d->form, "+79990000000", &f, &ei),
	    ERR_NOTFOUND);
	assert_int_equal(form_of_phone(&d->r, &unknown, SEED_PHONE, &f, &other),
	    ERR_NOTFOUND);
	assert_same_error(&ei, &other);
}

#define desk_test(t)                                                           \
	cmocka_unit_test_setup_teardown(t, desk_setup, desk_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    desk_test(test_whole),
	    desk_test(test_wrong_order),
	    desk_test(test_changed),
	    desk_test(test_medium),
	    desk_test(test_changed_before_confirm),
	    desk_test(test_adopt),
	    desk_test(test_issue_refused),
	    desk_test(test_of_phone),
	};

	return cmocka_run_group_tests_name("registry/life", tests, NULL, NULL);
}
