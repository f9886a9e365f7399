/* SPDX-License-Identifier: Apache-2.0 */
#include "metrics/histogram.h"

#include <string.h>

#include "base/err.h"

const int64_t histogram_us[] = {50, 100, 250, 500, 1000, 2500, 5000, 10000,
    25000, 50000, 100000, 250000, 500000, 1000000, 5000000};
const size_t histogram_us_num = ARRAY_LEN(histogram_us);

void
histogram_init(struct histogram *h, const int64_t *bounds, size_t num)
{
	ensure(num > 0 && num <= HISTOGRAM_RANGES_MAX);
	memset(h, 0, sizeof(*h));
	h->bounds = bounds;
	h->num = num;
}

void
histogram_add(struct histogram *h, int64_t value)
{
	size_t i = 0;

	if (value < 0) {
		value = 0;
	}
	while (i < h->num && value > h->bounds[i]) {
		i++;
	}
	atomic_fetch_add_explicit(&h->counts[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(
	    &h->sum, (uint64_t)value, memory_order_relaxed);
}
