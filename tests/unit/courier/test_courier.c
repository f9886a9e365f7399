/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The role's loop in a thread, and the role's program behind its walls (its
 * path is the argument), both spoken to as front does.
 */
#include "unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bounds.h"
#include "courier/courier.h"
#include "crypto/init.h"
#include "crypto/seal.h"
#include "fetch/fetch.h"
#include "fetch/one_shot.h"
#include "ipc/courier_msg.h"
#include "ipc/fds.h"
#include "ipc/frame.h"
#include "ipc/hello.h"
#include "os/file.h"
#include "os/process.h"
#include "os/signals.h"

static int64_t now_sec = 1000;

static int64_t
now_ms(void *arg)
{
	(void)arg;
	return now_sec * 1000;
}

struct world {
	char dir[64];
	char conf[96];
	struct one_shot phone;
	struct courier *courier;
	pthread_t thread;
	enum err ended;
	struct errinfo info;
	int mine;
	int its;
	struct courier_key key;
	struct courier_routes routes;
	struct buf store;
	pid_t pid;       /* of the role's program; 0: a thread does its work */
	const char *url; /* NULL: the phone's */
};

static struct world w;
static const char *role_path;

static void *
run(void *arg)
{
	(void)arg;
	w.ended = courier_run(w.courier, w.its, 2, 1, &w.info);
	return NULL;
}

static void
write_conf(bool gateway)
{
	struct buf text = BUF_INIT(1024);
	struct errinfo ei = {0};

	if (gateway && w.url == NULL) {
		buf_printf(&text,
		    "gateway : { url = \"http://localhost:%u/\";"
		    " body = \"{to}|{text}|{id}\"; };",
		    (unsigned)w.phone.port);
	} else if (gateway && strcmp(w.url, "https") == 0) {
		/* The phone speaks no TLS and keeps silent. */
		buf_printf(&text,
		    "gateway : { url = \"https://localhost:%u/\";"
		    " body = \"{text}\"; connect_timeout_ms = 500; };",
		    (unsigned)w.phone.port);
	} else if (gateway) {
		buf_printf(&text,
		    "gateway : { url = \"%s\"; body = \"{text}\"; };", w.url);
	}
	assert_ok(file_write_atomic(w.conf, buf_slice(&text), 0600, &ei), &ei);
	buf_clear(&text);
}

static uint16_t
next_frame(struct frame *f)
{
	struct errinfo ei = {0};

	assert_ok(socket_wait(w.mine, 5000, &ei), &ei);
	assert_ok(frame_recv(w.mine, &w.store, f, false, &ei), &ei);
	return f->type;
}

static void
expect_hello(uint64_t id)
{
	struct errinfo ei = {0};
	struct hello hello;
	struct frame f;

	assert_int_equal(next_frame(&f), MSG_HELLO);
	assert_int_equal(f.id, id);
	assert_ok(hello_unpack(f.body, &hello, &ei), &ei);
	assert_string_equal(hello.role, "courier");
	assert_int_equal(next_frame(&f), COURIER_KEY);
	assert_ok(courier_key_unpack(f.body, &w.key, &ei), &ei);
	assert_int_equal(next_frame(&f), COURIER_ROUTES);
	assert_ok(courier_routes_unpack(f.body, &w.routes, &ei), &ei);
}

static void
start_thread(void)
{
	const struct clock clock = {now_ms, now_ms, NULL};
	struct errinfo ei = {0};

	assert_ok(courier_make_key(w.dir, &ei), &ei);
	assert_ok(
	    courier_open(w.conf, w.dir, &clock, &w.courier, NULL, &ei), &ei);
	assert_int_equal(pthread_create(&w.thread, NULL, run, NULL), 0);
}

/* A program that hides itself cannot be looked through for leaks. */
static const char *const envp[] = {"ASAN_OPTIONS=detect_leaks=0", NULL};

static int
run_to_end(const char *const *argv)
{
	const struct spawn_fd fds[] = {{2, 2}};
	const struct spawn s = {role_path, argv, envp, fds, 1};
	struct errinfo ei = {0};
	pid_t pid;
	int status;

	assert_ok(process_spawn(&s, &pid, &ei), &ei);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
start_role(void)
{
	const char *const make[] = {role_path, "--make-key", w.dir, NULL};
	const char *const argv[] = {role_path, "-d", w.dir, "-c", w.conf, NULL};
	int ready[2];
	char said[16] = "";
	struct errinfo ei = {0};

	assert_int_equal(run_to_end(make), 0);
	assert_int_equal(pipe(ready), 0);
	const struct spawn_fd fds[] = {
	    {2, 2}, {ready[1], ROLE_FD_READY}, {w.its, ROLE_FD_CHANNEL}};
	const struct spawn s = {role_path, argv, envp, fds, 3};

	assert_ok(process_spawn(&s, &w.pid, &ei), &ei);
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], said, sizeof(said) - 1),
	    (ssize_t)strlen(ROLE_READY));
	assert_string_equal(said, ROLE_READY);
	(void)close(ready[0]);
}

static void
start_as(bool gateway, bool role)
{
	struct errinfo ei = {0};
	int pair[2];

	(void)snprintf(w.dir, sizeof(w.dir), "/tmp/surguch-courier-XXXXXX");
	assert_non_null(mkdtemp(w.dir));
	(void)snprintf(w.conf, sizeof(w.conf), "%s/courier.conf", w.dir);
	one_shot_start(
	    &w.phone, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	write_conf(gateway);
	buf_init(&w.store, FRAME_BYTES_MAX);
	assert_ok(socket_pair(pair, &ei), &ei);
	w.mine = pair[0];
	w.its = pair[1];
	w.pid = 0;
	if (role) {
		start_role();
	} else {
		start_thread();
	}
	expect_hello(0);
	assert_int_equal(w.key.ready, gateway);
	assert_int_equal(w.routes.num, gateway ? 1 : 0);
}

static void
start(bool gateway)
{
	start_as(gateway, false);
}

/* Its exit status, or that of a signal, as waitpid() says. */
static int
end_role(void)
{
	int status = -1;

	assert_int_equal(waitpid(w.pid, &status, 0), w.pid);
	return status;
}

static void
end_thread(void)
{
	(void)close(w.mine);
	assert_int_equal(pthread_join(w.thread, NULL), 0);
	courier_free(w.courier);
}

static void
clean_up(void)
{
	char path[96];

	(void)close(w.its);
	one_shot_stop(&w.phone);
	buf_clear(&w.store);
	(void)unlink(w.conf);
	(void)snprintf(path, sizeof(path), "%s/seal.key", w.dir);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/seal.pub", w.dir);
	(void)unlink(path);
	assert_int_equal(rmdir(w.dir), 0);
}

static void
finish(void)
{
	end_thread();
	clean_up();
}

static void
send_frame(uint16_t type, uint64_t id, struct buf *body)
{
	struct frame f = {.type = type, .id = id, .body = buf_slice(body)};
	struct errinfo ei = {0};

	assert_ok(frame_send(w.mine, &f, &ei), &ei);
	buf_clear(body);
}

/* sealed_to: the address that the body is sealed for. */
static void
deliver(uint8_t n, const char *to, const char *sealed_to, int64_t expires_sec)
{
	struct courier_deliver m = {
	    .outbox = {{n}}, .kind = COURIER_SMS, .expires_sec = expires_sec};
	struct buf context = BUF_INIT(256), sealed = BUF_INIT(1024);
	struct buf body = BUF_INIT(4096);
	struct errinfo ei = {0};

	(void)snprintf(m.to, sizeof(m.to), "%s", to);
	courier_seal_context(&m.outbox, m.kind, sealed_to, &context);
	assert_ok(seal_to(w.key.key, SLICE_LIT("Код 1234"), buf_slice(&context),
		      &sealed, &ei),
	    &ei);
	m.sealed = buf_slice(&sealed);
	courier_deliver_pack(&m, &body);
	send_frame(COURIER_DELIVER, n, &body);
	buf_clear(&context);
	buf_clear(&sealed);
}

static struct courier_result
result(uint8_t n)
{
	struct courier_result r;
	struct errinfo ei = {0};
	struct frame f;

	assert_int_equal(next_frame(&f), COURIER_RESULT);
	assert_int_equal(f.id, n);
	assert_ok(courier_result_unpack(f.body, &r, &ei), &ei);
	assert_int_equal(r.outbox.b[0], n);
	return r;
}

#define PHONE "+79161234567"

static void
a_sealed_message_reaches_the_gateway(void **state)
{
	struct courier_result r;

	(void)state;
	start(true);
	deliver(7, PHONE, PHONE, 0);
	r = result(7);
	assert_int_equal(r.outcome, COURIER_DELIVERED);
	deliver(8, PHONE, PHONE, now_sec + 1);
	assert_int_equal(result(8).outcome, COURIER_DELIVERED);
	finish();
	assert_int_equal(w.ended, ERR_OK);
	assert_int_equal(atomic_load(&w.phone.num_requests), 2);
	assert_non_null(strstr(w.phone.request, PHONE "|Код 1234|msg_"));
}

static void
what_must_not_be_sent_is_not(void **state)
{
	(void)state;
	start(true);
	/* Expired; sealed for another phone; sealed for another row. */
	deliver(1, PHONE, PHONE, now_sec);
	assert_int_equal(result(1).outcome, COURIER_REFUSED);
	deliver(2, PHONE, "+79160000000", 0);
	assert_int_equal(result(2).outcome, COURIER_REFUSED);
	finish();
	assert_int_equal(atomic_load(&w.phone.num_requests), 0);
}

static void
without_a_gateway_it_says_so(void **state)
{
	struct courier_result r;

	(void)state;
	start(false);
	deliver(1, PHONE, PHONE, 0);
	r = result(1);
	assert_int_equal(r.outcome, COURIER_REFUSED);
	assert_non_null(strstr(r.detail, "no SMS gateway is configured"));
	finish();
}

static void
a_new_front_gets_hello_and_key_again(void **state)
{
	struct errinfo ei = {0};

	(void)state;
	start(true);
	assert_ok(hello_send(w.mine, 42, "front", "", &ei), &ei);
	expect_hello(42);
	finish();
}

static void
a_bad_message_ends_it(void **state)
{
	static const uint16_t types[] = {COURIER_RESULT, COURIER_DELIVER, 999};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct buf body = BUF_INIT(64);

		start(true);
		buf_add_str(&body, "rubbish");
		send_frame(types[i], 1, &body);
		finish();
		assert_true(
		    w.ended == ERR_FORMAT || w.ended == ERR_UNSUPPORTED);
	}
}

static void
a_slow_gateway_holds_up_one_thread_only(void **state)
{
	(void)state;
	start(true);
	w.phone.delay_ms = 300;
	for (uint8_t n = 1; n <= 4; n++) {
		deliver(n, PHONE, PHONE, 0);
	}
	/* The loop still answers while the threads wait. */
	assert_int_equal(hello_send(w.mine, 5, "front", "", NULL), ERR_OK);
	expect_hello(5);
	for (int n = 1; n <= 4; n++) {
		struct frame f;

		assert_int_equal(next_frame(&f), COURIER_RESULT);
	}
	finish();
}

static void
the_key_is_made_once_and_kept_secret(void **state)
{
	char path[96];
	struct stat st;
	struct errinfo ei = {0};
	uint8_t before[COURIER_KEY_SIZE];

	(void)state;
	start(false);
	memcpy(before, w.key.key, sizeof(before));
	(void)snprintf(path, sizeof(path), "%s/seal.key", w.dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0400);
	assert_ok(courier_make_key(w.dir, &ei), &ei);
	assert_ok(hello_send(w.mine, 1, "front", "", &ei), &ei);
	expect_hello(1);
	assert_memory_equal(before, w.key.key, sizeof(before));
	finish();
}

static void
need_role(void)
{
	if (role_path == NULL) {
		print_message("the program is not named: run this by meson "
			      "test\n");
		skip();
	}
}

/* Resolving, connecting, TLS: all of it behind Landlock and seccomp. */
static void
the_program_works_behind_its_walls(void **state)
{
	static const struct {
		const char *url;
		enum courier_outcome outcome;
	} cases[] = {
	    {NULL, COURIER_DELIVERED},
	    {"http://name.invalid/", COURIER_RETRY},
	    {"https", COURIER_RETRY},
	};

	(void)state;
	need_role();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		w.url = cases[i].url;
		start_as(true, true);
		deliver(3, PHONE, PHONE, 0);
		assert_int_equal(result(3).outcome, cases[i].outcome);
		assert_int_equal(kill(w.pid, SIGTERM), 0);
		assert_int_equal(end_role(), 0);
		(void)close(w.mine);
		clean_up();
	}
	w.url = NULL;
}

/* Asked to stop, it finishes what is under way. */
static void
the_program_finishes_before_it_stops(void **state)
{
	(void)state;
	need_role();
	start_as(true, true);
	w.phone.delay_ms = 300;
	deliver(3, PHONE, PHONE, 0);
	while (atomic_load(&w.phone.num_requests) == 0) {
		(void)poll(NULL, 0, 5);
	}
	assert_int_equal(kill(w.pid, SIGTERM), 0);
	assert_int_equal(end_role(), 0);
	assert_int_equal(result(3).outcome, COURIER_DELIVERED);
	(void)close(w.mine);
	clean_up();
}

static void
the_program_ends_at_a_bad_message(void **state)
{
	struct buf body = BUF_INIT(64);

	(void)state;
	need_role();
	start_as(true, true);
	send_frame(COURIER_KEY, 1, &body);
	assert_int_equal(WEXITSTATUS(end_role()), 1);
	(void)close(w.mine);
	clean_up();
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sealed_message_reaches_the_gateway),
	    cmocka_unit_test(what_must_not_be_sent_is_not),
	    cmocka_unit_test(without_a_gateway_it_says_so),
	    cmocka_unit_test(a_new_front_gets_hello_and_key_again),
	    cmocka_unit_test(a_bad_message_ends_it),
	    cmocka_unit_test(a_slow_gateway_holds_up_one_thread_only),
	    cmocka_unit_test(the_key_is_made_once_and_kept_secret),
	    cmocka_unit_test(the_program_works_behind_its_walls),
	    cmocka_unit_test(the_program_finishes_before_it_stops),
	    cmocka_unit_test(the_program_ends_at_a_bad_message),
	};

	role_path = argc > 1 ? argv[1] : NULL;
	if (crypto_init(NULL) != ERR_OK || signals_catch(NULL) != ERR_OK ||
	    fetch_init(NULL) != ERR_OK) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
