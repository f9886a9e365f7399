/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_SPENT_H
#define SURGUCH_AGENT_SPENT_H
/*
 * The orders that were used, kept until they have expired, over restarts too
 * (HOME/orders-used.json).  Any number of threads.
 */
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct spent;

ATTR_MUST_USE enum err spent_open(
    const char *home, struct spent **out, struct errinfo *ei);
void spent_free(struct spent *s); /* NULL is fine */

/*
 * Use up this nonce (PAGE_ORDER_ID octets), which is no danger any more after
 * `until`.  It is on disk when this returns.  ERR_CONFLICT "order.replayed";
 * ERR_LIMIT "order.many" when more are remembered than there is room for.
 */
ATTR_MUST_USE enum err spent_use(struct spent *s, struct slice nonce,
    int64_t until, int64_t now, struct errinfo *ei);

#endif
