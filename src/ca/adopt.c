/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/adopt.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ca/authority.h"
#include "ca/issue.h"
#include "ca/shard.h"
#include "crypto/hash.h"
#include "signer/client.h"
#include "store/store.h"

struct walk {
	struct ca *ca;
	struct authority *authority;
	const struct adoption *how;
	int64_t now;
	uint64_t done; /* everything up to this record is here */
	bool young;    /* met a record that has to wait */
	size_t num;
};

/*
 * Numbers of a CA in `meta`: "adopted", walk.done; "forgotten", the last CRL
 * that a journal which was lost knew of.
 */
static enum err
read_number(
    const struct walk *w, const char *kind, uint64_t *out, struct errinfo *ei)
{
	char name[128];
	struct rows *r = NULL;
	enum err e;

	(void)snprintf(
	    name, sizeof(name), "%s.%s", kind, authority_name(w->authority));
	e = store_query(ca_store(w->ca), ST_META_GET, &r, ei, V_TEXT(name));
	if (e == ERR_OK && rows_num(r) > 0) {
		struct slice value = rows_blob(r, 0, 0);

		if (!slice_get_u64(&value, out)) {
			e = err_set(ei, ERR_STORE, "ca.mark", NULL,
			    "the row %s of the table meta is damaged", name);
		}
	}
	rows_free(r);
	return e;
}

static void
add_number(
    struct unit *u, const struct walk *w, const char *kind, uint64_t number)
{
	uint8_t value[8]; /* big-endian; the unit sees to memory */
	char name[128];

	(void)snprintf(
	    name, sizeof(name), "%s.%s", kind, authority_name(w->authority));
	for (unsigned i = 0; i < sizeof(value); i++) {
		value[i] = (uint8_t)(number >> (56 - 8 * i));
	}
	unit_add(u, ST_META_SET, EXPECT(1), V_TEXT(name),
	    V_BLOB(slice_make(value, sizeof(value))));
}

static enum err
read_mark(struct walk *w, struct errinfo *ei)
{
	return read_number(w, "adopted", &w->done, ei);
}

static enum err
write_mark(struct walk *w, struct errinfo *ei)
{
	struct unit u;
	enum err e;

	unit_init(&u);
	add_number(&u, w, "adopted", w->done);
	e = store_submit(ca_store(w->ca), &u, NULL, ei);
	unit_clear(&u);
	return e;
}

static enum err
is_known(struct walk *w, struct slice der, bool *out, struct errinfo *ei)
{
	uint8_t sha256[HASH_SIZE_MAX];
	struct rows *r = NULL;
	enum err e = hash_of(HASH_SHA256, der, sha256, ei);

	if (e == ERR_OK) {
		e = store_query(ca_store(w->ca), ST_CERTIFICATE_BY_SHA256, &r,
		    ei, V_BLOB(slice_make(sha256, 32)));
	}
	*out = e == ERR_OK && rows_num(r) > 0;
	rows_free(r);
	return e;
}

/*
 * The journal remembers where our audit stood.  A database without that very
 * record was put back to an older state, and has perhaps gone another way
 * since.
 */
static enum err
check_position(const struct walk *w, const struct signer_journal_entry *entry,
    struct errinfo *ei)
{
	const struct audit_position *at = &entry->at;
	struct rows *r = NULL;
	bool same;
	enum err e;

	if (at->number == 0) {
		return ERR_OK; /* the ceremony has no audit */
	}
	e = store_query(ca_store(w->ca), ST_AUDIT_HASH, &r, ei,
	    V_ID(&at->writer), V_INT(at->number));
	same = e == ERR_OK && rows_num(r) > 0 &&
	       slice_eq(
		   rows_blob(r, 0, 0), slice_make(at->hash, sizeof(at->hash)));
	rows_free(r);
	if (e != ERR_OK || same) {
		return e;
	}
	return err_set(ei, ERR_STATE, "ca.rolled_back", NULL,
	    "the journal of %s knows audit record %llu, which the database "
	    "does not have: it is older than the journal; run surguchctl "
	    "reconcile",
	    authority_name(w->authority), (unsigned long long)at->number);
}

static enum err
take_over(struct walk *w, const struct signer_journal_entry *entry,
    struct errinfo *ei)
{
	const struct adopted_order order = {entry->idem, entry->note};
	struct issued i;
	enum err e = ca_issued_from_journal(w->ca, w->authority, entry, &i, ei);

	if (e != ERR_OK) {
		return e;
	}
	e = w->how->adopt(w->how->arg, &i, &order, ei);
	issued_clear(&i);
	w->num += e == ERR_OK;
	return e;
}

static enum err
take_over_unknown(struct walk *w, const struct signer_journal_entry *entry,
    struct errinfo *ei)
{
	bool known;
	enum err e = is_known(w, entry->cert, &known, ei);

	return e != ERR_OK || known ? e : take_over(w, entry, ei);
}

static enum err
visit(void *arg, const struct signer_journal_entry *entry, struct errinfo *ei)
{
	struct walk *w = arg;
	enum err e = ERR_OK;

	if (!w->how->reconciling &&
	    (entry->type == JOURNAL_ISSUE || entry->type == JOURNAL_CRL)) {
		e = check_position(w, entry, ei);
	}
	if (e != ERR_OK || w->young) {
		return e;
	}
	if (w->how->min_age_sec > 0 &&
	    entry->time + w->how->min_age_sec > w->now) {
		w->young = true;
		return ERR_OK;
	}
	if (entry->type == JOURNAL_ISSUE) {
		e = take_over_unknown(w, entry, ei);
	}
	if (e == ERR_OK) {
		w->done = entry->number;
	}
	return e;
}

static enum err
visit_last(
    void *arg, const struct signer_journal_entry *entry, struct errinfo *ei)
{
	struct walk *w = arg;
	bool known = false;
	enum err e = entry->type != JOURNAL_ISSUE
			 ? ERR_OK
			 : is_known(w, entry->cert, &known, ei);

	if (e == ERR_OK && !known) {
		e = err_set(ei, ERR_NOTFOUND, "journal.number", NULL,
		    "record %llu is another",
		    (unsigned long long)entry->number);
	}
	return e;
}

static enum err
behind(const struct authority *a, const char *what, uint64_t number,
    struct errinfo *ei)
{
	return err_set(ei, ERR_STATE, "ca.journal_behind", NULL,
	    "the journal of %s has lost %s %llu, which the database has: put "
	    "its newest copy back, or, if there is none, run surguchctl "
	    "reconcile --journal-lost %s",
	    authority_name(a), what, (unsigned long long)number,
	    authority_name(a));
}

/* The last certificate that the database has from this journal. */
static enum err
check_last(struct walk *w, struct errinfo *ei)
{
	struct rows *r = NULL;
	int64_t number = 0;
	enum err e = store_query(ca_store(w->ca), ST_CERTIFICATE_JOURNAL_LAST,
	    &r, ei, V_TEXT(authority_name(w->authority)));

	if (e == ERR_OK && rows_num(r) > 0 && !rows_is_null(r, 0, 0)) {
		number = rows_int(r, 0, 0);
	}
	rows_free(r);
	if (e != ERR_OK || number <= 0) {
		return e;
	}
	e = signer_journal_one(authority_signer(w->authority), (uint64_t)number,
	    visit_last, w, ei);
	return e == ERR_NOTFOUND || e == ERR_STATE
		   ? behind(w->authority, "record", (uint64_t)number, ei)
		   : e;
}

/* What the database noted after the signer had it in its journal. */
static enum err
check_numbers(struct walk *w, struct errinfo *ei)
{
	struct signer_info info;
	uint64_t crl = 0, forgotten = 0;
	enum err e = shard_last_number(
	    ca_store(w->ca), authority_name(w->authority), &crl, ei);

	signer_info_init(&info);
	if (e == ERR_OK) {
		e = read_number(w, "forgotten", &forgotten, ei);
	}
	if (e == ERR_OK) {
		e = signer_info(authority_signer(w->authority), &info, ei);
	}
	if (e == ERR_OK && w->done > info.journal_number) {
		e = behind(w->authority, "record", w->done, ei);
	}
	if (e == ERR_OK && crl > forgotten && crl > info.crl_number) {
		e = behind(w->authority, "CRL", crl, ei);
	}
	signer_info_clear(&info);
	return e;
}

enum err
ca_check_journal(struct ca *ca, struct authority *a, struct errinfo *ei)
{
	struct walk w = {.ca = ca, .authority = a};
	enum err e = read_mark(&w, ei);

	if (e == ERR_OK) {
		e = check_last(&w, ei);
	}
	return e != ERR_OK ? e : check_numbers(&w, ei);
}

enum err
ca_forget_journal(struct ca *ca, struct authority *a, struct errinfo *ei)
{
	const struct walk w = {.ca = ca, .authority = a};
	uint64_t crl = 0;
	struct unit u;
	enum err e =
	    shard_last_number(ca_store(ca), authority_name(a), &crl, ei);

	if (e != ERR_OK) {
		return e;
	}
	unit_init(&u);
	unit_add(&u, ST_CERTIFICATE_JOURNAL_FORGET, EXPECT_ANY,
	    V_TEXT(authority_name(a)));
	add_number(&u, &w, "adopted", 0);
	add_number(&u, &w, "forgotten", crl);
	unit_audit(&u, &(struct audit_event){
			   .at = clock_utc_sec(ca_clock(ca)),
			   .actor = "system reconciliation",
			   .action = "journal.lost",
			   .object = authority_name(a),
		       });
	e = store_submit(ca_store(ca), &u, NULL, ei);
	unit_clear(&u);
	return e;
}

static enum err
visit_compare(
    void *arg, const struct signer_journal_entry *entry, struct errinfo *ei)
{
	return entry->type == JOURNAL_ISSUE || entry->type == JOURNAL_CRL
		   ? check_position(arg, entry, ei)
		   : ERR_OK;
}

enum err
ca_compare(struct ca *ca, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ca_num(ca); i++) {
		struct walk w = {.ca = ca, .authority = ca_at(ca, i)};

		e = ca_check_journal(ca, w.authority, ei);
		if (e == ERR_OK) {
			e = read_mark(&w, ei);
		}
		if (e == ERR_OK) {
			e = signer_journal_since(authority_signer(w.authority),
			    w.done, visit_compare, &w, ei);
		}
	}
	return e;
}

bool
ca_diverged(const struct errinfo *ei)
{
	static const char *const rules[] = {
	    "ca.rolled_back", "ca.journal_behind", "signer.journal_behind"};

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (ei->kind == ERR_STATE && strcmp(ei->rule, rules[i]) == 0) {
			return true;
		}
	}
	return false;
}

enum err
ca_adopt_from(struct ca *ca, struct authority *a, const struct adoption *how,
    size_t *out_num, struct errinfo *ei)
{
	struct walk w = {
	    .ca = ca,
	    .authority = a,
	    .how = how,
	    .now = clock_utc_sec(ca_clock(ca)),
	};
	uint64_t before;
	enum err e = ca_check_journal(ca, a, ei);

	if (e == ERR_OK) {
		e = read_mark(&w, ei);
	}
	before = w.done;
	if (e == ERR_OK) {
		e = signer_journal_since(
		    authority_signer(a), w.done, visit, &w, ei);
	}
	if (e == ERR_OK && w.done != before) {
		e = write_mark(&w, ei);
	}
	if (e == ERR_OK) {
		*out_num = w.num;
	}
	return e;
}

enum err
ca_adopt(struct ca *ca, const struct adoption *how, size_t *out_num,
    struct errinfo *ei)
{
	size_t num = 0;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ca_num(ca); i++) {
		size_t one = 0;

		e = ca_adopt_from(ca, ca_at(ca, i), how, &one, ei);
		num += one;
	}
	if (e == ERR_OK) {
		*out_num = num;
	}
	return e;
}

static enum err
visit_one(
    void *arg, const struct signer_journal_entry *entry, struct errinfo *ei)
{
	return take_over_unknown(arg, entry, ei);
}

enum err
ca_adopt_key(struct ca *ca, const struct adoption *how, const uint8_t key[32],
    struct errinfo *ei)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct walk w = {.ca = ca, .how = how};
	uint64_t number;
	enum err e = ERR_NOTFOUND;

	for (size_t i = 0; e == ERR_NOTFOUND && i < ca_num(ca); i++) {
		w.authority = ca_at(ca, i);
		e = signer_find(authority_signer(w.authority), key, &der,
		    &number, NULL, ei);
	}
	buf_clear(&der);
	if (e == ERR_NOTFOUND) {
		return err_set(ei, ERR_NOTFOUND, "ca.key", NULL,
		    "no CA of this centre has issued under this key");
	}
	if (e != ERR_OK) {
		return e;
	}
	e = signer_journal_one(
	    authority_signer(w.authority), number, visit_one, &w, ei);
	if (e == ERR_NOTFOUND) {
		/* The caller would take it for "nothing was issued". */
		return err_set(ei, ERR_INTERNAL, "ca.adopt", NULL,
		    "record %llu of the journal of %s cannot be taken over: "
		    "something that belongs to it is missing",
		    (unsigned long long)number, authority_name(w.authority));
	}
	return e;
}

enum err
ca_adopt_alone(struct ca *ca, const struct issued *i, struct errinfo *ei)
{
	return ca_submit_alone(ca, i, "system adoption", ei);
}
