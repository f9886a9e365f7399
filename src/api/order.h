/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_ORDER_H
#define SURGUCH_API_ORDER_H
/* Orders for people's agents (docs/agent-protocol.md 6), as calls ask for and
 * get them. */
#include "api/call.h"
#include "x509/page_order.h"

/* ERR_STATE "orders.none" for a centre without a key for them. */
ATTR_MUST_USE enum err order_check_key(struct call *c);
/* The field `agent`: 32 hexadecimal digits. */
ATTR_MUST_USE enum err order_take_agent(
    struct call *c, uint8_t out[PAGE_ORDER_ID]);
/* What the audit says of it. */
struct order_about {
	const char *action; /* "application.order" */
	const char *prefix;
	const struct id *id;
};
/* Has it signed, puts it on the record, and sends it with the chain of its
 * key, 201. */
ATTR_MUST_USE enum err order_send(struct call *c,
    const struct page_order *order, const struct order_about *about);

#endif
