/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/draft.h"

#include <stdlib.h>

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "der/oid.h"
#include "der/write.h"
#include "trust/disallowed.h"
#include "trust/own_root.h"
#include "x509/pool.h"

enum {
	FIRST_ROOM = 64,
	NAME_BYTES = 4096,
};

struct entry {
	struct stl_entry e;
	bool said; /* more than which certificate it is */
};

struct trust_draft {
	enum stl_kind kind;
	struct pool pool; /* identifiers and attributes */
	struct trust_certs *certs;
	struct entry *at;
	size_t num;
	size_t room;
	struct stl_entry *list; /* made last */
};

enum err
trust_draft_new(
    enum stl_kind kind, struct trust_draft **out, struct errinfo *ei)
{
	struct trust_draft *d = calloc(1, sizeof(*d));
	enum err e;

	if (d == NULL) {
		return err_nomem(ei);
	}
	d->kind = kind;
	pool_init(&d->pool);
	e = trust_certs_new(&d->certs, ei);
	if (e != ERR_OK) {
		trust_draft_free(d);
		return e;
	}
	*out = d;
	return ERR_OK;
}

void
trust_draft_free(struct trust_draft *d)
{
	if (d != NULL) {
		pool_clear(&d->pool);
		trust_certs_free(d->certs);
		free(d->at);
		free(d->list);
		free(d);
	}
}

size_t
trust_draft_num(const struct trust_draft *d)
{
	return d->num;
}

/* --- entries ------------------------------------------------------------- */

static struct entry *
find(struct trust_draft *d, struct slice id)
{
	for (size_t i = 0; i < d->num; i++) {
		if (slice_eq(d->at[i].e.id, id)) {
			return &d->at[i];
		}
	}
	return NULL;
}

static enum err
new_entry(struct trust_draft *d, struct entry **out, struct errinfo *ei)
{
	size_t room = d->room == 0 ? FIRST_ROOM : 2 * d->room;
	struct entry *at;

	if (d->num >= STL_ENTRIES_MAX) {
		return err_set(ei, ERR_LIMIT, "stl.entries", NULL,
		    "a list of more than %d entries", STL_ENTRIES_MAX);
	}
	if (d->num == d->room) {
		at = realloc(d->at, room * sizeof(*at));
		if (at == NULL) {
			return err_nomem(ei);
		}
		d->at = at;
		d->room = room;
	}
	*out = &d->at[d->num];
	**out = (struct entry){.said = false};
	return ERR_OK;
}

static enum err
copy_attributes(struct trust_draft *d, const struct stl_attribute *from,
    size_t num, struct stl_entry *out, struct errinfo *ei)
{
	struct stl_attribute *to = pool_alloc(&d->pool, num, sizeof(*to));

	if (to == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < num; i++) {
		to[i].property = from[i].property;
		if (!pool_copy(&d->pool, from[i].type, &to[i].type) ||
		    !pool_copy(&d->pool, from[i].value, &to[i].value)) {
			return err_nomem(ei);
		}
	}
	out->attributes = to;
	out->num = num;
	return ERR_OK;
}

static bool
same_attributes(
    const struct stl_entry *a, const struct stl_attribute *b, size_t num)
{
	if (a->num != num) {
		return false;
	}
	for (size_t i = 0; i < num; i++) {
		if (!slice_eq(a->attributes[i].type, b[i].type) ||
		    !slice_eq(a->attributes[i].value, b[i].value)) {
			return false;
		}
	}
	return true;
}

/* What one entry is to say. */
struct saying {
	struct slice id;
	const struct stl_attribute *at;
	size_t num;
	bool said;
};

static enum err
twice(struct slice id, struct errinfo *ei)
{
	struct buf hex = BUF_INIT(NAME_BYTES);
	enum err e;

	text_hex(&hex, id);
	e = err_set(ei, ERR_CONFLICT, "trust.twice", NULL,
	    "two of the files say different things of the root %s; take it "
	    "from one of them (--thumbprint, --name)",
	    buf_cstr(&hex));
	buf_clear(&hex);
	return e;
}

static enum err
put(struct trust_draft *d, const struct saying *s, struct errinfo *ei)
{
	struct entry *there = find(d, s->id), *new = NULL;
	struct stl_entry made = {.num = 0};
	enum err e = ERR_OK;

	if (there != NULL && (!s->said || there->said)) {
		return s->said && !same_attributes(&there->e, s->at, s->num)
			   ? twice(s->id, ei)
			   : ERR_OK;
	}
	if (!pool_copy(&d->pool, s->id, &made.id)) {
		return err_nomem(ei);
	}
	e = copy_attributes(d, s->at, s->num, &made, ei);
	if (e == ERR_OK && there == NULL) {
		e = new_entry(d, &new, ei);
		there = new;
	}
	if (e == ERR_OK) {
		*there = (struct entry){made, s->said};
		d->num += new != NULL;
	}
	return e;
}

/* --- roots -----------------------------------------------------------------
 */

void
trust_draft_put_use(struct buf *uses, struct slice purpose)
{
	der_put_oid(uses, purpose);
}

static enum err
add_row(struct trust_draft *d, const struct trust_row *row, bool from_list,
    struct slice uses, struct errinfo *ei)
{
	struct saying s = {.id = row->root.sha1, .said = true};
	struct own_root own;
	enum err e = ERR_OK;

	own_root_init(&own);
	if (from_list) {
		s.at = row->entry.attributes;
		s.num = row->entry.num;
	} else {
		own_root_take(&own, &row->entry);
		s.said = own.num > 0;
		e = own_root_finish(&own, row->cert, uses, ei);
		s.at = own.at;
		s.num = own.num;
	}
	if (e == ERR_OK) {
		e = put(d, &s, ei);
	}
	if (e == ERR_OK && row->cert != NULL) {
		e = trust_certs_add(d->certs, row->cert->der, NULL, ei);
	}
	own_root_clear(&own);
	return e;
}

enum err
trust_draft_add_rows(struct trust_draft *d, const struct trust_rows *rows,
    struct slice uses, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < rows->num; i++) {
		e = add_row(d, &rows->at[i], rows->from_list, uses, ei);
	}
	return e;
}

/* --- what is disallowed -----------------------------------------------------
 */

enum err
trust_draft_add_list(
    struct trust_draft *d, const struct stl *l, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < l->num; i++) {
		const struct saying s = {.id = l->entries[i].id,
		    .at = l->entries[i].attributes,
		    .num = l->entries[i].num,
		    .said = l->entries[i].num > 0};

		e = put(d, &s, ei);
	}
	return e;
}

static const struct entry *
entry_of(const struct trust_draft *d, const struct trust_cert *c)
{
	uint8_t md5[HASH_SIZE_MAX], tbs[HASH_SIZE_MAX];
	struct slice ids[3] = {slice_make(c->sha1, sizeof(c->sha1))};
	size_t num = d->kind == STL_ROOTS ? 1 : 0, len;

	if (num == 0 && trust_key_md5(c, md5)) {
		ids[num++] = slice_make(md5, MD5_SIZE);
	}
	if (d->kind != STL_ROOTS && trust_tbs_hash(c, tbs, &len)) {
		ids[num++] = slice_make(tbs, len);
	}
	for (size_t i = 0; i < d->num; i++) {
		for (size_t k = 0; k < num; k++) {
			if (slice_eq(d->at[i].e.id, ids[k])) {
				return &d->at[i];
			}
		}
	}
	return NULL;
}

bool
trust_draft_means(const struct trust_draft *d, const struct trust_cert *c)
{
	return entry_of(d, c) != NULL;
}

enum err
trust_draft_add_disallowed(struct trust_draft *d, const struct trust_cert *c,
    enum trust_draft_by by, struct errinfo *ei)
{
	uint8_t hash[HASH_SIZE_MAX];
	struct saying s = {.said = false};
	size_t len = MD5_SIZE;
	enum err e;

	if (c->key.len == 0) {
		return err_set(ei, ERR_FORMAT, "trust.certificate", NULL,
		    "what stands in a certificate's place is none");
	}
	if (trust_draft_means(d, c)) {
		return trust_certs_add(d->certs, c->der, NULL, ei);
	}
	if (by == DRAFT_BY_KEY ? !trust_key_md5(c, hash)
			       : !trust_tbs_hash(c, hash, &len)) {
		return err_set(ei, ERR_UNSUPPORTED, "trust.hash", NULL,
		    "a certificate with a signature that we do not know can "
		    "be named by its key alone (--by key)");
	}
	s.id = slice_make(hash, len);
	e = put(d, &s, ei);
	return e == ERR_OK ? trust_certs_add(d->certs, c->der, NULL, ei) : e;
}

/* --- taking out --------------------------------------------------------------
 */

size_t
trust_draft_remove_id(struct trust_draft *d, struct slice id)
{
	size_t num = 0;

	for (size_t i = 0; i < d->num; i++) {
		if (!slice_eq(d->at[i].e.id, id)) {
			d->at[num++] = d->at[i];
		}
	}
	id.len = d->num - num;
	d->num = num;
	return id.len;
}

size_t
trust_draft_remove_cert(struct trust_draft *d, const struct trust_cert *c)
{
	uint8_t hash[HASH_SIZE_MAX];
	size_t len, num = 0;

	if (d->kind == STL_ROOTS) {
		return trust_draft_remove_id(
		    d, slice_make(c->sha1, sizeof(c->sha1)));
	}
	if (trust_key_md5(c, hash)) {
		num += trust_draft_remove_id(d, slice_make(hash, MD5_SIZE));
	}
	if (trust_tbs_hash(c, hash, &len)) {
		num += trust_draft_remove_id(d, slice_make(hash, len));
	}
	return num;
}

/* --- the result --------------------------------------------------------------
 */

static enum err
put_identifier(struct trust_draft *d, const char *text, struct slice *out,
    struct errinfo *ei)
{
	struct buf b = BUF_INIT(NAME_BYTES);
	enum err e;

	if (!own_root_put_utf16(&b, slice_str(text))) {
		buf_clear(&b);
		return err_set(ei, ERR_FORMAT, "stl.name", NULL,
		    "a list's identifier is text in UTF-8");
	}
	e = buf_err(&b, ei);
	if (e == ERR_OK &&
	    !pool_copy(&d->pool, slice_make(b.p, b.len - 2), out)) {
		e = err_nomem(ei);
	}
	buf_clear(&b);
	return e;
}

static enum err
put_usages(struct trust_draft *d, struct slice *out, struct errinfo *ei)
{
	struct buf b = BUF_INIT(OID_BYTES_MAX + DER_HEADER_MAX);
	enum err e;

	der_put_oid(&b, oid_bytes(d->kind == STL_ROOTS ? OID_ROOT_LIST_SIGNER
						       : OID_DISALLOWED_LIST));
	e = buf_err(&b, ei);
	if (e == ERR_OK && !pool_copy(&d->pool, buf_slice(&b), out)) {
		e = err_nomem(ei);
	}
	buf_clear(&b);
	return e;
}

enum err
trust_draft_list(struct trust_draft *d, const struct trust_draft_head *head,
    struct stl *out, struct errinfo *ei)
{
	struct stl l = {
	    .kind = d->kind,
	    .sequence = head->sequence,
	    .this_update = head->this_update,
	    .has_next_update = head->next_update != 0,
	    .next_update = head->next_update,
	    .algorithm = oid_bytes(
		d->kind == STL_ROOTS ? OID_SHA1 : OID_CERT_SIGNATURE_HASH),
	    .num = d->num,
	};
	enum err e = put_usages(d, &l.usages, ei);

	if (e == ERR_OK && head->identifier != NULL) {
		e = put_identifier(d, head->identifier, &l.identifier, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	free(d->list);
	d->list = calloc(d->num + 1, sizeof(*d->list));
	if (d->list == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < d->num; i++) {
		d->list[i] = d->at[i].e;
	}
	l.entries = d->list;
	*out = l;
	return ERR_OK;
}

enum err
trust_draft_rows(
    const struct trust_draft *d, struct trust_rows *out, struct errinfo *ei)
{
	struct trust_rows r = {.said = true, .from_list = true};
	enum err e = ERR_OK;

	r.at = calloc(d->num + 1, sizeof(*r.at));
	if (r.at == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; e == ERR_OK && i < d->num; i++) {
		r.at[i] = (struct trust_row){
		    .entry = d->at[i].e,
		    .cert = trust_certs_find(d->certs, d->at[i].e.id),
		};
		e = root_read(&r.at[i].entry, &r.at[i].root, ei);
	}
	r.num = d->num;
	if (e != ERR_OK) {
		trust_rows_clear(&r);
		return e;
	}
	*out = r;
	return ERR_OK;
}

enum err
trust_draft_certs(const struct trust_draft *d, const struct trust_cert ***out,
    size_t *out_num, size_t *out_missing, struct errinfo *ei)
{
	size_t all = trust_certs_num(d->certs), num = 0, named = 0;
	const struct trust_cert **list;
	bool *seen;

	list = calloc(all + 1, sizeof(const struct trust_cert *));
	seen = calloc(d->num + 1, sizeof(*seen));
	if (list == NULL || seen == NULL) {
		free((void *)list);
		free(seen);
		return err_nomem(ei);
	}
	for (size_t i = 0; i < all; i++) {
		const struct trust_cert *c = trust_certs_at(d->certs, i);
		const struct entry *e = entry_of(d, c);

		if (e != NULL) {
			list[num++] = c;
			named += !seen[e - d->at];
			seen[e - d->at] = true;
		}
	}
	free(seen);
	*out = list;
	*out_num = num;
	*out_missing = d->num - named;
	return ERR_OK;
}
