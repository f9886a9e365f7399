/* SPDX-License-Identifier: Apache-2.0 */
/* The server's TLS, spoken to by GnuTLS as a client. */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "http/request.h"
#include "http/response.h"
#include "http/server.h"
#include "os/socket.h"

static struct http_server *server;
static uint16_t port;

static void
hello(void *arg, const struct request *r, struct response *resp)
{
	(void)arg;
	response_body_static(resp,
	    request_is_tls(r) ? SLICE_LIT("by TLS") : SLICE_LIT("plain"),
	    "text/plain");
}

static const struct route routes[] = {{"GET", "/", hello, 0, NULL, 0}};

/* A P-256 key and a certificate it signed itself, as PEM. */
static void
make_pair(gnutls_datum_t *out_key, gnutls_datum_t *out_cert)
{
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t cert;
	const unsigned char serial = 1;

	assert_int_equal(gnutls_x509_privkey_init(&key), 0);
	assert_int_equal(
	    gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
		GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
	    0);
	assert_int_equal(gnutls_x509_crt_init(&cert), 0);
	assert_int_equal(gnutls_x509_crt_set_version(cert, 3), 0);
	assert_int_equal(gnutls_x509_crt_set_serial(cert, &serial, 1), 0);
	assert_int_equal(gnutls_x509_crt_set_dn(cert, "CN=x", NULL), 0);
	assert_int_equal(gnutls_x509_crt_set_activation_time(cert, 0), 0);
	assert_int_equal(
	    gnutls_x509_crt_set_expiration_time(cert, 4000000000), 0);
	assert_int_equal(gnutls_x509_crt_set_key(cert, key), 0);
	assert_int_equal(
	    gnutls_x509_crt_sign2(cert, cert, key, GNUTLS_DIG_SHA256, 0), 0);
	assert_int_equal(
	    gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, out_key), 0);
	assert_int_equal(
	    gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_PEM, out_cert), 0);
	gnutls_x509_crt_deinit(cert);
	gnutls_x509_privkey_deinit(key);
}

static int
setup(void **state)
{
	struct http_options o = {
	    .routes = routes, .num_routes = 1, .worker_threads = 1};
	gnutls_datum_t key, cert;
	struct errinfo ei = {0};

	(void)state;
	make_pair(&key, &cert);
	assert_ok(
	    socket_listen_tcp("127.0.0.1", 0, &o.listen_fd, &port, &ei), &ei);
	o.tls_key_pem = slice_make(key.data, key.size);
	o.tls_cert_pem = slice_make(cert.data, cert.size);
	assert_ok(http_server_start(&o, &server, &ei), &ei);
	/* Not needed after the start. */
	memset(key.data, 0, key.size);
	memset(cert.data, 0, cert.size);
	gnutls_free(key.data);
	gnutls_free(cert.data);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	http_server_stop(server, 1000);
	return 0;
}

/* What the server answers to a GET by a client with these priorities; false
 * when there was no handshake. */
static bool
talk(const char *priorities, char *answer, size_t size)
{
	static const char request[] =
	    "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	gnutls_certificate_credentials_t none;
	gnutls_session_t session;
	bool shaken;
	size_t len = 0;
	ssize_t n = 1;

	assert_int_equal(
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(gnutls_init(&session, GNUTLS_CLIENT), 0);
	assert_int_equal(gnutls_certificate_allocate_credentials(&none), 0);
	assert_int_equal(
	    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, none), 0);
	assert_int_equal(
	    gnutls_priority_set_direct(session, priorities, NULL), 0);
	gnutls_transport_set_int(session, fd);
	gnutls_handshake_set_timeout(session, 5000);
	shaken = gnutls_handshake(session) == GNUTLS_E_SUCCESS;
	if (shaken) {
		assert_true(gnutls_record_send(
				session, request, sizeof(request) - 1) > 0);
	}
	while (shaken && n > 0 && len < size - 1) {
		n = gnutls_record_recv(session, answer + len, size - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	answer[len] = '\0';
	gnutls_deinit(session);
	gnutls_certificate_free_credentials(none);
	(void)close(fd);
	return shaken;
}

static void
modern_clients_are_served(void **state)
{
	static const char *const priorities[] = {
	    "NORMAL:-VERS-ALL:+VERS-TLS1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.2"};
	char answer[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(priorities); i++) {
		assert_true(talk(priorities[i], answer, sizeof(answer)));
		assert_non_null(strstr(answer, "HTTP/1.1 200"));
		assert_non_null(strstr(answer, "by TLS"));
		assert_non_null(strstr(answer, "Strict-Transport-Security"));
	}
}

static void
old_versions_and_weak_ciphers_are_not(void **state)
{
	static const char *const priorities[] = {
	    "NORMAL:-VERS-ALL:+VERS-TLS1.1:%VERIFY_ALLOW_SIGN_WITH_SHA1",
	    "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-CBC",
	    "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA",
	};
	char answer[4096];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(priorities); i++) {
		assert_false(talk(priorities[i], answer, sizeof(answer)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(modern_clients_are_served),
	    cmocka_unit_test(old_versions_and_weak_ciphers_are_not),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
