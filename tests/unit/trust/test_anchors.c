/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in roots are those that Microsoft publishes. */
#include "unit.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "trust/anchors.h"
#include "x509/cert.h"

static void
test_microsoft(void **state)
{
	static const char *const want[] = {
	    "885de64c340e3ea70658f01e1145f957"
	    "fcda27aabeea1ab9faa9fdb0102d4077",
	    "df545bf919a2439c36983b54cdfc903d"
	    "fa4f37d3996d8d84b4c31eec6f3c163e",
	};
	struct trust_anchors a;
	struct errinfo ei = {0};

	(void)state;
	assert_ok(trust_anchors_microsoft(&a, &ei), &ei);
	assert_int_equal(a.num, ARRAY_LEN(want));
	for (size_t i = 0; i < a.num; i++) {
		uint8_t sha[SHA256_SIZE];
		struct buf hex = BUF_INIT(2 * SHA256_SIZE + 1);

		assert_ok(sha256_of(cert_der(a.list[i]), sha, &ei), &ei);
		text_hex(&hex, slice_make(sha, sizeof(sha)));
		assert_string_equal(buf_cstr(&hex), want[i]);
		assert_true(cert_is_ca(a.list[i]));
		buf_clear(&hex);
	}
	trust_anchors_clear(&a);
}

static void
test_more(void **state)
{
	struct trust_anchors a, many = {.num = 0};
	struct errinfo ei = {0};

	(void)state;
	assert_ok(trust_anchors_microsoft(&a, &ei), &ei);
	for (size_t i = 0; i < TRUST_ANCHORS_MAX; i++) {
		assert_ok(
		    trust_anchors_add(&many, cert_der(a.list[0]), &ei), &ei);
	}
	assert_int_equal(
	    trust_anchors_add(&many, cert_der(a.list[0]), &ei), ERR_LIMIT);
	assert_string_equal(ei.rule, "trust.anchors");
	trust_anchors_clear(&many);
	assert_int_not_equal(
	    trust_anchors_add(&many, SLICE_LIT("no"), &ei), ERR_OK);
	assert_int_equal(many.num, 0);
	trust_anchors_clear(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_microsoft),
	    cmocka_unit_test(test_more),
	};

	if (crypto_init(NULL) != ERR_OK) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
