/* SPDX-License-Identifier: Apache-2.0 */
/* Containers on tokens: pairs on an active one, files on any. */
#include "crypto/support.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "container/pair.h"
#include "crypto/cms.h"
#include "crypto/privkey.h"
#include "crypto/token_house.h"

static struct tokens *module;
static const struct slice pin = {(const uint8_t *)"12345678", 8};

static struct token *
open_token(const char *serial, bool log_in)
{
	struct token *t = NULL;
	struct errinfo ei = {0};

	assert_ok(token_open(module, serial, &t, &ei), &ei);
	if (log_in) {
		assert_ok(token_login(t, pin, false, &ei), &ei);
	}
	return t;
}

static int
setup(void **state)
{
	struct errinfo ei = {0};

	assert_int_equal(group_setup(state), 0);
	token_house_open();
	token_house_insert("0", "kind ecp\nserial 00aa\n");
	token_house_insert("1", "kind lite\nserial 00bb\n");
	assert_ok(
	    tokens_new(getenv("SURGUCH_TOKEN_MODULE"), &module, &ei), &ei);
	return 0;
}

static int
teardown(void **state)
{
	tokens_free(module);
	token_house_close();
	return group_teardown(state);
}

static struct container *
create(const char *serial, bool pair, char place[PAIR_PLACE_SIZE])
{
	const struct container_options o = {.spec = "gost2012-256:A",
	    .label = "Иванов",
	    .insecure_no_password = true,
	    .created = 1000};
	struct container *c = NULL;
	struct errinfo ei = {0};

	assert_ok(pair_place_new(pair, place, &ei), &ei);
	assert_ok(
	    pair_create(open_token(serial, true), place, &o, &c, &ei), &ei);
	return c;
}

/* Made, given a certificate, listed, opened again; it signs. */
static void
walk(const char *serial, bool pair)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct buf again = BUF_INIT(CERT_BYTES_MAX);
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	struct container_entry *list = NULL;
	struct container_info info;
	char place[PAIR_PLACE_SIZE];
	struct container *c = create(serial, pair, place);
	struct errinfo ei = {0};
	struct token *t;
	size_t num = 0;

	assert_string_equal(container_info(c)->spec, "gost2012-256:A");
	assert_int_equal(container_info(c)->form == CONTAINER_PAIR, pair);
	assert_false(container_info(c)->has_cert);
	make_cert(container_privkey(c), "Иванов", &cert);
	assert_ok(container_install_cert(c, buf_slice(&cert), &ei), &ei);
	/* Twice is once. */
	assert_ok(container_install_cert(c, buf_slice(&cert), &ei), &ei);
	info = *container_info(c);
	assert_true(info.has_cert);
	container_free(c);

	/* Without the PIN. */
	t = open_token(serial, false);
	assert_ok(pair_list(t, &list, &num, &ei), &ei);
	assert_int_equal(num, 1);
	assert_string_equal(list[0].name, place);
	assert_string_equal(list[0].info.id, info.id);
	assert_string_equal(list[0].info.label, "Иванов");
	assert_int_equal(list[0].problem.kind, ERR_OK);
	container_list_free(list, num);
	assert_ok(pair_peek(t, place, &info, &again, &ei), &ei);
	assert_true(slice_eq(buf_slice(&cert), buf_slice(&again)));
	assert_int_equal(
	    pair_peek(t, "pair:00ff", &info, NULL, &ei), ERR_NOTFOUND);
	assert_int_equal(
	    pair_peek(t, "file:none", &info, NULL, &ei), ERR_NOTFOUND);
	assert_int_equal(
	    pair_peek(t, "nonsense", &info, NULL, &ei), ERR_NOTFOUND);
	token_free(t);

	assert_ok(
	    pair_open(open_token(serial, true), place, SLICE_EMPTY, &c, &ei),
	    &ei);
	assert_ok(cms_sign_detached(container_privkey(c), container_cert(c),
		      NULL, 0, pin, 1000, &cms, &ei),
	    &ei);
	assert_ok(
	    cms_verify_detached(buf_slice(&cms), pin, buf_slice(&cert), &ei),
	    &ei);
	container_free(c);
	buf_clear(&cert);
	buf_clear(&again);
	buf_clear(&cms);
}

static void
test_pair(void **state)
{
	(void)state;
	token_house_clean("0");
	walk("00aa", true);
}

static void
test_files(void **state)
{
	(void)state;
	token_house_clean("0");
	token_house_clean("1");
	walk("00bb", false);
	walk("00aa", false); /* an active token is memory, too */
}

static void
test_no_pin(void **state)
{
	struct container *c = NULL;
	char place[PAIR_PLACE_SIZE];
	struct errinfo ei = {0};

	(void)state;
	token_house_clean("0");
	token_house_clean("1");
	container_free(create("00bb", false, place));
	/* The key's file is not there for whoever has no PIN. */
	assert_int_equal(
	    pair_open(open_token("00bb", false), place, SLICE_EMPTY, &c, &ei),
	    ERR_CRYPTO);
	assert_string_equal(ei.rule, "container.damaged");
	container_free(create("00aa", true, place));
	assert_ok(
	    pair_open(open_token("00aa", false), place, SLICE_EMPTY, &c, &ei),
	    &ei);
	{
		struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);

		assert_int_equal(privkey_sign(container_privkey(c), SIG_GOST256,
				     pin, &sig, &ei),
		    ERR_AGAIN);
		assert_string_equal(ei.rule, "key.absent");
	}
	container_free(c);
}

/* A certificate of another key, on either. */
static void
test_other_cert(void **state)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct privkey *k = NULL;
	char place[PAIR_PLACE_SIZE];
	struct errinfo ei = {0};

	(void)state;
	assert_ok(privkey_generate("gost2012-256:A", &k, &ei), &ei);
	make_cert(k, "other", &cert);
	for (int i = 0; i < 2; i++) {
		struct container *c =
		    create(i == 0 ? "00aa" : "00bb", i == 0, place);

		assert_int_equal(
		    container_install_cert(c, buf_slice(&cert), &ei),
		    ERR_CONFLICT);
		assert_string_equal(ei.rule, "container.cert.key");
		container_free(c);
	}
	privkey_free(k);
	buf_clear(&cert);
}

/* Pulled out at each write in turn: what is listed afterwards is whole. */
static void
test_pulled_out(void **state)
{
	static const char *const faults[] = {"C_CreateObject pull",
	    "C_DestroyObject pull", "C_FindObjectsInit pull"};
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct errinfo ei = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		struct container *c;
		char place[PAIR_PLACE_SIZE];

		token_house_clean("1");
		c = create("00bb", false, place);
		buf_clear(&cert);
		make_cert(container_privkey(c), "one", &cert);
		token_house_fail("1", faults[i]);
		assert_int_equal(
		    container_install_cert(c, buf_slice(&cert), &ei),
		    ERR_NOTFOUND);
		assert_string_equal(ei.rule, "token.absent");
		container_free(c);
		token_house_put_back("1");
		assert_ok(pair_open(open_token("00bb", true), place,
			      SLICE_EMPTY, &c, &ei),
		    &ei);
		assert_ok(
		    container_install_cert(c, buf_slice(&cert), &ei), &ei);
		assert_true(slice_eq(container_cert(c), buf_slice(&cert)));
		container_free(c);
	}
	buf_clear(&cert);
}

static void
test_import(void **state)
{
	struct container_options o = {
	    .spec = "p256", .label = "x", .insecure_no_password = true};
	struct container *c = NULL;
	char place[PAIR_PLACE_SIZE];
	struct errinfo ei = {0};

	(void)state;
	assert_ok(privkey_generate("p256", &o.key, &ei), &ei);
	assert_ok(pair_place_new(true, place, &ei), &ei);
	assert_int_equal(
	    pair_create(open_token("00aa", true), place, &o, &c, &ei),
	    ERR_UNSUPPORTED);
	assert_string_equal(ei.rule, "token.import");
	privkey_free(o.key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pair),
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_no_pin),
	    cmocka_unit_test(test_other_cert),
	    cmocka_unit_test(test_pulled_out),
	    cmocka_unit_test(test_import),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
