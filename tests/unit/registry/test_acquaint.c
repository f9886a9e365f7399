/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/init.h"
#include "os/file.h"
#include "registry/acquaint.h"
#include "x509/cert.h"
#include "x509/pem.h"

static struct cert *
read_cert(const char *name)
{
	const char *root = getenv("SURGUCH_SOURCE_ROOT");
	const char *data = getenv("SURGUCH_REFERENCE_DATA");
	char path[PATH_TEXT_SIZE];
	struct buf pem = BUF_INIT(65536);
	struct buf der = BUF_INIT(65536);
	struct slice rest;
	struct cert *cert = NULL;
	struct errinfo ei = {0};

	if (data != NULL) {
		snprintf(path, sizeof(path), "%s/gost/ca/%s", data, name);
	} else {
		snprintf(path, sizeof(path), "%s/../shared/data/gost/ca/%s",
		    root != NULL ? root : ".", name);
	}
	if (!file_exists(path)) {
		print_message("no reference data at %s\n", path);
		skip();
	}
	assert_ok(crypto_init(&ei), &ei);
	assert_ok(file_read(path, 65536, &pem, &ei), &ei);
	rest = buf_slice(&pem);
	assert_ok(pem_get(&rest, "CERTIFICATE", &der, &ei), &ei);
	assert_ok(cert_parse(buf_slice(&der), &cert, &ei), &ei);
	buf_clear(&pem);
	buf_clear(&der);
	return cert;
}

static void
test_text(void **state)
{
	struct cert *cert = read_cert("uc-kontur-2025.pem");
	struct buf one = BUF_INIT(ACQUAINT_TEXT_MAX);
	struct buf two = BUF_INIT(ACQUAINT_TEXT_MAX);
	struct errinfo ei = {0};

	(void)state;
	print_message("proves: A18\n");
	assert_ok(acquaint_text(cert, LANG_RU, &one, &ei), &ei);
	assert_ok(acquaint_text(cert, LANG_RU, &two, &ei), &ei);
	assert_true(slice_eq(buf_slice(&one), buf_slice(&two)));
	assert_non_null(strstr(buf_cstr(&one), "\nСерийный номер: "));
	assert_non_null(strstr(buf_cstr(&one), "\n  ОГРН: "));
	/* A real accredited centre's certificate claims it; ours do not. */
	assert_non_null(
	    strstr(buf_cstr(&one), "Тип сертификата: Квалифицированный\n"));
	buf_reset(&two);
	assert_ok(acquaint_text(cert, LANG_EN, &two, &ei), &ei);
	assert_non_null(strstr(buf_cstr(&two), "\nSerial number: "));
	buf_clear(&one);
	buf_clear(&two);
	cert_free(cert);
}

static void
test_full(void **state)
{
	struct cert *cert = read_cert("uc-kontur-2025.pem");
	struct buf small = BUF_INIT(100);
	struct errinfo ei = {0};

	(void)state;
	assert_int_equal(acquaint_text(cert, LANG_RU, &small, &ei), ERR_LIMIT);
	assert_int_equal(small.len, 0);
	buf_clear(&small);
	cert_free(cert);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests_name(
	    "registry/acquaint", tests, NULL, NULL);
}
