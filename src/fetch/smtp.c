/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/smtp.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "fetch/curl_priv.h"

enum {
	WORDS_MAX = 200,
	NAME_MIN = 3, /* shorter ones stand in other words too */
	MS_PER_SEC = 1000,
};

/* How far the dialogue is. */
enum step {
	STEP_HELLO, /* greeting, EHLO, STARTTLS, AUTH, MAIL: about us */
	STEP_MAIL,  /* RCPT and DATA: about this mail */
	STEP_GIVEN, /* the last byte of the mail */
};

/* What one call keeps while libcurl calls back. */
struct call {
	struct slice rest; /* of the mail */
	enum step step;
	bool answered; /* the last line of a reply came */
	bool over;     /* what is said to QUIT is of no interest */
	char words[WORDS_MAX + 1];
	size_t words_len;
	char error[CURL_ERROR_SIZE];
};

static enum err
bad_request(struct errinfo *ei, const char *what)
{
	return err_set(ei, ERR_FORMAT, "smtp.request", NULL,
	    "the outgoing mail is wrong: %s", what);
}

/* What may stand in a command: no space, no bracket, nothing that ends it. */
static bool
is_word(const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		if (*at <= ' ' || *at > '~' || *at == '<' || *at == '>') {
			return false;
		}
	}
	return text[0] != '\0';
}

static bool
is_host(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= SMTP_HELLO_MAX &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
			    "XYZ0123456789.-") == len;
}

static enum err
check_request(const struct smtp_request *r, struct errinfo *ei)
{
	const char *host = strstr(r->url, "://");

	if (strlen(r->url) > SMTP_URL_MAX || r->mail.len > SMTP_MAIL_MAX) {
		return err_set(ei, ERR_LIMIT, "smtp.request", NULL,
		    "the outgoing mail has more than %d bytes, or the server "
		    "too long an address",
		    SMTP_MAIL_MAX);
	}
	if ((strncmp(r->url, "smtp://", 7) != 0 &&
		strncmp(r->url, "smtps://", 8) != 0) ||
	    host[3] == '\0' || strpbrk(host + 3, "/?#@ ") != NULL ||
	    !is_word(r->url)) {
		return bad_request(ei, "no smtp or smtps address");
	}
	if (!is_host(r->hello)) {
		return bad_request(ei, "our name is no host name");
	}
	if (!is_word(r->from) || !is_word(r->to)) {
		return bad_request(ei, "an address is malformed");
	}
	return ERR_OK;
}

/* --- what libcurl calls ----------------------------------------------------
 */

static size_t
on_read(char *out, size_t size, size_t num, void *arg)
{
	struct call *call = arg;
	size_t len = size * num;

	if (len > call->rest.len) {
		len = call->rest.len;
	}
	memcpy(out, call->rest.p, len);
	call->rest.p += len;
	call->rest.len -= len;
	if (call->rest.len == 0) {
		call->step = STEP_GIVEN;
	}
	return len;
}

static void
take_command(struct call *call, const char *line, size_t len)
{
	if (len >= 5 && memcmp(line, "RCPT ", 5) == 0) {
		call->step = STEP_MAIL;
	} else if (len >= 4 && memcmp(line, "QUIT", 4) == 0) {
		call->over = true;
	}
}

/* "550-5.1.1 No such\r\n", "550 5.1.1 user here\r\n" */
static void
take_reply(struct call *call, const char *line, size_t len)
{
	if (call->over) {
		return;
	}
	if (call->answered) {
		call->words_len = 0;
	}
	call->answered = len > 3 ? line[3] != '-' : true;
	if (call->words_len > 0) {
		/* The status again. */
		line += len > 4 ? 4 : len;
		len -= len > 4 ? 4 : len;
	}
	for (size_t i = 0; i < len && call->words_len < WORDS_MAX; i++) {
		char c = line[i];

		if (c == '\r') {
			c = ' ';
		} else if ((uint8_t)c < ' ' || c == 0x7f) {
			c = '?';
		}
		if (line[i] != '\n') {
			call->words[call->words_len++] = c;
		}
	}
	call->words[call->words_len] = '\0';
}

/* Nothing is printed: libcurl shows here what is said, passwords too. */
static int
on_talk(CURL *curl, curl_infotype type, char *text, size_t len, void *arg)
{
	(void)curl;
	if (type == CURLINFO_HEADER_OUT) {
		take_command(arg, text, len);
	} else if (type == CURLINFO_HEADER_IN) {
		take_reply(arg, text, len);
	}
	return 0;
}

/* --- the call --------------------------------------------------------------
 */

static bool
set_limits(CURL *curl, const struct smtp_request *r)
{
	bool failed = false;
	long total_ms =
	    r->timeout_ms > 0 ? (long)r->timeout_ms : FETCH_TIMEOUT_MS;

	curl_set_common(curl, r->connect_timeout_ms, r->timeout_ms, &failed);
	/* The total does not bound the answer to QUIT. */
	SET(curl, failed, CURLOPT_SERVER_RESPONSE_TIMEOUT,
	    (total_ms + MS_PER_SEC - 1) / MS_PER_SEC);
	SET(curl, failed, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(curl, failed, CURLOPT_PROXY, "");
	return !failed;
}

static bool
set_tls(CURL *curl, const struct smtp_request *r)
{
	bool failed = false;

	SET(curl, failed, CURLOPT_USE_SSL,
	    r->plain ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	curl_set_roots(curl, r->ca_pem, &failed);
	return !failed;
}

static bool
set_request(CURL *curl, const struct smtp_request *r, const char *url,
    const struct curl_slist *to, struct call *call)
{
	bool failed = false;

	SET(curl, failed, CURLOPT_URL, url);
	SET(curl, failed, CURLOPT_MAIL_FROM, r->from);
	SET(curl, failed, CURLOPT_MAIL_RCPT, to);
	SET(curl, failed, CURLOPT_UPLOAD, 1L);
	SET(curl, failed, CURLOPT_READFUNCTION, on_read);
	SET(curl, failed, CURLOPT_READDATA, call);
	SET(curl, failed, CURLOPT_INFILESIZE_LARGE, (curl_off_t)r->mail.len);
	SET(curl, failed, CURLOPT_ERRORBUFFER, call->error);
	SET(curl, failed, CURLOPT_DEBUGFUNCTION, on_talk);
	SET(curl, failed, CURLOPT_DEBUGDATA, call);
	SET(curl, failed, CURLOPT_VERBOSE, 1L);
	if (r->user != NULL) {
		/* Behind TLS the simplest do; others load libraries. */
		SET(curl, failed, CURLOPT_LOGIN_OPTIONS,
		    "AUTH=PLAIN;AUTH=LOGIN");
		SET(curl, failed, CURLOPT_USERNAME, r->user);
		SET(curl, failed, CURLOPT_PASSWORD, r->password);
	}
	return !failed;
}

/* An address, or the name before its @, which servers like to repeat. */
static bool
names_somebody(const char *word, size_t len, const char *to)
{
	size_t name_len = strcspn(to, "@");

	if (memchr(word, '@', len) != NULL) {
		return true;
	}
	for (size_t at = 0; name_len >= NAME_MIN && at + name_len <= len;
	     at++) {
		if (strncasecmp(word + at, to, name_len) == 0) {
			return true;
		}
	}
	return false;
}

/* The reply in words that may stand in a log: plain, without the address. */
static const char *
words_of(struct call *call, const char *to)
{
	char *words = call->words;
	size_t len = 0, at = 0;
	bool clean = text_is_clean(slice_make(words, call->words_len));

	while (at < call->words_len) {
		size_t word = strcspn(words + at, " ");
		/* What was cut cannot be judged. */
		bool cut = at + word == WORDS_MAX;

		if (word > 0 && len > 0) {
			words[len++] = ' ';
		}
		if (cut || names_somebody(words + at, word, to)) {
			words[len++] = '*';
		} else {
			for (size_t i = at; i < at + word; i++) {
				bool odd = !clean && (uint8_t)words[i] > '~';

				words[len] = words[i];
				if (odd) {
					words[len] = '?';
				}
				len++;
			}
		}
		at += word + 1;
	}
	words[len] = '\0';
	return words;
}

static enum err
explain(CURL *curl, CURLcode code, struct call *call, const char *to,
    struct errinfo *ei)
{
	const char *why =
	    call->error[0] != '\0' ? call->error : curl_easy_strerror(code);
	long status = 0;

	if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) !=
	    CURLE_OK) {
		status = 0;
	}
	if (status >= 400 && status <= 499) {
		return err_set(ei, ERR_AGAIN, "smtp.later", NULL,
		    "the mail server asks to come later: %s",
		    words_of(call, to));
	}
	if (status >= 500 && status <= 599 && call->step == STEP_HELLO) {
		return err_set(ei, ERR_AGAIN, "smtp.setup", NULL,
		    "the mail server takes no mail from us: %s",
		    words_of(call, to));
	}
	if (status >= 500 && status <= 599) {
		return err_set(ei, ERR_POLICY, "smtp.refused", NULL,
		    "the mail server refused it: %s", words_of(call, to));
	}
	if (call->step == STEP_GIVEN) {
		return err_set(ei, ERR_TIMEOUT, "smtp.unclear", NULL,
		    "the mail was given and has no answer: %s", why);
	}
	return err_set(ei, ERR_AGAIN, "smtp.connect", NULL,
	    "the mail was not given: %s", why);
}

enum err
smtp_submit(const struct smtp_request *request, struct errinfo *ei)
{
	struct buf url = BUF_INIT(SMTP_URL_MAX + SMTP_HELLO_MAX + 2);
	struct call call = {.rest = request->mail, .answered = true};
	struct curl_slist *to = NULL;
	CURL *curl = NULL;
	CURLcode code;
	enum err e = check_request(request, ei);

	if (e == ERR_OK) {
		/* libcurl says the path in its EHLO. */
		buf_printf(&url, "%s/%s", request->url, request->hello);
		e = buf_err(&url, ei);
	}
	if (e != ERR_OK) {
		goto out;
	}
	to = curl_slist_append(NULL, request->to);
	curl = curl_easy_init();
	if (to == NULL || curl == NULL) {
		e = err_nomem(ei);
		goto out;
	}
	if (!set_limits(curl, request) || !set_tls(curl, request) ||
	    !set_request(curl, request, buf_cstr(&url), to, &call)) {
		e = bad_request(ei, "libcurl does not take an option");
		goto out;
	}
	code = curl_easy_perform(curl);
	if (code != CURLE_OK) {
		e = explain(curl, code, &call, request->to, ei);
	}
out:
	curl_easy_cleanup(curl);
	curl_slist_free_all(to);
	buf_clear(&url);
	return e;
}
