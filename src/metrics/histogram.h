/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_METRICS_HISTOGRAM_H
#define SURGUCH_METRICS_HISTOGRAM_H
/*
 * How often something took how long, or was how large: a count for each of a
 * few ranges, and the sum.  Any thread adds, without a lock; who reads sees
 * each number whole, and all of them as of about the same moment.
 */
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HISTOGRAM_RANGES_MAX = 16
};

struct histogram {
	const int64_t *bounds; /* the highest value of each range, rising */
	size_t num;
	/* One more than there are bounds: the rest. */
	atomic_uint_fast64_t counts[HISTOGRAM_RANGES_MAX + 1];
	atomic_uint_fast64_t sum;
};

/* bounds: static, at most HISTOGRAM_RANGES_MAX.  For times: */
extern const int64_t histogram_us[]; /* 50 us .. 5 s */
extern const size_t histogram_us_num;

void histogram_init(struct histogram *h, const int64_t *bounds, size_t num);
/* A negative value counts as 0. */
void histogram_add(struct histogram *h, int64_t value);

#endif
