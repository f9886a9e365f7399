/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_CLOCK_H
#define SURGUCH_BASE_CLOCK_H
/*
 * Time is passed in.  utc_ms is milliseconds since 1970 UTC (wall clock),
 * mono_ms a monotonic count for timeouts.  os/systime.h makes the real one;
 * tests make their own.  Civil dates are computed here because the libc
 * calls for it keep hidden state.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum {
	DAY_SEC = 86400
};

struct clock {
	int64_t (*utc_ms)(void *arg);
	int64_t (*mono_ms)(void *arg);
	void *arg;
};

int64_t clock_utc_sec(const struct clock *c);
int64_t clock_utc_ms(const struct clock *c);
int64_t clock_mono_ms(const struct clock *c);

/* Proleptic Gregorian, UTC, no leap seconds. */
struct civil {
	int year;
	int month; /* 1..12 */
	int day;   /* 1..31 */
	int hour;
	int minute;
	int second;
};

/* False when a field is out of range (year 1..9999). */
bool civil_to_sec(const struct civil *c, int64_t *out_sec);
/* sec must lie in years 1..9999; false otherwise. */
bool civil_from_sec(int64_t sec, struct civil *out);

enum {
	TIME_TEXT_SIZE = 24
};
/* "2026-11-22T14:05:09Z"; "invalid" outside years 1..9999. */
void time_text(int64_t sec, char out[TIME_TEXT_SIZE]);
/* Reads exactly that form. */
bool time_from_text(struct slice s, int64_t *out_sec);

#endif
