/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/epoch.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/text.h"
#include "ca/authority.h"
#include "os/random.h"
#include "signer/client.h"
#include "store/store.h"
#include "json/json.h"

static const char writer_prefix[] = "aud";

/* The detail of a chain's first record (store/audit.c). */
static enum err
parse_previous(
    const char *detail, struct audit_position *out, struct errinfo *ei)
{
	const char *writer, *hash;
	struct json *root = NULL;
	int64_t number;
	enum err e = json_parse(slice_str(detail), AUDIT_DETAIL_MAX, &root, ei);

	if (e == ERR_OK) {
		e = json_get_text(root, "previous", ID_TEXT_SIZE, &writer, ei);
	}
	if (e == ERR_OK) {
		e = json_get_int(root, "number", 1, INT64_MAX, &number, ei);
	}
	if (e == ERR_OK) {
		e = json_get_text(
		    root, "hash", (size_t)2 * AUDIT_HASH_SIZE, &hash, ei);
	}
	if (e == ERR_OK &&
	    (!id_parse(slice_str(writer), writer_prefix, &out->writer) ||
		!text_unhex(slice_str(hash), out->hash, sizeof(out->hash)))) {
		e = err_set(ei, ERR_STORE, "ca.epoch", NULL,
		    "the first record of an audit chain is damaged");
	}
	if (e == ERR_OK) {
		out->number = (uint64_t)number;
	}
	json_free(root);
	return e;
}

static enum err
add(struct epochs *all, const struct epoch *one, struct errinfo *ei)
{
	struct epoch *p = realloc(all->at, (all->num + 1) * sizeof(*p));

	if (p == NULL) {
		return err_nomem(ei);
	}
	all->at = p;
	all->at[all->num++] = *one;
	return ERR_OK;
}

/* The chain of this writer, if it follows another. */
static enum err
look(struct ca *ca, const struct id *writer, struct epochs *all,
    struct errinfo *ei)
{
	struct epoch one = {.is.at = {.writer = *writer, .number = 1}};
	struct rows *r = NULL;
	struct slice hash;
	enum err e = store_query(ca_store(ca), ST_AUDIT_CHAIN, &r, ei,
	    V_ID(writer), V_INT(0), V_INT(1));

	if (e != ERR_OK) {
		return e;
	}
	/* A chain that lost its first record is audit_verify()'s to tell. */
	if (rows_num(r) == 1 && rows_int(r, 0, 0) == 1 &&
	    strcmp(rows_text(r, 0, 3), "audit.begin") == 0 &&
	    rows_text(r, 0, 5) != NULL) {
		one.began_at = rows_int(r, 0, 1);
		hash = rows_blob(r, 0, 6);
		if (hash.len == sizeof(one.is.at.hash)) {
			memcpy(one.is.at.hash, hash.p, hash.len);
		}
		e = parse_previous(rows_text(r, 0, 5), &one.is.previous, ei);
		if (e == ERR_OK) {
			e = add(all, &one, ei);
		}
	}
	rows_free(r);
	return e;
}

enum err
epochs_of_database(struct ca *ca, struct epochs *out, struct errinfo *ei)
{
	struct epochs all = {0};
	struct rows *r = NULL;
	struct id writer;
	enum err e =
	    store_query(ca_store(ca), ST_AUDIT_FIRST_WRITER, &r, ei, V_NONE);

	while (e == ERR_OK && rows_num(r) > 0) {
		writer = rows_id(r, 0, 0);
		rows_free(r);
		r = NULL;
		e = look(ca, &writer, &all, ei);
		if (e == ERR_OK) {
			e = store_query(ca_store(ca), ST_AUDIT_NEXT_WRITER, &r,
			    ei, V_ID(&writer));
		}
	}
	rows_free(r);
	if (e != ERR_OK) {
		epochs_clear(&all);
		return e;
	}
	*out = all;
	return ERR_OK;
}

void
epochs_clear(struct epochs *e)
{
	free(e->at);
	memset(e, 0, sizeof(*e));
}

enum err
epoch_begin(struct ca *ca, const char *actor, struct errinfo *ei)
{
	struct id writer;
	struct unit u;
	enum err e = id_new(ca_clock(ca), &writer, ei);

	if (e != ERR_OK) {
		return e;
	}
	unit_init(&u);
	unit_new_chain(&u, &writer);
	unit_audit(&u, &(struct audit_event){
			   .at = clock_utc_sec(ca_clock(ca)),
			   .actor = actor,
			   .action = "centre.reconcile",
			   .object = "",
		       });
	e = store_submit(ca_store(ca), &u, NULL, ei);
	unit_clear(&u);
	return e;
}

/* Which of them the journal has. */
struct noting {
	const struct epochs *all;
	bool *known;
};

static enum err
visit(void *arg, const struct signer_journal_entry *entry, struct errinfo *ei)
{
	struct noting *n = arg;

	(void)ei;
	for (size_t i = 0; entry->type == JOURNAL_EPOCH && i < n->all->num;
	     i++) {
		const struct signer_epoch *is = &n->all->at[i].is;

		n->known[i] =
		    n->known[i] ||
		    (audit_position_eq(&entry->at, &is->at) &&
			audit_position_eq(&entry->previous, &is->previous));
	}
	return ERR_OK;
}

enum err
epochs_note(struct authority *a, const struct epochs *all, struct errinfo *ei)
{
	struct noting n = {
	    .all = all, .known = calloc(all->num + 1, sizeof(bool))};
	uint64_t number;
	enum err e;

	if (n.known == NULL) {
		return err_nomem(ei);
	}
	e = signer_journal_since(authority_signer(a), 0, visit, &n, ei);
	for (size_t i = 0; e == ERR_OK && i < all->num; i++) {
		if (!n.known[i]) {
			e = signer_epoch(
			    authority_signer(a), &all->at[i].is, &number, ei);
		}
	}
	free(n.known);
	return e;
}
