/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/hash.h"

enum {
	NAME_BYTES = 4096,
	NAMES_BYTES = 2 * NAME_BYTES, /* the list's and the subject's */
};

/* --- making ----------------------------------------------------------------
 */

static enum err
check_sha256(const struct trust_row *row, struct errinfo *ei)
{
	uint8_t sha256[SHA256_SIZE];
	enum err e;

	if (row->cert == NULL || row->root.sha256.len == 0) {
		return ERR_OK;
	}
	e = sha256_of(row->cert->der, sha256, ei);
	if (e == ERR_OK &&
	    memcmp(sha256, row->root.sha256.p, SHA256_SIZE) != 0) {
		struct buf name = BUF_INIT(NAME_BYTES);

		trust_row_name(row, &name);
		e = err_set(ei, ERR_FORMAT, "trust.sha256", NULL,
		    "the certificate of \"%s\" is not the one that the list "
		    "means: its SHA-256 is another",
		    buf_cstr(&name));
		buf_clear(&name);
	}
	return e;
}

static enum err
add_row(struct trust_rows *r, const struct stl_entry *entry,
    const struct trust_cert *cert, struct errinfo *ei)
{
	struct trust_row *row = &r->at[r->num];
	enum err e;

	*row = (struct trust_row){.entry = *entry, .cert = cert};
	e = root_read(&row->entry, &row->root, ei);
	if (e == ERR_OK) {
		e = check_sha256(row, ei);
	}
	r->num += e == ERR_OK;
	return e;
}

static const struct trust_cert *
look_for(const struct trust_file *f, const struct trust_certs *more,
    struct slice sha1)
{
	const struct trust_cert *c = trust_certs_find(f->certs, sha1);

	return c != NULL || more == NULL ? c : trust_certs_find(more, sha1);
}

static enum err
from_list(struct trust_rows *r, const struct trust_file *f, const struct stl *l,
    const struct trust_certs *more, struct errinfo *ei)
{
	enum err e = ERR_OK;

	r->said = true;
	r->from_list = true;
	for (size_t i = 0; e == ERR_OK && i < l->num; i++) {
		e = add_row(
		    r, &l->entries[i], look_for(f, more, l->entries[i].id), ei);
	}
	return e;
}

static enum err
from_element(struct trust_rows *r, const struct trust_file *f,
    const struct sst_element *el, struct errinfo *ei)
{
	uint8_t sha1[HASH_SIZE_MAX];
	struct stl_entry entry = el->entry;
	const struct trust_cert *cert;
	enum err e = hash_of(HASH_SHA1, el->der, sha1, ei);

	if (e != ERR_OK) {
		return e;
	}
	cert = trust_certs_find(f->certs, slice_make(sha1, ROOT_SHA1));
	if (cert == NULL) {
		return err_set(ei, ERR_FORMAT, "trust.certificate", NULL,
		    "what stands in a certificate's place is none");
	}
	if (entry.id.len > 0 &&
	    !slice_eq(entry.id, slice_make(cert->sha1, ROOT_SHA1))) {
		return err_set(ei, ERR_FORMAT, "trust.sha1", NULL,
		    "a certificate of the store has another thumbprint than "
		    "the store says");
	}
	entry.id = slice_make(cert->sha1, ROOT_SHA1);
	/* Windows writes at least the thumbprint; uses are what counts. */
	r->said = r->said || entry.num > 1;
	return add_row(r, &entry, cert, ei);
}

static enum err
from_store(struct trust_rows *r, const struct trust_file *f,
    const struct sst *s, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < s->num; i++) {
		if (s->elements[i].kind == SST_CERT) {
			e = from_element(r, f, &s->elements[i], ei);
		}
	}
	return e;
}

static enum err
from_certs(
    struct trust_rows *r, const struct trust_certs *certs, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < trust_certs_num(certs); i++) {
		const struct trust_cert *c = trust_certs_at(certs, i);

		e = add_row(r,
		    &(struct stl_entry){.id = slice_make(c->sha1, ROOT_SHA1)},
		    c, ei);
	}
	return e;
}

static size_t
most(const struct trust_file *f, const struct trust_part *part)
{
	switch (part->content) {
	case TRUST_LIST:
		return part->list.num;
	case TRUST_STORE:
		return part->store.num;
	case TRUST_CERTS:
		break;
	}
	return trust_certs_num(f->certs);
}

enum err
trust_rows_of(const struct trust_file *f, const struct trust_part *part,
    const struct trust_certs *more, struct trust_rows *out, struct errinfo *ei)
{
	struct trust_rows r = {.num = 0};
	enum err e = ERR_OK;

	*out = r;
	if (part->content == TRUST_LIST && part->list.kind != STL_ROOTS) {
		return err_set(ei, ERR_UNSUPPORTED, "trust.rows", NULL,
		    "a list of %s names no roots",
		    stl_kind_name(part->list.kind));
	}
	r.at = calloc(most(f, part) + 1, sizeof(*r.at));
	if (r.at == NULL) {
		return err_nomem(ei);
	}
	switch (part->content) {
	case TRUST_LIST:
		e = from_list(&r, f, &part->list, more, ei);
		break;
	case TRUST_STORE:
		e = from_store(&r, f, &part->store, ei);
		break;
	case TRUST_CERTS:
		e = from_certs(&r, f->certs, ei);
		break;
	}
	if (e != ERR_OK) {
		trust_rows_clear(&r);
		return e;
	}
	*out = r;
	return ERR_OK;
}

void
trust_rows_clear(struct trust_rows *r)
{
	free(r->at);
	*r = (struct trust_rows){.num = 0};
}

/* --- asking ----------------------------------------------------------------
 */

void
trust_row_name(const struct trust_row *row, struct buf *out)
{
	if (row->root.name.len > 0) {
		root_put_text(out, row->root.name);
	} else if (row->cert != NULL) {
		trust_cert_put_name(row->cert, out);
	}
}

static bool
has_name(const struct trust_row *row, const char *wanted)
{
	struct buf name = BUF_INIT(NAMES_BYTES), in = BUF_INIT(NAMES_BYTES),
		   sought = BUF_INIT(NAME_BYTES),
		   subject = BUF_INIT(NAME_BYTES);
	bool found;

	trust_row_name(row, &name);
	if (row->cert != NULL) {
		trust_cert_put_subject(row->cert, &subject);
		buf_add_u8(&name, ' ');
		buf_add(&name, buf_slice(&subject));
	}
	text_fold(&in, buf_slice(&name));
	text_fold(&sought, slice_str(wanted));
	found = strstr(buf_cstr(&in), buf_cstr(&sought)) != NULL;
	buf_clear(&name);
	buf_clear(&in);
	buf_clear(&sought);
	buf_clear(&subject);
	return found;
}

static bool
among(struct slice sha1s, struct slice sha1)
{
	struct slice one;

	while (slice_get_bytes(&sha1s, ROOT_SHA1, &one)) {
		if (slice_eq(one, sha1)) {
			return true;
		}
	}
	return false;
}

static bool
is_for(const struct root *r, struct slice purpose)
{
	return purpose.len == 0 ||
	       ((r->all_purposes || root_oids_have(r->purposes, purpose)) &&
		   !root_oids_have(r->refused, purpose));
}

static bool
keeps(const struct trust_filter *f, const struct trust_row *row)
{
	return (f->sha1s.len == 0 || among(f->sha1s, row->root.sha1)) &&
	       is_for(&row->root, f->purpose) &&
	       (!f->has_at || root_trusted(&row->root, f->purpose, f->at) ==
				  ROOT_TRUSTED) &&
	       (f->name == NULL || has_name(row, f->name));
}

void
trust_rows_filter(struct trust_rows *r, const struct trust_filter *f)
{
	size_t num = 0;

	for (size_t i = 0; i < r->num; i++) {
		if (keeps(f, &r->at[i])) {
			r->at[num++] = r->at[i];
		}
	}
	r->num = num;
}
