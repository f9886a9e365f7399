/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client against a signer that this test plays: answers late, out of
 * order, never, to somebody else, and after a restart.
 */
#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "crypto/init.h"
#include "ipc/frame.h"
#include "ipc/wire.h"
#include "os/file.h"
#include "os/memfd.h"
#include "os/socket.h"
#include "os/systime.h"
#include "os/wait.h"
#include "signer/client.h"

static struct buf packet = BUF_INIT(FRAME_BYTES_MAX);
static int ours, theirs; /* the signer's end, the client's */
static struct signer_client *client;
static atomic_int restarts;
static bool greeted;

static void
noted(void *arg, const struct hello *h)
{
	(void)arg;
	assert_string_equal(h->role, "signer");
	restarts++;
}

/* --- the signer's side -------------------------------------------------- */

/* The next question.  Our own hello makes the client say its own again, so
 * there may be one more than were answered. */
static struct frame
hear(void)
{
	struct errinfo ei;
	struct frame f;

	do {
		assert_ok(frame_recv(ours, &packet, &f, false, &ei), &ei);
	} while (f.type == MSG_HELLO && greeted);
	return f;
}

static void
say(uint64_t id, uint16_t type, struct buf *body)
{
	struct frame f = {.type = type, .id = id, .body = buf_slice(body)};
	struct errinfo ei;

	assert_ok(buf_err(body, &ei), &ei);
	assert_ok(frame_send(ours, &f, &ei), &ei);
	buf_clear(body);
}

static void
say_issued(uint64_t id, const char *cert)
{
	struct signer_issued m = {.number = 5, .cert = slice_str(cert)};
	struct buf b = BUF_INIT(FRAME_BODY_MAX);

	signer_issued_pack(&b, &m);
	say(id, SIGNER_ISSUED, &b);
}

static void
say_error(uint64_t id)
{
	struct buf b = BUF_INIT(FRAME_BODY_MAX);
	struct errinfo e = {0};

	(void)err_set(&e, ERR_NOTFOUND, "signer.idem", "RFC 1", "Nothing.");
	wire_put_errinfo(&b, &e);
	say(id, MSG_ERROR, &b);
}

static void *
greet(void *arg)
{
	struct errinfo ei;
	struct frame f;

	(void)arg;
	/* For a front before this one: dropped. */
	say_issued(12345, "old");
	assert_ok(hello_send(ours, 0, "signer", "gost", &ei), &ei);
	f = hear();
	assert_int_equal(f.type, MSG_HELLO);
	say_issued(f.id + 1, "old");
	assert_ok(hello_send(ours, f.id, "signer", "gost", &ei), &ei);
	return NULL;
}

/* It dies with the first hello unanswered; its successor hears the next. */
static void *
greet_after_death(void *arg)
{
	struct errinfo ei;
	struct frame f;
	uint64_t id;

	(void)arg;
	id = hear().id;
	assert_ok(hello_send(ours, 0, "signer", "gost", &ei), &ei);
	f = hear();
	assert_int_equal(f.type, MSG_HELLO);
	assert_int_equal(f.id, id);
	assert_ok(hello_send(ours, id, "signer", "gost", &ei), &ei);
	return NULL;
}

static void
connect_by(void *(*signer)(void *), int64_t timeout_ms)
{
	struct signer_client_options o = {
	    .clock = system_clock(),
	    .timeout_ms = timeout_ms,
	    .restarted = noted,
	};
	struct errinfo ei;
	pthread_t t;
	int pair[2];

	assert_ok(socket_pair(pair, &ei), &ei);
	ours = pair[0];
	theirs = pair[1];
	o.fd = theirs;
	greeted = false;
	assert_int_equal(pthread_create(&t, NULL, signer, NULL), 0);
	assert_ok(signer_client_new(&o, &client, &ei), &ei);
	assert_int_equal(pthread_join(t, NULL), 0);
	greeted = true;
}

static void
connect_client(int64_t timeout_ms)
{
	connect_by(greet, timeout_ms);
}

static void
disconnect(void)
{
	signer_client_free(client);
	fd_close(ours);
}

/* --- front's side: one find in a thread of its own ---------------------- */

struct finding {
	pthread_t thread;
	uint8_t idem[VALUES_IDEM_SIZE];
	struct buf cert;
	struct errinfo ei;
	enum err err;
};

static void *
find(void *arg)
{
	struct finding *f = arg;

	f->err = signer_find(client, f->idem, &f->cert, NULL, NULL, &f->ei);
	return NULL;
}

static void
begin(struct finding *f, uint8_t n)
{
	memset(f, 0, sizeof(*f));
	f->idem[0] = n;
	buf_init(&f->cert, CERT_BYTES_MAX);
	assert_int_equal(pthread_create(&f->thread, NULL, find, f), 0);
}

static enum err
end(struct finding *f)
{
	assert_int_equal(pthread_join(f->thread, NULL), 0);
	return f->err;
}

/* --- tests -------------------------------------------------------------- */

/* Many ask at once; answers come in the reverse order and find their way. */
static void
answers_find_their_askers(void **state)
{
	struct finding f[16];
	uint64_t ids[16];
	uint8_t whose[16];

	(void)state;
	connect_client(10000);
	for (uint8_t i = 0; i < 16; i++) {
		begin(&f[i], i);
	}
	for (int i = 0; i < 16; i++) {
		struct frame q = hear();
		struct signer_find m;
		struct errinfo ei;

		assert_int_equal(q.type, SIGNER_FIND);
		assert_ok(signer_find_unpack(q.body, &m, &ei), &ei);
		ids[i] = q.id;
		whose[i] = m.idem[0];
	}
	for (int i = 15; i >= 0; i--) {
		char text[24];

		(void)snprintf(text, sizeof(text), "cert %d", whose[i]);
		say_issued(ids[i], text);
	}
	for (int i = 0; i < 16; i++) {
		char text[24];

		(void)snprintf(text, sizeof(text), "cert %d", i);
		assert_int_equal(end(&f[i]), ERR_OK);
		assert_string_equal(buf_cstr(&f[i].cert), text);
		buf_clear(&f[i].cert);
	}
	disconnect();
}

static void
errors_come_as_they_are(void **state)
{
	struct finding f;

	(void)state;
	connect_client(10000);
	begin(&f, 1);
	say_error(hear().id);
	assert_int_equal(end(&f), ERR_NOTFOUND);
	assert_string_equal(f.ei.rule, "signer.idem");
	assert_string_equal(f.ei.clause, "RFC 1");
	assert_string_equal(f.ei.text, "Nothing.");
	/* An answer of another kind, or none at all. */
	begin(&f, 1);
	{
		struct buf b = BUF_INIT(100);

		say(hear().id, SIGNER_INFO_DONE, &b);
	}
	assert_int_equal(end(&f), ERR_FORMAT);
	begin(&f, 1);
	{
		struct buf b = BUF_INIT(100);

		say(hear().id, SIGNER_ISSUED, &b);
	}
	assert_int_equal(end(&f), ERR_FORMAT);
	disconnect();
}

/* What was in flight is unknown; what is asked afterwards is answered, and
 * late answers to the former harm nobody. */
static void
a_restart_makes_unknown(void **state)
{
	struct finding f[3], later;
	struct errinfo ei;
	uint64_t ids[3];

	(void)state;
	print_message("proves: I2\n");
	connect_client(10000);
	restarts = 0;
	for (uint8_t i = 0; i < 3; i++) {
		begin(&f[i], i);
		ids[i] = hear().id;
	}
	assert_ok(hello_send(ours, 0, "signer", "gost", &ei), &ei);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(end(&f[i]), ERR_TIMEOUT);
		assert_string_equal(f[i].ei.rule, "signer.unknown");
	}
	/* Told by the reader's thread, after those who waited. */
	for (int i = 0; i < 1000 && restarts == 0; i++) {
		sleep_ms(5);
	}
	assert_int_equal(restarts, 1);
	begin(&later, 9);
	say_issued(ids[1], "late");
	say_issued(hear().id, "right");
	assert_int_equal(end(&later), ERR_OK);
	assert_string_equal(buf_cstr(&later.cert), "right");
	buf_clear(&later.cert);
	disconnect();
}

static void
a_silent_signer_times_out(void **state)
{
	struct finding f;
	uint64_t id;

	(void)state;
	connect_client(200);
	begin(&f, 1);
	id = hear().id;
	assert_int_equal(end(&f), ERR_TIMEOUT);
	assert_string_equal(f.ei.rule, "signer.unknown");
	say_issued(id, "too late");
	begin(&f, 2);
	say_issued(hear().id, "in time");
	assert_int_equal(end(&f), ERR_OK);
	buf_clear(&f.cert);
	disconnect();
}

static void
an_end_is_told_to_all(void **state)
{
	struct finding f;

	(void)state;
	connect_client(10000);
	begin(&f, 1);
	(void)hear();
	fd_close(ours);
	ours = -1;
	assert_int_equal(end(&f), ERR_TIMEOUT);
	/* The next is not even sent. */
	begin(&f, 1);
	assert_int_equal(end(&f), ERR_STATE);
	assert_string_equal(f.ei.rule, "signer.gone");
	disconnect();
}

/* --- the journal, in pages ---------------------------------------------- */

static void *
tell_journal(void *arg)
{
	uint64_t last = *(uint64_t *)arg;

	for (;;) {
		struct buf b = BUF_INIT(FRAME_BODY_MAX);
		struct signer_journal_end done = {.last = last};
		struct signer_journal m;
		struct frame q = hear();
		uint64_t id = q.id, n;
		struct errinfo ei;

		assert_int_equal(q.type, SIGNER_JOURNAL);
		assert_ok(signer_journal_unpack(q.body, &m, &ei), &ei);
		assert_int_equal(m.limit, SIGNER_JOURNAL_PAGE_MAX);
		for (n = m.after + 1; n <= last && n <= m.after + m.limit;
		     n++) {
			struct buf one = BUF_INIT(FRAME_BODY_MAX);
			struct signer_journal_entry e = {
			    .number = n, .type = JOURNAL_OPEN, .time = 7};

			signer_journal_entry_pack(&one, &e);
			say(id, SIGNER_JOURNAL_ENTRY, &one);
		}
		signer_journal_end_pack(&b, &done);
		say(id, SIGNER_JOURNAL_END, &b);
		if (n > last) {
			return NULL;
		}
	}
}

static enum err
count(void *arg, const struct signer_journal_entry *entry, struct errinfo *ei)
{
	uint64_t *n = arg;

	assert_int_equal(entry->number, *n + 1);
	*n = entry->number;
	return *n == 150
		   ? err_set(ei, ERR_AGAIN, "test.enough", NULL, "Enough.")
		   : ERR_OK;
}

static void
the_journal_comes_in_pages(void **state)
{
	static uint64_t lasts[] = {0, 64, 130, 149};
	struct errinfo ei;
	pthread_t t;

	(void)state;
	connect_client(10000);
	for (size_t i = 0; i < ARRAY_LEN(lasts); i++) {
		uint64_t n = 0;

		assert_int_equal(
		    pthread_create(&t, NULL, tell_journal, &lasts[i]), 0);
		assert_ok(signer_journal_since(client, 0, count, &n, &ei), &ei);
		assert_int_equal(n, lasts[i]);
		assert_int_equal(pthread_join(t, NULL), 0);
	}
	disconnect();
}

static void
the_callback_can_stop(void **state)
{
	static uint64_t last = 160;
	uint64_t n = 100;
	struct errinfo ei;
	pthread_t t;

	(void)state;
	connect_client(10000);
	assert_int_equal(pthread_create(&t, NULL, tell_journal, &last), 0);
	assert_int_equal(
	    signer_journal_since(client, 100, count, &n, &ei), ERR_AGAIN);
	assert_string_equal(ei.rule, "test.enough");
	assert_int_equal(n, 150);
	assert_int_equal(pthread_join(t, NULL), 0);
	disconnect();
}

/* --- large CRLs --------------------------------------------------------- */

static void *
tell_crl(void *arg)
{
	struct signer_crl_done m = {.journal_number = 3,
	    .sha256 = {7},
	    .front = SLICE_LIT("front"),
	    .back = SLICE_LIT("back")};
	struct buf b = BUF_INIT(FRAME_BODY_MAX);
	struct slice *sent = arg, entries;
	struct frame q = hear(), f = {.type = SIGNER_CRL_DONE};
	struct signer_crl order;
	struct errinfo ei;

	assert_ok(signer_crl_unpack(q.body, &order, &ei), &ei);
	assert_int_equal(q.type, SIGNER_CRL);
	assert_int_equal(q.num_fds, 1);
	assert_ok(memfd_map(q.fds[0], CRL_BYTES_MAX, &entries, &ei), &ei);
	assert_true(slice_eq(entries, *sent));
	memfd_unmap(entries);
	frame_close_fds(&q);
	signer_crl_done_pack(&b, &m);
	f.id = q.id;
	f.body = buf_slice(&b);
	if (order.shard.delta) {
		f.num_fds = 1;
		assert_ok(
		    memfd_of("d", SLICE_LIT("delta"), &f.fds[0], &ei), &ei);
	}
	assert_ok(frame_send(ours, &f, &ei), &ei);
	frame_close_fds(&f);
	buf_clear(&b);
	return NULL;
}

static void
once_more(void *arg)
{
	++*(int *)arg;
}

/* By its own memory file, and something done meanwhile. */
static void
a_crl_of_a_file(void **state)
{
	struct signer_crl_made made = SIGNER_CRL_MADE_INIT;
	struct slice entries = SLICE_LIT("entries");
	struct signer_crl o = {.number = 1};
	int times = 0, fd = -1;
	const struct signer_meanwhile meanwhile = {once_more, &times};
	struct errinfo ei;
	pthread_t t;

	(void)state;
	connect_client(10000);
	assert_ok(memfd_of("entries", entries, &fd, &ei), &ei);
	assert_int_equal(pthread_create(&t, NULL, tell_crl, &entries), 0);
	assert_ok(signer_crl(client, &o, fd, &meanwhile, &made, &ei), &ei);
	assert_int_equal(times, 1);
	assert_true(slice_eq_str(buf_slice(&made.front), "front"));
	assert_int_equal(made.delta.len, 0);
	assert_true(slice_eq_str(buf_slice(&made.back), "back"));
	assert_int_equal(pthread_join(t, NULL), 0);
	fd_close(fd);
	signer_crl_made_clear(&made);
	disconnect();
}

static void
a_crl_is_put_around_its_entries(void **state)
{
	static uint8_t bytes[200000] = {1, 2, 3};
	struct slice large = slice_make(bytes, sizeof(bytes)), got;
	struct signer_crl o = {.number = 1};
	struct buf crl = BUF_INIT(CRL_BYTES_MAX);
	uint8_t sha256[32] = {0};
	struct errinfo ei;
	pthread_t t;

	(void)state;
	connect_client(10000);
	assert_int_equal(pthread_create(&t, NULL, tell_crl, &large), 0);
	assert_ok(signer_crl_whole(client, &o, large, &crl, sha256, &ei), &ei);
	assert_int_equal(sha256[0], 7);
	got = buf_slice(&crl);
	assert_true(slice_starts(got, SLICE_LIT("front")));
	assert_int_equal(got.len, 5 + large.len + 4);
	assert_true(slice_eq(slice_make(got.p + 5, large.len), large));
	assert_memory_equal(got.p + 5 + large.len, "back", 4);
	assert_int_equal(pthread_join(t, NULL), 0);
	o.shard.delta = true;
	assert_int_equal(pthread_create(&t, NULL, tell_crl, &large), 0);
	assert_ok(signer_crl_whole(client, &o, large, &crl, sha256, &ei), &ei);
	assert_true(slice_eq_str(buf_slice(&crl), "frontdeltaback"));
	assert_int_equal(pthread_join(t, NULL), 0);
	buf_clear(&crl);
	disconnect();
}

static void
a_greeting_is_said_again(void **state)
{
	(void)state;
	connect_by(greet_after_death, 20000);
	disconnect();
}

/* What a journal that was put back answers to somebody who has seen more. */
static void *
answer_short_journal(void *arg)
{
	struct buf b = BUF_INIT(FRAME_BODY_MAX);
	struct signer_journal_end end = {.last = 4};

	(void)arg;
	signer_journal_end_pack(&b, &end);
	say(hear().id, SIGNER_JOURNAL_END, &b);
	return NULL;
}

static enum err
no_entry(void *arg, const struct signer_journal_entry *e, struct errinfo *ei)
{
	(void)arg;
	(void)e;
	return err_set(ei, ERR_INTERNAL, "test", NULL, "no entry was sent");
}

static void
a_journal_behind_is_refused(void **state)
{
	struct errinfo ei;
	pthread_t t;

	(void)state;
	connect_client(20000);
	for (uint64_t after = 4; after <= 5; after++) {
		enum err e;

		assert_int_equal(
		    pthread_create(&t, NULL, answer_short_journal, NULL), 0);
		e = signer_journal_since(client, after, no_entry, NULL, &ei);
		assert_int_equal(e, after == 4 ? ERR_OK : ERR_STATE);
		assert_int_equal(pthread_join(t, NULL), 0);
	}
	assert_string_equal(ei.rule, "signer.journal_behind");
	disconnect();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_greeting_is_said_again),
	    cmocka_unit_test(a_journal_behind_is_refused),
	    cmocka_unit_test(answers_find_their_askers),
	    cmocka_unit_test(errors_come_as_they_are),
	    cmocka_unit_test(a_restart_makes_unknown),
	    cmocka_unit_test(a_silent_signer_times_out),
	    cmocka_unit_test(an_end_is_told_to_all),
	    cmocka_unit_test(the_journal_comes_in_pages),
	    cmocka_unit_test(the_callback_can_stop),
	    cmocka_unit_test(a_crl_is_put_around_its_entries),
	    cmocka_unit_test(a_crl_of_a_file),
	};
	int failed = cmocka_run_group_tests_name("client", tests, NULL, NULL);

	buf_clear(&packet);
	return failed;
}
