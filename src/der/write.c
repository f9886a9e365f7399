/* SPDX-License-Identifier: Apache-2.0 */
#include "der/write.h"

#include <stdio.h>

#include "base/clock.h"

enum {
	LENGTH_OCTETS_MAX = 1 + sizeof(size_t)
};

size_t
der_header_len(size_t content_len)
{
	size_t len = 2;

	if (content_len >= 0x80) {
		for (; content_len > 0; content_len >>= 8) {
			len++;
		}
	}
	return len;
}

/* Length octets (X.690 10.1) into out; their number. */
static size_t
encode_length(size_t content_len, uint8_t out[LENGTH_OCTETS_MAX])
{
	size_t num = der_header_len(content_len) - 1;

	ensure(num <= LENGTH_OCTETS_MAX);
	if (num == 1) {
		out[0] = (uint8_t)content_len;
		return 1;
	}
	out[0] = (uint8_t)(0x80 | (num - 1));
	for (size_t i = num - 1; i > 0; i--) {
		out[i] = (uint8_t)content_len;
		content_len >>= 8;
	}
	return num;
}

void
der_put_header(struct buf *b, uint8_t tag, size_t content_len)
{
	uint8_t octets[LENGTH_OCTETS_MAX];

	buf_add_u8(b, tag);
	buf_add(b, slice_make(octets, encode_length(content_len, octets)));
}

/* A mark is where the content begins, behind one octet kept for the length. */
size_t
der_open(struct buf *b, uint8_t tag)
{
	buf_add_u8(b, tag);
	buf_add_u8(b, 0);
	return b->len;
}

void
der_close(struct buf *b, size_t mark)
{
	uint8_t octets[LENGTH_OCTETS_MAX];
	size_t num;

	if (b->err != ERR_OK) {
		return;
	}
	ensure(mark >= 2 && mark <= b->len);
	num = encode_length(b->len - mark, octets);
	/* Make room first: if that fails, nothing is half written. */
	if (num > 1) {
		buf_insert(b, mark, slice_make(octets + 1, num - 1));
		if (b->err != ERR_OK) {
			return;
		}
	}
	buf_patch(b, mark - 1, octets, 1);
}

/* Turn round the bytes from..to. */
static void
reverse(uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len / 2; i++) {
		uint8_t swap = p[i];

		p[i] = p[len - 1 - i];
		p[len - 1 - i] = swap;
	}
}

/*
 * X.690 11.6.  A selection sort by rotation: sets are a few small elements,
 * and this needs neither memory nor a list of them.
 */
void
der_close_set_of(struct buf *b, size_t mark)
{
	if (b->err != ERR_OK) {
		return;
	}
	ensure(mark >= 2 && mark <= b->len);
	for (size_t done = mark; done < b->len;) {
		struct slice rest = slice_make(b->p + done, b->len - done);
		struct slice least = SLICE_EMPTY;
		size_t before;

		while (rest.len > 0) {
			struct slice content, whole;
			uint8_t tag;

			ensure(der_get_any(&rest, &tag, &content, &whole,
				   NULL) == ERR_OK);
			if (least.p == NULL || slice_cmp(whole, least) < 0) {
				least = whole;
			}
		}
		before = (size_t)(least.p - (b->p + done));
		reverse(b->p + done, before);
		reverse(b->p + done + before, least.len);
		reverse(b->p + done, before + least.len);
		done += least.len;
	}
	der_close(b, mark);
}

void
der_put(struct buf *b, uint8_t tag, struct slice content)
{
	der_put_header(b, tag, content.len);
	buf_add(b, content);
}

void
der_put_raw(struct buf *b, struct slice der)
{
	buf_add(b, der);
}

void
der_put_bool(struct buf *b, bool v)
{
	uint8_t octet = v ? 0xff : 0x00;

	der_put(b, DER_BOOLEAN, slice_make(&octet, 1));
}

void
der_put_null(struct buf *b)
{
	der_put(b, DER_NULL, SLICE_EMPTY);
}

void
der_put_u63(struct buf *b, uint8_t tag, uint64_t v)
{
	uint8_t octets[sizeof(v)];
	size_t skip = 0;

	ensure(v <= INT64_MAX);
	for (size_t i = 0; i < sizeof(v); i++) {
		octets[sizeof(v) - 1 - i] = (uint8_t)(v >> (8 * i));
	}
	/* X.690 8.3.2: drop zero octets while the next is no sign bit. */
	while (skip < sizeof(v) - 1 && octets[skip] == 0 &&
	       (octets[skip + 1] & 0x80) == 0) {
		skip++;
	}
	der_put(b, tag, slice_make(octets + skip, sizeof(v) - skip));
}

void
der_put_unsigned(struct buf *b, struct slice magnitude)
{
	bool pad;

	while (magnitude.len > 0 && magnitude.p[0] == 0) {
		magnitude = slice_make(magnitude.p + 1, magnitude.len - 1);
	}
	pad = magnitude.len == 0 || (magnitude.p[0] & 0x80) != 0;
	der_put_header(b, DER_INTEGER, magnitude.len + (pad ? 1 : 0));
	if (pad) {
		buf_add_u8(b, 0);
	}
	buf_add(b, magnitude);
}

void
der_put_oid(struct buf *b, struct slice content)
{
	der_put(b, DER_OID, content);
}

void
der_put_bits(struct buf *b, struct slice bits, unsigned unused)
{
	ensure(unused <= 7 && (unused == 0 || bits.len > 0));
	der_put_header(b, DER_BIT_STRING, bits.len + 1);
	buf_add_u8(b, (uint8_t)unused);
	buf_add(b, bits);
}

void
der_put_named_bits(struct buf *b, uint8_t tag, uint32_t bits)
{
	uint8_t octets[1 + sizeof(bits)] = {0};
	unsigned num = 0;

	for (unsigned i = 0; i < 32; i++) {
		if ((bits >> i & 1) != 0) {
			octets[1 + i / 8] |= (uint8_t)(0x80 >> i % 8);
			num = i + 1;
		}
	}
	octets[0] = (uint8_t)((8 - num % 8) % 8);
	der_put(b, tag, slice_make(octets, 1 + (num + 7) / 8));
}

void
der_put_time(struct buf *b, uint8_t tag, int64_t sec)
{
	char text[32];
	struct civil c;
	int len;

	ensure(tag == DER_UTC_TIME || (tag & 0x1f) == DER_GENERALIZED_TIME ||
	       (tag & 0xe0) == DER_CONTEXT(0));
	ensure(civil_from_sec(sec, &c));
	if (tag == DER_UTC_TIME) {
		ensure(c.year >= 1950 && c.year <= 2049);
		len = snprintf(text, sizeof(text), "%02d%02d%02d%02d%02d%02dZ",
		    c.year % 100, c.month, c.day, c.hour, c.minute, c.second);
	} else {
		len = snprintf(text, sizeof(text), "%04d%02d%02d%02d%02d%02dZ",
		    c.year, c.month, c.day, c.hour, c.minute, c.second);
	}
	ensure(len > 0 && (size_t)len < sizeof(text));
	der_put(b, tag, slice_make(text, (size_t)len));
}

void
der_put_time_5280(struct buf *b, int64_t sec)
{
	struct civil c;

	ensure(civil_from_sec(sec, &c));
	der_put_time(b,
	    c.year >= 1950 && c.year <= 2049 ? DER_UTC_TIME
					     : DER_GENERALIZED_TIME,
	    sec);
}
