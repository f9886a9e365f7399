/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CMD_TRUST_NOTIFY_H
#define SURGUCH_CLI_CMD_TRUST_NOTIFY_H
/*
 * Telling somebody that is not at the terminal what became of a mirror: by mail
 * or to a web address, one message for each event.
 *
 *	changed    a list is not the one that was told of last; what came, went,
 *	           was disabled or limited
 *	aged       the list of roots is older than so many days
 *	failed     the mirror was not brought up, and why
 *	recovered  and then it was
 *
 * What was told stands in .told of the mirror: lists, and what goes on.  So a
 * message that could not be sent is sent by the next run, and one that goes on
 * is repeated after a week and not each night.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "trust/mirror.h"

struct notify_words {
	const char *to; /* mailto:ADDRESS, http:// or https://; NULL: nobody */
	const char *smtp;
	const char *from; /* NULL: the address itself */
	const char *user;
	const char *password_file;
	const char *ca; /* roots of the server's TLS; NULL: the system's */
	const char *age;
	bool plain; /* no TLS, to a server on the loopback */
};

struct notify;

/* *out is NULL where nobody is to be told.  ERR_FORMAT "cli.option"; errors of
 * the files. */
ATTR_MUST_USE enum err notify_open(const struct notify_words *w,
    const char *dir, int64_t now, struct notify **out, struct errinfo *ei);
void notify_free(struct notify *n); /* NULL is fine */

/* The mirror was brought up; ERR_OK where nothing was to be told.  What
 * smtp_submit() and fetch() tell, ERR_AGAIN "notify.answer". */
ATTR_MUST_USE enum err notify_done(struct notify *n,
    const struct trust_mirror_report *report, struct errinfo *ei);
/* It was not, and this is why. */
ATTR_MUST_USE enum err notify_failed(
    struct notify *n, const struct errinfo *why, struct errinfo *ei);

#endif
