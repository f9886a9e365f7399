/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sms.h"

#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/text.h"

enum {
	NARROW_ONE = 160,
	NARROW_MANY = 153,
	WIDE_ONE = 70,
	WIDE_MANY = 67,
	ASCII_MAX = 0x7f,
	BMP_MAX = 0xffff,
};

/* What of ASCII the default alphabet has not, and what it has beyond. */
static bool
is_extension(uint32_t c)
{
	static const uint32_t set[] = {
	    '\f', '[', '\\', ']', '^', '{', '|', '}', '~', 0x20ac};

	for (size_t i = 0; i < ARRAY_LEN(set); i++) {
		if (set[i] == c) {
			return true;
		}
	}
	return false;
}

static bool
is_basic(uint32_t c)
{
	/* @ and the Latin and Greek letters of the table. */
	static const uint32_t set[] = {0xa1, 0xa3, 0xa4, 0xa5, 0xa7, 0xbf, 0xc4,
	    0xc5, 0xc6, 0xc7, 0xc9, 0xd1, 0xd6, 0xd8, 0xdc, 0xdf, 0xe0, 0xe4,
	    0xe5, 0xe6, 0xe8, 0xe9, 0xec, 0xf1, 0xf2, 0xf6, 0xf8, 0xf9, 0xfc,
	    0x393, 0x394, 0x398, 0x39b, 0x39e, 0x3a0, 0x3a3, 0x3a6, 0x3a8,
	    0x3a9};

	if (c <= ASCII_MAX) {
		return c == '\n' || c == '\r' ||
		       (c >= ' ' && c < ASCII_MAX && c != '`' &&
			   !is_extension(c));
	}
	for (size_t i = 0; i < ARRAY_LEN(set); i++) {
		if (set[i] == c) {
			return true;
		}
	}
	return false;
}

/* What one alphabet makes of the text; no character is cut in two. */
struct fill {
	size_t units;
	unsigned parts; /* of a text that is too long for one */
	size_t in_last;
};

static void
put(struct fill *f, size_t units, size_t many)
{
	f->units += units;
	if (f->parts == 0 || f->in_last + units > many) {
		f->parts++;
		f->in_last = 0;
	}
	f->in_last += units;
}

struct sms_size
sms_size(struct slice text)
{
	struct fill narrow = {0}, wide = {0};
	struct sms_size size = {0};
	const struct fill *f;
	uint32_t c;

	while (text.len > 0) {
		if (!text_get_char(&text, &c)) {
			c = BMP_MAX;
			text.p++;
			text.len--;
		}
		put(&wide, c > BMP_MAX ? 2 : 1, WIDE_MANY);
		put(&narrow, is_extension(c) ? 2 : 1, NARROW_MANY);
		size.wide = size.wide || (!is_basic(c) && !is_extension(c));
	}
	f = size.wide ? &wide : &narrow;
	size.units = f->units;
	size.parts =
	    f->units <= (size.wide ? WIDE_ONE : NARROW_ONE) ? 1 : f->parts;
	return size;
}

void
sms_area(const char *to, char out[SMS_AREA_SIZE])
{
	(void)snprintf(out, SMS_AREA_SIZE, "%s", to);
}
