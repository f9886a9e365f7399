/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that go on, over a loopback socket. */
#include "unit.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "http/response.h"
#include "http/server.h"
#include "http/stream.h"
#include "os/socket.h"
#include "raw.h"

enum {
	WAITING_MAX = 4096,
	SOON_MS = 5000,
	MANY = 50,
	PUTS = 200,
	TIMEOUT_SEC = 2
};

static struct http_server *server;
static struct http_stream *streams[MANY];
static atomic_uint num_streams;

static void
events(void *arg, const struct request *r, struct response *resp)
{
	struct http_stream *s = NULL;
	struct errinfo ei = {0};

	(void)arg;
	(void)r;
	assert_ok(http_stream_new(WAITING_MAX, &s, &ei), &ei);
	assert_true(http_stream_put(s, SLICE_LIT("first\n")));
	response_stream(resp, http_stream_ref(s), "text/event-stream");
	streams[atomic_load(&num_streams)] = s;
	atomic_fetch_add(&num_streams, 1);
}

static const struct route routes[] = {{"GET", "/events", events, 0}};

static int
open_server(void **state)
{
	struct http_options o = {.routes = routes,
	    .num_routes = ARRAY_LEN(routes),
	    .worker_threads = 1,
	    .timeout_sec = TIMEOUT_SEC};
	struct errinfo ei = {0};

	(void)state;
	assert_ok(
	    socket_listen_tcp("127.0.0.1", 0, &o.listen_fd, &raw_port, &ei),
	    &ei);
	assert_ok(http_server_start(&o, &server, &ei), &ei);
	return 0;
}

static int
close_server(void **state)
{
	(void)state;
	http_server_stop(server, 1000);
	for (unsigned i = 0; i < atomic_load(&num_streams); i++) {
		assert_true(http_stream_is_over(streams[i]));
		http_stream_unref(streams[i]);
	}
	atomic_store(&num_streams, 0);
	return 0;
}

/* A connection that has heard the stream's first line. */
static int
begin(struct answer *a)
{
	int fd = dial();

	a->len = 0;
	say_text(fd, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
	hear(fd, a, QUIET_MS);
	return fd;
}

static void
what_is_put_leaves_at_once(void **state)
{
	struct answer a;
	int fd = begin(&a);

	(void)state;
	assert_int_equal(status_of(&a), 200);
	assert_non_null(strstr(a.text, "Content-Type: text/event-stream"));
	assert_non_null(strstr(a.text, "first\n"));
	assert_int_equal(http_server_in_flight(server), 1);
	for (int i = 0; i < 3; i++) {
		assert_true(http_stream_put(streams[0], SLICE_LIT("more\n")));
		hear(fd, &a, QUIET_MS);
		assert_int_equal(count(a.text, "more\n"), i + 1);
		assert_false(a.closed);
	}
	http_stream_end(streams[0]);
	hear(fd, &a, QUIET_MS);
	assert_non_null(strstr(a.text, "0\r\n\r\n")); /* the last chunk */
	assert_false(http_stream_put(streams[0], SLICE_LIT("too late\n")));
	(void)close(fd);
}

/* It outlives the time that an idle connection is given, as long as something
 * is put within that. */
static void
a_client_that_goes_is_seen(void **state)
{
	struct answer a;
	int fd = begin(&a);

	(void)state;
	for (int i = 0; i < 3; i++) {
		(void)poll(NULL, 0, TIMEOUT_SEC * 1000 / 2);
		assert_true(http_stream_put(streams[0], SLICE_LIT(":\n")));
	}
	hear(fd, &a, QUIET_MS);
	assert_int_equal(count(a.text, ":\n"), 3);
	(void)close(fd);
	for (int ms = 0; ms < SOON_MS && !http_stream_is_over(streams[0]);
	     ms += 50) {
		(void)http_stream_put(streams[0], SLICE_LIT(":\n"));
		(void)poll(NULL, 0, 50);
	}
	assert_true(http_stream_is_over(streams[0]));
	for (int ms = 0; ms < SOON_MS && http_server_in_flight(server) > 0;
	     ms += 5) {
		(void)poll(NULL, 0, 5);
	}
	assert_int_equal(http_server_in_flight(server), 0);
}

static void
one_who_does_not_read_is_not_waited_for(void **state)
{
	static const char block[WAITING_MAX / 2];
	struct answer a;
	int fd = begin(&a);
	unsigned n = 0;

	(void)state;
	/* What the kernel takes is much, and not endless. */
	while (n < 100000 &&
	       http_stream_put(streams[0], slice_make(block, sizeof(block)))) {
		n++;
		if (n % 2 == 0) {
			(void)poll(NULL, 0, 1);
		}
	}
	assert_in_range(n, 1, 99999);
	assert_true(http_stream_is_over(streams[0]));
	(void)close(fd);
}

static void *
put_many(void *arg)
{
	for (int i = 0; i < PUTS; i++) {
		for (unsigned k = 0; k < MANY; k++) {
			(void)http_stream_put(streams[k], slice_str(arg));
		}
	}
	return NULL;
}

/* Two threads and the loop; then the server goes while all are open. */
static void
many_at_once_and_a_server_that_stops(void **state)
{
	static char text_a[] = "a", text_b[] = "b";
	pthread_t a, b;
	struct answer heard;
	int fds[MANY];

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		fds[i] = dial();
		say_text(fds[i], "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
	}
	for (int ms = 0; ms < SOON_MS && atomic_load(&num_streams) < MANY;
	     ms += 5) {
		(void)poll(NULL, 0, 5);
	}
	assert_int_equal(atomic_load(&num_streams), MANY);
	assert_int_equal(pthread_create(&a, NULL, put_many, text_a), 0);
	assert_int_equal(pthread_create(&b, NULL, put_many, text_b), 0);
	assert_int_equal(pthread_join(a, NULL), 0);
	assert_int_equal(pthread_join(b, NULL), 0);
	http_server_stop(server, SOON_MS);
	for (unsigned i = 0; i < MANY; i++) {
		assert_true(http_stream_is_over(streams[i]));
		heard.len = 0;
		hear(fds[i], &heard, QUIET_MS);
		assert_true(heard.closed);
		assert_non_null(strstr(heard.text, "0\r\n\r\n"));
		(void)close(fds[i]);
	}
	assert_int_equal(open_server(state), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		what_is_put_leaves_at_once, open_server, close_server),
	    cmocka_unit_test_setup_teardown(
		a_client_that_goes_is_seen, open_server, close_server),
	    cmocka_unit_test_setup_teardown(
		one_who_does_not_read_is_not_waited_for, open_server,
		close_server),
	    cmocka_unit_test_setup_teardown(
		many_at_once_and_a_server_that_stops, open_server,
		close_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
