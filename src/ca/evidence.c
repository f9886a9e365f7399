/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/evidence.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ca/authority.h"
#include "signer/client.h"
#include "store/audit.h"

struct collecting {
	struct evidence found;
	size_t cap;
	/* Of the journal at hand: */
	size_t first;
	struct signer_epoch *epochs;
	size_t num_epochs;
};

static enum err
make_room(struct collecting *c, struct errinfo *ei)
{
	size_t cap = c->cap == 0 ? 1024 : c->cap * 2;
	struct audit_position *p;

	if (c->found.num < c->cap) {
		return ERR_OK;
	}
	if (cap > SIZE_MAX / sizeof(*p)) {
		return err_nomem(ei);
	}
	p = realloc(c->found.at, cap * sizeof(*p));
	if (p == NULL) {
		return err_nomem(ei);
	}
	c->found.at = p;
	c->cap = cap;
	return ERR_OK;
}

static enum err
add(struct collecting *c, const struct audit_position *at, struct errinfo *ei)
{
	struct evidence *e = &c->found;
	enum err err;

	if (at->number == 0 ||
	    (e->num > c->first && audit_position_eq(&e->at[e->num - 1], at))) {
		return ERR_OK;
	}
	err = make_room(c, ei);
	if (err == ERR_OK) {
		e->at[e->num++] = *at;
	}
	return err;
}

/* Does the chain that ends at *end, or one that it goes on from, hold this
 * position? */
static bool
holds(const struct collecting *c, struct audit_position end,
    const struct audit_position *at)
{
	size_t i = c->num_epochs;

	for (;;) {
		if (id_eq(&at->writer, &end.writer)) {
			return at->number <= end.number;
		}
		/* Each goes on from an earlier one, so this ends. */
		while (
		    i > 0 && !id_eq(&c->epochs[i - 1].at.writer, &end.writer)) {
			i--;
		}
		if (i == 0) {
			return false;
		}
		end = c->epochs[--i].previous;
	}
}

/* What this journal had said until then of records that the database does
 * not hold went with the one that it was put back for. */
static enum err
begin_epoch(
    struct collecting *c, const struct signer_epoch *epoch, struct errinfo *ei)
{
	struct evidence *e = &c->found;
	size_t kept = c->first;
	struct signer_epoch *p =
	    realloc(c->epochs, (c->num_epochs + 1) * sizeof(*p));

	if (p == NULL) {
		return err_nomem(ei);
	}
	c->epochs = p;
	for (size_t i = c->first; i < e->num; i++) {
		if (holds(c, epoch->previous, &e->at[i])) {
			e->at[kept++] = e->at[i];
		}
	}
	e->num_ended += e->num - kept;
	e->num = kept;
	c->epochs[c->num_epochs++] = *epoch;
	return add(c, &epoch->previous, ei);
}

static enum err
take(void *arg, const struct signer_journal_entry *entry, struct errinfo *ei)
{
	struct collecting *c = arg;
	enum err err = ERR_OK;

	if (entry->type == JOURNAL_EPOCH) {
		err = begin_epoch(
		    c, &(struct signer_epoch){entry->previous, entry->at}, ei);
	}
	if (err == ERR_OK &&
	    (entry->type == JOURNAL_ISSUE || entry->type == JOURNAL_CRL ||
		entry->type == JOURNAL_EPOCH)) {
		err = add(c, &entry->at, ei);
	}
	return err;
}

enum err
evidence_collect(struct ca *ca, struct evidence *out, struct errinfo *ei)
{
	struct collecting c = {.found = {0}};
	enum err err = ERR_OK;

	for (size_t i = 0; i < ca_num(ca) && err == ERR_OK; i++) {
		c.first = c.found.num;
		c.num_epochs = 0;
		err = signer_journal_since(
		    authority_signer(ca_at(ca, i)), 0, take, &c, ei);
	}
	free(c.epochs);
	if (err != ERR_OK) {
		evidence_clear(&c.found);
		return err;
	}
	*out = c.found;
	return ERR_OK;
}

void
evidence_clear(struct evidence *e)
{
	free(e->at);
	memset(e, 0, sizeof(*e));
}
