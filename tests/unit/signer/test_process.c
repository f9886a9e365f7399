/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer as it runs: real processes, confined, asked through the client
 * as front asks.
 */
#include "unit.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "crypto/init.h"
#include "crypto/pubkey.h"
#include "house.h"
#include "ipc/fds.h"
#include "ipc/frame.h"
#include "os/file.h"
#include "os/memfd.h"
#include "os/process.h"
#include "os/socket.h"
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
			       "per_day = 2; });\n"
			       "crl_unknown_max = 5000;\n");
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

/* Two on one journal would fork its chain. */
static void
its_journal_is_its_alone(void **state)
{
	char dir[PATH_TEXT_SIZE], path[PATH_TEXT_SIZE];
	struct signer_client *c;
	struct errinfo ei = {0};
	pid_t pid;
	int fd;

	(void)state;
	house_path(&house, "issuing", dir);
	assert_ok(path_join(path, dir, "journal.lock", &ei), &ei);
	c = house_start(&house, "issuing", false, &pid);
	/* Whoever answers has opened the journal. */
	assert_ok(ask(c, "tls-client", "user", 101, &cert, NULL, &ei), &ei);
	assert_int_equal(file_lock(path, &fd, &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "file.locked");
	house_stop(c, pid);
	assert_ok(file_lock(path, &fd, &ei), &ei);
	fd_close(fd);
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
	    ask(c, "issuing-ca", "x", 200, &cert, &replay, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "signer.profile");
	house_values(&v, "tls-client", "user", buf_slice(&key), 201);
	v.not_before = clock_utc_sec(&now) - 3600;
	assert_int_equal(
	    signer_issue(c, &v, &at, &cert, NULL, NULL, &ei), ERR_POLICY);
	values_clear(&v);
	house_stop(c, pid);
}

/* --- many at once ------------------------------------------------------- */

struct asking {
	pthread_t thread;
	struct signer_client *c;
	unsigned idem;
	struct buf cert;
	bool replay;
	enum err err;
	struct errinfo ei;
};

static void *
ask_one(void *arg)
{
	struct asking *a = arg;

	a->err = ask(
	    a->c, "tls-client", "user", a->idem, &a->cert, &a->replay, &a->ei);
	return NULL;
}

/* 64 threads, each key asked for by two of them: one certificate a key. */
static void
twins_at_once_get_one_certificate(void **state)
{
	enum {
		NUM = 64
	};
	static struct asking a[NUM];
	struct signer_info info, after;
	struct errinfo ei;
	struct signer_client *c;
	pid_t pid;

	(void)state;
	print_message("proves: I2\n");
	c = house_start(&house, "issuing", false, &pid);
	signer_info_init(&info);
	signer_info_init(&after);
	assert_ok(signer_info(c, &info, &ei), &ei);
	for (unsigned i = 0; i < NUM; i++) {
		a[i].c = c;
		a[i].idem = 1000 + i / 2;
		buf_init(&a[i].cert, CERT_BYTES_MAX);
		assert_int_equal(
		    pthread_create(&a[i].thread, NULL, ask_one, &a[i]), 0);
	}
	for (unsigned i = 0; i < NUM; i++) {
		assert_int_equal(pthread_join(a[i].thread, NULL), 0);
		assert_ok(a[i].err, &a[i].ei);
	}
	for (unsigned i = 0; i < NUM; i += 2) {
		assert_true(
		    slice_eq(buf_slice(&a[i].cert), buf_slice(&a[i + 1].cert)));
		assert_int_equal(a[i].replay + a[i + 1].replay, 1);
		assert_false(i > 0 && slice_eq(buf_slice(&a[i].cert),
					  buf_slice(&a[0].cert)));
	}
	assert_ok(signer_info(c, &after, &ei), &ei);
	assert_int_equal(after.journal_number, info.journal_number + NUM / 2);
	house_stop(c, pid);
	for (unsigned i = 0; i < NUM; i++) {
		buf_clear(&a[i].cert);
	}
	signer_info_clear(&info);
	signer_info_clear(&after);
}

/* Killed in the midst of it, the journal keeps what was answered, and asked
 * again each key has one certificate. */
static void
a_kill_loses_nothing_that_was_answered(void **state)
{
	struct buf first = BUF_INIT(CERT_BYTES_MAX);
	struct signer_client *c;
	struct errinfo ei;
	bool replay;
	pid_t pid;

	(void)state;
	print_message("proves: power, kill\n");
	for (unsigned round = 0; round < 5; round++) {
		c = house_start(&house, "issuing", false, &pid);
		assert_ok(ask(c, "tls-client", "user", 2000 + round, &first,
			      &replay, &ei),
		    &ei);
		assert_false(replay);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(signer_client_stop(c, pid, &ei), ERR_STATE);
		c = house_start(&house, "issuing", false, &pid);
		assert_ok(ask(c, "tls-client", "user", 2000 + round, &cert,
			      &replay, &ei),
		    &ei);
		assert_true(replay);
		assert_true(slice_eq(buf_slice(&cert), buf_slice(&first)));
		house_stop(c, pid);
	}
	buf_clear(&first);
}

/* --- CRLs and OCSP over the channel ------------------------------------- */

static void
a_crl_larger_than_a_frame(void **state)
{
	struct signer_crl o = {.number = 1, .at = house_audit(3)};
	struct buf entries = BUF_INIT(1 << 20), crl = BUF_INIT(CRL_BYTES_MAX);
	struct clock now = system_clock();
	struct signer_client *c;
	struct crl *parsed = NULL;
	struct errinfo ei;
	pid_t pid;

	(void)state;
	print_message("proves: I3\n");
	o.this_update = clock_utc_sec(&now);
	o.next_update = o.this_update + 3600;
	for (unsigned i = 1; i <= 5000; i++) {
		uint8_t serial[3] = {1, (uint8_t)(i >> 8), (uint8_t)i};

		crl_entry_put(&entries, slice_make(serial, 3),
		    o.this_update - 1, CRL_REASON_SUPERSEDED);
	}
	c = house_start(&house, "issuing", false, &pid);
	assert_ok(
	    signer_crl_whole(c, &o, buf_slice(&entries), &crl, NULL, &ei), &ei);
	assert_true(crl.len > FRAME_BYTES_MAX);
	assert_ok(crl_parse(buf_slice(&crl), &parsed, &ei), &ei);
	assert_int_equal(crl_num_entries(parsed), 5000);
	crl_free(parsed);
	house_stop(c, pid);
	c = house_start(&house, "issuing", false, &pid);
	o.number = 2;
	assert_int_equal(
	    signer_crl_whole(c, &o, SLICE_EMPTY, &crl, NULL, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.dropped");
	house_stop(c, pid);
	buf_clear(&entries);
	buf_clear(&crl);
}

static void
an_ocsp_key_answers(void **state)
{
	struct buf der = BUF_INIT(OCSP_RESPONSE_BYTES_MAX);
	struct clock now = system_clock();
	struct ocsp_response *r = NULL;
	struct signer_ocsp m = {.num_singles = 1};
	struct signer_client *c;
	struct errinfo ei;
	struct kit kit = {.now = clock_utc_sec(&now)};
	pid_t pid;

	(void)state;
	house_ocsp(&house, "");
	kit_open(&kit, &house, "ocsp"); /* knows the issuer's hashes */
	m.singles[0] = (struct signer_ocsp_single){
	    .hash = HASH_SHA1,
	    .serial = {0x45},
	    .serial_len = 1,
	    .reason = -1,
	    .this_update = kit.now,
	    .next_update = kit.now + 60,
	};
	memcpy(m.singles[0].issuer_name_hash,
	    kit.in->issuer[HASH_SHA1].name_hash, 20);
	memcpy(m.singles[0].issuer_key_hash, kit.in->issuer[HASH_SHA1].key_hash,
	    20);
	kit_close(&kit);
	c = house_start(&house, "ocsp", true, &pid);
	assert_ok(signer_ocsp(c, &m, &der, &ei), &ei);
	assert_ok(ocsp_response_parse(buf_slice(&der), &r, &ei), &ei);
	assert_int_equal(ocsp_response_status(r), OCSP_SUCCESSFUL);
	ocsp_response_free(r);
	assert_int_equal(
	    ask(c, "tls-client", "x", 1, &cert, NULL, &ei), ERR_STATE);
	assert_string_equal(ei.rule, "signer.kind");
	house_stop(c, pid);
	buf_clear(&der);
}

/* --- a sibling that has gone mad ---------------------------------------- */

/* Starts the signer, hears its hello, and gives our end of the channel. */
static int
start_bare(pid_t *pid)
{
	char dir[PATH_TEXT_SIZE], conf[PATH_TEXT_SIZE];
	const char *const argv[] = {"surguch-signer", "-n", "issuing", "-d",
	    dir, "-c", conf, "-p", house.profiles, NULL};
	const char *const envp[] = {NULL};
	struct buf store = BUF_INIT(FRAME_BYTES_MAX);
	struct frame hello;
	struct errinfo ei;
	int pair[2];

	house_path(&house, "issuing", dir);
	house_path(&house, "issuing.conf", conf);
	assert_ok(socket_pair(pair, &ei), &ei);
	assert_ok(process_spawn(
		      &(struct spawn){
			  .path = house.program,
			  .argv = argv,
			  .envp = envp,
			  .fds = &(struct spawn_fd){pair[1], ROLE_FD_CHANNEL},
			  .num_fds = 1,
		      },
		      pid, &ei),
	    &ei);
	fd_close(pair[1]);
	assert_ok(frame_recv(pair[0], &store, &hello, false, &ei), &ei);
	assert_int_equal(hello.type, MSG_HELLO);
	assert_int_equal(hello.id, 0);
	buf_clear(&store);
	return pair[0];
}

static int
end_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		assert_int_equal(errno, EINTR);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 1000 + WTERMSIG(status);
}

/* Starts the signer and sends it one packet; how the process ended. */
static int
after_packet(const struct frame *f, struct slice raw)
{
	struct errinfo ei;
	pid_t pid;
	int fd = start_bare(&pid), status;

	if (f != NULL) {
		assert_ok(frame_send(fd, f, &ei), &ei);
	} else {
		assert_int_equal(send(fd, raw.p, raw.len, 0), raw.len);
	}
	status = end_of(pid);
	fd_close(fd);
	return status;
}

static void
expect_answer(int fd, uint16_t type, uint64_t id)
{
	struct buf store = BUF_INIT(FRAME_BYTES_MAX);
	struct errinfo ei;
	struct frame f;

	assert_ok(frame_recv(fd, &store, &f, false, &ei), &ei);
	assert_int_equal(f.type, type);
	assert_int_equal(f.id, id);
	buf_clear(&store);
}

/* A front that was restarted says hello to a signer that ran on, whatever its
 * predecessor was told last. */
static void
a_hello_has_one_answer(void **state)
{
	struct frame f = {.type = SIGNER_FIND, .id = 5};
	struct signer_find none = {{0}};
	struct buf b = BUF_INIT(100);
	struct errinfo ei;
	pid_t pid;
	int fd = start_bare(&pid);

	(void)state;
	signer_find_pack(&b, &none);
	f.body = buf_slice(&b);
	assert_ok(frame_send(fd, &f, &ei), &ei);
	expect_answer(fd, MSG_ERROR, 5);
	assert_ok(hello_send(fd, 6, "front", "", &ei), &ei);
	expect_answer(fd, MSG_HELLO, 6);
	assert_ok(
	    frame_send(fd, &(struct frame){.type = SIGNER_INFO, .id = 7}, &ei),
	    &ei);
	expect_answer(fd, SIGNER_INFO_DONE, 7);
	fd_close(fd);
	assert_int_equal(end_of(pid), 0);
	buf_clear(&b);
}

static void
a_malformed_message_ends_it(void **state)
{
	static const uint8_t issue[40] = {0};
	struct frame f = {.id = 1};
	struct errinfo ei;

	(void)state;
	assert_int_equal(after_packet(NULL, SLICE_LIT("nonsense")), 1);
	f.type = SIGNER_ISSUE;
	f.body = slice_make(issue, sizeof(issue));
	assert_int_equal(after_packet(&f, SLICE_EMPTY), 1);
	/* An answer is no question; nor is what comes after the last. */
	f.body = SLICE_EMPTY;
	f.type = SIGNER_ISSUED;
	assert_int_equal(after_packet(&f, SLICE_EMPTY), 1);
	f.type = SIGNER_MESSAGE_MAX_;
	assert_int_equal(after_packet(&f, SLICE_EMPTY), 1);
	/* A question with a descriptor that it does not want, and a CRL
	 * without or with one that can still be changed. */
	f.type = SIGNER_INFO;
	f.num_fds = 1;
	assert_ok(memfd_new("open", &f.fds[0], &ei), &ei);
	assert_int_equal(after_packet(&f, SLICE_EMPTY), 1);
	{
		struct signer_crl m = {.number = 100};
		struct buf b = BUF_INIT(1000);

		signer_crl_pack(&b, &m);
		f.type = SIGNER_CRL;
		f.body = buf_slice(&b);
		assert_int_equal(after_packet(&f, SLICE_EMPTY), 1);
		f.num_fds = 0;
		assert_int_equal(after_packet(&f, SLICE_EMPTY), 1);
		buf_clear(&b);
	}
	fd_close(f.fds[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(issues_once_for_a_key),
	    cmocka_unit_test(its_journal_is_its_alone),
	    cmocka_unit_test(refuses_what_it_must),
	    cmocka_unit_test(twins_at_once_get_one_certificate),
	    cmocka_unit_test(a_kill_loses_nothing_that_was_answered),
	    cmocka_unit_test(a_crl_larger_than_a_frame),
	    cmocka_unit_test(an_ocsp_key_answers),
	    cmocka_unit_test(a_hello_has_one_answer),
	    cmocka_unit_test(a_malformed_message_ends_it),
	};

	return cmocka_run_group_tests_name("signer", tests, set_up, tear_down);
}
