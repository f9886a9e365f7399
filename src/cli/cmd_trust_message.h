/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CMD_TRUST_MESSAGE_H
#define SURGUCH_CLI_CMD_TRUST_MESSAGE_H
/* The way out of a message about a mirror (cmd_trust_notify.h). */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "cli/cmd_trust_notify.h"

/* Where to; zero to begin with. */
struct message_way {
	const struct notify_words *words; /* borrowed */
	const char *mail_to;              /* NULL: to a web address */
	struct buf roots;
	struct secret password;
};
/* ERR_FORMAT "cli.option"; errors of the files.  message_way_clear() in every
 * case. */
ATTR_MUST_USE enum err message_way_open(struct message_way *way,
    const struct notify_words *words, struct errinfo *ei);
void message_way_clear(struct message_way *way);

struct message {
	const char *event;    /* "changed" */
	struct slice subject; /* one line */
	struct slice text;    /* lines */
	struct slice json;    /* what a program reads, one object */
	int64_t at;
};
/* Nothing is tried twice here.  ERR_AGAIN "notify.answer" for an answer that is
 * no 2xx; what smtp_submit() and fetch() tell. */
ATTR_MUST_USE enum err message_send(
    const struct message_way *way, const struct message *m, struct errinfo *ei);

#endif
