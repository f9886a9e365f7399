/* SPDX-License-Identifier: Apache-2.0 */
#include "os/random.h"
#include "signer/engine_priv.h"
#include "x509/page_order.h"
#include "x509/signed.h"

enum {
	LIFE_SEC = 300, /* a page asks when the person is there */
};

/* Counted in memory, in steps of 24 hours: orders are not journaled. */
static enum err
count(struct engine *e, int64_t now, struct errinfo *ei)
{
	if (now < e->orders_since || now >= e->orders_since + DAY_SEC) {
		e->orders_since = now;
		e->orders_used = 0;
	}
	if (e->orders_used >= e->in->settings->page_orders_per_day) {
		return err_set(ei, ERR_POLICY, "order.ceiling", NULL,
		    "%llu page orders have been signed in 24 hours, which is "
		    "the ceiling.",
		    (unsigned long long)e->in->settings->page_orders_per_day);
	}
	e->orders_used++;
	return ERR_OK;
}

static enum err
build(struct engine *e, struct page_order *o, struct errinfo *ei)
{
	uint8_t nonce[PAGE_ORDER_ID];
	enum err err = random_bytes(nonce, sizeof(nonce), ei);

	o->origin = slice_str(e->in->settings->origin);
	o->nonce = slice_make(nonce, sizeof(nonce));
	if (err == ERR_OK) {
		err = page_order_check(o, ei);
	}
	if (err == ERR_OK) {
		buf_reset(&e->tbs);
		page_order_put_body(o, &e->tbs);
		err = buf_err(&e->tbs, ei);
	}
	o->nonce = SLICE_EMPTY;
	return err;
}

enum err
engine_page_order(struct engine *e, const struct page_order *wish,
    struct buf *order, int64_t *out_not_after, struct errinfo *ei)
{
	struct page_order o = *wish;
	enum err err;

	if (e->in->settings->kind != SIGNER_KIND_CENTRE || !e->in->ready) {
		return err_set(ei, ERR_STATE, "signer.kind", NULL,
		    "Signer %s signs no page orders.", e->in->settings->name);
	}
	err = engine_now(e, &o.not_before, ei);
	o.not_after = o.not_before + LIFE_SEC;
	if (err == ERR_OK) {
		err = count(e, o.not_before, ei);
	}
	if (err == ERR_OK) {
		err = build(e, &o, ei);
	}
	if (err == ERR_OK) {
		err = engine_sign(e, buf_slice(&e->tbs), &e->sig, ei);
	}
	if (err == ERR_OK) {
		buf_reset(order);
		x509_assemble(buf_slice(&e->tbs), e->in->sig_alg,
		    buf_slice(&e->sig), order);
		err = buf_err(order, ei);
	}
	if (err == ERR_OK) {
		*out_not_after = o.not_after;
	}
	return err;
}
