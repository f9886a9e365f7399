/* SPDX-License-Identifier: Apache-2.0 */
/* One certificate for a direct order. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ca/adopt.h"
#include "ca/issue.h"
#include "os/random.h"
#include "os/seam.h"
#include "profile/values.h"
#include "registry/idem.h"
#include "registry/issuing_priv.h"
#include "registry/order.h"
#include "registry/person.h"
#include "registry/record.h"
#include "registry/registry.h"
#include "store/store.h"

enum {
	ANSWER_STATUS = 201
};

/* --- in doubt ----------------------------------------------------------- */

/* Not only this one's unit failed (one that adoption had done already does). */
static bool
is_of_store(const struct errinfo *ei)
{
	return ei->kind != ERR_CONFLICT &&
	       strncmp(ei->rule, "store.", strlen("store.")) == 0;
}

/*
 * May another be sent to a signer?  Not when it could not be committed, as far
 * as is known: what has failed to be is tried every second.
 */
static enum err
check_doubts(struct issuing *i, struct errinfo *ei)
{
	const struct order_doubt *d;
	struct errinfo why;
	size_t num;

	(void)pthread_mutex_lock(&i->lock);
	num = i->num_doubts;
	why = i->unadopted;
	for (d = i->doubts; d != NULL && why.kind == ERR_OK; d = d->next) {
		if (is_of_store(&d->why)) {
			why = d->why;
		}
	}
	(void)pthread_mutex_unlock(&i->lock);
	if (why.kind != ERR_OK) {
		*ei = why;
		return why.kind;
	}
	if (num >= ISSUING_DOUBTS_MAX) {
		return err_set(ei, ERR_AGAIN, "issuing.doubts", NULL,
		    "%zu orders wait for a signer that does not answer; "
		    "nothing more is taken until it does",
		    num);
	}
	return ERR_OK;
}

static void
add_doubt(struct issuing *i, struct order_doubt *d)
{
	(void)pthread_mutex_lock(&i->lock);
	d->next = i->doubts;
	i->doubts = d;
	i->num_doubts++;
	(void)pthread_mutex_unlock(&i->lock);
}

static struct order_doubt *
take_doubts(struct issuing *i)
{
	struct order_doubt *d;

	(void)pthread_mutex_lock(&i->lock);
	d = i->doubts;
	i->doubts = NULL;
	i->num_doubts = 0;
	(void)pthread_mutex_unlock(&i->lock);
	return d;
}

static void
end_doubt(struct order_doubt *d)
{
	idem_end(d->ticket);
	free(d);
}

void
issuing_forget_doubts(struct issuing *i)
{
	struct order_doubt *next;

	for (struct order_doubt *d = take_doubts(i); d != NULL; d = next) {
		next = d->next;
		end_doubt(d);
	}
}

enum err
issuing_settle_orders(struct issuing *i, struct errinfo *ei)
{
	const struct adoption how = {.adopt = issuing_take_over, .arg = i};
	struct order_doubt *next;
	bool failed = false;
	enum err e = ERR_OK;

	for (struct order_doubt *d = take_doubts(i); d != NULL; d = next) {
		next = d->next;
		if (failed) { /* the others go first the next time */
			add_doubt(i, d);
			continue;
		}
		e = ca_adopt_key(i->o.ca, &how, d->key, &d->why);
		if (e == ERR_OK || e == ERR_NOTFOUND) {
			end_doubt(d);
			e = ERR_OK;
		} else {
			failed = true;
			*ei = d->why;
			add_doubt(i, d);
		}
	}
	return e;
}

/* --- one order ---------------------------------------------------------- */

/* What the signer knows it by, and what its journal tells of it. */
static enum err
name_order(const struct idem_ticket *ticket, const struct id *person,
    struct issue_values *v, struct errinfo *ei)
{
	struct buf note = BUF_INIT(VALUES_NOTE_MAX);
	struct order order = {.person = *person};
	enum err e;

	idem_request_of(ticket, &order.request);
	order_put(&order, &note);
	e = buf_err(&note, ei);
	if (e == ERR_OK) {
		e = values_set_note(v, buf_slice(&note), ei);
	}
	if (e == ERR_OK) {
		e = random_bytes(v->idem, sizeof(v->idem), ei);
	}
	buf_clear(&note);
	return e;
}

static enum err
finish(struct issuing *i, const struct actor *actor,
    const struct idem_ticket *ticket, const struct id *person,
    const struct issued *issued, struct errinfo *ei)
{
	const struct issued_for what = {.person = person};
	char who[ACTOR_TEXT_SIZE];
	struct unit u;
	enum err e;

	actor_text(actor, who);
	unit_init(&u);
	e = ca_add_issued(i->o.ca, &u, issued, &what, who, ei);
	if (e == ERR_OK) {
		idem_add_issued(&u, ticket, ANSWER_STATUS, &issued->id,
		    clock_utc_sec(i->o.registry->clock));
		e = ca_submit_issued(i->o.ca, &u, issued, ei);
	}
	if (e == ERR_OK) {
		seam("front.committed");
	}
	unit_clear(&u);
	return e;
}

/* ERR_TIMEOUT, or any error of the commit: the signer may have it. */
static enum err
sign_and_finish(struct issuing *i, const struct actor *actor,
    const struct idem_ticket *ticket, const struct id *person,
    const struct issue_values *values, struct buf *answer, bool *out_in_doubt,
    struct errinfo *ei)
{
	struct issued issued = {0};
	enum err e = ca_issue(i->o.ca, values, &issued, ei);

	*out_in_doubt = e == ERR_OK || e == ERR_TIMEOUT;
	if (e == ERR_OK) {
		e = ca_issued_json(&issued, answer, ei);
	}
	if (e == ERR_OK) {
		e = finish(i, actor, ticket, person, &issued, ei);
		*out_in_doubt = e != ERR_OK;
	}
	issued_clear(&issued);
	return e;
}

enum err
issuing_direct(struct issuing *i, const struct actor *actor,
    struct idem_ticket **ticket, const struct id *person,
    struct issue_values *values, struct buf *answer, struct errinfo *ei)
{
	struct order_doubt *d = NULL;
	bool in_doubt = false;
	enum err e = store_ready(i->o.registry->store, ei);

	if (e == ERR_OK) {
		e = check_doubts(i, ei);
	}
	if (e == ERR_OK) {
		e = name_order(*ticket, person, values, ei);
	}
	/* Before there is something to remember. */
	if (e == ERR_OK && (d = calloc(1, sizeof(*d))) == NULL) {
		e = err_nomem(ei);
	}
	if (e == ERR_OK) {
		e = sign_and_finish(
		    i, actor, *ticket, person, values, answer, &in_doubt, ei);
	}
	if (!in_doubt) {
		free(d);
		return e;
	}
	memcpy(d->key, values->idem, sizeof(d->key));
	d->ticket = *ticket;
	d->why = *ei;
	idem_doubt(*ticket);
	*ticket = NULL;
	add_doubt(i, d);
	/* Adoption was there first. */
	return e == ERR_CONFLICT ? idem_pending(ei) : e;
}

enum err
issuing_stored_answer(struct issuing *i, const struct idem_stored *stored,
    struct buf *answer, struct errinfo *ei)
{
	if (stored->is_certificate) {
		return ca_stored_json(
		    i->o.ca, &stored->certificate, answer, ei);
	}
	buf_add(answer, slice_make(stored->body, stored->body_len));
	return buf_err(answer, ei);
}

/* --- adoption ----------------------------------------------------------- */

/* A database that was put back may not know the person. */
static enum err
find_person(struct issuing *i, const struct id *person, bool *out_is_there,
    struct errinfo *ei)
{
	struct person_data data;
	struct record row;
	enum err e =
	    record_get(&person_kind, i->o.registry, person, &row, &data, ei);

	*out_is_there = e == ERR_OK;
	if (e == ERR_OK) {
		record_clear(&row);
	}
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

enum err
issuing_adopt_order(struct issuing *i, const struct order *order,
    const struct issued *issued, struct errinfo *ei)
{
	struct issued_for what = {0};
	bool has_person = false;
	struct actor actor;
	char who[ACTOR_TEXT_SIZE];
	struct unit u;
	enum err e = find_person(i, &order->person, &has_person, ei);

	actor_system(&actor, "adoption");
	actor_text(&actor, who);
	what.person = has_person ? &order->person : NULL;
	unit_init(&u);
	if (e == ERR_OK) {
		e = ca_add_issued(i->o.ca, &u, issued, &what, who, ei);
	}
	if (e == ERR_OK) {
		idem_add_adopted(&u, &order->request, ANSWER_STATUS,
		    &issued->id, clock_utc_sec(i->o.registry->clock));
		e = ca_submit_issued(i->o.ca, &u, issued, ei);
	}
	unit_clear(&u);
	return e;
}
