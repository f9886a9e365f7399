/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/tbs_facts.h"

#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "der/der.h"
#include "x509/asn1_text.h"
#include "x509/cert.h"
#include "x509/name.h"

enum {
	PATH_SIZE = 512,
	CONSTRUCTED = 0x20,
	SHORT_INTEGER = 7, /* octets that always fit an int64_t */
	TAG_TEXT_MAX = 64,
	LEAF_TEXT_MAX = 4 * CERT_BYTES_MAX,
	ORDER_TEXT_MAX = 65536, /* of 64 attributes or extensions */
	LEVELS_MAX = 16         /* what lies deeper is shown as hexadecimal */
};

/* --- leaves ----------------------------------------------------------------
 */

static const char *
tag_name(uint8_t tag)
{
	switch (tag) {
	case DER_BOOLEAN:
		return "BOOLEAN";
	case DER_INTEGER:
		return "INTEGER";
	case DER_BIT_STRING:
		return "BIT STRING";
	case DER_OCTET_STRING:
		return "OCTET STRING";
	case DER_NULL:
		return "NULL";
	case DER_OID:
		return "OID";
	case DER_UTF8_STRING:
		return "UTF8String";
	case DER_NUMERIC_STRING:
		return "NumericString";
	case DER_PRINTABLE_STRING:
		return "PrintableString";
	case DER_IA5_STRING:
		return "IA5String";
	case DER_UTC_TIME:
		return "UTCTime";
	case DER_GENERALIZED_TIME:
		return "GeneralizedTime";
	case DER_SEQUENCE:
		return "SEQUENCE";
	case DER_SET:
		return "SET";
	default:
		return NULL;
	}
}

static void
put_tag(struct buf *b, uint8_t tag)
{
	if (tag_name(tag) != NULL) {
		buf_add_str(b, tag_name(tag));
	} else if ((tag & 0xc0) == 0x80) {
		buf_printf(b, "[%u]", (unsigned)(tag & 0x1f));
	} else {
		buf_printf(b, "tag %02x", tag);
	}
	buf_add_u8(b, ' ');
}

static bool
is_visible(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < 0x20 || s.p[i] > 0x7e) {
			return false;
		}
	}
	return s.len > 0;
}

static void
put_integer(struct buf *b, struct slice v)
{
	int64_t n = v.len > 0 && v.p[0] >= 0x80 ? -1 : 0;

	for (size_t i = 0; i < v.len; i++) {
		n = (int64_t)((uint64_t)n << 8 | v.p[i]);
	}
	buf_printf(b, "%lld", (long long)n);
}

static void
put_oid(struct buf *b, struct slice v)
{
	enum oid known = oid_find(v);

	if (known != OID_UNKNOWN) {
		buf_add_str(b, oid_short_name(known));
	} else {
		oid_text(b, v);
	}
}

/* Type and value.  Of a known OID the name stands for the bytes; strings and
 * times show them all. */
static void
put_leaf(struct buf *b, uint8_t tag, struct slice v)
{
	bool context = (tag & 0xc0) == 0x80;

	put_tag(b, tag);
	if (tag == DER_OID && der_oid_valid(v)) {
		put_oid(b, v);
	} else if (tag == DER_INTEGER && v.len <= SHORT_INTEGER) {
		put_integer(b, v);
	} else if (tag == DER_BOOLEAN && v.len == 1) {
		buf_add_str(b, v.p[0] != 0 ? "TRUE" : "FALSE");
	} else if (asn1_text_is(tag)) {
		asn1_text_print((struct asn1_text){tag, v}, b);
	} else if ((context || tag == DER_UTC_TIME ||
		       tag == DER_GENERALIZED_TIME) &&
		   is_visible(v)) {
		buf_add(b, v);
	} else {
		text_hex(b, v);
	}
}

static void
add_leaf(struct facts *out, const char *path, uint8_t tag, struct slice v)
{
	struct buf b = BUF_INIT(LEAF_TEXT_MAX);

	put_leaf(&b, tag, v);
	if (b.err != ERR_OK) {
		out->err = b.err;
	} else {
		facts_add(out, path, "%s", buf_cstr(&b));
	}
	buf_clear(&b);
}

/* --- the tree --------------------------------------------------------------
 */

struct level {
	struct slice rest;
	unsigned next;
	size_t path_len;
};

struct walk {
	struct facts *out;
	char path[PATH_SIZE];
	struct level at[LEVELS_MAX];
	size_t num;
};

/* An element whose path is complete: a leaf, or a level more. */
static void
visit(struct walk *w, uint8_t tag, struct slice content)
{
	if ((tag & CONSTRUCTED) == 0 || w->num == LEVELS_MAX) {
		add_leaf(w->out, w->path, tag, content);
		return;
	}
	if (tag != DER_SEQUENCE || content.len == 0) {
		struct buf b = BUF_INIT(TAG_TEXT_MAX);

		put_tag(&b, tag);
		facts_add(w->out, w->path, "%s%s", buf_cstr(&b),
		    content.len == 0 ? "of nothing" : "of:");
		buf_clear(&b);
	}
	w->at[w->num++] = (struct level){content, 0, strlen(w->path)};
}

/* All elements of s; the first has the path itself, those below numbers. */
static enum err
add_tree(
    struct facts *out, const char *path, struct slice s, struct errinfo *ei)
{
	struct walk w = {.out = out};
	struct slice content;
	uint8_t tag;
	enum err err = der_get_any(&s, &tag, &content, NULL, ei);

	(void)snprintf(w.path, sizeof(w.path), "%s", path);
	if (err == ERR_OK) {
		visit(&w, tag, content);
	}
	while (err == ERR_OK && w.num > 0) {
		struct level *top = &w.at[w.num - 1];

		w.path[top->path_len] = '\0';
		if (top->rest.len == 0) {
			w.num--;
			continue;
		}
		err = der_get_any(&top->rest, &tag, &content, NULL, ei);
		if (err == ERR_OK) {
			(void)snprintf(w.path + top->path_len,
			    sizeof(w.path) - top->path_len, ".%u", top->next++);
			visit(&w, tag, content);
		}
	}
	return err;
}

/* --- a certificate's parts -------------------------------------------------
 */

static void
attr_key(const struct name_attr *a, char out[OID_TEXT_MAX])
{
	if (a->id != OID_UNKNOWN) {
		(void)snprintf(out, OID_TEXT_MAX, "%s", oid_short_name(a->id));
	} else {
		(void)oid_dotted(a->oid, out);
	}
}

/* Each attribute by its name, and their order. */
static void
add_name(struct facts *out, const char *path, const struct name *n)
{
	struct buf order = BUF_INIT(ORDER_TEXT_MAX);
	char key[PATH_SIZE], attr[OID_TEXT_MAX];

	for (size_t i = 0; i < name_num_attrs(n); i++) {
		const struct name_attr *a = name_attr(n, i);

		attr_key(a, attr);
		buf_printf(&order, "%s%s",
		    i == 0                               ? ""
		    : a->rdn == name_attr(n, i - 1)->rdn ? " + "
							 : ", ",
		    attr);
		(void)snprintf(key, sizeof(key), "%s.%s", path, attr);
		add_leaf(out, key, a->tag, a->value);
	}
	facts_add(out, path, "%s", buf_cstr(&order));
	buf_clear(&order);
}

/* Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue } */
static enum err
add_extension(
    struct facts *out, struct slice ext, struct buf *order, struct errinfo *ei)
{
	struct slice oid, value = SLICE_EMPTY;
	char path[PATH_SIZE], key[PATH_SIZE + 16], dotted[OID_TEXT_MAX];
	bool critical = false;
	enum err err = der_get_oid(&ext, &oid, ei);
	enum oid known = OID_UNKNOWN;

	if (err == ERR_OK && der_peek(ext) == DER_BOOLEAN) {
		err = der_get_bool(&ext, &critical, ei);
	}
	if (err == ERR_OK) {
		err = der_get(&ext, DER_OCTET_STRING, &value, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	known = oid_find(oid);
	(void)snprintf(path, sizeof(path), "extensions.%s",
	    known != OID_UNKNOWN ? oid_long_name(known)
				 : oid_dotted(oid, dotted));
	buf_printf(
	    order, "%s%s", order->len > 0 ? ", " : "", strchr(path, '.') + 1);
	(void)snprintf(key, sizeof(key), "%s.critical", path);
	facts_add(out, key, "%s", critical ? "TRUE" : "FALSE");
	return add_tree(out, path, value, ei);
}

static enum err
add_extensions(struct facts *out, struct slice s, struct errinfo *ei)
{
	struct buf order = BUF_INIT(ORDER_TEXT_MAX);
	struct slice list = SLICE_EMPTY, ext;
	enum err err = der_get(&s, DER_SEQUENCE, &list, ei);

	while (err == ERR_OK && list.len > 0) {
		err = der_get(&list, DER_SEQUENCE, &ext, ei);
		if (err == ERR_OK) {
			err = add_extension(out, ext, &order, ei);
		}
	}
	facts_add(out, "extensions", "%s", buf_cstr(&order));
	buf_clear(&order);
	return err;
}

/* The fields in front of the extensions, in their order. */
static enum err
add_fields(struct facts *out, const struct cert *c, struct slice *body,
    struct errinfo *ei)
{
	static const char *const names[] = {"version", "serialNumber",
	    "signature", "issuer", "validity", "subject",
	    "subjectPublicKeyInfo"};
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < ARRAY_LEN(names); i++) {
		struct slice content, whole;
		uint8_t tag;

		if (i == 0 && der_peek(*body) != DER_CONTEXT_CONS(0)) {
			continue; /* version 1 */
		}
		err = der_get_any(body, &tag, &content, &whole, ei);
		if (err != ERR_OK) {
			break;
		}
		if (i == 3 || i == 5) {
			add_name(out, names[i],
			    i == 3 ? cert_issuer(c) : cert_subject(c));
		} else {
			err = add_tree(out, names[i], whole, ei);
		}
	}
	return err;
}

enum err
tbs_facts(struct slice tbs, struct facts *out, struct errinfo *ei)
{
	struct cert *c = NULL;
	struct slice body = SLICE_EMPTY, exts;
	bool present = false;
	enum err err = cert_parse_tbs(tbs, &c, ei);

	if (err == ERR_OK) {
		err = der_get(&tbs, DER_SEQUENCE, &body, ei);
	}
	if (err == ERR_OK) {
		err = add_fields(out, c, &body, ei);
	}
	if (err == ERR_OK) {
		err = der_get_optional(
		    &body, DER_CONTEXT_CONS(3), &present, &exts, ei);
	}
	if (err == ERR_OK && present) {
		err = add_extensions(out, exts, ei);
	}
	cert_free(c);
	return err == ERR_OK ? facts_err(out, ei) : err;
}
