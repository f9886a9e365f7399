/* SPDX-License-Identifier: Apache-2.0 */
/* Options that a server must not start with. */
#include "unit.h"

#include <unistd.h>

#include "http/response.h"
#include "http/server.h"
#include "os/socket.h"

static void
answer(void *arg, const struct request *r, struct response *resp)
{
	(void)arg;
	(void)r;
	response_status(resp, 204);
}

static const struct route routes[] = {{"GET", "/", answer, 0}};

static struct http_options
plain_options(void)
{
	struct http_options o = {
	    .routes = routes, .num_routes = ARRAY_LEN(routes)};
	struct errinfo ei = {0};

	assert_ok(
	    socket_listen_tcp("127.0.0.1", 0, &o.listen_fd, NULL, &ei), &ei);
	return o;
}

static void
wrong_options_do_not_start(void **state)
{
	static const char *const proxies[] = {"proxy.example"};
	struct http_options o = plain_options();
	struct http_server *none = NULL;
	struct errinfo ei = {0};

	(void)state;
	o.trusted_proxies = proxies;
	o.num_trusted_proxies = 1;
	assert_int_equal(http_server_start(&o, &none, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "http.proxy");
	o.num_trusted_proxies = 0;
	o.tls_cert_pem = SLICE_LIT("no pem");
	o.tls_key_pem = SLICE_LIT("no pem");
	assert_int_equal(http_server_start(&o, &none, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "http.start");
	assert_null(none);
	(void)close(o.listen_fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wrong_options_do_not_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
