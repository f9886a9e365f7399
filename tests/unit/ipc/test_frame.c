/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "ipc/frame.h"
#include "ipc/hello.h"
#include "os/file.h"
#include "os/memfd.h"
#include "os/socket.h"

static struct buf store = BUF_INIT(FRAME_BYTES_MAX);
static int ends[2];

static int
set_up(void **state)
{
	struct errinfo ei;

	(void)state;
	assert_ok(socket_pair(ends, &ei), &ei);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	fd_close(ends[0]);
	fd_close(ends[1]);
	buf_clear(&store);
	return 0;
}

/* The bytes of docs and of ipc/frame.h, spelled out. */
static void
has_this_form(void **state)
{
	static const uint8_t want[] = {0x01, 0x02, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4,
	    5, 6, 7, 8, 'a', 'b', 'c'};
	struct frame f = {
	    .type = 0x0102, .id = 0x0102030405060708, .body = SLICE_LIT("abc")};
	uint8_t sent[sizeof(want) + 1];
	struct frame back;
	struct errinfo ei;

	(void)state;
	assert_ok(frame_send(ends[0], &f, &ei), &ei);
	assert_int_equal(recv(ends[1], sent, sizeof(sent), 0), sizeof(want));
	assert_memory_equal(sent, want, sizeof(want));
	assert_ok(
	    frame_unpack(slice_make(sent, sizeof(want)), &back, &ei), &ei);
	assert_int_equal(back.type, f.type);
	assert_int_equal(back.id, f.id);
	assert_int_equal(back.num_fds, 0);
	assert_true(slice_eq_str(back.body, "abc"));
}

static const struct {
	const char *name;
	const char *hex;
	enum err want;
	const char *rule;
} bad[] = {
    {"empty", "", ERR_FORMAT, "frame.header"},
    {"short header", "001000010000000000000000000000", ERR_FORMAT,
	"frame.header"},
    {"version 0", "00100000000000000000000000000000", ERR_FORMAT,
	"frame.version"},
    {"version 2", "00100002000000000000000000000000", ERR_FORMAT,
	"frame.version"},
    {"good", "00100001000000000000000000000000", ERR_OK, NULL},
    {"length too large", "00100001000000010000000000000000", ERR_FORMAT,
	"frame.length"},
    {"length too small", "001000010000000000000000000000000000", ERR_FORMAT,
	"frame.length"},
    {"length enormous", "00100001ffffffff000000000000000000", ERR_FORMAT,
	"frame.length"},
};

static void
refuses_what_is_none(void **state)
{
	uint8_t bytes[64];
	struct errinfo ei;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct frame f = {.type = 77};
		size_t len = strlen(bad[i].hex) / 2;

		assert_true(text_unhex(slice_str(bad[i].hex), bytes, len));
		if (frame_unpack(slice_make(bytes, len), &f, &ei) !=
		    bad[i].want) {
			print_error("%s\n", bad[i].name);
			fail();
		}
		if (bad[i].want != ERR_OK) {
			assert_string_equal(ei.rule, bad[i].rule);
			assert_int_equal(f.type, 77); /* untouched */
		}
	}
}

static void
travels_with_descriptors(void **state)
{
	struct frame f = {
	    .type = 5, .id = 9, .body = SLICE_LIT("body"), .num_fds = 2};
	struct frame got;
	struct errinfo ei;
	struct slice s;
	int first;

	(void)state;
	assert_ok(memfd_of("a", SLICE_LIT("one"), &f.fds[0], &ei), &ei);
	assert_ok(memfd_of("b", SLICE_LIT("two"), &f.fds[1], &ei), &ei);
	assert_ok(frame_send(ends[0], &f, &ei), &ei);
	frame_close_fds(&f);
	assert_ok(frame_recv(ends[1], &store, &got, false, &ei), &ei);
	assert_int_equal(got.type, 5);
	assert_int_equal(got.id, 9);
	assert_int_equal(got.num_fds, 2);
	assert_int_equal(fcntl(got.fds[0], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_ok(memfd_map(got.fds[1], 10, &s, &ei), &ei);
	assert_true(slice_eq_str(s, "two"));
	memfd_unmap(s);
	first = frame_take_fd(&got, 0);
	assert_true(first >= 0);
	assert_int_equal(frame_take_fd(&got, 2), -1);
	frame_close_fds(&got);
	assert_int_equal(fcntl(first, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	fd_close(first);
	assert_int_equal(
	    frame_recv(ends[1], &store, &got, true, &ei), ERR_AGAIN);
}

static size_t
num_open(void)
{
	size_t num = 0;

	for (int fd = 0; fd < 256; fd++) {
		num += fcntl(fd, F_GETFD) >= 0;
	}
	return num;
}

/* What a rogue peer may put on the wire itself. */
static void
send_raw(const void *p, size_t len, int num_fds)
{
	union {
		char room[CMSG_SPACE(sizeof(int) * 8)];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {(void *)(uintptr_t)p, len};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	int fds[8];

	if (num_fds > 0) {
		struct cmsghdr *c;

		msg.msg_control = control.room;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)num_fds);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)num_fds);
		for (int i = 0; i < num_fds; i++) {
			fds[i] = 0;
		}
		memcpy(CMSG_DATA(c), fds, sizeof(int) * (size_t)num_fds);
	}
	assert_int_equal(sendmsg(ends[0], &msg, 0), len);
}

static void
a_bad_packet_leaves_nothing_open(void **state)
{
	static uint8_t large[FRAME_BYTES_MAX + 1] = {0, 5, 0, 1};
	struct frame got = {.type = 77};
	size_t before = num_open();
	struct errinfo ei;

	(void)state;
	send_raw("short", 5, 2);
	assert_int_equal(
	    frame_recv(ends[1], &store, &got, false, &ei), ERR_FORMAT);
	assert_int_equal(num_open(), before);
	/* A good header, too many descriptors. */
	send_raw("\0\5\0\1\0\0\0\0\0\0\0\0\0\0\0\0", 16, 3);
	assert_int_equal(
	    frame_recv(ends[1], &store, &got, false, &ei), ERR_LIMIT);
	assert_string_equal(ei.rule, "frame.descriptors");
	assert_int_equal(num_open(), before);
	send_raw(large, sizeof(large), 0);
	assert_int_equal(
	    frame_recv(ends[1], &store, &got, false, &ei), ERR_LIMIT);
	assert_string_equal(ei.rule, "frame.size");
	assert_int_equal(got.type, 77);
	send_raw("\0\5\0\1\0\0\0\0\0\0\0\0\0\0\0\0", 16, 2);
	assert_ok(frame_recv(ends[1], &store, &got, false, &ei), &ei);
	assert_int_equal(num_open(), before + 2);
	frame_close_fds(&got);
	assert_int_equal(num_open(), before);
}

static void
the_largest_fits_and_one_more_does_not(void **state)
{
	static uint8_t bytes[FRAME_BODY_MAX + 1];
	struct frame f = {.type = 1, .body = {bytes, FRAME_BODY_MAX}}, got;
	struct errinfo ei;

	(void)state;
	assert_ok(frame_send(ends[0], &f, &ei), &ei);
	assert_ok(frame_recv(ends[1], &store, &got, false, &ei), &ei);
	assert_int_equal(got.body.len, FRAME_BODY_MAX);
	f.body.len++;
	assert_int_equal(frame_send(ends[0], &f, &ei), ERR_LIMIT);
}

static void
a_peer_that_does_not_read_is_told_of(void **state)
{
	static uint8_t bytes[FRAME_BODY_MAX];
	struct frame f = {.type = 1, .body = {bytes, sizeof(bytes)}}, got;
	struct errinfo ei;
	enum err err = ERR_OK;
	int sent = 0;

	(void)state;
	assert_ok(socket_send_timeout(ends[0], 50, &ei), &ei);
	while (err == ERR_OK && sent < 1000) {
		err = frame_send(ends[0], &f, &ei);
		sent += err == ERR_OK;
	}
	assert_int_equal(err, ERR_AGAIN);
	assert_string_equal(ei.rule, "frame.busy");
	for (int i = 0; i < sent; i++) {
		assert_ok(frame_recv(ends[1], &store, &got, true, &ei), &ei);
	}
	assert_int_equal(
	    frame_recv(ends[1], &store, &got, true, &ei), ERR_AGAIN);
}

static void
hello_names_the_process(void **state)
{
	struct buf b = BUF_INIT(1000);
	struct frame got;
	struct errinfo ei;
	struct hello h;

	(void)state;
	assert_ok(hello_send(ends[0], 7, "signer", "gost", &ei), &ei);
	assert_ok(frame_recv(ends[1], &store, &got, false, &ei), &ei);
	assert_int_equal(got.type, MSG_HELLO);
	assert_int_equal(got.id, 7);
	assert_ok(hello_unpack(got.body, &h, &ei), &ei);
	assert_string_equal(h.role, "signer");
	assert_string_equal(h.instance, "gost");
	assert_int_equal(h.pid, getpid());
	h.protocol = HELLO_PROTOCOL + 1;
	hello_pack(&b, &h);
	assert_int_equal(hello_unpack(buf_slice(&b), &h, &ei), ERR_UNSUPPORTED);
	assert_string_equal(ei.rule, "hello.version");
	buf_clear(&b);
}

static void
a_closed_channel_is_told_of(void **state)
{
	struct frame f = {.type = 1}, got;
	struct errinfo ei;

	(void)state;
	fd_close(ends[0]);
	ends[0] = -1;
	assert_int_equal(
	    frame_recv(ends[1], &store, &got, false, &ei), ERR_NOTFOUND);
	assert_int_equal(frame_send(ends[1], &f, &ei), ERR_NOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(has_this_form),
	    cmocka_unit_test(refuses_what_is_none),
	    cmocka_unit_test(travels_with_descriptors),
	    cmocka_unit_test(a_bad_packet_leaves_nothing_open),
	    cmocka_unit_test(the_largest_fits_and_one_more_does_not),
	    cmocka_unit_test(a_peer_that_does_not_read_is_told_of),
	    cmocka_unit_test(hello_names_the_process),
	    cmocka_unit_test(a_closed_channel_is_told_of),
	};

	return cmocka_run_group_tests_name("frame", tests, set_up, tear_down);
}
