/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/mailer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "courier/credential.h"
#include "courier/mail.h"
#include "fetch/smtp.h"
#include "subject/words.h"

enum {
	MS_PER_SEC = 1000,
};

struct mailer {
	struct conf_cursor conf;
	const char *hello;
	struct secret password;
	struct buf roots;
};

static const char *
check_url(const char *value)
{
	const char *host = strstr(value, "://");

	if (host == NULL || (strncmp(value, "smtp://", 7) != 0 &&
				strncmp(value, "smtps://", 8) != 0)) {
		return "is no smtp or smtps address";
	}
	return host[3] != '\0' && strpbrk(host + 3, "/?#@ ") == NULL
		   ? NULL
		   : "is not smtp://HOST:PORT alone";
}

static const char *
check_address(const char *value)
{
	return email_valid(slice_str(value))
		   ? NULL
		   : "is no e-mail address (its domain in lower case)";
}

const struct conf_setting mail_settings[] = {
    {.name = "url",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = SMTP_URL_MAX,
	.check = check_url},
    {.name = "from",
	.type = CONF_TEXT,
	.required = true,
	.check = check_address},
    {.name = "from_name", .type = CONF_TEXT, .min = 1, .max = 256},
    {.name = "hello", .type = CONF_TEXT, .min = 1, .max = SMTP_HELLO_MAX},
    {.name = "user", .type = CONF_TEXT, .min = 1, .max = 256},
    {.name = "password_file", .type = CONF_TEXT},
    {.name = "ca_file", .type = CONF_TEXT},
    {.name = "insecure_plain", .type = CONF_BOOL},
    {.name = "connect_timeout_ms",
	.type = CONF_INT,
	.min = 100,
	.max = 60000,
	.fallback_int = 5000},
    {.name = "timeout_ms",
	.type = CONF_INT,
	.min = 100,
	.max = 120000,
	.fallback_int = 20000},
    {0},
};

/* --- loading ---------------------------------------------------------------
 */

/* By its address: a name may lead elsewhere tomorrow. */
static bool
is_loopback(const char *url)
{
	static const char *const hosts[] = {"smtp://127.0.0.1", "smtp://[::1]"};

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		size_t len = strlen(hosts[i]);

		if (strncmp(url, hosts[i], len) == 0 &&
		    (url[len] == '\0' || url[len] == ':')) {
			return true;
		}
	}
	return false;
}

static void
check_whole(struct conf_cursor c, struct conf_report *report)
{
	if (conf_bool(c, "insecure_plain") &&
	    !is_loopback(conf_text(c, "url"))) {
		conf_complain(report, c, "insecure_plain",
		    "is for smtp://127.0.0.1 and smtp://[::1] only; elsewhere "
		    "a mail goes by TLS");
	}
	if (conf_has(c, "user") != conf_has(c, "password_file")) {
		conf_complain(report, c, "user",
		    "and password_file belong together; one is missing");
	}
}

enum err
mailer_new(struct conf_cursor c, struct conf_report *report,
    struct mailer **out, struct errinfo *ei)
{
	struct mailer *m = calloc(1, sizeof(*m));
	struct conf_report mine;
	enum err e;

	if (m == NULL) {
		return err_nomem(ei);
	}
	m->conf = c;
	m->hello = conf_has(c, "hello")
		       ? conf_text(c, "hello")
		       : strrchr(conf_text(c, "from"), '@') + 1;
	buf_init(&m->roots, ROOTS_BYTES_MAX);
	conf_report_init(&mine);
	check_whole(c, &mine);
	e = conf_report_err(&mine, ei);
	if (report != NULL) {
		report->num_lines += mine.num_lines;
		buf_add(&report->text, buf_slice(&mine.text));
	}
	conf_report_clear(&mine);
	if (e == ERR_OK) {
		e = credentials_read(
		    m->conf, "password_file", &m->password, &m->roots, ei);
	}
	if (e != ERR_OK) {
		mailer_free(m);
		return e;
	}
	*out = m;
	return ERR_OK;
}

void
mailer_free(struct mailer *mailer)
{
	if (mailer != NULL) {
		secret_clear(&mailer->password);
		buf_clear(&mailer->roots);
		free(mailer);
	}
}

/* --- sending ----------------------------------------------------------------
 */

static enum err
write_mail(const struct mailer *m, const struct id *outbox, const char *to,
    struct slice text, struct buf *out, struct errinfo *ei)
{
	const uint8_t *end = memchr(text.p, '\n', text.len);
	char id[ID_TEXT_SIZE];
	size_t len;

	if (end == NULL) {
		return err_set(ei, ERR_FORMAT, "mail.body", NULL,
		    "the message has no subject");
	}
	len = (size_t)(end - text.p);
	id_text(outbox, "msg", id);
	return mail_write(
	    &(struct mail){
		.from = conf_text(m->conf, "from"),
		.from_name = conf_text(m->conf, "from_name"),
		.to = to,
		.subject = slice_make(text.p, len),
		.body = slice_make(end + 1, text.len - len - 1),
		.id = id,
		/* When it was written, so that a second try is the same. */
		.at = id_utc_ms(outbox) / MS_PER_SEC,
	    },
	    out, ei);
}

static enum err
submit(const struct mailer *m, const char *to, const struct buf *mail,
    struct errinfo *ei)
{
	struct buf password = BUF_INIT(m->password.len + 1);
	enum err e;

	buf_add(&password, secret_slice(&m->password));
	e = buf_err(&password, ei);
	if (e == ERR_OK) {
		e = smtp_submit(
		    &(struct smtp_request){
			.url = conf_text(m->conf, "url"),
			.hello = m->hello,
			.from = conf_text(m->conf, "from"),
			.to = to,
			.mail = buf_slice(mail),
			.user = conf_text(m->conf, "user"),
			.password = buf_cstr(&password),
			.ca_pem = buf_slice(&m->roots),
			.plain = conf_bool(m->conf, "insecure_plain"),
			.connect_timeout_ms =
			    (unsigned)conf_int(m->conf, "connect_timeout_ms"),
			.timeout_ms = (unsigned)conf_int(m->conf, "timeout_ms"),
		    },
		    ei);
	}
	buf_wipe(&password);
	return e;
}

static enum courier_outcome
outcome_of(enum err e)
{
	if (e == ERR_OK) {
		return COURIER_DELIVERED;
	}
	if (e == ERR_TIMEOUT) {
		return COURIER_UNCLEAR;
	}
	return e == ERR_AGAIN || e == ERR_NOMEM ? COURIER_RETRY
						: COURIER_REFUSED;
}

void
mailer_send(const struct mailer *m, const struct id *outbox, const char *to,
    struct slice text, struct courier_result *out)
{
	struct courier_try *t = &out->tries[0];
	struct buf mail = BUF_INIT(SMTP_MAIL_MAX);
	struct errinfo ei = {0};
	enum err e = write_mail(m, outbox, to, text, &mail, &ei);

	if (e == ERR_OK) {
		e = submit(m, to, &mail, &ei);
	}
	buf_wipe(&mail);
	out->outcome = outcome_of(e);
	out->num_tries = 1;
	(void)snprintf(t->route, sizeof(t->route), "%s", COURIER_MAIL_ROUTE);
	t->outcome = out->outcome;
	if (out->outcome == COURIER_DELIVERED ||
	    out->outcome == COURIER_UNCLEAR) {
		memcpy(out->route, t->route, sizeof(out->route));
	}
	if (e != ERR_OK) {
		(void)snprintf(out->detail, sizeof(out->detail), "%s", ei.text);
	}
}
