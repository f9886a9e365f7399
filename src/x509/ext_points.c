/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where revocation lists are: cRLDistributionPoints, freshestCRL, and the
 * list's own issuingDistributionPoint (RFC 5280 4.2.1.13, 5.2.5).
 *
 *	DistributionPoint ::= SEQUENCE {
 *		distributionPoint [0] DistributionPointName OPTIONAL,
 *		reasons           [1] ReasonFlags OPTIONAL,
 *		cRLIssuer         [2] GeneralNames OPTIONAL }
 *	DistributionPointName ::= CHOICE {
 *		fullName                [0] GeneralNames,
 *		nameRelativeToCRLIssuer [1] RelativeDistinguishedName }
 */
#include "base/bounds.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/ext_priv.h"
#include "x509/name.h"
#include "x509/seq.h"

enum {
	REASON_BITS = 9 /* RFC 5280 4.2.1.13, unused(0) to aACompromise(8) */
};

/* The content of an RDN becomes a name of that one RDN. */
static enum err
parse_relative(struct pool *pool, struct slice content, struct dist_point *out,
    struct errinfo *ei)
{
	struct buf der = BUF_INIT(EXT_VALUE_MAX);
	struct name *name = NULL;
	size_t seq = der_open(&der, DER_SEQUENCE);
	enum err err;

	der_put(&der, DER_SET, content);
	der_close(&der, seq);
	err = buf_err(&der, ei);
	if (err == ERR_OK) {
		err = name_parse_in(pool, buf_slice(&der), &name, ei);
	}
	out->relative = name;
	buf_clear(&der);
	return err;
}

/* The inside of [0]: a CHOICE, so that the tag is explicit. */
static enum err
parse_point_name(struct pool *pool, struct slice choice, struct dist_point *out,
    struct errinfo *ei)
{
	struct slice content;
	uint8_t tag = 0;
	enum err err;

	if ((err = der_get_any(&choice, &tag, &content, NULL, ei)) != ERR_OK ||
	    (err = der_end(choice, ei)) != ERR_OK) {
		return err;
	}
	if (tag == DER_CONTEXT_CONS(0)) {
		return general_names_content(pool, content, &out->full, ei);
	}
	if (tag == DER_CONTEXT_CONS(1)) {
		return parse_relative(pool, content, out, ei);
	}
	return err_set(ei, ERR_FORMAT, "ext.crl_points.name",
	    "RFC 5280 4.2.1.13", "tag %02x is no kind of a point's name", tag);
}

static enum err
parse_reasons(
    struct slice *s, uint8_t tag, struct dist_point *out, struct errinfo *ei)
{
	struct slice content;
	enum err err;

	err = der_get_optional(s, tag, &out->has_reasons, &content, ei);
	if (err != ERR_OK || !out->has_reasons) {
		return err;
	}
	return seq_named_bits(
	    content, REASON_BITS, "ext.crl_points.reasons", &out->reasons, ei);
}

static enum err
parse_point(struct pool *pool, struct slice *s, struct dist_point *out,
    struct errinfo *ei)
{
	struct slice seq, content;
	bool name = false, issuer = false;
	enum err err;

	if ((err = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = der_get_optional(
		 &seq, DER_CONTEXT_CONS(0), &name, &content, ei)) != ERR_OK ||
	    (name &&
		(err = parse_point_name(pool, content, out, ei)) != ERR_OK) ||
	    (err = parse_reasons(&seq, DER_CONTEXT(1), out, ei)) != ERR_OK ||
	    (err = der_get_optional(
		 &seq, DER_CONTEXT_CONS(2), &issuer, &content, ei)) != ERR_OK ||
	    (issuer && (err = general_names_content(
			    pool, content, &out->crl_issuer, ei)) != ERR_OK) ||
	    (err = der_end(seq, ei)) != ERR_OK) {
		return err;
	}
	if (!name && !issuer) {
		return err_set(ei, ERR_FORMAT, "ext.crl_points.empty",
		    "RFC 5280 4.2.1.13",
		    "a distribution point with neither a name nor an issuer");
	}
	return ERR_OK;
}

enum err
ext_points_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct dist_point),
	    .max = GENERAL_NAMES_MAX,
	    .rule = "ext.crl_points.number",
	};
	struct dist_point *list;
	struct slice seq;
	enum err err = seq_array_get(pool, value, &seq, &a, ei);

	list = a.at;
	for (size_t i = 0; err == ERR_OK && i < a.num; i++) {
		err = parse_point(pool, &seq, &list[i], ei);
	}
	x->u.points = (struct dist_points){list, a.num};
	return err;
}

static void
build_relative(const struct name *name, struct buf *b)
{
	struct buf der = BUF_INIT(EXT_VALUE_MAX);
	struct slice whole, seq, set;

	name_build(name, &der);
	whole = buf_slice(&der);
	if (der.err != ERR_OK) {
		b->err = b->err == ERR_OK ? der.err : b->err;
	} else {
		ensure(der_get(&whole, DER_SEQUENCE, &seq, NULL) == ERR_OK &&
		       der_get(&seq, DER_SET, &set, NULL) == ERR_OK &&
		       seq.len == 0);
		der_put(b, DER_CONTEXT_CONS(1), set);
	}
	buf_clear(&der);
}

static void
build_point_name(const struct dist_point *p, struct buf *b)
{
	size_t name, full;

	if (p->full.num == 0 && p->relative == NULL) {
		return;
	}
	name = der_open(b, DER_CONTEXT_CONS(0));
	if (p->relative != NULL) {
		build_relative(p->relative, b);
	} else {
		full = der_open(b, DER_CONTEXT_CONS(0));
		general_names_put(&p->full, b);
		der_close(b, full);
	}
	der_close(b, name);
}

static void
build_point(const struct dist_point *p, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	build_point_name(p, b);
	if (p->has_reasons) {
		der_put_named_bits(b, DER_CONTEXT(1), p->reasons);
	}
	if (p->crl_issuer.num > 0) {
		size_t issuer = der_open(b, DER_CONTEXT_CONS(2));

		general_names_put(&p->crl_issuer, b);
		der_close(b, issuer);
	}
	der_close(b, seq);
}

void
ext_points_build(const struct ext *x, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	for (size_t i = 0; i < x->u.points.num; i++) {
		build_point(&x->u.points.list[i], b);
	}
	der_close(b, seq);
}

static void
print_point(const struct dist_point *p, struct buf *b)
{
	general_names_print(&p->full, b);
	if (p->relative != NULL) {
		buf_add_str(b, "relative ");
		name_print(p->relative, b);
	}
	if (p->has_reasons) {
		buf_printf(b, " reasons %03x", p->reasons);
	}
	if (p->crl_issuer.num > 0) {
		buf_add_str(b, " issuer ");
		general_names_print(&p->crl_issuer, b);
	}
}

void
ext_points_print(const struct ext *x, struct buf *b)
{
	for (size_t i = 0; i < x->u.points.num; i++) {
		buf_add_str(b, i > 0 ? ", " : "");
		print_point(&x->u.points.list[i], b);
	}
}

/*
 * --- IssuingDistributionPoint ::= SEQUENCE {
 *	distributionPoint          [0] DistributionPointName OPTIONAL,
 *	onlyContainsUserCerts      [1] BOOLEAN DEFAULT FALSE,
 *	onlyContainsCACerts        [2] BOOLEAN DEFAULT FALSE,
 *	onlySomeReasons            [3] ReasonFlags OPTIONAL,
 *	indirectCRL                [4] BOOLEAN DEFAULT FALSE,
 *	onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
 */

enum err
ext_idp_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct ext_idp *idp = &x->u.idp;
	struct slice seq, content;
	bool name = false;
	enum err err;

	if ((err = der_get(value, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = der_get_optional(
		 &seq, DER_CONTEXT_CONS(0), &name, &content, ei)) != ERR_OK ||
	    (name && (err = parse_point_name(pool, content, &idp->point, ei)) !=
			 ERR_OK) ||
	    (err = seq_flag(&seq, DER_CONTEXT(1), &idp->only_user_certs, ei)) !=
		ERR_OK ||
	    (err = seq_flag(&seq, DER_CONTEXT(2), &idp->only_ca_certs, ei)) !=
		ERR_OK ||
	    (err = parse_reasons(&seq, DER_CONTEXT(3), &idp->point, ei)) !=
		ERR_OK ||
	    (err = seq_flag(&seq, DER_CONTEXT(4), &idp->indirect, ei)) !=
		ERR_OK ||
	    (err = seq_flag(&seq, DER_CONTEXT(5), &idp->only_attribute_certs,
		 ei)) != ERR_OK) {
		return err;
	}
	return der_end(seq, ei);
}

static void
build_flag(bool flag, uint8_t tag, struct buf *b)
{
	if (flag) {
		der_put(b, tag, SLICE_LIT("\xff"));
	}
}

void
ext_idp_build(const struct ext *x, struct buf *b)
{
	const struct ext_idp *idp = &x->u.idp;
	size_t seq = der_open(b, DER_SEQUENCE);

	build_point_name(&idp->point, b);
	build_flag(idp->only_user_certs, DER_CONTEXT(1), b);
	build_flag(idp->only_ca_certs, DER_CONTEXT(2), b);
	if (idp->point.has_reasons) {
		der_put_named_bits(b, DER_CONTEXT(3), idp->point.reasons);
	}
	build_flag(idp->indirect, DER_CONTEXT(4), b);
	build_flag(idp->only_attribute_certs, DER_CONTEXT(5), b);
	der_close(b, seq);
}

void
ext_idp_print(const struct ext *x, struct buf *b)
{
	const struct ext_idp *idp = &x->u.idp;

	print_point(&idp->point, b);
	buf_add_str(b, idp->only_user_certs ? " onlyUserCerts" : "");
	buf_add_str(b, idp->only_ca_certs ? " onlyCACerts" : "");
	buf_add_str(b, idp->indirect ? " indirectCRL" : "");
	buf_add_str(b, idp->only_attribute_certs ? " onlyAttributeCerts" : "");
}
