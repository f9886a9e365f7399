/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_COURIER_MAIL_H
#define SURGUCH_COURIER_MAIL_H
/*
 * A mail as bytes (RFC 5322, RFC 2045, RFC 2047): plain text in UTF-8, base64,
 * lines of at most 78 characters but where an address is longer.  No value
 * can begin a header of its own.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/*
 * from, to   addresses of subject/words.h: ASCII, without brackets
 * from_name  shown beside `from`; clean text, or NULL
 * subject    clean text
 * body       UTF-8, lines ended by '\n', no other control characters
 * id         letters, digits and '_': of Message-ID, with the domain of `from`
 * at         UTC, seconds: of Date
 */
struct mail {
	const char *from;
	const char *from_name;
	const char *to;
	struct slice subject;
	struct slice body;
	const char *id;
	int64_t at;
};

/* Append it.  The same values give the same bytes.  FORMAT "mail.from",
 * "mail.to", "mail.subject", "mail.body", "mail.id", "mail.at". */
ATTR_MUST_USE enum err mail_write(
    const struct mail *mail, struct buf *out, struct errinfo *ei);

#endif
