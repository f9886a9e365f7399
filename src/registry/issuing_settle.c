/* SPDX-License-Identifier: Apache-2.0 */
/* What an earlier run or an outage left: the signers know what became of it. */
#include "registry/issuing_priv.h"

#include "ca/adopt.h"
#include "ca/issue.h"
#include "ca/reconcile.h"
#include "registry/application.h"
#include "registry/form.h"
#include "registry/order.h"
#include "registry/registry.h"
#include "store/store.h"

/* An application of this request: it has its certificate, wherever it stood
 * in a database that was put back, unless it came to an end. */
static enum err
adopt_application(struct issuing *i, const struct application *a,
    const struct issued *issued, struct errinfo *ei)
{
	struct form f;
	enum err e;

	if (a->state != APP_ISSUING &&
	    app_step(a->state, APP_EV_ADOPT) == NULL) {
		return ca_adopt_alone(i->o.ca, issued, ei);
	}
	e = form_get(i->o.registry, &a->form, &f, ei);
	if (e == ERR_OK) {
		e = issuing_finish_application(
		    i, &f, &a->id, a->state, issued, ei);
		form_clear(&f);
	}
	return e;
}

enum err
issuing_take_over(void *arg, const struct issued *issued,
    const struct adopted_order *order, struct errinfo *ei)
{
	struct issuing *i = arg;
	struct order_text text;
	struct order direct;
	struct application a;
	enum err e;

	if (order_get(order->note, &text, &direct)) {
		return issuing_adopt_order(i, &direct, issued, ei);
	}
	e = application_by_issue_key(i->o.registry, order->key, &a, ei);
	if (e == ERR_NOTFOUND) {
		return ca_adopt_alone(i->o.ca, issued, ei);
	}
	if (e == ERR_OK) {
		e = adopt_application(i, &a, issued, ei);
		application_clear(&a);
	}
	return e;
}

enum err
issuing_adopt(
    struct issuing *i, int64_t min_age_sec, size_t *out_num, struct errinfo *ei)
{
	const struct adoption how = {
	    .adopt = issuing_take_over, .arg = i, .min_age_sec = min_age_sec};

	return ca_adopt(i->o.ca, &how, out_num, ei);
}

enum err
issuing_reconcile(struct issuing *i, const char *actor,
    const char *journal_lost, struct reconciled *out, struct errinfo *ei)
{
	const struct adoption how = {.adopt = issuing_take_over, .arg = i};
	struct store *store = i->o.registry->store;
	enum err e;

	store_mend(store, true);
	e = ca_reconcile(i->o.ca, &how, actor, journal_lost, out, ei);
	store_mend(store, false);
	return e;
}
