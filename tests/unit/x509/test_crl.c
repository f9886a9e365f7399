/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/init.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/write.h"
#include "edit.h"
#include "reference.h"
#include "x509/crl_priv.h"
#include "x509/ext.h"
#include "x509/name.h"

enum {
	NOW = 1767225600, /* 2026-01-01 */
	DAY = 86400,
	MANY = 20000,
	LIST_BYTES = 4 * FILE_BYTES,
};

static enum err
parse(struct slice der, struct errinfo *ei)
{
	struct crl *c = NULL;
	enum err err = crl_parse(der, &c, ei);

	crl_free(c);
	return err;
}

/* full.crl.der: tbs {version, alg, issuer, this, next, entries, [0] exts},
 * alg, signature. */
static const struct near_miss faults[] = {
    {"version 1 written out", PATH(0, 0), WITH("\x02\x01\x00"), ERR_FORMAT,
	"crl.version", "RFC 5280 5.1.2.1"},
    {"version 3", PATH(0, 0), WITH("\x02\x01\x02"), ERR_FORMAT, "crl.version",
	"RFC 5280 5.1.2.1"},
    {"version 1 with extensions", PATH(0, 0), WITH(""), ERR_FORMAT,
	"crl.version.extensions", "RFC 5280 5.1.2.1"},
    {"inner algorithm other", PATH(0, 1),
	WITH("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"), ERR_FORMAT,
	"crl.algorithm", "RFC 5280 5.1.1.2"},
    {"empty issuer", PATH(0, 2), WITH("\x30\x00"), ERR_FORMAT,
	"crl.issuer.empty", "RFC 5280 5.1.2.3"},
    {"no thisUpdate", PATH(0, 3), WITH("\x05\x00"), ERR_FORMAT, "der.tag",
	NULL},
    {"three times", PATH(0, 5),
	WITH("\x17\x0d"
	     "300101000000Z"),
	ERR_FORMAT, "der.trailing", NULL},
    {"empty entries", PATH(0, 5), WITH("\x30\x00"), ERR_FORMAT,
	"crl.entries.empty", "RFC 5280 5.1.2.6"},
    {"negative serial", PATH(0, 5, 0, 0), WITH("\x02\x01\x80"), ERR_FORMAT,
	"crl.serial", NULL},
    {"entry without date", PATH(0, 5, 0, 1), WITH(""), ERR_FORMAT,
	"der.truncated", NULL},
    {"reason 7", PATH(0, 5, 1, 2, 0, 1, 0), WITH("\x0a\x01\x07"), ERR_FORMAT,
	"ext.reason", "RFC 5280 5.3.1"},
    {"reason 11", PATH(0, 5, 1, 2, 0, 1, 0), WITH("\x0a\x01\x0b"), ERR_FORMAT,
	"ext.reason", "RFC 5280 5.3.1"},
    {"reason as INTEGER", PATH(0, 5, 1, 2, 0, 1, 0), WITH("\x02\x01\x01"),
	ERR_FORMAT, "der.tag", NULL},
    {"empty entry extensions", PATH(0, 5, 1, 2), WITH("\x30\x00"), ERR_FORMAT,
	"ext.number", NULL},
    {"more in an entry", PATH(0, 5, 1, 3), WITH("\x05\x00"), ERR_FORMAT,
	"der.trailing", NULL},
    {"no extensions", PATH(0, 6), WITH("\xa0\x02\x30\x00"), ERR_FORMAT,
	"ext.number", NULL},
    {"signature of bits", PATH(2), WITH("\x03\x02\x01\x02"), ERR_FORMAT,
	"crl.signature.length", NULL},
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
	load("full.crl.der", &good);
	check_near_misses(faults, ARRAY_LEN(faults), buf_slice(&good), parse);
	buf_clear(&good);
}

static void
test_getters(void **state)
{
	struct buf good = BUF_INIT(FILE_BYTES);
	const struct crl_entry *e;
	struct crl *c = NULL;
	struct errinfo ei = {0};
	int64_t next = 0;

	(void)state;
	load("full.crl.der", &good);
	assert_ok(crl_parse(buf_slice(&good), &c, &ei), &ei);
	assert_int_equal(crl_num_entries(c), 7);
	assert_true(crl_next_update(c, &next));
	assert_int_equal(next - crl_this_update(c), 30 * DAY);
	assert_true(slice_eq(crl_number(c), SLICE_LIT("\x01")));
	e = crl_find(c, SLICE_LIT("\x02"));
	assert_non_null(e);
	assert_int_equal(e->reason, CRL_REASON_KEY_COMPROMISE);
	assert_int_equal(e->revoked_at, NOW);
	assert_null(e->exts);
	e = crl_find(c, SLICE_LIT("\x01"));
	assert_int_equal(e->reason, CRL_REASON_NONE);
	e = crl_find(c, SLICE_LIT("\x01\x00"));
	assert_int_equal(e->reason, CRL_REASON_CA_COMPROMISE);
	assert_int_equal(
	    ext_find(e->exts, EXT_INVALIDITY_DATE)->u.time, NOW - DAY);
	assert_null(crl_find(c, SLICE_LIT("\x03")));
	assert_true(ext_find(crl_exts(c), EXT_IDP)->u.idp.indirect);
	crl_free(c);
	crl_free(NULL);
	buf_clear(&good);
}

/* --- writing ----------------------------------------------------------- */

static struct privkey *key;
static struct pubkey *pub;
static struct buf issuer = BUF_INIT(1024);

static int
setup(void **state)
{
	struct name *n = name_new();
	bool ok;

	(void)state;
	ok = crypto_init(NULL) == ERR_OK && n != NULL &&
	     privkey_generate("p256", &key, NULL) == ERR_OK &&
	     pubkey_parse(privkey_spki(key), &pub, NULL) == ERR_OK &&
	     name_add(n, OID_CN, DER_UTF8_STRING, SLICE_LIT("Центр"), NULL) ==
		 ERR_OK;
	name_build(n, &issuer);
	name_free(n);
	return ok ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	privkey_free(key);
	pubkey_free(pub);
	buf_clear(&issuer);
	return 0;
}

static struct crl_params
params(void)
{
	return (struct crl_params){
	    .issuer = buf_slice(&issuer),
	    .sig_alg = SIG_ECDSA_SHA256,
	    .this_update = NOW,
	    .next_update = NOW + DAY,
	    .number = SLICE_LIT("\x80"),
	    .aki = SLICE_LIT("01234567890123456789"),
	};
}

/* A list around these entries, signed; parsed again. */
static struct crl *
make_of(struct slice entries, struct buf *out)
{
	struct buf tbs = BUF_INIT(LIST_BYTES), sig = BUF_INIT(1024);
	struct buf back = BUF_INIT(4096);
	struct crl_params p = params();
	struct crl *c = NULL;
	struct errinfo ei = {0};

	assert_ok(crl_tbs_around(&p, entries.len, &tbs, &back, &ei), &ei);
	buf_add(&tbs, entries);
	buf_add(&tbs, buf_slice(&back));
	assert_ok(
	    privkey_sign(key, p.sig_alg, buf_slice(&tbs), &sig, &ei), &ei);
	x509_assemble(buf_slice(&tbs), p.sig_alg, buf_slice(&sig), out);
	assert_ok(buf_err(out, &ei), &ei);
	assert_ok(crl_parse(buf_slice(out), &c, &ei), &ei);
	assert_true(slice_eq(c->tbs_der, buf_slice(&tbs)));
	buf_clear(&back);
	buf_clear(&tbs);
	buf_clear(&sig);
	return c;
}

/* The same of the serials 1..num. */
static struct crl *
make(size_t num, struct buf *out)
{
	struct buf entries = BUF_INIT(LIST_BYTES);
	struct crl *c;
	struct errinfo ei = {0};
	size_t checked = 0;

	for (size_t i = 1; i <= num; i++) {
		uint8_t serial[3] = {
		    (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};

		crl_entry_put(&entries, slice_make(serial, 3), NOW - 5,
		    i % 3 == 0 ? CRL_REASON_NONE : CRL_REASON_SUPERSEDED);
	}
	assert_ok(crl_entries_check(buf_slice(&entries), &checked, &ei), &ei);
	assert_int_equal(checked, num);
	c = make_of(buf_slice(&entries), out);
	buf_clear(&entries);
	return c;
}

static void
test_write(void **state)
{
	static const size_t nums[] = {0, 1, 2, 5, 127, 128, MANY};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(nums); i++) {
		struct buf der = BUF_INIT(LIST_BYTES);
		struct buf again = BUF_INIT(LIST_BYTES);
		struct crl *c = make(nums[i], &der);
		struct errinfo ei = {0};

		assert_ok(crl_verify(c, pub, &ei), &ei);
		assert_int_equal(crl_num_entries(c), nums[i]);
		assert_true(slice_eq(crl_issuer_der(c), buf_slice(&issuer)));
		assert_true(slice_eq(crl_number(c), SLICE_LIT("\x00\x80")));
		assert_true(
		    slice_eq(ext_find(crl_exts(c), EXT_AKI)->u.aki.key_id,
			SLICE_LIT("01234567890123456789")));
		for (size_t j = 0; j < nums[i]; j++) {
			assert_int_equal(crl_entry_at(c, j)->reason,
			    (j + 1) % 3 == 0 ? CRL_REASON_NONE
					     : CRL_REASON_SUPERSEDED);
		}
		crl_build(c, &again);
		assert_true(slice_eq(buf_slice(&again), buf_slice(&der)));
		crl_free(c);
		/* one bit in the last entry, and the signature does not fit */
		der.p[der.len / 2] ^= 1;
		c = NULL;
		if (crl_parse(buf_slice(&der), &c, &ei) == ERR_OK) {
			assert_int_equal(crl_verify(c, pub, &ei), ERR_CRYPTO);
		}
		crl_free(c);
		buf_clear(&der);
		buf_clear(&again);
	}
}

static void
test_params(void **state)
{
	static const size_t too_long[] = {
	    CRL_BYTES_MAX - 10, (size_t)CRL_BYTES_MAX + 1, SIZE_MAX};
	struct buf out = BUF_INIT(4096), small = BUF_INIT(50);
	struct buf back = BUF_INIT(4096);
	struct errinfo ei = {0};
	struct crl_params p = params();

	(void)state;
	p.next_update = p.this_update;
	assert_int_equal(crl_tbs_around(&p, 0, &out, &back, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.times");
	p = params();
	p.number = SLICE_LIT("\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	assert_int_equal(crl_tbs_around(&p, 0, &out, &back, &ei), ERR_LIMIT);
	assert_string_equal(ei.rule, "crl.number");
	assert_int_equal(out.len, 0);
	p.number = SLICE_LIT("\x7f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	assert_ok(crl_tbs_around(&p, 0, &out, &back, &ei), &ei);
	assert_int_equal(crl_tbs_around(&p, 0, &small, &back, &ei), ERR_LIMIT);
	for (size_t i = 0; i < ARRAY_LEN(too_long); i++) {
		assert_int_equal(
		    crl_tbs_around(&p, too_long[i], &out, &back, &ei),
		    ERR_LIMIT);
		assert_string_equal(ei.rule, "crl.size");
	}
	buf_clear(&back);
	buf_clear(&out);
	buf_clear(&small);
}

static void
put(struct buf *b, const char *serial, size_t len)
{
	crl_entry_put(b, slice_make(serial, len), NOW, CRL_REASON_UNSPECIFIED);
}

static void
test_order(void **state)
{
	static const struct {
		const char *name;
		const char *first;
		size_t first_len;
		const char *second;
		size_t second_len;
		bool ok;
	} cases[] = {
	    {"1 2", WITH("\x01"), WITH("\x02"), true},
	    {"2 1", WITH("\x02"), WITH("\x01"), false},
	    {"the same", WITH("\x02"), WITH("\x02"), false},
	    {"127 128", WITH("\x7f"), WITH("\x80"), true},
	    {"128 127", WITH("\x80"), WITH("\x7f"), false},
	    {"255 256", WITH("\xff"), WITH("\x01\x00"), true},
	    {"256 255", WITH("\x01\x00"), WITH("\xff"), false},
	    {"32768 32767", WITH("\x80\x00"), WITH("\x7f\xff"), false},
	};
	struct errinfo ei = {0};
	size_t num = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = BUF_INIT(1024);

		print_message("%s\n", cases[i].name);
		put(&b, cases[i].first, cases[i].first_len);
		put(&b, cases[i].second, cases[i].second_len);
		if (cases[i].ok) {
			assert_ok(
			    crl_entries_check(buf_slice(&b), &num, &ei), &ei);
			assert_int_equal(num, 2);
		} else {
			assert_int_equal(
			    crl_entries_check(buf_slice(&b), &num, &ei),
			    ERR_FORMAT);
			assert_string_equal(ei.rule, "crl.entries.order");
		}
		/* cut in the second */
		assert_int_equal(
		    crl_entries_check(slice_make(b.p, b.len - 1), &num, &ei),
		    ERR_FORMAT);
		buf_clear(&b);
	}
}

/* A reason, a date since when it is known not to be good, both or neither: as
 * they are put they are read, ready or in a list. */
static void
test_entry_date(void **state)
{
	static const struct {
		enum crl_reason reason;
		int64_t from;
	} cases[] = {
	    {CRL_REASON_NONE, 0},
	    {CRL_REASON_NONE, NOW - DAY},
	    {CRL_REASON_CA_COMPROMISE, 0},
	    {CRL_REASON_CA_COMPROMISE, NOW - DAY},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = BUF_INIT(1024);
		struct errinfo ei = {0};
		struct buf der = BUF_INIT(4096);
		struct crl *c;
		struct crl_entry e;
		struct slice s;

		crl_entry_put_since(
		    &b, SLICE_LIT("\x05"), NOW, cases[i].reason, cases[i].from);
		s = buf_slice(&b);
		assert_ok(crl_entry_get(&s, &e, &ei), &ei);
		assert_int_equal(s.len, 0);
		assert_int_equal(e.reason, cases[i].reason);
		assert_int_equal(e.invalid_from, cases[i].from);
		c = make_of(buf_slice(&b), &der);
		assert_int_equal(crl_entry_at(c, 0)->reason, cases[i].reason);
		assert_int_equal(
		    crl_entry_at(c, 0)->invalid_from, cases[i].from);
		crl_free(c);
		buf_clear(&b);
		buf_clear(&der);
	}
}

/* Ready entries have nothing else. */
static void
test_entry_get(void **state)
{
	struct buf b = BUF_INIT(1024);
	struct errinfo ei = {0};
	struct crl_entry e;
	struct slice s;
	size_t seq, exts;

	(void)state;
	crl_entry_put(&b, SLICE_LIT("\x05"), NOW, CRL_REASON_HOLD);
	s = buf_slice(&b);
	assert_ok(crl_entry_get(&s, &e, &ei), &ei);
	assert_int_equal(e.reason, CRL_REASON_HOLD);
	assert_int_equal(e.revoked_at, NOW);
	assert_int_equal(s.len, 0);
	buf_reset(&b);

	seq = der_open(&b, DER_SEQUENCE);
	der_put(&b, DER_INTEGER, SLICE_LIT("\x05"));
	der_put_time_5280(&b, NOW);
	exts = der_open(&b, DER_SEQUENCE);
	ext_put_crl_number(&b, SLICE_LIT("\x05"));
	der_close(&b, exts);
	der_close(&b, seq);
	s = buf_slice(&b);
	assert_int_equal(crl_entry_get(&s, &e, &ei), ERR_UNSUPPORTED);
	assert_string_equal(ei.rule, "crl.entry.extensions");
	assert_int_equal(s.len, b.len);
	buf_reset(&b);

	/* A date comes once, and behind the reason. */
	seq = der_open(&b, DER_SEQUENCE);
	der_put(&b, DER_INTEGER, SLICE_LIT("\x05"));
	der_put_time_5280(&b, NOW);
	exts = der_open(&b, DER_SEQUENCE);
	ext_put_invalidity_date(&b, NOW);
	ext_put_reason_code(&b, CRL_REASON_SUPERSEDED);
	der_close(&b, exts);
	der_close(&b, seq);
	s = buf_slice(&b);
	assert_int_equal(crl_entry_get(&s, &e, &ei), ERR_UNSUPPORTED);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_getters),
	    cmocka_unit_test(test_write),
	    cmocka_unit_test(test_params),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_entry_date),
	    cmocka_unit_test(test_entry_get),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
