/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/file.h"
#include "os/socket.h"

static void
pairs_carry_whole_packets(void **state)
{
	char text[16];
	struct errinfo ei;
	int pair[2];

	(void)state;
	assert_ok(socket_pair(pair, &ei), &ei);
	assert_int_equal(socket_wait(pair[1], 10, &ei), ERR_TIMEOUT);
	assert_int_equal(send(pair[0], "ab", 2, 0), 2);
	assert_int_equal(send(pair[0], "cde", 3, 0), 3);
	assert_ok(socket_wait(pair[1], 1000, &ei), &ei);
	assert_int_equal(recv(pair[1], text, sizeof(text), 0), 2);
	assert_int_equal(recv(pair[1], text, sizeof(text), 0), 3);
	fd_close(pair[0]);
	fd_close(pair[1]);
}

static void
listens_on_tcp(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	struct errinfo ei;
	uint16_t port = 0, again = 0;
	int fd, client, accepted, other;

	(void)state;
	assert_ok(socket_listen_tcp("127.0.0.1", 0, &fd, &port, &ei), &ei);
	assert_true(port > 0);
	assert_ok(fd_set_nonblock(fd, true, &ei), &ei);
	assert_int_equal(socket_accept(fd, &accepted, &ei), ERR_AGAIN);
	client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	at.sin_port = htons(port);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(
	    connect(client, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_ok(socket_wait(fd, 1000, &ei), &ei);
	assert_ok(socket_accept(fd, &accepted, &ei), &ei);
	/* The port is taken. */
	assert_int_equal(
	    socket_listen_tcp("127.0.0.1", port, &other, &again, &ei), ERR_SYS);
	assert_string_equal(ei.object, "127.0.0.1");
	assert_int_equal(
	    socket_listen_tcp("localhost", 0, &other, &again, &ei), ERR_FORMAT);
	assert_int_equal(
	    socket_listen_tcp("127.0.0.256", 0, &other, &again, &ei),
	    ERR_FORMAT);
	fd_close(client);
	fd_close(accepted);
	fd_close(fd);
}

/* Two that are held at once differ, and neither is one that the kernel gives
 * away. */
static void
finds_a_lasting_port(void **state)
{
	FILE *f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
	char text[32];
	unsigned long first;
	uint16_t one = 0, two = 0;
	struct errinfo ei;
	int a, b;

	(void)state;
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	(void)fclose(f);
	first = strtoul(text, NULL, 10);
	if (first < 8192) {
		print_message("the kernel gives away ports from %lu on: none "
			      "is left below\n",
		    first);
		skip();
	}
	assert_ok(socket_listen_lasting(&a, &one, &ei), &ei);
	assert_ok(socket_listen_lasting(&b, &two, &ei), &ei);
	assert_int_not_equal(one, two);
	assert_in_range(one, first - 4096, first - 1);
	assert_in_range(two, first - 4096, first - 1);
	fd_close(a);
	fd_close(b);
}

static void
knows_the_peer(void **state)
{
	char dir[] = "/tmp/surguch-socket-XXXXXX", path[PATH_TEXT_SIZE];
	char too_long[200];
	struct errinfo ei;
	struct peer peer;
	struct stat st;
	int fd, client, accepted;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_ok(path_join(path, dir, "s", &ei), &ei);
	assert_int_equal(socket_connect_control(path, &client, &ei), ERR_SYS);
	assert_ok(socket_listen_control(path, 0600, &fd, &ei), &ei);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_ok(socket_connect_control(path, &client, &ei), &ei);
	assert_ok(socket_accept(fd, &accepted, &ei), &ei);
	assert_ok(socket_peer(accepted, &peer, &ei), &ei);
	assert_int_equal(peer.uid, geteuid());
	assert_int_equal(peer.pid, getpid());
	fd_close(client);
	fd_close(accepted);
	fd_close(fd);
	/* A second start takes the place of what a crash left. */
	assert_ok(socket_listen_control(path, 0666, &fd, &ei), &ei);
	fd_close(fd);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
	memset(too_long, 'a', sizeof(too_long));
	too_long[sizeof(too_long) - 1] = '\0';
	assert_int_equal(
	    socket_listen_control(too_long, 0600, &fd, &ei), ERR_LIMIT);
}

static void
tells_the_loopback(void **state)
{
	(void)state;
	assert_true(socket_is_loopback("127.0.0.1"));
	assert_true(socket_is_loopback("127.8.9.10"));
	assert_true(socket_is_loopback("::1"));
	assert_false(socket_is_loopback("12.7.0.1"));
	assert_false(socket_is_loopback("10.127.0.1"));
	assert_false(socket_is_loopback("::10"));
	assert_false(socket_is_loopback("0.0.0.0"));
	assert_false(socket_is_loopback(""));
}

/* A connection from a child with this uid; its own port. */
static pid_t
connect_as(uid_t uid, uint16_t to, uint16_t *out_port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons(to)};
	socklen_t len = sizeof(at);
	int pipes[2];
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int fd;

		if (setuid(uid) != 0) {
			_exit(1);
		}
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
		    getsockname(fd, (struct sockaddr *)&at, &len) != 0 ||
		    write(pipes[1], &at.sin_port, sizeof(at.sin_port)) !=
			sizeof(at.sin_port)) {
			_exit(1);
		}
		(void)pause();
		_exit(0);
	}
	assert_int_equal(read(pipes[0], &at.sin_port, sizeof(at.sin_port)),
	    sizeof(at.sin_port));
	*out_port = ntohs(at.sin_port);
	(void)close(pipes[0]);
	(void)close(pipes[1]);
	return pid;
}

static void
knows_whose_a_connection_is(void **state)
{
	enum {
		NOBODY = 65534
	};
	const uid_t uids[] = {geteuid(), geteuid() == 0 ? NOBODY : geteuid()};
	struct errinfo ei;
	uint16_t port = 0, peer = 0;
	uid_t uid = 1;
	int fd;

	(void)state;
	assert_ok(socket_listen_tcp("127.0.0.1", 0, &fd, &port, &ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(uids); i++) {
		pid_t pid = connect_as(uids[i], port, &peer);

		assert_ok(socket_loopback_owner(port, peer, &uid, &ei), &ei);
		assert_int_equal(uid, uids[i]);
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
	}
	/* Of no connection: the listener's own port is none's other end. */
	assert_int_equal(
	    socket_loopback_owner(port, port, &uid, &ei), ERR_NOTFOUND);
	assert_int_equal(
	    socket_loopback_owner(port, 1, &uid, &ei), ERR_NOTFOUND);
	fd_close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pairs_carry_whole_packets),
	    cmocka_unit_test(listens_on_tcp),
	    cmocka_unit_test(finds_a_lasting_port),
	    cmocka_unit_test(knows_the_peer),
	    cmocka_unit_test(tells_the_loopback),
	    cmocka_unit_test(knows_whose_a_connection_is),
	};

	return cmocka_run_group_tests_name("socket", tests, NULL, NULL);
}
