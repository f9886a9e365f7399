/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/sst.h"

#include <stdlib.h>

#include "base/bounds.h"
#include "trust/root.h"

enum {
	VERSION = 0,
	MAGIC = 0x54524543, /* "CERT" */
	ASN1 = 1,           /* the only encoding */
	KEY_NAME = 2,       /* where Windows keeps the private key */
	KEY_ID = 0x23,      /* an element that stands for a key alone */
};

static bool
get_u32(struct slice *s, uint32_t *out)
{
	struct slice four;

	if (!slice_get_bytes(s, 4, &four)) {
		return false;
	}
	*out = (uint32_t)four.p[0] | (uint32_t)four.p[1] << 8 |
	       (uint32_t)four.p[2] << 16 | (uint32_t)four.p[3] << 24;
	return true;
}

static void
put_u32(struct buf *b, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++) {
		buf_add_u8(b, (uint8_t)(v >> 8 * i));
	}
}

/* --- reading ---------------------------------------------------------------
 */

static bool
begins(struct slice *s)
{
	uint32_t version, magic;

	return get_u32(s, &version) && version == VERSION &&
	       get_u32(s, &magic) && magic == MAGIC;
}

bool
sst_looks_like(struct slice file)
{
	return begins(&file);
}

struct record {
	uint32_t id;
	uint32_t encoding;
	struct slice value;
};

static enum err
bad(struct errinfo *ei, const char *what)
{
	return err_set(ei, ERR_FORMAT, "sst.form", NULL,
	    "not a serialized certificate store: %s", what);
}

static enum err
get_record(struct slice *s, struct record *out, struct errinfo *ei)
{
	uint32_t len;

	if (!get_u32(s, &out->id) || !get_u32(s, &out->encoding) ||
	    !get_u32(s, &len)) {
		return bad(ei, "it ends in the middle of a record");
	}
	if (!slice_get_bytes(s, len, &out->value)) {
		return bad(ei, "a length goes past its end");
	}
	return ERR_OK;
}

static bool
is_end(const struct record *r)
{
	return r->id == 0 && r->encoding == 0 && r->value.len == 0;
}

static bool
is_element(uint32_t id)
{
	return id == SST_CERT || id == SST_CRL || id == SST_CTL || id == KEY_ID;
}

static enum err
check_record(const struct record *r, struct errinfo *ei)
{
	if (r->encoding != ASN1) {
		return err_set(ei, ERR_UNSUPPORTED, "sst.encoding", NULL,
		    "a record is encoded in way %u; only 1, ASN.1, is known",
		    (unsigned)r->encoding);
	}
	if (r->id == KEY_NAME) {
		return err_set(ei, ERR_DENIED, "sst.key", NULL,
		    "a certificate comes with the place of a private key, "
		    "which a store of trust has no use for");
	}
	if (r->id == KEY_ID) {
		return err_set(ei, ERR_UNSUPPORTED, "sst.kind", NULL,
		    "an element is neither a certificate nor a list");
	}
	return r->id != 0 ? ERR_OK : bad(ei, "a record of no kind");
}

/* Records of the whole file; *out_cut: none of them is the end. */
static enum err
measure(struct slice s, size_t *out_elements, size_t *out_properties,
    bool *out_cut, struct errinfo *ei)
{
	size_t elements = 0, properties = 0, open = 0;
	struct record r;
	enum err e = ERR_OK;

	*out_cut = true;
	while (e == ERR_OK && s.len > 0) {
		e = get_record(&s, &r, ei);
		if (e == ERR_OK && is_end(&r)) {
			*out_cut = false;
			break;
		}
		e = e == ERR_OK ? check_record(&r, ei) : e;
		if (e == ERR_OK && is_element(r.id)) {
			elements++;
			open = 0;
		} else if (e == ERR_OK) {
			properties++;
			open++;
		}
		if (open > SST_PROPERTIES_MAX) {
			return err_set(ei, ERR_LIMIT, "sst.properties", NULL,
			    "more than %d properties of one element",
			    SST_PROPERTIES_MAX);
		}
		if (elements > SST_ELEMENTS_MAX) {
			return err_set(ei, ERR_LIMIT, "sst.elements", NULL,
			    "a store of more than %d elements",
			    SST_ELEMENTS_MAX);
		}
	}
	if (e == ERR_OK && s.len > 0) {
		return bad(ei, "something stands behind its end");
	}
	if (e == ERR_OK && open > 0) {
		return bad(ei, "its last properties are of nothing");
	}
	*out_elements = elements;
	*out_properties = properties;
	return e;
}

static enum err
add_property(struct sst_element *el, struct stl_attribute *at,
    const struct record *r, struct errinfo *ei)
{
	if (stl_property(&el->entry, r->id) != NULL) {
		return err_set(ei, ERR_FORMAT, "sst.repeated", NULL,
		    "an element has property %u twice", (unsigned)r->id);
	}
	*at = (struct stl_attribute){.property = r->id, .value = r->value};
	el->entry.num++;
	if (r->id == TRUST_SHA1) {
		el->entry.id = r->value;
	}
	return ERR_OK;
}

static enum err
fill(struct slice s, struct sst_element *el, size_t num,
    struct stl_attribute *at, struct errinfo *ei)
{
	const struct sst_element *end = el + num;

	for (; el < end; el++) {
		struct record r;
		enum err e = get_record(&s, &r, ei);

		el->entry.attributes = at;
		while (e == ERR_OK && !is_element(r.id)) {
			e = add_property(el, at++, &r, ei);
			e = e == ERR_OK ? get_record(&s, &r, ei) : e;
		}
		if (e != ERR_OK) {
			return e;
		}
		el->kind = (enum sst_kind)r.id;
		el->der = r.value;
	}
	return ERR_OK;
}

enum err
sst_parse(struct slice file, struct sst *out, struct errinfo *ei)
{
	size_t elements = 0, properties = 0;
	struct sst s = {.cut = false};
	struct slice rest = file;
	struct sst_element *el;
	enum err e;

	if (file.len > SST_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "sst.length", NULL,
		    "a store of %zu octets; at most %d are read", file.len,
		    SST_BYTES_MAX);
	}
	if (!begins(&rest)) {
		return bad(ei, "it does not begin as one");
	}
	e = measure(rest, &elements, &properties, &s.cut, ei);
	if (e != ERR_OK) {
		return e;
	}
	el = calloc(1, elements * sizeof(*el) +
			   properties * sizeof(struct stl_attribute) + 1);
	if (el == NULL) {
		return err_nomem(ei);
	}
	s.memory = el;
	s.elements = el;
	s.num = elements;
	e = fill(rest, el, elements,
	    (struct stl_attribute *)(void *)(el + elements), ei);
	if (e != ERR_OK) {
		sst_clear(&s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

void
sst_clear(struct sst *s)
{
	free(s->memory);
	*s = (struct sst){.memory = NULL};
}

/* --- writing ---------------------------------------------------------------
 */

static void
put_record(struct buf *b, uint32_t id, uint32_t encoding, struct slice value)
{
	put_u32(b, id);
	put_u32(b, encoding);
	put_u32(b, (uint32_t)value.len);
	buf_add(b, value);
}

void
sst_begin(struct buf *b)
{
	put_u32(b, VERSION);
	put_u32(b, MAGIC);
}

void
sst_put_property(struct buf *b, uint32_t id, struct slice value)
{
	put_record(b, id, ASN1, value);
}

void
sst_put_cert(struct buf *b, struct slice der)
{
	put_record(b, SST_CERT, ASN1, der);
}

void
sst_end(struct buf *b)
{
	put_record(b, 0, 0, SLICE_EMPTY);
}
