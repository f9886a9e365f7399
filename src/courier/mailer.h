/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_COURIER_MAILER_H
#define SURGUCH_COURIER_MAILER_H
/*
 * The way out for mail: one server that takes submissions.
 *
 *	mail : {
 *		url = "smtp://mail.example.ru:587";
 *		from = "ca@example.ru";
 *		from_name = "Удостоверяющий центр";
 *		user = "ca@example.ru";
 *		password_file = "/etc/surguch/mail.secret";
 *		ca_file = "/etc/surguch/mail-ca.pem";
 *	};
 *
 * smtp:// begins without TLS and must go on with it (STARTTLS), smtps:// has
 * it from the first byte.  Without TLS only where insecure_plain says so, and
 * then only to 127.0.0.1 or [::1].
 *
 * What an answer means:
 *   taken                                         delivered
 *   5xx for this recipient or mail                refused
 *   4xx, no connection, no TLS, no login          retry
 *   none, when the mail was given                 unclear
 * A mail that is tried again has the same bytes, Message-ID and Date.
 */
#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"
#include "conf/conf.h"
#include "ipc/courier_msg.h"

struct mailer;

/* The table of the group above. */
extern const struct conf_setting mail_settings[];

/* Reads the files; what is wrong goes to the report with its line (FORMAT), or
 * is a file's error.  The struct conf behind `c` must outlive the mailer. */
ATTR_MUST_USE enum err mailer_new(struct conf_cursor c,
    struct conf_report *report, struct mailer **out, struct errinfo *ei);
void mailer_free(struct mailer *mailer); /* NULL is fine */

/*
 * Send one and say what became of it: outcome, route, tries and detail of
 * *out.  text: the subject, a line end, the body.  Blocks; any thread.
 */
void mailer_send(const struct mailer *mailer, const struct id *outbox,
    const char *to, struct slice text, struct courier_result *out);

#endif
