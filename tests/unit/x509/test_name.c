/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "reference.h"
#include "x509/asn1_text.h"
#include "x509/name.h"

#define TEXT(tag, lit)                                                         \
	{                                                                      \
		(tag),                                                         \
		{                                                              \
			(const uint8_t *)(lit), sizeof(lit) - 1                \
		}                                                              \
	}

/* Each string type: what it may hold, and what that is in UTF-8. */
static const struct {
	const char *name;
	struct asn1_text in;
	bool valid;
	const char *utf8; /* NULL: refused */
} texts[] = {
    {"UTF8", TEXT(DER_UTF8_STRING, "Печать"), true, "Печать"},
    {"UTF8 broken", TEXT(DER_UTF8_STRING, "\xd0"), false, NULL},
    {"UTF8 overlong", TEXT(DER_UTF8_STRING, "\xc0\x80"), false, NULL},
    {"UTF8 surrogate", TEXT(DER_UTF8_STRING, "\xed\xa0\x80"), false, NULL},
    {"UTF8 NUL", TEXT(DER_UTF8_STRING, "a\0b"), false, NULL},
    {"Numeric", TEXT(DER_NUMERIC_STRING, "0123 456"), true, "0123 456"},
    {"Numeric letter", TEXT(DER_NUMERIC_STRING, "12a"), false, "12a"},
    {"Printable", TEXT(DER_PRINTABLE_STRING, "A-1"), true, "A-1"},
    {"Printable as met", TEXT(DER_PRINTABLE_STRING, "a@b*"), true, "a@b*"},
    {"Printable NUL", TEXT(DER_PRINTABLE_STRING, "a\0"), false, NULL},
    {"Printable high", TEXT(DER_PRINTABLE_STRING, "\xe9"), false, NULL},
    {"IA5", TEXT(DER_IA5_STRING, "a@b"), true, "a@b"},
    {"IA5 high", TEXT(DER_IA5_STRING, "\x80"), false, NULL},
    {"IA5 NUL", TEXT(DER_IA5_STRING, "www\0.evil"), false, NULL},
    {"Visible", TEXT(DER_VISIBLE_STRING, "v"), true, "v"},
    {"Visible tab", TEXT(DER_VISIBLE_STRING, "\t"), false, "\t"},
    {"Teletex", TEXT(DER_TELETEX_STRING, "Caf\xe9"), true, "Café"},
    {"BMP", TEXT(DER_BMP_STRING, "\x04\x1f\x04\x40"), true, "Пр"},
    {"BMP odd", TEXT(DER_BMP_STRING, "\x04\x1f\x04"), false, NULL},
    {"BMP surrogate", TEXT(DER_BMP_STRING, "\xd8\x00\xdc\x00"), false, NULL},
    {"BMP NUL", TEXT(DER_BMP_STRING, "\x04\x1f\0\0"), false, NULL},
    {"Universal", TEXT(DER_UNIVERSAL_STRING, "\0\x01\xf5\x8a"), true, "🖊"},
    {"Universal large", TEXT(DER_UNIVERSAL_STRING, "\0\x11\0\0"), false, NULL},
    {"Universal cut", TEXT(DER_UNIVERSAL_STRING, "\0\0\0"), false, NULL},
    {"OCTET STRING", TEXT(DER_OCTET_STRING, "a"), false, NULL},
};

static void
test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct buf b = BUF_INIT(64);
		bool ok = asn1_text_utf8(texts[i].in, &b);

		print_message("%s\n", texts[i].name);
		assert_int_equal(asn1_text_valid(texts[i].in), texts[i].valid);
		assert_int_equal(ok, texts[i].utf8 != NULL);
		assert_string_equal(
		    buf_cstr(&b), texts[i].utf8 != NULL ? texts[i].utf8 : "");
		buf_clear(&b);
	}
	assert_true(asn1_text_is_printable_set(SLICE_LIT("A z0'()+,-./:=?")));
	assert_false(asn1_text_is_printable_set(SLICE_LIT("a@b")));
	assert_false(asn1_text_is_printable_set(SLICE_LIT("a\0")));
}

static struct name *
make(const char *cn, uint8_t tag, size_t len)
{
	struct name *n = name_new();
	struct errinfo ei = {0};

	assert_non_null(n);
	assert_ok(
	    name_add(n, OID_C, DER_PRINTABLE_STRING, SLICE_LIT("RU"), &ei),
	    &ei);
	assert_ok(name_add(n, OID_CN, tag, slice_make(cn, len), &ei), &ei);
	return n;
}

static void
check_print(const struct name *n, const char *want)
{
	struct buf b = BUF_INIT(1024);

	name_print(n, &b);
	assert_string_equal(buf_cstr(&b), want);
	buf_clear(&b);
}

static void
test_print(void **state)
{
	static const struct {
		struct asn1_text cn;
		const char *want;
	} cases[] = {
	    {TEXT(DER_UTF8_STRING, "Печать"), "C=RU, CN=Печать"},
	    {TEXT(DER_UTF8_STRING, "a,b+c\"d\\e<f>g;h"),
		"C=RU, CN=a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h"},
	    {TEXT(DER_UTF8_STRING, "# x "), "C=RU, CN=\\# x\\ "},
	    {TEXT(DER_UTF8_STRING, " "), "C=RU, CN=\\ "},
	    {TEXT(DER_UTF8_STRING, "a\nlevel=info"),
		"C=RU, CN=a\\0Alevel=info"},
	    {TEXT(DER_UTF8_STRING, "a\x01z"), "C=RU, CN=a\\01z"},
	    {TEXT(DER_UTF8_STRING, "\u202etxt"), "C=RU, CN=\\E2\\80\\AEtxt"},
	    {TEXT(DER_BMP_STRING, "\x04\x1f"), "C=RU, CN=П"},
	    {TEXT(DER_OCTET_STRING, "\x01\xff"), "C=RU, CN=#040201ff"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct name *n = make((const char *)cases[i].cn.value.p,
		    cases[i].cn.tag, cases[i].cn.value.len);

		check_print(n, cases[i].want);
		name_free(n);
	}
}

static void
test_old_types(void **state)
{
	struct buf der = BUF_INIT(FILE_BYTES), text = BUF_INIT(64);
	char path[PATH_SIZE];
	struct name *n = NULL;
	struct errinfo ei = {0};

	(void)state;
	data_path("old-types.name.der", path);
	load_file(path, &der);
	assert_ok(name_parse(buf_slice(&der), &n, &ei), &ei);
	check_print(n, "C=RU, O=Сургуч, OU=Café, CN=Печать, E=a@example.org, "
		       "INN=500100732259, 1.2.3.4.8=#04056279746573");
	assert_true(name_get_utf8(n, OID_O, &text));
	assert_true(name_get_utf8(n, OID_CN, &text));
	assert_string_equal(buf_cstr(&text), "СургучПечать");
	assert_false(name_get_utf8(n, OID_SNILS, &text));
	assert_int_equal(name_find(n, OID_INN)->tag, DER_NUMERIC_STRING);
	assert_null(name_find(n, OID_SNILS));
	assert_int_equal(name_count(n, OID_C), 1);
	name_free(n);
	buf_clear(&der);
	buf_clear(&text);
}

#define CN_A                                                                   \
	"\x30\x08\x06\x03\x55\x04\x03\x0c\x01"                                 \
	"a"
#define CN_B                                                                   \
	"\x30\x08\x06\x03\x55\x04\x03\x0c\x01"                                 \
	"b"

static void
test_faults(void **state)
{
	static const struct {
		const char *name;
		struct slice in;
		const char *rule; /* NULL: accepted */
	} cases[] = {
	    {"empty", {(const uint8_t *)"\x30\x00", 2}, NULL},
	    {"two in an RDN",
		{(const uint8_t *)"\x30\x16\x31\x14" CN_A CN_B, 24}, NULL},
	    {"wrong order in an RDN",
		{(const uint8_t *)"\x30\x16\x31\x14" CN_B CN_A, 24},
		"name.rdn.order"},
	    {"empty RDN", {(const uint8_t *)"\x30\x02\x31\x00", 4},
		"name.rdn.empty"},
	    {"trailing", {(const uint8_t *)"\x30\x00\x05\x00", 4},
		"der.trailing"},
	    {"SEQUENCE for SET", {(const uint8_t *)"\x30\x0c\x30\x0a" CN_A, 14},
		"der.tag"},
	    {"no value",
		{(const uint8_t *)"\x30\x09\x31\x07\x30\x05\x06\x03\x55\x04"
				  "\x03",
		    11},
		"der.truncated"},
	    {"two values",
		{(const uint8_t *)"\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04"
				  "\x03\x05\x00\x05\x00",
		    15},
		"der.trailing"},
	    {"empty string",
		{(const uint8_t *)"\x30\x0b\x31\x09\x30\x07\x06\x03\x55\x04"
				  "\x03\x0c\x00",
		    13},
		"name.value.empty"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct name *n = NULL;
		struct errinfo ei = {0};
		enum err err = name_parse(cases[i].in, &n, &ei);

		print_message("%s\n", cases[i].name);
		if (cases[i].rule == NULL) {
			struct buf again = BUF_INIT(64);

			assert_ok(err, &ei);
			name_build(n, &again);
			assert_true(slice_eq(buf_slice(&again), cases[i].in));
			buf_clear(&again);
		} else {
			assert_int_equal(err, ERR_FORMAT);
			assert_string_equal(ei.rule, cases[i].rule);
			assert_null(n);
		}
		name_free(n);
	}
}

static void
test_limits(void **state)
{
	static uint8_t big[NAME_VALUE_MAX + 1];
	struct name *n = name_new();
	struct errinfo ei = {0};

	(void)state;
	memset(big, 'a', sizeof(big));
	assert_int_equal(name_add(n, OID_CN, DER_UTF8_STRING,
			     slice_make(big, sizeof(big)), &ei),
	    ERR_LIMIT);
	assert_string_equal(ei.object, "CN");
	assert_int_equal(
	    name_add(n, OID_INN, DER_NUMERIC_STRING, SLICE_LIT("1a"), &ei),
	    ERR_FORMAT);
	assert_string_equal(ei.rule, "name.value");
	assert_int_equal(name_num_attrs(n), 0);
	for (size_t i = 0; i < NAME_ATTRS_MAX; i++) {
		assert_ok(name_add(n, OID_OU, DER_UTF8_STRING,
			      slice_make(big, NAME_VALUE_MAX), &ei),
		    &ei);
	}
	assert_int_equal(
	    name_add(n, OID_OU, DER_UTF8_STRING, SLICE_LIT("x"), &ei),
	    ERR_LIMIT);
	assert_string_equal(ei.rule, "name.attributes");
	name_free(n);
	name_free(NULL);
}

static void
test_equal(void **state)
{
	struct name *utf8 = make("Пр", DER_UTF8_STRING, 4);
	struct name *bmp = make("\x04\x1f\x04\x40", DER_BMP_STRING, 4);
	struct name *other = make("Пс", DER_UTF8_STRING, 4);
	struct name *turned = name_new();
	struct name *more = make("Пр", DER_UTF8_STRING, 4);
	struct name *twice = make("Пр", DER_UTF8_STRING, 4);
	struct errinfo ei = {0};

	(void)state;
	assert_true(name_equal_set(utf8, bmp));
	assert_true(name_equal_set(bmp, utf8));
	assert_false(name_equal_set(utf8, other));
	assert_ok(
	    name_add(turned, OID_CN, DER_UTF8_STRING, SLICE_LIT("Пр"), &ei),
	    &ei);
	assert_ok(
	    name_add(turned, OID_C, DER_PRINTABLE_STRING, SLICE_LIT("RU"), &ei),
	    &ei);
	assert_true(name_equal_set(utf8, turned));
	assert_true(name_equal_set(utf8, more));
	assert_ok(
	    name_add(more, OID_C, DER_PRINTABLE_STRING, SLICE_LIT("RU"), &ei),
	    &ei);
	assert_false(name_equal_set(utf8, more));
	/* a a b against a b b */
	assert_ok(
	    name_add(twice, OID_CN, DER_UTF8_STRING, SLICE_LIT("Пр"), &ei),
	    &ei);
	assert_false(name_equal_set(more, twice));
	name_free(utf8);
	name_free(bmp);
	name_free(other);
	name_free(turned);
	name_free(more);
	name_free(twice);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_print),
	    cmocka_unit_test(test_old_types),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
