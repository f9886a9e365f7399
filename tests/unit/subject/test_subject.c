/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "subject/subject.h"

/* The person and the organisation of seed 000, with what its form lacks. */
static const struct subject_fields full = {
    .surname = "Иванов",
    .given_name = "Иван",
    .patronymic = "Иванович",
    .snils = "075-001-221 05",
    .inn = "500100732259",
    .email = "direktor@e.ru",
    .region = "66",
    .locality = "Екатеринбург",
    .street = "ул. Ленина, 1",
    .organisation_name = "ООО «Ромашка»",
    .unit = "0",
    .position = "Директор",
    .organisation_inn = "6688242590",
    .kpp = "667001001",
    .ogrn = "1234567890127",
    .fss_number = "6600012345",
};

static struct subject_fields
fields_of(enum owner_kind kind)
{
	struct subject_fields f = full;

	if (kind == OWNER_PERSON || kind == OWNER_SOLE_PROPRIETOR) {
		f.street = f.organisation_name = f.unit = f.position = NULL;
		f.organisation_inn = f.kpp = f.ogrn = f.fss_number = NULL;
	}
	if (kind == OWNER_SOLE_PROPRIETOR) {
		f.ogrnip = "304500116000157";
	}
	if (kind == OWNER_ORG) {
		f.surname = f.given_name = f.patronymic = NULL;
		f.snils = f.inn = f.position = NULL;
	}
	return f;
}

static const struct {
	enum owner_kind kind;
	const char *want;
} built[] = {
    {OWNER_PERSON,
	"CN=Иванов Иван Иванович|SN=Иванов|GN=Иван Иванович|C=RU|"
	"ST=66 Свердловская область|L=Екатеринбург|SNILS=07500122105|"
	"INN=500100732259|E=direktor@e.ru|"},
    {OWNER_SOLE_PROPRIETOR,
	"CN=Иванов Иван Иванович|SN=Иванов|GN=Иван Иванович|C=RU|"
	"ST=66 Свердловская область|L=Екатеринбург|OGRNIP=304500116000157|"
	"SNILS=07500122105|INN=500100732259|E=direktor@e.ru|"},
    {OWNER_ORG_WITH_PERSON,
	"CN=ООО «Ромашка»|SN=Иванов|GN=Иван Иванович|title=Директор|C=RU|"
	"ST=66 Свердловская область|L=Екатеринбург|street=ул. Ленина, 1|"
	"O=ООО «Ромашка»|OU=0|OGRN=1234567890127|INNLE=6688242590|"
	"SNILS=07500122105|INN=500100732259|RNSFSS=6600012345|"
	"E=direktor@e.ru|"},
    {OWNER_ORG,
	"CN=ООО «Ромашка»|C=RU|ST=66 Свердловская область|L=Екатеринбург|"
	"street=ул. Ленина, 1|O=ООО «Ромашка»|OU=0|OGRN=1234567890127|"
	"INNLE=6688242590|RNSFSS=6600012345|E=direktor@e.ru|"},
};

static void
attrs_text(const struct subject_attrs *a, struct buf *out)
{
	for (size_t i = 0; i < a->num; i++) {
		buf_printf(
		    out, "%s=%s|", oid_short_name(a->at[i].id), a->at[i].text);
	}
}

static void
the_four_kinds_of_owner(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(built); i++) {
		struct subject_fields f = fields_of(built[i].kind);
		struct subject_attrs attrs = {0};
		struct buf text = BUF_INIT(4096);
		struct errinfo ei;

		assert_ok(subject_build(built[i].kind, &f, &attrs, &ei), &ei);
		attrs_text(&attrs, &text);
		assert_string_equal(buf_cstr(&text), built[i].want);
		assert_string_equal(
		    subject_attrs_get(&attrs, OID_CN), attrs.at[0].text);
		assert_null(subject_attrs_get(&attrs, OID_DC));
		buf_clear(&text);
		subject_attrs_clear(&attrs);
	}
	print_message("proves: A4 I1\n");
}

static const struct {
	const char *name;
	enum owner_kind kind;
	enum err err;
	size_t offset;
	const char *value;
	const char *rule;
	const char *object;
} faults[] = {
#define AT(member) offsetof(struct subject_fields, member)
    {"no surname", OWNER_PERSON, ERR_FORMAT, AT(surname), NULL,
	"subject.missing", "surname"},
    {"empty is absent", OWNER_PERSON, ERR_FORMAT, AT(given_name), "",
	"subject.missing", "given_name"},
    {"no inn", OWNER_ORG_WITH_PERSON, ERR_FORMAT, AT(inn), NULL,
	"subject.missing", "inn"},
    {"no street", OWNER_ORG_WITH_PERSON, ERR_FORMAT, AT(street), NULL,
	"subject.missing", "street"},
    {"no ogrnip", OWNER_SOLE_PROPRIETOR, ERR_FORMAT, AT(ogrnip), NULL,
	"subject.missing", "ogrnip"},
    {"no position", OWNER_ORG_WITH_PERSON, ERR_FORMAT, AT(position), NULL,
	"subject.missing", "position"},
    {"no ogrn", OWNER_ORG, ERR_FORMAT, AT(ogrn), NULL, "subject.missing",
	"ogrn"},
    {"snils of an organisation", OWNER_ORG, ERR_POLICY, AT(snils),
	"07500122105", "subject.forbidden", "snils"},
    {"position without person", OWNER_ORG, ERR_POLICY, AT(position), "Директор",
	"subject.forbidden", "position"},
    {"organisation of a person", OWNER_PERSON, ERR_POLICY,
	AT(organisation_name), "ООО", "subject.forbidden", "organisation_name"},
    {"street of a person", OWNER_PERSON, ERR_POLICY, AT(street),
	"ул. Ленина, 1", "subject.forbidden", "street"},
    {"ogrnip of a person", OWNER_PERSON, ERR_POLICY, AT(ogrnip),
	"304500116000157", "subject.forbidden", "ogrnip"},
    {"snils", OWNER_PERSON, ERR_FORMAT, AT(snils), "07500122106",
	"subject.snils.checksum", "snils"},
    {"inn", OWNER_PERSON, ERR_FORMAT, AT(inn), "500100732258",
	"subject.inn.checksum", "inn"},
    {"organisation inn", OWNER_ORG, ERR_FORMAT, AT(organisation_inn),
	"6688242591", "subject.organisation_inn.checksum", "organisation_inn"},
    {"ogrn", OWNER_ORG, ERR_FORMAT, AT(ogrn), "1234567890128",
	"subject.ogrn.checksum", "ogrn"},
    {"kpp", OWNER_ORG, ERR_FORMAT, AT(kpp), "66700100", "subject.kpp.length",
	"kpp"},
    {"fss", OWNER_ORG, ERR_FORMAT, AT(fss_number), "123",
	"subject.fss_number.digits", "fss_number"},
    {"region", OWNER_ORG, ERR_FORMAT, AT(region), "66 Москва",
	"subject.region.name", "region"},
    {"country", OWNER_ORG, ERR_FORMAT, AT(country), "ru",
	"subject.country.form", "country"},
    {"email", OWNER_ORG, ERR_FORMAT, AT(email), "direktor@",
	"subject.email.form", "email"},
    {"patronymic", OWNER_PERSON, ERR_FORMAT, AT(patronymic), "0",
	"subject.patronymic.characters", "patronymic"},
    {"locality", OWNER_ORG, ERR_FORMAT, AT(locality), "-",
	"subject.locality.characters", "locality"},
    {"unit", OWNER_ORG, ERR_FORMAT, AT(unit), "a\tb", "subject.unit.characters",
	"unit"},
#undef AT
};

static void
a_wrong_field_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct subject_fields f = fields_of(faults[i].kind);
		struct subject_attrs attrs = {0};
		struct errinfo ei = {0};

		memcpy((char *)&f + faults[i].offset, &faults[i].value,
		    sizeof(faults[i].value));
		assert_int_equal(subject_build(faults[i].kind, &f, &attrs, &ei),
		    faults[i].err);
		assert_string_equal(ei.rule, faults[i].rule);
		assert_string_equal(ei.object, faults[i].object);
		assert_int_equal(attrs.num, 0);
	}
	print_message("proves: A4\n");
}

static void
people_may_have_no_patronymic(void **state)
{
	struct subject_fields f = fields_of(OWNER_PERSON);
	struct subject_attrs attrs = {0};
	struct errinfo ei;

	(void)state;
	f.patronymic = NULL;
	f.region = f.locality = f.email = NULL;
	assert_ok(subject_build(OWNER_PERSON, &f, &attrs, &ei), &ei);
	assert_string_equal(subject_attrs_get(&attrs, OID_CN), "Иванов Иван");
	assert_string_equal(subject_attrs_get(&attrs, OID_GN), "Иван");
	assert_null(subject_attrs_get(&attrs, OID_ST));
	subject_attrs_clear(&attrs);
}

static void
the_list_to_check(void **state)
{
	static const char want[] =
	    "full_name=Иванов Иван Иванович|locality=Екатеринбург|region=66|"
	    "country=RU|email=direktor@e.ru|snils=075-001-221 05|"
	    "inn_kpp=6688242590-667001001|ogrn=1234567890127|"
	    "fss_number=6600012345|organisation_name=ООО «Ромашка»|unit=0|"
	    "position=Директор|type=Т|inn=500100732259|"
	    "street=ул. Ленина, 1|";
	struct subject_rows rows;
	struct buf text = BUF_INIT(4096);
	struct errinfo ei;

	(void)state;
	assert_ok(
	    subject_rows_build(OWNER_ORG_WITH_PERSON, &full, "Т", &rows, &ei),
	    &ei);
	for (size_t i = 0; i < rows.num; i++) {
		buf_printf(&text, "%s=%s|", rows.at[i].label, rows.at[i].value);
	}
	assert_string_equal(buf_cstr(&text), want);
	subject_rows_clear(&rows);
	buf_clear(&text);
	print_message("proves: A4\n");
}

static void
kinds_have_names_and_profiles(void **state)
{
	(void)state;
	for (unsigned i = 0; i < OWNER_KIND_MAX_; i++) {
		enum owner_kind kind = (enum owner_kind)i;

		assert_int_equal(
		    owner_kind_by_name(owner_kind_name(kind)), kind);
		assert_non_null(owner_kind_profile(kind));
	}
	assert_int_equal(owner_kind_by_name("king"), OWNER_KIND_MAX_);
	assert_null(owner_kind_name(OWNER_KIND_MAX_));
}

static void
attributes_are_bounded(void **state)
{
	struct subject_attrs a = {0};
	char long_text[SUBJECT_TEXT_MAX + 1];
	struct errinfo ei;

	(void)state;
	memset(long_text, 'x', sizeof(long_text));
	assert_int_equal(subject_attrs_add(&a, OID_CN,
			     slice_make(long_text, sizeof(long_text)), &ei),
	    ERR_LIMIT);
	assert_string_equal(ei.object, "CN");
	assert_int_equal(
	    subject_attrs_add(&a, OID_CN, SLICE_LIT("a\nb"), &ei), ERR_FORMAT);
	assert_int_equal(
	    subject_attrs_add(&a, OID_CN, SLICE_EMPTY, &ei), ERR_FORMAT);
	assert_int_equal(
	    subject_attrs_add(&a, OID_UNKNOWN, SLICE_LIT("a"), &ei),
	    ERR_FORMAT);
	for (size_t i = 0; i < SUBJECT_ATTRS_MAX; i++) {
		assert_ok(
		    subject_attrs_add(&a, OID_OU, SLICE_LIT("a"), &ei), &ei);
	}
	assert_int_equal(
	    subject_attrs_add(&a, OID_OU, SLICE_LIT("a"), &ei), ERR_LIMIT);
	assert_int_equal(subject_attrs_count(&a, OID_OU), SUBJECT_ATTRS_MAX);
	subject_attrs_clear(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_four_kinds_of_owner),
	    cmocka_unit_test(a_wrong_field_is_named),
	    cmocka_unit_test(people_may_have_no_patronymic),
	    cmocka_unit_test(the_list_to_check),
	    cmocka_unit_test(kinds_have_names_and_profiles),
	    cmocka_unit_test(attributes_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
