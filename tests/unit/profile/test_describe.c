/* SPDX-License-Identifier: Apache-2.0 */
/* Rules in words: every setting of a profile is a fact, and two profiles differ
 * in exactly the facts in which they differ. */
#include "kit.h"

#include <stdlib.h>
#include <string.h>

#include "profile/describe.h"

static void
replace(struct buf *text, const char *from, const char *to)
{
	struct buf out = BUF_INIT(CONF_BYTES_MAX);
	const char *at = strstr(buf_cstr(text), from);

	if (at == NULL) {
		fail_msg("no \"%s\" in the file", from);
		return;
	}
	buf_add(&out, slice_make(text->p, (size_t)(at - buf_cstr(text))));
	buf_add_str(&out, to);
	buf_add_str(&out, at + strlen(from));
	buf_clear(text);
	*text = out;
}

static void
describe_edited(
    const char *name, const char *from, const char *to, struct facts *out)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	struct profile *p = NULL;
	char path[4096];
	struct errinfo ei;

	kit_path(name, path);
	kit_read(path, &text);
	if (from != NULL) {
		replace(&text, from, to);
	}
	assert_ok(
	    profile_parse(buf_slice(&text), path, NULL, NULL, &p, &ei), &ei);
	profile_describe(p, out);
	assert_ok(facts_err(out, &ei), &ei);
	profile_free(p);
	buf_clear(&text);
}

/* The keys of the differences, each with a space behind. */
static void
collect(void *arg, const char *key, const char *a, const char *b)
{
	struct buf *keys = arg;

	assert_true(a != NULL || b != NULL);
	buf_printf(keys, "%s%s ", a == NULL ? "+" : b == NULL ? "-" : "", key);
}

static const struct {
	const char *profile;
	const char *from;
	const char *to;
	const char *keys;
} edits[] = {
    /* What makes no difference. */
    {"tls-client", "# CN is the user's login.", "", ""},
    {"tls-client", "	{ attribute = \"C\"; need = \"optional\"; },",
	"  {attribute=\"C\";need=\"optional\";}, ", ""},
    {"tls-client", "\"ecdsa-sha256\", \"ecdsa-sha384\"",
	"\"ecdsa-sha384\", \"ecdsa-sha256\"", ""},
    {"qualified-org", "	{ attribute = \"SN\"; need = \"forbidden\"; },\n", "",
	""},
    {"tls-client", "kinds = [\"email\", \"dns\", \"uri\"]",
	"kinds = [\"dns\", \"uri\", \"email\"]", ""},
    /* And what does. */
    {"tls-client", "title_en = \"Sign-in", "title_en = \"Log-in", "title_en "},
    {"tls-client", "title_ru = \"Серт", "title_ru = \"серт", "title_ru "},
    {"tls-client", "kind = \"end-entity\";",
	"kind = \"end-entity\"; qualified_form = false;", ""},
    {"tls-client", "request_subject = \"ignore\"",
	"request_subject = \"compare\"", "request_subject "},
    {"tls-client", "type_text = \"Сер", "type_text = \"сер", "type_text "},
    {"tls-client", "	{ attribute = \"O\"; need = \"optional\"; },\n", "",
	"subject -subject.O "},
    {"tls-client", "{ attribute = \"O\"; need = \"optional\"; }",
	"{ attribute = \"O\"; }", "subject.O "},
    {"tls-client", "{ attribute = \"O\"; need = \"optional\"; }",
	"{ attribute = \"O\"; need = \"optional\"; max = 5; }", "subject.O "},
    {"tls-client", "{ attribute = \"O\"; need = \"optional\"; }",
	"{ attribute = \"O\"; need = \"optional\"; type = \"printable\"; }",
	"subject.O "},
    {"tls-client", "count = 4", "count = 3", "subject.OU "},
    {"tls-client",
	"{ attribute = \"C\"; need = \"optional\"; },\n"
	"	{ attribute = \"O\"; need = \"optional\"; },",
	"{ attribute = \"O\"; need = \"optional\"; },\n"
	"	{ attribute = \"C\"; need = \"optional\"; },",
	"subject "},
    {"tls-client", "	{ algorithm = \"p384\"; },\n", "", "-keys.p384 "},
    {"tls-client", "	{ algorithm = \"p256\"; },\n", "", "keys -keys.p256 "},
    {"tls-client", "max_bits = 4096", "max_bits = 3072", "keys.rsa "},
    {"qualified-org", "\"CryptoPro-XchA\", ", "", "keys.gost2012-256 "},
    {"tls-client", ", \"ed25519\"];", "];", "signatures "},
    {"tls-client", "days = 365", "days = 364", "validity.days "},
    {"tls-client", "max_days = 398", "max_days = 397", "validity.max_days "},
    {"tls-client", "backdate_seconds = 0", "backdate_seconds = 1",
	"validity.backdate_seconds "},
    {"tls-client", "backdate_seconds = 0;",
	"backdate_seconds = 0; private_key_days = 9;",
	"validity.private_key_days "},
    {"qualified-org", "\"keyEncipherment\", ", "", "extensions.key_usage "},
    {"tls-server", "		rsa_bits = [\"keyEncipherment\"];", "",
	"extensions.key_usage.rsa_bits "},
    {"tls-client", "key_usage = { critical = true;",
	"key_usage = { critical = false;", "extensions.key_usage "},
    {"tls-client", "purposes = [\"clientAuth\"]",
	"purposes = [\"clientAuth\", \"1.2.3\"]", "extensions.ext_key_usage "},
    {"tls-client", "purposes = [\"clientAuth\"]",
	"critical = true; purposes = [\"clientAuth\"]",
	"extensions.ext_key_usage "},
    {"issuing-ca", "path_length = 0", "path_length = 1",
	"extensions.basic_constraints "},
    {"issuing-ca", "policies = [\"anyPolicy\"]", "policies = [\"1.2.3\"]",
	"extensions.policies "},
    {"qualified-org", "subject_sign_tool = \"surguch",
	"subject_sign_tool = \"Surguch", "extensions.subject_sign_tool "},
    {"qualified-org", "tool = \"surguch {version}", "tool = \"surguch",
	"extensions.issuer_sign_tool.tool "},
    {"qualified-org", "ca = \"surguch {version}", "ca = \"surguch",
	"extensions.issuer_sign_tool.ca "},
    {"qualified-org", ", \"remote-system\"", "",
	"extensions.identification_kinds "},
    {"tls-client", "crl_points = true", "crl_points = false",
	"extensions.crl_points "},
    {"tls-client", "ca_issuers = true", "ca_issuers = false",
	"extensions.ca_issuers "},
    {"tls-client", "	ocsp = true", "	ocsp = false", "extensions.ocsp "},
    {"tls-server", "wildcards = true", "wildcards = false",
	"extensions.subject_alt_name "},
    {"tls-server", "common_name_listed = true", "common_name_listed = false",
	"extensions.subject_alt_name "},
    {"tls-server", "max = 64;\n		wild", "max = 63;\n		wild",
	"extensions.subject_alt_name "},
    {"tls-client", "kinds = [\"email\", \"dns\", \"uri\"]",
	"critical = true; kinds = [\"email\", \"dns\", \"uri\"]",
	"extensions.subject_alt_name "},
    {"tls-client", "ceiling = 20000", "ceiling = 1", "ceiling "},
    {"tls-client", "hold = true", "hold = false", "hold "},
    {"tls-client", "direct = true", "direct = false", "direct "},
    {"tls-client", "usual_seconds = 10", "usual_seconds = 11",
	"usual_seconds "},
    {"tls-client", "limit_seconds = 3600", "limit_seconds = 3601",
	"limit_seconds "},
    {"tls-client", "renew_days = 14", "renew_days = 15", "renew_days "},
};

static void
each_setting_is_a_fact(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		struct buf keys = BUF_INIT(4096);
		struct facts a = {0}, b = {0};
		size_t num;

		describe_edited(edits[i].profile, NULL, NULL, &a);
		describe_edited(
		    edits[i].profile, edits[i].from, edits[i].to, &b);
		num = facts_diff(&a, &b, collect, &keys);
		if (strcmp(buf_cstr(&keys), edits[i].keys) != 0) {
			fail_msg("\"%s\": %zu differences: %s", edits[i].to,
			    num, buf_cstr(&keys));
		}
		facts_clear(&a);
		facts_clear(&b);
		buf_clear(&keys);
	}
	print_message("proves: I1\n");
}

static void
facts_say_it_in_words(void **state)
{
	struct facts f = {0};

	(void)state;
	describe_edited("qualified-org", NULL, NULL, &f);
	assert_string_equal(facts_get(&f, "subject.OGRN"),
	    "required; NumericString of the form \"ogrn\", at most 13 "
	    "characters");
	assert_string_equal(
	    facts_get(&f, "keys"), "new ones are made as gost2012-256:A");
	assert_string_equal(facts_get(&f, "validity.private_key_days"),
	    "365 days, in privateKeyUsagePeriod");
	assert_string_equal(
	    facts_get(&f, "extensions.basic_constraints"), "none");
	assert_string_equal(facts_get(&f, "claims"), "not to be qualified");
	assert_null(facts_get(&f, "subject.SNILS"));
	facts_clear(&f);
	describe_edited("issuing-ca", NULL, NULL, &f);
	assert_string_equal(facts_get(&f, "extensions.basic_constraints"),
	    "a CA, at most 0 CAs below it (critical)");
	facts_clear(&f);
	/* Two of one key stand apart; nothing is lost. */
	facts_add(&f, "k", "%d", 1);
	facts_add(&f, "k", "%d", 2);
	assert_string_equal(facts_get(&f, "k#2"), "2");
	facts_clear(&f);
	for (int i = 0; i <= FACTS_MAX; i++) {
		char key[16];

		(void)snprintf(key, sizeof(key), "%d", i);
		facts_add(&f, key, "x");
	}
	assert_int_equal(facts_err(&f, NULL), ERR_LIMIT);
	facts_clear(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_setting_is_a_fact),
	    cmocka_unit_test(facts_say_it_in_words),
	};

	return cmocka_run_group_tests_name(
	    "describe", tests, kit_group_setup, kit_group_teardown);
}
