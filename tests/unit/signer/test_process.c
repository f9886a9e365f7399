/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer as it runs: real processes, confined, asked through the client
 * as front asks.
 */
#include "unit.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "crypto/init.h"
#include "crypto/pubkey.h"
#include "house.h"
#include "os/systime.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/ocsp.h"

static struct house house;
static struct buf cert = BUF_INIT(CERT_BYTES_MAX);
static struct buf again = BUF_INIT(CERT_BYTES_MAX);
static struct buf key = BUF_INIT(SPKI_BYTES_MAX);

static int
set_up(void **state)
{
	struct errinfo ei;

	(void)state;
	assert_ok(crypto_init(&ei), &ei);
	if (!house_open(&house)) {
		return -1;
	}
	house_ceremony(&house, "ceilings = ({ profile = \"tls-server\"; "
			       "per_day = 2; });\n");
	house_key(&key);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	house_close(&house);
	buf_clear(&cert);
	buf_clear(&again);
	buf_clear(&key);
	return 0;
}

static enum err
ask(struct signer_client *c, const char *profile, const char *cn, unsigned idem,
    struct buf *out, bool *replay, struct errinfo *ei)
{
	struct audit_position at = house_audit(idem);
	struct issue_values v;
	enum err err;

	house_values(&v, profile, cn, buf_slice(&key), idem);
	err = signer_issue(c, &v, &at, out, NULL, replay, ei);
	values_clear(&v);
	return err;
}

static void
issues_once_for_a_key(void **state)
{
	struct signer_client *c;
	struct errinfo ei = {0};
	bool replay = true;
	pid_t pid;

	(void)state;
	print_message("proves: I2\n");
	c = house_start(&house, "issuing", false, &pid);
	assert_ok(ask(c, "tls-client", "user", 100, &cert, &replay, &ei), &ei);
	assert_false(replay);
	assert_ok(ask(c, "tls-client", "user", 100, &again, &replay, &ei), &ei);
	assert_true(replay);
	assert_true(slice_eq(buf_slice(&cert), buf_slice(&again)));
	assert_int_equal(
	    ask(c, "tls-client", "another", 100, &again, &replay, &ei),
	    ERR_CONFLICT);
	assert_string_equal(ei.rule, "signer.idem");
	house_stop(c, pid);

	/* After a restart it knows the same. */
	c = house_start(&house, "issuing", false, &pid);
	assert_ok(ask(c, "tls-client", "user", 100, &again, &replay, &ei), &ei);
	assert_true(replay);
	assert_true(slice_eq(buf_slice(&cert), buf_slice(&again)));
	house_stop(c, pid);
}

static void
refuses_what_it_must(void **state)
{
	struct audit_position at = house_audit(1);
	struct clock now = system_clock();
	struct signer_client *c;
	struct issue_values v;
	struct errinfo ei = {0};
	bool replay;
	pid_t pid;

	(void)state;
	c = house_start(&house, "issuing", false, &pid);
	assert_int_equal(
	    ask(c, "issuing-ca-p256", "x", 200, &cert, &replay, &ei),
	    ERR_POLICY);
	assert_string_equal(ei.rule, "signer.profile");
	house_values(&v, "tls-client", "user", buf_slice(&key), 201);
	v.not_before = clock_utc_sec(&now) - 3600;
	assert_int_equal(
	    signer_issue(c, &v, &at, &cert, NULL, NULL, &ei), ERR_POLICY);
	values_clear(&v);
	house_stop(c, pid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(issues_once_for_a_key),
	    cmocka_unit_test(refuses_what_it_must),
	};

	return cmocka_run_group_tests_name("signer", tests, set_up, tear_down);
}
