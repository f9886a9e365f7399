/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension
 *	Extension ::= SEQUENCE { extnID OID, critical BOOLEAN DEFAULT FALSE,
 *		extnValue OCTET STRING }
 */
#include "x509/ext.h"

#include <stdlib.h>

#include "base/bounds.h"
#include "base/text.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/ext_priv.h"
#include "x509/pool.h"
#include "x509/seq.h"

struct ext_list {
	struct pool own;   /* unused when the list lives in another pool */
	struct pool *pool; /* &own, or that one */
	struct ext *list;
	size_t num;
};

struct ops {
	enum oid id;
	enum err (*parse)(struct pool *pool, struct slice *value, struct ext *x,
	    struct errinfo *ei);
	void (*build)(const struct ext *x, struct buf *b);
	void (*print)(const struct ext *x, struct buf *b);
};

#define OPS(noun) ext_##noun##_parse, ext_##noun##_build, ext_##noun##_print

static const struct ops table[EXT_KIND_MAX_] = {
    [EXT_RAW] = {OID_UNKNOWN, NULL, NULL, NULL},
    [EXT_SKI] = {OID_SKI, OPS(octets)},
    [EXT_KEY_USAGE] = {OID_KEY_USAGE, OPS(key_usage)},
    [EXT_PRIVATE_KEY_PERIOD] = {OID_PRIVATE_KEY_PERIOD, OPS(period)},
    [EXT_SAN] = {OID_SAN, OPS(names)},
    [EXT_IAN] = {OID_IAN, OPS(names)},
    [EXT_BASIC_CONSTRAINTS] = {OID_BASIC_CONSTRAINTS, OPS(basic)},
    [EXT_CRL_NUMBER] = {OID_CRL_NUMBER, OPS(integer)},
    [EXT_REASON_CODE] = {OID_REASON_CODE, OPS(reason)},
    [EXT_INVALIDITY_DATE] = {OID_INVALIDITY_DATE, OPS(date)},
    [EXT_DELTA_CRL] = {OID_DELTA_CRL, OPS(integer)},
    [EXT_IDP] = {OID_IDP, OPS(idp)},
    [EXT_CERT_ISSUER] = {OID_CERT_ISSUER, OPS(names)},
    [EXT_NAME_CONSTRAINTS] = {OID_NAME_CONSTRAINTS, OPS(constraints)},
    [EXT_CRL_POINTS] = {OID_CRL_POINTS, OPS(points)},
    [EXT_POLICIES] = {OID_POLICIES, OPS(policies)},
    [EXT_POLICY_MAPPINGS] = {OID_POLICY_MAPPINGS, OPS(mappings)},
    [EXT_POLICY_CONSTRAINTS] = {OID_POLICY_CONSTRAINTS, OPS(skips)},
    [EXT_INHIBIT_ANY_POLICY] = {OID_INHIBIT_ANY_POLICY, ext_number_parse,
	ext_number_build, ext_skip_print},
    [EXT_AKI] = {OID_AKI, OPS(aki)},
    [EXT_EXT_KEY_USAGE] = {OID_EXT_KEY_USAGE, OPS(purposes)},
    [EXT_FRESHEST_CRL] = {OID_FRESHEST_CRL, OPS(points)},
    [EXT_AIA] = {OID_AIA, OPS(aia)},
    [EXT_SUBJECT_SIGN_TOOL] = {OID_SUBJECT_SIGN_TOOL, OPS(text)},
    [EXT_ISSUER_SIGN_TOOL] = {OID_ISSUER_SIGN_TOOL, OPS(texts)},
    [EXT_IDENTIFICATION_KIND] = {OID_IDENTIFICATION_KIND, OPS(number)},
    [EXT_MS_TEMPLATE_NAME] = {OID_MS_TEMPLATE_NAME, OPS(text)},
    [EXT_MS_TEMPLATE] = {OID_MS_TEMPLATE, OPS(ms_template)},
    [EXT_MS_CA_VERSION] = {OID_MS_CA_VERSION, OPS(integer)},
    [EXT_OCSP_NO_CHECK] = {OID_OCSP_NO_CHECK, OPS(null)},
    [EXT_OCSP_NONCE] = {OID_OCSP_NONCE, OPS(nonce)},
};

static enum ext_kind
kind_of(struct slice oid)
{
	enum oid id = oid_find(oid);

	for (int i = EXT_RAW + 1; id != OID_UNKNOWN && i < EXT_KIND_MAX_; i++) {
		if (table[i].id == id) {
			return (enum ext_kind)i;
		}
	}
	return EXT_RAW;
}

const char *
ext_kind_name(enum ext_kind kind)
{
	ensure(kind >= EXT_RAW && kind < EXT_KIND_MAX_);
	return kind == EXT_RAW ? "unknown" : oid_long_name(table[kind].id);
}

/* critical is DEFAULT FALSE: in DER it stands only when TRUE. */
static enum err
parse_critical(struct slice *seq, bool *out, struct errinfo *ei)
{
	enum err err;

	*out = false;
	if (der_peek(*seq) != DER_BOOLEAN) {
		return ERR_OK;
	}
	err = der_get_bool(seq, out, ei);
	if (err == ERR_OK && !*out) {
		err = err_set(ei, ERR_FORMAT, "ext.critical.default",
		    "X.690 11.5",
		    "critical FALSE is written out, which is the default");
	}
	return err;
}

static enum err
parse_value(
    struct pool *pool, struct slice value, struct ext *x, struct errinfo *ei)
{
	enum err err;

	if (value.len > EXT_VALUE_MAX) {
		return err_set(ei, ERR_LIMIT, "ext.value.length", NULL,
		    "an extension of %zu octets; at most %d are read",
		    value.len, EXT_VALUE_MAX);
	}
	if (x->kind == EXT_RAW) {
		return seq_copy(pool, value, &x->u.raw, ei);
	}
	if ((err = table[x->kind].parse(pool, &value, x, ei)) != ERR_OK) {
		return err;
	}
	return der_end(value, ei);
}

static enum err
parse_ext(struct pool *pool, struct slice *s, struct ext *x, struct errinfo *ei)
{
	struct slice seq, value;
	enum err err;

	if ((err = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = seq_get_oid(pool, &seq, &x->oid, ei)) != ERR_OK) {
		return err;
	}
	x->kind = kind_of(x->oid);
	if ((err = parse_critical(&seq, &x->critical, ei)) != ERR_OK ||
	    (err = der_get(&seq, DER_OCTET_STRING, &value, ei)) != ERR_OK ||
	    (err = der_end(seq, ei)) != ERR_OK ||
	    (err = parse_value(pool, value, x, ei)) != ERR_OK) {
		return err_object(ei, err, ext_kind_name(x->kind));
	}
	return ERR_OK;
}

/* RFC 5280 4.2: no more than one instance of a particular extension. */
static enum err
check_duplicate(const struct ext_list *l, size_t i, struct errinfo *ei)
{
	for (size_t j = 0; j < i; j++) {
		if (slice_eq(l->list[j].oid, l->list[i].oid)) {
			err_set(ei, ERR_FORMAT, "ext.duplicate", "RFC 5280 4.2",
			    "the same extension twice");
			return err_object(
			    ei, ERR_FORMAT, ext_kind_name(l->list[i].kind));
		}
	}
	return ERR_OK;
}

static enum err
parse_list(struct ext_list *l, struct slice der, struct errinfo *ei)
{
	struct slice seq;
	size_t num = 0;
	enum err err;

	if ((err = der_get(&der, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = der_end(der, ei)) != ERR_OK ||
	    (err = seq_count(seq, CERT_EXTS_MAX, "ext.number", &num, ei)) !=
		ERR_OK) {
		return err;
	}
	l->list = pool_alloc(l->pool, num, sizeof(*l->list));
	if (l->list == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < num; i++) {
		err = parse_ext(l->pool, &seq, &l->list[i], ei);
		if (err == ERR_OK) {
			err = check_duplicate(l, i, ei);
		}
		if (err != ERR_OK) {
			return err;
		}
		l->num++;
	}
	return ERR_OK;
}

enum err
ext_list_parse(
    struct slice der_whole, struct ext_list **out, struct errinfo *ei)
{
	struct ext_list *l = calloc(1, sizeof(*l));
	enum err err;

	if (l == NULL) {
		return err_nomem(ei);
	}
	pool_init(&l->own);
	l->pool = &l->own;
	err = parse_list(l, der_whole, ei);
	if (err != ERR_OK) {
		ext_list_free(l);
		return err;
	}
	*out = l;
	return ERR_OK;
}

enum err
ext_list_parse_in(struct pool *pool, struct slice der_whole,
    struct ext_list **out, struct errinfo *ei)
{
	struct ext_list *l = pool_alloc(pool, 1, sizeof(*l));
	enum err err;

	if (l == NULL) {
		return err_nomem(ei);
	}
	l->pool = pool;
	err = parse_list(l, der_whole, ei);
	if (err == ERR_OK) {
		*out = l;
	}
	return err;
}

void
ext_list_free(struct ext_list *l)
{
	if (l != NULL) {
		ensure(l->pool == &l->own);
		pool_clear(&l->own);
		free(l);
	}
}

size_t
ext_list_num(const struct ext_list *l)
{
	return l == NULL ? 0 : l->num;
}

const struct ext *
ext_list_at(const struct ext_list *l, size_t i)
{
	ensure(i < ext_list_num(l));
	return &l->list[i];
}

const struct ext *
ext_find(const struct ext_list *l, enum ext_kind kind)
{
	for (size_t i = 0; i < ext_list_num(l); i++) {
		if (l->list[i].kind == kind) {
			return &l->list[i];
		}
	}
	return NULL;
}

void
ext_build_value(const struct ext *x, struct buf *b)
{
	ensure(x->kind >= EXT_RAW && x->kind < EXT_KIND_MAX_);
	if (x->kind == EXT_RAW) {
		buf_add(b, x->u.raw);
	} else {
		table[x->kind].build(x, b);
	}
}

void
ext_build(const struct ext *x, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE), value;

	der_put_oid(
	    b, x->kind == EXT_RAW ? x->oid : oid_bytes(table[x->kind].id));
	if (x->critical) {
		der_put_bool(b, true);
	}
	value = der_open(b, DER_OCTET_STRING);
	ext_build_value(x, b);
	der_close(b, value);
	der_close(b, seq);
}

void
ext_list_build(const struct ext_list *l, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	for (size_t i = 0; i < ext_list_num(l); i++) {
		ext_build(&l->list[i], b);
	}
	der_close(b, seq);
}

void
ext_print_oid(struct slice oid, struct buf *b)
{
	enum oid id = oid_find(oid);

	if (id == OID_UNKNOWN) {
		oid_text(b, oid);
	} else {
		buf_add_str(b, oid_long_name(id));
	}
}

static void
print_ext(const struct ext *x, struct buf *b)
{
	ext_print_oid(x->oid, b);
	buf_add_str(b, x->critical ? " (critical): " : ": ");
	if (x->kind == EXT_RAW) {
		buf_add_u8(b, '#');
		text_hex(b, x->u.raw);
	} else {
		table[x->kind].print(x, b);
	}
}

void
ext_list_print(const struct ext_list *l, const char *indent, struct buf *b)
{
	for (size_t i = 0; i < ext_list_num(l); i++) {
		buf_add_str(b, indent);
		print_ext(&l->list[i], b);
		buf_add_u8(b, '\n');
	}
}

bool
ext_has_key_usage(const struct ext_list *l, uint32_t bits)
{
	const struct ext *x = ext_find(l, EXT_KEY_USAGE);

	return x != NULL && (x->u.key_usage & bits) == bits;
}

bool
ext_has_purpose(const struct ext_list *l, enum oid purpose)
{
	const struct ext *x = ext_find(l, EXT_EXT_KEY_USAGE);

	for (size_t i = 0; x != NULL && i < x->u.purposes.num; i++) {
		if (oid_find(x->u.purposes.list[i]) == purpose) {
			return true;
		}
	}
	return false;
}

bool
ext_has_policy(const struct ext_list *l, enum oid policy)
{
	const struct ext *x = ext_find(l, EXT_POLICIES);

	for (size_t i = 0; x != NULL && i < x->u.policies.num; i++) {
		if (x->u.policies.list[i].id == policy) {
			return true;
		}
	}
	return false;
}
