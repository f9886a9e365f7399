/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "der/der.h"
#include "der/oid.h"
#include "edit.h"
#include "reference.h"
#include "x509/cert_priv.h"
#include "x509/ext.h"
#include "x509/name.h"
#include "x509/spki.h"

static enum err
parse(struct slice der, struct errinfo *ei)
{
	struct cert *c = (struct cert *)(uintptr_t)1;
	enum err err = cert_parse(der, &c, ei);

	if (err == ERR_OK) {
		cert_free(c);
	} else {
		assert_ptr_equal(c, (struct cert *)(uintptr_t)1);
	}
	return err;
}

static enum err
parse_tbs(struct slice der, struct errinfo *ei)
{
	struct cert *c = NULL;
	enum err err = cert_parse_tbs(der, &c, ei);

	cert_free(c);
	return err;
}

#define SERIAL21 "\x02\x15\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define KU       "\x30\x0b\x06\x03\x55\x1d\x0f\x04\x04\x03\x02\x01\x06"

/* p256.crt.der: tbs {version, serial, alg, issuer, validity, subject, key,
 * [3] {keyUsage, extKeyUsage, SAN, ...}}, alg, signature. */
static const struct near_miss faults[] = {
    {"version 1 written out", PATH(0, 0), WITH("\xa0\x03\x02\x01\x00"),
	ERR_FORMAT, "cert.version.default", "X.690 11.5"},
    {"version 4", PATH(0, 0), WITH("\xa0\x03\x02\x01\x03"), ERR_FORMAT,
	"cert.version", "RFC 5280 4.1.2.1"},
    {"negative version", PATH(0, 0), WITH("\xa0\x03\x02\x01\xff"), ERR_FORMAT,
	"der.integer.negative", NULL},
    {"two versions", PATH(0, 0), WITH("\xa0\x06\x02\x01\x02\x02\x01\x02"),
	ERR_FORMAT, "der.trailing", NULL},
    {"version 1 with extensions", PATH(0, 0), WITH(""), ERR_FORMAT,
	"cert.version.extensions", "RFC 5280 4.1.2.9"},
    {"version 2 with extensions", PATH(0, 0), WITH("\xa0\x03\x02\x01\x01"),
	ERR_FORMAT, "cert.version.extensions", "RFC 5280 4.1.2.9"},
    {"negative serial", PATH(0, 1), WITH("\x02\x01\x80"), ERR_FORMAT,
	"cert.serial.negative", "RFC 5280 4.1.2.2"},
    {"serial of 21 octets", PATH(0, 1), WITH(SERIAL21), ERR_FORMAT,
	"cert.serial.length", "RFC 5280 4.1.2.2"},
    {"serial not minimal", PATH(0, 1), WITH("\x02\x02\x00\x01"), ERR_FORMAT,
	"der.integer.minimal", NULL},
    {"no serial", PATH(0, 1), WITH(""), ERR_FORMAT, "der.tag", NULL},
    {"inner algorithm other", PATH(0, 2),
	WITH("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"), ERR_FORMAT,
	"cert.algorithm", "RFC 5280 4.1.1.2"},
    {"inner algorithm with NULL", PATH(0, 2),
	WITH("\x30\x0c\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x05\x00"),
	ERR_FORMAT, "cert.algorithm", "RFC 5280 4.1.1.2"},
    {"outer algorithm other", PATH(1),
	WITH("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"), ERR_FORMAT,
	"cert.algorithm", "RFC 5280 4.1.1.2"},
    {"empty issuer", PATH(0, 3), WITH("\x30\x00"), ERR_FORMAT,
	"cert.issuer.empty", "RFC 5280 4.1.2.4"},
    {"RDN without attributes", PATH(0, 3, 0), WITH("\x31\x00"), ERR_FORMAT,
	"name.rdn.empty", "RFC 5280 4.1.2.4"},
    {"one time", PATH(0, 4, 1), WITH(""), ERR_FORMAT, "der.truncated", NULL},
    {"three times", PATH(0, 4, 2),
	WITH("\x17\x0d"
	     "300101000000Z"),
	ERR_FORMAT, "der.trailing", NULL},
    {"time without seconds", PATH(0, 4, 0),
	WITH("\x17\x0b"
	     "3001010000Z"),
	ERR_FORMAT, "der.time", "RFC 5280 4.1.2.5"},
    {"time with fraction", PATH(0, 4, 0),
	WITH("\x18\x11"
	     "20300101000000.1Z"),
	ERR_FORMAT, "der.time", "RFC 5280 4.1.2.5"},
    {"key with trailing", PATH(0, 6, 2), WITH("\x05\x00"), ERR_FORMAT,
	"der.trailing", NULL},
    {"key without bits", PATH(0, 6, 1), WITH(""), ERR_FORMAT, "der.truncated",
	NULL},
    {"issuer's unique id", PATH(0, 7), WITH("\x81\x02\x00\x01"),
	ERR_UNSUPPORTED, "cert.unique_id", "RFC 5280 4.1.2.8"},
    {"no members of extensions", PATH(0, 7), WITH("\xa3\x02\x30\x00"),
	ERR_FORMAT, "ext.number", NULL},
    {"two lists of extensions", PATH(0, 7, 1), WITH("\x30\x00"), ERR_FORMAT,
	"der.trailing", NULL},
    {"an extension twice", PATH(0, 7, 0, 1), WITH(KU KU), ERR_FORMAT,
	"ext.duplicate", "RFC 5280 4.2"},
    {"after the extensions", PATH(0, 8), WITH("\xa4\x00"), ERR_FORMAT,
	"der.trailing", NULL},
    {"signature with unused bits", PATH(2), WITH("\x03\x02\x01\x02"),
	ERR_FORMAT, "cert.signature.length", NULL},
    {"no signature", PATH(2), WITH(""), ERR_FORMAT, "der.truncated", NULL},
    {"after the signature", PATH(3), WITH("\x05\x00"), ERR_FORMAT,
	"der.trailing", NULL},
};

static void
load(const char *name, struct buf *der)
{
	char path[PATH_SIZE];

	data_path(name, path);
	load_der(path, der);
}

static void
test_faults(void **state)
{
	struct buf good = BUF_INIT(FILE_BYTES);

	(void)state;
	load("p256.crt.der", &good);
	check_near_misses(faults, ARRAY_LEN(faults), buf_slice(&good), parse);
	buf_clear(&good);
}

/* What must still be read, beside its near miss above. */
static const struct {
	const char *name;
	uint8_t path[EDIT_DEPTH];
	const char *with;
	size_t with_len;
} accepted[] = {
    {"serial 1", PATH(0, 1), WITH("\x02\x01\x01")},
    {"serial of 20 octets", PATH(0, 1),
	WITH("\x02\x14\x7f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1")},
    {"serial with the high bit", PATH(0, 1), WITH("\x02\x02\x00\x80")},
    {"empty subject", PATH(0, 5), WITH("\x30\x00")},
    {"GeneralizedTime", PATH(0, 4, 1),
	WITH("\x18\x0f"
	     "99991231235959Z")},
    {"no extensions", PATH(0, 7), WITH("")},
};

static void
test_accepted(void **state)
{
	struct buf good = BUF_INIT(FILE_BYTES);

	(void)state;
	load("p256.crt.der", &good);
	for (size_t i = 0; i < ARRAY_LEN(accepted); i++) {
		struct buf edited = BUF_INIT(FILE_BYTES);
		struct buf built = BUF_INIT(FILE_BYTES);
		struct cert *c = NULL;
		struct errinfo ei = {0};

		print_message("%s\n", accepted[i].name);
		edit_der(buf_slice(&good), accepted[i].path,
		    slice_make(accepted[i].with, accepted[i].with_len),
		    &edited);
		assert_ok(cert_parse(buf_slice(&edited), &c, &ei), &ei);
		cert_build(c, &built);
		assert_true(slice_eq(buf_slice(&built), buf_slice(&edited)));
		cert_free(c);
		buf_clear(&edited);
		buf_clear(&built);
	}
	buf_clear(&good);
}

/* Cut anywhere, or with a byte behind, it is refused. */
static void
test_cuts(void **state)
{
	struct buf good = BUF_INIT(FILE_BYTES);
	struct errinfo ei = {0};

	(void)state;
	load("all.crt.der", &good);
	for (size_t len = 0; len < good.len; len++) {
		assert_int_equal(
		    parse(slice_make(good.p, len), &ei), ERR_FORMAT);
	}
	buf_add_u8(&good, 0);
	assert_int_equal(parse(buf_slice(&good), &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "der.trailing");
	buf_clear(&good);
}

static void
test_too_long(void **state)
{
	static uint8_t big[70000] = {0x30, 0x83, 0x01, 0x11, 0x6b};
	struct errinfo ei = {0};

	(void)state;
	assert_int_equal(parse(slice_make(big, sizeof(big)), &ei), ERR_LIMIT);
	assert_string_equal(ei.rule, "cert.length");
}

/* A TBS alone is the same certificate without a signature. */
static void
test_tbs(void **state)
{
	struct buf good = BUF_INIT(FILE_BYTES), tbs = BUF_INIT(FILE_BYTES);
	struct cert *c = NULL, *t = NULL;
	struct errinfo ei = {0};

	(void)state;
	load("all.crt.der", &good);
	assert_ok(cert_parse(buf_slice(&good), &c, &ei), &ei);
	assert_ok(cert_parse_tbs(c->tbs_der, &t, &ei), &ei);
	assert_int_equal(cert_der(t).len, 0);
	assert_int_equal(t->sig.bits.len, 0);
	assert_true(slice_eq(t->tbs_der, c->tbs_der));
	cert_build(t, &tbs);
	assert_true(slice_eq(buf_slice(&tbs), c->tbs_der));
	assert_int_equal(parse_tbs(buf_slice(&good), &ei), ERR_FORMAT);
	buf_add_u8(&tbs, 0);
	assert_int_equal(parse_tbs(buf_slice(&tbs), &ei), ERR_FORMAT);
	cert_free(c);
	cert_free(t);
	buf_clear(&good);
	buf_clear(&tbs);
}

static void
test_getters(void **state)
{
	struct buf good = BUF_INIT(FILE_BYTES), text = BUF_INIT(1024);
	struct cert *c = NULL;
	struct errinfo ei = {0};
	struct slice s;

	(void)state;
	load("p256.crt.der", &good);
	assert_ok(cert_parse(buf_slice(&good), &c, &ei), &ei);
	assert_int_equal(cert_version(c), 3);
	assert_true(slice_eq(cert_serial(c), SLICE_LIT("p256")));
	assert_true(name_get_utf8(cert_subject(c), OID_CN, &text));
	assert_string_equal(buf_cstr(&text), "Проверка");
	assert_true(name_equal_set(cert_subject(c), cert_issuer(c)));
	assert_true(slice_eq(cert_subject_der(c), cert_issuer_der(c)));
	assert_int_equal(cert_not_before_tag(c), DER_UTC_TIME);
	assert_int_equal(
	    cert_not_after(c) - cert_not_before(c), 3650LL * 86400);
	assert_int_equal(cert_key(c)->alg.id, OID_EC);
	assert_int_equal(cert_key(c)->alg.params, ALG_PARAMS_OID);
	assert_int_equal(oid_find(cert_key(c)->alg.curve), OID_P256);
	assert_int_equal(cert_sig_alg(c)->id, OID_SIG_ECDSA_SHA256);
	assert_true(ext_has_key_usage(cert_exts(c), KU_DIGITAL_SIGNATURE));
	assert_false(ext_has_key_usage(cert_exts(c), KU_CERT_SIGN));
	assert_true(ext_has_purpose(cert_exts(c), OID_KP_CLIENT));
	assert_false(ext_has_purpose(cert_exts(c), OID_KP_SERVER));
	/* the places in the copy */
	s = c->tbs_der;
	assert_true(s.p > cert_der(c).p && s.len < cert_der(c).len);
	s = cert_spki(c);
	assert_ok(der_get_whole(&s, DER_SEQUENCE, &s, &ei), &ei);
	cert_free(c);
	cert_free(NULL);
	buf_clear(&good);
	buf_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_accepted),
	    cmocka_unit_test(test_cuts),
	    cmocka_unit_test(test_too_long),
	    cmocka_unit_test(test_tbs),
	    cmocka_unit_test(test_getters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
