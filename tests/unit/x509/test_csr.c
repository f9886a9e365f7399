/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "crypto/init.h"
#include "crypto/privkey.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "edit.h"
#include "keys/keys.h"
#include "reference.h"
#include "x509/csr_priv.h"
#include "x509/ext.h"
#include "x509/name.h"
#include "x509/spki.h"

static enum err
parse(struct slice der, struct errinfo *ei)
{
	struct csr *c = NULL;
	enum err err = csr_parse(der, &c, ei);

	csr_free(c);
	return err;
}

#define EXT_REQ "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e"

/* p256.csr.der: info {version, subject, key, [0] {challengePassword,
 * unstructuredName, extensionRequest}}, algorithm, signature. */
static const struct near_miss faults[] = {
    {"version 1", PATH(0, 0), WITH("\x02\x01\x01"), ERR_FORMAT, "csr.version",
	"RFC 2986 4.1"},
    {"no version", PATH(0, 0), WITH(""), ERR_FORMAT, "der.tag", NULL},
    {"subject not a SEQUENCE", PATH(0, 1), WITH("\x31\x00"), ERR_FORMAT,
	"der.tag", NULL},
    {"UTF-8 broken", PATH(0, 1, 2, 0, 1), WITH("\x0c\x01\xff"), ERR_FORMAT,
	"name.value", NULL},
    {"empty CN", PATH(0, 1, 2, 0, 1), WITH("\x0c\x00"), ERR_FORMAT,
	"name.value.empty", "RFC 5280 4.1.2.4"},
    {"key missing", PATH(0, 2), WITH(""), ERR_FORMAT, "der.tag", NULL},
    {"no attributes at all", PATH(0, 3), WITH(""), ERR_FORMAT, "der.truncated",
	NULL},
    {"attribute without values", PATH(0, 3, 0, 1), WITH("\x31\x00"), ERR_FORMAT,
	"csr.attribute.values", NULL},
    {"attribute twice", PATH(0, 3, 3),
	WITH("\x30\x10" EXT_REQ "\x31\x03\x02\x01\x00"), ERR_FORMAT,
	"csr.attribute.duplicate", "RFC 2986 4.1"},
    {"two lists of extensions", PATH(0, 3, 2, 1, 1), WITH("\x30\x00"),
	ERR_FORMAT, "der.trailing", NULL},
    {"empty list of extensions", PATH(0, 3, 2, 1, 0), WITH("\x30\x00"),
	ERR_FORMAT, "ext.number", NULL},
    {"extension request not a list", PATH(0, 3, 2, 1, 0), WITH("\x0c\x01x"),
	ERR_FORMAT, "der.tag", NULL},
    {"more behind attributes", PATH(0, 4), WITH("\x05\x00"), ERR_FORMAT,
	"der.trailing", NULL},
    {"no algorithm", PATH(1), WITH(""), ERR_FORMAT, "der.tag", NULL},
    {"unused bits in signature", PATH(2), WITH("\x03\x02\x01\x02"), ERR_FORMAT,
	"csr.signature.length", NULL},
    {"more behind", PATH(3), WITH("\x05\x00"), ERR_FORMAT, "der.trailing",
	NULL},
};

static void
load(const char *name, struct buf *der)
{
	char path[PATH_SIZE];

	data_path(name, path);
	load_file(path, der);
}

static void
test_faults(void **state)
{
	struct buf good = BUF_INIT(FILE_BYTES);

	(void)state;
	load("p256.csr.der", &good);
	check_near_misses(faults, ARRAY_LEN(faults), buf_slice(&good), parse);
	buf_clear(&good);
}

static void
test_getters(void **state)
{
	struct buf good = BUF_INIT(FILE_BYTES);
	struct csr *c = NULL;
	struct errinfo ei = {0};

	(void)state;
	load("p256.csr.der", &good);
	assert_ok(csr_parse(buf_slice(&good), &c, &ei), &ei);
	assert_int_equal(name_num_attrs(csr_subject(c)), 3);
	assert_int_equal(c->num_attrs, 3);
	assert_int_equal(oid_find(c->attrs[2].oid), OID_EXTENSION_REQUEST);
	assert_true(ext_has_purpose(csr_exts(c), OID_KP_CLIENT));
	assert_int_equal(c->key.alg.id, OID_EC);
	assert_int_equal(c->sig.alg.id, OID_SIG_ECDSA_SHA256);
	assert_true(slice_eq(csr_der(c), buf_slice(&good)));
	csr_free(c);
	csr_free(NULL);
	buf_clear(&good);
}

/* Each octet of the request is under the signature or in it. */
static void
test_tampered(void **state)
{
	struct buf good = BUF_INIT(FILE_BYTES);
	size_t parsed = 0;

	(void)state;
	load("p256.csr.der", &good);
	for (size_t i = 0; i < good.len; i++) {
		struct csr *c = NULL;
		struct errinfo ei = {0};

		good.p[i] ^= 1;
		if (csr_parse(buf_slice(&good), &c, &ei) == ERR_OK) {
			parsed++;
			assert_int_not_equal(csr_verify(c, &ei), ERR_OK);
		}
		csr_free(c);
		good.p[i] ^= 1;
	}
	print_message(
	    "%zu of %zu changes parse, none verifies\n", parsed, good.len);
	assert_true(parsed > 100);
	buf_clear(&good);
}

/* RFC 9215 appendix: three parameter sets, each proves possession. */
static void
test_rfc9215(void **state)
{
	static const char *const files[] = {"rfc9215-256-test-paramset",
	    "rfc9215-256a-paramset", "rfc9215-512-test-paramset"};
	char dir[PATH_SIZE], path[PATH_SIZE];

	(void)state;
	if (!reference_dir("vectors", dir)) {
		skip();
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct buf der = BUF_INIT(FILE_BYTES);
		struct csr *c = NULL;
		struct errinfo ei = {0};
		int len;

		len = snprintf(
		    path, sizeof(path), "%s/%s.req.der", dir, files[i]);
		assert_true(len > 0 && (size_t)len < sizeof(path));
		load_file(path, &der);
		assert_ok(csr_parse(buf_slice(&der), &c, &ei), &ei);
		assert_ok(csr_verify(c, &ei), &ei);
		csr_free(c);

		/* the last octet of the subject: "Example" */
		for (size_t j = 0; j + 7 < der.len; j++) {
			if (memcmp(der.p + j, "Example", 7) == 0) {
				der.p[j + 6] = 'f';
			}
		}
		c = NULL;
		assert_ok(csr_parse(buf_slice(&der), &c, &ei), &ei);
		assert_int_equal(csr_verify(c, &ei), ERR_CRYPTO);
		assert_string_equal(ei.rule, "csr.signature");
		csr_free(c);
		buf_clear(&der);
	}
}

static void
make_extensions(struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	ext_put_key_usage(b, true, KU_DIGITAL_SIGNATURE);
	ext_put_subject_sign_tool(b, "Средство");
	der_close(b, seq);
}

static void
test_create(void **state)
{
	static const char *const specs[] = {"gost2012-256:A", "gost2012-512:A",
	    "p256", "p384", "rsa:2048", "ed25519"};
	struct buf exts = BUF_INIT(1024);
	struct errinfo ei = {0};
	struct name *name = name_new();

	(void)state;
	make_extensions(&exts);
	assert_non_null(name);
	assert_ok(
	    name_add(name, OID_C, DER_PRINTABLE_STRING, SLICE_LIT("RU"), &ei),
	    &ei);
	assert_ok(name_add(name, OID_CN, DER_UTF8_STRING,
		      SLICE_LIT("Иванов Иван"), &ei),
	    &ei);
	for (size_t i = 0; i < ARRAY_LEN(specs) * 2; i++) {
		struct slice with = i % 2 == 0 ? buf_slice(&exts) : SLICE_EMPTY;
		struct buf der = BUF_INIT(FILE_BYTES);
		struct buf again = BUF_INIT(FILE_BYTES);
		struct privkey *key = NULL;
		struct csr *c = NULL;

		print_message("%s\n", specs[i / 2]);
		key = unit_key(specs[i / 2], 0);
		assert_ok(csr_create(key, name, with, &der, &ei), &ei);
		assert_ok(csr_parse(buf_slice(&der), &c, &ei), &ei);
		assert_ok(csr_verify(c, &ei), &ei);
		assert_true(name_equal_set(csr_subject(c), name));
		assert_true(slice_eq(csr_spki(c), privkey_spki(key)));
		assert_int_equal(ext_list_num(csr_exts(c)), i % 2 == 0 ? 2 : 0);
		csr_build(c, &again);
		assert_true(slice_eq(buf_slice(&again), buf_slice(&der)));
		csr_free(c);
		privkey_free(key);
		buf_clear(&der);
		buf_clear(&again);
	}
	name_free(name);
	buf_clear(&exts);
}

/* A buffer that is too small: an error, and nothing appended. */
static void
test_create_full(void **state)
{
	struct buf small = BUF_INIT(40);
	struct errinfo ei = {0};
	struct name *name = name_new();
	struct privkey *key = NULL;

	(void)state;
	assert_ok(privkey_generate("p256", &key, &ei), &ei);
	assert_int_equal(
	    csr_create(key, name, SLICE_EMPTY, &small, &ei), ERR_LIMIT);
	assert_int_equal(small.len, 0);
	privkey_free(key);
	name_free(name);
	buf_clear(&small);
}

static int
setup(void **state)
{
	(void)state;
	return crypto_init(NULL) == ERR_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_getters),
	    cmocka_unit_test(test_tampered),
	    cmocka_unit_test(test_rfc9215),
	    cmocka_unit_test(test_create),
	    cmocka_unit_test(test_create_full),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
