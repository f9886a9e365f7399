/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	offset	size
 *	0	2	type
 *	2	2	version
 *	4	4	length of the body
 *	8	8	id
 *	16	length	body
 */
#include "ipc/frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "os/file.h"

/* `len` octets of v, the highest first; behind them. */
static uint8_t *
put_int(uint8_t *p, uint64_t v, size_t len)
{
	for (size_t i = len; i > 0; i--) {
		p[i - 1] = (uint8_t)v;
		v >>= 8;
	}
	return p + len;
}

static void
put_header(uint8_t header[FRAME_HEADER_SIZE], const struct frame *f)
{
	uint8_t *p = put_int(header, f->type, 2);

	p = put_int(p, FRAME_VERSION, 2);
	p = put_int(p, f->body.len, 4);
	(void)put_int(p, f->id, 8);
}

enum err
frame_unpack(struct slice packet, struct frame *out, struct errinfo *ei)
{
	struct frame f = {0};
	uint16_t version;
	uint32_t length;

	if (packet.len > FRAME_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "frame.size", NULL,
		    "A frame of %zu bytes; at most %d are allowed.", packet.len,
		    (int)FRAME_BYTES_MAX);
	}
	if (!slice_get_u16(&packet, &f.type) ||
	    !slice_get_u16(&packet, &version) ||
	    !slice_get_u32(&packet, &length) ||
	    !slice_get_u64(&packet, &f.id)) {
		return err_set(ei, ERR_FORMAT, "frame.header", NULL,
		    "A frame is shorter than its header.");
	}
	if (version != FRAME_VERSION) {
		return err_set(ei, ERR_FORMAT, "frame.version", NULL,
		    "A frame of version %u; this program speaks %d.",
		    (unsigned)version, (int)FRAME_VERSION);
	}
	if (length != packet.len) {
		return err_set(ei, ERR_FORMAT, "frame.length", NULL,
		    "A frame says %lu bytes and has %zu.",
		    (unsigned long)length, packet.len);
	}
	f.body = packet;
	*out = f;
	return ERR_OK;
}

/* Room for the descriptors of one message, aligned as the kernel wants. */
union fd_room {
	char bytes[CMSG_SPACE(sizeof(int) * FRAME_FDS_MAX)];
	struct cmsghdr align;
};

static void
attach_fds(struct msghdr *msg, union fd_room *room, const struct frame *f)
{
	size_t len = sizeof(int) * f->num_fds;
	struct cmsghdr *c;

	memset(room, 0, sizeof(*room));
	msg->msg_control = room->bytes;
	msg->msg_controllen = CMSG_SPACE(len);
	c = CMSG_FIRSTHDR(msg);
	ensure(c != NULL);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), f->fds, len);
}

enum err
frame_send(int fd, const struct frame *f, struct errinfo *ei)
{
	uint8_t header[FRAME_HEADER_SIZE];
	struct msghdr msg = {0};
	union fd_room room;
	struct iovec iov[2];
	ssize_t n;

	ensure(f->num_fds <= FRAME_FDS_MAX);
	if (f->body.len > FRAME_BODY_MAX) {
		return err_set(ei, ERR_LIMIT, "frame.size", NULL,
		    "A message of %zu bytes; at most %d fit.", f->body.len,
		    (int)FRAME_BODY_MAX);
	}
	put_header(header, f);
	iov[0].iov_base = header;
	iov[0].iov_len = sizeof(header);
	/* sendmsg only reads. */
	iov[1].iov_base = (void *)(uintptr_t)f->body.p;
	iov[1].iov_len = f->body.len;
	msg.msg_iov = iov;
	msg.msg_iovlen = f->body.len > 0 ? 2 : 1;
	if (f->num_fds > 0) {
		attach_fds(&msg, &room, f);
	}
	do {
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) {
		return err_set(ei, ERR_NOTFOUND, "frame.closed", NULL,
		    "The other side has closed the channel.");
	}
	if (n < 0 && errno == EAGAIN) {
		return err_set(ei, ERR_AGAIN, "frame.busy", NULL,
		    "The other side does not take its messages.");
	}
	if (n < 0) {
		return err_sys(ei, "frame.send", "Sending failed");
	}
	return ERR_OK;
}

/* --- receiving ---------------------------------------------------------- */

/* Take over what came; true when it is well formed and not too many. */
static bool
collect_fds(struct msghdr *msg, struct frame *out)
{
	bool good = true;
	struct cmsghdr *c;
	size_t len, num;
	int fd;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) {
			good = false;
			continue;
		}
		len = c->cmsg_len - CMSG_LEN(0);
		num = len / sizeof(int);
		for (size_t i = 0; i < num; i++) {
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
			good = fd_set_cloexec(fd, true, NULL) == ERR_OK && good;
			if (out->num_fds < FRAME_FDS_MAX) {
				out->fds[out->num_fds++] = fd;
			} else {
				fd_close(fd);
				good = false;
			}
		}
	}
	return good && (msg->msg_flags & MSG_CTRUNC) == 0;
}

static enum err
recv_failed(struct errinfo *ei)
{
	if (errno == EAGAIN) {
		return err_set(
		    ei, ERR_AGAIN, "frame.none", NULL, "No message waits.");
	}
	if (errno == ECONNRESET) {
		return err_set(ei, ERR_NOTFOUND, "frame.closed", NULL,
		    "The other side has closed the channel.");
	}
	return err_sys(ei, "frame.recv", "Receiving failed");
}

/* One packet into store; *n its length, 0 at the end. */
static enum err
recv_packet(int fd, struct buf *store, struct frame *got, bool nonblock,
    size_t *out_len, struct errinfo *ei)
{
	struct msghdr msg = {0};
	union fd_room room;
	struct iovec iov;
	ssize_t n;

	buf_reset(store);
	iov.iov_base = buf_grow(store, FRAME_BYTES_MAX);
	if (iov.iov_base == NULL) {
		return buf_err(store, ei);
	}
	iov.iov_len = FRAME_BYTES_MAX;
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	memset(&room, 0, sizeof(room));
	msg.msg_control = room.bytes;
	msg.msg_controllen = sizeof(room.bytes);
	do {
		n = recvmsg(fd, &msg, nonblock ? MSG_DONTWAIT : 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0) {
		return recv_failed(ei);
	}
	if (!collect_fds(&msg, got)) {
		return err_set(ei, ERR_LIMIT, "frame.descriptors", NULL,
		    "A frame with more than %d descriptors.",
		    (int)FRAME_FDS_MAX);
	}
	if ((msg.msg_flags & MSG_TRUNC) != 0) {
		return err_set(ei, ERR_LIMIT, "frame.size", NULL,
		    "A frame of more than %d bytes.", (int)FRAME_BYTES_MAX);
	}
	*out_len = (size_t)n;
	return ERR_OK;
}

enum err
frame_recv(int fd, struct buf *store, struct frame *out, bool nonblock,
    struct errinfo *ei)
{
	struct frame got = {0}, f;
	size_t len = 0;
	enum err err;

	err = recv_packet(fd, store, &got, nonblock, &len, ei);
	if (err == ERR_OK && len == 0) {
		err = err_set(ei, ERR_NOTFOUND, "frame.closed", NULL,
		    "The other side has closed the channel.");
	}
	if (err == ERR_OK) {
		err = frame_unpack(slice_make(store->p, len), &f, ei);
	}
	if (err != ERR_OK) {
		frame_close_fds(&got);
		return err;
	}
	memcpy(f.fds, got.fds, sizeof(f.fds));
	f.num_fds = got.num_fds;
	*out = f;
	return ERR_OK;
}

void
frame_close_fds(struct frame *f)
{
	for (size_t i = 0; i < f->num_fds; i++) {
		fd_close(f->fds[i]);
	}
	f->num_fds = 0;
}

int
frame_take_fd(struct frame *f, size_t i)
{
	int fd;

	if (i >= f->num_fds) {
		return -1;
	}
	fd = f->fds[i];
	f->fds[i] = -1;
	return fd;
}
