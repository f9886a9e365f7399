/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdio.h>

#include "base/text.h"

enum {
	YEAR_MIN = 1,
	YEAR_MAX = 9999,
};

int64_t
clock_utc_ms(const struct clock *c)
{
	return c->utc_ms(c->arg);
}

int64_t
clock_utc_sec(const struct clock *c)
{
	return clock_utc_ms(c) / 1000;
}

int64_t
clock_mono_ms(const struct clock *c)
{
	return c->mono_ms(c->arg);
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days from 0001-01-01 to the first of January of `year`. */
static int64_t
days_before_year(int year)
{
	int64_t y = year - 1;

	return y * 365 + y / 4 - y / 100 + y / 400;
}

enum {
	DAYS_TO_1970 = 719162
};

bool
civil_to_sec(const struct civil *c, int64_t *out_sec)
{
	/* In a year of 365. */
	static const int days_before_month[] = {
	    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int64_t days;

	if (c->year < YEAR_MIN || c->year > YEAR_MAX || c->month < 1 ||
	    c->month > 12 || c->day < 1 ||
	    c->day > days_in_month(c->year, c->month) || c->hour < 0 ||
	    c->hour > 23 || c->minute < 0 || c->minute > 59 || c->second < 0 ||
	    c->second > 59) {
		return false;
	}
	days = days_before_year(c->year) - DAYS_TO_1970;
	days += days_before_month[c->month - 1] + c->day - 1;
	days += c->month > 2 && is_leap(c->year);
	*out_sec = ((days * 24 + c->hour) * 60 + c->minute) * 60 + c->second;
	return true;
}

bool
civil_from_sec(int64_t sec, struct civil *out)
{
	const int64_t least = -(int64_t)DAYS_TO_1970 * DAY_SEC;
	const int64_t most =
	    (days_before_year(YEAR_MAX + 1) - DAYS_TO_1970) * DAY_SEC;
	int64_t days, rest;
	struct civil c = {0};

	if (sec < least || sec >= most) {
		return false;
	}
	days = sec / DAY_SEC;
	rest = sec % DAY_SEC;
	if (rest < 0) {
		rest += DAY_SEC;
		days--;
	}
	days += DAYS_TO_1970;
	/* 400 years are 146097 days: a first guess, mended by at most one. */
	c.year = (int)(days * 400 / 146097) + 1;
	if (days_before_year(c.year) > days) {
		c.year--;
	} else if (days_before_year(c.year + 1) <= days) {
		c.year++;
	}
	days -= days_before_year(c.year);
	c.month = 1;
	while (days >= days_in_month(c.year, c.month)) {
		days -= days_in_month(c.year, c.month);
		c.month++;
	}
	c.day = (int)days + 1;
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	*out = c;
	return true;
}

void
time_text(int64_t sec, char out[TIME_TEXT_SIZE])
{
	struct civil c;

	if (!civil_from_sec(sec, &c)) {
		(void)snprintf(out, TIME_TEXT_SIZE, "invalid");
		return;
	}
	/* The masks tell the compiler what civil_from_sec() promises. */
	(void)snprintf(out, TIME_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    (unsigned)c.year & 0x3fff, (unsigned)c.month & 0xf,
	    (unsigned)c.day & 0x1f, (unsigned)c.hour & 0x1f,
	    (unsigned)c.minute & 0x3f, (unsigned)c.second & 0x3f);
}

static bool
get_digits(struct slice *s, size_t num, int *out)
{
	struct slice digits;
	uint64_t v;

	if (!slice_get_bytes(s, num, &digits) || !text_to_u64(digits, &v)) {
		return false;
	}
	*out = (int)v;
	return true;
}

static bool
get_mark(struct slice *s, char mark)
{
	uint8_t c;

	return slice_get_u8(s, &c) && c == (uint8_t)mark;
}

bool
time_from_text(struct slice s, int64_t *out_sec)
{
	struct civil c;

	return get_digits(&s, 4, &c.year) && get_mark(&s, '-') &&
	       get_digits(&s, 2, &c.month) && get_mark(&s, '-') &&
	       get_digits(&s, 2, &c.day) && get_mark(&s, 'T') &&
	       get_digits(&s, 2, &c.hour) && get_mark(&s, ':') &&
	       get_digits(&s, 2, &c.minute) && get_mark(&s, ':') &&
	       get_digits(&s, 2, &c.second) && get_mark(&s, 'Z') &&
	       s.len == 0 && civil_to_sec(&c, out_sec);
}
