/* SPDX-License-Identifier: Apache-2.0 */
/* The two wrappings of certificates: text, and the bag. */
#include "unit.h"

#include <string.h>

#include "base/bounds.h"
#include "der/der.h"
#include "edit.h"
#include "reference.h"
#include "x509/bundle.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/p7b.h"
#include "x509/pem.h"

static void
test_lines(void **state)
{
	static const size_t sizes[] = {1, 2, 3, 47, 48, 49, 96, 1000};
	uint8_t bytes[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(i * 7);
	}
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct buf text = BUF_INIT(4096), der = BUF_INIT(4096);
		struct slice rest, in = slice_make(bytes, sizes[i]);
		struct errinfo ei = {0};

		pem_put(&text, PEM_CMS, in);
		buf_add_str(&text, "behind");
		rest = buf_slice(&text);
		assert_ok(pem_get(&rest, PEM_CMS, &der, &ei), &ei);
		assert_true(slice_eq(buf_slice(&der), in));
		assert_true(slice_eq_str(rest, "behind"));
		buf_clear(&text);
		buf_clear(&der);
	}
}

static void
test_exact(void **state)
{
	struct buf text = BUF_INIT(4096);

	(void)state;
	pem_put(&text, PEM_CRL,
	    SLICE_LIT("0123456789012345678901234567890123456789abcdefgh!"));
	assert_string_equal(buf_cstr(&text),
	    "-----BEGIN X509 CRL-----\n"
	    "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OWFiY2RlZmdo\n"
	    "IQ==\n"
	    "-----END X509 CRL-----\n");
	buf_clear(&text);
}

#define B(l) "-----BEGIN " l "-----\n"
#define E(l) "-----END " l "-----\n"

static void
test_read(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		enum err kind;
		const char *rule;
		const char *want;
	} cases[] = {
	    {"plain", B("CMS") "YQ==\n" E("CMS"), ERR_OK, "", "a"},
	    {"CR LF", "-----BEGIN CMS-----\r\nYQ==\r\n-----END CMS-----\r\n",
		ERR_OK, "", "a"},
	    {"no last newline", B("CMS") "YQ==\n-----END CMS-----", ERR_OK, "",
		"a"},
	    {"text before", "hello\n" B("CMS") "YQ==\n" E("CMS"), ERR_OK, "",
		"a"},
	    {"other before",
		B("KEY") "Yg==\n" E("KEY") B("CMS") "YQ==\n" E("CMS"), ERR_OK,
		"", "a"},
	    {"short lines", B("CMS") "Y\nQ\n==\n" E("CMS"), ERR_OK, "", "a"},
	    {"none", "hello\n", ERR_NOTFOUND, "pem.none", ""},
	    {"nothing", "", ERR_NOTFOUND, "pem.none", ""},
	    {"only other", B("KEY") "Yg==\n" E("KEY"), ERR_NOTFOUND, "pem.none",
		""},
	    {"no end", B("CMS") "YQ==\n", ERR_FORMAT, "pem.end", ""},
	    {"other end", B("CMS") "YQ==\n" E("CRL"), ERR_FORMAT, "pem.end",
		""},
	    {"block in block", B("CMS") B("CMS") "YQ==\n" E("CMS"), ERR_FORMAT,
		"pem.end", ""},
	    {"other without end", B("KEY") "Yg==\n" B("CMS") "YQ==\n" E("CMS"),
		ERR_FORMAT, "pem.end", ""},
	    {"empty", B("CMS") E("CMS"), ERR_FORMAT, "pem.empty", ""},
	    {"not base64", B("CMS") "Y?==\n" E("CMS"), ERR_FORMAT, "pem.base64",
		""},
	    {"no padding", B("CMS") "YQ\n" E("CMS"), ERR_FORMAT, "pem.base64",
		""},
	    {"header", B("CMS") "Proc-Type: 4,ENCRYPTED\n\nYQ==\n" E("CMS"),
		ERR_FORMAT, "pem.base64", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct slice text = slice_str(cases[i].text), rest = text;
		struct buf der = BUF_INIT(64);
		struct errinfo ei = {0};
		enum err err;

		print_message("%s\n", cases[i].name);
		err = pem_get(&rest, PEM_CMS, &der, &ei);
		assert_int_equal(err, cases[i].kind);
		assert_string_equal(ei.rule, cases[i].rule);
		assert_string_equal(buf_cstr(&der), cases[i].want);
		if (err != ERR_OK) {
			assert_ptr_equal(rest.p, text.p);
			assert_int_equal(rest.len, text.len);
		}
		buf_clear(&der);
	}
	assert_true(pem_looks_like(SLICE_LIT("x\n" B("KEY"))));
	assert_false(pem_looks_like(SLICE_LIT("\x30\x00")));
}

static enum err
parse_p7b(struct slice der, struct errinfo *ei)
{
	struct p7b *p = NULL;
	enum err err = p7b_parse(der, &p, ei);

	p7b_free(p);
	return err;
}

/* two.p7b.der: {type, [0] {{version, digests, content {type}, [0] certs,
 * [1] crls, signers}}} */
static const struct near_miss faults[] = {
    {"not signed-data", PATH(0),
	WITH("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"), ERR_UNSUPPORTED,
	"p7b.type", NULL},
    {"version 3", PATH(1, 0, 0), WITH("\x02\x01\x03"), ERR_UNSUPPORTED,
	"p7b.version", "RFC 5652 5.1"},
    {"a digest", PATH(1, 0, 1), WITH("\x31\x02\x30\x00"), ERR_UNSUPPORTED,
	"p7b.signed", NULL},
    {"content", PATH(1, 0, 2, 1), WITH("\xa0\x02\x04\x00"), ERR_UNSUPPORTED,
	"p7b.signed", NULL},
    {"not a certificate", PATH(1, 0, 3, 0), WITH("\xa3\x00"), ERR_FORMAT,
	"der.tag", NULL},
    {"no signers' set", PATH(1, 0, 5), WITH(""), ERR_FORMAT, "der.truncated",
	NULL},
    {"a signer", PATH(1, 0, 5), WITH("\x31\x02\x30\x00"), ERR_UNSUPPORTED,
	"p7b.signed", NULL},
    {"more behind", PATH(2), WITH("\x05\x00"), ERR_FORMAT, "der.trailing",
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
test_p7b(void **state)
{
	struct buf file = BUF_INIT(FILE_BYTES), built = BUF_INIT(FILE_BYTES);
	struct slice certs[2];
	struct p7b *p = NULL;
	struct errinfo ei = {0};

	(void)state;
	load("with-crl.p7b.der", &file);
	check_near_misses(
	    faults, ARRAY_LEN(faults), buf_slice(&file), parse_p7b);
	assert_ok(p7b_parse(buf_slice(&file), &p, &ei), &ei);
	assert_int_equal(p7b_num_certs(p), 1);
	p7b_free(p);

	/* what OpenSSL makes and we make of the same certificates */
	p = NULL;
	buf_reset(&file);
	load("two.p7b.der", &file);
	assert_ok(p7b_parse(buf_slice(&file), &p, &ei), &ei);
	assert_int_equal(p7b_num_certs(p), 2);
	certs[0] = p7b_cert(p, 0);
	certs[1] = p7b_cert(p, 1);
	p7b_build(certs, 2, &built);
	assert_true(slice_eq(buf_slice(&built), buf_slice(&file)));
	p7b_free(p);
	p7b_free(NULL);
	buf_clear(&file);
	buf_clear(&built);
}

/* --- a bundle --------------------------------------------------------------
 */

enum {
	TAKEN_MAX = 8
};

struct taken {
	struct buf certs[TAKEN_MAX];
	size_t num_certs;
	size_t num_crls;
};

static enum err
take_cert(void *arg, struct slice der, struct errinfo *ei)
{
	struct taken *t = arg;
	struct cert *cert = NULL;
	enum err e = cert_parse(der, &cert, ei);

	cert_free(cert);
	if (e == ERR_OK) {
		assert_true(t->num_certs < TAKEN_MAX);
		buf_init(&t->certs[t->num_certs], FILE_BYTES);
		buf_add(&t->certs[t->num_certs++], der);
	}
	return e;
}

static enum err
take_crl(void *arg, struct slice der, struct errinfo *ei)
{
	struct taken *t = arg;
	struct crl *crl = NULL;
	enum err e = crl_parse(der, &crl, ei);

	crl_free(crl);
	t->num_crls += e == ERR_OK;
	return e;
}

static struct taken
read_bundle(struct slice bytes, bool with_crls, enum err want, const char *rule)
{
	struct taken t = {.num_certs = 0};
	const struct bundle_taker taker = {
	    take_cert, with_crls ? take_crl : NULL, &t};
	struct errinfo ei = {0};

	assert_int_equal(bundle_read(bytes, &taker, &ei), want);
	if (want != ERR_OK) {
		assert_string_equal(ei.rule, rule);
	}
	return t;
}

static void
taken_clear(struct taken *t)
{
	for (size_t i = 0; i < t->num_certs; i++) {
		buf_clear(&t->certs[i]);
	}
}

/* The same certificates in every form; a list where it is wanted. */
static void
test_bundle(void **state)
{
	struct buf bag = BUF_INIT(FILE_BYTES), crl = BUF_INIT(FILE_BYTES);
	struct buf text = BUF_INIT(4 * FILE_BYTES), der = BUF_INIT(FILE_BYTES);
	struct taken of_bag, one, t;
	struct errinfo ei = {0};

	(void)state;
	load("two.p7b.der", &bag);
	load("full.crl.der", &crl);
	of_bag = read_bundle(buf_slice(&bag), true, ERR_OK, "");
	assert_int_equal(of_bag.num_certs, 2);
	one = read_bundle(buf_slice(&of_bag.certs[1]), false, ERR_OK, "");
	assert_int_equal(one.num_certs, 1);
	assert_true(
	    slice_eq(buf_slice(&one.certs[0]), buf_slice(&of_bag.certs[1])));
	taken_clear(&one);

	/* A list in DER, wanted and not. */
	t = read_bundle(buf_slice(&crl), true, ERR_OK, "");
	assert_int_equal(t.num_certs, 0);
	assert_int_equal(t.num_crls, 1);
	(void)read_bundle(buf_slice(&crl), false, ERR_FORMAT, "der.tag");

	/* Text with all of them; the order of certificates is the text's. */
	pem_put(&text, PEM_CRL, buf_slice(&crl));
	pem_put(&text, PEM_CERTIFICATE, buf_slice(&of_bag.certs[1]));
	pem_put(&text, PEM_KEY, SLICE_LIT("passed over"));
	pem_put(&text, PEM_PKCS7, buf_slice(&bag));
	t = read_bundle(buf_slice(&text), true, ERR_OK, "");
	assert_int_equal(t.num_certs, 3);
	assert_int_equal(t.num_crls, 1);
	assert_true(
	    slice_eq(buf_slice(&t.certs[0]), buf_slice(&of_bag.certs[1])));
	assert_true(
	    slice_eq(buf_slice(&t.certs[1]), buf_slice(&of_bag.certs[0])));
	taken_clear(&t);
	t = read_bundle(buf_slice(&text), false, ERR_OK, "");
	assert_int_equal(t.num_certs, 3);
	assert_int_equal(t.num_crls, 0);
	taken_clear(&t);

	/* A certificate in text that is none ends the reading. */
	buf_reset(&text);
	pem_put(&text, PEM_CERTIFICATE, SLICE_LIT("\x30\x00"));
	pem_put(&text, PEM_PKCS7, buf_slice(&bag));
	(void)read_bundle(buf_slice(&text), true, ERR_FORMAT, "der.truncated");
	/* One that was cut short. */
	load("two.p7b.der", &der);
	(void)read_bundle(slice_make(der.p, der.len - 1), true, ERR_FORMAT,
	    "der.length.overrun");
	(void)read_bundle(SLICE_EMPTY, true, ERR_FORMAT, "der.truncated");

	buf_reset(&text);
	buf_reset(&der);
	assert_ok(pem_or_der(buf_slice(&crl), PEM_CRL, &der, &ei), &ei);
	assert_true(slice_eq(buf_slice(&der), buf_slice(&crl)));
	buf_reset(&der);
	pem_put(&text, PEM_CRL, buf_slice(&crl));
	assert_ok(pem_or_der(buf_slice(&text), PEM_CRL, &der, &ei), &ei);
	assert_true(slice_eq(buf_slice(&der), buf_slice(&crl)));
	assert_int_equal(
	    pem_or_der(buf_slice(&text), PEM_CMS, &der, &ei), ERR_NOTFOUND);
	taken_clear(&of_bag);
	buf_clear(&bag);
	buf_clear(&crl);
	buf_clear(&text);
	buf_clear(&der);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines),
	    cmocka_unit_test(test_exact),
	    cmocka_unit_test(test_bundle),
	    cmocka_unit_test(test_read),
	    cmocka_unit_test(test_p7b),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
