/* SPDX-License-Identifier: Apache-2.0 */
/* New entries of a list among those that are there. */
#include "unit.h"

#include <string.h>

#include "ca/entries.h"
#include "ca/run.h"
#include "x509/crl.h"

enum {
	BYTES = 4096
};

/* Serials of one octet, and of two above 0x7f, at this time. */
static void
put(struct buf *b, const char *serials, int64_t at)
{
	for (const char *c = serials; *c != '\0'; c++) {
		uint8_t serial[2] = {1, (uint8_t)*c};
		bool long_one = *c >= 'a';

		crl_entry_put(b, slice_make(serial + !long_one, 1 + long_one),
		    at, long_one ? CRL_REASON_SUPERSEDED : CRL_REASON_NONE);
	}
}

static void
merged(const char *old, const char *add, const char *want_old,
    const char *want_new)
{
	struct buf a = BUF_INIT(BYTES), b = BUF_INIT(BYTES);
	struct run *out = NULL;
	struct errinfo ei;
	struct slice rest;
	size_t num;

	put(&a, old, 1000000);
	put(&b, add, 2000000);
	assert_ok(entries_merge(buf_slice(&a), buf_slice(&b), &out, &ei), &ei);
	rest = run_der(out);
	assert_ok(crl_entries_check(rest, &num, &ei), &ei);
	while (rest.len > 0) {
		struct crl_entry e;
		char c;

		assert_ok(crl_entry_get(&rest, &e, &ei), &ei);
		c = (char)e.serial.p[e.serial.len - 1];
		if (e.revoked_at == 1000000) {
			assert_int_equal(c, *want_old++);
		} else {
			assert_int_equal(c, *want_new++);
		}
	}
	assert_int_equal(*want_old, '\0');
	assert_int_equal(*want_new, '\0');
	run_unref(out);
	buf_clear(&a);
	buf_clear(&b);
}

static void
added_ones_find_their_place(void **state)
{
	(void)state;
	merged("", "", "", "");
	merged("ABC", "", "ABC", "");
	merged("", "ABC", "", "ABC");
	merged("ACE", "BDF", "ACE", "BDF");
	merged("BCD", "A", "BCD", "A");
	merged("ABC", "Z", "ABC", "Z");
	merged("ABYZ", "MNO", "ABYZ", "MNO");
	/* Longer serials are higher, whatever their octets. */
	merged("Xa", "Yb", "Xa", "Yb");
	merged("ab", "Z", "ab", "Z");
	merged("XY", "ab", "XY", "ab");
}

static void
of_twins_the_added_one_stays(void **state)
{
	(void)state;
	merged("ABC", "B", "AC", "B");
	merged("ABC", "ABC", "", "ABC");
	merged("A", "A", "", "A");
	merged("ABCD", "ADZ", "BC", "ADZ");
}

static void
what_is_released_goes(void **state)
{
	struct buf old = BUF_INIT(BYTES), gone = BUF_INIT(BYTES);
	struct buf want = BUF_INIT(BYTES);
	struct run *out = NULL;
	static const struct {
		const char *old, *gone, *want;
	} cases[] = {
	    {"ABC", "B", "AC"},
	    {"ABC", "ABC", ""},
	    {"ABC", "AC", "B"},
	    {"AC", "B", "AC"},
	    {"AC", "D", "AC"},
	    {"", "D", ""},
	};
	struct errinfo ei;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		buf_reset(&old);
		buf_reset(&gone);
		buf_reset(&want);
		put(&old, cases[i].old, 1000000);
		put(&want, cases[i].want, 1000000);
		for (const char *c = cases[i].gone; *c != '\0'; c++) {
			crl_entry_put(&gone, slice_make((const uint8_t *)c, 1),
			    0, CRL_REASON_REMOVE_FROM_CRL);
		}
		assert_ok(
		    entries_merge(buf_slice(&old), buf_slice(&gone), &out, &ei),
		    &ei);
		assert_true(slice_eq(run_der(out), buf_slice(&want)));
		run_unref(out);
	}
	buf_clear(&old);
	buf_clear(&gone);
	buf_clear(&want);
}

/* Every serial is on the one shard that has it. */
static void
shards_are_cut(void **state)
{
	struct buf all = BUF_INIT(BYTES);
	uint8_t serial[CRL_SHARD_SERIAL] = {0};
	struct slice cut, rest;
	struct errinfo ei;

	(void)state;
	/* The bounds of shards among them. */
	for (unsigned c = 0x3f; c <= 0x7f; c++) {
		serial[0] = (uint8_t)c;
		crl_entry_put(&all, slice_make(serial, sizeof(serial)), 1,
		    CRL_REASON_NONE);
	}
	for (unsigned count = 0; count <= 9; count++) {
		size_t sum = 0;

		for (unsigned i = 0; i < count || i == 0; i++) {
			struct crl_shard shard = {i, count};

			assert_ok(
			    entries_cut(buf_slice(&all), shard, &cut, &ei),
			    &ei);
			assert_ptr_equal(cut.p, all.p + sum);
			sum += cut.len;
			for (rest = cut; rest.len > 0;) {
				struct crl_entry e;

				assert_ok(crl_entry_get(&rest, &e, &ei), &ei);
				assert_true(crl_shard_has(shard, e.serial));
			}
		}
		assert_int_equal(sum, all.len);
	}
	assert_ok(
	    entries_cut(SLICE_EMPTY, (struct crl_shard){1, 4}, &cut, &ei), &ei);
	assert_int_equal(cut.len, 0);
	buf_clear(&all);
}

static void
what_is_no_entry_is_refused(void **state)
{
	static const char *const bad[] = {
	    "\x30", "\x30\x7f\x02\x01", "\x30\x81\x80\x02", "\x30\x03\x02\x7f"};
	struct buf one = BUF_INIT(BYTES);
	struct run *out = NULL;
	struct errinfo ei;

	(void)state;
	put(&one, "M", 1);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(entries_merge(slice_str(bad[i]),
				     buf_slice(&one), &out, &ei),
		    ERR_INTERNAL);
		assert_int_equal(entries_merge(buf_slice(&one),
				     slice_str(bad[i]), &out, &ei),
		    ERR_FORMAT);
	}
	buf_clear(&one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(added_ones_find_their_place),
	    cmocka_unit_test(of_twins_the_added_one_stays),
	    cmocka_unit_test(what_is_released_goes),
	    cmocka_unit_test(shards_are_cut),
	    cmocka_unit_test(what_is_no_entry_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
