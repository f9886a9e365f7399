/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>

#include "base/secret.h"

static void
getters_consume_or_change_nothing(void **state)
{
	static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7};
	struct slice s = slice_make(bytes, sizeof(bytes)), out;
	uint8_t v8;
	uint16_t v16;
	uint32_t v32;
	uint64_t v64;

	(void)state;
	assert_false(slice_get_u64(&s, &v64));
	assert_int_equal(s.len, 7);
	assert_true(slice_get_u8(&s, &v8));
	assert_int_equal(v8, 1);
	assert_true(slice_get_u16(&s, &v16));
	assert_int_equal(v16, 0x0203);
	assert_true(slice_get_u32(&s, &v32));
	assert_int_equal(v32, 0x04050607);
	assert_false(slice_get_u8(&s, &v8));
	assert_true(slice_get_bytes(&s, 0, &out));
	assert_false(slice_get_bytes(&s, 1, &out));
}

static void
order_and_prefixes(void **state)
{
	(void)state;
	assert_true(slice_cmp(SLICE_LIT("ab"), SLICE_LIT("abc")) < 0);
	assert_true(slice_cmp(SLICE_LIT("b"), SLICE_LIT("abc")) > 0);
	assert_int_equal(slice_cmp(SLICE_EMPTY, SLICE_EMPTY), 0);
	assert_true(slice_starts(SLICE_LIT("abc"), SLICE_LIT("ab")));
	assert_true(slice_starts(SLICE_LIT("abc"), SLICE_EMPTY));
	assert_false(slice_starts(SLICE_LIT("a"), SLICE_LIT("ab")));
}

static void
copies_refuse_an_embedded_nul_as_text(void **state)
{
	char *s = slice_dup_str(SLICE_LIT("abc"));
	uint8_t *p = slice_dup(SLICE_LIT("a\0b"));

	(void)state;
	assert_string_equal(s, "abc");
	assert_null(slice_dup_str(SLICE_LIT("a\0b")));
	assert_memory_equal(p, "a\0b", 3);
	free(s);
	free(p);
}

static void
secrets_compare_and_vanish(void **state)
{
	struct secret s;
	uint8_t bytes[3] = {1, 2, 3};

	(void)state;
	assert_int_equal(secret_copy(&s, SLICE_LIT("pin"), NULL), ERR_OK);
	assert_true(secret_eq(secret_slice(&s), SLICE_LIT("pin")));
	assert_false(secret_eq(secret_slice(&s), SLICE_LIT("pim")));
	assert_false(secret_eq(secret_slice(&s), SLICE_LIT("pi")));
	secret_clear(&s);
	assert_null(s.p);
	secret_clear(&s);
	secret_wipe(bytes, sizeof(bytes));
	assert_int_equal(bytes[0] | bytes[1] | bytes[2], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(getters_consume_or_change_nothing),
	    cmocka_unit_test(order_and_prefixes),
	    cmocka_unit_test(copies_refuse_an_embedded_nul_as_text),
	    cmocka_unit_test(secrets_compare_and_vanish),
	};

	return cmocka_run_group_tests_name("base/slice", tests, NULL, NULL);
}
