/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IPC_FRAME_H
#define SURGUCH_IPC_FRAME_H
/*
 * One message between roles: a packet of a SOCK_SEQPACKET socket with a
 * 16-byte header, big-endian: type u16, version u16, length u32, id u64; then
 * `length` bytes of body.  At most FRAME_BYTES_MAX in all; what is larger
 * goes as a sealed memfd beside it.  The id ties an answer to its question.
 *
 * What a bad frame means depends on the peer: from a sibling the process
 * exits, from a control client that client is dropped.  The codec only says.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum {
	FRAME_VERSION = 1,
	FRAME_HEADER_SIZE = 16,
	FRAME_BODY_MAX = FRAME_BYTES_MAX - FRAME_HEADER_SIZE,
};

struct frame {
	uint16_t type;
	uint64_t id;
	struct slice body;
	int fds[FRAME_FDS_MAX];
	size_t num_fds;
};

/* A whole packet; body borrows from it, fds is empty.  ERR_FORMAT unless the
 * version is ours and the length exact. */
ATTR_MUST_USE enum err frame_unpack(
    struct slice packet, struct frame *out, struct errinfo *ei);

/*
 * Send, waiting for room.  The descriptors stay the caller's.  ERR_LIMIT when
 * the body is too large; ERR_NOTFOUND when the peer has closed; ERR_AGAIN,
 * nothing sent, when a limit was set by socket_send_timeout() and there was no
 * room for so long.
 */
ATTR_MUST_USE enum err frame_send(
    int fd, const struct frame *f, struct errinfo *ei);
/*
 * Receive one.  store keeps the bytes that out->body borrows (give it a
 * maximum of FRAME_BYTES_MAX); the descriptors in out are the caller's,
 * frame_close_fds() closes those that remain.  ERR_AGAIN when nonblock and
 * none waits; ERR_NOTFOUND when the peer closed; ERR_FORMAT and ERR_LIMIT
 * for a bad one (its descriptors have been closed).
 */
ATTR_MUST_USE enum err frame_recv(int fd, struct buf *store, struct frame *out,
    bool nonblock, struct errinfo *ei);
void frame_close_fds(struct frame *f);
/* Hand out descriptor i; the frame no longer owns it.  -1 if there is none. */
int frame_take_fd(struct frame *f, size_t i);

#endif
