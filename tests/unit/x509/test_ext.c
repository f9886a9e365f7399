/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "base/bounds.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "edit.h"
#include "reference.h"
#include "x509/cert.h"
#include "x509/ext.h"
#include "x509/name.h"

static enum err
parse(struct slice der, struct errinfo *ei)
{
	struct cert *c = NULL;
	enum err err = cert_parse(der, &c, ei);

	cert_free(c);
	return err;
}

/*
 * all.crt.der, in the order of make.cnf: the number of each extension, and
 * behind it the child that is its value.
 */
#define E_BASIC    0, 7, 0, 0, 2
#define E_USAGE    0, 7, 0, 1, 2
#define E_SKI      0, 7, 0, 2, 1
#define E_AKI      0, 7, 0, 3, 1
#define E_PURPOSES 0, 7, 0, 4, 1
#define E_SAN      0, 7, 0, 5, 1
#define E_NC       0, 7, 0, 7, 2
#define E_POINTS   0, 7, 0, 8, 1
#define E_AIA      0, 7, 0, 10, 1
#define E_POLICIES 0, 7, 0, 11, 1
#define E_TOOL     0, 7, 0, 12, 1
#define E_TOOLS    0, 7, 0, 13, 1
#define E_KIND     0, 7, 0, 14, 1
#define E_PERIOD   0, 7, 0, 15, 1
#define E_TEMPLATE 0, 7, 0, 16, 1
#define E_VERSION  0, 7, 0, 18, 1
#define E_NOCHECK  0, 7, 0, 19, 1

static const struct near_miss faults[] = {
    {"critical FALSE", PATH(0, 7, 0, 0, 1), WITH("\x01\x01\x00"), ERR_FORMAT,
	"ext.critical.default", "X.690 11.5"},
    {"critical BER", PATH(0, 7, 0, 0, 1), WITH("\x01\x01\x01"), ERR_FORMAT,
	"der.boolean", "X.690 11.1"},
    {"no value", PATH(E_BASIC), WITH(""), ERR_FORMAT, "der.truncated", NULL},
    {"two values", PATH(0, 7, 0, 0, 3), WITH("\x04\x00"), ERR_FORMAT,
	"der.trailing", NULL},
    {"value with trailing", PATH(E_BASIC, 1), WITH("\x05\x00"), ERR_FORMAT,
	"der.trailing", NULL},

    {"CA FALSE", PATH(E_BASIC, 0, 0), WITH("\x01\x01\x00"), ERR_FORMAT,
	"der.boolean", "X.690 11.5"},
    {"path length -1", PATH(E_BASIC, 0, 1), WITH("\x02\x01\xff"), ERR_FORMAT,
	"der.integer.negative", NULL},
    {"path length twice", PATH(E_BASIC, 0, 2), WITH("\x02\x01\x00"), ERR_FORMAT,
	"der.trailing", NULL},

    {"no usage", PATH(E_USAGE, 0), WITH("\x03\x01\x00"), ERR_FORMAT,
	"ext.key_usage.empty", "RFC 5280 4.2.1.3"},
    {"usage with trailing zeros", PATH(E_USAGE, 0), WITH("\x03\x02\x00\x06"),
	ERR_FORMAT, "ext.key_usage.bits", "X.690 11.2.2"},
    {"tenth usage", PATH(E_USAGE, 0), WITH("\x03\x03\x06\x06\x40"), ERR_FORMAT,
	"ext.key_usage.bits", NULL},
    {"dirty usage", PATH(E_USAGE, 0), WITH("\x03\x02\x01\x07"), ERR_FORMAT,
	"der.bits.padding", "X.690 11.2.1"},

    {"empty SKI", PATH(E_SKI, 0), WITH("\x04\x00"), ERR_FORMAT,
	"ext.key_id.length", "RFC 5280 4.2.1.2"},
    {"empty key id", PATH(E_AKI, 0, 0), WITH("\x80\x00"), ERR_FORMAT,
	"ext.key_id.length", "RFC 5280 4.2.1.1"},
    {"issuer without serial", PATH(E_AKI, 0, 2), WITH(""), ERR_FORMAT,
	"ext.aki.pair", "RFC 5280 4.2.1.1"},
    {"serial without issuer", PATH(E_AKI, 0, 1), WITH(""), ERR_FORMAT,
	"ext.aki.pair", "RFC 5280 4.2.1.1"},
    {"serial not minimal", PATH(E_AKI, 0, 2), WITH("\x82\x02\x00\x01"),
	ERR_FORMAT, "der.integer.minimal", NULL},
    {"no issuer's names", PATH(E_AKI, 0, 1), WITH("\xa1\x00"), ERR_FORMAT,
	"general_name.number", NULL},

    {"no purposes", PATH(E_PURPOSES, 0), WITH("\x30\x00"), ERR_FORMAT,
	"ext.ext_key_usage.number", NULL},
    {"malformed purpose", PATH(E_PURPOSES, 0, 0), WITH("\x06\x01\x80"),
	ERR_FORMAT, "der.oid", NULL},

    {"no names", PATH(E_SAN, 0), WITH("\x30\x00"), ERR_FORMAT,
	"general_name.number", NULL},
    {"DNS in UTF-8", PATH(E_SAN, 0, 0), WITH("\x82\x02\xd1\x8f"), ERR_FORMAT,
	"general_name.ascii", "RFC 5280 4.2.1.6"},
    {"IP of 5", PATH(E_SAN, 0, 3), WITH("\x87\x05\1\2\3\4\5"), ERR_FORMAT,
	"general_name.ip", "RFC 5280 4.2.1.6"},
    {"empty RID", PATH(E_SAN, 0, 5), WITH("\x88\x00"), ERR_FORMAT, "der.oid",
	NULL},
    {"kind 9", PATH(E_SAN, 0, 0), WITH("\x89\x01x"), ERR_FORMAT,
	"general_name.kind", "RFC 5280 4.2.1.6"},
    {"constructed DNS", PATH(E_SAN, 0, 0), WITH("\xa2\x00"), ERR_FORMAT,
	"general_name.kind", NULL},
    {"universal string", PATH(E_SAN, 0, 0), WITH("\x16\x01x"), ERR_FORMAT,
	"general_name.kind", NULL},
    {"otherName without value", PATH(E_SAN, 0, 7, 1), WITH(""), ERR_FORMAT,
	"der.truncated", NULL},

    {"empty constraints", PATH(E_NC, 0), WITH("\x30\x00"), ERR_FORMAT,
	"ext.name_constraints.empty", "RFC 5280 4.2.1.10"},
    {"minimum 1", PATH(E_NC, 0, 0, 0, 1), WITH("\x80\x01\x01"), ERR_UNSUPPORTED,
	"ext.name_constraints.minimum", "RFC 5280 4.2.1.10"},

    {"no points", PATH(E_POINTS, 0), WITH("\x30\x00"), ERR_FORMAT,
	"ext.crl_points.number", NULL},
    {"point of nothing", PATH(E_POINTS, 0, 0), WITH("\x30\x00"), ERR_FORMAT,
	"ext.crl_points.empty", "RFC 5280 4.2.1.13"},
    {"unknown point name", PATH(E_POINTS, 0, 0, 0, 0), WITH("\xa2\x00"),
	ERR_FORMAT, "ext.crl_points.name", NULL},
    {"empty relative name", PATH(E_POINTS, 0, 1, 0, 0), WITH("\xa1\x00"),
	ERR_FORMAT, "name.rdn.empty", NULL},
    {"reason 9", PATH(E_POINTS, 0, 0, 1), WITH("\x81\x03\x06\x00\x40"),
	ERR_FORMAT, "ext.crl_points.reasons", NULL},

    {"no access", PATH(E_AIA, 0), WITH("\x30\x00"), ERR_FORMAT,
	"ext.aia.number", NULL},
    {"access without place", PATH(E_AIA, 0, 0, 1), WITH(""), ERR_FORMAT,
	"der.truncated", NULL},

    {"no policies", PATH(E_POLICIES, 0), WITH("\x30\x00"), ERR_FORMAT,
	"ext.policies.number", NULL},
    {"no qualifiers", PATH(E_POLICIES, 0, 2, 1), WITH("\x30\x00"), ERR_FORMAT,
	"ext.policies.qualifiers", NULL},
    {"CPS as UTF8", PATH(E_POLICIES, 0, 2, 1, 0, 1), WITH("\x0c\x01x"),
	ERR_FORMAT, "ext.policies.cps", "RFC 5280 4.2.1.4"},
    {"broken notice", PATH(E_POLICIES, 0, 2, 1, 1, 1, 1), WITH("\x0c\x01\xff"),
	ERR_FORMAT, "ext.policies.notice", NULL},

    {"tool not text", PATH(E_TOOL, 0), WITH("\x04\x01x"), ERR_FORMAT,
	"ext.text", NULL},
    {"tool not UTF-8", PATH(E_TOOL, 0), WITH("\x0c\x01\xc3"), ERR_FORMAT,
	"ext.text", NULL},
    {"three texts", PATH(E_TOOLS, 0, 3), WITH(""), ERR_FORMAT, "der.truncated",
	NULL},
    {"five texts", PATH(E_TOOLS, 0, 4), WITH("\x0c\x01x"), ERR_FORMAT,
	"der.trailing", NULL},
    {"negative kind", PATH(E_KIND, 0), WITH("\x02\x01\xff"), ERR_FORMAT,
	"der.integer.negative", NULL},

    {"empty period", PATH(E_PERIOD, 0), WITH("\x30\x00"), ERR_FORMAT,
	"ext.private_key_period.empty", "RFC 3280 4.2.1.4"},
    {"fraction with zero", PATH(E_PERIOD, 0, 0),
	WITH("\x80\x12"
	     "20260101000000.50Z"),
	ERR_FORMAT, "ext.time.fraction", "X.690 11.7.3"},
    {"fraction of letters", PATH(E_PERIOD, 0, 0),
	WITH("\x80\x11"
	     "20260101000000.xZ"),
	ERR_FORMAT, "ext.time.fraction", "X.690 11.7.3"},
    {"point without fraction", PATH(E_PERIOD, 0, 0),
	WITH("\x80\x10"
	     "20260101000000.Z"),
	ERR_FORMAT, "der.time", NULL},
    {"period without Z", PATH(E_PERIOD, 0, 0),
	WITH("\x80\x0e"
	     "20260101000000"),
	ERR_FORMAT, "der.time", NULL},
    {"one octet of a time", PATH(E_PERIOD, 0, 0), WITH("\x80\x01Z"), ERR_FORMAT,
	"der.time", NULL},
    {"UTCTime in period", PATH(E_PERIOD, 0, 0),
	WITH("\x80\x0d"
	     "260101000000Z"),
	ERR_FORMAT, "der.time", NULL},

    {"template without id", PATH(E_TEMPLATE, 0, 0), WITH(""), ERR_FORMAT,
	"der.tag", NULL},
    {"negative version", PATH(E_VERSION, 0), WITH("\x02\x01\x80"), ERR_FORMAT,
	"ext.number", NULL},
    {"no-check not NULL", PATH(E_NOCHECK, 0), WITH("\x01\x01\xff"), ERR_FORMAT,
	"der.tag", NULL},
};

static void
load_all(struct buf *der)
{
	char path[PATH_SIZE];

	data_path("all.crt.der", path);
	load_file(path, der);
}

static void
test_faults(void **state)
{
	struct buf good = BUF_INIT(FILE_BYTES);

	(void)state;
	load_all(&good);
	check_near_misses(faults, ARRAY_LEN(faults), buf_slice(&good), parse);
	buf_clear(&good);
}

/* A fault names the extension it is in. */
static void
test_object(void **state)
{
	static const uint8_t path[EDIT_DEPTH] = PATH(E_USAGE, 0);
	struct buf good = BUF_INIT(FILE_BYTES), bad = BUF_INIT(FILE_BYTES);
	struct errinfo ei = {0};

	(void)state;
	load_all(&good);
	edit_der(buf_slice(&good), path, SLICE_LIT("\x03\x01\x00"), &bad);
	assert_int_equal(parse(buf_slice(&bad), &ei), ERR_FORMAT);
	assert_string_equal(ei.object, "keyUsage");
	buf_clear(&good);
	buf_clear(&bad);
}

static void
test_getters(void **state)
{
	struct buf good = BUF_INIT(FILE_BYTES), text = BUF_INIT(256);
	const struct ext_list *l;
	const struct ext *x;
	struct cert *c = NULL;
	struct errinfo ei = {0};

	(void)state;
	load_all(&good);
	assert_ok(cert_parse(buf_slice(&good), &c, &ei), &ei);
	l = cert_exts(c);
	assert_int_equal(ext_list_num(l), 21);

	x = ext_find(l, EXT_BASIC_CONSTRAINTS);
	assert_true(x->critical && x->u.basic.ca);
	assert_int_equal(x->u.basic.path_len, 0);
	assert_true(ext_has_key_usage(
	    l, KU_CERT_SIGN | KU_CRL_SIGN | KU_DECIPHER_ONLY));
	x = ext_find(l, EXT_AKI);
	assert_true(x->u.aki.has_key_id);
	assert_true(slice_eq(x->u.aki.key_id, ext_find(l, EXT_SKI)->u.octets));
	assert_true(slice_eq(x->u.aki.serial, cert_serial(c)));
	assert_true(
	    name_equal_set(x->u.aki.issuer.list[0].name, cert_issuer(c)));
	assert_true(ext_has_purpose(l, OID_KP_RA_USER));
	x = ext_find(l, EXT_SAN);
	assert_int_equal(x->u.names.num, 8);
	assert_int_equal(x->u.names.list[0].kind, GN_DNS);
	assert_true(slice_eq_str(x->u.names.list[0].value, "example.org"));
	assert_int_equal(x->u.names.list[4].value.len, 16);
	assert_int_equal(x->u.names.list[7].kind, GN_OTHER);
	x = ext_find(l, EXT_NAME_CONSTRAINTS);
	assert_int_equal(x->u.constraints.permitted.num, 2);
	assert_int_equal(x->u.constraints.excluded.num, 1);
	x = ext_find(l, EXT_CRL_POINTS);
	assert_int_equal(x->u.points.num, 3);
	assert_int_equal(x->u.points.list[0].full.num, 2);
	assert_true(x->u.points.list[0].has_reasons);
	assert_int_equal(x->u.points.list[0].reasons, 1 << 1 | 1 << 2);
	assert_non_null(x->u.points.list[1].relative);
	assert_int_equal(x->u.points.list[2].crl_issuer.num, 1);
	x = ext_find(l, EXT_AIA);
	assert_int_equal(oid_find(x->u.aia.list[0].method), OID_AD_OCSP);
	assert_true(ext_has_policy(l, OID_POLICY_KC1));
	assert_false(ext_has_policy(l, OID_POLICY_KC2));
	x = ext_find(l, EXT_POLICIES);
	assert_int_equal(x->u.policies.list[2].num_qualifiers, 2);
	assert_true(slice_eq_str(x->u.policies.list[2].qualifiers[0].cps,
	    "https://example.org/cps"));
	assert_int_equal(
	    x->u.policies.list[2].qualifiers[1].notice.numbers[2], 300);
	x = ext_find(l, EXT_SUBJECT_SIGN_TOOL);
	assert_true(asn1_text_utf8(x->u.text, &text));
	assert_string_equal(buf_cstr(&text), "Средство");
	assert_int_equal(ext_find(l, EXT_IDENTIFICATION_KIND)->u.number, 1);
	x = ext_find(l, EXT_PRIVATE_KEY_PERIOD);
	assert_int_equal(x->u.period.not_after.sec, 1798761600);
	x = ext_find(l, EXT_RAW);
	assert_true(slice_eq(x->oid, SLICE_LIT("\x2a\x03\x04\x05")));
	assert_null(ext_find(l, EXT_CRL_NUMBER));
	assert_null(ext_find(NULL, EXT_SKI));
	assert_int_equal(ext_list_num(NULL), 0);
	cert_free(c);
	buf_clear(&good);
	buf_clear(&text);
}

static const char *const urls[] = {"http://a.example/1", "http://a.example/2"};
static const char *const tools[] = {"a", "Центр", "№ 1", "№ 2"};

static void
put_raw(struct buf *b, struct slice oid, bool critical, struct slice value)
{
	ext_build(
	    &(struct ext){.oid = oid, .critical = critical, .u.raw = value}, b);
}

static void
put_all(struct buf *b)
{
	struct general_name names[] = {
	    {.kind = GN_DNS, .value = SLICE_LIT("example.org")},
	    {.kind = GN_IP, .value = SLICE_LIT("\x7f\0\0\1")},
	};
	struct slice purposes[] = {
	    oid_bytes(OID_KP_CLIENT), oid_bytes(OID_KP_EMAIL)};
	struct slice policies[] = {
	    oid_bytes(OID_POLICY_KC1), oid_bytes(OID_POLICY_KC2)};
	size_t seq = der_open(b, DER_SEQUENCE);

	ext_put_key_usage(b, true, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION);
	ext_put_ext_key_usage(b, false, purposes, 2);
	ext_put_basic_constraints(b, true, false, -1);
	ext_put_ski(b, SLICE_LIT("01234567890123456789"));
	ext_put_aki(b, SLICE_LIT("98765432109876543210"));
	ext_put_crl_points(b, urls, 2);
	ext_put_aia(b, urls, 1, urls + 1, 1);
	ext_put_aia(b, NULL, 0, NULL, 0);
	ext_put_policies(b, policies, 2);
	ext_build(&(struct ext){.kind = EXT_SAN, .u.names = {names, 2}}, b);
	ext_put_subject_sign_tool(b, "Средство");
	ext_put_issuer_sign_tool(b, tools);
	ext_put_identification_kind(b, 0);
	ext_put_private_key_period(b, 0, 1798761600);
	ext_put_ocsp_no_check(b);
	ext_put_crl_number(b, SLICE_LIT("\x80"));
	ext_put_reason_code(b, CRL_REASON_SUPERSEDED);
	ext_put_ocsp_nonce(b, SLICE_LIT("nonce"));
	put_raw(b, SLICE_LIT("\x2a\x03"), true, SLICE_LIT("\x05\x00"));
	der_close(b, seq);
}

/* What the builders write, the parser reads, and it is written so again. */
static void
test_put(void **state)
{
	struct buf der = BUF_INIT(FILE_BYTES), again = BUF_INIT(FILE_BYTES);
	struct ext_list *l = NULL;
	struct errinfo ei = {0};
	const struct ext *x;

	(void)state;
	put_all(&der);
	assert_ok(buf_err(&der, &ei), &ei);
	assert_ok(ext_list_parse(buf_slice(&der), &l, &ei), &ei);
	assert_int_equal(ext_list_num(l), 18);
	assert_true(ext_find(l, EXT_KEY_USAGE)->critical);
	assert_false(ext_find(l, EXT_SAN)->critical);
	x = ext_find(l, EXT_BASIC_CONSTRAINTS);
	assert_true(!x->u.basic.ca && x->u.basic.path_len == -1);
	assert_int_equal(ext_find(l, EXT_CRL_POINTS)->u.points.num, 2);
	assert_int_equal(ext_find(l, EXT_AIA)->u.aia.num, 2);
	assert_true(slice_eq(
	    ext_find(l, EXT_CRL_NUMBER)->u.integer, SLICE_LIT("\x00\x80")));
	assert_int_equal(
	    ext_find(l, EXT_REASON_CODE)->u.reason, CRL_REASON_SUPERSEDED);
	ext_list_build(l, &again);
	assert_true(slice_eq(buf_slice(&again), buf_slice(&der)));
	ext_list_free(l);
	buf_clear(&der);
	buf_clear(&again);
}

/* Exact bytes, worked out by hand. */
static void
test_bytes(void **state)
{
	struct buf b = BUF_INIT(1024);

	(void)state;
	ext_put_key_usage(&b, true, KU_CERT_SIGN | KU_CRL_SIGN);
	ext_put_basic_constraints(&b, true, true, 0);
	assert_true(slice_eq(buf_slice(&b),
	    SLICE_LIT("\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x04\x03"
		      "\x02\x01\x06"
		      "\x30\x12\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x08\x30"
		      "\x06\x01\x01\xff\x02\x01\x00")));
	buf_clear(&b);
}

/* The bound on how many, from both sides. */
static void
test_number(void **state)
{
	(void)state;
	for (size_t num = CERT_EXTS_MAX; num <= CERT_EXTS_MAX + 1; num++) {
		struct buf b = BUF_INIT(FILE_BYTES);
		struct ext_list *l = NULL;
		struct errinfo ei = {0};
		size_t seq = der_open(&b, DER_SEQUENCE);

		for (size_t i = 0; i < num; i++) {
			uint8_t oid[2] = {0x2a, (uint8_t)i};

			put_raw(&b, slice_make(oid, 2), false, SLICE_EMPTY);
		}
		der_close(&b, seq);
		if (num == CERT_EXTS_MAX) {
			assert_ok(ext_list_parse(buf_slice(&b), &l, &ei), &ei);
		} else {
			assert_int_equal(
			    ext_list_parse(buf_slice(&b), &l, &ei), ERR_LIMIT);
			assert_string_equal(ei.rule, "ext.number");
		}
		ext_list_free(l);
		buf_clear(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_object),
	    cmocka_unit_test(test_getters),
	    cmocka_unit_test(test_put),
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
