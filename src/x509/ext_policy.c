/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions about what a certificate is for: constraints and policies. */
#include "base/bounds.h"
#include "base/text.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/ext_priv.h"
#include "x509/pool.h"
#include "x509/seq.h"

enum {
	QUALIFIERS_MAX = 16
};

/*
 * --- BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE,
 *	pathLenConstraint INTEGER (0..MAX) OPTIONAL }  (RFC 5280 4.2.1.9)
 */

enum err
ext_basic_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct ext_basic_constraints *bc = &x->u.basic;
	struct slice seq;
	uint64_t path_len = 0;
	enum err err;

	(void)pool;
	bc->path_len = -1;
	err = der_get(value, DER_SEQUENCE, &seq, ei);
	if (err == ERR_OK) {
		err = seq_flag(&seq, DER_BOOLEAN, &bc->ca, ei);
	}
	if (err == ERR_OK && seq.len > 0) {
		err = der_get_u63(&seq, DER_INTEGER, &path_len, ei);
		bc->path_len = (int64_t)path_len;
	}
	return err == ERR_OK ? der_end(seq, ei) : err;
}

void
ext_basic_build(const struct ext *x, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	if (x->u.basic.ca) {
		der_put_bool(b, true);
	}
	if (x->u.basic.path_len >= 0) {
		der_put_u63(b, DER_INTEGER, (uint64_t)x->u.basic.path_len);
	}
	der_close(b, seq);
}

void
ext_basic_print(const struct ext *x, struct buf *b)
{
	buf_add_str(b, x->u.basic.ca ? "CA" : "not a CA");
	if (x->u.basic.path_len >= 0) {
		buf_printf(
		    b, ", path length %lld", (long long)x->u.basic.path_len);
	}
}

/*
 * --- CertificatePolicies ::= SEQUENCE OF PolicyInformation
 *     PolicyInformation ::= SEQUENCE { policyIdentifier OID,
 *	policyQualifiers SEQUENCE OF PolicyQualifierInfo OPTIONAL }
 *     PolicyQualifierInfo ::= SEQUENCE { policyQualifierId OID,
 *	qualifier ANY }
 *     UserNotice ::= SEQUENCE { noticeRef NoticeReference OPTIONAL,
 *	explicitText DisplayText OPTIONAL }
 *     NoticeReference ::= SEQUENCE { organization DisplayText,
 *	noticeNumbers SEQUENCE OF INTEGER }  (RFC 5280 4.2.1.4)
 */

static enum err
parse_notice_ref(struct pool *pool, struct slice seq, struct user_notice *out,
    struct errinfo *ei)
{
	struct slice numbers;
	uint64_t *list;
	enum err err;

	if ((err = seq_text(pool, &seq, "ext.policies.notice",
		 &out->organization, ei)) != ERR_OK ||
	    (err = der_get(&seq, DER_SEQUENCE, &numbers, ei)) != ERR_OK ||
	    (err = der_end(seq, ei)) != ERR_OK) {
		return err;
	}
	list = pool_alloc(pool, NOTICE_NUMBERS_MAX, sizeof(*list));
	if (list == NULL) {
		return err_nomem(ei);
	}
	while (err == ERR_OK && numbers.len > 0) {
		if (out->num_numbers == NOTICE_NUMBERS_MAX) {
			return err_set(ei, ERR_LIMIT, "ext.policies.notice",
			    NULL, "more than %d notice numbers",
			    NOTICE_NUMBERS_MAX);
		}
		err = der_get_u63(
		    &numbers, DER_INTEGER, &list[out->num_numbers], ei);
		out->num_numbers++;
	}
	out->numbers = list;
	return err;
}

static enum err
parse_notice(struct pool *pool, struct slice *s, struct user_notice *out,
    struct errinfo *ei)
{
	struct slice seq, ref;
	enum err err;

	err = der_get(s, DER_SEQUENCE, &seq, ei);
	if (err == ERR_OK) {
		err = der_get_optional(
		    &seq, DER_SEQUENCE, &out->has_ref, &ref, ei);
	}
	if (err == ERR_OK && out->has_ref) {
		err = parse_notice_ref(pool, ref, out, ei);
	}
	if (err == ERR_OK && seq.len > 0) {
		out->has_text = true;
		err =
		    seq_text(pool, &seq, "ext.policies.notice", &out->text, ei);
	}
	return err == ERR_OK ? der_end(seq, ei) : err;
}

static enum err
parse_qualifier_value(struct pool *pool, struct slice *s,
    struct policy_qualifier *q, struct errinfo *ei)
{
	struct asn1_text text = {0};
	struct slice content, whole;
	uint8_t tag;
	enum err err;

	if (q->id == OID_QT_CPS) {
		if (der_peek(*s) != DER_IA5_STRING) {
			return err_set(ei, ERR_FORMAT, "ext.policies.cps",
			    "RFC 5280 4.2.1.4",
			    "a CPS pointer that is no IA5String");
		}
		err = seq_text(pool, s, "ext.policies.cps", &text, ei);
		q->cps = text.value;
		return err;
	}
	if (q->id == OID_QT_UNOTICE) {
		return parse_notice(pool, s, &q->notice, ei);
	}
	if ((err = der_get_any(s, &tag, &content, &whole, ei)) != ERR_OK) {
		return err;
	}
	return seq_copy(pool, whole, &q->raw, ei);
}

static enum err
parse_qualifier(struct pool *pool, struct slice *s, struct policy_qualifier *q,
    struct errinfo *ei)
{
	struct slice seq;
	enum err err;

	if ((err = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = seq_get_oid(pool, &seq, &q->oid, ei)) != ERR_OK) {
		return err;
	}
	q->id = oid_find(q->oid);
	if ((err = parse_qualifier_value(pool, &seq, q, ei)) != ERR_OK) {
		return err;
	}
	return der_end(seq, ei);
}

static enum err
parse_qualifiers(
    struct pool *pool, struct slice seq, struct policy *p, struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct policy_qualifier),
	    .max = QUALIFIERS_MAX,
	    .rule = "ext.policies.qualifiers",
	};
	struct policy_qualifier *list;
	enum err err = seq_array(pool, seq, &a, ei);

	list = a.at;
	for (size_t i = 0; err == ERR_OK && i < a.num; i++) {
		err = parse_qualifier(pool, &seq, &list[i], ei);
	}
	p->qualifiers = list;
	p->num_qualifiers = a.num;
	return err;
}

static enum err
parse_policy(
    struct pool *pool, struct slice *s, struct policy *p, struct errinfo *ei)
{
	struct slice seq, qualifiers;
	bool present = false;
	enum err err;

	if ((err = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = seq_get_oid(pool, &seq, &p->oid, ei)) != ERR_OK) {
		return err;
	}
	p->id = oid_find(p->oid);
	if ((err = der_get_optional(
		 &seq, DER_SEQUENCE, &present, &qualifiers, ei)) != ERR_OK ||
	    (present &&
		(err = parse_qualifiers(pool, qualifiers, p, ei)) != ERR_OK)) {
		return err;
	}
	return der_end(seq, ei);
}

enum err
ext_policies_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct policy),
	    .max = POLICIES_MAX,
	    .rule = "ext.policies.number",
	};
	struct policy *list;
	struct slice seq;
	enum err err = seq_array_get(pool, value, &seq, &a, ei);

	list = a.at;
	for (size_t i = 0; err == ERR_OK && i < a.num; i++) {
		err = parse_policy(pool, &seq, &list[i], ei);
	}
	x->u.policies = (struct ext_policies){list, a.num};
	return err;
}

static void
build_notice(const struct user_notice *n, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE), ref, numbers;

	if (n->has_ref) {
		ref = der_open(b, DER_SEQUENCE);
		der_put(b, n->organization.tag, n->organization.value);
		numbers = der_open(b, DER_SEQUENCE);
		for (size_t i = 0; i < n->num_numbers; i++) {
			der_put_u63(b, DER_INTEGER, n->numbers[i]);
		}
		der_close(b, numbers);
		der_close(b, ref);
	}
	if (n->has_text) {
		der_put(b, n->text.tag, n->text.value);
	}
	der_close(b, seq);
}

static void
build_qualifier(const struct policy_qualifier *q, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	der_put_oid(b, q->oid);
	if (q->id == OID_QT_CPS) {
		der_put(b, DER_IA5_STRING, q->cps);
	} else if (q->id == OID_QT_UNOTICE) {
		build_notice(&q->notice, b);
	} else {
		der_put_raw(b, q->raw);
	}
	der_close(b, seq);
}

static void
build_policy(const struct policy *p, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE), qualifiers;

	der_put_oid(b, p->oid);
	if (p->num_qualifiers > 0) {
		qualifiers = der_open(b, DER_SEQUENCE);
		for (size_t i = 0; i < p->num_qualifiers; i++) {
			build_qualifier(&p->qualifiers[i], b);
		}
		der_close(b, qualifiers);
	}
	der_close(b, seq);
}

void
ext_policies_build(const struct ext *x, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	for (size_t i = 0; i < x->u.policies.num; i++) {
		build_policy(&x->u.policies.list[i], b);
	}
	der_close(b, seq);
}

static void
print_qualifier(const struct policy_qualifier *q, struct buf *b)
{
	if (q->id == OID_QT_CPS) {
		buf_add_str(b, " CPS ");
		asn1_text_print((struct asn1_text){DER_IA5_STRING, q->cps}, b);
	} else if (q->id == OID_QT_UNOTICE) {
		buf_add_str(b, " notice");
		if (q->notice.has_ref) {
			buf_add_str(b, " of ");
			asn1_text_print(q->notice.organization, b);
		}
		if (q->notice.has_text) {
			buf_add_str(b, " \"");
			asn1_text_print(q->notice.text, b);
			buf_add_u8(b, '"');
		}
	} else {
		buf_add_u8(b, ' ');
		ext_print_oid(q->oid, b);
		buf_add_str(b, " #");
		text_hex(b, q->raw);
	}
}

void
ext_policies_print(const struct ext *x, struct buf *b)
{
	for (size_t i = 0; i < x->u.policies.num; i++) {
		const struct policy *p = &x->u.policies.list[i];

		buf_add_str(b, i > 0 ? ", " : "");
		ext_print_oid(p->oid, b);
		for (size_t j = 0; j < p->num_qualifiers; j++) {
			print_qualifier(&p->qualifiers[j], b);
		}
	}
}
