/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_PACE_H
#define SURGUCH_CA_PACE_H
/*
 * How often a CA's lists are made anew because something was revoked.  Each
 * list is one of those that a signer makes in 24 hours (signer/settings.h,
 * crl_per_day), and when they are used up revocations would wait for hours.
 * So a good many are made at once, and after them one every so often, with
 * all that was revoked meanwhile on it.
 */
#include <stdbool.h>
#include <stdint.h>

enum {
	PACE_AT_ONCE = 100,
	PACE_EVERY_MS = 60 * 1000, /* 1440 a day, of 2000 that are usual */
};

/* All zero: PACE_AT_ONCE are free. */
struct pace {
	int64_t paid_until_ms;
};

/* May one be made at this time (monotonic)?  If so it is counted. */
bool pace_take(struct pace *p, int64_t now_ms);

#endif
