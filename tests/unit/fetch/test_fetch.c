/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>

#include "fetch/fetch.h"
#include "fetch/one_shot.h"
#include "fetch/smtp.h"

static struct one_shot server;
static char url[64];

static struct fetch_request
post(const char *answer)
{
	one_shot_start(&server, answer);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/send?x=1",
	    (unsigned)server.port);
	return (struct fetch_request){
	    .url = url,
	    .method = "POST",
	    .body = SLICE_LIT("a\0b"),
	    .timeout_ms = 1500,
	    .connect_timeout_ms = 1000,
	    .answer_max = 16,
	};
}

static void
a_call_brings_status_headers_and_body(void **state)
{
	static const char *const headers[] = {
	    "Content-Type: application/json", "X-Key: k"};
	struct fetch_request r =
	    post("HTTP/1.1 202 Fine\r\nContent-Type: text/x\r\n"
		 "Retry-After: 7\r\nContent-Length: 3\r\n\r\nabc");
	struct fetch_answer a;
	struct errinfo ei = {0};

	(void)state;
	r.headers = headers;
	r.num_headers = 2;
	assert_ok(fetch(&r, &a, &ei), &ei);
	assert_int_equal(a.status, 202);
	assert_string_equal(a.content_type, "text/x");
	assert_int_equal(a.retry_after_sec, 7);
	assert_true(slice_eq_str(buf_slice(&a.body), "abc"));
	fetch_answer_clear(&a);
	one_shot_stop(&server);
	assert_ptr_equal(strstr(server.request, "POST /send?x=1 HTTP/1.1\r\n"),
	    server.request);
	assert_non_null(strstr(server.request, "\r\nX-Key: k\r\n"));
	assert_non_null(strstr(server.request, "\r\nContent-Length: 3\r\n"));
	assert_memory_equal(server.request + server.len - 3, "a\0b", 3);
}

static void
redirects_are_an_answer_like_any_other(void **state)
{
	struct fetch_request r =
	    post("HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\n"
		 "Content-Length: 0\r\n\r\n");
	struct fetch_answer a;
	struct errinfo ei = {0};

	(void)state;
	r.method = "GET";
	assert_ok(fetch(&r, &a, &ei), &ei);
	assert_int_equal(a.status, 302);
	assert_int_equal(a.retry_after_sec, -1);
	fetch_answer_clear(&a);
	one_shot_stop(&server);
	assert_int_equal(atomic_load(&server.num_requests), 1);
	assert_null(strstr(server.request, "Content-Length"));
}

static void
the_environments_proxy_is_ignored(void **state)
{
	struct fetch_request r =
	    post("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	struct fetch_answer a;
	struct errinfo ei = {0};

	(void)state;
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1/", 1), 0);
	assert_ok(fetch(&r, &a, &ei), &ei);
	fetch_answer_clear(&a);
	assert_int_equal(unsetenv("http_proxy"), 0);
	one_shot_stop(&server);
}

static void
trouble_says_whether_anything_was_sent(void **state)
{
	static const struct {
		const char *answer; /* NULL: hangs up */
		unsigned delay_ms;
		enum err kind;
		const char *rule;
	} cases[] = {
	    {NULL, 0, ERR_TIMEOUT, "fetch.unclear"},
	    {"rubbish", 0, ERR_TIMEOUT, "fetch.unclear"},
	    {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", 0, ERR_TIMEOUT,
		"fetch.unclear"},
	    {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 2500, ERR_TIMEOUT,
		"fetch.unclear"},
	    {"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n"
	     "12345678901234567",
		0, ERR_LIMIT, "fetch.size"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fetch_request r = post(cases[i].answer);
		struct fetch_answer a;
		struct errinfo ei = {0};

		server.delay_ms = cases[i].delay_ms;
		if (fetch(&r, &a, &ei) != cases[i].kind ||
		    strcmp(ei.rule, cases[i].rule) != 0) {
			fail_msg("%zu: %s %s", i, err_name(ei.kind), ei.text);
		}
		one_shot_stop(&server);
	}
}

static void
no_connection_is_nothing_sent(void **state)
{
	static const char *const urls[] = {"http://127.0.0.1:1/",
	    "http://name.invalid/", "https://127.0.0.1:1/"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		struct fetch_request r = {.url = urls[i],
		    .method = "GET",
		    .connect_timeout_ms = 3000,
		    .timeout_ms = 3000};
		struct fetch_answer a;
		struct errinfo ei = {0};

		if (fetch(&r, &a, &ei) != ERR_AGAIN) {
			fail_msg("%s: %s", urls[i], ei.text);
		}
		assert_string_equal(ei.rule, "fetch.connect");
	}
}

/* A plain server under an https address: TLS fails, nothing was said. */
static void
a_failed_handshake_is_nothing_sent(void **state)
{
	struct fetch_request r = post(NULL);
	struct fetch_answer a;
	struct errinfo ei = {0};

	(void)state;
	(void)snprintf(
	    url, sizeof(url), "https://127.0.0.1:%u/", (unsigned)server.port);
	server.delay_ms = 0;
	r.timeout_ms = 800;
	assert_int_equal(fetch(&r, &a, &ei), ERR_AGAIN);
	one_shot_stop(&server);
	assert_int_equal(atomic_load(&server.num_requests), 0);
}

static void
wrong_requests_are_not_sent(void **state)
{
	static const char *const bad_urls[] = {
	    "ftp://127.0.0.1/", "file:///x", "127.0.0.1", "http://a\r\nb/", ""};
	static const char *const bad_headers[] = {"X: a\r\nY: b", "no colon"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad_urls); i++) {
		struct fetch_request r = {.url = bad_urls[i], .method = "GET"};
		struct fetch_answer a;
		struct errinfo ei = {0};

		assert_int_equal(fetch(&r, &a, &ei), ERR_FORMAT);
		assert_string_equal(ei.rule, "fetch.request");
	}
	for (size_t i = 0; i < ARRAY_LEN(bad_headers); i++) {
		struct fetch_request r = {.url = "http://127.0.0.1:1/",
		    .method = "GET",
		    .headers = &bad_headers[i],
		    .num_headers = 1};
		struct fetch_answer a;
		struct errinfo ei = {0};

		assert_int_equal(fetch(&r, &a, &ei), ERR_FORMAT);
	}
}

static int
start_library(void **state)
{
	(void)state;
	return fetch_init(NULL) == ERR_OK ? 0 : -1;
}

/* What would end a command or lead elsewhere is not even tried. */
static void
a_mail_that_is_wrong_is_not_sent(void **state)
{
	static const struct {
		const char *url, *hello, *from, *to;
		enum err want;
	} cases[] = {
	    {"smtp://127.0.0.1:1", "e.ru", "a@e.ru", "b@e.ru", ERR_AGAIN},
	    {"smtp://127.0.0.1:1/x", "e.ru", "a@e.ru", "b@e.ru", ERR_FORMAT},
	    {"smtp://u:p@127.0.0.1", "e.ru", "a@e.ru", "b@e.ru", ERR_FORMAT},
	    {"smtp://", "e.ru", "a@e.ru", "b@e.ru", ERR_FORMAT},
	    {"http://127.0.0.1:1", "e.ru", "a@e.ru", "b@e.ru", ERR_FORMAT},
	    {"smtp://127.0.0.1:1", "e.ru/x", "a@e.ru", "b@e.ru", ERR_FORMAT},
	    {"smtp://127.0.0.1:1", "", "a@e.ru", "b@e.ru", ERR_FORMAT},
	    {"smtp://127.0.0.1:1", "e.ru", "a@e.ru\r\nQUIT", "b@e.ru",
		ERR_FORMAT},
	    {"smtp://127.0.0.1:1", "e.ru", "a@e.ru", "b@e.ru> SIZE=1",
		ERR_FORMAT},
	    {"smtp://127.0.0.1:1", "e.ru", "a@e.ru", "", ERR_FORMAT},
	};
	static uint8_t large[SMTP_MAIL_MAX + 1];
	struct smtp_request r = {.url = "smtp://127.0.0.1:1",
	    .hello = "e.ru",
	    .from = "a@e.ru",
	    .to = "b@e.ru",
	    .mail = slice_make(large, sizeof(large))};
	struct errinfo ei = {0};

	(void)state;
	assert_int_equal(smtp_submit(&r, &ei), ERR_LIMIT);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		r = (struct smtp_request){.url = cases[i].url,
		    .hello = cases[i].hello,
		    .from = cases[i].from,
		    .to = cases[i].to,
		    .mail = SLICE_LIT("a\r\n")};
		assert_int_equal(smtp_submit(&r, &ei), cases[i].want);
		assert_string_equal(ei.rule, cases[i].want == ERR_AGAIN
						 ? "smtp.connect"
						 : "smtp.request");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_mail_that_is_wrong_is_not_sent),
	    cmocka_unit_test(a_call_brings_status_headers_and_body),
	    cmocka_unit_test(redirects_are_an_answer_like_any_other),
	    cmocka_unit_test(the_environments_proxy_is_ignored),
	    cmocka_unit_test(trouble_says_whether_anything_was_sent),
	    cmocka_unit_test(no_connection_is_nothing_sent),
	    cmocka_unit_test(a_failed_handshake_is_nothing_sent),
	    cmocka_unit_test(wrong_requests_are_not_sent),
	};

	return cmocka_run_group_tests(tests, start_library, NULL);
}
