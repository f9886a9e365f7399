/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "courier/gateway_priv.h"
#include "fetch/fetch.h"
#include "fetch/one_shot.h"

static const struct conf_setting settings[] = {
    {.name = "gateway", .type = CONF_GROUP, .members = gateway_settings},
    {0},
};

struct fixture {
	struct conf *conf;
	struct gateway *gateway;
	struct conf_report report;
};

/* `text`: the settings of the group. */
static enum err
make(const char *text, struct fixture *f)
{
	struct buf all = BUF_INIT(8192);
	struct errinfo ei = {0};
	enum err e;

	*f = (struct fixture){0};
	conf_report_init(&f->report);
	buf_printf(&all, "gateway : {\n%s\n};\n", text);
	e = conf_parse(
	    buf_slice(&all), "t", settings, &f->conf, &f->report, &ei);
	if (e == ERR_OK) {
		e = gateway_new(conf_group(conf_root(f->conf), "gateway"),
		    &f->report, &f->gateway, &ei);
	}
	buf_clear(&all);
	return e;
}

static void
drop(struct fixture *f)
{
	gateway_free(f->gateway);
	conf_free(f->conf);
	conf_report_clear(&f->report);
}

static const struct gateway_message message = {
    .to = "+79161234567",
    .text = {(const uint8_t *)"Код \"1&2\"\n", 13},
    .id = "msg_1",
};

static void
values_are_escaped_by_their_place(void **state)
{
	static const struct {
		enum place place;
		const char *template;
		const char *want;
	} cases[] = {
	    {PLACE_TEXT, "{to} {to_digits} {id} {secret}",
		"+79161234567 79161234567 msg_1 s=&"},
	    {PLACE_TEXT, "{text}", "Код \"1&2\"\n"},
	    {PLACE_JSON, "{\"a\":\"{text}\",\"b\":{\"c\":\"{to}\"}}",
		"{\"a\":\"Код \\\"1\\u00262\\\"\\n\","
		"\"b\":{\"c\":\"+79161234567\"}}"},
	    {PLACE_PERCENT, "to={to}&text={text}&k={secret}",
		"to=%2B79161234567&text="
		"%D0%9A%D0%BE%D0%B4%20%221%262%22%0A&k=s%3D%26"},
	    {PLACE_TEXT, "{} {A} {a-b} { to} {", "{} {A} {a-b} { to} {"},
	    {PLACE_TEXT, "", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out = BUF_INIT(1024);
		struct template t;

		assert_null(
		    template_compile(&t, cases[i].template, cases[i].place));
		template_render(&t, &message, SLICE_LIT("s=&"), &out);
		assert_string_equal(buf_cstr(&out), cases[i].want);
		buf_clear(&out);
	}
}

static void
patterns(void **state)
{
	static const struct {
		const char *pattern;
		const char *text;
		bool fits;
	} cases[] = {
	    {"", "", true},
	    {"", "x", false},
	    {"*", "", true},
	    {"*", "anything", true},
	    {"OK", "OK", true},
	    {"OK", "OK ", false},
	    {"OK*", "OK 7", true},
	    {"*OK", "not OK", true},
	    {"*a*b*", "xxaxxbxx", true},
	    {"*a*b*", "xxbxxaxx", false},
	    {"a*a", "a", false},
	    {"a*a", "aa", true},
	    {"**x", "yyx", true},
	    {"*aab", "aaaaaaab", true},
	    {"a.c", "abc", false},
	};
	static const struct {
		const char *pattern;
		const char *text;
		const char *id; /* NULL: none */
	} ids[] = {
	    {"\"id\":\"{id}\"", "{\"id\":\"abc\",\"x\":1}", "abc"},
	    {"\"id\":{id}}", "{\"id\":17}", "17"},
	    {"id={id}", "ok id=77 \r\n", "77"},
	    {"{id};", "77;", "77"},
	    {"id={id};", "id=77", NULL},
	    {"id={id};", "id=;", NULL},
	    {"id={id}", "", NULL},
	    {"id={id}", "i", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (pattern_fits(cases[i].pattern, slice_str(cases[i].text)) !=
		    cases[i].fits) {
			fail_msg("%s %s", cases[i].pattern, cases[i].text);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		struct slice id = SLICE_EMPTY;
		bool found = pattern_find_id(
		    ids[i].pattern, slice_str(ids[i].text), &id);

		if (found != (ids[i].id != NULL) ||
		    (found && !slice_eq_str(id, ids[i].id))) {
			fail_msg("%s %s", ids[i].pattern, ids[i].text);
		}
	}
	assert_true(status_fits("2xx", 204));
	assert_true(status_fits("202", 202));
	assert_false(status_fits("202", 200));
	assert_false(status_fits("2xx", 302));
	assert_false(status_fits("2xx", 1200));
}

static void
an_answer_means_one_thing(void **state)
{
	static const char text[] =
	    "url = \"http://h/?t={text}\"; method = \"GET\";\n"
	    "success_status = [\"2xx\"]; success_pattern = \"0: *\";\n"
	    "refused_pattern = \"*ERR*\"; id_pattern = \"id {id};\";";
	static const struct {
		unsigned status;
		const char *body;
		enum courier_outcome outcome;
		const char *id;
	} cases[] = {
	    {200, "0: fine id 7;", COURIER_DELIVERED, "7"},
	    {202, "0: fine", COURIER_DELIVERED, ""},
	    {202, "0: id a\x01;", COURIER_DELIVERED, ""},
	    {200, "<html>", COURIER_UNCLEAR, ""},
	    {200, "", COURIER_UNCLEAR, ""},
	    {200, "1: ERR 5", COURIER_REFUSED, ""},
	    {302, "", COURIER_UNCLEAR, ""},
	    {400, "", COURIER_REFUSED, ""},
	    {403, "0: fine", COURIER_REFUSED, ""},
	    {429, "", COURIER_RETRY, ""},
	    {500, "", COURIER_UNCLEAR, ""},
	    {502, "", COURIER_UNCLEAR, ""},
	    {503, "", COURIER_RETRY, ""},
	    {503, "ERR", COURIER_REFUSED, ""},
	};
	struct fixture f;

	(void)state;
	assert_int_equal(make(text, &f), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct courier_result r = {0};

		gateway_judge(
		    f.gateway, cases[i].status, slice_str(cases[i].body), &r);
		if (r.outcome != cases[i].outcome ||
		    strcmp(r.provider_id, cases[i].id) != 0 ||
		    strstr(r.detail, "ERR") != NULL) {
			fail_msg("%u %s: %s", cases[i].status, cases[i].body,
			    courier_outcome_name(r.outcome));
		}
	}
	drop(&f);
}

static void
wrong_templates_do_not_load(void **state)
{
	static const struct {
		const char *text;
		const char *why; /* NULL: good */
	} cases[] = {
	    {"url=\"http://h/{text}\";", NULL},
	    {"url=\"http://h:80?t={text}\"; headers=[\"X: y\"];", NULL},
	    {"url=\"http://h/\"; body=\"{text}\";", NULL},
	    {"url=\"http://h/\";", "neither in url nor in body"},
	    {"url=\"http://{text}/\";", "behind the host only"},
	    {"url=\"http://u:{to}@h/{text}\";", "behind the host only"},
	    {"url=\"http://h/{text}#x\";", "fragment"},
	    {"url=\"http://h/{tekst}\";", "unknown placeholder"},
	    {"url=\"ftp://h/{text}\";", "no http or https"},
	    {"url=\"http://h/\"; method=\"GET\"; body=\"{text}\";",
		"does not go with GET"},
	    {"url=\"http://h/{text}\"; headers=[\"X: {to}\"];",
		"no placeholder but {secret}"},
	    {"url=\"http://h/{text}\"; headers=[\"X y\"];",
		"is not \"Name: value\""},
	    {"url=\"http://h/{text}&p={secret}\";", "belong together"},
	    {"url=\"http://h/{text}\"; secret_file=\"/x\";", "belong together"},
	    {"url=\"http://h/{text}\"; success_status=[\"20\"];",
		"is no status"},
	    {"url=\"http://h/{text}\"; id_pattern=\"x\";", "holds no {id}"},
	    {"url=\"http://h/{text}\"; timeout_ms=1;", "may be from"},
	    {"url=\"http://h/{text}\"; body_format=\"xml\";", "it may be"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture f;
		enum err e = make(cases[i].text, &f);
		const char *said = conf_report_text(&f.report);

		if ((e == ERR_OK) != (cases[i].why == NULL) ||
		    (cases[i].why != NULL &&
			strstr(said, cases[i].why) == NULL)) {
			fail_msg("%s: %s", cases[i].text, said);
		}
		drop(&f);
	}
}

static void
addresses_and_texts_are_checked_before_anything_is_sent(void **state)
{
	static const struct {
		const char *to;
		struct slice text;
	} cases[] = {
	    {"79161234567", {(const uint8_t *)"x", 1}},
	    {"+7916123456a", {(const uint8_t *)"x", 1}},
	    {"+1234", {(const uint8_t *)"x", 1}},
	    {"+1234567890123456", {(const uint8_t *)"x", 1}},
	    {"+79161234567", {(const uint8_t *)"\xff", 1}},
	    {"+79161234567", {NULL, 0}},
	};
	struct fixture f;

	(void)state;
	/* Nothing listens there, so a call would be RETRY. */
	assert_int_equal(
	    make("url=\"http://127.0.0.1:1/{text}\";", &f), ERR_OK);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct gateway_message m = {cases[i].to, cases[i].text, "id"};
		struct courier_result r = {0};

		gateway_send(f.gateway, &m, &r);
		assert_int_equal(r.outcome, COURIER_REFUSED);
		assert_null(strstr(r.detail, "7916"));
	}
	struct courier_result r = {0};
	gateway_send(f.gateway, &message, &r);
	assert_int_equal(r.outcome, COURIER_RETRY);
	drop(&f);
}

static void
a_message_really_goes_out(void **state)
{
	static const struct {
		const char *answer;
		enum courier_outcome outcome;
	} cases[] = {
	    {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"id\":\"7\"}",
		COURIER_DELIVERED},
	    {"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", COURIER_RETRY},
	    {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", COURIER_UNCLEAR},
	    {"rubbish\r\n", COURIER_UNCLEAR},
	    {NULL, COURIER_UNCLEAR},
	};
	char path[] = "/tmp/surguch-secret-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "t0p\n", 4), 4);
	assert_int_equal(fchmod(fd, 0600), 0);
	(void)close(fd);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct one_shot server;
		struct courier_result r = {0};
		struct fixture f;
		char text[512];

		one_shot_start(&server, cases[i].answer);
		(void)snprintf(text, sizeof(text),
		    "url=\"http://127.0.0.1:%u/s?i={id}\";"
		    "headers=[\"X-Key: {secret}\"]; body_format=\"json\";"
		    "body=\"{\\\"to\\\":\\\"{to}\\\",\\\"t\\\":\\\"{text}\\\"}"
		    "\"; id_pattern=\"\\\"id\\\":\\\"{id}\\\"\";"
		    "secret_file=\"%s\";",
		    (unsigned)server.port, path);
		assert_int_equal(make(text, &f), ERR_OK);
		gateway_send(f.gateway, &message, &r);
		if (r.outcome != cases[i].outcome) {
			fail_msg("%zu: %s", i, r.detail);
		}
		one_shot_stop(&server);
		assert_int_equal(atomic_load(&server.num_requests), 1);
		assert_ptr_equal(
		    strstr(server.request, "POST /s?i=msg_1 HTTP/1.1\r\n"),
		    server.request);
		assert_non_null(strstr(server.request, "\r\nX-Key: t0p\r\n"));
		assert_non_null(strstr(server.request,
		    "{\"to\":\"+79161234567\",\"t\":\"Код "
		    "\\\"1\\u00262\\\"\\n\"}"));
		assert_string_equal(r.provider_id, i == 0 ? "7" : "");
		drop(&f);
	}
	assert_int_equal(unlink(path), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_escaped_by_their_place),
	    cmocka_unit_test(patterns),
	    cmocka_unit_test(an_answer_means_one_thing),
	    cmocka_unit_test(wrong_templates_do_not_load),
	    cmocka_unit_test(
		addresses_and_texts_are_checked_before_anything_is_sent),
	    cmocka_unit_test(a_message_really_goes_out),
	};

	if (fetch_init(NULL) != ERR_OK) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
