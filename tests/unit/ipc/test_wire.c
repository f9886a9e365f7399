/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <limits.h>
#include <string.h>

#include "ipc/wire.h"

static void
what_is_put_is_got(void **state)
{
	struct audit_position at = {.number = 5, .hash = {1, 2, 3}}, at_back;
	struct errinfo e = {0}, e_back, ei;
	struct buf b = BUF_INIT(4096);
	char text[16], fixed[4];
	struct wire w;

	(void)state;
	at.writer.b[15] = 9;
	(void)err_set(&e, ERR_POLICY, "a.rule", "RFC 1", "Why %s.", "ёж");
	(void)err_object(&e, ERR_POLICY, "field");
	e.sys = 13;
	wire_put_u8(&b, 0xfe);
	wire_put_u32(&b, 0xfedcba98);
	wire_put_u64(&b, UINT64_MAX);
	wire_put_i64(&b, INT64_MIN);
	wire_put_i64(&b, -1);
	wire_put_i64(&b, INT64_MAX);
	wire_put_bool(&b, true);
	wire_put_bytes(&b, SLICE_LIT("\0x"));
	wire_put_text(&b, "пятнадц");
	wire_put_text(&b, NULL);
	wire_put_fixed(&b, "abcd", 4);
	wire_put_errinfo(&b, &e);
	wire_put_audit(&b, &at);
	w = wire_init(buf_slice(&b));
	assert_int_equal(wire_get_u8(&w), 0xfe);
	assert_int_equal(wire_get_u32(&w), 0xfedcba98);
	assert_true(wire_get_u64(&w) == UINT64_MAX);
	assert_true(wire_get_i64(&w) == INT64_MIN);
	assert_true(wire_get_i64(&w) == -1);
	assert_true(wire_get_i64(&w) == INT64_MAX);
	assert_true(wire_get_bool(&w));
	assert_true(slice_eq(wire_get_bytes(&w, 2), SLICE_LIT("\0x")));
	wire_get_text(&w, text, sizeof(text));
	assert_string_equal(text, "пятнадц");
	wire_get_text(&w, text, sizeof(text));
	assert_string_equal(text, "");
	wire_get_fixed(&w, fixed, 4);
	assert_memory_equal(fixed, "abcd", 4);
	wire_get_errinfo(&w, &e_back);
	assert_memory_equal(&e_back, &e, sizeof(e));
	wire_get_audit(&w, &at_back);
	assert_memory_equal(&at_back, &at, sizeof(at));
	assert_ok(wire_end(&w, "t", &ei), &ei);
	buf_clear(&b);
}

/* Each getter on what it must refuse: it fails, sticks, and gives nothing. */
static void
failure_sticks(void **state)
{
	static const struct {
		const char *name;
		struct slice bytes;
		int get; /* which getter */
	} bad[] = {
	    {"u8 at the end", {(const uint8_t *)"", 0}, 0},
	    {"u32 short", {(const uint8_t *)"abc", 3}, 2},
	    {"u64 short", {(const uint8_t *)"abcdefg", 7}, 3},
	    {"bool 2", {(const uint8_t *)"\2", 1}, 4},
	    {"below its limit", {(const uint8_t *)"\0\0\0\5", 4}, 5},
	    {"bytes longer than told", {(const uint8_t *)"\0\0\0\2a", 5}, 6},
	    {"bytes over the maximum", {(const uint8_t *)"\0\0\0\5abcde", 9},
		6},
	    {"bytes of 4 GiB", {(const uint8_t *)"\xff\xff\xff\xff", 4}, 6},
	    {"text with a control", {(const uint8_t *)"\0\0\0\2a\n", 6}, 7},
	    {"text with a NUL", {(const uint8_t *)"\0\0\0\2a\0", 6}, 7},
	    {"text not UTF-8", {(const uint8_t *)"\0\0\0\1\xd0", 5}, 7},
	    {"text too long", {(const uint8_t *)"\0\0\0\4abcd", 8}, 7},
	    {"error of kind 0",
		{(const uint8_t *)"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
		    21},
		8},
	    {"error of a kind to come",
		{(const uint8_t *)"\x7f\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				  "\0",
		    21},
		8},
	};
	struct errinfo e, ei;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct wire w = wire_init(bad[i].bytes);
		char text[4] = "zzz";

		switch (bad[i].get) {
		case 0:
			assert_int_equal(wire_get_u8(&w), 0);
			break;
		case 2:
			assert_int_equal(wire_get_u32(&w), 0);
			break;
		case 3:
			assert_int_equal(wire_get_u64(&w), 0);
			break;
		case 4:
			(void)wire_get_bool(&w);
			break;
		case 5:
			assert_int_equal(wire_get_below(&w, 5), 0);
			break;
		case 6:
			assert_int_equal(wire_get_bytes(&w, 4).len, 0);
			break;
		case 7:
			wire_get_text(&w, text, sizeof(text));
			assert_string_equal(text, "");
			break;
		default:
			wire_get_errinfo(&w, &e);
			break;
		}
		if (!w.bad) {
			print_error("%s\n", bad[i].name);
			fail();
		}
		assert_int_equal(wire_get_u64(&w), 0);
		assert_int_equal(wire_end(&w, "t", &ei), ERR_FORMAT);
		assert_string_equal(ei.rule, "wire.message");
		assert_string_equal(ei.object, "t");
	}
}

/* The nearest things that are right. */
static void
near_misses_pass(void **state)
{
	struct wire w =
	    wire_init(SLICE_LIT("\0\0\0\4\0\0\0\4abcd\0\0\0\3abc\1"));
	struct errinfo ei;
	char text[4];

	(void)state;
	assert_int_equal(wire_get_below(&w, 5), 4);
	assert_int_equal(wire_get_bytes(&w, 4).len, 4);
	wire_get_text(&w, text, sizeof(text));
	assert_string_equal(text, "abc");
	assert_true(wire_get_bool(&w));
	assert_ok(wire_end(&w, "t", &ei), &ei);
}

static void
nothing_may_follow(void **state)
{
	struct wire w = wire_init(SLICE_LIT("ab"));
	struct errinfo ei;

	(void)state;
	(void)wire_get_u8(&w);
	assert_int_equal(wire_end(&w, "t", &ei), ERR_FORMAT);
	wire_bad(&w, "first");
	wire_bad(&w, "second");
	assert_string_equal(w.why, "first");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_put_is_got),
	    cmocka_unit_test(failure_sticks),
	    cmocka_unit_test(near_misses_pass),
	    cmocka_unit_test(nothing_may_follow),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
