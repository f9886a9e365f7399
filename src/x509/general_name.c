/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/general_name.h"

#include "base/bounds.h"
#include "base/text.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "x509/asn1_text.h"
#include "x509/name.h"
#include "x509/seq.h"

enum {
	IPV4_LEN = 4,
	IPV6_LEN = 16,
	TAG_CONTEXT = 0x80,
	TAG_CONSTRUCTED = 0x20,
	TAG_NUMBER = 0x1f,
};

static const struct {
	const char *label;
	bool constructed;
} kinds[] = {
    [GN_OTHER] = {"otherName", true},
    [GN_EMAIL] = {"email", false},
    [GN_DNS] = {"DNS", false},
    [GN_X400] = {"X400", true},
    [GN_DIRECTORY] = {"DirName", true},
    [GN_EDI] = {"EDI", true},
    [GN_URI] = {"URI", false},
    [GN_IP] = {"IP", false},
    [GN_RID] = {"RID", false},
};

static uint8_t
tag_of(enum general_name_kind kind)
{
	return (uint8_t)(TAG_CONTEXT |
			 (kinds[kind].constructed ? TAG_CONSTRUCTED : 0) |
			 (int)kind);
}

/* OtherName ::= SEQUENCE { type-id OID, value [0] EXPLICIT ANY } */
static enum err
get_other(struct pool *pool, struct slice content, struct general_name *out,
    struct errinfo *ei)
{
	struct slice oid, explicit, inner, whole;
	uint8_t tag;
	enum err err;

	if ((err = der_get_oid(&content, &oid, ei)) != ERR_OK ||
	    (err = der_get(&content, DER_CONTEXT_CONS(0), &explicit, ei)) !=
		ERR_OK ||
	    (err = der_end(content, ei)) != ERR_OK ||
	    (err = der_get_any(&explicit, &tag, &inner, &whole, ei)) !=
		ERR_OK ||
	    (err = der_end(explicit, ei)) != ERR_OK ||
	    (err = seq_copy_oid(pool, oid, &out->oid, ei)) != ERR_OK) {
		return err;
	}
	return seq_copy(pool, whole, &out->value, ei);
}

static enum err
get_directory(struct pool *pool, struct slice content, struct general_name *out,
    struct errinfo *ei)
{
	struct name *name = NULL;
	enum err err = name_parse_in(pool, content, &name, ei);

	out->name = name;
	return err;
}

static enum err
check_value(enum general_name_kind kind, struct slice value, struct errinfo *ei)
{
	bool text = kind == GN_EMAIL || kind == GN_DNS || kind == GN_URI;

	if (text &&
	    !asn1_text_valid((struct asn1_text){DER_IA5_STRING, value})) {
		return err_set(ei, ERR_FORMAT, "general_name.ascii",
		    "RFC 5280 4.2.1.6",
		    "a %s name with NUL or characters outside ASCII; such "
		    "names go in their encoded form",
		    kinds[kind].label);
	}
	if (kind == GN_RID && !der_oid_valid(value)) {
		return err_set(ei, ERR_FORMAT, "der.oid", "X.690 8.19",
		    "a malformed registeredID");
	}
	/* With a mask in name constraints (RFC 5280 4.2.1.10). */
	if (kind == GN_IP && value.len != IPV4_LEN && value.len != IPV6_LEN &&
	    value.len != 2 * (size_t)IPV4_LEN &&
	    value.len != 2 * (size_t)IPV6_LEN) {
		return err_set(ei, ERR_FORMAT, "general_name.ip",
		    "RFC 5280 4.2.1.6", "an IP address of %zu octets",
		    value.len);
	}
	return ERR_OK;
}

enum err
general_name_get(struct pool *pool, struct slice *s, struct general_name *out,
    struct errinfo *ei)
{
	struct general_name gn = {0};
	struct slice rest = *s, content;
	uint8_t tag = 0;
	enum err err;

	err = der_get_any(&rest, &tag, &content, NULL, ei);
	if (err != ERR_OK) {
		return err;
	}
	if ((tag & TAG_NUMBER) >= ARRAY_LEN(kinds) ||
	    tag != tag_of((enum general_name_kind)(tag & TAG_NUMBER))) {
		return err_set(ei, ERR_FORMAT, "general_name.kind",
		    "RFC 5280 4.2.1.6", "tag %02x is no kind of GeneralName",
		    tag);
	}
	gn.kind = (enum general_name_kind)(tag & TAG_NUMBER);
	err = check_value(gn.kind, content, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (gn.kind == GN_OTHER) {
		err = get_other(pool, content, &gn, ei);
	} else if (gn.kind == GN_DIRECTORY) {
		err = get_directory(pool, content, &gn, ei);
	} else {
		err = seq_copy(pool, content, &gn.value, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	*out = gn;
	*s = rest;
	return ERR_OK;
}

enum err
general_names_content(struct pool *pool, struct slice content,
    struct general_names *out, struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct general_name),
	    .max = GENERAL_NAMES_MAX,
	    .rule = "general_name.number",
	};
	struct general_name *list;
	enum err err = seq_array(pool, content, &a, ei);

	list = a.at;
	for (size_t i = 0; err == ERR_OK && i < a.num; i++) {
		err = general_name_get(pool, &content, &list[i], ei);
	}
	*out = (struct general_names){list, a.num};
	return err;
}

void
general_name_put(const struct general_name *gn, struct buf *b)
{
	uint8_t tag = tag_of(gn->kind);
	size_t outer, inner;

	if (gn->kind == GN_OTHER) {
		outer = der_open(b, tag);
		der_put_oid(b, gn->oid);
		inner = der_open(b, DER_CONTEXT_CONS(0));
		der_put_raw(b, gn->value);
		der_close(b, inner);
		der_close(b, outer);
	} else if (gn->kind == GN_DIRECTORY) {
		outer = der_open(b, tag);
		name_build(gn->name, b);
		der_close(b, outer);
	} else {
		der_put(b, tag, gn->value);
	}
}

void
general_names_put(const struct general_names *gns, struct buf *b)
{
	for (size_t i = 0; i < gns->num; i++) {
		general_name_put(&gns->list[i], b);
	}
}

static void
print_ipv4(struct slice a, struct buf *b)
{
	buf_printf(b, "%u.%u.%u.%u", a.p[0], a.p[1], a.p[2], a.p[3]);
}

static void
print_ipv6(struct slice a, struct buf *b)
{
	for (size_t i = 0; i < IPV6_LEN; i += 2) {
		buf_printf(b, "%s%x", i > 0 ? ":" : "",
		    (unsigned)a.p[i] << 8 | a.p[i + 1]);
	}
}

static void
print_ip(struct slice a, struct buf *b)
{
	bool v4 = a.len <= 2 * (size_t)IPV4_LEN;
	size_t len = v4 ? IPV4_LEN : IPV6_LEN;

	for (struct slice part; slice_get_bytes(&a, len, &part);) {
		if (v4) {
			print_ipv4(part, b);
		} else {
			print_ipv6(part, b);
		}
		if (a.len > 0) {
			buf_add_u8(b, '/');
		}
	}
}

void
general_name_print(const struct general_name *gn, struct buf *b)
{
	buf_printf(b, "%s:", kinds[gn->kind].label);
	switch (gn->kind) {
	case GN_EMAIL:
	case GN_DNS:
	case GN_URI:
		asn1_text_print(
		    (struct asn1_text){DER_IA5_STRING, gn->value}, b);
		break;
	case GN_DIRECTORY:
		buf_add_u8(b, '(');
		name_print(gn->name, b);
		buf_add_u8(b, ')');
		break;
	case GN_IP:
		print_ip(gn->value, b);
		break;
	case GN_RID:
		oid_text(b, gn->value);
		break;
	case GN_OTHER:
		oid_text(b, gn->oid);
		buf_add_u8(b, '=');
		text_hex(b, gn->value);
		break;
	case GN_X400:
	case GN_EDI:
		text_hex(b, gn->value);
		break;
	}
}

void
general_names_print(const struct general_names *gns, struct buf *b)
{
	for (size_t i = 0; i < gns->num; i++) {
		if (i > 0) {
			buf_add_str(b, ", ");
		}
		general_name_print(&gns->list[i], b);
	}
}
