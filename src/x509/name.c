/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	Name ::= SEQUENCE OF RelativeDistinguishedName
 *	RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
 *	AttributeTypeAndValue ::= SEQUENCE { type OID, value ANY }
 */
#include "x509/name.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/asn1_text.h"
#include "x509/pool.h"
#include "x509/seq.h"

enum {
	FIRST_CAP = 16 /* the qualified subject of an organisation has 14 */
};

struct name {
	struct pool own;   /* unused when the name lives in another pool */
	struct pool *pool; /* &own, or that one */
	struct name_attr *attrs;
	size_t num;
	size_t cap;
};

struct name *
name_new(void)
{
	struct name *n = calloc(1, sizeof(*n));

	if (n != NULL) {
		pool_init(&n->own);
		n->pool = &n->own;
	}
	return n;
}

void
name_free(struct name *n)
{
	if (n == NULL) {
		return;
	}
	ensure(n->pool == &n->own);
	pool_clear(&n->own);
	free(n);
}

static struct asn1_text
attr_text(const struct name_attr *a)
{
	return (struct asn1_text){a->tag, a->value};
}

/* The types of DirectoryString, each SIZE (1..MAX) (RFC 5280 4.1.2.4). */
static bool
is_directory_string(uint8_t tag)
{
	return tag == DER_UTF8_STRING || tag == DER_PRINTABLE_STRING ||
	       tag == DER_TELETEX_STRING || tag == DER_BMP_STRING ||
	       tag == DER_UNIVERSAL_STRING;
}

static const char *
attr_label(enum oid id)
{
	return id == OID_UNKNOWN ? "name" : oid_short_name(id);
}

static enum err
check_value(enum oid id, uint8_t tag, struct slice value, struct errinfo *ei)
{
	enum err err = ERR_OK;

	if (value.len > NAME_VALUE_MAX) {
		err = err_set(ei, ERR_LIMIT, "name.value.length", NULL,
		    "a name's attribute of %zu octets; at most %d are read",
		    value.len, NAME_VALUE_MAX);
	} else if (is_directory_string(tag) && value.len == 0) {
		err = err_set(ei, ERR_FORMAT, "name.value.empty",
		    "RFC 5280 4.1.2.4",
		    "a name's attribute without a character; leave the "
		    "attribute out instead");
	} else if (asn1_text_is(tag) &&
		   !asn1_text_valid((struct asn1_text){tag, value})) {
		err = err_set(ei, ERR_FORMAT, "name.value", NULL,
		    "a name's attribute that is not what its string type "
		    "(tag %02x) allows",
		    tag);
	}
	return err == ERR_OK ? ERR_OK : err_object(ei, err, attr_label(id));
}

/* A place for one more attribute, or NULL. */
static struct name_attr *
grow(struct name *n)
{
	struct name_attr *wider;
	size_t cap;

	if (n->num == n->cap) {
		cap = n->cap == 0 ? FIRST_CAP : n->cap * 2;
		wider = pool_alloc(n->pool, cap, sizeof(*wider));
		if (wider == NULL) {
			return NULL;
		}
		if (n->num > 0) {
			memcpy(wider, n->attrs, n->num * sizeof(*wider));
		}
		n->attrs = wider;
		n->cap = cap;
	}
	return &n->attrs[n->num];
}

/* Add a checked attribute with copies of its bytes. */
static enum err
append(struct name *n, const struct name_attr *from, struct errinfo *ei)
{
	struct name_attr *a;
	enum err err;

	if (n->num == NAME_ATTRS_MAX) {
		return err_set(ei, ERR_LIMIT, "name.attributes", NULL,
		    "a name of more than %d attributes", NAME_ATTRS_MAX);
	}
	a = grow(n);
	if (a == NULL) {
		return err_nomem(ei);
	}
	*a = *from;
	err = seq_copy_oid(n->pool, from->oid, &a->oid, ei);
	if (err == ERR_OK) {
		err = seq_copy(n->pool, from->value, &a->value, ei);
	}
	if (err == ERR_OK) {
		n->num++;
	}
	return err;
}

static enum err
parse_attr(struct name *n, struct slice *set, unsigned rdn, struct errinfo *ei)
{
	struct name_attr a = {.rdn = rdn};
	struct slice seq;
	enum err err;

	if ((err = der_get(set, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = der_get_oid(&seq, &a.oid, ei)) != ERR_OK ||
	    (err = der_get_any(&seq, &a.tag, &a.value, NULL, ei)) != ERR_OK ||
	    (err = der_end(seq, ei)) != ERR_OK) {
		return err;
	}
	a.id = oid_find(a.oid);
	err = check_value(a.id, a.tag, a.value, ei);
	if (err != ERR_OK) {
		return err;
	}
	return append(n, &a, ei);
}

static enum err
parse_rdn(struct name *n, struct slice set, unsigned rdn, struct errinfo *ei)
{
	struct slice before = SLICE_EMPTY, all, whole;
	enum err err;

	if (set.len == 0) {
		return err_set(ei, ERR_FORMAT, "name.rdn.empty",
		    "RFC 5280 4.1.2.4", "an RDN without attributes");
	}
	while (set.len > 0) {
		all = set;
		err = parse_attr(n, &set, rdn, ei);
		if (err != ERR_OK) {
			return err;
		}
		whole = slice_make(all.p, all.len - set.len);
		if (slice_cmp(before, whole) > 0) {
			return err_set(ei, ERR_FORMAT, "name.rdn.order",
			    "X.690 11.6",
			    "attributes of one RDN that are not in DER's "
			    "order");
		}
		before = whole;
	}
	return ERR_OK;
}

static enum err
parse_into(struct name *n, struct slice der, struct errinfo *ei)
{
	struct slice seq, set;
	enum err err;

	err = der_get(&der, DER_SEQUENCE, &seq, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = der_end(der, ei);
	for (unsigned rdn = 0; err == ERR_OK && seq.len > 0; rdn++) {
		err = der_get(&seq, DER_SET, &set, ei);
		if (err == ERR_OK) {
			err = parse_rdn(n, set, rdn, ei);
		}
	}
	return err;
}

enum err
name_parse(struct slice der_whole, struct name **out, struct errinfo *ei)
{
	struct name *n = name_new();
	enum err err;

	if (n == NULL) {
		return err_nomem(ei);
	}
	err = parse_into(n, der_whole, ei);
	if (err != ERR_OK) {
		name_free(n);
		return err;
	}
	*out = n;
	return ERR_OK;
}

enum err
name_get(struct slice *s, struct name **out, struct slice *out_der,
    struct errinfo *ei)
{
	enum err err = der_get_whole(s, DER_SEQUENCE, out_der, ei);

	return err == ERR_OK ? name_parse(*out_der, out, ei) : err;
}

enum err
name_parse_in(struct pool *pool, struct slice der_whole, struct name **out,
    struct errinfo *ei)
{
	struct name *n = pool_alloc(pool, 1, sizeof(*n));
	enum err err;

	if (n == NULL) {
		return err_nomem(ei);
	}
	n->pool = pool;
	err = parse_into(n, der_whole, ei);
	if (err == ERR_OK) {
		*out = n;
	}
	return err;
}

enum err
name_add(struct name *n, enum oid id, uint8_t tag, struct slice value,
    struct errinfo *ei)
{
	struct name_attr a = {.id = id, .tag = tag, .value = value};
	enum err err;

	ensure(id > OID_UNKNOWN && id < OID_MAX_);
	err = check_value(id, tag, value, ei);
	if (err != ERR_OK) {
		return err;
	}
	a.oid = oid_bytes(id);
	a.rdn = n->num == 0 ? 0 : n->attrs[n->num - 1].rdn + 1;
	return append(n, &a, ei);
}

size_t
name_num_attrs(const struct name *n)
{
	return n->num;
}

const struct name_attr *
name_attr(const struct name *n, size_t i)
{
	ensure(i < n->num);
	return &n->attrs[i];
}

const struct name_attr *
name_find(const struct name *n, enum oid id)
{
	for (size_t i = 0; i < n->num; i++) {
		if (n->attrs[i].id == id) {
			return &n->attrs[i];
		}
	}
	return NULL;
}

size_t
name_count(const struct name *n, enum oid id)
{
	size_t num = 0;

	for (size_t i = 0; i < n->num; i++) {
		num += n->attrs[i].id == id;
	}
	return num;
}

void
name_build(const struct name *n, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	for (size_t i = 0; i < n->num;) {
		unsigned rdn = n->attrs[i].rdn;
		size_t set = der_open(b, DER_SET);

		for (; i < n->num && n->attrs[i].rdn == rdn; i++) {
			size_t pair = der_open(b, DER_SEQUENCE);

			der_put_oid(b, n->attrs[i].oid);
			der_put(b, n->attrs[i].tag, n->attrs[i].value);
			der_close(b, pair);
		}
		der_close_set_of(b, set);
	}
	der_close(b, seq);
}

bool
name_get_utf8(const struct name *n, enum oid id, struct buf *out)
{
	const struct name_attr *a = name_find(n, id);

	return a != NULL && asn1_text_utf8(attr_text(a), out);
}

bool
name_attr_eq(const struct name_attr *a, const struct name_attr *b)
{
	if (!slice_eq(a->oid, b->oid)) {
		return false;
	}
	if (a->tag == b->tag && slice_eq(a->value, b->value)) {
		return true;
	}
	return asn1_text_eq(attr_text(a), attr_text(b));
}

static size_t
count_equal(const struct name *n, const struct name_attr *a)
{
	size_t num = 0;

	for (size_t i = 0; i < n->num; i++) {
		num += name_attr_eq(&n->attrs[i], a);
	}
	return num;
}

bool
name_equal_set(const struct name *a, const struct name *b)
{
	if (a->num != b->num) {
		return false;
	}
	for (size_t i = 0; i < a->num; i++) {
		if (count_equal(a, &a->attrs[i]) !=
		    count_equal(b, &a->attrs[i])) {
			return false;
		}
	}
	return true;
}

/* RFC 4514 2.4 */
static void
print_text(struct asn1_text t, struct buf *b)
{
	bool first = true;
	uint32_t c;

	while (asn1_text_next(&t, &c)) {
		bool special = c == '"' || c == '+' || c == ',' || c == ';' ||
			       c == '<' || c == '>' || c == '\\' ||
			       (first && c == '#') ||
			       (c == ' ' && (first || t.value.len == 0));

		if (special) {
			buf_add_u8(b, '\\');
		}
		asn1_text_print_char(c, b);
		first = false;
	}
}

static void
print_attr(const struct name_attr *a, struct buf *b)
{
	if (a->id == OID_UNKNOWN) {
		oid_text(b, a->oid);
	} else {
		buf_add_str(b, oid_short_name(a->id));
	}
	buf_add_u8(b, '=');
	if (asn1_text_valid(attr_text(a))) {
		print_text(attr_text(a), b);
	} else {
		struct buf der = BUF_INIT(NAME_VALUE_MAX + 8);

		der_put(&der, a->tag, a->value);
		buf_add_u8(b, '#');
		text_hex(b, buf_slice(&der));
		buf_clear(&der);
	}
}

void
name_print(const struct name *n, struct buf *b)
{
	for (size_t i = 0; i < n->num; i++) {
		if (i > 0) {
			buf_add_str(b, n->attrs[i].rdn == n->attrs[i - 1].rdn
					   ? " + "
					   : ", ");
		}
		print_attr(&n->attrs[i], b);
	}
}
