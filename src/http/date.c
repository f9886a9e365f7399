/* SPDX-License-Identifier: Apache-2.0 */
#include "http/date.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void
http_date(int64_t sec, char out[HTTP_DATE_SIZE])
{
	/* The first day of 1970 was a Thursday. */
	static const char days[7][4] = {
	    "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	struct civil c;

	if (sec < 0 || !civil_from_sec(sec, &c)) {
		sec = 0;
		(void)civil_from_sec(sec, &c);
	}
	(void)snprintf(out, HTTP_DATE_SIZE,
	    "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", days[sec / DAY_SEC % 7],
	    (unsigned)c.day % 100, months[(unsigned)(c.month - 1) % 12],
	    (unsigned)c.year % 10000, (unsigned)c.hour % 100,
	    (unsigned)c.minute % 100, (unsigned)c.second % 100);
}

/* --- reading -------------------------------------------------------------- */

/* A form is its letters: of the name of a day and of a month, digits of the
 * fields, "_" for a digit or a blank, and itself for everything else. */
static const char fixed_form[] = "aaa, DD mmm YYYY hh:nn:ss GMT";
static const char long_form[] = ", DD-mmm-YY hh:nn:ss GMT"; /* behind the day */
static const char asctime_form[] = "aaa mmm _D hh:nn:ss YYYY";

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
month_of(const char *s, int *out)
{
	for (int i = 0; i < 12; i++) {
		if (memcmp(s, months[i], 3) == 0) {
			*out = i + 1;
			return true;
		}
	}
	return false;
}

static int *
field_of(struct civil *c, char letter)
{
	switch (letter) {
	case 'D':
	case '_':
		return &c->day;
	case 'Y':
		return &c->year;
	case 'h':
		return &c->hour;
	case 'n':
		return &c->minute;
	case 's':
		return &c->second;
	default:
		return NULL;
	}
}

static bool
take_one(const char *form, const char *text, struct civil *c)
{
	int *field = field_of(c, *form);

	if (*form == 'a') {
		return is_letter(*text);
	}
	if (field == NULL) {
		return *text == *form;
	}
	if (*form == '_' && *text == ' ') {
		return true;
	}
	if (*text < '0' || *text > '9') {
		return false;
	}
	*field = *field * 10 + (*text - '0');
	return true;
}

static bool
take(const char *form, const char *text, struct civil *c)
{
	if (strlen(form) != strlen(text)) {
		return false;
	}
	while (*form != '\0') {
		size_t step = 1;

		if (strncmp(form, "mmm", 3) == 0) {
			if (!month_of(text, &c->month)) {
				return false;
			}
			step = 3;
		} else if (!take_one(form, text, c)) {
			return false;
		}
		form += step;
		text += step;
	}
	return true;
}

static bool
take_long(const char *text, struct civil *c)
{
	size_t day = 0;

	while (is_letter(text[day])) {
		day++;
	}
	if (day == 0 || !take(long_form, text + day, c)) {
		return false;
	}
	c->year += c->year < 50 ? 2000 : 1900;
	return true;
}

bool
http_date_parse(const char *text, int64_t *out_sec)
{
	struct civil c = {0};

	if (!take(fixed_form, text, &c)) {
		c = (struct civil){0};
		if (!take(asctime_form, text, &c)) {
			c = (struct civil){0};
			if (!take_long(text, &c)) {
				return false;
			}
		}
	}
	return civil_to_sec(&c, out_sec);
}
