/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_RATE_H
#define SURGUCH_HTTP_RATE_H
/*
 * How often one address may ask what costs us something and is for anybody.
 * Counted in memory, in a table of fixed size: this guards our work, not a
 * secret (identity/limit.h does that).  Two addresses that fall together share
 * what there is; which do is not known outside.
 */
#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"

struct rate;

/* per_min: acts a minute, and as many at once.  clock is borrowed. */
ATTR_MUST_USE enum err rate_new(unsigned per_min, const struct clock *clock,
    struct rate **out, struct errinfo *ei);
void rate_free(struct rate *r); /* NULL is fine */
/* May this one act?  ERR_LIMIT "limit.public" when not.  address: as text; of
 * IPv6 its first four groups count. */
ATTR_MUST_USE enum err rate_take(
    struct rate *r, const char *address, struct errinfo *ei);

#endif
