/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions made of names: alternative names, constraints, access. */
#include "base/bounds.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/ext_priv.h"
#include "x509/seq.h"

/* --- GeneralNames: SAN, IAN, certificateIssuer ------------------------- */

enum err
ext_names_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct slice seq;
	enum err err;

	if ((err = der_get(value, DER_SEQUENCE, &seq, ei)) != ERR_OK) {
		return err;
	}
	return general_names_content(pool, seq, &x->u.names, ei);
}

void
ext_names_build(const struct ext *x, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	general_names_put(&x->u.names, b);
	der_close(b, seq);
}

void
ext_names_print(const struct ext *x, struct buf *b)
{
	general_names_print(&x->u.names, b);
}

/*
 * --- NameConstraints ::= SEQUENCE {
 *	permittedSubtrees [0] SEQUENCE OF GeneralSubtree OPTIONAL,
 *	excludedSubtrees  [1] SEQUENCE OF GeneralSubtree OPTIONAL }
 *     GeneralSubtree ::= SEQUENCE { base GeneralName,
 *	minimum [0] INTEGER DEFAULT 0, maximum [1] INTEGER OPTIONAL }
 * RFC 5280 4.2.1.10 has neither minimum nor maximum.
 */

static enum err
parse_subtrees(struct pool *pool, struct slice content,
    struct general_names *out, struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct general_name),
	    .max = GENERAL_NAMES_MAX,
	    .rule = "ext.name_constraints.number",
	};
	struct general_name *list;
	struct slice subtree;
	enum err err = seq_array(pool, content, &a, ei);

	list = a.at;
	for (size_t i = 0; err == ERR_OK && i < a.num; i++) {
		err = der_get(&content, DER_SEQUENCE, &subtree, ei);
		if (err == ERR_OK) {
			err = general_name_get(pool, &subtree, &list[i], ei);
		}
		if (err == ERR_OK && subtree.len > 0) {
			err = err_set(ei, ERR_UNSUPPORTED,
			    "ext.name_constraints.minimum", "RFC 5280 4.2.1.10",
			    "a subtree with a minimum or maximum");
		}
	}
	*out = (struct general_names){list, a.num};
	return err;
}

enum err
ext_constraints_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct ext_name_constraints *nc = &x->u.constraints;
	struct slice seq, content;
	bool permitted = false, excluded = false;
	enum err err;

	if ((err = der_get(value, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = der_get_optional(&seq, DER_CONTEXT_CONS(0), &permitted,
		 &content, ei)) != ERR_OK ||
	    (permitted && (err = parse_subtrees(
			       pool, content, &nc->permitted, ei)) != ERR_OK) ||
	    (err = der_get_optional(&seq, DER_CONTEXT_CONS(1), &excluded,
		 &content, ei)) != ERR_OK ||
	    (excluded && (err = parse_subtrees(
			      pool, content, &nc->excluded, ei)) != ERR_OK) ||
	    (err = der_end(seq, ei)) != ERR_OK) {
		return err;
	}
	if (!permitted && !excluded) {
		return err_set(ei, ERR_FORMAT, "ext.name_constraints.empty",
		    "RFC 5280 4.2.1.10", "constraints that constrain nothing");
	}
	return ERR_OK;
}

static void
build_subtrees(const struct general_names *gns, uint8_t tag, struct buf *b)
{
	size_t mark;

	if (gns->num == 0) {
		return;
	}
	mark = der_open(b, tag);
	for (size_t i = 0; i < gns->num; i++) {
		size_t seq = der_open(b, DER_SEQUENCE);

		general_name_put(&gns->list[i], b);
		der_close(b, seq);
	}
	der_close(b, mark);
}

void
ext_constraints_build(const struct ext *x, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	build_subtrees(&x->u.constraints.permitted, DER_CONTEXT_CONS(0), b);
	build_subtrees(&x->u.constraints.excluded, DER_CONTEXT_CONS(1), b);
	der_close(b, seq);
}

void
ext_constraints_print(const struct ext *x, struct buf *b)
{
	const struct ext_name_constraints *nc = &x->u.constraints;

	if (nc->permitted.num > 0) {
		buf_add_str(b, "permitted ");
		general_names_print(&nc->permitted, b);
	}
	if (nc->excluded.num > 0) {
		buf_add_str(b, nc->permitted.num > 0 ? "; " : "");
		buf_add_str(b, "excluded ");
		general_names_print(&nc->excluded, b);
	}
}

/*
 * --- AuthorityInfoAccessSyntax ::= SEQUENCE OF AccessDescription
 *     AccessDescription ::= SEQUENCE { accessMethod OID,
 *	accessLocation GeneralName }  (RFC 5280 4.2.2.1)
 */

static enum err
parse_access(struct pool *pool, struct slice *s, struct access_description *out,
    struct errinfo *ei)
{
	struct slice seq;
	enum err err;

	if ((err = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = seq_get_oid(pool, &seq, &out->method, ei)) != ERR_OK ||
	    (err = general_name_get(pool, &seq, &out->location, ei)) !=
		ERR_OK) {
		return err;
	}
	return der_end(seq, ei);
}

enum err
ext_aia_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct access_description),
	    .max = GENERAL_NAMES_MAX,
	    .rule = "ext.aia.number",
	};
	struct access_description *list;
	struct slice seq;
	enum err err = seq_array_get(pool, value, &seq, &a, ei);

	list = a.at;
	for (size_t i = 0; err == ERR_OK && i < a.num; i++) {
		err = parse_access(pool, &seq, &list[i], ei);
	}
	x->u.aia = (struct ext_aia){list, a.num};
	return err;
}

void
ext_aia_build(const struct ext *x, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	for (size_t i = 0; i < x->u.aia.num; i++) {
		size_t access = der_open(b, DER_SEQUENCE);

		der_put_oid(b, x->u.aia.list[i].method);
		general_name_put(&x->u.aia.list[i].location, b);
		der_close(b, access);
	}
	der_close(b, seq);
}

void
ext_aia_print(const struct ext *x, struct buf *b)
{
	for (size_t i = 0; i < x->u.aia.num; i++) {
		buf_add_str(b, i > 0 ? ", " : "");
		ext_print_oid(x->u.aia.list[i].method, b);
		buf_add_u8(b, ' ');
		general_name_print(&x->u.aia.list[i].location, b);
	}
}
