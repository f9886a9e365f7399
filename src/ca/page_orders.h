/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_PAGE_ORDERS_H
#define SURGUCH_CA_PAGE_ORDERS_H
/*
 * The centre's order key as front sees it: the channel to its signer, and the
 * CA of ours that certified it.  Any number of threads.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct authority;
struct ca;
struct page_order;
struct page_orders;
struct signer_client;

/* Takes the client on success; ca is borrowed.  ERR_STATE "orders.not_ready"
 * when the signer has no certificate yet; ERR_NOTFOUND "orders.ca" when no CA
 * of this centre made it. */
ATTR_MUST_USE enum err page_orders_new(struct ca *ca,
    struct signer_client *signer, struct page_orders **out, struct errinfo *ei);
void page_orders_free(struct page_orders *o); /* the client too; NULL is fine */

/* May it order anything now?  ERR_STATE "orders.expired", "orders.revoked", or
 * "ca.revoked" when its CA is revoked at its root; errors of its signer. */
ATTR_MUST_USE enum err page_orders_check(
    struct page_orders *o, struct errinfo *ei);
/* Sign one, unless page_orders_check() says no; `wish` as signer_page_order()
 * wants it.  Both bufs are replaced:
 * the order, and the signer's present certificate. */
ATTR_MUST_USE enum err page_orders_sign(struct page_orders *o,
    const struct page_order *wish, struct buf *order, struct buf *cert,
    int64_t *out_not_after, struct errinfo *ei);

/* The CA that certified it; its chain ends in what agents trust. */
struct authority *page_orders_authority(const struct page_orders *o);
struct signer_client *page_orders_signer(const struct page_orders *o);

#endif
