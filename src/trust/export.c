/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/export.h"

#include <stdlib.h>

#include "base/text.h"
#include "trust/sst.h"
#include "x509/p7b.h"
#include "x509/pem.h"

size_t
trust_num_missing(const struct trust_rows *r)
{
	size_t num = 0;

	for (size_t i = 0; i < r->num; i++) {
		num += r->at[i].cert == NULL;
	}
	return num;
}

enum err
trust_export_check(const struct trust_rows *r, bool skip, struct errinfo *ei)
{
	struct buf what = BUF_INIT(4096);
	const struct trust_row *first = r->at;

	if (skip || trust_num_missing(r) == 0) {
		return ERR_OK;
	}
	while (first->cert != NULL) {
		first++;
	}
	text_hex(&what, first->root.sha1);
	buf_add_str(&what, " \"");
	trust_row_name(first, &what);
	buf_add_str(&what, "\"");
	(void)err_set(ei, ERR_NOTFOUND, "trust.missing", NULL,
	    "%zu of %zu certificates are not at hand, the first of them %s; "
	    "--certs names a directory or file that has them, --skip-missing "
	    "leaves them out",
	    trust_num_missing(r), r->num, buf_cstr(&what));
	buf_clear(&what);
	return ERR_NOTFOUND;
}

/* --- a serialized store ----------------------------------------------------
 */

static int
descending(const void *a, const void *b)
{
	const struct trust_row *const *x = a, *const *y = b;

	return slice_cmp((*y)->root.sha1, (*x)->root.sha1);
}

static void
put_property(struct buf *out, const struct stl_attribute *a)
{
	/* What is no property of a store has no number there. */
	if (a->property != 0 && a->property != TRUST_SHA1) {
		sst_put_property(out, a->property, a->value);
	}
}

static void
put_element(struct buf *out, const struct trust_row *row, bool from_list)
{
	const struct stl_entry *e = &row->entry;

	for (size_t i = 0; i < e->num; i++) {
		put_property(
		    out, &e->attributes[from_list ? e->num - 1 - i : i]);
	}
	sst_put_property(out, TRUST_SHA1, row->root.sha1);
	sst_put_cert(out, row->cert->der);
}

enum err
trust_export_sst(
    const struct trust_rows *r, bool skip, struct buf *out, struct errinfo *ei)
{
	const struct trust_row **order;
	enum err e = trust_export_check(r, skip, ei);

	if (e != ERR_OK) {
		return e;
	}
	order = calloc(r->num + 1, sizeof(const struct trust_row *));
	if (order == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < r->num; i++) {
		order[i] = &r->at[i];
	}
	if (r->from_list && r->num > 1) {
		qsort(order, r->num, sizeof(const struct trust_row *),
		    descending);
	}
	sst_begin(out);
	for (size_t i = 0; i < r->num; i++) {
		if (order[i]->cert != NULL) {
			put_element(out, order[i], r->from_list);
		}
	}
	sst_end(out);
	free((void *)order);
	return buf_err(out, ei);
}

/* --- certificates alone ----------------------------------------------------
 */

enum err
trust_export_p7b(
    const struct trust_rows *r, bool skip, struct buf *out, struct errinfo *ei)
{
	struct slice *list;
	size_t num = 0;
	enum err e = trust_export_check(r, skip, ei);

	if (e != ERR_OK) {
		return e;
	}
	list = calloc(r->num + 1, sizeof(*list));
	if (list == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < r->num; i++) {
		if (r->at[i].cert != NULL) {
			list[num++] = r->at[i].cert->der;
		}
	}
	p7b_build(list, num, out);
	free(list);
	return buf_err(out, ei);
}

enum err
trust_export_pem(
    const struct trust_rows *r, bool skip, struct buf *out, struct errinfo *ei)
{
	enum err e = trust_export_check(r, skip, ei);

	for (size_t i = 0; e == ERR_OK && i < r->num; i++) {
		if (r->at[i].cert != NULL) {
			buf_add_str(out, "# ");
			trust_row_name(&r->at[i], out);
			buf_add_u8(out, '\n');
			pem_put(out, PEM_CERTIFICATE, r->at[i].cert->der);
		}
	}
	return e == ERR_OK ? buf_err(out, ei) : e;
}
