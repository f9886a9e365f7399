/* SPDX-License-Identifier: Apache-2.0 */
#include "der/der.h"

enum {
	TAG_CLASS = 0xc0,
	TAG_CONSTRUCTED = 0x20,
	TAG_NUMBER = 0x1f,
	TAG_NUMBER_EXTERNAL = 8,
	TAG_NUMBER_EMBEDDED = 11,
	TAG_NUMBER_SEQUENCE = 16,
	TAG_NUMBER_SET = 17,

	LENGTH_LONG = 0x80,
	LENGTH_BYTES_MAX = 4, /* 4 GiB; every input bound is below it */
};

int
der_peek(struct slice s)
{
	return s.len > 0 ? s.p[0] : -1;
}

/* X.690 10.2: which form a universal type has is fixed in DER. */
static bool
universal_form_ok(uint8_t tag)
{
	uint8_t number = tag & TAG_NUMBER;
	bool constructed = (tag & TAG_CONSTRUCTED) != 0;

	if ((tag & TAG_CLASS) != 0) {
		return true;
	}
	if (number == TAG_NUMBER_SEQUENCE || number == TAG_NUMBER_SET ||
	    number == TAG_NUMBER_EXTERNAL || number == TAG_NUMBER_EMBEDDED) {
		return constructed;
	}
	return !constructed;
}

static enum err
get_tag(struct slice *s, uint8_t *out, struct errinfo *ei)
{
	uint8_t tag;

	if (!slice_get_u8(s, &tag)) {
		return err_set(ei, ERR_FORMAT, "der.truncated", NULL,
		    "the data end where an element should begin");
	}
	if ((tag & TAG_NUMBER) == TAG_NUMBER) {
		return err_set(ei, ERR_FORMAT, "der.tag.high", "X.690 8.1.2.4",
		    "a tag number above 30 (octet %02x), which no format of "
		    "ours has",
		    tag);
	}
	if (tag == 0 || !universal_form_ok(tag)) {
		return err_set(ei, ERR_FORMAT, "der.tag.form", "X.690 10.2",
		    "octet %02x does not begin a DER element: this type has "
		    "one form only",
		    tag);
	}
	*out = tag;
	return ERR_OK;
}

static enum err
get_long_length(struct slice *s, uint8_t first, size_t *out, struct errinfo *ei)
{
	size_t num = first & (LENGTH_LONG - 1), len = 0;
	uint8_t octet;

	if (num == 0) {
		return err_set(ei, ERR_FORMAT, "der.length.indefinite",
		    "X.690 10.1", "an indefinite length; DER has none");
	}
	if (num > LENGTH_BYTES_MAX) {
		return err_set(ei, ERR_FORMAT, "der.length.long", NULL,
		    "a length of %zu octets; at most %d are read", num,
		    LENGTH_BYTES_MAX);
	}
	for (size_t i = 0; i < num; i++) {
		if (!slice_get_u8(s, &octet)) {
			return err_set(ei, ERR_FORMAT, "der.truncated", NULL,
			    "the data end inside a length");
		}
		if (i == 0 && octet == 0) {
			return err_set(ei, ERR_FORMAT, "der.length.minimal",
			    "X.690 10.1", "a length with a leading zero octet");
		}
		len = len << 8 | octet;
	}
	if (len < LENGTH_LONG) {
		return err_set(ei, ERR_FORMAT, "der.length.minimal",
		    "X.690 10.1", "length %zu written in the long form", len);
	}
	*out = len;
	return ERR_OK;
}

static enum err
get_length(struct slice *s, size_t *out, struct errinfo *ei)
{
	uint8_t first;

	if (!slice_get_u8(s, &first)) {
		return err_set(ei, ERR_FORMAT, "der.truncated", NULL,
		    "the data end before a length");
	}
	if (first < LENGTH_LONG) {
		*out = first;
		return ERR_OK;
	}
	return get_long_length(s, first, out, ei);
}

enum err
der_get_any(struct slice *s, uint8_t *out_tag, struct slice *out_content,
    struct slice *out_whole, struct errinfo *ei)
{
	struct slice rest = *s, content;
	size_t len = 0;
	uint8_t tag = 0;
	enum err err;

	err = get_tag(&rest, &tag, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = get_length(&rest, &len, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (!slice_get_bytes(&rest, len, &content)) {
		return err_set(ei, ERR_FORMAT, "der.length.overrun", NULL,
		    "an element of %zu octets where %zu are left", len,
		    rest.len);
	}
	if (out_whole != NULL) {
		*out_whole = slice_make(s->p, s->len - rest.len);
	}
	*out_tag = tag;
	*out_content = content;
	*s = rest;
	return ERR_OK;
}

static enum err
get_tagged(struct slice *s, uint8_t tag, struct slice *out_content,
    struct slice *out_whole, struct errinfo *ei)
{
	struct slice rest = *s, content, whole;
	uint8_t seen = 0;
	enum err err;

	if (s->len > 0 && s->p[0] != tag) {
		return err_set(ei, ERR_FORMAT, "der.tag", NULL,
		    "octet %02x where an element with tag %02x should begin",
		    s->p[0], tag);
	}
	err = der_get_any(&rest, &seen, &content, &whole, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (out_content != NULL) {
		*out_content = content;
	}
	if (out_whole != NULL) {
		*out_whole = whole;
	}
	*s = rest;
	return ERR_OK;
}

enum err
der_get(
    struct slice *s, uint8_t tag, struct slice *out_content, struct errinfo *ei)
{
	return get_tagged(s, tag, out_content, NULL, ei);
}

enum err
der_get_whole(
    struct slice *s, uint8_t tag, struct slice *out_whole, struct errinfo *ei)
{
	return get_tagged(s, tag, NULL, out_whole, ei);
}

enum err
der_get_optional(struct slice *s, uint8_t tag, bool *out_present,
    struct slice *out_content, struct errinfo *ei)
{
	enum err err;

	if (der_peek(*s) != tag) {
		*out_present = false;
		return ERR_OK;
	}
	err = get_tagged(s, tag, out_content, NULL, ei);
	if (err != ERR_OK) {
		return err;
	}
	*out_present = true;
	return ERR_OK;
}

enum err
der_end(struct slice s, struct errinfo *ei)
{
	if (s.len > 0) {
		return err_set(ei, ERR_FORMAT, "der.trailing", NULL,
		    "%zu octets follow where the data should end", s.len);
	}
	return ERR_OK;
}
