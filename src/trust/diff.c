/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/diff.h"

#include <stdlib.h>

#include "trust/report.h"

enum {
	/* One root: disabled or enabled, limited or freed, uses, a name. */
	PER_ROOT = 4,
};

const char *
trust_change_name(enum trust_change c)
{
	static const char *const names[TRUST_CHANGE_MAX_] = {
	    [TRUST_CAME] = "came",
	    [TRUST_WENT] = "went",
	    [TRUST_DISABLED] = "disabled",
	    [TRUST_ENABLED] = "enabled",
	    [TRUST_LIMITED] = "limited",
	    [TRUST_FREED] = "freed",
	    [TRUST_USES] = "uses",
	    [TRUST_RENAMED] = "renamed",
	};

	return (unsigned)c < TRUST_CHANGE_MAX_ ? names[c] : "";
}

/* --- finding ---------------------------------------------------------------
 */

static int
by_sha1(const void *a, const void *b)
{
	const struct trust_row *const *x = a, *const *y = b;

	return slice_cmp((*x)->root.sha1, (*y)->root.sha1);
}

static const struct trust_row **
sorted(const struct trust_rows *r)
{
	const struct trust_row **list =
	    calloc(r->num + 1, sizeof(const struct trust_row *));

	for (size_t i = 0; list != NULL && i < r->num; i++) {
		list[i] = &r->at[i];
	}
	if (list != NULL && r->num > 1) {
		qsort(list, r->num, sizeof(const struct trust_row *), by_sha1);
	}
	return list;
}

static bool
same_date(const struct trust_date *a, const struct trust_date *b)
{
	return trust_date_set(a) == trust_date_set(b) &&
	       (!trust_date_set(a) || a->at == b->at);
}

static bool
has_all(struct slice of, struct slice in)
{
	struct slice oid;

	while (root_next_oid(&of, &oid)) {
		if (!root_oids_have(in, oid)) {
			return false;
		}
	}
	return true;
}

static bool
same_oids(struct slice a, struct slice b)
{
	return has_all(a, b) && has_all(b, a);
}

static void
add(struct trust_diff *d, enum trust_change change,
    const struct trust_row *before, const struct trust_row *after)
{
	d->at[d->num++] = (struct trust_difference){change, before, after};
	d->counts[change]++;
}

static void
compare(struct trust_diff *d, const struct trust_row *before,
    const struct trust_row *after)
{
	const struct root *a = &before->root, *b = &after->root;

	if (!same_date(&a->disabled, &b->disabled)) {
		add(d,
		    trust_date_set(&b->disabled) ? TRUST_DISABLED
						 : TRUST_ENABLED,
		    before, after);
	}
	if (!same_date(&a->not_before, &b->not_before) ||
	    a->not_before_for_all != b->not_before_for_all ||
	    !same_oids(a->not_before_for, b->not_before_for)) {
		add(d,
		    trust_date_set(&b->not_before) ? TRUST_LIMITED
						   : TRUST_FREED,
		    before, after);
	}
	if (a->all_purposes != b->all_purposes ||
	    !same_oids(a->purposes, b->purposes) ||
	    !same_oids(a->refused, b->refused)) {
		add(d, TRUST_USES, before, after);
	}
	if (!slice_eq(a->name, b->name)) {
		add(d, TRUST_RENAMED, before, after);
	}
}

static int
by_change(const void *a, const void *b)
{
	const struct trust_difference *x = a, *y = b;
	const struct trust_row *p = x->after != NULL ? x->after : x->before;
	const struct trust_row *q = y->after != NULL ? y->after : y->before;

	if (x->change != y->change) {
		return x->change < y->change ? -1 : 1;
	}
	return slice_cmp(p->root.sha1, q->root.sha1);
}

static void
walk(struct trust_diff *d, const struct trust_row *const *a, size_t num_a,
    const struct trust_row *const *b, size_t num_b, bool said)
{
	size_t i = 0, j = 0;

	while (i < num_a || j < num_b) {
		int order = i == num_a   ? 1
			    : j == num_b ? -1
					 : by_sha1(&a[i], &b[j]);

		if (order < 0) {
			add(d, TRUST_WENT, a[i++], NULL);
		} else if (order > 0) {
			add(d, TRUST_CAME, NULL, b[j++]);
		} else {
			if (said) {
				compare(d, a[i], b[j]);
			}
			i++;
			j++;
		}
	}
	if (d->num > 1) {
		qsort(d->at, d->num, sizeof(*d->at), by_change);
	}
}

enum err
trust_diff_of(const struct trust_rows *before, const struct trust_rows *after,
    struct trust_diff *out, struct errinfo *ei)
{
	const struct trust_row **a = sorted(before), **b = sorted(after);
	struct trust_diff d = {.num = 0};
	bool fits;

	d.at = calloc(PER_ROOT * (before->num + after->num) + 1, sizeof(*d.at));
	fits = a != NULL && b != NULL && d.at != NULL;
	if (fits) {
		walk(&d, a, before->num, b, after->num,
		    before->said && after->said);
		*out = d;
	} else {
		free(d.at);
	}
	free((void *)a);
	free((void *)b);
	return fits ? ERR_OK : err_nomem(ei);
}

void
trust_diff_clear(struct trust_diff *d)
{
	free(d->at);
	*d = (struct trust_diff){.num = 0};
}

/* --- words -----------------------------------------------------------------
 */

/* Those of `list` that `but` has not. */
static bool
put_oids_but(
    struct buf *out, const char *lead, struct slice list, struct slice but)
{
	bool any = false;
	struct slice oid;

	while (root_next_oid(&list, &oid)) {
		if (!root_oids_have(but, oid)) {
			buf_add_str(out, any ? ", " : lead);
			trust_put_purpose(out, oid);
			any = true;
		}
	}
	return any;
}

static void
put_uses(struct buf *out, const struct root *a, const struct root *b)
{
	size_t from = out->len;

	if (a->all_purposes != b->all_purposes) {
		buf_add_str(out, b->all_purposes ? "for every use now"
						 : "for these alone: ");
		(void)put_oids_but(out, "", b->purposes, SLICE_EMPTY);
		return;
	}
	(void)put_oids_but(out, "now for ", b->purposes, a->purposes);
	if (out->len > from && !has_all(a->purposes, b->purposes)) {
		buf_add_str(out, "; ");
	}
	(void)put_oids_but(out, "no longer for ", a->purposes, b->purposes);
	if (out->len > from && !same_oids(a->refused, b->refused)) {
		buf_add_str(out, "; ");
	}
	if (put_oids_but(out, "refused for ", b->refused, a->refused) &&
	    !has_all(a->refused, b->refused)) {
		buf_add_str(out, "; ");
	}
	(void)put_oids_but(
	    out, "no longer refused for ", a->refused, b->refused);
}

void
trust_difference_text(const struct trust_difference *d, struct buf *out)
{
	switch (d->change) {
	case TRUST_DISABLED:
		buf_add_str(out, "disabled since ");
		trust_put_day(out, d->after->root.disabled.at);
		break;
	case TRUST_ENABLED:
		buf_add_str(out, "no longer disabled");
		break;
	case TRUST_LIMITED:
		buf_add_str(out, "not for certificates issued since ");
		trust_put_day(out, d->after->root.not_before.at);
		(void)put_oids_but(
		    out, ", for ", d->after->root.not_before_for, SLICE_EMPTY);
		break;
	case TRUST_FREED:
		buf_add_str(out, "certificates of any date count again");
		break;
	case TRUST_USES:
		put_uses(out, &d->before->root, &d->after->root);
		break;
	case TRUST_RENAMED:
		buf_add_str(out, "was called \"");
		root_put_text(out, d->before->root.name);
		buf_add_str(out, "\"");
		break;
	case TRUST_CAME:
	case TRUST_WENT:
	case TRUST_CHANGE_MAX_:
	default:
		buf_add_str(out, trust_change_name(d->change));
		break;
	}
}
