/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/stl_build.h"

#include <string.h>

#include "base/bounds.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "trust/stl_verify.h"
#include "x509/cert.h"

enum {
	ROOTS_MARK = 0x14, /* before the time, in lists of roots */
};

/* --- the list ------------------------------------------------------------ */

static void
put_attribute(struct buf *out, const struct stl_attribute *a)
{
	size_t seq = der_open(out, DER_SEQUENCE), set;

	der_put_oid(out, a->type);
	set = der_open(out, DER_SET);
	if (a->property != 0) {
		der_put(out, DER_OCTET_STRING, a->value);
	} else {
		der_put_raw(out, a->value);
	}
	der_close(out, set);
	der_close(out, seq);
}

/* Attributes keep their order, which in Microsoft's lists is not that of DER's
 * SET OF: serialized stores are made of it (trust/export.h). */
static void
put_entry(struct buf *out, const struct stl_entry *e)
{
	size_t seq = der_open(out, DER_SEQUENCE), set;

	der_put(out, DER_OCTET_STRING, e->id);
	if (e->num > 0) {
		set = der_open(out, DER_SET);
		for (size_t i = 0; i < e->num; i++) {
			put_attribute(out, &e->attributes[i]);
		}
		der_close(out, set);
	}
	der_close(out, seq);
}

static void
put_head(struct buf *out, const struct stl *l)
{
	size_t mark;

	der_put(out, DER_SEQUENCE, l->usages);
	if (l->identifier.len > 0) {
		mark = der_open(out, DER_OCTET_STRING);
		buf_add(out, l->identifier);
		buf_add(out, slice_make("\0", 2));
		der_close(out, mark);
	}
	if (l->sequence.len > 0) {
		der_put_unsigned(out, l->sequence);
	}
	der_put_time_5280(out, l->this_update);
	if (l->has_next_update) {
		der_put_time_5280(out, l->next_update);
	}
	mark = der_open(out, DER_SEQUENCE);
	der_put_oid(out, l->algorithm);
	der_put_null(out);
	der_close(out, mark);
}

void
stl_put(struct buf *out, const struct stl *l)
{
	size_t seq = der_open(out, DER_SEQUENCE), mark;

	put_head(out, l);
	if (l->num > 0) {
		mark = der_open(out, DER_SEQUENCE);
		for (size_t i = 0; i < l->num; i++) {
			put_entry(out, &l->entries[i]);
		}
		der_close(out, mark);
	}
	if (l->extensions_der.len > 0) {
		der_put(out, DER_CONTEXT_CONS(0), l->extensions_der);
	}
	der_close(out, seq);
}

/* --- its number ---------------------------------------------------------- */

/* One more, of the same length unless it was the last of that length. */
static void
count_on(struct slice number, struct buf *out)
{
	size_t from = out->len, i;

	buf_add_u8(out, 0);
	buf_add(out, number);
	if (out->err != ERR_OK) {
		return;
	}
	for (i = out->len; i > from; i--) {
		if (++out->p[i - 1] != 0) {
			break;
		}
	}
	if (out->p[from] == 0) {
		memmove(out->p + from, out->p + from + 1, number.len);
		buf_cut(out, out->len - 1);
	}
}

static enum err
check_before(enum stl_kind kind, int64_t now, const struct stl *before,
    struct errinfo *ei)
{
	if (before->kind != kind) {
		return err_set(ei, ERR_CONFLICT, "stl.kind", NULL,
		    "a list of %s cannot replace one of %s",
		    stl_kind_name(kind), stl_kind_name(before->kind));
	}
	if (before->this_update > now) {
		return err_set(ei, ERR_CONFLICT, "stl.clock", NULL,
		    "the list that is replaced is of a later time than this "
		    "computer's clock tells; set the clock");
	}
	if (before->sequence.len >= STL_SEQUENCE_MAX) {
		return err_set(ei, ERR_LIMIT, "stl.number", NULL,
		    "the number of the list that is replaced has %zu octets; "
		    "fewer than %d are counted on from",
		    before->sequence.len, (int)STL_SEQUENCE_MAX);
	}
	return ERR_OK;
}

enum err
stl_next_number(enum stl_kind kind, int64_t now, const struct stl *before,
    struct buf *out, struct errinfo *ei)
{
	const size_t from = out->len;
	struct stl made = {.num = 0};
	enum err e = ERR_OK;

	if (before != NULL) {
		e = check_before(kind, now, before, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	if (kind == STL_ROOTS) {
		buf_add_u8(out, ROOTS_MARK);
	}
	buf_add_u64(out, trust_to_filetime(now));
	if (out->err != ERR_OK) {
		return buf_err(out, ei);
	}
	made.sequence = slice_make(out->p + from, out->len - from);
	if (before != NULL && stl_compare_age(&made, before) <= 0) {
		buf_cut(out, from);
		count_on(before->sequence, out);
	}
	return buf_err(out, ei);
}

/* --- its signature ------------------------------------------------------- */

static enum err
check_signer(const struct stl *l, struct slice der, struct errinfo *ei)
{
	struct cert *c = NULL;
	enum err e = cert_parse(der, &c, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (!stl_signs_lists(c)) {
		e = err_set(ei, ERR_POLICY, "stl.signer", NULL,
		    "the signer's certificate is not for signing lists of "
		    "trust alone: its extended key usage has to be "
		    "1.3.6.1.4.1.311.10.3.1 and nothing else");
	} else if (l->this_update < cert_not_before(c) ||
		   l->this_update > cert_not_after(c)) {
		e = err_set(ei, ERR_POLICY, "stl.signer", NULL,
		    "the signer's certificate is not valid at the list's "
		    "date");
	}
	cert_free(c);
	return e;
}

enum err
stl_sign(const struct stl *l, const struct cms_signer *signer, struct buf *out,
    struct errinfo *ei)
{
	struct buf list = BUF_INIT(STL_BYTES_MAX);
	size_t from = out->len;
	enum err e = check_signer(l, signer->cert, ei);

	if (e == ERR_OK) {
		stl_put(&list, l);
		e = buf_err(&list, ei);
	}
	if (e == ERR_OK) {
		e = cms_sign_enclosed(
		    signer, OID_CTL, buf_slice(&list), l->this_update, out, ei);
	}
	if (e == ERR_OK && out->len - from > STL_BYTES_MAX) {
		e = err_set(ei, ERR_LIMIT, "stl.length", NULL,
		    "a list of %zu octets; at most %d are read",
		    out->len - from, STL_BYTES_MAX);
	}
	buf_clear(&list);
	return e;
}
