/* SPDX-License-Identifier: Apache-2.0 */
/* What a certificate is for, in words: of a profile, and of a certificate that
 * was made by it. */
#include "kit.h"

#include <string.h>

#include "der/write.h"
#include "profile/purpose.h"
#include "x509/cert.h"
#include "x509/ext.h"

enum {
	NOW = 1798761600 /* 2027-01-01 */
};

static void
join(const struct purposes *all, struct buf *ru, struct buf *en)
{
	for (size_t i = 0; i < all->num; i++) {
		buf_printf(ru, "%s|", purpose_ru(&all->at[i]));
		buf_printf(en, "%s|", purpose_en(&all->at[i]));
	}
}

static const struct {
	const char *profile;
	const char *ru;
	const char *en;
} cases[] = {
    {"qualified-person",
	"Электронная подпись|Шифрование|Вход на сайты и в системы|Защищённая "
	"электронная почта|",
	"Electronic signature|Encryption|Signing in to sites and "
	"systems|Secure e-mail|"},
    {"root-ca", "Выпуск сертификатов|Списки отозванных сертификатов|",
	"Issuing certificates|Lists of revoked certificates|"},
    {"ocsp", "Электронная подпись|Ответы о состоянии сертификатов|",
	"Electronic signature|Answers about certificates' status|"},
    {"page-order", "Электронная подпись|Поручения приложению на рабочем месте|",
	"Electronic signature|Orders for the application at the workplace|"},
};

static void
test_words(void **state)
{
	(void)state;
	print_message("proves: A4\n");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf tbs = BUF_INIT(CERT_BYTES_MAX);
		struct buf der = BUF_INIT(CERT_BYTES_MAX);
		struct buf ru[2] = {BUF_INIT(4096), BUF_INIT(4096)};
		struct buf en[2] = {BUF_INIT(4096), BUF_INIT(4096)};
		struct purposes all;
		struct cert *cert;
		struct errinfo ei;
		struct kit k;

		kit_init(&k, cases[i].profile, NOW);
		purposes_of_profile(k.p, &all);
		join(&all, &ru[0], &en[0]);
		assert_string_equal(buf_cstr(&ru[0]), cases[i].ru);
		assert_string_equal(buf_cstr(&en[0]), cases[i].en);
		kit_build(&k, &tbs);
		kit_sign(&k, buf_slice(&tbs), &der);
		assert_ok(cert_parse(buf_slice(&der), &cert, &ei), &ei);
		purposes_of_exts(cert_exts(cert), &all);
		join(&all, &ru[1], &en[1]);
		assert_string_equal(buf_cstr(&ru[1]), cases[i].ru);
		assert_string_equal(buf_cstr(&en[1]), cases[i].en);
		cert_free(cert);
		for (size_t j = 0; j < 2; j++) {
			buf_clear(&ru[j]);
			buf_clear(&en[j]);
		}
		buf_clear(&tbs);
		buf_clear(&der);
		kit_clear(&k);
	}
}

/* Of a list of extensions made here. */
static void
of_exts(struct buf *exts, struct purposes *out)
{
	struct buf whole = BUF_INIT(8192);
	struct ext_list *list;
	struct errinfo ei;

	der_put(&whole, DER_SEQUENCE, buf_slice(exts));
	assert_ok(ext_list_parse(buf_slice(&whole), &list, &ei), &ei);
	purposes_of_exts(list, out);
	ext_list_free(list);
	buf_clear(&whole);
}

/* A purpose that we have no words for is its OID, a policy that we do not know
 * nothing; classes of signing tools have words; none is written past the end.
 */
static void
test_others(void **state)
{
	static const uint8_t arcs[][3] = {
	    {0x2a, 0x03, 0x04}, {0x2a, 0x03, 0x05}};
	struct slice oids[PURPOSES_MAX + 4];
	uint8_t many[PURPOSES_MAX + 4][3];
	struct slice policies[] = {
	    slice_make(arcs[0], 3), oid_bytes(OID_POLICY_KC2)};
	struct buf exts = BUF_INIT(8192);
	struct purposes all;

	(void)state;
	purposes_of_exts(NULL, &all);
	assert_int_equal(all.num, 0);
	for (size_t i = 0; i < ARRAY_LEN(oids); i++) {
		many[i][0] = 0x2a;
		many[i][1] = 0x03;
		many[i][2] = (uint8_t)i;
		oids[i] = slice_make(many[i], 3);
	}
	ext_put_ext_key_usage(&exts, false, oids + 4, 1);
	ext_put_policies(&exts, policies, 2);
	of_exts(&exts, &all);
	assert_int_equal(all.num, 2);
	assert_string_equal(purpose_ru(&all.at[0]), "1.2.3.4");
	assert_string_equal(purpose_en(&all.at[0]), "1.2.3.4");
	assert_string_equal(purpose_en(&all.at[1]), "Signature tool class KC2");
	buf_reset(&exts);
	ext_put_ext_key_usage(&exts, false, oids, ARRAY_LEN(oids));
	of_exts(&exts, &all);
	assert_int_equal(all.num, PURPOSES_MAX);
	buf_clear(&exts);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(
	    tests, kit_group_setup, kit_group_teardown);
}
