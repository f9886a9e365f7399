/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_FETCH_SMTP_H
#define SURGUCH_FETCH_SMTP_H
/*
 * Submission of one mail (RFC 6409, by SMTP of RFC 5321), through libcurl:
 * TLS from the beginning (smtps, RFC 8314 3.3) or by STARTTLS (RFC 3207), the
 * certificate checked, before anything is said that is worth hearing.  A
 * server that offers no STARTTLS is told nothing.  The environment's proxies
 * are ignored.  Blocking; any thread.  fetch_init() comes first.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

enum {
	SMTP_URL_MAX = 512,
	SMTP_HELLO_MAX = 253, /* a host name */
	SMTP_MAIL_MAX = 64 * 1024,
};

/* url      smtp://HOST[:PORT] or smtps://HOST[:PORT], nothing behind it
 * hello    what we call ourselves: a host name
 * from, to addresses without brackets: ASCII, without control characters and
 *          spaces
 * mail     the whole mail, lines ended by CR LF; SMTP_MAIL_MAX
 * user     NULL: no AUTH; else PLAIN or LOGIN (RFC 4954) with the password,
 *          of which libcurl keeps a copy for the length of the call
 * ca_pem   roots to trust instead of the system's; empty: the system's
 * plain    no TLS at all: for a server on the loopback, which the caller
 *          makes sure of
 * timeouts in milliseconds; 0: 5,000 to connect, 20,000 in all
 */
struct smtp_request {
	const char *url;
	const char *hello;
	const char *from;
	const char *to;
	struct slice mail;
	const char *user;
	const char *password;
	struct slice ca_pem;
	bool plain;
	unsigned connect_timeout_ms;
	unsigned timeout_ms;
};

/*
 * ERR_OK: the server took the mail upon itself.  Else the text ends with what
 * the server said, if it said so: one line of plain text, cut, with "*" for
 * each word that holds an address or the recipient's name. AGAIN
 * "smtp.connect": no connection, no TLS, or it broke off before the mail;
 * "smtp.later": the server asks to come again (4xx); "smtp.setup": it takes
 * nothing from us (5xx before it heard of the recipient) POLICY "smtp.refused":
 * it refused this recipient or this mail for good (5xx, RFC 5321 4.2.1) TIMEOUT
 * "smtp.unclear": the mail was given and the answer did not come FORMAT, LIMIT
 * "smtp.request": nothing was sent
 */
ATTR_MUST_USE enum err smtp_submit(
    const struct smtp_request *request, struct errinfo *ei);

#endif
