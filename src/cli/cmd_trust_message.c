/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd_trust_message.h"

#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/bounds.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/password.h"
#include "courier/mail.h"
#include "crypto/hash.h"
#include "fetch/fetch.h"
#include "fetch/smtp.h"
#include "os/file.h"
#include "subject/words.h"

#define MAILTO "mailto:"

enum {
	CONNECT_MS = 10000,
	TOTAL_MS = 60000,
	ANSWER_MAX = 65536,
	HTTP_GOOD = 200,
	HTTP_GOOD_LAST = 299,
	ID_OCTETS = 16,
};

/* --- the words --------------------------------------------------------------
 */

static bool
begins(const char *word, const char *with)
{
	return strncmp(word, with, strlen(with)) == 0;
}

/* By its address: a name may lead elsewhere tomorrow. */
static bool
is_loopback(const char *url)
{
	static const char *const hosts[] = {"smtp://127.0.0.1", "smtp://[::1]"};

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		const char *end = url + strlen(hosts[i]);

		if (begins(url, hosts[i]) && (*end == '\0' || *end == ':')) {
			return true;
		}
	}
	return false;
}

static enum err
check_mail(const struct notify_words *w, const char *to, struct errinfo *ei)
{
	if (!email_valid(slice_str(to))) {
		return cli_bad_word(ei, "--notify",
		    "mailto: and one e-mail address (its domain in lower "
		    "case), or an http or https address");
	}
	if (w->from != NULL && !email_valid(slice_str(w->from))) {
		return cli_bad_word(ei, "--from", "an e-mail address");
	}
	if (w->smtp == NULL ||
	    (!begins(w->smtp, "smtp://") && !begins(w->smtp, "smtps://"))) {
		return cli_bad_word(ei, "--smtp",
		    "the mail server, smtp://HOST[:PORT] or "
		    "smtps://HOST[:PORT]");
	}
	if (w->plain && !is_loopback(w->smtp)) {
		return cli_bad_word(ei, "--insecure-plain",
		    "a server on smtp://127.0.0.1 or smtp://[::1]; elsewhere a "
		    "mail goes by TLS");
	}
	if ((w->user == NULL) != (w->password_file == NULL)) {
		return cli_bad_word(ei, "--smtp-user",
		    "a --smtp-password-file beside it, and the other way "
		    "round");
	}
	return ERR_OK;
}

enum err
message_way_open(struct message_way *way, const struct notify_words *words,
    struct errinfo *ei)
{
	enum err e = ERR_OK;

	*way = (struct message_way){.words = words};
	buf_init(&way->roots, ROOTS_BYTES_MAX);
	if (begins(words->to, MAILTO)) {
		way->mail_to = words->to + strlen(MAILTO);
		e = check_mail(words, way->mail_to, ei);
	} else if (!begins(words->to, "http://") &&
		   !begins(words->to, "https://")) {
		e = cli_bad_word(ei, "--notify",
		    "mailto:ADDRESS, or an http or https address");
	}
	if (e == ERR_OK && words->ca != NULL) {
		e = file_read(words->ca, ROOTS_BYTES_MAX, &way->roots, ei);
	}
	if (e == ERR_OK && words->password_file != NULL) {
		e = cli_password(
		    words->password_file, false, &way->password, ei);
	}
	return e;
}

void
message_way_clear(struct message_way *way)
{
	buf_clear(&way->roots);
	secret_clear(&way->password);
}

/* --- mail -------------------------------------------------------------------
 */

static enum err
submit(const struct message_way *way, const char *from, const struct buf *mail,
    struct errinfo *ei)
{
	const struct notify_words *w = way->words;
	struct buf password = BUF_INIT(PASSPHRASE_MAX + 1);
	enum err e;

	buf_add(&password, secret_slice(&way->password));
	e = buf_err(&password, ei);
	if (e == ERR_OK) {
		e = smtp_submit(
		    &(struct smtp_request){
			.url = w->smtp,
			.hello = strrchr(from, '@') + 1,
			.from = from,
			.to = way->mail_to,
			.mail = buf_slice(mail),
			.user = w->user,
			.password =
			    w->user != NULL ? buf_cstr(&password) : NULL,
			.ca_pem = buf_slice(&way->roots),
			.plain = w->plain,
			.connect_timeout_ms = CONNECT_MS,
			.timeout_ms = TOTAL_MS,
		    },
		    ei);
	}
	buf_wipe(&password);
	return e;
}

/* The id is of what is said, so that a second try is the same mail. */
static enum err
send_mail(
    const struct message_way *way, const struct message *m, struct errinfo *ei)
{
	const char *from =
	    way->words->from != NULL ? way->words->from : way->mail_to;
	struct buf mail = BUF_INIT(SMTP_MAIL_MAX);
	struct buf id = BUF_INIT((size_t)2 * ID_OCTETS + sizeof("roots_"));
	uint8_t hash[SHA256_SIZE];
	enum err e = sha256_of(m->json, hash, ei);

	buf_add_str(&id, "roots_");
	text_hex(&id, slice_make(hash, ID_OCTETS));
	if (e == ERR_OK) {
		e = mail_write(
		    &(struct mail){
			.from = from,
			.from_name = "surguch",
			.to = way->mail_to,
			.subject = m->subject,
			.body = m->text,
			.id = buf_cstr(&id),
			.at = m->at,
		    },
		    &mail, ei);
	}
	if (e == ERR_OK) {
		e = submit(way, from, &mail, ei);
	}
	buf_clear(&mail);
	buf_clear(&id);
	return e == ERR_OK ? e : err_object(ei, e, way->words->smtp);
}

/* --- a web address
 * ------------------------------------------------------------
 */

static enum err
post(const struct message_way *way, const struct message *m, struct errinfo *ei)
{
	static const char *const headers[] = {
	    "Content-Type: application/json; charset=utf-8"};
	const struct fetch_request request = {
	    .url = way->words->to,
	    .method = "POST",
	    .headers = headers,
	    .num_headers = ARRAY_LEN(headers),
	    .body = m->json,
	    .ca_pem = buf_slice(&way->roots),
	    .connect_timeout_ms = CONNECT_MS,
	    .timeout_ms = TOTAL_MS,
	    .answer_max = ANSWER_MAX,
	};
	struct fetch_answer answer = {0};
	enum err e = fetch(&request, &answer, ei);

	if (e == ERR_OK &&
	    (answer.status < HTTP_GOOD || answer.status > HTTP_GOOD_LAST)) {
		e = err_set(ei, ERR_AGAIN, "notify.answer", NULL,
		    "whom to tell answers %u", answer.status);
	}
	fetch_answer_clear(&answer);
	return e == ERR_OK ? e : err_object(ei, e, way->words->to);
}

enum err
message_send(
    const struct message_way *way, const struct message *m, struct errinfo *ei)
{
	return way->mail_to != NULL ? send_mail(way, m, ei) : post(way, m, ei);
}
