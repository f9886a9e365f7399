/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_INPUT_H
#define SURGUCH_AGENT_INPUT_H
/*
 * What a page adds to an order: where the key is to lie, the text to sign, the
 * certificate to install.  Read strictly, and held against the order.
 */
#include <stddef.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "container/container.h"
#include "workstation/media.h"
#include "x509/page_order.h"

struct json;

struct input {
	char medium[MEDIUM_ID_SIZE];
	char container[CONTAINER_ID_SIZE];
	struct buf entropy;
	struct buf text;
	struct buf certificate;
	struct buf chain[AGENT_CHAIN_MAX];
	size_t num_chain;
	struct buf authorities[AGENT_AUTHORITIES_MAX]; /* DER, parsed */
	size_t num_authorities;
};

void input_init(struct input *in);
void input_clear(struct input *in);

/* The fields that belong to the operation, and no others. */
ATTR_MUST_USE enum err input_parse(const struct json *from,
    enum page_operation operation, struct input *out, struct errinfo *ei);
/* Of an operation without an order.  ERR_POLICY "authorities.ca" for a
 * certificate that is no authority's; ERR_LIMIT "authorities.number". */
ATTR_MUST_USE enum err input_add_authority(
    struct input *in, struct slice der, struct errinfo *ei);
/* ERR_POLICY "order.input" when a text or certificate is not the order's. */
ATTR_MUST_USE enum err input_check(
    const struct input *in, const struct page_order *order, struct errinfo *ei);

#endif
