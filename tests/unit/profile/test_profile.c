/* SPDX-License-Identifier: Apache-2.0 */
#include "kit.h"

#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "crypto/hash.h"
#include "der/der.h"
#include "os/file.h"
#include "profile/settings.h"
#include "x509/csr.h"
#include "x509/name.h"

static void
every_product_profile_loads(void **state)
{
	size_t num_files = 0, num_seen = 0;
	char **names = NULL;
	char path[4096];
	struct errinfo ei;

	(void)state;
	for (size_t i = 0; i < kit_num_profiles; i++) {
		if (strchr(kit_profiles[i], '@') != NULL) {
			continue;
		}
		num_seen++;
		uint8_t digest[HASH_SIZE_MAX];
		struct buf text = BUF_INIT(CONF_BYTES_MAX);
		struct profile *p = NULL;

		kit_path(kit_profiles[i], path);
		kit_read(path, &text);
		assert_ok(profile_load(path, NULL, &p, &ei), &ei);
		assert_string_equal(profile_name(p), kit_profiles[i]);
		assert_ok(
		    hash_of(HASH_SHA256, buf_slice(&text), digest, &ei), &ei);
		assert_memory_equal(profile_sha256(p).p, digest, 32);
		/* Russian first, English complete; nothing claims. */
		assert_non_null(strstr(p->title_ru, "ертификат"));
		assert_true(profile_title_en(p)[0] < 0x7f);
		assert_null(strstr(p->title_ru, "квалифицирован"));
		profile_free(p);
		buf_clear(&text);
	}
	/* And the folder has no other. */
	kit_path("x", path);
	*strrchr(path, '/') = '\0';
	assert_ok(dir_list(path, ".conf", 100, &names, &num_files, &ei), &ei);
	assert_int_equal(num_files, num_seen);
	dir_list_free(names, num_files);
	print_message("proves: I1\n");
}

static void
profiles_say_what_callers_ask(void **state)
{
	struct profile *p = NULL;
	char path[4096];
	struct errinfo ei;

	(void)state;
	kit_path("qualified-person", path);
	assert_ok(profile_load(path, NULL, &p, &ei), &ei);
	assert_string_equal(profile_type_text(p),
	    "Неквалифицированный (по форме приказа ФСБ № 795)");
	assert_string_equal(profile_key_spec(p), "gost2012-256:A");
	assert_int_equal(profile_kind(p), PROFILE_END_ENTITY);
	assert_int_equal(profile_ceiling(p), 20000);
	assert_int_equal(p->renew_days, 60);
	assert_int_equal(p->csr_subject, CSR_SUBJECT_IGNORE);
	assert_true(profile_hold_allowed(p));
	assert_false(profile_self_signed(p));
	assert_false(profile_direct(p));
	profile_free(p);
	kit_path("tls-client", path);
	assert_ok(profile_load(path, NULL, &p, &ei), &ei);
	assert_string_equal(profile_type_text(p),
	    "Сертификат для входа, не электронная подпись по 63-ФЗ");
	assert_string_equal(profile_key_spec(p), "p256");
	assert_true(profile_direct(p));
	profile_free(p);
	print_message("proves: G14\n");
}

/* Text with the first `from` replaced by `to`; fails when there is none. */
static void
replace(struct buf *text, const char *from, const char *to, struct buf *out)
{
	const char *all = buf_cstr(text);
	const char *at = strstr(all, from);

	if (at == NULL) {
		fail_msg("no \"%s\" in the file", from);
		return;
	}
	buf_add(out, slice_make(all, (size_t)(at - all)));
	buf_add_str(out, to);
	buf_add_str(out, at + strlen(from));
}

struct edit {
	const char *profile;
	const char *from;
	const char *to;
	const char *complaint; /* part of the one line of the report */
};

static enum err
parse_edit(const struct edit *e, const struct accreditation *a,
    struct conf_report *report, struct errinfo *ei)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	struct buf edited = BUF_INIT(CONF_BYTES_MAX);
	struct profile *p = NULL;
	char path[4096];
	enum err err;

	kit_path(e->profile, path);
	kit_read(path, &text);
	replace(&text, e->from, e->to, &edited);
	err =
	    profile_parse(buf_slice(&edited), "edited.conf", a, report, &p, ei);
	assert_true((err == ERR_OK) == (p != NULL));
	profile_free(p);
	buf_clear(&text);
	buf_clear(&edited);
	return err;
}

/* The word "qualified". */
static const struct edit claims[] = {
    {"qualified-person", "	crl_points = true;",
	"	crl_points = true; policies = [\"1.2.643.100.113.1\"];",
	"1.2.643.100.113"},
    {"tls-client", "	crl_points = true;",
	"	crl_points = true; policies = [\"KC2\"];", "1.2.643.100.113"},
    {"qualified-person", "subject_sign_tool = \"surguch (не сертифицировано)\"",
	"subject_sign_tool = \"КриптоПро CSP\"", "не сертифицировано"},
    {"qualified-org", "tool = \"surguch {version} (не сертифицировано)\"",
	"tool = \"surguch {version}\"", "не сертифицировано"},
    {"qualified-org", "ca = \"surguch {version} (не сертифицировано)\"",
	"ca = \"surguch {version} (сертифицировано)\"", "не сертифицировано"},
    {"qualified-org", "tool_document = \"отсутствует\"",
	"tool_document = \"СФ/124-0000\"", "отсутствует"},
    {"qualified-org", "ca_document = \"отсутствует\"",
	"ca_document = \"СФ/128-0000\"", "отсутствует"},
    {"qualified-person",
	"type_text = \"Неквалифицированный (по форме приказа ФСБ № 795)\"",
	"type_text = \"Квалифицированный\"", "type_text"},
    {"qualified-person",
	"type_text = \"Неквалифицированный (по форме приказа ФСБ № 795)\"",
	"type_text = \"Неквалифицированный\"", "type_text"},
    {"tls-client", "type_text = \"Сертификат для входа, не",
	"type_text = \"Квалифицированный сертификат, не", "qualified"},
    {"qualified-person", "title_ru = \"Сертификат",
	"title_ru = \"КВАЛИФИЦИРОВАННЫЙ сертификат", "qualified"},
    {"tls-client", "title_en = \"Sign-in certificate\"",
	"title_en = \"Qualified certificate\"", "qualified"},
};

static void
nothing_claims_to_be_qualified(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
		struct conf_report report;
		struct errinfo ei = {0};
		enum err err;

		conf_report_init(&report);
		err = parse_edit(&claims[i], NULL, &report, &ei);
		if (err != ERR_POLICY || report.num_lines != 1 ||
		    strstr(conf_report_text(&report), claims[i].complaint) ==
			NULL) {
			fail_msg("\"%s\": %s, %s", claims[i].to, err_name(err),
			    conf_report_text(&report));
		}
		assert_string_equal(ei.rule, "profile.qualified");
		assert_true(strncmp(conf_report_text(&report),
				"edited.conf:", 12) == 0);
		conf_report_clear(&report);
	}
	print_message("proves: I1\n");
}

static const struct edit mistakes[] = {
    {"tls-client", "kind = \"end-entity\"", "kind = \"root\"", NULL},
    {"tls-client", "kind = \"end-entity\"", "kind = \"queen\"", "kind"},
    {"tls-client", "name = \"tls-client\"", "name = \"TLS\"", "name"},
    {"tls-client", "ceiling = 20000", "ceilin = 20000", "ceilin"},
    {"tls-client", "attribute = \"CN\"", "attribute = \"XN\"", "XN"},
    {"tls-client", "attribute = \"CN\"", "attribute = \"SKI\"", "SKI"},
    {"tls-client", "attribute = \"CN\"", "attribute = \"OU\"", "twice"},
    {"tls-client", "{ attribute = \"CN\"; }",
	"{ attribute = \"CN\"; need = \"optional\"; }", "4.1.2.6"},
    {"tls-client", "{ attribute = \"C\";",
	"{ attribute = \"C\"; type = \"utf8\";", "string type"},
    {"tls-client", "{ attribute = \"E\";",
	"{ attribute = \"E\"; pattern = \"mail\";", "pattern"},
    {"tls-client", "algorithm = \"p256\"", "algorithm = \"p255\"", "p255"},
    {"tls-client", "algorithm = \"p256\"",
	"algorithm = \"p256\"; min_bits = 2048", "RSA"},
    {"tls-client", "algorithm = \"p256\"", "algorithm = \"gost2012-256\"",
	"parameter sets"},
    {"qualified-person", "[\"CryptoPro-A\",", "[\"TC26-512-A\",", "TC26-512-A"},
    {"tls-server", "min_bits = 2048", "min_bits = 1024", "min_bits"},
    {"tls-server", "max_bits = 4096", "max_bits = 2048; hold = true", "hold"},
    {"tls-client", "\"ecdsa-sha256\"", "\"md5\"", "md5"},
    {"tls-client", "max_days = 398", "max_days = 300", "max_days"},
    {"tls-client", "backdate_seconds = 0", "backdate_seconds = 301",
	"backdate_seconds"},
    {"qualified-person", "private_key_days = 365", "private_key_days = 458",
	"private_key_days"},
    {"tls-client", "usual_seconds = 10", "usual_seconds = 3601", "usual"},
    {"tls-client", "bits = [\"digitalSignature\"]",
	"bits = [\"digitalSignature\", \"keyEncipherment\"]", "RFC 8813"},
    {"tls-client", "bits = [\"digitalSignature\"]",
	"bits = [\"nonRepudiation\"]", "clientAuth"},
    {"tls-client", "bits = [\"digitalSignature\"]", "bits = [\"sign\"]", NULL},
    {"tls-client", "bits = [\"digitalSignature\"]",
	"bits = [\"digitalSignature\", \"keyCertSign\"]", "keyCertSign"},
    {"tls-client", "purposes = [\"clientAuth\"]",
	"purposes = [\"clientAuth\", \"anyEKU\"]", "anyEKU"},
    {"tls-client", "purposes = [\"clientAuth\"]",
	"purposes = [\"clientAuth\", \"OCSPSigning\"]", "6960"},
    {"tls-client", "purposes = [\"clientAuth\"]",
	"purposes = [\"clientAuth\", \"serverAuth\"]", "RFC 6125"},
    {"tls-client", "purposes = [\"clientAuth\"]",
	"purposes = [\"clientAuth\", \"clientAuth\"]", "twice"},
    {"tls-client", "purposes = [\"clientAuth\"]", "purposes = [\"1.2.bad\"]",
	"1.2.bad"},
    {"tls-client", "kinds = [\"email\"", "kinds = [\"mail\"", "mail"},
    {"tls-client", "max = 8;", "max = 8; common_name_listed = 1;",
	"common_name_listed"},
    {"tls-client", "kinds = [\"email\", \"dns\", \"uri\"];",
	"kinds = [\"email\"]; wildcards = true;", "wildcards"},
    {"tls-client", "crl_points = true;",
	"crl_points = true; ocsp_no_check = true;", "ocsp_no_check"},
    {"tls-client", "crl_points = true;",
	"crl_points = true; subject_key_id = false;", "key's id"},
    {"tls-client", "crl_points = true;",
	"crl_points = true; authority_key_id = false;", "4.2.1.1"},
    {"tls-client", "crl_points = true;",
	"crl_points = true; basic_constraints = { path_length = 1; };",
	"path_length"},
    {"ocsp", "ocsp_no_check = true;", "ocsp_no_check = false;",
	"ocsp_no_check"},
    {"time-stamping", "kind = \"time-stamping\"", "kind = \"end-entity\"",
	"timeStamping"},
    {"time-stamping", "[\"timeStamping\"]", "[\"emailProtection\"]",
	"timeStamping"},
    {"time-stamping", "[\"timeStamping\"]",
	"[\"timeStamping\", \"emailProtection\"]", "RFC 3161 2.3"},
    {"time-stamping", "critical = true; purposes", "purposes", "RFC 3161 2.3"},
    {"time-stamping", "[\"digitalSignature\"]",
	"[\"digitalSignature\", \"keyAgreement\"]", "RFC 3161 2.3"},
    {"page-order", "kind = \"page-order\"", "kind = \"end-entity\"",
	"pageOrderSigning"},
    {"page-order", "[\"pageOrderSigning\"]", "[\"emailProtection\"]",
	"pageOrderSigning"},
    {"page-order", "[\"pageOrderSigning\"]",
	"[\"pageOrderSigning\", \"emailProtection\"]", "stands alone"},
    {"page-order", "critical = true; purposes", "purposes", "stands alone"},
    {"page-order", "[\"digitalSignature\"]",
	"[\"digitalSignature\", \"nonRepudiation\"]", "key for orders"},
    {"tls-client", "[\"clientAuth\"]", "[\"clientAuth\", \"pageOrderSigning\"]",
	"pageOrderSigning"},
    {"tls-server", "rsa_bits = [\"keyEncipherment\"]",
	"rsa_bits = [\"keyAgreement\"]", "rsa_bits"},
    {"tls-server", "rsa_bits = [\"keyEncipherment\"]",
	"rsa_bits = [\"keyEncipherment\", \"keyEncipherment\"]", "twice"},
    {"tls-server",
	"	{ algorithm = \"rsa\"; min_bits = 2048; max_bits = "
	"4096; },\n",
	"", "rsa_bits"},
    {"qualified-org", "\"keyEncipherment\", \"dataEncipherment\"];",
	"\"dataEncipherment\"];\n rsa_bits = [\"keyEncipherment\"];",
	"rsa_bits"},
    {"root-ca", "self_signed = true;", "self_signed = false;", NULL},
    {"root-ca", "authority_key_id = false;",
	"authority_key_id = false; crl_points = true;", "addresses"},
    {"root-ca",
	" },\n	{ algorithm = \"p256\"; },\n"
	"	{ algorithm = \"p384\"; },\n"
	"	{ algorithm = \"rsa\"; min_bits = 2048; max_bits = 4096; },\n"
	"	{ algorithm = \"ed25519\"; }\n);\n"
	"signatures = [\"gost2012-256\", \"gost2012-512\", "
	"\"ecdsa-sha256\", \"ecdsa-sha384\",\n",
	" });\nsignatures = [\n", "sign itself"},
    {"ocsp", "kind = \"ocsp\"", "kind = \"ocsp\"; self_signed = true",
	"self_signed"},
    {"issuing-ca", "ca = true;", "ca = false;", NULL},
    {"issuing-ca", "critical = true; ca = true;",
	"critical = false; ca = true;", "4.2.1.9"},
    {"issuing-ca", "\"keyCertSign\", ", "", "keyCertSign"},
    {"issuing-ca", ", \"cRLSign\"", "", "cRLSign"},
    {"issuing-ca", "ceiling = 10;", "ceiling = 10; hold = true;", "suspended"},
    {"qualified-person", "identification_kinds = [\"personal\"",
	"identification_kinds = [\"face\"", "face"},
    {"qualified-person", "	subject_sign_tool =",
	"	# subject_sign_tool =", "qualified form"},
    {"tls-client", "subject = (", "subject = [", NULL},
    {"ocsp", "ceiling = 100;", "ceiling = 100; direct = true;", "direct"},
    {"qualified-person", "ceiling = 20000;", "ceiling = 20000; direct = true;",
	"direct"},
};

static void
mistakes_are_reported_with_their_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		struct conf_report report;
		struct errinfo ei = {0};
		enum err err;
		const char *text;

		conf_report_init(&report);
		err = parse_edit(&mistakes[i], NULL, &report, &ei);
		text = conf_report_text(&report);
		if (err != ERR_FORMAT ||
		    strncmp(text, "edited.conf:", 12) != 0 ||
		    (mistakes[i].complaint != NULL &&
			strstr(text, mistakes[i].complaint) == NULL)) {
			fail_msg("\"%s\": %s, %s", mistakes[i].to,
			    err_name(err), text);
		}
		conf_report_clear(&report);
	}
}

/* Several at once, each with its own line. */
static void
all_mistakes_are_reported_at_once(void **state)
{
	static const char text[] =
	    "name = \"x\"; title_ru = \"x\"; title_en = \"x\";\n"
	    "kind = \"end-entity\";\n"
	    "subject = (\n"
	    "	{ attribute = \"CN\"; },\n"
	    "	{ attribute = \"nonsense\"; }\n"
	    ");\n"
	    "keys = ( { algorithm = \"gost2012-256\"; } );\n"
	    "signatures = [\"ecdsa-sha256\",\n"
	    "    \"md5\"];\n"
	    "validity = { days = 10;\n"
	    "	max_days = 9; };\n"
	    "extensions = { policies = [ \"KC1\" ]; };\n";
	static const char *const wanted[] = {"t.conf:5: ", "t.conf:7: ", "md5",
	    "t.conf:11: ", "t.conf:12: ", "key_usage"};
	struct conf_report report;
	struct profile *p = NULL;
	struct errinfo ei;

	(void)state;
	conf_report_init(&report);
	assert_int_equal(
	    profile_parse(slice_str(text), "t.conf", NULL, &report, &p, &ei),
	    ERR_FORMAT);
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		if (strstr(conf_report_text(&report), wanted[i]) == NULL) {
			fail_msg("no \"%s\" in\n%s", wanted[i],
			    conf_report_text(&report));
		}
	}
	assert_true(report.num_lines >= 6);
	conf_report_clear(&report);
	assert_null(p);
}

/* --- values against a profile -------------------------------------------- */

static void
set(struct kit *k, enum oid id, const char *text)
{
	struct errinfo ei;

	for (size_t i = 0; i < k->v.attrs.num; i++) {
		if (k->v.attrs.at[i].id != id) {
			continue;
		}
		free(k->v.attrs.at[i].text);
		if (text != NULL) {
			k->v.attrs.at[i].text = slice_dup_str(slice_str(text));
		} else {
			k->v.attrs.at[i] = k->v.attrs.at[--k->v.attrs.num];
		}
		return;
	}
	assert_ok(values_add_attr(&k->v, id, slice_str(text), &ei), &ei);
}

static const struct {
	const char *profile;
	enum oid id;
	const char *text; /* NULL: taken away */
	const char *rule;
} bad_attrs[] = {
    {"qualified-person", OID_SNILS, NULL, "profile.attr.missing"},
    {"qualified-person", OID_SNILS, "07500122106", "profile.attr.pattern"},
    {"qualified-person", OID_SNILS, "075-00122105", "profile.attr.length"},
    {"qualified-person", OID_SNILS, "075001221055", "profile.attr.length"},
    {"qualified-person", OID_INN, "500100732258", "profile.attr.pattern"},
    {"qualified-person", OID_INN, "6688242590", "profile.attr.pattern"},
    {"qualified-person", OID_C, "US", "profile.attr.pattern"},
    {"qualified-person", OID_ST, "Свердловская область",
	"profile.attr.pattern"},
    {"qualified-person", OID_SN, "Иванов1", "profile.attr.pattern"},
    {"qualified-person", OID_SN, "иваноВ-", "profile.attr.pattern"},
    {"qualified-person", OID_EMAIL, "директор@e.ru", "profile.attr.pattern"},
    {"qualified-person", OID_O, "ООО", "profile.attr.forbidden"},
    {"qualified-person", OID_OGRN, "1234567890127", "profile.attr.forbidden"},
    {"qualified-sole-proprietor", OID_OGRNIP, NULL, "profile.attr.missing"},
    {"qualified-org-person", OID_TITLE, NULL, "profile.attr.missing"},
    {"qualified-org", OID_SNILS, "07500122105", "profile.attr.forbidden"},
    {"qualified-org", OID_INNLE, "6688242591", "profile.attr.pattern"},
    {"qualified-org", OID_OGRN, "1234567890128", "profile.attr.pattern"},
    {"tls-client", OID_SERIAL_NUMBER, "a@b", "profile.attr.pattern"},
    {"tls-server", OID_CN, "other.example.ru", "profile.san.common_name"},
};

static void
values_are_refused_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_attrs); i++) {
		struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
		struct errinfo ei = {0};
		struct kit k;

		kit_init(&k, bad_attrs[i].profile, KIT_NOW);
		assert_ok(profile_check_values(k.p, &k.v, &ei), &ei);
		set(&k, bad_attrs[i].id, bad_attrs[i].text);
		if (profile_check_values(k.p, &k.v, &ei) != ERR_POLICY) {
			fail_msg(
			    "%s %s", bad_attrs[i].profile, bad_attrs[i].text);
		}
		assert_string_equal(ei.rule, bad_attrs[i].rule);
		assert_string_equal(ei.object, oid_short_name(bad_attrs[i].id));
		/* The template refuses it just so. */
		assert_int_equal(
		    template_build(
			k.t, &k.v, SLICE_LIT("@123456789012345678"), &tbs, &ei),
		    ERR_POLICY);
		assert_int_equal(tbs.len, 0);
		buf_clear(&tbs);
		kit_clear(&k);
	}
}

static void
names_and_identification_are_refused_by_name(void **state)
{
	struct errinfo ei = {0};
	struct kit k;

	(void)state;
	kit_init(&k, "tls-server", KIT_NOW);
	assert_ok(values_add_san(&k.v, SAN_URI, SLICE_LIT("urn:x"), &ei), &ei);
	assert_int_equal(profile_check_values(k.p, &k.v, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "profile.san.kind");
	kit_clear(&k);
	kit_init(&k, "tls-client", KIT_NOW);
	assert_ok(values_add_san(&k.v, SAN_DNS, SLICE_LIT("*.e.ru"), &ei), &ei);
	assert_int_equal(profile_check_values(k.p, &k.v, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "profile.san.wildcard");
	k.v.sans[0].text[0] = 'w';
	for (size_t i = 0; i < 7; i++) {
		assert_ok(profile_check_values(k.p, &k.v, &ei), &ei);
		assert_ok(
		    values_add_san(&k.v, SAN_URI, SLICE_LIT("urn:x"), &ei),
		    &ei);
	}
	assert_ok(values_add_san(&k.v, SAN_URI, SLICE_LIT("urn:x"), &ei), &ei);
	assert_int_equal(profile_check_values(k.p, &k.v, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "profile.san.many");
	kit_clear(&k);
	kit_init(&k, "tls-client", KIT_NOW);
	k.v.identification_kind = IDENTIFICATION_PERSONAL;
	assert_int_equal(profile_check_values(k.p, &k.v, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "profile.identification_kind");
	k.v.identification_kind = IDENTIFICATION_NONE;
	k.v.profile[0] = 'x';
	assert_int_equal(profile_check_values(k.p, &k.v, &ei), ERR_CONFLICT);
	kit_clear(&k);
	kit_init(&k, "qualified-person", KIT_NOW);
	k.v.identification_kind = IDENTIFICATION_NONE;
	assert_int_equal(profile_check_values(k.p, &k.v, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "profile.identification_kind");
	k.v.identification_kind = 4;
	assert_int_equal(profile_check_values(k.p, &k.v, &ei), ERR_POLICY);
	kit_clear(&k);
	kit_init(&k, "tls-server", KIT_NOW);
	while (k.v.num_sans > 0) {
		free(k.v.sans[--k.v.num_sans].text);
	}
	assert_int_equal(profile_check_values(k.p, &k.v, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "profile.san.missing");
	kit_clear(&k);
}

static const struct {
	const char *profile;
	enum key_alg alg;
	bool good;
} key_cases[] = {
    {"qualified-person", KEY_GOST256, true},
    {"qualified-person", KEY_GOST512, true},
    {"qualified-person", KEY_P256, false},
    {"qualified-person", KEY_RSA, false},
    {"tls-client", KEY_P256, true},
    {"tls-client", KEY_P384, true},
    {"tls-client", KEY_ED25519, true},
    {"tls-client", KEY_GOST512, false},
    {"tls-server", KEY_P384, true},
    {"tls-server", KEY_RSA, true},
    {"tls-server", KEY_GOST256, false},
    {"qualified-org", KEY_ED25519, false},
    {"issuing-ca", KEY_GOST512, true},
    {"ocsp", KEY_ED25519, true},
    {"time-stamping", KEY_RSA, true},
};

static void
keys_are_those_of_the_profile(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(key_cases); i++) {
		struct profile *p = NULL;
		char path[4096];
		struct errinfo ei;

		kit_path(key_cases[i].profile, path);
		assert_ok(profile_load(path, NULL, &p, &ei), &ei);
		assert_int_equal(
		    profile_check_spki(
			p, privkey_spki(kit_key(key_cases[i].alg)), &ei),
		    key_cases[i].good ? ERR_OK : ERR_POLICY);
		if (!key_cases[i].good) {
			assert_string_equal(ei.rule, "profile.key");
		}
		profile_free(p);
	}
}

/* A certificate for a request's key under the test profile: built, linted,
 * signed by the GOST CA. */
static void
issue_under(const struct profile *p, struct slice spki)
{
	struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct lint_report report;
	struct template *t = NULL;
	struct issue_values v;
	struct errinfo ei;
	struct kit k; /* for its CA */

	kit_init(&k, "qualified-person", KIT_NOW);
	values_init(&v);
	assert_ok(values_set_profile(&v, slice_str(profile_name(p)), &ei), &ei);
	assert_ok(values_add_attr(&v, OID_CN, SLICE_LIT("Example"), &ei), &ei);
	assert_ok(values_set_spki(&v, spki, &ei), &ei);
	assert_ok(profile_resolve_times(
		      p, &k.ca, &v, KIT_NOW, &v.not_before, &v.not_after, &ei),
	    &ei);
	assert_ok(template_new(p, &k.ca, &t, &ei), &ei);
	assert_ok(
	    template_build(t, &v, SLICE_LIT("@123456789012345678"), &tbs, &ei),
	    &ei);
	assert_int_equal(
	    lint_tbs(p, &k.ca, &v, buf_slice(&tbs), KIT_NOW, &report), ERR_OK);
	kit_sign(&k, buf_slice(&tbs), &der);
	template_free(t);
	values_clear(&v);
	buf_clear(&tbs);
	buf_clear(&der);
	kit_clear(&k);
}

/* The three requests of RFC 9215 are refused by the product's profile for
 * their parameter sets, and issued under the test profile. */
static void
rfc9215_requests(void **state)
{
	static const char *const names[] = {"rfc9215-256-test-paramset",
	    "rfc9215-256a-paramset", "rfc9215-512-test-paramset"};
	const char *data = getenv("SURGUCH_REFERENCE_DATA");
	const char *root = getenv("SURGUCH_SOURCE_ROOT");
	struct profile *real = NULL;
	struct profile *test = NULL;
	char path[4096];
	struct errinfo ei;

	(void)state;
	root = root != NULL ? root : ".";
	kit_path("qualified-person", path);
	assert_ok(profile_load(path, NULL, &real, &ei), &ei);
	(void)snprintf(
	    path, sizeof(path), "%s/tests/data/profiles/rfc9215.conf", root);
	assert_ok(profile_load(path, NULL, &test, &ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf der = BUF_INIT(CSR_BYTES_MAX);
		struct csr *csr = NULL;

		(void)snprintf(path, sizeof(path),
		    "%s%s/gost/vectors/%s.req.der", data != NULL ? data : root,
		    data != NULL ? "" : "/../shared/data", names[i]);
		if (!file_exists(path)) {
			print_message("reference data absent: %s\n", path);
			profile_free(real);
			profile_free(test);
			skip();
		}
		kit_read(path, &der);
		assert_ok(csr_parse(buf_slice(&der), &csr, &ei), &ei);
		assert_ok(csr_verify(csr, &ei), &ei);
		assert_int_equal(
		    profile_check_spki(real, csr_spki(csr), &ei), ERR_POLICY);
		assert_string_equal(ei.rule, "profile.key");
		assert_ok(profile_check_spki(test, csr_spki(csr), &ei), &ei);
		issue_under(test, csr_spki(csr));
		csr_free(csr);
		buf_clear(&der);
	}
	profile_free(real);
	profile_free(test);
	print_message("proves: A9\n");
}

/* The subject comes from the registry, never from the request. */
static void
the_requests_subject_is_compared_or_ignored(void **state)
{
	struct name *same = name_new();
	struct name *other = name_new();
	struct errinfo ei;
	struct kit k;

	(void)state;
	kit_init(&k, "tls-client", KIT_NOW);
	for (size_t i = k.v.attrs.num; i-- > 0;) {
		const struct subject_attr *a = &k.v.attrs.at[i];

		assert_ok(name_add(same, a->id, DER_UTF8_STRING,
			      slice_str(a->text), &ei),
		    &ei);
	}
	assert_ok(
	    name_add(other, OID_CN, DER_UTF8_STRING, SLICE_LIT("petrov"), &ei),
	    &ei);
	assert_ok(
	    profile_check_request_subject(k.p, other, &k.v.attrs, &ei), &ei);
	k.p->csr_subject = CSR_SUBJECT_COMPARE;
	assert_ok(
	    profile_check_request_subject(k.p, same, &k.v.attrs, &ei), &ei);
	assert_int_equal(
	    profile_check_request_subject(k.p, other, &k.v.attrs, &ei),
	    ERR_POLICY);
	assert_string_equal(ei.rule, "profile.request_subject");
	name_free(same);
	name_free(other);
	kit_clear(&k);
}

/* --- the manual ------------------------------------------------------------
 */

static size_t
check_documented(const struct conf_setting *table, const char *page)
{
	size_t num = 0;

	for (; table->type != CONF_END; table++, num++) {
		char want[80];

		(void)snprintf(want, sizeof(want), ".It Ic %s\n", table->name);
		if (strstr(page, want) == NULL) {
			print_error("not in the manual: %s\n", table->name);
			num += 1000;
		}
	}
	return num;
}

/* surguch-profile(5) has every setting, and no other. */
static void
every_setting_is_in_the_manual(void **state)
{
	const char *root = getenv("SURGUCH_SOURCE_ROOT");
	const struct conf_setting *tables[32] = {profile_settings};
	size_t num_tables = 1;
	size_t num_settings = 0;
	size_t num_items = 0;
	struct buf page = BUF_INIT(CONF_BYTES_MAX);
	char path[4096];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/docs/man/surguch-profile.5",
	    root != NULL ? root : ".");
	kit_read(path, &page);
	for (size_t i = 0; i < num_tables; i++) {
		for (const struct conf_setting *s = tables[i];
		     s->type != CONF_END; s++) {
			if (s->members != NULL) {
				assert_true(num_tables < ARRAY_LEN(tables));
				tables[num_tables++] = s->members;
			}
		}
		num_settings += check_documented(tables[i], buf_cstr(&page));
	}
	for (const char *at = buf_cstr(&page);
	     (at = strstr(at, "\n.It Ic ")) != NULL; at++) {
		num_items++;
	}
	assert_int_equal(num_items, num_settings);
	buf_clear(&page);
}

static void
a_missing_file_is_said_so(void **state)
{
	struct profile *p = NULL;
	struct errinfo ei;

	(void)state;
	assert_int_equal(
	    profile_load("/nonexistent/profile.conf", NULL, &p, &ei),
	    ERR_NOTFOUND);
	assert_null(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_product_profile_loads),
	    cmocka_unit_test(profiles_say_what_callers_ask),
	    cmocka_unit_test(nothing_claims_to_be_qualified),
	    cmocka_unit_test(mistakes_are_reported_with_their_line),
	    cmocka_unit_test(all_mistakes_are_reported_at_once),
	    cmocka_unit_test(values_are_refused_by_name),
	    cmocka_unit_test(names_and_identification_are_refused_by_name),
	    cmocka_unit_test(keys_are_those_of_the_profile),
	    cmocka_unit_test(rfc9215_requests),
	    cmocka_unit_test(the_requests_subject_is_compared_or_ignored),
	    cmocka_unit_test(every_setting_is_in_the_manual),
	    cmocka_unit_test(a_missing_file_is_said_so),
	};

	return cmocka_run_group_tests(
	    tests, kit_group_setup, kit_group_teardown);
}
