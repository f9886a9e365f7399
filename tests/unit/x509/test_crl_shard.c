/* SPDX-License-Identifier: Apache-2.0 */
/* Which serial goes into which shard, and how shards are named. */
#include "unit.h"

#include <string.h>

#include "x509/crl.h"
#include "x509/crl_shard.h"

static struct slice
serial(uint8_t out[20], size_t len, uint8_t first, uint8_t second, uint8_t rest)
{
	memset(out, rest, 20);
	out[0] = first;
	out[1] = second;
	return slice_make(out, len);
}

/* Every serial has one shard, higher ones have no lower one, and the ranges
 * are what crl_shard_first() says. */
static void
shards_are_ranges(void **state)
{
	static const unsigned counts[] = {1, 2, 3, 7, 10, 16, 100, 255, 256};
	uint8_t bytes[20], bound[CRL_SHARD_SERIAL];

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
		unsigned last = 0, seen = 1;

		for (unsigned step = 0; step < 1 << 14; step++) {
			struct slice s = serial(bytes, 19,
			    (uint8_t)(0x40 + (step >> 8)), (uint8_t)step, 0);
			struct crl_shard shard = crl_shard_of(s, counts[c]);
			bool first;

			assert_true(crl_shard_ok(shard));
			assert_true(crl_shard_has(shard, s));
			assert_in_range(shard.index, last, last + 1);
			first = shard.index != last;
			seen += first;
			last = shard.index;
			crl_shard_first(shard, bound);
			assert_true(crl_serial_cmp(s,
					slice_make(bound, sizeof(bound))) >= 0);
			assert_true(!first || slice_eq(s, slice_make(bound,
							      sizeof(bound))));
			shard.index++;
			crl_shard_first(shard, bound);
			assert_true(crl_serial_cmp(s,
					slice_make(bound, sizeof(bound))) < 0);
		}
		assert_int_equal(seen, counts[c]);
	}
}

static void
strange_serials_have_one_too(void **state)
{
	static const struct {
		size_t len;
		uint8_t first;
		unsigned index;
	} cases[] = {
	    {1, 0x7f, 0},
	    {18, 0x7f, 0},
	    {19, 0x01, 0},
	    {19, 0x3f, 0},
	    {19, 0x40, 0},
	    {19, 0x7f, 15},
	    {20, 0x01, 15},
	};
	uint8_t bytes[20];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct slice s =
		    serial(bytes, cases[i].len, cases[i].first, 0x80, 0x80);

		assert_int_equal(crl_shard_of(s, 16).index, cases[i].index);
		assert_true(crl_shard_has((struct crl_shard){0}, s));
		assert_true(crl_shard_is_full(crl_shard_of(s, 1)));
	}
}

/* It covers what its list covers, and is not that list. */
static void
a_delta_is_of_a_list(void **state)
{
	struct crl_shard list = {2, 4}, delta = crl_shard_delta(list);
	uint8_t first[CRL_SHARD_SERIAL];

	(void)state;
	assert_false(crl_shard_eq(list, delta));
	assert_true(crl_shard_eq(list, crl_shard_base(delta)));
	assert_false(crl_shard_eq(
	    (struct crl_shard){0}, crl_shard_delta((struct crl_shard){0})));
	crl_shard_first(list, first);
	assert_true(crl_shard_has(delta, slice_make(first, sizeof(first))));
	first[0] = 0x40;
	assert_false(crl_shard_has(delta, slice_make(first, sizeof(first))));
}

static void
names(void **state)
{
	static const struct {
		const char *name;
		bool ok;
		struct crl_shard shard;
	} cases[] = {
	    {"a.crl", true, {0, 0}},
	    {"http://x/a-3-of-9.crl", true, {3, 9}},
	    {"a-007-of-256.crl", true, {7, 256}},
	    {"a-15-of-16.crl", true, {15, 16}},
	    {"a-of-16.crl", false, {0, 0}},
	    {"a-16-of-16.crl", false, {0, 0}},
	    {"a-7-of-256.crl", false, {0, 0}},
	    {"a-0007-of-256.crl", false, {0, 0}},
	    {"a-0-of-1.crl", false, {0, 0}},
	    {"a-0-of-0.crl", false, {0, 0}},
	    {"a-000-of-257.crl", false, {0, 0}},
	    {"a-3-of-9", false, {0, 0}},
	    {".crl", true, {0, 0}},
	    {"crl", false, {0, 0}},
	    {"12.crl", true, {0, 0}},
	    {"a.delta.crl", true, {0, 0, true}},
	    {"a-3-of-9.delta.crl", true, {3, 9, true}},
	    {"a-3-of-09.delta.crl", false, {0, 0}},
	    {"a.delta", false, {0, 0}},
	    {"a.delta-3-of-9.crl", true, {3, 9}},
	    {"a.delta.delta.crl", true, {0, 0, true}},
	};
	char url[64];
	struct crl_shard s;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool ok = crl_shard_parse(slice_str(cases[i].name), &s);

		if (ok != cases[i].ok ||
		    (ok && !crl_shard_eq(s, cases[i].shard))) {
			fail_msg("%s", cases[i].name);
		}
	}
	assert_true(crl_shard_url(
	    "http://x/a.crl", (struct crl_shard){7, 256}, url, sizeof(url)));
	assert_string_equal(url, "http://x/a-007-of-256.crl");
	assert_true(crl_shard_url(
	    "http://x/a.crl", (struct crl_shard){0, 1}, url, sizeof(url)));
	assert_string_equal(url, "http://x/a.crl");
	assert_true(crl_shard_url("http://x/a.crl",
	    (struct crl_shard){.delta = true}, url, sizeof(url)));
	assert_string_equal(url, "http://x/a.delta.crl");
	assert_true(crl_shard_url("http://x/a.crl",
	    (struct crl_shard){7, 256, true}, url, sizeof(url)));
	assert_string_equal(url, "http://x/a-007-of-256.delta.crl");
	assert_false(crl_shard_url(
	    "http://x/a", (struct crl_shard){0, 2}, url, sizeof(url)));
	assert_false(
	    crl_shard_url("http://x/a.crl", (struct crl_shard){0, 2}, url, 20));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shards_are_ranges),
	    cmocka_unit_test(strange_serials_have_one_too),
	    cmocka_unit_test(a_delta_is_of_a_list),
	    cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
