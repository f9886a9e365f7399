/* SPDX-License-Identifier: Apache-2.0 */
#include "kit.h"

#include <string.h>

#include "x509/cert.h"

static void
a_ca_is_taken_from_its_certificate(void **state)
{
	struct cert *cert = NULL;
	struct errinfo ei;
	struct kit k;

	(void)state;
	kit_init(&k, "tls-client", KIT_NOW);
	assert_ok(cert_parse(ca_identity_cert(&k.ca), &cert, &ei), &ei);
	assert_true(
	    slice_eq(ca_identity_subject(&k.ca), cert_subject_der(cert)));
	assert_true(slice_eq(ca_identity_spki(&k.ca), cert_spki(cert)));
	assert_int_equal(k.ca.key_id_len, KEY_ID_SIZE);
	assert_int_equal(k.ca.not_after, cert_not_after(cert));
	assert_int_equal(k.ca.path_len, 0);
	assert_false(k.ca.self);
	cert_free(cert);
	kit_clear(&k);
	kit_init(&k, "issuing-ca", KIT_NOW);
	assert_int_equal(k.ca.path_len, -1);
	kit_clear(&k);
	print_message("proves: I3\n");
}

static void
what_is_no_ca_is_refused(void **state)
{
	struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct ca_identity ca;
	struct errinfo ei;
	struct kit k;

	(void)state;
	kit_init(&k, "tls-client", KIT_NOW);
	kit_build(&k, &tbs);
	kit_sign(&k, buf_slice(&tbs), &der);
	assert_int_equal(
	    ca_identity_init(&ca, "x", buf_slice(&der), SIG_ECDSA_SHA256, &ei),
	    ERR_POLICY);
	assert_string_equal(ei.rule, "ca.not_ca");
	assert_int_equal(ca_identity_init(&ca, "x", ca_identity_cert(&k.ca),
			     SIG_GOST256, &ei),
	    ERR_POLICY);
	assert_string_equal(ei.rule, "ca.sig_alg");
	assert_int_equal(ca_identity_init(&ca, "", ca_identity_cert(&k.ca),
			     SIG_ECDSA_SHA256, &ei),
	    ERR_FORMAT);
	assert_int_equal(ca_identity_init(&ca, "x", SLICE_LIT("\x30\x00"),
			     SIG_ECDSA_SHA256, &ei),
	    ERR_FORMAT);
	assert_int_equal(
	    ca_identity_init_self(&ca, "x", SIG_NONE, &ei), ERR_FORMAT);
	buf_clear(&tbs);
	buf_clear(&der);
	kit_clear(&k);
}

/* Relying parties would refuse every CRL of such a CA (RFC 5280 6.3.3 f). */
static void
a_ca_signs_certificates_and_crls(void **state)
{
	static const uint32_t usages[] = {
	    KU_CERT_SIGN | KU_CRL_SIGN, KU_CERT_SIGN, KU_CRL_SIGN};
	struct errinfo ei;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(usages); i++) {
		struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
		struct buf der = BUF_INIT(CERT_BYTES_MAX);
		struct ca_identity ca;
		struct kit k;
		enum err err;

		kit_init(&k, "issuing-ca", KIT_NOW);
		template_free(k.t);
		k.p->exts.key_usage = usages[i];
		assert_ok(template_new(k.p, &k.ca, &k.t, &ei), &ei);
		kit_build(&k, &tbs);
		kit_sign(&k, buf_slice(&tbs), &der);
		err = ca_identity_init(
		    &ca, "x", buf_slice(&der), SIG_ECDSA_SHA256, &ei);
		if (i == 0) {
			assert_ok(err, &ei);
			ca_identity_clear(&ca);
		} else {
			assert_int_equal(err, ERR_POLICY);
			assert_string_equal(ei.rule, "ca.key_usage");
		}
		buf_clear(&tbs);
		buf_clear(&der);
		kit_clear(&k);
	}
}

static const struct {
	const char *url;
	bool good;
} urls[] = {
    {"http://e.ru/a.crl", true},
    {"https://e.ru:8443/a?b=c", true},
    {"http://127.0.0.1:8080/crl/x.crl", true},
    {"http://[::1]/x.crl", true},
    {"http://", false},
    {"http:///x", false},
    {"http://:80/x", false},
    {"ftp://e.ru/x", false},
    {"ldap://e.ru/x", false},
    {"e.ru/x", false},
    {"", false},
    {"http://e.ru/a b", false},
    {"http://e.ru/\n", false},
    {"http://пример.рф/", false},
    {"http://e.ru/<x>", false},
    {NULL, false},
};

static void
addresses_have_their_form(void **state)
{
	char long_url[CA_URL_LEN_MAX + 2];
	struct ca_identity ca;
	struct errinfo ei;

	(void)state;
	assert_ok(ca_identity_init_self(&ca, "x", SIG_ECDSA_SHA256, &ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		if ((ca_identity_add_ocsp_url(&ca, urls[i].url, &ei) ==
			ERR_OK) != urls[i].good) {
			fail_msg("%s", urls[i].url);
		}
	}
	memset(long_url, 'a', sizeof(long_url));
	memcpy(long_url, "http://", 7);
	long_url[CA_URL_LEN_MAX + 1] = '\0';
	assert_int_equal(
	    ca_identity_add_crl_url(&ca, long_url, &ei), ERR_FORMAT);
	long_url[CA_URL_LEN_MAX] = '\0';
	for (size_t i = 0; i < CA_URLS_MAX; i++) {
		assert_ok(ca_identity_add_crl_url(&ca, long_url, &ei), &ei);
	}
	assert_int_equal(
	    ca_identity_add_crl_url(&ca, long_url, &ei), ERR_LIMIT);
	ca_identity_clear(&ca);
}

/* RFC 5280 4.2.1.2 (1), against a known answer: SHA-1 of "abc". */
static void
key_ids_are_sha1_of_the_bits(void **state)
{
	static const uint8_t want[KEY_ID_SIZE] = {0xa9, 0x99, 0x3e, 0x36, 0x47,
	    0x06, 0x81, 0x6a, 0xba, 0x3e, 0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c,
	    0x9c, 0xd0, 0xd8, 0x9d};
	uint8_t out[KEY_ID_SIZE];
	struct errinfo ei;

	(void)state;
	assert_ok(key_id_of(SLICE_LIT("abc"), out, &ei), &ei);
	assert_memory_equal(out, want, sizeof(want));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_ca_is_taken_from_its_certificate),
	    cmocka_unit_test(what_is_no_ca_is_refused),
	    cmocka_unit_test(a_ca_signs_certificates_and_crls),
	    cmocka_unit_test(addresses_have_their_form),
	    cmocka_unit_test(key_ids_are_sha1_of_the_bits),
	};

	return cmocka_run_group_tests(
	    tests, kit_group_setup, kit_group_teardown);
}
