/* SPDX-License-Identifier: Apache-2.0 */
/* What a page may add to an order, and what must fit it. */
#include "unit.h"

#include <string.h>

#include "agent/input.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "json/json.h"

#define ID "0123456789abcdef0123456789abcdef"

static enum err
parse(enum page_operation op, const char *text, struct input *in,
    struct errinfo *ei)
{
	struct json *root = NULL;
	enum err e;

	assert_ok(json_parse(slice_str(text), AGENT_BODY_MAX, &root, ei), ei);
	input_init(in);
	e = input_parse(root, op, in, ei);
	json_free(root);
	return e;
}

static void
test_fields(void **state)
{
	static const struct {
		enum page_operation op;
		const char *text;
		const char *rule; /* "": it is taken */
	} cases[] = {
	    {PAGE_MAKE_KEY, "{\"medium\":\"registry\"}", ""},
	    {PAGE_MAKE_KEY, "{\"medium\":\"registry\",\"entropy\":\"AAAA\"}",
		""},
	    {PAGE_MAKE_KEY, "{}", "json.field.missing"},
	    {PAGE_MAKE_KEY, "{\"medium\":7}", "json.field.type"},
	    {PAGE_MAKE_KEY, "{\"medium\":\"a\\nb\"}", "json.field.text"},
	    {PAGE_MAKE_KEY, "{\"medium\":\"registry\",\"pin\":\"1234\"}",
		"json.field.unknown"},
	    {PAGE_MAKE_KEY, "{\"medium\":\"registry\",\"entropy\":\"!\"}",
		"json.field.base64"},
	    {PAGE_CHECK, "{\"container\":\"" ID "\"}", ""},
	    {PAGE_CHECK, "{\"container\":\"" ID "0\"}", "json.field.length"},
	    {PAGE_CHECK, "{\"container\":\"" ID "\",\"text\":\"x\"}",
		"json.field.unknown"},
	    {PAGE_COPY, "{\"container\":\"" ID "\",\"medium\":\"disk:1\"}", ""},
	    {PAGE_COPY, "{\"container\":\"" ID "\"}", "json.field.missing"},
	    {PAGE_ACQUAINT,
		"{\"container\":\"" ID
		"\",\"text\":\"a\\nb\",\"certificate\":\"MAA=\"}",
		""},
	    {PAGE_ACQUAINT,
		"{\"container\":\"" ID "\",\"certificate\":\"MAA=\"}",
		"json.field.missing"},
	    {PAGE_ACQUAINT,
		"{\"container\":\"" ID
		"\",\"text\":\"a\\u001b[2J\",\"certificate\":\"MAA=\"}",
		"json.field.text"},
	    {PAGE_INSTALL,
		"{\"container\":\"" ID
		"\",\"certificate\":\"MAA=\",\"chain\":[\"MAA=\"]}",
		""},
	    {PAGE_INSTALL,
		"{\"container\":\"" ID
		"\",\"certificate\":\"MAA=\",\"chain\":[1]}",
		"json.field.type"},
	    {PAGE_INSTALL,
		"{\"container\":\"" ID
		"\",\"certificate\":\"MAA=\",\"chain\":[null]}",
		"json.field.missing"},
	    {PAGE_INSTALL,
		"{\"container\":\"" ID
		"\",\"certificate\":\"MAA=\",\"chain\":[\"A\",\"A\",\"A\","
		"\"A\",\"A\",\"A\",\"A\",\"A\",\"A\"]}",
		"json.field.length"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct errinfo ei = {0};
		struct input in;
		enum err e = parse(cases[i].op, cases[i].text, &in, &ei);

		print_message("%s: %s\n", cases[i].text, ei.rule);
		assert_string_equal(e == ERR_OK ? "" : ei.rule, cases[i].rule);
		input_clear(&in);
	}
}

/* Another text or certificate than was ordered for is refused. */
static void
test_fits(void **state)
{
	static const char text[] =
	    "{\"container\":\"" ID
	    "\",\"text\":\"a\\nb\",\"certificate\":\"MAA=\"}";
	uint8_t text_sha[SHA256_SIZE] = {0}, cert_sha[SHA256_SIZE] = {0};
	struct page_order order = {
	    .operation = PAGE_ACQUAINT,
	    .document_sha256 = slice_make(text_sha, sizeof(text_sha)),
	    .certificate = slice_make(cert_sha, sizeof(cert_sha)),
	};
	struct errinfo ei = {0};
	struct input in;

	(void)state;
	assert_ok(sha256_of(SLICE_LIT("a\nb"), text_sha, &ei), &ei);
	assert_ok(sha256_of(SLICE_LIT("\x30\x00"), cert_sha, &ei), &ei);
	assert_ok(parse(PAGE_ACQUAINT, text, &in, &ei), &ei);
	assert_ok(input_check(&in, &order, &ei), &ei);
	text_sha[0] ^= 1;
	assert_int_equal(input_check(&in, &order, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "order.input");
	assert_string_equal(ei.object, "text");
	text_sha[0] ^= 1;
	cert_sha[31] ^= 1;
	assert_int_equal(input_check(&in, &order, &ei), ERR_POLICY);
	assert_string_equal(ei.object, "certificate");
	input_clear(&in);
}

static int
set_up(void **state)
{
	struct errinfo ei;

	(void)state;
	return crypto_init(&ei) == ERR_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_fits),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
