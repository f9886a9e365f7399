/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/mail.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "subject/words.h"

enum {
	/* Of a text: 52 characters in base64, 64 with "=?utf-8?B?" and "?=",
	 * so that a line keeps to 76 (RFC 2047 2) behind "Subject: ". */
	WORD_BYTES = 39,
	PLAIN_MAX = 64,
	LINE_BYTES = 57, /* 76 characters in base64 (RFC 2045 6.8) */
};

static enum err
wrong(struct errinfo *ei, const char *rule, const char *what)
{
	return err_set(ei, ERR_FORMAT, rule, NULL, "%s", what);
}

static bool
is_body(struct slice text)
{
	uint32_t c;

	if (!text_is_utf8(text)) {
		return false;
	}
	while (text_get_char(&text, &c)) {
		if ((c < ' ' && c != '\n') || (c >= 0x7f && c < 0xa0)) {
			return false;
		}
	}
	return true;
}

static bool
is_id(const char *id)
{
	for (const char *at = id; *at != '\0'; at++) {
		if (!text_is_alnum((uint8_t)*at) && *at != '_') {
			return false;
		}
	}
	return id[0] != '\0';
}

static enum err
check(const struct mail *m, struct errinfo *ei)
{
	if (!email_valid(slice_str(m->from)) ||
	    (m->from_name != NULL && !text_is_clean(slice_str(m->from_name)))) {
		return wrong(ei, "mail.from",
		    "the sender is no e-mail address or has no clean name");
	}
	if (!email_valid(slice_str(m->to))) {
		return wrong(ei, "mail.to", "the address is no e-mail address");
	}
	if (!text_is_clean(m->subject)) {
		return wrong(ei, "mail.subject",
		    "the subject is empty or not clean text");
	}
	if (!is_body(m->body)) {
		return wrong(ei, "mail.body", "the text is not clean text");
	}
	return is_id(m->id) ? ERR_OK
			    : wrong(ei, "mail.id", "the id has other signs");
}

/* Atoms with spaces between, which mean themselves in a subject and in a name
 * (RFC 5322 3.2.5). */
static bool
is_plain(struct slice text)
{
	if (text.len == 0 || text.len > PLAIN_MAX || text.p[0] == ' ' ||
	    text.p[text.len - 1] == ' ') {
		return false;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (!text_is_alnum(text.p[i]) && text.p[i] != ' ' &&
		    text.p[i] != '-') {
			return false;
		}
	}
	return true;
}

/* The longest run of whole characters from the front that fits. */
static size_t
run_of(struct slice text, size_t max)
{
	struct slice rest = text;
	size_t len = 0;
	uint32_t c;

	while (text_get_char(&rest, &c) && text.len - rest.len <= max) {
		len = text.len - rest.len;
	}
	return len;
}

/* As it is, or as encoded words (RFC 2047), a line each. */
static void
put_words(struct buf *out, struct slice text)
{
	const char *fold = "";

	if (is_plain(text)) {
		buf_add(out, text);
		return;
	}
	while (text.len > 0) {
		size_t len = run_of(text, WORD_BYTES);

		buf_printf(out, "%s=?utf-8?B?", fold);
		text_base64(out, slice_make(text.p, len));
		buf_add_str(out, "?=");
		fold = "\r\n ";
		text.p += len;
		text.len -= len;
	}
}

static enum err
put_date(struct buf *out, int64_t at, struct errinfo *ei)
{
	static const char days[][4] = {
	    "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct civil c;

	if (at < 0 || !civil_from_sec(at, &c)) {
		return wrong(ei, "mail.at",
		    "the time is before 1970 or has "
		    "more than four digits of a year");
	}
	/* 1 January 1970 was a Thursday. */
	buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n",
	    days[at / DAY_SEC % 7], c.day, months[c.month - 1], c.year, c.hour,
	    c.minute, c.second);
	return ERR_OK;
}

/* Line ends are part of a text's form (RFC 2045 6.8), so they come first. */
static void
put_body(struct buf *out, struct slice body)
{
	struct buf text = BUF_INIT(2 * body.len + 1);
	struct slice rest;

	for (size_t i = 0; i < body.len; i++) {
		if (body.p[i] == '\n') {
			buf_add_u8(&text, '\r');
		}
		buf_add_u8(&text, body.p[i]);
	}
	rest = buf_slice(&text);
	while (rest.len > 0) {
		size_t len = rest.len < LINE_BYTES ? rest.len : LINE_BYTES;

		text_base64(out, slice_make(rest.p, len));
		buf_add_str(out, "\r\n");
		rest.p += len;
		rest.len -= len;
	}
	if (text.err != ERR_OK) {
		out->err = text.err;
	}
	buf_wipe(&text);
}

enum err
mail_write(const struct mail *m, struct buf *out, struct errinfo *ei)
{
	enum err e = check(m, ei);

	if (e == ERR_OK) {
		e = put_date(out, m->at, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	buf_add_str(out, "From: ");
	if (m->from_name != NULL) {
		put_words(out, slice_str(m->from_name));
		buf_printf(out, "\r\n <%s>\r\n", m->from);
	} else {
		buf_printf(out, "%s\r\n", m->from);
	}
	buf_printf(out, "To: %s\r\nSubject: ", m->to);
	put_words(out, m->subject);
	buf_printf(out,
	    "\r\nMessage-ID: <%s@%s>\r\n"
	    "Auto-Submitted: auto-generated\r\n" /* RFC 3834 5 */
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n",
	    m->id, strrchr(m->from, '@') + 1);
	put_body(out, m->body);
	return buf_err(out, ei);
}
