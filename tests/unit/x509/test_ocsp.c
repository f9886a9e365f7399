/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "crypto/init.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "edit.h"
#include "reference.h"
#include "x509/cert.h"
#include "x509/ext.h"
#include "x509/name.h"
#include "x509/ocsp_priv.h"

enum {
	NOW = 1767225600
};

static void
load(const char *name, struct buf *der)
{
	char path[PATH_SIZE];

	data_path(name, path);
	load_file(path, der);
}

static enum err
parse_request(struct slice der, struct errinfo *ei)
{
	struct ocsp_request *r = NULL;
	enum err err = ocsp_request_parse(der, &r, ei);

	ocsp_request_free(r);
	return err;
}

static enum err
parse_response(struct slice der, struct errinfo *ei)
{
	struct ocsp_response *r = NULL;
	enum err err = ocsp_response_parse(der, &r, ei);

	ocsp_response_free(r);
	return err;
}

#define OCTETS_32  "0123456789abcdef0123456789abcdef"
#define OCTETS_128 OCTETS_32 OCTETS_32 OCTETS_32 OCTETS_32
#define NONCE129   "\x04\x81\x81" OCTETS_128 "X"

/* one.ocsp-req.der: {tbs {list {{certID}}, [2] {nonce}}} */
static const struct near_miss request_faults[] = {
    {"version written out", PATH(0, 0), WITH("\xa0\x03\x02\x01\x00\x30\x00"),
	ERR_FORMAT, "ocsp.version", "RFC 6960 4.1.1"},
    {"no requests", PATH(0, 0), WITH("\x30\x00"), ERR_FORMAT,
	"ocsp.requests.number", NULL},
    {"negative serial", PATH(0, 0, 0, 0, 3), WITH("\x02\x01\x80"), ERR_FORMAT,
	"ocsp.serial", NULL},
    {"serial of 21", PATH(0, 0, 0, 0, 3),
	WITH("\x02\x15\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), ERR_LIMIT,
	"ocsp.serial", NULL},
    {"no key hash", PATH(0, 0, 0, 0, 2), WITH(""), ERR_FORMAT, "der.tag", NULL},
    {"more in a CertID", PATH(0, 0, 0, 0, 4), WITH("\x05\x00"), ERR_FORMAT,
	"der.trailing", NULL},
    {"empty nonce", PATH(0, 1, 0, 0, 1, 0), WITH("\x04\x00"), ERR_FORMAT,
	"ext.ocsp_nonce.length", "RFC 9654 2.1"},
    {"nonce of 129", PATH(0, 1, 0, 0, 1, 0), WITH(NONCE129), ERR_FORMAT,
	"ext.ocsp_nonce.length", "RFC 9654 2.1"},
    {"nonce without wrapping", PATH(0, 1, 0, 0, 1, 0), WITH("\x02\x01\x01"),
	ERR_FORMAT, "der.tag", NULL},
    {"empty extensions", PATH(0, 1, 0), WITH("\x30\x00"), ERR_FORMAT,
	"ext.number", NULL},
    {"signature not a SEQUENCE", PATH(1), WITH("\xa0\x02\x05\x00"), ERR_FORMAT,
	"der.tag", NULL},
    {"more behind", PATH(1), WITH("\x05\x00"), ERR_FORMAT, "der.trailing",
	NULL},
};

/* good.ocsp-resp.der: {status, [0] {{type, OCTET {basic {tbs {[1] name,
 * produced, list {{id, status, this, [0] next}}, [1] exts}, alg, sig,
 * [0] certs}}}}} */
static const struct near_miss response_faults[] = {
    {"status 4", PATH(0), WITH("\x0a\x01\x04"), ERR_FORMAT,
	"ocsp.response.status", "RFC 6960 4.2.1"},
    {"status 7", PATH(0), WITH("\x0a\x01\x07"), ERR_FORMAT,
	"ocsp.response.status", NULL},
    {"answer with an error", PATH(0), WITH("\x0a\x01\x06"), ERR_FORMAT,
	"ocsp.response.bytes", NULL},
    {"success without answer", PATH(1), WITH(""), ERR_FORMAT,
	"ocsp.response.bytes", NULL},
    {"another type", PATH(1, 0, 0), WITH("\x06\x02\x2a\x03"), ERR_UNSUPPORTED,
	"ocsp.type", NULL},
    {"version written out", PATH(1, 0, 1, 0, 0, 0),
	WITH("\xa0\x03\x02\x01\x00"), ERR_FORMAT, "ocsp.version", NULL},
    {"responder [3]", PATH(1, 0, 1, 0, 0, 0), WITH("\xa3\x00"), ERR_FORMAT,
	"ocsp.responder", NULL},
    {"empty key hash", PATH(1, 0, 1, 0, 0, 0), WITH("\xa2\x02\x04\x00"),
	ERR_FORMAT, "ocsp.responder", NULL},
    {"UTCTime", PATH(1, 0, 1, 0, 0, 1),
	WITH("\x17\x0d"
	     "260101000000Z"),
	ERR_FORMAT, "der.tag", NULL},
    {"no answers", PATH(1, 0, 1, 0, 0, 2), WITH("\x30\x00"), ERR_FORMAT,
	"ocsp.responses.number", NULL},
    {"good with content", PATH(1, 0, 1, 0, 0, 2, 0, 1), WITH("\x80\x01\x00"),
	ERR_FORMAT, "ocsp.status", "RFC 6960 4.2.1"},
    {"status [3]", PATH(1, 0, 1, 0, 0, 2, 0, 1), WITH("\x83\x00"), ERR_FORMAT,
	"ocsp.status", NULL},
    {"revoked without time", PATH(1, 0, 1, 0, 0, 2, 0, 1), WITH("\xa1\x00"),
	ERR_FORMAT, "der.truncated", NULL},
    {"no signature", PATH(1, 0, 1, 0, 2), WITH(""), ERR_FORMAT, "der.tag",
	NULL},
    {"more behind", PATH(2), WITH("\x05\x00"), ERR_FORMAT, "der.trailing",
	NULL},
};

static void
test_faults(void **state)
{
	struct buf good = BUF_INIT(FILE_BYTES);

	(void)state;
	load("one.ocsp-req.der", &good);
	check_near_misses(request_faults, ARRAY_LEN(request_faults),
	    buf_slice(&good), parse_request);
	buf_reset(&good);
	load("good.ocsp-resp.der", &good);
	check_near_misses(response_faults, ARRAY_LEN(response_faults),
	    buf_slice(&good), parse_response);
	buf_clear(&good);
}

static void
test_requests(void **state)
{
	struct buf der = BUF_INIT(FILE_BYTES);
	struct ocsp_request *r = NULL;
	struct errinfo ei = {0};

	(void)state;
	load("three-signed.ocsp-req.der", &der);
	assert_ok(ocsp_request_parse(buf_slice(&der), &r, &ei), &ei);
	assert_int_equal(ocsp_request_num(r), 3);
	assert_true(ocsp_request_nonce(r).len > 0);
	ocsp_request_free(r);

	r = NULL;
	buf_reset(&der);
	load("one.ocsp-req.der", &der);
	assert_ok(ocsp_request_parse(buf_slice(&der), &r, &ei), &ei);
	assert_int_equal(ocsp_request_num(r), 1);
	assert_int_equal(ocsp_request_cert_id(r, 0)->hash_oid, OID_SHA1);
	assert_true(
	    slice_eq(ocsp_request_cert_id(r, 0)->serial, SLICE_LIT("p256")));
	ocsp_request_free(r);
	ocsp_request_free(NULL);
	buf_clear(&der);
}

/* The shortest and the longest nonce, and the one that newer clients send. */
static void
test_nonces(void **state)
{
	static const size_t lens[] = {1, 32, OCSP_NONCE_MAX};
	static const uint8_t path[EDIT_DEPTH] = PATH(0, 1, 0, 0, 1, 0);
	static const char octets[OCSP_NONCE_MAX + 1] = OCTETS_128;
	struct buf good = BUF_INIT(FILE_BYTES), with = BUF_INIT(FILE_BYTES);

	(void)state;
	load("one.ocsp-req.der", &good);
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		struct slice nonce = slice_make(octets, lens[i]);
		struct buf changed = BUF_INIT(FILE_BYTES);
		struct ocsp_request *r = NULL;
		struct errinfo ei = {0};

		buf_reset(&with);
		der_put(&with, DER_OCTET_STRING, nonce);
		edit_der(buf_slice(&good), path, buf_slice(&with), &changed);
		assert_ok(
		    ocsp_request_parse(buf_slice(&changed), &r, &ei), &ei);
		assert_true(slice_eq(ocsp_request_nonce(r), nonce));
		ocsp_request_free(r);
		buf_clear(&changed);
	}
	buf_clear(&with);
	buf_clear(&good);
}

static void
test_responses(void **state)
{
	struct buf der = BUF_INIT(FILE_BYTES);
	struct ocsp_response *r = NULL;
	struct cert *responder = NULL;
	struct pubkey *key = NULL;
	struct errinfo ei = {0};

	(void)state;
	load("good.ocsp-resp.der", &der);
	assert_ok(ocsp_response_parse(buf_slice(&der), &r, &ei), &ei);
	assert_int_equal(ocsp_response_status(r), OCSP_SUCCESSFUL);
	assert_non_null(r->name);
	assert_int_equal(r->key_id.len, 0);
	assert_int_equal(ocsp_response_num(r), 1);
	assert_int_equal(ocsp_response_single(r, 0)->status, OCSP_GOOD);
	assert_true(ocsp_response_single(r, 0)->has_next_update);
	assert_int_equal(ocsp_response_num_certs(r), 1);
	assert_ok(cert_parse(ocsp_response_cert(r, 0), &responder, &ei), &ei);
	assert_ok(pubkey_parse(cert_spki(responder), &key, &ei), &ei);
	assert_ok(ocsp_response_verify(r, key, &ei), &ei);
	ocsp_response_free(r);

	r = NULL;
	buf_reset(&der);
	load("three.ocsp-resp.der", &der);
	assert_ok(ocsp_response_parse(buf_slice(&der), &r, &ei), &ei);
	assert_null(r->name);
	assert_int_equal(r->key_id.len, 20);
	assert_int_equal(ocsp_response_num(r), 3);
	assert_int_equal(ocsp_response_single(r, 0)->status, OCSP_GOOD);
	assert_int_equal(ocsp_response_single(r, 1)->status, OCSP_REVOKED);
	assert_int_equal(
	    ocsp_response_single(r, 1)->reason, CRL_REASON_KEY_COMPROMISE);
	assert_int_equal(ocsp_response_single(r, 1)->revoked_at, NOW);
	assert_int_equal(ocsp_response_single(r, 2)->status, OCSP_UNKNOWN);
	assert_int_equal(ocsp_response_num_certs(r), 0);
	assert_ok(ocsp_response_verify(r, key, &ei), &ei);
	ocsp_response_free(r);
	cert_free(responder);
	pubkey_free(key);
	buf_clear(&der);
}

static struct ocsp_cert_id
some_id(const char *serial)
{
	return (struct ocsp_cert_id){
	    .hash_alg = SLICE_LIT("\x30\x07\x06\x05\x2b\x0e\x03\x02\x1a"),
	    .issuer_name_hash = SLICE_LIT("01234567890123456789"),
	    .issuer_key_hash = SLICE_LIT("98765432109876543210"),
	    .serial = slice_str(serial),
	};
}

static void
test_write(void **state)
{
	struct ocsp_single singles[] = {
	    {.id = some_id("good"),
		.status = OCSP_GOOD,
		.this_update = NOW,
		.reason = CRL_REASON_NONE,
		.has_next_update = true,
		.next_update = NOW + 600},
	    {.id = some_id("revoked"),
		.status = OCSP_REVOKED,
		.revoked_at = NOW - 1,
		.reason = CRL_REASON_CESSATION,
		.this_update = NOW},
	    {.id = some_id("no reason"),
		.status = OCSP_REVOKED,
		.revoked_at = NOW - 2,
		.reason = CRL_REASON_NONE,
		.this_update = NOW},
	    {.id = some_id("unknown"),
		.status = OCSP_UNKNOWN,
		.reason = CRL_REASON_NONE,
		.this_update = NOW},
	};
	static const char *const specs[] = {"p256", "gost2012-256:A"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct buf tbs = BUF_INIT(FILE_BYTES), sig = BUF_INIT(1024);
		struct buf der = BUF_INIT(FILE_BYTES), cert = BUF_INIT(4096);
		struct buf again = BUF_INIT(FILE_BYTES);
		struct ocsp_response *r = NULL;
		struct privkey *key = NULL;
		struct pubkey *pub = NULL;
		struct errinfo ei = {0};
		enum sig_alg alg;

		load("p256.crt.der", &cert);
		assert_ok(privkey_generate(specs[i], &key, &ei), &ei);
		assert_ok(pubkey_parse(privkey_spki(key), &pub, &ei), &ei);
		alg = key_alg_default_sig(privkey_alg(key));
		ocsp_tbs_build(SLICE_LIT("01234567890123456789"), NOW, singles,
		    ARRAY_LEN(singles), SLICE_LIT("nonce"), &tbs);
		assert_ok(
		    privkey_sign(key, alg, buf_slice(&tbs), &sig, &ei), &ei);
		ocsp_assemble(buf_slice(&tbs), alg, buf_slice(&sig),
		    buf_slice(&cert), &der);
		assert_ok(ocsp_response_parse(buf_slice(&der), &r, &ei), &ei);
		assert_ok(ocsp_response_verify(r, pub, &ei), &ei);
		assert_true(slice_eq(r->tbs_der, buf_slice(&tbs)));
		assert_int_equal(ocsp_response_produced_at(r), NOW);
		assert_true(slice_eq_str(ocsp_response_nonce(r), "nonce"));
		assert_int_equal(ocsp_response_num(r), ARRAY_LEN(singles));
		for (size_t j = 0; j < ARRAY_LEN(singles); j++) {
			const struct ocsp_single *s =
			    ocsp_response_single(r, j);

			assert_int_equal(s->status, singles[j].status);
			assert_int_equal(s->reason, singles[j].reason);
			assert_int_equal(s->revoked_at, singles[j].revoked_at);
			assert_int_equal(
			    s->next_update, singles[j].next_update);
			assert_true(
			    slice_eq(s->id.serial, singles[j].id.serial));
		}
		ocsp_response_rebuild(r, &again);
		assert_true(slice_eq(buf_slice(&again), buf_slice(&der)));
		ocsp_response_free(r);
		privkey_free(key);
		pubkey_free(pub);
		buf_clear(&tbs);
		buf_clear(&sig);
		buf_clear(&der);
		buf_clear(&cert);
		buf_clear(&again);
	}
}

static void
test_error_response(void **state)
{
	static const enum ocsp_response_status all[] = {OCSP_MALFORMED_REQUEST,
	    OCSP_INTERNAL_ERROR, OCSP_TRY_LATER, OCSP_SIG_REQUIRED,
	    OCSP_UNAUTHORIZED};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct buf der = BUF_INIT(64);
		struct ocsp_response *r = NULL;
		struct errinfo ei = {0};

		ocsp_error_response(all[i], &der);
		assert_int_equal(der.len, 5);
		assert_ok(ocsp_response_parse(buf_slice(&der), &r, &ei), &ei);
		assert_int_equal(ocsp_response_status(r), all[i]);
		ocsp_response_free(r);
		buf_clear(&der);
	}
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
	    cmocka_unit_test(test_requests),
	    cmocka_unit_test(test_nonces),
	    cmocka_unit_test(test_responses),
	    cmocka_unit_test(test_write),
	    cmocka_unit_test(test_error_response),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
