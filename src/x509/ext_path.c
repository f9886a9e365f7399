/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions of CA certificates that steer policies along a path. */
#include "base/bounds.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/ext_priv.h"
#include "x509/seq.h"

/*
 * --- PolicyMappings ::= SEQUENCE OF SEQUENCE { issuerDomainPolicy OID,
 *	subjectDomainPolicy OID }  (RFC 5280 4.2.1.5)
 */

static enum err
parse_mapping(struct pool *pool, struct slice *s, struct policy_mapping *out,
    struct errinfo *ei)
{
	struct slice seq, issuer, subject;
	enum err err;

	err = der_get(s, DER_SEQUENCE, &seq, ei);
	if (err == ERR_OK) {
		err = der_get_oid(&seq, &issuer, ei);
	}
	if (err == ERR_OK) {
		err = der_get_oid(&seq, &subject, ei);
	}
	if (err == ERR_OK) {
		err = der_end(seq, ei);
	}
	if (err == ERR_OK) {
		err = seq_copy_oid(pool, issuer, &out->issuer, ei);
	}
	return err == ERR_OK ? seq_copy_oid(pool, subject, &out->subject, ei)
			     : err;
}

enum err
ext_mappings_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct policy_mapping),
	    .max = POLICIES_MAX,
	    .rule = "ext.policy_mappings.number",
	};
	struct policy_mapping *list;
	struct slice seq;
	enum err err = seq_array_get(pool, value, &seq, &a, ei);

	list = a.at;
	for (size_t i = 0; err == ERR_OK && i < a.num; i++) {
		err = parse_mapping(pool, &seq, &list[i], ei);
	}
	x->u.mappings = (struct ext_policy_mappings){list, a.num};
	return err;
}

void
ext_mappings_build(const struct ext *x, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	for (size_t i = 0; i < x->u.mappings.num; i++) {
		size_t pair = der_open(b, DER_SEQUENCE);

		der_put_oid(b, x->u.mappings.list[i].issuer);
		der_put_oid(b, x->u.mappings.list[i].subject);
		der_close(b, pair);
	}
	der_close(b, seq);
}

void
ext_mappings_print(const struct ext *x, struct buf *b)
{
	for (size_t i = 0; i < x->u.mappings.num; i++) {
		buf_add_str(b, i > 0 ? ", " : "");
		ext_print_oid(x->u.mappings.list[i].issuer, b);
		buf_add_str(b, " = ");
		ext_print_oid(x->u.mappings.list[i].subject, b);
	}
}

/*
 * --- PolicyConstraints ::= SEQUENCE {
 *	requireExplicitPolicy [0] INTEGER (0..MAX) OPTIONAL,
 *	inhibitPolicyMapping  [1] INTEGER (0..MAX) OPTIONAL }
 * At least one of the two (RFC 5280 4.2.1.11).
 */

static enum err
parse_skip(struct slice *seq, unsigned tag, int64_t *out, struct errinfo *ei)
{
	struct slice content;
	bool present = false;
	uint64_t value = 0;
	enum err err;

	*out = -1;
	err = der_get_optional(
	    seq, (uint8_t)DER_CONTEXT(tag), &present, &content, ei);
	if (err != ERR_OK || !present) {
		return err;
	}
	err = der_integer_content(content, ei);
	if (err != ERR_OK) {
		return err;
	}
	if ((content.p[0] & 0x80) != 0 || content.len > sizeof(value)) {
		return err_set(ei, ERR_FORMAT, "ext.policy_constraints.number",
		    "RFC 5280 4.2.1.11",
		    "a number of certificates below 0 or above 2^63");
	}
	for (size_t i = 0; i < content.len; i++) {
		value = value << 8 | content.p[i];
	}
	*out = (int64_t)value;
	return ERR_OK;
}

enum err
ext_skips_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct ext_policy_constraints *pc = &x->u.policy_constraints;
	struct slice seq;
	enum err err;

	(void)pool;
	err = der_get(value, DER_SEQUENCE, &seq, ei);
	if (err == ERR_OK) {
		err = parse_skip(&seq, 0, &pc->require_explicit, ei);
	}
	if (err == ERR_OK) {
		err = parse_skip(&seq, 1, &pc->inhibit_mapping, ei);
	}
	if (err == ERR_OK) {
		err = der_end(seq, ei);
	}
	if (err == ERR_OK && pc->require_explicit < 0 &&
	    pc->inhibit_mapping < 0) {
		err = err_set(ei, ERR_FORMAT, "ext.policy_constraints.empty",
		    "RFC 5280 4.2.1.11", "constraints that constrain nothing");
	}
	return err;
}

static void
build_skip(int64_t value, unsigned tag, struct buf *b)
{
	if (value >= 0) {
		der_put_u63(b, (uint8_t)DER_CONTEXT(tag), (uint64_t)value);
	}
}

void
ext_skips_build(const struct ext *x, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	build_skip(x->u.policy_constraints.require_explicit, 0, b);
	build_skip(x->u.policy_constraints.inhibit_mapping, 1, b);
	der_close(b, seq);
}

void
ext_skips_print(const struct ext *x, struct buf *b)
{
	const struct ext_policy_constraints *pc = &x->u.policy_constraints;

	if (pc->require_explicit >= 0) {
		buf_printf(b, "a policy is required after %lld",
		    (long long)pc->require_explicit);
	}
	if (pc->inhibit_mapping >= 0) {
		buf_printf(b, "%smapping ends after %lld",
		    pc->require_explicit >= 0 ? ", " : "",
		    (long long)pc->inhibit_mapping);
	}
}

/* --- InhibitAnyPolicy ::= INTEGER (0..MAX)  (RFC 5280 4.2.1.14) -------- */

void
ext_skip_print(const struct ext *x, struct buf *b)
{
	buf_printf(
	    b, "anyPolicy ends after %llu", (unsigned long long)x->u.number);
}
