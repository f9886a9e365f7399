/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IPC_UNLOCK_MSG_H
#define SURGUCH_IPC_UNLOCK_MSG_H
/*
 * The unlocking of a signer's key: surguchctl gives the passphrase or PIN to
 * the signer's own socket, and front is not on the way.  One question a
 * connection; the answer is UNLOCK_DONE with an empty body, or MSG_ERROR.  Who
 * asks is what the kernel says of the socket's other end.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "ipc/hello.h"

enum unlock_message {
	UNLOCK_KEY = MSG_CHANNEL_FIRST,
	UNLOCK_DONE,
};

void unlock_pack(struct buf *b, struct slice secret);
/* 1..PASSPHRASE_MAX bytes, borrowed from the body, which the caller wipes. */
ATTR_MUST_USE enum err unlock_unpack(
    struct slice body, struct slice *out_secret, struct errinfo *ei);

#endif
