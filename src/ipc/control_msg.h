/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IPC_CONTROL_MSG_H
#define SURGUCH_IPC_CONTROL_MSG_H
/*
 * The control channel: surguchctl asks front to run one of its verbs.  A
 * question is a list of words ("operator", "add", "maria", ...) and perhaps
 * the bytes of a file, an answer is text for the terminal, or MSG_ERROR.  A
 * text that is not short comes as a sealed memory file (os/memfd.h) beside an
 * empty one.  Who asks is what the kernel says of the socket's other end.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "ipc/hello.h"

enum control_message {
	CONTROL_CALL = MSG_CHANNEL_FIRST,
	CONTROL_REPLY,
};

enum {
	CONTROL_WORDS_MAX = 16,
	CONTROL_WORD_SIZE = 1024,
	CONTROL_INPUT_MAX = 32 * 1024, /* a request in PEM */
	CONTROL_REPLY_SHORT = 60000,
	CONTROL_REPLY_MAX = 4 * 1024 * 1024
};

struct control_call {
	char words[CONTROL_WORDS_MAX][CONTROL_WORD_SIZE];
	size_t num;
	struct slice input; /* borrowed; empty for none */
};
/* What is unpacked borrows its input from the body. */
void control_call_pack(struct buf *b, const struct control_call *m);
ATTR_MUST_USE enum err control_call_unpack(
    struct slice body, struct control_call *out, struct errinfo *ei);

/* The text of a reply borrows from the body. */
void control_reply_pack(struct buf *b, struct slice text);
ATTR_MUST_USE enum err control_reply_unpack(
    struct slice body, struct slice *out_text, struct errinfo *ei);

#endif
