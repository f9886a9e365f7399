/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "subject/words.h"

struct word_case {
	const char *in;
	const char *want;
	const char *rule;
};

static enum err
name_part(struct slice in, struct buf *out, struct errinfo *ei)
{
	return person_name_normalise("surname", in, out, ei);
}

static enum err
organisation(struct slice in, struct buf *out, struct errinfo *ei)
{
	return organisation_name_normalise("organisation_name", in, out, ei);
}

static enum err
street(struct slice in, struct buf *out, struct errinfo *ei)
{
	return line_normalise("street", 20, in, out, ei);
}

static enum err
email(struct slice in, struct buf *out, struct errinfo *ei)
{
	return email_normalise("email", in, out, ei);
}

static void
check(enum err (*fn)(struct slice, struct buf *, struct errinfo *),
    const char *field, const struct word_case *cases, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		struct buf out = BUF_INIT(1000);
		struct errinfo ei = {0};
		char rule[ERRINFO_RULE];
		enum err err = fn(slice_str(cases[i].in), &out, &ei);

		if (cases[i].want != NULL) {
			if (err != ERR_OK ||
			    strcmp(buf_cstr(&out), cases[i].want) != 0) {
				fail_msg("\"%s\": %s \"%s\"", cases[i].in,
				    ei.rule, buf_cstr(&out));
			}
		} else {
			(void)snprintf(rule, sizeof(rule), "subject.%s.%s",
			    field, cases[i].rule);
			if (err == ERR_OK || strcmp(ei.rule, rule) != 0) {
				fail_msg("\"%s\": %s, wanted %s", cases[i].in,
				    ei.rule, rule);
			}
			assert_int_equal(err, strcmp(cases[i].rule, "long") == 0
						  ? ERR_LIMIT
						  : ERR_FORMAT);
			assert_string_equal(ei.object, field);
			assert_int_equal(out.len, 0);
		}
		buf_clear(&out);
	}
}

#define X16 "абвгдежзабвгдежз"

static void
names_of_people(void **state)
{
	static const struct word_case cases[] = {
	    {"Иванов", "Иванов", NULL},
	    {"  Иванов  ", "Иванов", NULL},
	    {"Салтыков-Щедрин", "Салтыков-Щедрин", NULL},
	    {"Салтыков\xe2\x80\x91Щедрин", "Салтыков-Щедрин", NULL},
	    {"Ибрагим   оглы", "Ибрагим оглы", NULL},
	    {"Д'Артаньян", "Д'Артаньян", NULL},
	    {"O\xe2\x80\x99"
	     "Brien",
		"O'Brien", NULL},
	    {"Müller", "Müller", NULL},
	    {"Йё", "Йё", NULL},
	    {"Анна Maria", "Анна Maria", NULL}, /* a word each */
	    {"Ким", "Ким", NULL},
	    {X16 X16 X16 X16, X16 X16 X16 X16, NULL},
	    {X16 X16 X16 X16 "я", NULL, "long"},
	    {"", NULL, "empty"},
	    {"   ", NULL, "empty"},
	    {"Иван0в", NULL, "characters"},
	    {"Иванов.", NULL, "characters"},
	    {"Ивaнов", NULL, "characters"}, /* Latin a */
	    {"Д'Artagnan", NULL, "characters"},
	    {"Йё\xcc\x86", NULL, "characters"},
	    {"И\xcc\x86ё", NULL, "characters"}, /* combining breve */
	    {"Иванов\xe2\x80\x8b", NULL, "characters"},
	    {"Иванов\xe2\x80\xae", NULL, "characters"},
	    {"Иванов\n", NULL, "characters"},
	    {"Иванов\xff", NULL, "characters"},
	    {"<b>", NULL, "characters"},
	    {"-Иванов", NULL, "form"},
	    {"Иванов-", NULL, "form"},
	    {"Салтыков--Щедрин", NULL, "form"},
	    {"Салтыков - Щедрин", NULL, "form"},
	};

	(void)state;
	check(name_part, "surname", cases, ARRAY_LEN(cases));
	print_message("proves: A4\n");
}

static void
names_of_organisations(void **state)
{
	static const struct word_case cases[] = {
	    {"ООО «Ромашка»", "ООО «Ромашка»", NULL},
	    {"АО \"ПФ \"СКБ Контур\"", "АО \"ПФ \"СКБ Контур\"", NULL},
	    {" ООО\xc2\xa0«Рога  и копыта» ", "ООО «Рога и копыта»", NULL},
	    {"№ 7", "№ 7", NULL},
	    {"", NULL, "empty"},
	    {"«»", NULL, "characters"},
	    {"ООО\t«Ромашка»", NULL, "characters"},
	    {"ООО \xee\x80\x80", NULL, "characters"},
	    {X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 "я", NULL, "long"},
	};

	(void)state;
	check(organisation, "organisation_name", cases, ARRAY_LEN(cases));
}

static void
lines_have_a_limit(void **state)
{
	static const struct word_case cases[] = {
	    {"ул. Ленина, 1", "ул. Ленина, 1", NULL},
	    {"0", "0", NULL},
	    {X16 "абвг", X16 "абвг", NULL},
	    {X16 "абвгд", NULL, "long"},
	    {"---", NULL, "characters"},
	};

	(void)state;
	check(street, "street", cases, ARRAY_LEN(cases));
}

static void
addresses_of_mail(void **state)
{
	static const struct word_case cases[] = {
	    {"direktor@e.ru", "direktor@e.ru", NULL},
	    {" Direktor+1@Example.RU ", "Direktor+1@example.ru", NULL},
	    {"a.b-c_d@x--y.xn--p1ai", "a.b-c_d@x--y.xn--p1ai", NULL},
	    {"", NULL, "empty"},
	    {"direktor", NULL, "form"},
	    {"direktor@", NULL, "form"},
	    {"direktor@e", NULL, "form"},
	    {"direktor@e.ru.", NULL, "form"},
	    {"direktor@-e.ru", NULL, "form"},
	    {"direktor@e..ru", NULL, "form"},
	    {"direktor@192.0.2.1", NULL, "form"},
	    {"direktor@[192.0.2.1]", NULL, "form"},
	    {"direktor@пример.рф", NULL, "form"},
	    {"@e.ru", NULL, "characters"},
	    {"a@b@e.ru", NULL, "characters"},
	    {".a@e.ru", NULL, "characters"},
	    {"a.@e.ru", NULL, "characters"},
	    {"a..b@e.ru", NULL, "characters"},
	    {"a b@e.ru", NULL, "characters"},
	    {"\"a\"@e.ru", NULL, "characters"},
	    {"директор@e.ru", NULL, "characters"},
	    {"a\r\nBcc:@e.ru", NULL, "characters"},
	    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	     "a@e.ru",
		NULL, "characters"},
	};

	(void)state;
	check(email, "email", cases, ARRAY_LEN(cases));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_of_people),
	    cmocka_unit_test(names_of_organisations),
	    cmocka_unit_test(lines_have_a_limit),
	    cmocka_unit_test(addresses_of_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
