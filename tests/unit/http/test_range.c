/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of a body, and the dates of conditional requests, as clients write
 * them. */
#include "unit.h"

#include "http/date.h"
#include "http/range.h"

static void
which_part(void **state)
{
	static const struct {
		const char *value;
		size_t len;
		enum range want;
		size_t first;
		size_t part;
	} cases[] = {
	    {NULL, 100, RANGE_WHOLE, 0, 0},
	    {"", 100, RANGE_WHOLE, 0, 0},
	    {"bytes=0-0", 100, RANGE_PART, 0, 1},
	    {"bytes=0-99", 100, RANGE_PART, 0, 100},
	    {"bytes=0-100", 100, RANGE_PART, 0, 100},
	    {"bytes=99-", 100, RANGE_PART, 99, 1},
	    {"BYTES=10-19", 100, RANGE_PART, 10, 10},
	    {"bytes= 10-19\t", 100, RANGE_PART, 10, 10},
	    {"bytes=010-019", 100, RANGE_PART, 10, 10},
	    {"bytes=-1", 100, RANGE_PART, 99, 1},
	    {"bytes=-100", 100, RANGE_PART, 0, 100},
	    {"bytes=-101", 100, RANGE_PART, 0, 100},
	    {"bytes=-18446744073709551616", 100, RANGE_PART, 0, 100},
	    {"bytes=5-18446744073709551615", 100, RANGE_PART, 5, 95},
	    {"bytes=5-99999999999999999999999", 100, RANGE_PART, 5, 95},
	    {"bytes=0-0", 1, RANGE_PART, 0, 1},
	    {"bytes=100-", 100, RANGE_NOWHERE, 0, 0},
	    {"bytes=100-100", 100, RANGE_NOWHERE, 0, 0},
	    {"bytes=18446744073709551616-", 100, RANGE_NOWHERE, 0, 0},
	    {"bytes=-0", 100, RANGE_NOWHERE, 0, 0},
	    {"bytes=-5", 0, RANGE_NOWHERE, 0, 0},
	    {"bytes=0-", 0, RANGE_NOWHERE, 0, 0},
	    {"bytes=10-9", 100, RANGE_WHOLE, 0, 0},
	    {"bytes=", 100, RANGE_WHOLE, 0, 0},
	    {"bytes=-", 100, RANGE_WHOLE, 0, 0},
	    {"bytes=--1", 100, RANGE_WHOLE, 0, 0},
	    {"bytes=1", 100, RANGE_WHOLE, 0, 0},
	    {"bytes=1-2-3", 100, RANGE_WHOLE, 0, 0},
	    {"bytes=1-2,4-5", 100, RANGE_WHOLE, 0, 0},
	    {"bytes=1-2x", 100, RANGE_WHOLE, 0, 0},
	    {"bytes=+1-2", 100, RANGE_WHOLE, 0, 0},
	    {"bytes=0x1-2", 100, RANGE_WHOLE, 0, 0},
	    {"bytes =1-2", 100, RANGE_WHOLE, 0, 0},
	    {"byte=1-2", 100, RANGE_WHOLE, 0, 0},
	    {"1-2", 100, RANGE_WHOLE, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t first = 0, part = 0;
		enum range got =
		    range_parse(cases[i].value, cases[i].len, &first, &part);

		if (got != cases[i].want || first != cases[i].first ||
		    part != cases[i].part) {
			fail_msg("\"%s\": %d, %zu of %zu", cases[i].value,
			    (int)got, part, first);
		}
	}
}

/* RFC 9110 5.6.7: the same moment in its three forms. */
static void
dates_in_every_form(void **state)
{
	static const struct {
		const char *text;
		int64_t want; /* -1: none */
	} cases[] = {
	    {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
	    {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
	    {"Sun Nov  6 08:49:37 1994", 784111777},
	    {"Sun Nov 16 08:49:37 1994", 784975777},
	    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
	    {"Mon, 23 Nov 2026 22:24:37 GMT", 1795472677},
	    {"Monday, 23-Nov-26 22:24:37 GMT", 1795472677},
	    {"Thursday, 01-Jan-70 00:00:00 GMT", 0},
	    {"Tue, 29 Feb 2028 00:00:00 GMT", 1835395200},
	    {"", -1},
	    {"Sun, 06 Nov 1994 08:49:37", -1},
	    {"Sun, 06 Nov 1994 08:49:37 UTC", -1},
	    {"Sun, 06 Nov 1994 08:49:37 GMT ", -1},
	    {"Sun, 6 Nov 1994 08:49:37 GMT", -1},
	    {"Sun, 06 nov 1994 08:49:37 GMT", -1},
	    {"Sun, 06 Nov 1994 8:49:37 GMT", -1},
	    {"Sun, 31 Jun 1994 08:49:37 GMT", -1},
	    {"Sun, 00 Nov 1994 08:49:37 GMT", -1},
	    {"Sun, 06 Nov 0000 08:49:37 GMT", -1},
	    {"Sun, 06 Nov 1994 24:49:37 GMT", -1},
	    {"Sun, 06 Nov 1994 08:60:37 GMT", -1},
	    {"Tue, 29 Feb 2027 00:00:00 GMT", -1},
	    {"S1n, 06 Nov 1994 08:49:37 GMT", -1},
	    {", 06-Nov-94 08:49:37 GMT", -1},
	    {"784111777", -1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t sec = -1;
		bool is = http_date_parse(cases[i].text, &sec);

		if (is != (cases[i].want >= 0) || sec != cases[i].want) {
			fail_msg("\"%s\": %lld", cases[i].text, (long long)sec);
		}
	}
}

static void
dates_there_and_back(void **state)
{
	(void)state;
	for (int64_t sec = 0; sec < INT64_C(4000000000); sec += 86399 * 37) {
		char text[HTTP_DATE_SIZE];
		int64_t back = -1;

		http_date(sec, text);
		assert_true(http_date_parse(text, &back));
		assert_int_equal(back, sec);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(which_part),
	    cmocka_unit_test(dates_in_every_form),
	    cmocka_unit_test(dates_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
