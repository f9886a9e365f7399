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
take(void *arg, const struct signer_journal_entry *entry, struct errinfo *ei)
{
	struct collecting *c = arg;
	struct evidence *e = &c->found;
	enum err err;

	if ((entry->type != JOURNAL_ISSUE && entry->type != JOURNAL_CRL) ||
	    entry->at.number == 0 ||
	    (e->num > 0 && audit_position_eq(&e->at[e->num - 1], &entry->at))) {
		return ERR_OK;
	}
	err = make_room(c, ei);
	if (err == ERR_OK) {
		e->at[e->num++] = entry->at;
	}
	return err;
}

enum err
evidence_collect(struct ca *ca, struct evidence *out, struct errinfo *ei)
{
	struct collecting c = {.found = {0}};
	enum err err = ERR_OK;

	for (size_t i = 0; i < ca_num(ca) && err == ERR_OK; i++) {
		err = signer_journal_since(
		    authority_signer(ca_at(ca, i)), 0, take, &c, ei);
	}
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
