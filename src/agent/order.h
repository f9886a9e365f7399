/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_ORDER_H
#define SURGUCH_AGENT_ORDER_H
/*
 * Is this order one to obey?  Form and signature are x509/page_order.h's; here
 * is the rest of docs/agent-protocol.md 6, in its order.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct centre_trust;
struct page_order;

enum {
	ORDER_LIFE_MAX_SEC = 600,
	/* Between the computer's clock and the centre's. */
	ORDER_SKEW_SEC = 300,
};

struct order_asked {
	const struct centre_trust *centre; /* whose page asks */
	struct slice agent;                /* our own id */
	int64_t now;
	struct slice order;
	const struct slice *chain; /* DER; the order key's own first */
	size_t num_chain;
};

/*
 * *out borrows from the order.  It is not used up by this (agent/spent.h).
 * Refusals: page_order_parse(), page_order_verify(); "order.chain" and
 * "chain.*"; ERR_POLICY "order.origin", "order.agent", "order.life",
 * "order.early", "order.expired".
 */
ATTR_MUST_USE enum err order_judge(const struct order_asked *asked,
    struct page_order *out, struct errinfo *ei);

#endif
