/* SPDX-License-Identifier: Apache-2.0 */
/* The primitive types: what their contents may be (der/der.h). */
#include "base/bounds.h"
#include "base/clock.h"
#include "der/der.h"

enum {
	UTC_TIME_LEN = 13,         /* YYMMDDHHMMSSZ */
	GENERALIZED_TIME_LEN = 15, /* YYYYMMDDHHMMSSZ */
};

enum err
der_get_bool(struct slice *s, bool *out, struct errinfo *ei)
{
	struct slice rest = *s, content;
	enum err err;

	err = der_get(&rest, DER_BOOLEAN, &content, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (content.len != 1 || (content.p[0] != 0 && content.p[0] != 0xff)) {
		return err_set(ei, ERR_FORMAT, "der.boolean", "X.690 11.1",
		    "a BOOLEAN that is neither 00 nor FF");
	}
	*out = content.p[0] != 0;
	*s = rest;
	return ERR_OK;
}

enum err
der_integer_content(struct slice content, struct errinfo *ei)
{
	if (content.len == 0) {
		return err_set(ei, ERR_FORMAT, "der.integer.empty",
		    "X.690 8.3.1", "an INTEGER without content");
	}
	/* X.690 8.3.2: the first nine bits are neither all 0 nor all 1. */
	if (content.len > 1 &&
	    ((content.p[0] == 0 && (content.p[1] & 0x80) == 0) ||
		(content.p[0] == 0xff && (content.p[1] & 0x80) != 0))) {
		return err_set(ei, ERR_FORMAT, "der.integer.minimal",
		    "X.690 8.3.2", "an INTEGER with a needless first octet");
	}
	return ERR_OK;
}

enum err
der_get_integer(struct slice *s, struct slice *out, struct errinfo *ei)
{
	struct slice rest = *s, content;
	enum err err;

	if ((err = der_get(&rest, DER_INTEGER, &content, ei)) != ERR_OK ||
	    (err = der_integer_content(content, ei)) != ERR_OK) {
		return err;
	}
	*out = content;
	*s = rest;
	return ERR_OK;
}

enum err
der_get_u63(struct slice *s, uint8_t tag, uint64_t *out, struct errinfo *ei)
{
	struct slice rest = *s, content;
	uint64_t v = 0;
	enum err err;

	if ((err = der_get(&rest, tag, &content, ei)) != ERR_OK ||
	    (err = der_integer_content(content, ei)) != ERR_OK) {
		return err;
	}
	if ((content.p[0] & 0x80) != 0) {
		return err_set(ei, ERR_FORMAT, "der.integer.negative", NULL,
		    "a negative number where none is allowed");
	}
	if (content.len > sizeof(v)) {
		return err_set(ei, ERR_FORMAT, "der.integer.large", NULL,
		    "a number of %zu octets where a small one is expected",
		    content.len);
	}
	for (size_t i = 0; i < content.len; i++) {
		v = v << 8 | content.p[i];
	}
	*out = v;
	*s = rest;
	return ERR_OK;
}

bool
der_oid_valid(struct slice content)
{
	bool first = true; /* of a subidentifier */

	if (content.len == 0 || content.len > OID_BYTES_MAX ||
	    (content.p[content.len - 1] & 0x80) != 0) {
		return false;
	}
	for (size_t i = 0; i < content.len; i++) {
		if (first && content.p[i] == 0x80) {
			return false; /* X.690 8.19.2: fewest octets */
		}
		first = (content.p[i] & 0x80) == 0;
	}
	return true;
}

enum err
der_get_oid(struct slice *s, struct slice *out, struct errinfo *ei)
{
	struct slice rest = *s, content;
	enum err err;

	err = der_get(&rest, DER_OID, &content, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (!der_oid_valid(content)) {
		return err_set(ei, ERR_FORMAT, "der.oid", "X.690 8.19",
		    "an OBJECT IDENTIFIER of %zu octets that is malformed "
		    "or over %d octets",
		    content.len, OID_BYTES_MAX);
	}
	*out = content;
	*s = rest;
	return ERR_OK;
}

enum err
der_bits_content(struct slice content, struct slice *out, unsigned *out_unused,
    struct errinfo *ei)
{
	struct slice bits = content;
	uint8_t unused;

	if (!slice_get_u8(&bits, &unused) || unused > 7 ||
	    (unused > 0 && bits.len == 0)) {
		return err_set(ei, ERR_FORMAT, "der.bits", "X.690 8.6.2",
		    "a BIT STRING whose count of unused bits is missing or "
		    "wrong");
	}
	if (unused > 0 && (bits.p[bits.len - 1] & ((1U << unused) - 1)) != 0) {
		return err_set(ei, ERR_FORMAT, "der.bits.padding",
		    "X.690 11.2.1",
		    "a BIT STRING whose unused bits are not "
		    "zero");
	}
	*out = bits;
	*out_unused = unused;
	return ERR_OK;
}

enum err
der_get_bits(struct slice *s, struct slice *out, unsigned *out_unused,
    struct errinfo *ei)
{
	struct slice rest = *s, content;
	enum err err;

	if ((err = der_get(&rest, DER_BIT_STRING, &content, ei)) != ERR_OK ||
	    (err = der_bits_content(content, out, out_unused, ei)) != ERR_OK) {
		return err;
	}
	*s = rest;
	return ERR_OK;
}

enum err
der_get_null(struct slice *s, struct errinfo *ei)
{
	struct slice rest = *s, content;
	enum err err;

	err = der_get(&rest, DER_NULL, &content, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (content.len != 0) {
		return err_set(ei, ERR_FORMAT, "der.null", "X.690 8.8.2",
		    "a NULL with content");
	}
	*s = rest;
	return ERR_OK;
}

/* Of a list of a million this is asked six million times. */
static bool
two_digits(const uint8_t *p, int *out)
{
	unsigned tens = p[0] - (unsigned)'0', ones = p[1] - (unsigned)'0';

	*out = (int)(tens * 10 + ones);
	return tens <= 9 && ones <= 9;
}

static bool
read_time(uint8_t tag, struct slice s, struct civil *out)
{
	const uint8_t *p = s.p;
	int century = 0;

	if (s.len != (tag == DER_UTC_TIME ? (size_t)UTC_TIME_LEN
					  : (size_t)GENERALIZED_TIME_LEN)) {
		return false;
	}
	if (tag == DER_GENERALIZED_TIME) {
		if (!two_digits(p, &century)) {
			return false;
		}
		p += 2;
	}
	if (!two_digits(p, &out->year) || !two_digits(p + 2, &out->month) ||
	    !two_digits(p + 4, &out->day) || !two_digits(p + 6, &out->hour) ||
	    !two_digits(p + 8, &out->minute) ||
	    !two_digits(p + 10, &out->second) || p[12] != 'Z') {
		return false;
	}
	if (tag == DER_UTC_TIME) {
		/* RFC 5280 4.1.2.5.1 */
		century = out->year >= 50 ? 19 : 20;
	}
	out->year += century * 100;
	return true;
}

enum err
der_time_content(
    uint8_t tag, struct slice content, int64_t *out_sec, struct errinfo *ei)
{
	struct civil civil = {0};

	if ((tag != DER_UTC_TIME && tag != DER_GENERALIZED_TIME) ||
	    !read_time(tag, content, &civil) ||
	    !civil_to_sec(&civil, out_sec)) {
		return err_set(ei, ERR_FORMAT, "der.time", "RFC 5280 4.1.2.5",
		    "a time that is not %s with a possible date",
		    tag == DER_UTC_TIME ? "YYMMDDHHMMSSZ" : "YYYYMMDDHHMMSSZ");
	}
	return ERR_OK;
}

enum err
der_get_time(
    struct slice *s, int64_t *out_sec, uint8_t *out_tag, struct errinfo *ei)
{
	struct slice rest = *s, content;
	uint8_t tag = 0;
	enum err err;

	err = der_get_any(&rest, &tag, &content, NULL, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (tag != DER_UTC_TIME && tag != DER_GENERALIZED_TIME) {
		return err_set(ei, ERR_FORMAT, "der.tag", "RFC 5280 4.1.2.5",
		    "tag %02x where a time should stand", tag);
	}
	err = der_time_content(tag, content, out_sec, ei);
	if (err != ERR_OK) {
		return err;
	}
	*out_tag = tag;
	*s = rest;
	return ERR_OK;
}
