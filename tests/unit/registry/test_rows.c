/* SPDX-License-Identifier: Apache-2.0 */
/* People, organisations, forms: what is refused, and what is kept. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "desk.h"

struct bad_person {
	const char *name;
	struct person_data data;
	const char *field;
	const char *rule; /* its beginning */
};

static void
test_bad_people(void **state)
{
	static const struct bad_person cases[] = {
	    {"no surname", {.given_name = "И", .snils = "07500122105"},
		"surname", "registry.missing"},
	    {"digits in a name",
		{.surname = "Иван0в",
		    .given_name = "И",
		    .snils = "07500122105"},
		"surname", "subject.surname."},
	    {"check number of СНИЛС",
		{.surname = "Иванов",
		    .given_name = "Иван",
		    .snils = "07500122106"},
		"snils", "subject.snils.checksum"},
	    {"check number of ИНН",
		{.surname = "Иванов",
		    .given_name = "Иван",
		    .snils = "07500122105",
		    .inn = "500100732258"},
		"inn", "subject.inn.checksum"},
	    {"an organisation's ИНН",
		{.surname = "Иванов",
		    .given_name = "Иван",
		    .snils = "07500122105",
		    .inn = "6688242590"},
		"inn", "subject.inn.length"},
	    {"ОГРНИП",
		{.surname = "Иванов",
		    .given_name = "Иван",
		    .snils = "07500122105",
		    .ogrnip = "304500116000150"},
		"ogrnip", "subject.ogrnip."},
	    {"e-mail",
		{.surname = "Иванов",
		    .given_name = "Иван",
		    .snils = "07500122105",
		    .email = "direktor"},
		"email", "subject.email."},
	    {"region",
		{.surname = "Иванов",
		    .given_name = "Иван",
		    .snils = "07500122105",
		    .region = "66 Москва"},
		"region", "subject.region.name"},
	};
	struct desk *d = *state;
	struct errinfo ei;
	struct id id;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		memset(&ei, 0, sizeof(ei));
		id = desk_id(d);
		print_message("%s\n", cases[i].name);
		assert_int_equal(record_create(&person_kind, &d->r,
				     &d->operator, & id, &cases[i].data, &ei),
		    ERR_FORMAT);
		assert_string_equal(ei.object, cases[i].field);
		assert_int_equal(
		    strncmp(ei.rule, cases[i].rule, strlen(cases[i].rule)), 0);
	}
	assert_int_equal(fixture_count(d->f, "SELECT count(*) FROM person"), 0);
	assert_int_equal(
	    fixture_count(d->f,
		"SELECT count(*) FROM audit WHERE action LIKE 'person.%'"),
	    0);
}

static void
test_bad_orgs(void **state)
{
	struct desk *d = *state;
	struct org_data data = seed_org;
	struct errinfo ei = {0};
	struct id id = desk_id(d);

	data.ogrn = "1234567890128";
	assert_rule(
	    record_create(&org_kind, &d->r, &d->operator, & id, &data, &ei),
	    ERR_FORMAT, "subject.ogrn.checksum", &ei);
	assert_string_equal(ei.object, "ogrn");
	data = seed_org;
	data.inn = "6688242591";
	assert_int_equal(
	    record_create(&org_kind, &d->r, &d->operator, & id, &data, &ei),
	    ERR_FORMAT);
	assert_string_equal(ei.object, "organisation_inn");
	data = seed_org;
	data.street = NULL;
	assert_rule(
	    record_create(&org_kind, &d->r, &d->operator, & id, &data, &ei),
	    ERR_FORMAT, "registry.missing", &ei);
	assert_string_equal(ei.object, "street");
	data = seed_org;
	data.fss_number = "123";
	assert_rule(
	    record_create(&org_kind, &d->r, &d->operator, & id, &data, &ei),
	    ERR_FORMAT, "subject.fss_number.digits", &ei);
	assert_string_equal(ei.object, "fss_number");
}

static void
test_people(void **state)
{
	struct desk *d = *state;
	struct person_data data = seed_person;
	struct record row;
	struct person_data p;
	struct record_list l;
	struct errinfo ei = {0};
	struct id id;
	int i;

	/* The normal form is what is kept. */
	desk_register(d);
	assert_ok(
	    record_get(&person_kind, &d->r, &d->person_id, &row, &p, &ei), &ei);
	assert_int_equal(row.version, 1);
	assert_string_equal(p.snils, "07500122105");
	assert_string_equal(p.patronymic, "Иванович");
	assert_string_equal(p.region, "");
	record_clear(&row);

	data.surname = "  Петров ";
	assert_ok(record_update(&person_kind, &d->r,
		      &d->operator, & d->person_id, 1, &data, &ei),
	    &ei);
	assert_rule(record_update(&person_kind, &d->r,
			&d->operator, & d->person_id, 1, &data, &ei),
	    ERR_CONFLICT, "registry.version", &ei);
	assert_ok(
	    record_get(&person_kind, &d->r, &d->person_id, &row, &p, &ei), &ei);
	assert_int_equal(row.version, 2);
	assert_string_equal(p.surname, "Петров");
	record_clear(&row);
	id = desk_id(d);
	assert_rule(record_get(&person_kind, &d->r, &id, &row, &p, &ei),
	    ERR_NOTFOUND, "person.none", &ei);
	assert_rule(record_update(
			&person_kind, &d->r, &d->operator, & id, 1, &data, &ei),
	    ERR_NOTFOUND, "person.none", &ei);

	/* Pages by key. */
	for (i = 0; i < 5; i++) {
		fixture_pass(d->f, 1);
		id = desk_id(d);
		assert_ok(record_create(&person_kind, &d->r, &d->operator, & id,
			      &data, &ei),
		    &ei);
	}
	assert_ok(record_list(&person_kind, &d->r, NULL, 4, &l, &ei), &ei);
	assert_int_equal(l.num, 4);
	record_list_at(&l, 0, &row, &p);
	assert_true(id_eq(&row.id, &d->person_id));
	record_list_at(&l, 3, &row, &p);
	id = row.id;
	record_list_clear(&l);
	assert_ok(record_list(&person_kind, &d->r, &id, 1000, &l, &ei), &ei);
	assert_int_equal(l.num, 2);
	record_list_clear(&l);
}

static void
test_orgs(void **state)
{
	struct desk *d = *state;
	struct org_data data = seed_org;
	struct record row;
	struct org_data o;
	struct record_list l;
	struct errinfo ei = {0};

	desk_register(d);
	data.kpp = "668801001";
	data.region = "66";
	assert_ok(record_update(&org_kind, &d->r, &d->operator, & d->org_id, 1,
		      &data, &ei),
	    &ei);
	assert_ok(record_get(&org_kind, &d->r, &d->org_id, &row, &o, &ei), &ei);
	assert_string_equal(o.kpp, "668801001");
	assert_string_equal(o.region, "66 Свердловская область");
	assert_string_equal(o.name, "ООО «АвтоСпор»");
	record_clear(&row);
	assert_ok(record_list(&org_kind, &d->r, NULL, 50, &l, &ei), &ei);
	assert_int_equal(l.num, 1);
	record_list_clear(&l);
}

static void
test_form(void **state)
{
	struct desk *d = *state;
	struct subject_rows rows = {0};
	struct form f;
	struct errinfo ei = {0};
	size_t i;
	bool name = false;
	bool inn = false;

	print_message("proves: A4 H1\n");
	desk_register(d);
	assert_ok(form_get(&d->r, &d->form, &f, &ei), &ei);
	assert_string_equal(f.data.phone, SEED_PHONE);
	assert_string_equal(f.data.profile, "qualified-org-person");
	assert_string_equal(f.data.centre_phone, "88005005080");
	assert_string_equal(f.data.centre_manager, "Пётр Сергеев");
	assert_int_equal(f.state, APP_UNPAID);
	assert_false(f.approved);
	/* What the person is shown. */
	assert_ok(subject_rows_build(f.data.owner_kind, &f.fields,
		      "Неквалифицированный", &rows, &ei),
	    &ei);
	for (i = 0; i < rows.num; i++) {
		name = name ||
		       strcmp(rows.at[i].value, "Иванов Иван Иванович") == 0;
		inn = inn || strstr(rows.at[i].value, "6688242590") != NULL;
	}
	assert_true(name && inn);
	subject_rows_clear(&rows);
	form_clear(&f);
}

static void
test_bad_forms(void **state)
{
	struct desk *d = *state;
	struct form_data data;
	struct person_data person = seed_person;
	struct errinfo ei = {0};
	struct id id = desk_id(d);
	struct id other;

	desk_register(d);
	data = desk_form_data(d);
	data.phone = "8-800-5555-847";
	assert_rule(form_create(&d->r, &d->operator, & id, &data, &ei),
	    ERR_FORMAT, "form.phone.sms", &ei);
	assert_string_equal(ei.object, "phone");
	data = desk_form_data(d);
	data.position = "";
	assert_rule(form_create(&d->r, &d->operator, & id, &data, &ei),
	    ERR_FORMAT, "subject.missing", &ei);
	assert_string_equal(ei.object, "position");
	data = desk_form_data(d);
	data.has_org = false;
	assert_int_equal(
	    form_create(&d->r, &d->operator, & id, &data, &ei), ERR_FORMAT);
	data = desk_form_data(d);
	data.org = id;
	assert_rule(form_create(&d->r, &d->operator, & id, &data, &ei),
	    ERR_NOTFOUND, "organisation.none", &ei);
	data = desk_form_data(d);
	data.profile = "Bad Profile";
	assert_int_equal(
	    form_create(&d->r, &d->operator, & id, &data, &ei), ERR_FORMAT);
	assert_string_equal(ei.object, "profile");
	data = desk_form_data(d);
	data.owner_kind = OWNER_KIND_MAX_;
	assert_int_equal(
	    form_create(&d->r, &d->operator, & id, &data, &ei), ERR_FORMAT);
	assert_string_equal(ei.object, "owner_kind");

	/* The seed's form as printed lacks the owner's own ИНН. */
	person.inn = NULL;
	other = desk_id(d);
	assert_ok(record_create(
		      &person_kind, &d->r, &d->operator, & other, &person, &ei),
	    &ei);
	data = desk_form_data(d);
	data.person = other;
	assert_rule(form_create(&d->r, &d->operator, & id, &data, &ei),
	    ERR_FORMAT, "subject.missing", &ei);
	assert_string_equal(ei.object, "inn");
	assert_int_equal(fixture_count(d->f, "SELECT count(*) FROM form"), 1);
}

static void
test_approval(void **state)
{
	struct desk *d = *state;
	struct identification in = {
	    .document = "Паспорт", .originals_seen = true};
	struct form_data data;
	struct form f;
	struct errinfo ei = {0};
	uint8_t shown[REGISTRY_HASH_SIZE];

	print_message("proves: H3 H5\n");
	desk_register(d);
	assert_ok(form_get(&d->r, &d->form, &f, &ei), &ei);
	memcpy(shown, f.data_hash, sizeof(shown));
	form_clear(&f);
	assert_rule(form_approve(&d->r, &d->operator, & d->form, shown, &ei),
	    ERR_STATE, "form.identification", &ei);
	in.originals_seen = false;
	assert_rule(form_identify(&d->r, &d->operator, & d->form, &in, &ei),
	    ERR_POLICY, "identification.originals", &ei);
	in.originals_seen = true;
	in.kind = 3;
	assert_rule(form_identify(&d->r, &d->operator, & d->form, &in, &ei),
	    ERR_UNSUPPORTED, "identification.kind", &ei);
	in.kind = 0;
	in.document = "";
	assert_rule(form_identify(&d->r, &d->operator, & d->form, &in, &ei),
	    ERR_FORMAT, "identification.document", &ei);
	desk_identify(d);
	shown[0] ^= 1;
	assert_rule(form_approve(&d->r, &d->operator, & d->form, shown, &ei),
	    ERR_CONFLICT, "form.changed", &ei);
	shown[0] ^= 1;
	assert_ok(
	    form_approve(&d->r, &d->operator, & d->form, shown, &ei), &ei);
	assert_ok(form_get(&d->r, &d->form, &f, &ei), &ei);
	assert_true(f.approved);
	assert_non_null(strstr(f.approved_by, "Мария"));
	form_clear(&f);

	/* Any datum that changes undoes it; changed back, it stands. */
	data = desk_form_data(d);
	data.position = "генеральный директор";
	assert_ok(
	    form_update(&d->r, &d->operator, & d->form, 3, &data, &ei), &ei);
	assert_ok(form_get(&d->r, &d->form, &f, &ei), &ei);
	assert_false(f.approved);
	form_clear(&f);
	data.position = "директор";
	assert_ok(
	    form_update(&d->r, &d->operator, & d->form, 4, &data, &ei), &ei);
	assert_ok(form_get(&d->r, &d->form, &f, &ei), &ei);
	assert_true(f.approved);
	form_clear(&f);
	/* So does a new identification. */
	desk_identify(d);
	assert_ok(form_get(&d->r, &d->form, &f, &ei), &ei);
	assert_false(f.approved);
	assert_true(f.identified);
	form_clear(&f);

	assert_ok(
	    form_withdraw(&d->r, &d->operator, & d->form, "ошибка", &ei), &ei);
	assert_rule(form_pay(&d->r, &d->operator, & d->form, &ei), ERR_STATE,
	    "form.state", &ei);
	assert_ok(form_get(&d->r, &d->form, &f, &ei), &ei);
	assert_int_equal(f.status, FORM_WITHDRAWN);
	assert_string_equal(f.reason, "ошибка");
	form_clear(&f);
}

/* Every datum of the form counts in the hash that is approved; those of the
 * person and the organisation stand in the subject's fields. */
static void
test_hash(void **state)
{
	struct desk *d = *state;
	struct form_data data;
	struct form f;
	struct errinfo ei = {0};
	uint8_t seen[5][REGISTRY_HASH_SIZE];
	size_t i;
	size_t k;

	desk_register(d);
	for (i = 0; i < ARRAY_LEN(seen); i++) {
		data = desk_form_data(d);
		data.email = i == 1 ? "a@b.ru" : "";
		data.unit = i == 2 ? "склад" : "";
		data.position = i == 3 ? "сторож" : "директор";
		data.phone = i == 4 ? "+79990000001" : SEED_PHONE;
		assert_ok(form_update(&d->r, &d->operator, & d->form,
			      (int64_t)i + 1, &data, &ei),
		    &ei);
		assert_ok(form_get(&d->r, &d->form, &f, &ei), &ei);
		memcpy(seen[i], f.data_hash, sizeof(seen[i]));
		form_clear(&f);
		for (k = 0; k < i; k++) {
			assert_memory_not_equal(seen[k], seen[i], 32);
		}
	}
}

/* Design rule 9: at rest encrypted, reads on record, never elsewhere. */
static void
test_document(void **state)
{
	struct desk *d = *state;
	struct secret text = SECRET_EMPTY;
	struct errinfo ei = {0};
	struct id other;
	struct form_data data;

	desk_register(d);
	assert_rule(
	    form_document(&d->r, &d->operator.actor, &d->form, &text, &ei),
	    ERR_NOTFOUND, "form.identification", &ei);
	desk_identify(d);
	assert_int_equal(
	    fixture_count(d->f, "SELECT count(*) FROM form WHERE "
				"instr(identified_document, '6512') > 0"),
	    0);
	assert_int_equal(
	    fixture_count(d->f, "SELECT count(*) FROM audit WHERE "
				"instr(coalesce(detail, ''), '6512') > 0"),
	    0);
	assert_ok(
	    form_document(&d->r, &d->operator.actor, &d->form, &text, &ei),
	    &ei);
	assert_true(slice_eq_str(secret_slice(&text),
	    "Паспорт РФ 6512 123456, выдан ОВД 01.02.2013"));
	secret_clear(&text);
	assert_int_equal(
	    fixture_count(d->f,
		"SELECT count(*) FROM audit WHERE action = 'form.document'"),
	    1);
	/* Under another key, or carried into another form: it does not open. */
	d->r.data_key.p[0] ^= 1;
	assert_int_equal(
	    form_document(&d->r, &d->operator.actor, &d->form, &text, &ei),
	    ERR_CRYPTO);
	d->r.data_key.p[0] ^= 1;
	other = desk_id(d);
	data = desk_form_data(d);
	assert_ok(form_create(&d->r, &d->operator, & other, &data, &ei), &ei);
	{
		struct rows *rows = NULL;
		struct unit u;

		assert_ok(store_query_one(d->f->store, ST_FORM_GET, &rows, &ei,
			      V_ID(&d->form)),
		    &ei);
		unit_init(&u);
		unit_add(&u, ST_FORM_IDENTIFY, EXPECT(1), V_ID(&other),
		    V_INT(1), V_INT(TEST_NOW), V_TEXT("x"), V_INT(0),
		    V_BLOB(rows_blob(rows, 0, 19)));
		assert_ok(store_submit(d->f->store, &u, NULL, &ei), &ei);
		unit_clear(&u);
		rows_free(rows);
	}
	assert_int_equal(
	    form_document(&d->r, &d->operator.actor, &other, &text, &ei),
	    ERR_CRYPTO);
}

static void
test_list(void **state)
{
	struct desk *d = *state;
	struct form_data data;
	struct form_list l;
	struct errinfo ei = {0};
	struct id ids[60];
	size_t i;

	print_message("proves: A3\n");
	desk_register(d);
	data = desk_form_data(d);
	for (i = 0; i < 60; i++) {
		d->f->now_ms++;
		ids[i] = desk_id(d);
		assert_ok(
		    form_create(&d->r, &d->operator, & ids[i], &data, &ei),
		    &ei);
	}
	data.phone = "+79990000001";
	d->f->now_ms++;
	ids[0] = desk_id(d);
	assert_ok(form_create(&d->r, &d->operator, & ids[0], &data, &ei), &ei);

	assert_ok(form_list(&d->r, SEED_PHONE, NULL, 1000, &l, &ei), &ei);
	assert_int_equal(l.num, 50);
	assert_true(id_eq(&l.at[0].id, &d->form));
	ids[1] = l.at[49].id;
	form_list_clear(&l);
	assert_ok(form_list(&d->r, SEED_PHONE, &ids[1], 50, &l, &ei), &ei);
	assert_int_equal(l.num, 11);
	assert_true(id_eq(&l.at[10].id, &ids[59]));
	form_list_clear(&l);
	assert_ok(form_list(&d->r, "+79990000001", NULL, 50, &l, &ei), &ei);
	assert_int_equal(l.num, 1);
	assert_int_equal(l.at[0].state, APP_UNPAID);
	form_list_clear(&l);
	/* A withdrawn form is not listed to its phone, but to operators. */
	assert_ok(
	    form_withdraw(&d->r, &d->operator, & ids[0], "нет", &ei), &ei);
	assert_ok(form_list(&d->r, "+79990000001", NULL, 50, &l, &ei), &ei);
	assert_int_equal(l.num, 0);
	form_list_clear(&l);
	assert_ok(form_list(&d->r, NULL, &ids[59], 50, &l, &ei), &ei);
	assert_int_equal(l.num, 1);
	form_list_clear(&l);
}

#define desk_test(t)                                                           \
	cmocka_unit_test_setup_teardown(t, desk_setup, desk_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    desk_test(test_bad_people),
	    desk_test(test_bad_orgs),
	    desk_test(test_people),
	    desk_test(test_orgs),
	    desk_test(test_form),
	    desk_test(test_bad_forms),
	    desk_test(test_approval),
	    desk_test(test_hash),
	    desk_test(test_document),
	    desk_test(test_list),
	};

	return cmocka_run_group_tests_name("registry/rows", tests, NULL, NULL);
}
