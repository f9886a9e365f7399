/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "agent/guard.h"

enum {
	PORT = 21751
};

static struct guard_request
good(enum guard_kind kind)
{
	return (struct guard_request){
	    .kind = kind,
	    .port = PORT,
	    .peer = GUARD_PEER_OURS,
	    .method = kind == GUARD_CALL ? "POST" : "GET",
	    .host = "127.0.0.1:21751",
	    .origin = "https://ca.example.ru",
	    .origin_trusted = true,
	    .content_type = "application/json",
	    .fetch_site = "cross-site",
	    .fetch_mode = "cors",
	    .fetch_dest = "empty",
	};
}

static void
test_passes(void **state)
{
	struct guard_request r = good(GUARD_CALL);

	(void)state;
	assert_null(guard_check(&r));
	r.host = "localhost:21751";
	assert_null(guard_check(&r));
	r.peer = GUARD_PEER_UNKNOWN;
	assert_null(guard_check(&r));
	/* No browser, or an old one: the token is what counts then. */
	r.fetch_site = r.fetch_mode = r.fetch_dest = NULL;
	assert_null(guard_check(&r));
	r = good(GUARD_HELLO);
	r.content_type = "";
	assert_null(guard_check(&r));
	r.origin = NULL;
	r.origin_trusted = false;
	assert_null(guard_check(&r));
	r = good(GUARD_PREFLIGHT);
	r.content_type = "";
	assert_null(guard_check(&r));
}

/* One thing wrong at a time. */
#define CASE(field, value, want_status, want_rule)                             \
	{                                                                      \
		struct guard_request r = good(GUARD_CALL);                     \
		const struct guard_refusal *why;                               \
                                                                               \
		r.field = (value);                                             \
		why = guard_check(&r);                                         \
		print_message(#field " = " #value "\n");                       \
		assert_non_null(why);                                          \
		assert_string_equal(why->rule, want_rule);                     \
		assert_int_equal(why->status, want_status);                    \
	}

static void
test_refuses(void **state)
{
	(void)state;
	CASE(host, NULL, 421, "agent.host");
	CASE(host, "", 421, "agent.host");
	CASE(host, "127.0.0.1", 421, "agent.host");
	CASE(host, "127.0.0.1:21752", 421, "agent.host");
	CASE(host, "127.0.0.1:217510", 421, "agent.host");
	CASE(host, "127.0.0.1:21751.", 421, "agent.host");
	CASE(host, "evil.example:21751", 421, "agent.host");
	CASE(host, "localhost.evil.example:21751", 421, "agent.host");
	CASE(host, "LOCALHOST:21751", 421, "agent.host");
	CASE(host, "127.0.0.2:21751", 421, "agent.host");
	CASE(host, "[::1]:21751", 421, "agent.host");
	CASE(peer, GUARD_PEER_OTHER, 403, "agent.peer");
	CASE(transfer_encoding, "chunked", 411, "agent.framing");
	CASE(origin, NULL, 403, "agent.origin.missing");
	CASE(origin_trusted, false, 403, "agent.origin");
	CASE(fetch_site, "none", 403, "agent.fetch");
	CASE(fetch_site, "", 403, "agent.fetch");
	CASE(fetch_mode, "no-cors", 403, "agent.fetch");
	CASE(fetch_mode, "navigate", 403, "agent.fetch");
	CASE(fetch_dest, "document", 403, "agent.fetch");
	CASE(fetch_dest, "iframe", 403, "agent.fetch");
	CASE(fetch_dest, "image", 403, "agent.fetch");
	CASE(method, "GET", 405, "http.method");
	CASE(method, "PUT", 405, "http.method");
	CASE(content_type, "", 415, "agent.type");
	CASE(content_type, "text/plain", 415, "agent.type");
	CASE(content_type, "multipart/form-data", 415, "agent.type");
}

/* The first rule that is broken is the answer. */
static void
test_order(void **state)
{
	struct guard_request r = good(GUARD_CALL);

	(void)state;
	r.content_type = "";
	assert_string_equal(guard_check(&r)->rule, "agent.type");
	r.method = "GET";
	assert_string_equal(guard_check(&r)->rule, "http.method");
	r.fetch_site = "none";
	assert_string_equal(guard_check(&r)->rule, "agent.fetch");
	r.origin_trusted = false;
	assert_string_equal(guard_check(&r)->rule, "agent.origin");
	r.transfer_encoding = "chunked";
	assert_string_equal(guard_check(&r)->rule, "agent.framing");
	r.peer = GUARD_PEER_OTHER;
	assert_string_equal(guard_check(&r)->rule, "agent.peer");
	r.host = "evil.example";
	assert_string_equal(guard_check(&r)->rule, "agent.host");
}

/* A page of another origin learns nothing, not even by hello or preflight. */
static void
test_strangers(void **state)
{
	struct guard_request r = good(GUARD_HELLO);

	(void)state;
	r.origin_trusted = false;
	assert_string_equal(guard_check(&r)->rule, "agent.origin");
	r = good(GUARD_PREFLIGHT);
	r.origin_trusted = false;
	assert_string_equal(guard_check(&r)->rule, "agent.origin");
	r.origin = NULL;
	assert_string_equal(guard_check(&r)->rule, "agent.origin.missing");
	r = good(GUARD_HELLO);
	r.host = "evil.example:21751";
	assert_string_equal(guard_check(&r)->rule, "agent.host");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_passes),
	    cmocka_unit_test(test_refuses),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_strangers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
