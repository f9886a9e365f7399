/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IPC_HELLO_H
#define SURGUCH_IPC_HELLO_H
/*
 * The first message on every channel, both ways.
 *
 * A server role (signer, ocsp, courier) sends one with id 0 as soon as it
 * runs: whatever the peer has in flight is now unknown.  A client role (front)
 * sends one with a random id when it starts and drops everything that comes
 * before the answer, which bears that id: it was meant for its predecessor.
 * The protocol versions must be equal; the parent starts all roles from one
 * build.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum {
	MSG_HELLO = 1,          /* the same type on every channel */
	MSG_ERROR = 2,          /* body: an errinfo; answers any question */
	MSG_CHANNEL_FIRST = 16, /* where each channel's own types begin */
	HELLO_PROTOCOL = 1,
	HELLO_NAME_SIZE = 64,
};

struct hello {
	uint32_t protocol; /* HELLO_PROTOCOL */
	char role[HELLO_NAME_SIZE];
	char instance[HELLO_NAME_SIZE];
	uint64_t pid;
};

void hello_pack(struct buf *b, const struct hello *h);
/* ERR_FORMAT; ERR_UNSUPPORTED "hello.version" for another protocol. */
ATTR_MUST_USE enum err hello_unpack(
    struct slice body, struct hello *out, struct errinfo *ei);
/* Send one that names this process. */
ATTR_MUST_USE enum err hello_send(int fd, uint64_t id, const char *role,
    const char *instance, struct errinfo *ei);

#endif
