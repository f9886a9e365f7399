/* SPDX-License-Identifier: Apache-2.0 */
#include "kit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/pubkey.h"
#include "der/der.h"
#include "x509/cert.h"
#include "x509/ext.h"
#include "x509/name.h"

static void
fail_on(const struct lint_report *report, const char *profile)
{
	for (size_t i = 0; i < report->num; i++) {
		print_error("%s: %s %s: %s\n", profile,
		    err_name(report->at[i].kind), report->at[i].rule,
		    report->at[i].text);
	}
	assert_int_equal(report->num, 0);
}

/* Each profile's certificate passes lint, parses, verifies under its CA, and
 * is exactly what was asked. */
static void
every_profile_makes_a_right_certificate(void **state)
{
	(void)state;
	for (size_t i = 0; i < kit_num_profiles; i++) {
		struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
		struct buf der = BUF_INIT(CERT_BYTES_MAX);
		struct lint_report report;
		struct pubkey *ca_key = NULL;
		struct cert *cert = NULL;
		struct errinfo ei;
		struct kit k;

		kit_init(&k, kit_profiles[i], KIT_NOW);
		kit_build(&k, &tbs);
		(void)!lint_tbs(
		    k.p, &k.ca, &k.v, buf_slice(&tbs), k.now, &report);
		fail_on(&report, kit_profiles[i]);
		kit_sign(&k, buf_slice(&tbs), &der);
		assert_ok(cert_parse(buf_slice(&der), &cert, &ei), &ei);
		assert_ok(
		    pubkey_parse(privkey_spki(k.ca_key), &ca_key, &ei), &ei);
		assert_ok(cert_verify(cert, ca_key, &ei), &ei);
		assert_int_equal(
		    name_num_attrs(cert_subject(cert)), k.v.attrs.num);
		assert_true(slice_eq(cert_spki(cert), values_spki(&k.v)));
		assert_int_equal(cert_not_before(cert), k.v.not_before);
		assert_int_equal(cert_serial(cert).len, SERIAL_SIZE);
		cert_free(cert);
		pubkey_free(ca_key);
		buf_clear(&tbs);
		buf_clear(&der);
		kit_clear(&k);
	}
	print_message("proves: I1\n");
}

/* What the qualified form looks like, piece by piece. */
static void
the_qualified_form(void **state)
{
	static const enum oid order[] = {OID_CN, OID_SN, OID_GN, OID_TITLE,
	    OID_C, OID_ST, OID_L, OID_STREET, OID_O, OID_OU, OID_OGRN,
	    OID_INNLE, OID_SNILS, OID_INN, OID_RNS_FSS, OID_EMAIL};
	struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
	struct buf text = BUF_INIT(1000);
	const struct ext_list *exts;
	const struct name *subject;
	struct cert *cert = NULL;
	struct errinfo ei;
	struct kit k;

	(void)state;
	kit_init(&k, "qualified-org-person", KIT_NOW);
	kit_build(&k, &tbs);
	assert_ok(cert_parse_tbs(buf_slice(&tbs), &cert, &ei), &ei);
	subject = cert_subject(cert);
	assert_int_equal(name_num_attrs(subject), ARRAY_LEN(order));
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		assert_int_equal(name_attr(subject, i)->id, order[i]);
	}
	assert_int_equal(
	    name_find(subject, OID_SNILS)->tag, DER_NUMERIC_STRING);
	assert_int_equal(
	    name_find(subject, OID_INNLE)->tag, DER_NUMERIC_STRING);
	assert_int_equal(name_find(subject, OID_EMAIL)->tag, DER_IA5_STRING);
	assert_int_equal(name_find(subject, OID_C)->tag, DER_PRINTABLE_STRING);
	assert_int_equal(name_find(subject, OID_ST)->tag, DER_UTF8_STRING);
	exts = cert_exts(cert);
	assert_null(ext_find(exts, EXT_POLICIES));
	assert_int_equal(ext_find(exts, EXT_IDENTIFICATION_KIND)->u.number, 0);
	assert_int_equal(
	    ext_find(exts, EXT_PRIVATE_KEY_PERIOD)->u.period.not_before.sec,
	    k.v.not_before);
	assert_int_equal(
	    ext_find(exts, EXT_PRIVATE_KEY_PERIOD)->u.period.not_after.sec,
	    k.v.not_after);
	assert_true(asn1_text_utf8(
	    ext_find(exts, EXT_ISSUER_SIGN_TOOL)->u.texts[0], &text));
	assert_non_null(strstr(buf_cstr(&text), "surguch 0."));
	assert_non_null(strstr(buf_cstr(&text), "(не сертифицировано)"));
	assert_true(ext_has_purpose(exts, OID_KP_CLIENT));
	assert_true(
	    ext_has_key_usage(exts, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION));
	cert_free(cert);
	buf_clear(&text);
	buf_clear(&tbs);
	kit_clear(&k);
	print_message("proves: I1\n");
}

/* One template serves many certificates: nothing of one stays in the next. */
static void
a_template_keeps_nothing(void **state)
{
	struct buf first = BUF_INIT(PROFILE_TBS_MAX);
	struct buf other = BUF_INIT(PROFILE_TBS_MAX);
	struct buf again = BUF_INIT(PROFILE_TBS_MAX);
	struct errinfo ei;
	struct kit k;

	(void)state;
	kit_init(&k, "qualified-person", KIT_NOW);
	kit_build(&k, &first);
	k.v.identification_kind = IDENTIFICATION_REMOTE_CERT;
	k.v.not_before += 100;
	k.v.not_after -= 100;
	assert_ok(
	    values_set_spki(&k.v, privkey_spki(kit_key(KEY_GOST512)), &ei),
	    &ei);
	kit_build(&k, &other);
	assert_false(slice_eq(buf_slice(&first), buf_slice(&other)));
	k.v.identification_kind = IDENTIFICATION_PERSONAL;
	k.v.not_before -= 100;
	k.v.not_after += 100;
	assert_ok(values_set_spki(&k.v, privkey_spki(k.key), &ei), &ei);
	kit_build(&k, &again);
	assert_true(slice_eq(buf_slice(&first), buf_slice(&again)));
	buf_clear(&first);
	buf_clear(&other);
	buf_clear(&again);
	kit_clear(&k);
}

/* RFC 5280 4.1.2.5: a root made in 2035 ends in 2053. */
static void
dates_beyond_2049(void **state)
{
	static const int64_t in_2035 = 2051222400;
	struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
	struct lint_report report;
	struct cert *cert = NULL;
	struct errinfo ei;
	struct kit k;

	(void)state;
	kit_init(&k, "root-ca", in_2035);
	kit_build(&k, &tbs);
	(void)!lint_tbs(k.p, &k.ca, &k.v, buf_slice(&tbs), k.now, &report);
	fail_on(&report, "root-ca");
	assert_ok(cert_parse_tbs(buf_slice(&tbs), &cert, &ei), &ei);
	assert_int_equal(cert_not_before_tag(cert), DER_UTC_TIME);
	assert_int_equal(cert_not_after_tag(cert), DER_GENERALIZED_TIME);
	cert_free(cert);
	buf_clear(&tbs);
	kit_clear(&k);
}

static void
serials_are_positive_and_nineteen_octets(void **state)
{
	uint8_t random[SERIAL_SIZE];
	uint8_t serial[SERIAL_SIZE];

	(void)state;
	for (int first = 0; first < 256; first++) {
		memset(random, 0, sizeof(random));
		random[0] = (uint8_t)first;
		serial_make(random, serial);
		assert_in_range(serial[0], 0x40, 0x7f);
		assert_int_equal(serial[0] & 0x3f, first & 0x3f);
	}
}

static void
bad_serials_and_times_are_defects(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool good;
	} serials[] = {
	    {"\x40"
	     "123456789012345678",
		19, true},
	    {"\x80"
	     "123456789012345678",
		19, true}, /* 20 octets in DER */
	    {"\x7f"
	     "1234567890123456789",
		20, true},
	    {"\x80"
	     "1234567890123456789",
		20, false}, /* 21 in DER */
	    {"\x00"
	     "123456789012345678",
		19, false},
	    {"\x40"
	     "12345678901234567",
		18, false},
	    {"\x40"
	     "12345678901234567890",
		21, false},
	    {"", 0, false},
	};
	struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
	struct errinfo ei;
	struct kit k;

	(void)state;
	kit_init(&k, "tls-client", KIT_NOW);
	for (size_t i = 0; i < ARRAY_LEN(serials); i++) {
		struct slice serial =
		    slice_make(serials[i].bytes, serials[i].len);

		assert_int_equal(template_build(k.t, &k.v, serial, &tbs, &ei),
		    serials[i].good ? ERR_OK : ERR_INTERNAL);
		assert_true(serials[i].good == (tbs.len > 0));
		buf_reset(&tbs);
	}
	k.v.not_after = 0;
	assert_int_equal(template_build(k.t, &k.v,
			     slice_make(serials[0].bytes, 19), &tbs, &ei),
	    ERR_INTERNAL);
	assert_string_equal(ei.rule, "template.times");
	buf_clear(&tbs);
	kit_clear(&k);
}

static void
a_buffer_too_small_is_left_as_it_was(void **state)
{
	struct buf tbs = BUF_INIT(300);
	struct errinfo ei;
	struct kit k;

	(void)state;
	buf_add_str(&tbs, "before");
	kit_init(&k, "tls-client", KIT_NOW);
	assert_int_equal(template_build(k.t, &k.v,
			     SLICE_LIT("@123456789012345678"), &tbs, &ei),
	    ERR_LIMIT);
	assert_int_equal(tbs.len, 6);
	buf_clear(&tbs);
	kit_clear(&k);
}

/* A profile and a CA that do not fit are refused before any certificate. */
static void
profiles_and_cas_that_do_not_fit(void **state)
{
	struct template *t = NULL;
	struct errinfo ei;
	struct kit a, b;

	(void)state;
	kit_init(&a, "tls-client", KIT_NOW);
	kit_init(&b, "root-ca", KIT_NOW);
	assert_int_equal(template_new(a.p, &b.ca, &t, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "template.self_signed");
	assert_int_equal(template_new(b.p, &a.ca, &t, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "template.self_signed");
	kit_clear(&b);
	kit_init(&b, "qualified-person", KIT_NOW);
	assert_int_equal(template_new(b.p, &a.ca, &t, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "template.sig_alg");
	kit_clear(&b);
	kit_init(&b, "issuing-ca", KIT_NOW);
	/* The issuing CA's own path length is 0: no CA below it. */
	assert_int_equal(template_new(b.p, &a.ca, &t, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "template.path_len");
	kit_clear(&b);
	free(a.ca.ocsp_urls.at[--a.ca.ocsp_urls.num]);
	assert_int_equal(template_new(a.p, &a.ca, &t, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "template.urls");
	assert_null(t);
	kit_clear(&a);
	print_message("proves: I3\n");
}

static const struct {
	const char *name;
	int64_t not_before; /* asked, against now; 0: not asked */
	int64_t not_after;
	int64_t want_before; /* against now */
	int64_t want_after;
	const char *rule;
} times[] = {
#define DAY ((int64_t)86400)
    {"nothing asked", 0, 0, -60, 90 * DAY - 60, NULL},
    {"start", -300, 0, -300, 90 * DAY - 300, NULL},
    {"too early", -361, 0, 0, 0, "profile.not_before"},
    {"ahead", 300, 0, 300, 90 * DAY + 300, NULL},
    {"too late", 301, 0, 0, 0, "profile.not_before"},
    {"end", 0, 10 * DAY, -60, 10 * DAY, NULL},
    {"longest", 0, 398 * DAY - 60, -60, 398 * DAY - 60, NULL},
    {"too long", 0, 398 * DAY - 59, 0, 0, "profile.not_after"},
    {"ends before it begins", 0, -60, 0, 0, "profile.not_after"},
};

static void
validity_is_decided_by_profile_and_ca(void **state)
{
	struct errinfo ei;
	struct kit k;
	int64_t from, to;

	(void)state;
	kit_init(&k, "tls-server", KIT_NOW);
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		enum err err;

		k.v.not_before = times[i].not_before != 0
				     ? KIT_NOW + times[i].not_before
				     : 0;
		k.v.not_after =
		    times[i].not_after != 0 ? KIT_NOW + times[i].not_after : 0;
		err = profile_resolve_times(
		    k.p, &k.ca, &k.v, KIT_NOW, &from, &to, &ei);
		if (times[i].rule != NULL) {
			if (err != ERR_POLICY) {
				fail_msg("%s", times[i].name);
			}
			assert_string_equal(ei.rule, times[i].rule);
			continue;
		}
		if (err != ERR_OK || from != KIT_NOW + times[i].want_before ||
		    to != KIT_NOW + times[i].want_after) {
			fail_msg("%s", times[i].name);
		}
	}
	kit_clear(&k);
}

/* No certificate outlives its CA. */
static void
the_ca_ends_first(void **state)
{
	struct errinfo ei;
	struct kit k;
	int64_t from, to;

	(void)state;
	kit_init(&k, "tls-server", KIT_NOW);
	k.v.not_before = k.v.not_after = 0;
	k.ca.not_after = KIT_NOW + 10 * DAY;
	assert_ok(
	    profile_resolve_times(k.p, &k.ca, &k.v, KIT_NOW, &from, &to, &ei),
	    &ei);
	assert_int_equal(to, k.ca.not_after);
	k.v.not_after = k.ca.not_after + 1;
	assert_int_equal(
	    profile_resolve_times(k.p, &k.ca, &k.v, KIT_NOW, &from, &to, &ei),
	    ERR_POLICY);
	assert_string_equal(ei.rule, "profile.not_after");
	k.v.not_after = 0;
	k.ca.not_after = KIT_NOW;
	assert_int_equal(
	    profile_resolve_times(k.p, &k.ca, &k.v, KIT_NOW, &from, &to, &ei),
	    ERR_POLICY);
	assert_string_equal(ei.rule, "profile.ca_ended");
	/* And none begins before it. */
	k.ca.not_after = KIT_NOW + 10 * DAY;
	k.ca.not_before = KIT_NOW - 5;
	assert_ok(
	    profile_resolve_times(k.p, &k.ca, &k.v, KIT_NOW, &from, &to, &ei),
	    &ei);
	assert_int_equal(from, KIT_NOW - 5);
	kit_clear(&k);
	print_message("proves: I3\n");
}

static int64_t
cpu_ns(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Not a bar, a figure: design 6 wants building to cost next to nothing. */
static void
what_building_costs(void **state)
{
	static const char *const names[] = {
	    "tls-client", "qualified-org-person"};
	enum {
		ROUNDS = 500
	};

	(void)state;
	for (size_t n = 0; n < ARRAY_LEN(names); n++) {
		struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
		struct lint_report report;
		int64_t start, built, linted;
		struct kit k;

		kit_init(&k, names[n], KIT_NOW);
		start = cpu_ns();
		for (size_t i = 0; i < ROUNDS; i++) {
			buf_reset(&tbs);
			kit_build(&k, &tbs);
		}
		built = cpu_ns();
		for (size_t i = 0; i < ROUNDS; i++) {
			(void)!lint_tbs(
			    k.p, &k.ca, &k.v, buf_slice(&tbs), k.now, &report);
		}
		linted = cpu_ns();
		print_message("%s: %zu bytes, template %.1f us, lint %.1f us\n",
		    names[n], tbs.len, (double)(built - start) / ROUNDS / 1000,
		    (double)(linted - built) / ROUNDS / 1000);
		buf_clear(&tbs);
		kit_clear(&k);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_profile_makes_a_right_certificate),
	    cmocka_unit_test(the_qualified_form),
	    cmocka_unit_test(a_template_keeps_nothing),
	    cmocka_unit_test(dates_beyond_2049),
	    cmocka_unit_test(serials_are_positive_and_nineteen_octets),
	    cmocka_unit_test(bad_serials_and_times_are_defects),
	    cmocka_unit_test(a_buffer_too_small_is_left_as_it_was),
	    cmocka_unit_test(profiles_and_cas_that_do_not_fit),
	    cmocka_unit_test(validity_is_decided_by_profile_and_ca),
	    cmocka_unit_test(the_ca_ends_first),
	    cmocka_unit_test(what_building_costs),
	};

	return cmocka_run_group_tests(
	    tests, kit_group_setup, kit_group_teardown);
}
