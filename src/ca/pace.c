/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/pace.h"

bool
pace_take(struct pace *p, int64_t now_ms)
{
	int64_t from = p->paid_until_ms > now_ms ? p->paid_until_ms : now_ms;

	if (from - now_ms > (int64_t)(PACE_AT_ONCE - 1) * PACE_EVERY_MS) {
		return false;
	}
	p->paid_until_ms = from + PACE_EVERY_MS;
	return true;
}
