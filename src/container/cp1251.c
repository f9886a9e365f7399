/* SPDX-License-Identifier: Apache-2.0 */
#include "container/cp1251.h"

#include <stdint.h>

#include "base/text.h"

enum {
	HIGH = 0x80,    /* below it is ASCII */
	LETTERS = 0xc0, /* from there on the letters, А to я */
	FIRST_LETTER = 0x410,
	REPLACEMENT = 0xfffd
};

/* 80 to BF; 0: none. */
static const uint16_t middle[LETTERS - HIGH] = {
    0x0402,
    0x0403,
    0x201a,
    0x0453,
    0x201e,
    0x2026,
    0x2020,
    0x2021,
    0x20ac,
    0x2030,
    0x0409,
    0x2039,
    0x040a,
    0x040c,
    0x040b,
    0x040f,
    0x0452,
    0x2018,
    0x2019,
    0x201c,
    0x201d,
    0x2022,
    0x2013,
    0x2014,
    0,
    0x2122,
    0x0459,
    0x203a,
    0x045a,
    0x045c,
    0x045b,
    0x045f,
    0x00a0,
    0x040e,
    0x045e,
    0x0408,
    0x00a4,
    0x0490,
    0x00a6,
    0x00a7,
    0x0401,
    0x00a9,
    0x0404,
    0x00ab,
    0x00ac,
    0x00ad,
    0x00ae,
    0x0407,
    0x00b0,
    0x00b1,
    0x0406,
    0x0456,
    0x0491,
    0x00b5,
    0x00b6,
    0x00b7,
    0x0451,
    0x2116,
    0x0454,
    0x00bb,
    0x0458,
    0x0405,
    0x0455,
    0x0457,
};

void
cp1251_to_utf8(struct slice s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		uint32_t c = s.p[i];

		if (c >= LETTERS) {
			c = c - LETTERS + FIRST_LETTER;
		} else if (c >= HIGH) {
			c = middle[c - HIGH] != 0 ? middle[c - HIGH]
						  : REPLACEMENT;
		}
		text_put_char(out, c);
	}
}

/* 0: it has none (and NUL is no character of a name either). */
static uint8_t
octet_of(uint32_t c)
{
	if (c < HIGH) {
		return (uint8_t)c;
	}
	if (c >= FIRST_LETTER && c < FIRST_LETTER + (0x100 - LETTERS)) {
		return (uint8_t)(c - FIRST_LETTER + LETTERS);
	}
	for (size_t i = 0; i < ARRAY_LEN(middle); i++) {
		if (middle[i] == c) {
			return (uint8_t)(i + HIGH);
		}
	}
	return 0;
}

bool
cp1251_from_utf8(struct slice utf8, struct buf *out)
{
	const size_t before = out->len;
	uint32_t c;

	while (utf8.len > 0) {
		uint8_t octet = text_get_char(&utf8, &c) ? octet_of(c) : 0;

		if (octet == 0) {
			buf_cut(out, before);
			return false;
		}
		buf_add_u8(out, octet);
	}
	return true;
}
