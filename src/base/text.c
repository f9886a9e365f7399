/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <string.h>

bool
text_get_char(struct slice *s, uint32_t *out)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t c;
	size_t size;

	if (s->len == 0) {
		return false;
	}
	c = s->p[0];
	if (c < 0x80) {
		size = 1;
	} else if (c >= 0xc2 && c < 0xe0) {
		size = 2;
		c &= 0x1f;
	} else if (c >= 0xe0 && c < 0xf0) {
		size = 3;
		c &= 0x0f;
	} else if (c >= 0xf0 && c < 0xf5) {
		size = 4;
		c &= 0x07;
	} else {
		return false;
	}
	if (s->len < size) {
		return false;
	}
	for (size_t i = 1; i < size; i++) {
		if ((s->p[i] & 0xc0) != 0x80) {
			return false;
		}
		c = c << 6 | (s->p[i] & 0x3fu);
	}
	if (c < least[size] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
		return false;
	}
	s->p += size;
	s->len -= size;
	*out = c;
	return true;
}

void
text_put_char(struct buf *b, uint32_t c)
{
	ensure(c <= 0x10ffff);
	if (c < 0x80) {
		buf_add_u8(b, (uint8_t)c);
	} else if (c < 0x800) {
		buf_add_u8(b, (uint8_t)(0xc0 | c >> 6));
		buf_add_u8(b, (uint8_t)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_add_u8(b, (uint8_t)(0xe0 | c >> 12));
		buf_add_u8(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
		buf_add_u8(b, (uint8_t)(0x80 | (c & 0x3f)));
	} else {
		buf_add_u8(b, (uint8_t)(0xf0 | c >> 18));
		buf_add_u8(b, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		buf_add_u8(b, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
		buf_add_u8(b, (uint8_t)(0x80 | (c & 0x3f)));
	}
}

bool
text_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

bool
text_is_unsafe(uint32_t c)
{
	return text_is_control(c) || c == 0x061c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

bool
text_is_utf8(struct slice s)
{
	uint32_t c;

	while (s.len > 0) {
		if (s.p[0] < 0x80) {
			s.p++;
			s.len--;
		} else if (!text_get_char(&s, &c)) {
			return false;
		}
	}
	return true;
}

bool
text_is_clean(struct slice s)
{
	uint32_t c;

	if (s.len == 0) {
		return false;
	}
	while (s.len > 0) {
		if (s.p[0] >= 0x20 && s.p[0] < 0x7f) {
			s.p++;
			s.len--;
		} else if (!text_get_char(&s, &c) || text_is_control(c)) {
			return false;
		}
	}
	return true;
}

size_t
text_num_chars(struct slice s)
{
	size_t num = 0;

	for (size_t i = 0; i < s.len; i++) {
		num += (s.p[i] & 0xc0) != 0x80;
	}
	return num;
}

bool
text_is_digits(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') {
			return false;
		}
	}
	return s.len > 0;
}

void
text_hex(struct buf *b, struct slice s)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *at = s.len <= SIZE_MAX / 2 ? buf_grow(b, s.len * 2) : NULL;

	if (at == NULL) {
		return;
	}
	for (size_t i = 0; i < s.len; i++) {
		*at++ = (uint8_t)digits[s.p[i] >> 4];
		*at++ = (uint8_t)digits[s.p[i] & 0xf];
	}
}

static int
hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	if (c >= 'A' && c <= 'F') {
		return c - 'A' + 10;
	}
	return -1;
}

static bool
get_octet(struct slice *hex, uint8_t *out)
{
	int high = hex->len < 2 ? -1 : hex_value(hex->p[0]);
	int low = hex->len < 2 ? -1 : hex_value(hex->p[1]);

	if (high < 0 || low < 0) {
		return false;
	}
	*out = (uint8_t)(high << 4 | low);
	*hex = slice_make(hex->p + 2, hex->len - 2);
	return true;
}

bool
text_unhex(struct slice hex, uint8_t *out, size_t out_len)
{
	for (size_t i = 0; i < out_len; i++) {
		if (!get_octet(&hex, &out[i])) {
			return false;
		}
	}
	return hex.len == 0;
}

bool
text_unhex_apart(struct slice hex, uint8_t *out, size_t out_len)
{
	for (size_t i = 0; i < out_len; i++) {
		while (i > 0 && hex.len > 0 &&
		       (hex.p[0] == ':' || hex.p[0] == ' ')) {
			hex = slice_make(hex.p + 1, hex.len - 1);
		}
		if (!get_octet(&hex, &out[i])) {
			return false;
		}
	}
	return hex.len == 0;
}

static const char alphabet64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char alphabet64url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The 2..4 characters of 1..3 octets. */
static size_t
quantum64(const uint8_t *p, size_t num, const char *alphabet, bool padded,
    uint8_t *at)
{
	uint32_t v = (uint32_t)p[0] << 16;
	size_t out = 0;

	if (num > 1) {
		v |= (uint32_t)p[1] << 8;
	}
	if (num > 2) {
		v |= p[2];
	}
	for (size_t i = 0; i < 4; i++, v <<= 6) {
		if (i <= num) {
			at[out++] = (uint8_t)alphabet[v >> 18 & 0x3f];
		} else if (padded) {
			at[out++] = '=';
		}
	}
	return out;
}

static void
put_base64(struct buf *b, struct slice s, const char *alphabet, bool padded)
{
	uint8_t rest[4], *at;

	at = buf_grow(b, s.len / 3 * 4);
	if (at == NULL) {
		return;
	}
	for (; s.len >= 3; s = slice_make(s.p + 3, s.len - 3)) {
		at += quantum64(s.p, 3, alphabet, padded, at);
	}
	if (s.len > 0) {
		buf_add(b, slice_make(rest,
			       quantum64(s.p, s.len, alphabet, padded, rest)));
	}
}

void
text_base64(struct buf *b, struct slice s)
{
	put_base64(b, s, alphabet64, true);
}

void
text_base64url(struct buf *b, struct slice s)
{
	put_base64(b, s, alphabet64url, false);
}

static int
base64_value(uint8_t c, const char *alphabet)
{
	if (c >= 'A' && c <= 'Z') {
		return c - 'A';
	}
	if (c >= 'a' && c <= 'z') {
		return c - 'a' + 26;
	}
	if (c >= '0' && c <= '9') {
		return c - '0' + 52;
	}
	/* Only the last two differ between alphabets. */
	return c == (uint8_t)alphabet[62]   ? 62
	       : c == (uint8_t)alphabet[63] ? 63
					    : -1;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* One decoder for both alphabets; the last quantum must be canonical. */
struct decoder64 {
	const char *alphabet;
	struct buf *out; /* NULL: only look */
	uint32_t bits;
	unsigned num; /* characters in the open quantum */
};

static void
decoder64_give(struct decoder64 *d, const uint8_t *octets, size_t num)
{
	if (d->out != NULL) {
		buf_add(d->out, slice_make(octets, num));
	}
}

static bool
decoder64_put(struct decoder64 *d, uint8_t c)
{
	int v = base64_value(c, d->alphabet);

	if (v < 0) {
		return false;
	}
	d->bits = d->bits << 6 | (uint32_t)v;
	if (++d->num == 4) {
		const uint8_t octets[3] = {(uint8_t)(d->bits >> 16 & 0xff),
		    (uint8_t)(d->bits >> 8 & 0xff), (uint8_t)(d->bits & 0xff)};

		decoder64_give(d, octets, sizeof(octets));
		d->bits = 0;
		d->num = 0;
	}
	return true;
}

static bool
decoder64_end(struct decoder64 *d)
{
	uint8_t octets[2];

	if (d->num == 0) {
		return true;
	}
	if (d->num == 2 && (d->bits & 0xf) == 0) {
		octets[0] = (uint8_t)(d->bits >> 4 & 0xff);
		decoder64_give(d, octets, 1);
		return true;
	}
	if (d->num == 3 && (d->bits & 0x3) == 0) {
		octets[0] = (uint8_t)(d->bits >> 10 & 0xff);
		octets[1] = (uint8_t)(d->bits >> 2 & 0xff);
		decoder64_give(d, octets, 2);
		return true;
	}
	return false;
}

bool
text_unbase64(struct slice s, struct buf *out)
{
	struct decoder64 d = {alphabet64, out, 0, 0};
	unsigned pads = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (is_space(s.p[i])) {
			continue;
		}
		if (s.p[i] == '=') {
			pads++;
		} else if (pads > 0 || !decoder64_put(&d, s.p[i])) {
			return false;
		}
	}
	return pads == (4 - d.num) % 4 && decoder64_end(&d) &&
	       out->err == ERR_OK;
}

static bool
look_base64url(struct slice s, struct buf *out)
{
	struct decoder64 d = {alphabet64url, out, 0, 0};

	for (size_t i = 0; i < s.len; i++) {
		if (!decoder64_put(&d, s.p[i])) {
			return false;
		}
	}
	return decoder64_end(&d);
}

bool
text_is_base64url(struct slice s)
{
	return look_base64url(s, NULL);
}

bool
text_unbase64url(struct slice s, struct buf *out)
{
	return look_base64url(s, out) && out->err == ERR_OK;
}

/* Crockford's alphabet leaves out i, l, o and u. */
static const char alphabet32[] = "0123456789abcdefghjkmnpqrstvwxyz";

void
text_base32_array(const uint8_t *p, size_t len, char *out)
{
	uint32_t bits = 0;
	unsigned num = 0;

	for (size_t i = 0; i < len; i++) {
		bits = (bits << 8 | p[i]) & 0xfff;
		for (num += 8; num >= 5; num -= 5) {
			*out++ = alphabet32[bits >> (num - 5) & 0x1f];
		}
	}
	if (num > 0) {
		*out++ = alphabet32[bits << (5 - num) & 0x1f];
	}
	*out = '\0';
}

bool
text_unbase32(struct slice s, uint8_t *out, size_t out_len)
{
	uint32_t bits = 0;
	unsigned num = 0;
	size_t used = 0;

	if (s.len != (out_len * 8 + 4) / 5) {
		return false;
	}
	for (size_t i = 0; i < s.len; i++) {
		const char *at = s.p[i] != 0 ? memchr(alphabet32, s.p[i],
						   sizeof(alphabet32) - 1)
					     : NULL;

		if (at == NULL) {
			return false;
		}
		bits = (bits << 5 | (uint32_t)(at - alphabet32)) & 0xfff;
		num += 5;
		if (num >= 8) {
			num -= 8;
			out[used++] = (uint8_t)(bits >> num & 0xff);
		}
	}
	/* What is left over are padding bits; one text for one value. */
	return used == out_len && (bits & ((1u << num) - 1)) == 0;
}

/* How many octets at the front stay as they are, at most max: ASCII alone, of
 * which nearly everything consists. */
static size_t
plain_run(struct slice s, size_t max)
{
	size_t n = 0;

	while (n < s.len && n < max && s.p[n] >= 0x20 && s.p[n] < 0x7f &&
	       s.p[n] != '\\') {
		n++;
	}
	return n;
}

void
text_escape(struct buf *b, struct slice s, size_t max)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t num = 0; s.len > 0; num++) {
		size_t run = plain_run(s, max - num);
		struct slice at;
		uint32_t c;

		buf_add(b, slice_make(s.p, run));
		s = slice_make(s.p + run, s.len - run);
		num += run;
		if (s.len == 0) {
			return;
		}
		at = s;
		if (num == max) {
			buf_add_str(b, "...");
			return;
		}
		if (text_get_char(&s, &c) && !text_is_unsafe(c) && c != '\\') {
			buf_add(b, slice_make(at.p, at.len - s.len));
			continue;
		}
		/* Byte by byte, so that the reader sees what came in. */
		if (at.len == s.len) {
			s.p++;
			s.len--;
		}
		for (size_t i = 0; i < at.len - s.len; i++) {
			buf_add_str(b, "\\x");
			buf_add_u8(b, (uint8_t)digits[at.p[i] >> 4]);
			buf_add_u8(b, (uint8_t)digits[at.p[i] & 0xf]);
		}
	}
}

bool
text_is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

uint32_t
text_lower_char(uint32_t c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) ||
	    (c >= 0x410 && c <= 0x42f)) {
		return c + 0x20;
	}
	return c >= 0x400 && c <= 0x40f ? c + 0x50 : c;
}

bool
text_is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xa0 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x202f;
}

static uint32_t
fold_char(uint32_t c)
{
	c = text_lower_char(c);
	return c == 0x451 ? 0x435 : c; /* ё to е */
}

void
text_fold(struct buf *b, struct slice utf8)
{
	bool gap = false, any = false;
	uint32_t c;

	while (text_get_char(&utf8, &c)) {
		if (text_is_blank(c)) {
			gap = any;
			continue;
		}
		if (gap) {
			buf_add_u8(b, ' ');
			gap = false;
		}
		text_put_char(b, fold_char(c));
		any = true;
	}
}

bool
text_to_u64(struct slice s, uint64_t *out)
{
	uint64_t v = 0;

	if (!text_is_digits(s)) {
		return false;
	}
	for (size_t i = 0; i < s.len; i++) {
		uint64_t digit = (uint64_t)(s.p[i] - '0');

		if (v > (UINT64_MAX - digit) / 10) {
			return false;
		}
		v = v * 10 + digit;
	}
	*out = v;
	return true;
}
