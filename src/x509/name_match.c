/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/name_match.h"

#include "base/text.h"
#include "x509/asn1_text.h"
#include "x509/name.h"

/* Characters of a text, folded, one blank for each run of them inside. */
struct folded {
	struct asn1_text text;
	bool begun;
	bool held; /* `next` was read behind a run of blanks */
	uint32_t next;
};

static bool
next_folded(struct folded *f, uint32_t *out)
{
	bool gap = false;
	uint32_t c;

	if (f->held) {
		f->held = false;
		*out = f->next;
		return true;
	}
	while (asn1_text_next(&f->text, &c)) {
		if (text_is_blank(c)) {
			gap = f->begun;
			continue;
		}
		f->begun = true;
		f->held = gap;
		f->next = text_lower_char(c);
		*out = gap ? ' ' : f->next;
		return true;
	}
	return false;
}

static bool
text_same(struct asn1_text a, struct asn1_text b)
{
	struct folded x = {.text = a}, y = {.text = b};
	uint32_t c = 0, d = 0;

	for (;;) {
		bool more = next_folded(&x, &c);

		if (more != next_folded(&y, &d)) {
			return false;
		}
		if (!more) {
			/* Not text to the end: not the same. */
			return x.text.value.len == 0 && y.text.value.len == 0;
		}
		if (c != d) {
			return false;
		}
	}
}

static bool
attr_same(const struct name_attr *a, const struct name_attr *b)
{
	if (!slice_eq(a->oid, b->oid)) {
		return false;
	}
	if (a->tag == b->tag && slice_eq(a->value, b->value)) {
		return true;
	}
	return asn1_text_is(a->tag) && asn1_text_is(b->tag) &&
	       text_same((struct asn1_text){a->tag, a->value},
		   (struct asn1_text){b->tag, b->value});
}

/* Attributes of the RDN that starts at i. */
static size_t
rdn_len(const struct name *n, size_t i)
{
	size_t num = 1;

	while (i + num < name_num_attrs(n) &&
	       name_attr(n, i + num)->rdn == name_attr(n, i)->rdn) {
		num++;
	}
	return num;
}

/* Every attribute of the one has its equal in the other: the RDN is a SET,
 * in which no type stands twice. */
static bool
rdn_same(const struct name *a, const struct name *b, size_t from, size_t num)
{
	for (size_t i = from; i < from + num; i++) {
		bool found = false;

		for (size_t j = from; j < from + num && !found; j++) {
			found = attr_same(name_attr(a, i), name_attr(b, j));
		}
		if (!found) {
			return false;
		}
	}
	return true;
}

bool
name_within(const struct name *n, const struct name *root)
{
	size_t num = name_num_attrs(root), len;

	if (num > name_num_attrs(n)) {
		return false;
	}
	for (size_t i = 0; i < num; i += len) {
		len = rdn_len(root, i);
		if (rdn_len(n, i) != len || !rdn_same(n, root, i, len)) {
			return false;
		}
	}
	return true;
}

bool
name_same(const struct name *a, const struct name *b)
{
	return name_num_attrs(a) == name_num_attrs(b) && name_within(a, b);
}
