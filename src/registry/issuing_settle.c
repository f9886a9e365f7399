/* SPDX-License-Identifier: Apache-2.0 */
/* What an earlier run or an outage left: the signers know what became of it. */
#include "registry/issuing_priv.h"

#include <string.h>

#include "ca/adopt.h"
#include "ca/issue.h"
#include "ca/reconcile.h"
#include "registry/application.h"
#include "registry/form.h"
#include "registry/idem.h"
#include "registry/registry.h"
#include "store/store.h"

enum {
	LIST_MAX = 64,
	ANSWER_MAX = 4 * CERT_BYTES_MAX,
};

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

static enum err
adopt_direct(struct issuing *i, const uint8_t key[32],
    const struct issued *issued, bool *out_done, struct errinfo *ei)
{
	struct buf answer = BUF_INIT(ANSWER_MAX);
	struct issue_order order = {.key = key};
	struct rows *r = NULL;
	struct actor actor;
	struct id person;
	enum err e = store_query(i->o.registry->store, ST_IDEM_BY_SIGNER_KEY,
	    &r, ei, V_BLOB(slice_make(key, 32)));

	*out_done = e == ERR_OK && rows_num(r) > 0 &&
		    strcmp(rows_text(r, 0, 3), "open") == 0;
	if (*out_done) {
		actor_system(&actor, "adoption");
		person = rows_id(r, 0, 4);
		order.person = rows_is_null(r, 0, 4) ? NULL : &person;
		e = issuing_finish_direct(
		    i, &actor, NULL, &order, issued, &answer, ei);
	}
	rows_free(r);
	buf_clear(&answer);
	return e;
}

static enum err
adopt(void *arg, const struct issued *issued, const uint8_t key[32],
    struct errinfo *ei)
{
	struct issuing *i = arg;
	struct application a;
	bool done;
	enum err e = application_by_issue_key(i->o.registry, key, &a, ei);

	if (e == ERR_OK) {
		e = adopt_application(i, &a, issued, ei);
		application_clear(&a);
		return e;
	}
	if (e != ERR_NOTFOUND) {
		return e;
	}
	e = adopt_direct(i, key, issued, &done, ei);
	if (e == ERR_OK && !done) {
		e = ca_adopt_alone(i->o.ca, issued, ei);
	}
	return e;
}

enum err
issuing_adopt(
    struct issuing *i, int64_t min_age_sec, size_t *out_num, struct errinfo *ei)
{
	const struct adoption how = {
	    .adopt = adopt, .arg = i, .min_age_sec = min_age_sec};

	return ca_adopt(i->o.ca, &how, out_num, ei);
}

enum err
issuing_reconcile(struct issuing *i, const char *actor,
    const char *journal_lost, struct reconciled *out, struct errinfo *ei)
{
	const struct adoption how = {.adopt = adopt, .arg = i};
	struct store *store = i->o.registry->store;
	enum err e;

	store_mend(store, true);
	e = ca_reconcile(i->o.ca, &how, actor, journal_lost, out, ei);
	store_mend(store, false);
	return e;
}

static enum err
drop_order(
    struct issuing *i, const struct idem_ticket *ticket, struct errinfo *ei)
{
	struct unit u;
	enum err e;

	unit_init(&u);
	idem_add_drop(&u, ticket);
	e = store_submit(i->o.registry->store, &u, NULL, ei);
	unit_clear(&u);
	return e;
}

/* With the order's ticket in our hands nobody else touches it; but it may
 * have been finished before we had it. */
static enum err
settle_order(struct issuing *i, const uint8_t key[32],
    const struct idem_ticket *ticket, struct errinfo *ei)
{
	const struct adoption how = {.adopt = adopt, .arg = i};
	struct rows *r = NULL;
	bool open;
	enum err e = store_query(i->o.registry->store, ST_IDEM_BY_SIGNER_KEY,
	    &r, ei, V_BLOB(slice_make(key, 32)));

	open = e == ERR_OK && rows_num(r) > 0 &&
	       strcmp(rows_text(r, 0, 3), "open") == 0;
	rows_free(r);
	if (!open) {
		return e;
	}
	e = ca_adopt_key(i->o.ca, &how, key, ei);
	return e == ERR_NOTFOUND ? drop_order(i, ticket, ei) : e;
}

static enum err
settle_row(
    struct issuing *i, const struct rows *r, size_t row, struct errinfo *ei)
{
	const struct idem_request request = {
	    .account = rows_text(r, row, 1),
	    .operation = rows_text(r, row, 2),
	    .key = slice_str(rows_text(r, row, 3)),
	};
	struct slice key = rows_blob(r, row, 0);
	struct idem_ticket *ticket = NULL;
	enum err e;

	if (key.len != 32) {
		return err_set(ei, ERR_STORE, "idem.signer_key", NULL,
		    "an open order has a signer's key of %zu bytes", key.len);
	}
	e = idem_claim(i->o.idem, &request, &ticket, ei);
	if (e == ERR_AGAIN) {
		return ERR_OK; /* somebody works on it */
	}
	if (e == ERR_OK) {
		e = settle_order(i, key.p, ticket, ei);
	}
	idem_end(ticket);
	return e;
}

enum err
issuing_settle_orders(struct issuing *i, struct errinfo *ei)
{
	struct value created = V_INT(0), after = V_BLOB(SLICE_EMPTY);
	struct rows *r = NULL;
	size_t num = LIST_MAX;
	enum err e = ERR_OK;

	while (e == ERR_OK && num == LIST_MAX) {
		struct rows *page = NULL;

		e = store_query(i->o.registry->store, ST_IDEM_OPEN, &page, ei,
		    created, after, V_INT(LIST_MAX));
		num = e == ERR_OK ? rows_num(page) : 0;
		for (size_t n = 0; e == ERR_OK && n < num; n++) {
			e = settle_row(i, page, n, ei);
		}
		if (num > 0) {
			created = V_INT(rows_int(page, num - 1, 5));
			after = V_BLOB(rows_blob(page, num - 1, 0));
		}
		rows_free(r); /* `after` lies in the newer one */
		r = page;
	}
	rows_free(r);
	return e;
}
