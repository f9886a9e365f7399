/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock on the word "qualified", both ways: what an accreditation in
 * surguch.conf must look like, what it allows a profile to claim, and that it
 * allows nothing else.
 */
#include "kit.h"

#include <string.h>

#include "base/clock.h"
#include "conf/conf.h"
#include "profile/accreditation.h"

#define GROUP                                                                  \
	"accreditation = {\n"                                                  \
	"	number = \"1024\";\n"                                                \
	"	from = \"2026-02-01\"; until = \"2029-01-31\";\n"                    \
	"	class = \"КС2\";\n"                                                \
	"	tool = \"СКЗИ «Печать»\";\n"                             \
	"	tool_document = \"СФ/124-0001\";\n"                                \
	"	ca = \"ПК surguch\";\n"                                            \
	"	ca_document = \"СФ/128-0002\";\n"                                  \
	"	owner_tools = [\"СКЗИ «Перо»\", \"Рутокен\"];\n"    \
	"};\n"

/* Replaces the first `from` of a text; nothing when from is NULL. */
static void
edit(struct buf *text, const char *from, const char *to)
{
	struct buf out = BUF_INIT(CONF_BYTES_MAX);
	const char *at;

	if (from == NULL) {
		return;
	}
	at = strstr(buf_cstr(text), from);
	if (at == NULL) {
		fail_msg("no \"%s\" in the text", from);
		return;
	}
	buf_add(&out, slice_make(text->p, (size_t)(at - buf_cstr(text))));
	buf_add_str(&out, to);
	buf_add_str(&out, at + strlen(from));
	buf_clear(text);
	*text = out;
}

static enum err
parse_edited(const char *from, const char *to, struct accreditation *out,
    struct errinfo *ei)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	enum err err;

	/* What else stands in the file is not this reader's. */
	buf_add_str(&text, "prefix = \"/x\"; odd = { a = 1; };\n" GROUP);
	edit(&text, from, to);
	err = accreditation_parse(buf_slice(&text), "surguch.conf", out, ei);
	buf_clear(&text);
	return err;
}

static void
an_accreditation_is_read(void **state)
{
	struct accreditation a;
	struct errinfo ei;

	(void)state;
	assert_ok(parse_edited(NULL, NULL, &a, &ei), &ei);
	assert_true(accreditation_given(&a));
	assert_string_equal(a.number, "1024");
	assert_int_equal(a.class, 2);
	assert_string_equal(a.tool, "СКЗИ «Печать»");
	assert_string_equal(a.ca_document, "СФ/128-0002");
	assert_int_equal(a.num_owner_tools, 2);
	assert_string_equal(a.owner_tools[1], "Рутокен");
	/* From the first second of its first day to the last of its last. */
	assert_int_equal(a.from, 1769904000);
	assert_int_equal(a.until, 1864598399);
	assert_false(accreditation_holds(&a, a.from - 1));
	assert_true(accreditation_holds(&a, a.from));
	assert_true(accreditation_holds(&a, a.until));
	assert_false(accreditation_holds(&a, a.until + 1));
	print_message("proves: I1\n");
}

static void
without_the_group_there_is_none(void **state)
{
	struct accreditation a;
	struct errinfo ei;

	(void)state;
	memset(&a, 7, sizeof(a));
	assert_ok(accreditation_parse(
		      SLICE_LIT("prefix = \"/x\";"), "surguch.conf", &a, &ei),
	    &ei);
	assert_false(accreditation_given(&a));
	assert_false(accreditation_holds(&a, KIT_NOW));
	assert_false(accreditation_given(NULL));
}

/* Half an accreditation is none: the file is refused. */
static void
what_is_missing_or_wrong_is_refused(void **state)
{
	static const char *const edits[][2] = {
	    {"number = \"1024\";", ""},
	    {"number = \"1024\";", "number = \"\";"},
	    {"from = \"2026-02-01\";", ""},
	    {"until = \"2029-01-31\";", ""},
	    {"2026-02-01", "01.02.2026"},
	    {"2026-02-01", "2026-02-30"},
	    {"2026-02-01", "2026-02-01T00:00:00Z"},
	    {"2029-01-31", "2026-01-31"},
	    {"\"КС2\"", "\"KC2\""},
	    {"class = \"КС2\";", ""},
	    {"tool = \"СКЗИ «Печать»\";", ""},
	    {"«Печать»", "(не сертифицировано)"},
	    {"tool_document = \"СФ/124-0001\";", ""},
	    {"СФ/124-0001", "отсутствует"},
	    {"ca = \"ПК surguch\";", ""},
	    {"ca_document = \"СФ/128-0002\";", ""},
	    {"СФ/128-0002", "отсутствует"},
	    {"[\"СКЗИ «Перо»\", \"Рутокен\"]", "[]"},
	    {"Рутокен", "Рутокен (не сертифицировано)"},
	    {"class =", "klass ="},
	    {"accreditation = {", "accreditation = [ ]; x = {"},
	};
	struct accreditation a = {.number = "kept"};
	struct errinfo ei;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		if (parse_edited(edits[i][0], edits[i][1], &a, &ei) !=
		    ERR_FORMAT) {
			fail_msg("\"%s\" was taken", edits[i][1]);
		}
	}
	assert_string_equal(a.number, "kept");
}

/* qualified-person as an accredited centre would have it. */
static void
claiming_profile(struct buf *text)
{
	char path[4096];

	kit_path("qualified-person", path);
	kit_read(path, text);
	edit(text, "Неквалифицированный (по форме приказа ФСБ № 795)",
	    "Квалифицированный");
	edit(text, "title_ru = \"Сертификат",
	    "title_ru = \"Квалифицированный сертификат");
	edit(text, "\"surguch (не сертифицировано)\"", "\"Рутокен\"");
	edit(text, "\"surguch {version} (не сертифицировано)\"",
	    "\"СКЗИ «Печать»\"");
	edit(text, "\"surguch {version} (не сертифицировано)\"",
	    "\"ПК surguch\"");
	edit(text, "\"отсутствует\"", "\"СФ/124-0001\"");
	edit(text, "\"отсутствует\"", "\"СФ/128-0002\"");
	edit(text, "	crl_points = true;",
	    "	policies = [\"KC1\", \"KC2\"];\n	crl_points = true;");
}

static enum err
load_claiming(const char *from, const char *to, const struct accreditation *a,
    struct conf_report *report, struct profile **out)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	struct errinfo ei;
	enum err err;

	claiming_profile(&text);
	edit(&text, from, to);
	err = profile_parse(buf_slice(&text), "c.conf", a, report, out, &ei);
	buf_clear(&text);
	return err;
}

static void
only_what_it_names_may_be_claimed(void **state)
{
	static const char *const edits[][3] = {
	    {"\"Рутокен\"", "\"Рутокен 2\"", "owner_tools"},
	    {"\"СКЗИ «Печать»\"", "\"СКЗИ «Штамп»\"", "«Печать»"},
	    {"\"ПК surguch\"", "\"ПК surguch 2\"", "ПК surguch"},
	    {"\"СФ/124-0001\"", "\"СФ/124-0009\"", "СФ/124-0001"},
	    {"\"СФ/128-0002\"", "\"отсутствует\"", "СФ/128-0002"},
	    {"\"KC1\", \"KC2\"", "\"KC1\", \"KC2\", \"KC3\"", "policies"},
	    {"\"KC1\", \"KC2\"", "\"KC2\"", "policies"},
	    {"\"KC1\", \"KC2\"", "\"1.2.643.100.113.1.1\"", "policies"},
	    {"	policies = [\"KC1\", \"KC2\"];\n", "", "class"},
	    {"type_text = \"Квалифицированный\"", "type_text = \"Сертификат\"",
		"type_text"},
	    {"qualified_form = true;", "qualified_form = false;",
		"qualified_form"},
	};
	struct accreditation a;
	struct profile *p = NULL;
	struct errinfo ei;

	(void)state;
	assert_ok(parse_edited(NULL, NULL, &a, &ei), &ei);
	assert_int_equal(load_claiming(NULL, NULL, NULL, NULL, &p), ERR_POLICY);
	assert_int_equal(load_claiming(NULL, NULL, &a, NULL, &p), ERR_OK);
	assert_true(p->claims);
	assert_int_equal(p->claims_until, a.until);
	profile_free(p);
	/* The lower class alone is less than what it may say. */
	assert_int_equal(
	    load_claiming("\"KC1\", \"KC2\"", "\"KC1\"", &a, NULL, &p), ERR_OK);
	profile_free(p);
	p = NULL;
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		struct conf_report report;
		enum err err;

		conf_report_init(&report);
		err = load_claiming(edits[i][0], edits[i][1], &a, &report, &p);
		if (err != ERR_POLICY || report.num_lines != 1 ||
		    strstr(conf_report_text(&report), edits[i][2]) == NULL) {
			fail_msg("\"%s\": %s, %s", edits[i][1], err_name(err),
			    conf_report_text(&report));
		}
		conf_report_clear(&report);
	}
	print_message("proves: I1\n");
}

/* Accreditation obliges nobody: a profile that claims nothing stays right,
 * and its certificates stay under the lock. */
static void
who_claims_nothing_stays_under_the_lock(void **state)
{
	struct accreditation a;
	struct errinfo ei;

	(void)state;
	assert_ok(parse_edited(NULL, NULL, &a, &ei), &ei);
	for (size_t i = 0; i < kit_num_profiles; i++) {
		struct profile *p = NULL;
		char path[4096];

		kit_path(kit_profiles[i], path);
		assert_ok(profile_load(path, &a, &p, &ei), &ei);
		assert_false(p->claims);
		profile_free(p);
	}
}

/* A certificate that claims passes lint while the accreditation holds. */
static void
a_claim_is_signed_while_it_holds(void **state)
{
	struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
	struct lint_report report;
	struct accreditation a;
	struct errinfo ei;
	struct kit k;

	(void)state;
	kit_init(&k, "qualified-person", KIT_NOW);
	template_free(k.t);
	profile_free(k.p);
	assert_ok(parse_edited(NULL, NULL, &a, &ei), &ei);
	assert_int_equal(load_claiming(NULL, NULL, &a, NULL, &k.p), ERR_OK);
	assert_ok(template_new(k.p, &k.ca, &k.t, &ei), &ei);
	kit_build(&k, &tbs);
	assert_int_equal(
	    lint_tbs(k.p, &k.ca, &k.v, buf_slice(&tbs), k.now, &report),
	    ERR_OK);
	k.p->claims_until = k.now - 1;
	assert_int_equal(
	    lint_tbs(k.p, &k.ca, &k.v, buf_slice(&tbs), k.now, &report),
	    ERR_POLICY);
	assert_string_equal(report.at[0].rule, "lint.accreditation");
	buf_clear(&tbs);
	kit_clear(&k);
	print_message("proves: I1\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_accreditation_is_read),
	    cmocka_unit_test(without_the_group_there_is_none),
	    cmocka_unit_test(what_is_missing_or_wrong_is_refused),
	    cmocka_unit_test(only_what_it_names_may_be_claimed),
	    cmocka_unit_test(who_claims_nothing_stays_under_the_lock),
	    cmocka_unit_test(a_claim_is_signed_while_it_holds),
	};

	return cmocka_run_group_tests_name(
	    "accreditation", tests, kit_group_setup, kit_group_teardown);
}
