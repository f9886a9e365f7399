/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static void
grows_to_its_maximum_and_no_further(void **state)
{
	struct buf b = BUF_INIT(1000);
	struct errinfo ei;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		buf_add_u8(&b, (uint8_t)i);
	}
	assert_int_equal(buf_err(&b, &ei), ERR_OK);
	assert_int_equal(b.len, 1000);
	assert_int_equal(b.p[999], 999 & 0xff);
	buf_add_u8(&b, 1);
	assert_int_equal(buf_err(&b, &ei), ERR_LIMIT);
	assert_string_equal(ei.rule, "limit.buffer");
	assert_int_equal(b.len, 1000);
	buf_reset(&b);
	assert_int_equal(buf_err(&b, NULL), ERR_OK);
	buf_clear(&b);
}

static void
failure_is_sticky(void **state)
{
	struct buf b = BUF_INIT(4);

	(void)state;
	buf_add_str(&b, "abc");
	buf_add_str(&b, "de");
	buf_add_str(&b, "f");
	assert_int_equal(b.len, 3);
	assert_string_equal(buf_cstr(&b), "");
	buf_clear(&b);
}

static void
numbers_are_big_endian(void **state)
{
	struct buf b = BUF_INIT(64);
	static const uint8_t want[] = {
	    1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 1, 2};

	(void)state;
	buf_add_u8(&b, 1);
	buf_add_u16(&b, 0x0203);
	buf_add_u32(&b, 0x04050607);
	buf_add_u64(&b, 0x0102);
	assert_int_equal(b.len, sizeof(want));
	assert_memory_equal(b.p, want, sizeof(want));
	buf_clear(&b);
}

static void
insert_patch_print_take(void **state)
{
	struct buf b = BUF_INIT(64);
	size_t len;
	uint8_t *p;

	(void)state;
	buf_printf(&b, "%s-%d", "ab", 7);
	buf_insert(&b, 2, SLICE_LIT("XY"));
	buf_insert(&b, b.len, SLICE_LIT("!"));
	buf_patch(&b, 0, "A", 1);
	assert_string_equal(buf_cstr(&b), "AbXY-7!");
	p = buf_take(&b, &len);
	assert_int_equal(len, 7);
	assert_memory_equal(p, "AbXY-7!", 7);
	assert_null(b.p);
	free(p);
}

static void
printf_fills_to_the_last_byte(void **state)
{
	struct buf b = BUF_INIT(5);

	(void)state;
	buf_printf(&b, "%d", 12345);
	assert_string_equal(buf_cstr(&b), "12345");
	buf_printf(&b, "%d", 6);
	assert_int_equal(buf_err(&b, NULL), ERR_LIMIT);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(grows_to_its_maximum_and_no_further),
	    cmocka_unit_test(failure_is_sticky),
	    cmocka_unit_test(numbers_are_big_endian),
	    cmocka_unit_test(insert_patch_print_take),
	    cmocka_unit_test(printf_fills_to_the_last_byte),
	};

	return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
