/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "subject/number.h"

typedef enum err normalise_fn(struct slice, char *, struct errinfo *);

/* rule NULL: accepted, and `want` is the normal form. */
struct number_case {
	normalise_fn *fn;
	const char *in;
	const char *want;
	const char *rule;
};

static const struct number_case cases[] = {
    /* The values of seed 000, and each with its last digit changed. */
    {snils_normalise, "07500122105", "07500122105", NULL},
    {snils_normalise, "075-001-221 05", "07500122105", NULL},
    {snils_normalise,
	"075\xc2\xa0"
	"001\xe2\x80\x91"
	"22105",
	"07500122105", NULL},
    {snils_normalise, "07500122106", NULL, "subject.snils.checksum"},
    {snils_normalise, "07500122015", NULL, "subject.snils.checksum"},
    /* Sums of 100 and of 101 both become 00. */
    {snils_normalise, "10001899900", "10001899900", NULL},
    {snils_normalise, "10001989900", "10001989900", NULL},
    {snils_normalise, "10001899901", NULL, "subject.snils.checksum"},
    {snils_normalise, "00100199899", "00100199899", NULL}, /* no check yet */
    {snils_normalise, "00100199900", NULL, "subject.snils.checksum"},
    {snils_normalise, "00100199965", "00100199965", NULL},
    {snils_normalise, "0750012210", NULL, "subject.snils.length"},
    {snils_normalise, "075001221055", NULL, "subject.snils.length"},
    {snils_normalise, "", NULL, "subject.snils.length"},
    {snils_normalise, "00000000000", NULL, "subject.snils.zeros"},
    {snils_normalise, "0750012210O", NULL, "subject.snils.digits"},
    {snils_normalise, "07500122105\n", NULL, "subject.snils.digits"},
    {snils_normalise, "+07500122105", NULL, "subject.snils.digits"},
    {snils_normalise,
	"\xd9\xa0"
	"7500122105",
	NULL, "subject.snils.digits"},
    {snils_normalise, "\xff", NULL, "subject.snils.digits"},

    {inn10_normalise, "6688242590", "6688242590", NULL},
    {inn10_normalise, " 6688 242590 ", "6688242590", NULL},
    {inn10_normalise, "6688242591", NULL, "subject.organisation_inn.checksum"},
    {inn10_normalise, "6688242950", NULL, "subject.organisation_inn.checksum"},
    {inn10_normalise, "500100732259", NULL, "subject.organisation_inn.length"},
    {inn10_normalise, "0000000000", NULL, "subject.organisation_inn.zeros"},

    {inn12_normalise, "500100732259", "500100732259", NULL},
    {inn12_normalise, "500100732258", NULL, "subject.inn.checksum"},
    {inn12_normalise, "500100732249", NULL, "subject.inn.checksum"},
    {inn12_normalise, "6688242590", NULL, "subject.inn.length"},
    {inn12_normalise, "000000000000", NULL, "subject.inn.zeros"},

    {ogrn_normalise, "1234567890127", "1234567890127", NULL},
    {ogrn_normalise, "1234567890128", NULL, "subject.ogrn.checksum"},
    {ogrn_normalise, "1234567890217", NULL, "subject.ogrn.checksum"},
    {ogrn_normalise, "1047702026701", "1047702026701", NULL},
    {ogrn_normalise, "2234567890129", NULL, "subject.ogrn.first"},
    {ogrn_normalise, "123456789012", NULL, "subject.ogrn.length"},

    {ogrnip_normalise, "304500116000157", "304500116000157", NULL},
    {ogrnip_normalise, "304500116000158", NULL, "subject.ogrnip.checksum"},
    {ogrnip_normalise, "104500116000157", NULL, "subject.ogrnip.first"},
    {ogrnip_normalise, "1234567890127", NULL, "subject.ogrnip.length"},

    {kpp_normalise, "667001001", "667001001", NULL},
    {kpp_normalise, "6670AZ001", "6670AZ001", NULL},
    {kpp_normalise, "6670-01-001", "667001001", NULL},
    {kpp_normalise, "6670–01–001", "667001001", NULL},
    {kpp_normalise, "66A001001", NULL, "subject.kpp.digits"},
    {kpp_normalise, "6670az001", NULL, "subject.kpp.digits"},
    {kpp_normalise,
	"6670\xd0\x90"
	"1001",
	NULL, "subject.kpp.digits"},
    {kpp_normalise, "66700100", NULL, "subject.kpp.length"},
    {kpp_normalise, "6670010011", NULL, "subject.kpp.length"},
    {kpp_normalise, "000000000", NULL, "subject.kpp.zeros"},

    {phone_normalise, "+7 (922) 123-45-67", "+79221234567", NULL},
    {phone_normalise, "8 922 123 45 67", "+79221234567", NULL},
    {phone_normalise, "9221234567", "+79221234567", NULL},
    {phone_normalise, "7.922.123.45.67", "+79221234567", NULL},
    {phone_normalise, "88005005080", "+78005005080", NULL},
    {phone_normalise, "8-800-5555-847", "+78005555847", NULL},
    {phone_normalise, "922123456", NULL, "subject.phone.length"},
    {phone_normalise, "3433700000", NULL, "subject.phone.length"},
    {phone_normalise, "+19221234567", NULL, "subject.phone.length"},
    {phone_normalise, "892212345678", NULL, "subject.phone.length"},
    {phone_normalise, "80221234567", NULL, "subject.phone.first"},
    {phone_normalise, "8922123456x", NULL, "subject.phone.digits"},
    {phone_normalise, "", NULL, "subject.phone.length"},
};

static void
numbers_are_normalised_or_refused_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct number_case *c = &cases[i];
		char out[OGRNIP_SIZE] = "untouched";
		struct errinfo ei = {0};
		enum err err = c->fn(slice_str(c->in), out, &ei);

		if (c->rule == NULL) {
			if (err != ERR_OK || strcmp(out, c->want) != 0) {
				fail_msg(
				    "\"%s\": %s \"%s\"", c->in, ei.rule, out);
			}
			continue;
		}
		if (err != ERR_FORMAT || strcmp(ei.rule, c->rule) != 0) {
			fail_msg("\"%s\": %s %s, wanted %s", c->in,
			    err_name(err), ei.rule, c->rule);
		}
		assert_string_equal(out, "untouched");
		/* The rule's second word is the field. */
		assert_memory_equal(ei.object, c->rule + 8, strlen(ei.object));
		assert_true(strlen(ei.object) > 2);
		/* Personal data stay out of messages. */
		assert_true(c->in[0] == '\0' || strstr(ei.text, c->in) == NULL);
	}
	print_message("proves: A4\n");
}

/* What a slice may hold and no text of the table can. */
static void
a_nul_is_no_filler(void **state)
{
	char out[OGRNIP_SIZE];
	struct errinfo ei;

	(void)state;
	assert_int_equal(
	    snils_normalise(SLICE_LIT("075001221\00005"), out, &ei),
	    ERR_FORMAT);
	assert_string_equal(ei.rule, "subject.snils.digits");
}

/* A single mistyped digit: the sums notice what they can. */
static void
a_mistyped_digit_is_noticed(void **state)
{
	/* mod 11 mod 10 takes 10 for 0: the second has a check digit 0. */
	static const struct {
		normalise_fn *fn;
		const char *good;
		size_t missed;
	} good[] = {
	    {snils_normalise, "07500122105", 0},
	    {inn10_normalise, "6688242590", 9},
	    {inn12_normalise, "500100732259", 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		size_t missed = 0;

		for (size_t at = 0; at < strlen(good[i].good); at++) {
			for (int d = '0'; d <= '9'; d++) {
				char in[OGRNIP_SIZE];
				char out[OGRNIP_SIZE];

				(void)snprintf(
				    in, sizeof(in), "%s", good[i].good);
				if (in[at] == d) {
					continue;
				}
				in[at] = (char)d;
				missed += good[i].fn(slice_str(in), out,
					      NULL) == ERR_OK;
			}
		}
		assert_int_equal(missed, good[i].missed);
	}
}

static void
only_russian_mobiles_get_sms(void **state)
{
	(void)state;
	assert_true(phone_can_sms("+79221234567"));
	assert_false(phone_can_sms("+78005005080"));
	assert_false(phone_can_sms("+77011234567")); /* Kazakhstan */
	assert_false(phone_can_sms("+7922123456"));
	assert_false(phone_can_sms("+7922123456x"));
	assert_false(phone_can_sms("89221234567"));
	assert_false(phone_can_sms(""));
}

static void
snils_is_shown_as_people_read_it(void **state)
{
	char text[SNILS_TEXT_SIZE];

	(void)state;
	snils_text("07500122105", text);
	assert_string_equal(text, "075-001-221 05");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_are_normalised_or_refused_by_name),
	    cmocka_unit_test(a_nul_is_no_filler),
	    cmocka_unit_test(a_mistyped_digit_is_noticed),
	    cmocka_unit_test(only_russian_mobiles_get_sms),
	    cmocka_unit_test(snils_is_shown_as_people_read_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
