/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's decisions about OCSP answers. */
#include "unit.h"

#include <string.h>

#include "crypto/pubkey.h"
#include "house.h"
#include "x509/cert.h"
#include "x509/name.h"
#include "x509/ocsp.h"

static struct house house;
static struct kit kit;
static struct buf response = BUF_INIT(OCSP_RESPONSE_BYTES_MAX);

static int
set_up(void **state)
{
	(void)state;
	if (!house_begin(&house, &kit, "")) {
		return -1;
	}
	house_ocsp(&house, "ocsp_per_day = 20;\nocsp_hours_max = 24;\n");
	kit.now += 60;
	kit_open(&kit, &house, "ocsp");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	kit_close(&kit);
	house_close(&house);
	buf_clear(&response);
	return 0;
}

static void
fill(struct signer_ocsp *m, enum hash_alg hash)
{
	const struct instance_issuer *issuer = &kit.in->issuer[hash];
	struct signer_ocsp_single *s = &m->singles[0];

	memset(m, 0, sizeof(*m));
	m->num_singles = 1;
	s->hash = hash;
	memcpy(s->issuer_name_hash, issuer->name_hash, 64);
	memcpy(s->issuer_key_hash, issuer->key_hash, 64);
	s->serial[0] = 0x45;
	s->serial_len = 1;
	s->reason = -1;
	s->this_update = kit.now;
	s->next_update = kit.now + 3600;
}

static void
says_what_it_is_told(void **state)
{
	static const struct {
		enum signer_ocsp_status status;
		int64_t revoked_ago;
		int reason;
		enum hash_alg hash;
		enum ocsp_cert_status want;
	} cases[] = {
	    {SIGNER_OCSP_GOOD, 0, -1, HASH_SHA1, OCSP_GOOD},
	    {SIGNER_OCSP_REVOKED, 100, 1, HASH_SHA1, OCSP_REVOKED},
	    {SIGNER_OCSP_REVOKED, 100, -1, HASH_SHA256, OCSP_REVOKED},
	    {SIGNER_OCSP_UNKNOWN, 0, -1, HASH_STREEBOG256, OCSP_UNKNOWN},
	};
	struct errinfo ei;

	(void)state;
	print_message("proves: I3\n");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ocsp_response *r = NULL;
		const struct ocsp_single *got;
		struct cert *responder = NULL;
		struct pubkey *key = NULL;
		struct signer_ocsp m;

		fill(&m, cases[i].hash);
		m.singles[0].status = cases[i].status;
		m.singles[0].reason = cases[i].reason;
		if (cases[i].revoked_ago > 0) {
			m.singles[0].revoked_at =
			    kit.now - cases[i].revoked_ago;
		}
		m.nonce_len = i * 8;
		memset(m.nonce, 7, m.nonce_len);
		assert_ok(engine_ocsp(kit.engine, &m, &response, &ei), &ei);
		assert_ok(
		    ocsp_response_parse(buf_slice(&response), &r, &ei), &ei);
		assert_int_equal(ocsp_response_status(r), OCSP_SUCCESSFUL);
		assert_int_equal(ocsp_response_produced_at(r), kit.now);
		assert_int_equal(ocsp_response_num(r), 1);
		got = ocsp_response_single(r, 0);
		assert_int_equal(got->status, cases[i].want);
		assert_int_equal(got->this_update, kit.now);
		assert_true(slice_eq(got->id.serial, SLICE_LIT("\x45")));
		assert_int_equal(ocsp_response_nonce(r).len, m.nonce_len);
		if (cases[i].want == OCSP_REVOKED) {
			assert_int_equal(got->revoked_at, kit.now - 100);
			assert_int_equal(got->reason, cases[i].reason);
		}
		assert_int_equal(ocsp_response_num_certs(r), 1);
		assert_ok(
		    cert_parse(ocsp_response_cert(r, 0), &responder, &ei), &ei);
		assert_ok(pubkey_parse(cert_spki(responder), &key, &ei), &ei);
		assert_ok(ocsp_response_verify(r, key, &ei), &ei);
		ocsp_response_free(r);
		cert_free(responder);
		pubkey_free(key);
	}
}

static void
refuses(void (*spoil)(struct signer_ocsp_single *s), const char *rule)
{
	struct signer_ocsp m;
	struct errinfo ei;

	fill(&m, HASH_SHA1);
	spoil(&m.singles[0]);
	assert_int_equal(
	    engine_ocsp(kit.engine, &m, &response, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, rule);
}

static void
other_name(struct signer_ocsp_single *s)
{
	s->issuer_name_hash[19] ^= 1;
}

static void
other_key(struct signer_ocsp_single *s)
{
	s->issuer_key_hash[0] ^= 1;
}

static void
future(struct signer_ocsp_single *s)
{
	s->this_update = kit.now + CLOCK_SKEW_SEC + 1;
	s->next_update = s->this_update + 1;
}

static void
long_ago(struct signer_ocsp_single *s)
{
	s->this_update = kit.now - 24LL * 3600 - 1;
}

static void
too_long(struct signer_ocsp_single *s)
{
	s->next_update = s->this_update + 24LL * 3600 + 1;
}

static void
never(struct signer_ocsp_single *s)
{
	s->next_update = s->this_update;
}

static void
revoked_later(struct signer_ocsp_single *s)
{
	s->status = SIGNER_OCSP_REVOKED;
	s->revoked_at = kit.now + CLOCK_SKEW_SEC + 1;
}

static void
revoked_before_all(struct signer_ocsp_single *s)
{
	s->status = SIGNER_OCSP_REVOKED;
	s->revoked_at = INT64_MIN;
}

static void
beyond_all(struct signer_ocsp_single *s)
{
	s->this_update = INT64_MIN;
	s->next_update = INT64_MAX;
}

static void
refuses_what_it_must(void **state)
{
	(void)state;
	refuses(other_name, "ocsp.issuer");
	refuses(other_key, "ocsp.issuer");
	refuses(future, "ocsp.this_update");
	refuses(long_ago, "ocsp.this_update");
	refuses(too_long, "ocsp.next_update");
	refuses(never, "ocsp.next_update");
	refuses(revoked_later, "ocsp.revoked_at");
	refuses(revoked_before_all, "ocsp.revoked_at");
	refuses(beyond_all, "ocsp.this_update");
}

static void
does_nothing_else(void **state)
{
	struct buf key = BUF_INIT(SPKI_BYTES_MAX), out = BUF_INIT(1 << 20);
	struct signer_crl crl = {.number = 1};
	struct signer_issue_msg m;
	struct signer_issued issued;
	struct errinfo ei;
	struct signer_crl_done done;
	bool fatal;

	(void)state;
	house_key(&key);
	m.at = house_audit(1);
	house_values(&m.values, "tls-client", "x", buf_slice(&key), 1);
	assert_int_equal(
	    engine_issue(kit.engine, &m, &out, &issued, &ei), ERR_STATE);
	assert_string_equal(ei.rule, "signer.kind");
	signer_issue_clear(&m);
	assert_int_equal(
	    engine_crl(kit.engine, &crl, SLICE_EMPTY, &done, &fatal, &ei),
	    ERR_STATE);
	assert_string_equal(ei.rule, "signer.kind");
	buf_clear(&key);
	buf_clear(&out);
}

static void
the_ceiling_holds(void **state)
{
	struct signer_ocsp m;
	struct errinfo ei;
	int made = 0;

	(void)state;
	kit.now += DAY_SEC;
	fill(&m, HASH_SHA1);
	while (engine_ocsp(kit.engine, &m, &response, &ei) == ERR_OK) {
		made++;
	}
	assert_int_equal(made, 20);
	assert_string_equal(ei.rule, "ocsp.ceiling");
	kit.now += DAY_SEC;
	fill(&m, HASH_SHA1);
	assert_ok(engine_ocsp(kit.engine, &m, &response, &ei), &ei);
}

/* A certificate that its CA did not make for this is not installed. */
static void
only_a_delegated_certificate(void **state)
{
	char dir[PATH_TEXT_SIZE], root[PATH_TEXT_SIZE];
	char own[PATH_TEXT_SIZE];
	struct kit fresh = {.now = kit.now};
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct errinfo ei;

	(void)state;
	house_path(&house, "ocsp", dir);
	house_path(&house, "root/ca.der", root);
	house_path(&house, "new.der", own);
	/* Not issued by that CA. */
	assert_int_not_equal(
	    house_once(&house, "--install-cert", dir, own, root), 0);
	/* Another key's. */
	assert_int_not_equal(
	    house_once(&house, "--install-cert", dir, root, NULL), 0);
	/* Swapped behind our back: the start refuses. */
	kit_close(&kit);
	assert_ok(file_read(root, CERT_BYTES_MAX, &der, &ei), &ei);
	house_path(&house, "ocsp/ca.der", own);
	assert_ok(file_write_atomic(own, buf_slice(&der), 0644, &ei), &ei);
	assert_int_not_equal(kit_try(&fresh, &house, "ocsp", &ei), ERR_OK);
	buf_clear(&der);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(says_what_it_is_told),
	    cmocka_unit_test(refuses_what_it_must),
	    cmocka_unit_test(does_nothing_else),
	    cmocka_unit_test(the_ceiling_holds),
	    cmocka_unit_test(only_a_delegated_certificate),
	};

	return cmocka_run_group_tests_name("ocsp", tests, set_up, tear_down);
}
