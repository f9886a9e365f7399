/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/bounds.h"
#include "base/text.h"
#include "courier/credential.h"
#include "courier/mail.h"
#include "courier/mailer.h"
#include "courier/route.h"

static struct mail
good(void)
{
	return (struct mail){
	    .from = "ca@example.ru",
	    .from_name = "УЦ",
	    .to = "a.b+c@e.ru",
	    .subject = SLICE_LIT("Сертификат выпущен"),
	    .body = SLICE_LIT("Первая строка\n.\nтретья\n"),
	    .id = "msg_1",
	    .at = 1795400721, /* Mon, 23 Nov 2026 */
	};
}

static const char *
write(const struct mail *m, struct buf *out)
{
	struct errinfo ei = {0};

	buf_reset(out);
	assert_ok(mail_write(m, out, &ei), &ei);
	return buf_cstr(out);
}

static void
it_is_written_so(void **state)
{
	static const char want[] =
	    "Date: Mon, 23 Nov 2026 02:25:21 +0000\r\n"
	    "From: =?utf-8?B?0KPQpg==?=\r\n <ca@example.ru>\r\n"
	    "To: a.b+c@e.ru\r\n"
	    "Subject: =?utf-8?B?0KHQtdGA0YLQuNGE0LjQutCw0YIg0LLRi9C/0YPRidC10L"
	    "0=?=\r\n"
	    "Message-ID: <msg_1@example.ru>\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n"
	    "0J/QtdGA0LLQsNGPINGB0YLRgNC+0LrQsA0KLg0K0YLRgNC10YLRjNGPDQo=\r\n";
	struct buf b = BUF_INIT(4096), again = BUF_INIT(4096);
	const struct mail m = good();

	(void)state;
	assert_string_equal(write(&m, &b), want);
	assert_string_equal(write(&m, &again), want);
	buf_clear(&b);
	buf_clear(&again);
}

/* Every day has its name, leap years too. */
static void
dates_are_dates(void **state)
{
	static const struct {
		int64_t at;
		const char *want;
	} cases[] = {
	    {0, "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"},
	    {951782400, "Date: Tue, 29 Feb 2000 00:00:00 +0000\r\n"},
	    {1798761599, "Date: Thu, 31 Dec 2026 23:59:59 +0000\r\n"},
	    {4107542399, "Date: Sun, 28 Feb 2100 23:59:59 +0000\r\n"},
	};
	struct buf b = BUF_INIT(4096);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct mail m = good();

		m.at = cases[i].at;
		assert_true(strncmp(write(&m, &b), cases[i].want,
				strlen(cases[i].want)) == 0);
	}
	buf_clear(&b);
}

static void
what_would_break_it_is_refused(void **state)
{
	static const struct {
		const char *rule;
		const char *from, *from_name, *to, *subject, *body, *id;
		int64_t at;
	} cases[] = {
	    {"mail.from", .from = "ca@example.ru\r\nBcc: x@e.ru"},
	    {"mail.from", .from = "ca"},
	    {"mail.from", .from_name = "УЦ\nBcc: x@e.ru"},
	    {"mail.from", .from_name = "\xff"},
	    {"mail.to", .to = "a@e.ru\nRCPT TO:<b@e.ru>"},
	    {"mail.to", .to = "a@e.ru>"},
	    {"mail.to", .to = "a@e.ru,b@e.ru"},
	    {"mail.to", .to = "\"a b\"@e.ru"},
	    {"mail.to", .to = "кто@e.ru"},
	    {"mail.to", .to = " a@e.ru"},
	    {"mail.subject", .subject = "a\r\nBcc: x@e.ru"},
	    {"mail.subject", .subject = "\xd0"},
	    {"mail.body", .body = "a\rb\n"},
	    {"mail.body", .body = "\xff\n"},
	    {"mail.id", .id = "msg_1>\r\n"},
	    {"mail.id", .id = ""},
	    {"mail.at", .at = -1},
	};
	struct buf b = BUF_INIT(4096);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct mail m = good();
		struct errinfo ei = {0};

		if (cases[i].from != NULL) {
			m.from = cases[i].from;
		}
		if (cases[i].from_name != NULL) {
			m.from_name = cases[i].from_name;
		}
		if (cases[i].to != NULL) {
			m.to = cases[i].to;
		}
		if (cases[i].subject != NULL) {
			m.subject = slice_str(cases[i].subject);
		}
		if (cases[i].body != NULL) {
			m.body = slice_str(cases[i].body);
		}
		if (cases[i].id != NULL) {
			m.id = cases[i].id;
		}
		if (cases[i].at != 0) {
			m.at = cases[i].at;
		}
		assert_int_equal(mail_write(&m, &b, &ei), ERR_FORMAT);
		assert_string_equal(ei.rule, cases[i].rule);
		assert_int_equal(b.len, 0);
	}
	buf_clear(&b);
}

/* Long and short, in one, two, three and four bytes a character: words hold
 * whole characters, lines keep to their length, and all of it comes back. */
static void
subjects_of_any_length_are_folded(void **state)
{
	static const char *const letters[] = {"a", "ы", "€", "😀", "=?"};
	struct buf text = BUF_INIT(1024), out = BUF_INIT(8192);
	struct buf back = BUF_INIT(2048);

	(void)state;
	for (size_t l = 0; l < ARRAY_LEN(letters); l++) {
		for (size_t n = 1; n <= 100; n++) {
			struct mail m = good();
			const char *at, *end;

			buf_reset(&text);
			buf_reset(&back);
			for (size_t i = 0; i < n; i++) {
				buf_add_str(&text, letters[l]);
			}
			m.subject = buf_slice(&text);
			at = strstr(write(&m, &out), "Subject: ") + 9;
			if (strncmp(at, "=?utf-8?B?", 10) != 0) {
				assert_true(l == 0 && n <= 64);
				continue;
			}
			do {
				struct slice word;

				end = strstr(at, "?=\r\n");
				assert_true(end + 2 - at <= 75);
				word = slice_make(
				    at + 10, (size_t)(end - at) - 10);
				assert_true(text_unbase64(word, &back));
				assert_true(text_is_utf8(buf_slice(&back)));
				at = end + 5;
			} while (end[4] == ' ');
			assert_true(slice_eq(buf_slice(&back), m.subject));
		}
	}
	buf_clear(&text);
	buf_clear(&out);
	buf_clear(&back);
}

static void
long_texts_keep_their_lines_short(void **state)
{
	struct buf text = BUF_INIT(8192), out = BUF_INIT(16384);
	struct mail m = good();
	const char *at;

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		buf_add_str(&text, "строка без конца ");
	}
	m.body = buf_slice(&text);
	at = strstr(write(&m, &out), "\r\n\r\n") + 4;
	while (*at != '\0') {
		const char *end = strstr(at, "\r\n");

		assert_non_null(end);
		assert_true(end - at <= 76);
		at = end + 2;
	}
	buf_clear(&text);
	buf_clear(&out);
}

#define MAIL "mail : { from = \"ca@example.ru\"; "

static void
settings_are_checked(void **state)
{
	static const struct {
		const char *text;
		const char *wrong; /* NULL: good */
	} cases[] = {
	    {MAIL "url = \"smtp://mail.example.ru:587\"; };", NULL},
	    {MAIL "url = \"smtps://mail.example.ru\"; };", NULL},
	    {MAIL "url = \"smtp://127.0.0.1:25\"; insecure_plain = true; };",
		NULL},
	    {MAIL "url = \"smtp://[::1]\"; insecure_plain = true; };", NULL},
	    {MAIL "url = \"smtp://localhost\"; insecure_plain = true; };",
		"insecure_plain"},
	    {MAIL "url = \"smtp://127.0.0.1.e.ru\"; insecure_plain = true; };",
		"insecure_plain"},
	    {MAIL "url = \"smtps://127.0.0.1\"; insecure_plain = true; };",
		"insecure_plain"},
	    {MAIL "url = \"http://mail.example.ru\"; };", "url"},
	    {MAIL "url = \"smtp://\"; };", "url"},
	    {MAIL "url = \"smtp://u:p@mail.example.ru\"; };", "url"},
	    {MAIL "url = \"smtp://mail.example.ru/x\"; };", "url"},
	    {MAIL "url = \"smtp://e.ru\"; user = \"u\"; };", "password_file"},
	    {MAIL "url = \"smtp://e.ru\"; password_file = \"/x\"; };",
		"password_file"},
	    {"mail : { url = \"smtp://e.ru\"; from = \"УЦ\"; };", "from"},
	    {"mail : { url = \"smtp://e.ru\"; };", "from"},
	    {"gateway : { url = \"http://e.ru/{text}\"; name = \"mail\"; };",
		"choose another"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct mailer *mailer = NULL;
		struct conf *conf = NULL;
		struct errinfo ei = {0};
		enum err e = conf_parse(slice_str(cases[i].text), "t",
		    route_settings, &conf, NULL, &ei);

		if (e == ERR_OK) {
			e = mailer_new(conf_group(conf_root(conf), "mail"),
			    NULL, &mailer, &ei);
		}
		if (cases[i].wrong == NULL) {
			assert_ok(e, &ei);
		} else {
			assert_int_equal(e, ERR_FORMAT);
			assert_non_null(strstr(ei.text, cases[i].wrong));
		}
		mailer_free(mailer);
		conf_free(conf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_is_written_so),
	    cmocka_unit_test(dates_are_dates),
	    cmocka_unit_test(what_would_break_it_is_refused),
	    cmocka_unit_test(subjects_of_any_length_are_folded),
	    cmocka_unit_test(long_texts_keep_their_lines_short),
	    cmocka_unit_test(settings_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
