/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/asn1_text.h"

#include <string.h>

#include "base/text.h"
#include "der/der.h"

enum {
	CODE_POINT_MAX = 0x10ffff
};

bool
asn1_text_is(uint8_t tag)
{
	switch (tag) {
	case DER_UTF8_STRING:
	case DER_NUMERIC_STRING:
	case DER_PRINTABLE_STRING:
	case DER_TELETEX_STRING:
	case DER_IA5_STRING:
	case DER_VISIBLE_STRING:
	case DER_UNIVERSAL_STRING:
	case DER_BMP_STRING:
		return true;
	default:
		return false;
	}
}

static bool
is_surrogate(uint32_t c)
{
	return c >= 0xd800 && c <= 0xdfff;
}

static bool
next_octet(struct slice *s, uint32_t last, uint32_t *out)
{
	struct slice rest = *s;
	uint8_t octet;

	if (!slice_get_u8(&rest, &octet) || octet > last) {
		return false;
	}
	*out = octet;
	*s = rest;
	return true;
}

static bool
next_bmp(struct slice *s, uint32_t *out)
{
	struct slice rest = *s;
	uint16_t unit;

	if (!slice_get_u16(&rest, &unit) || is_surrogate(unit)) {
		return false;
	}
	*out = unit;
	*s = rest;
	return true;
}

static bool
next_universal(struct slice *s, uint32_t *out)
{
	struct slice rest = *s;
	uint32_t c;

	if (!slice_get_u32(&rest, &c) || c > CODE_POINT_MAX ||
	    is_surrogate(c)) {
		return false;
	}
	*out = c;
	*s = rest;
	return true;
}

bool
asn1_text_next(struct asn1_text *t, uint32_t *out)
{
	switch (t->tag) {
	case DER_UTF8_STRING:
		return text_get_char(&t->value, out);
	case DER_NUMERIC_STRING:
	case DER_PRINTABLE_STRING:
	case DER_IA5_STRING:
	case DER_VISIBLE_STRING:
		return next_octet(&t->value, 0x7f, out);
	case DER_TELETEX_STRING:
		return next_octet(&t->value, 0xff, out);
	case DER_BMP_STRING:
		return next_bmp(&t->value, out);
	case DER_UNIVERSAL_STRING:
		return next_universal(&t->value, out);
	default:
		return false;
	}
}

/* What the type itself allows of a character it can hold. */
static bool
char_fits(uint8_t tag, uint32_t c)
{
	switch (tag) {
	case DER_NUMERIC_STRING:
		return (c >= '0' && c <= '9') || c == ' ';
	case DER_PRINTABLE_STRING:
	case DER_VISIBLE_STRING:
		return c >= 0x20 && c <= 0x7e;
	default:
		return c != 0;
	}
}

bool
asn1_text_valid(struct asn1_text t)
{
	uint32_t c;

	if (!asn1_text_is(t.tag)) {
		return false;
	}
	while (asn1_text_next(&t, &c)) {
		if (!char_fits(t.tag, c)) {
			return false;
		}
	}
	return t.value.len == 0;
}

bool
asn1_text_is_printable_set(struct slice value)
{
	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = value.p[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			(c >= '0' && c <= '9') ||
			(c != 0 && strchr(" '()+,-./:=?", c) != NULL))) {
			return false;
		}
	}
	return true;
}

bool
asn1_text_utf8(struct asn1_text t, struct buf *out)
{
	struct asn1_text walk = t;
	uint32_t c;

	while (asn1_text_next(&walk, &c)) {
		if (c == 0) {
			return false;
		}
	}
	if (!asn1_text_is(t.tag) || walk.value.len > 0) {
		return false;
	}
	while (asn1_text_next(&t, &c)) {
		text_put_char(out, c);
	}
	return true;
}

bool
asn1_text_eq(struct asn1_text a, struct asn1_text b)
{
	uint32_t ca, cb;

	if (!asn1_text_is(a.tag) || !asn1_text_is(b.tag)) {
		return false;
	}
	while (a.value.len > 0 && b.value.len > 0) {
		if (!asn1_text_next(&a, &ca) || !asn1_text_next(&b, &cb) ||
		    ca != cb) {
			return false;
		}
	}
	return a.value.len == 0 && b.value.len == 0;
}

size_t
asn1_text_num_chars(struct asn1_text t)
{
	size_t num = 0;
	uint32_t c;

	while (asn1_text_next(&t, &c)) {
		num++;
	}
	return t.value.len == 0 ? num : 0;
}

void
asn1_text_print_char(uint32_t c, struct buf *b)
{
	struct buf utf8 = BUF_INIT(8);

	if (!text_is_unsafe(c)) {
		text_put_char(b, c);
		return;
	}
	text_put_char(&utf8, c);
	for (size_t i = 0; i < utf8.len; i++) {
		buf_printf(b, "\\%02X", utf8.p[i]);
	}
	buf_clear(&utf8);
}

void
asn1_text_print(struct asn1_text t, struct buf *b)
{
	struct asn1_text walk = t;
	uint32_t c;

	if (!asn1_text_valid(t)) {
		buf_add_u8(b, '#');
		text_hex(b, t.value);
		return;
	}
	while (asn1_text_next(&walk, &c)) {
		asn1_text_print_char(c, b);
	}
}
