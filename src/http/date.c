/* SPDX-License-Identifier: Apache-2.0 */
#include "http/date.h"

#include <stdio.h>

#include "base/clock.h"

void
http_date(int64_t sec, char out[HTTP_DATE_SIZE])
{
	/* The first day of 1970 was a Thursday. */
	static const char days[7][4] = {
	    "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
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
