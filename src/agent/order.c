/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/order.h"

#include "agent/trust.h"
#include "base/bounds.h"
#include "base/clock.h"
#include "der/oid.h"
#include "x509/cert.h"
#include "x509/chain.h"
#include "x509/page_order.h"

struct chain_of {
	struct cert *anchor;
	struct cert *at[AGENT_CHAIN_MAX];
	size_t num;
};

static void
chain_of_clear(struct chain_of *c)
{
	cert_free(c->anchor);
	for (size_t i = 0; i < c->num; i++) {
		cert_free(c->at[i]);
	}
}

static enum err
read_chain(const struct order_asked *a, struct chain_of *c, struct errinfo *ei)
{
	enum err e = cert_parse(
	    slice_make(a->centre->ca, a->centre->ca_len), &c->anchor, ei);

	if (e == ERR_OK &&
	    (a->num_chain == 0 || a->num_chain > AGENT_CHAIN_MAX)) {
		e = err_set(ei, ERR_LIMIT, "order.chain", NULL,
		    "an order comes with 1 to %d certificates",
		    (int)AGENT_CHAIN_MAX);
	}
	for (size_t i = 0; e == ERR_OK && i < a->num_chain; i++) {
		e = cert_parse(a->chain[i], &c->at[i], ei);
		c->num += e == ERR_OK;
	}
	return e;
}

/* At the order's own time: a clock that is off is told as such, later. */
static enum err
judge_chain(const struct chain_of *c, int64_t at, struct errinfo *ei)
{
	const struct cert *anchors[] = {c->anchor};
	const struct cert *between[AGENT_CHAIN_MAX];
	struct chain_verdict verdict;
	struct chain_request req = {
	    .leaf = c->at[0],
	    .anchors = {anchors, 1},
	    .intermediates = {between, c->num - 1},
	    .at = at,
	    .rules = CHAIN_RULES_PKIX,
	    .purpose = oid_bytes(OID_KP_PAGE_ORDER),
	};
	enum err e;

	for (size_t i = 1; i < c->num; i++) {
		between[i - 1] = c->at[i];
	}
	e = chain_judge(&req, &verdict, ei);
	if (e == ERR_OK && verdict.status != CHAIN_GOOD) {
		/* The order is what is refused, whatever was found. */
		e = err_object(ei,
		    err_set(ei, ERR_POLICY, verdict.why.rule,
			verdict.why.clause, "%s", verdict.why.text),
		    "chain");
	}
	return e;
}

static enum err
judge_time(const struct page_order *o, int64_t now, struct errinfo *ei)
{
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE], here[TIME_TEXT_SIZE];

	time_text(o->not_before, from);
	time_text(o->not_after, to);
	time_text(now, here);
	if (o->not_after - o->not_before > ORDER_LIFE_MAX_SEC) {
		return err_set(ei, ERR_POLICY, "order.life", NULL,
		    "the order is for more than %d seconds: %s to %s",
		    (int)ORDER_LIFE_MAX_SEC, from, to);
	}
	if (now < o->not_before - ORDER_SKEW_SEC) {
		return err_set(ei, ERR_POLICY, "order.early", NULL,
		    "the order is for %s and later; this computer's clock "
		    "says %s",
		    from, here);
	}
	if (now > o->not_after + ORDER_SKEW_SEC) {
		return err_set(ei, ERR_POLICY, "order.expired", NULL,
		    "the order ended at %s; this computer's clock says %s", to,
		    here);
	}
	return ERR_OK;
}

static enum err
judge(const struct order_asked *a, const struct chain_of *c,
    struct page_order *o, struct errinfo *ei)
{
	enum err e = page_order_parse(a->order, o, ei);

	if (e == ERR_FORMAT || e == ERR_LIMIT) {
		err_name_object(ei, "order");
	}
	if (e == ERR_OK && !page_order_is_signer(c->at[0])) {
		e = err_set(ei, ERR_POLICY, "order.purpose", NULL,
		    "the certificate is not for signing orders alone");
	}
	if (e == ERR_OK) {
		e = judge_chain(c, o->not_before, ei);
	}
	if (e == ERR_OK) {
		e = page_order_verify(a->order, c->at[0], ei);
	}
	if (e == ERR_OK && !slice_eq_str(o->origin, a->centre->origin)) {
		e = err_set(ei, ERR_POLICY, "order.origin", NULL,
		    "the order is for pages of another origin");
	}
	if (e == ERR_OK && !slice_eq(o->agent, a->agent)) {
		e = err_set(ei, ERR_POLICY, "order.agent", NULL,
		    "the order is for another agent");
	}
	return e == ERR_OK ? judge_time(o, a->now, ei) : e;
}

enum err
order_judge(
    const struct order_asked *asked, struct page_order *out, struct errinfo *ei)
{
	struct chain_of c = {0};
	struct page_order o = {0};
	enum err e = read_chain(asked, &c, ei);

	if (e == ERR_OK) {
		e = judge(asked, &c, &o, ei);
	}
	chain_of_clear(&c);
	if (e == ERR_OK) {
		*out = o;
	}
	return e;
}
