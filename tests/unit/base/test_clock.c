/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/clock.h"

static const struct {
	const char *text;
	int64_t sec;
} times[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1969-12-31T23:59:59Z", -1},
    {"2000-02-29T12:00:00Z", 951825600},
    {"2026-11-22T14:05:09Z", 1795356309},
    {"2038-01-19T03:14:08Z", 2147483648},
    {"2049-12-31T23:59:59Z", 2524607999},
    {"2100-03-01T00:00:00Z", 4107542400},
    {"0001-01-01T00:00:00Z", -62135596800},
    {"9999-12-31T23:59:59Z", 253402300799},
};

static void
text_and_seconds_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		char text[TIME_TEXT_SIZE];
		int64_t sec;

		time_text(times[i].sec, text);
		assert_string_equal(text, times[i].text);
		assert_true(time_from_text(slice_str(text), &sec));
		assert_int_equal(sec, times[i].sec);
	}
}

static void
every_day_of_five_centuries_comes_back(void **state)
{
	struct civil c;

	(void)state;
	for (int64_t sec = -62135596800; sec < -46357356800; sec += 86400) {
		int64_t back;

		assert_true(civil_from_sec(sec, &c));
		assert_true(civil_to_sec(&c, &back));
		assert_int_equal(back, sec);
	}
}

static void
what_is_no_date_is_refused(void **state)
{
	static const char *const bad[] = {
	    "2026-02-29T00:00:00Z",
	    "2026-13-01T00:00:00Z",
	    "2026-00-01T00:00:00Z",
	    "2026-01-00T00:00:00Z",
	    "2026-01-01T24:00:00Z",
	    "2026-01-01T00:60:00Z",
	    "2026-01-01T00:00:60Z",
	    "0000-01-01T00:00:00Z",
	    "2026-01-01 00:00:00Z",
	    "2026-01-01T00:00:00",
	    "2026-01-01T00:00:00ZZ",
	    "+026-01-01T00:00:00Z",
	    "",
	};
	char text[TIME_TEXT_SIZE];
	struct civil c;
	int64_t sec;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(time_from_text(slice_str(bad[i]), &sec));
	}
	assert_false(civil_from_sec(253402300800, &c));
	assert_false(civil_from_sec(-62135596801, &c));
	time_text(INT64_MAX, text);
	assert_string_equal(text, "invalid");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_and_seconds_agree),
	    cmocka_unit_test(every_day_of_five_centuries_comes_back),
	    cmocka_unit_test(what_is_no_date_is_refused),
	};

	return cmocka_run_group_tests_name("base/clock", tests, NULL, NULL);
}
