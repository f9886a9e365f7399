/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "http/http_priv.h"

static const char *
made(enum err kind, const char *object, struct response *r)
{
	struct errinfo ei = {0};

	(void)err_set(&ei, kind, "x.rule", "RFC 1 2", "the secret \"text\"");
	(void)err_object(&ei, kind, object);
	response_init(r, "rid");
	problem_from_err(r, &ei);
	response_finish(r, false, false);
	return buf_cstr(&r->buf);
}

static void
every_kind_has_its_status(void **state)
{
	static const struct {
		enum err kind;
		unsigned plain;
		unsigned with_field;
	} cases[] = {
	    {ERR_NOMEM, 500, 500},
	    {ERR_SYS, 500, 500},
	    {ERR_FORMAT, 400, 422},
	    {ERR_LIMIT, 413, 422},
	    {ERR_UNSUPPORTED, 422, 422},
	    {ERR_POLICY, 422, 422},
	    {ERR_DENIED, 403, 403},
	    {ERR_NOTFOUND, 404, 404},
	    {ERR_CONFLICT, 409, 409},
	    {ERR_STATE, 409, 409},
	    {ERR_CRYPTO, 422, 422},
	    {ERR_STORE, 503, 503},
	    {ERR_AGAIN, 503, 503},
	    {ERR_TIMEOUT, 504, 504},
	    {ERR_INTERNAL, 500, 500},
	};

	(void)state;
	assert_int_equal(ARRAY_LEN(cases), ERR_MAX_ - 1);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool hidden =
		    cases[i].kind == ERR_NOMEM || cases[i].kind == ERR_SYS ||
		    cases[i].kind == ERR_STORE || cases[i].kind == ERR_INTERNAL;
		struct response r;
		const char *text = made(cases[i].kind, "", &r);

		assert_int_equal(r.status, cases[i].plain);
		assert_int_equal(strstr(text, "secret") == NULL, hidden);
		assert_int_equal(strstr(text, "x.rule") == NULL,
		    hidden && cases[i].kind != ERR_STORE);
		assert_int_equal(
		    response_has(&r, "Retry-After"), r.status == 503);
		assert_int_equal(r.has_trouble, r.status >= 500);
		response_clear(&r);

		text = made(cases[i].kind, "snils", &r);
		assert_int_equal(r.status, cases[i].with_field);
		assert_int_equal(strstr(text, "snils") == NULL, hidden);
		assert_int_equal(strstr(text, "\"state\":\"snils\"") != NULL,
		    cases[i].kind == ERR_STATE);
		assert_int_equal(strstr(text, "\"field\":\"snils\"") != NULL,
		    !hidden && cases[i].kind != ERR_STATE);
		response_clear(&r);
	}
}

static void
the_form_is_rfc_9457(void **state)
{
	struct response r;
	const char *text = made(ERR_FORMAT, "snils", &r);

	(void)state;
	assert_string_equal(text,
	    "{\"type\":\"urn:surguch:rule:x.rule\","
	    "\"title\":\"Unprocessable Content\",\"status\":422,"
	    "\"detail\":\"the secret \\\"text\\\"\",\"rule\":\"x.rule\","
	    "\"field\":\"snils\",\"clause\":\"RFC 1 2\","
	    "\"request\":\"rid\"}");
	assert_string_equal(r.type, "application/problem+json");
	response_clear(&r);

	response_init(&r, "rid");
	problem_unauthenticated(&r, NULL, NULL);
	response_finish(&r, true, false);
	assert_string_equal(buf_cstr(&r.buf),
	    "{\"type\":\"about:blank\",\"title\":\"Unauthorized\","
	    "\"status\":401,\"request\":\"rid\"}");
	assert_true(response_has(&r, "WWW-Authenticate"));
	assert_true(response_has(&r, "Strict-Transport-Security"));
	response_clear(&r);
}

static const char *
header(const struct response *r, const char *name)
{
	for (size_t i = 0; i < r->num_headers; i++) {
		if (strcmp(r->headers[i].name, name) == 0) {
			return r->headers[i].value;
		}
	}
	return "";
}

static void
headers_are_set_by_default_and_never_split(void **state)
{
	struct response r;

	(void)state;
	response_init(&r, "rid");
	json_put_int(response_json(&r, 201), NULL, 1);
	response_header(&r, "cache-control", "max-age=5");
	response_cookie(&r, "sid", "abc", 60);
	response_cookie_clear(&r, "old");
	response_finish(&r, false, false);
	assert_int_equal(r.status, 201);
	assert_string_equal(header(&r, "X-Content-Type-Options"), "nosniff");
	assert_string_equal(header(&r, "cache-control"), "max-age=5");
	assert_string_equal(header(&r, "Cache-Control"), "");
	assert_string_equal(header(&r, "X-Request-Id"), "rid");
	assert_string_equal(header(&r, "Set-Cookie"),
	    "sid=abc; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax");
	assert_string_equal(header(&r, "Content-Security-Policy"),
	    "default-src 'none'; frame-ancestors 'none'");
	response_clear(&r);

	static const char *const bad[] = {"a\r\nX: y", "a\nb", "\x01"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		response_init(&r, "rid");
		response_header(&r, "Location", bad[i]);
		response_finish(&r, false, false);
		assert_int_equal(r.status, 500);
		response_clear(&r);
		response_init(&r, "rid");
		response_cookie(&r, "sid", bad[i], 1);
		response_finish(&r, false, false);
		assert_int_equal(r.status, 500);
		response_clear(&r);
	}
	response_init(&r, "rid");
	json_open_object(response_json(&r, 200), NULL);
	response_finish(&r, false, false);
	assert_int_equal(r.status, 500);
	assert_string_equal(r.rule, "");
	assert_string_equal(r.trouble.rule, "http.answer");
	response_clear(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_kind_has_its_status),
	    cmocka_unit_test(the_form_is_rfc_9457),
	    cmocka_unit_test(headers_are_set_by_default_and_never_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
