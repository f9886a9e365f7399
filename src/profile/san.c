/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/values.h"

#include <string.h>

#include "base/text.h"
#include "subject/words.h"

static const char *const kind_names[] = {
    [SAN_NONE] = "none",
    [SAN_DNS] = "dns",
    [SAN_EMAIL] = "email",
    [SAN_IP] = "ip",
    [SAN_URI] = "uri",
};
_Static_assert(ARRAY_LEN(kind_names) == SAN_KIND_MAX_, "every kind is named");

const char *
san_kind_name(enum san_kind kind)
{
	return (unsigned)kind < SAN_KIND_MAX_ ? kind_names[kind] : NULL;
}

enum san_kind
san_kind_by_name(const char *name)
{
	for (unsigned i = SAN_DNS; i < SAN_KIND_MAX_; i++) {
		if (strcmp(kind_names[i], name) == 0) {
			return (enum san_kind)i;
		}
	}
	return SAN_NONE;
}

/* Takes 1..max_digits of base 10 or 16 from the front; canonical: no leading
 * zeros, lower or upper hex. */
static bool
get_number(struct slice *s, unsigned base, size_t max_digits, unsigned *out)
{
	unsigned value = 0;
	size_t num = 0;

	while (num < s->len && num <= max_digits) {
		uint8_t c = s->p[num];
		unsigned d;

		if (c >= '0' && c <= '9') {
			d = (unsigned)(c - '0');
		} else if (base == 16 && ((c | 0x20) >= 'a') &&
			   ((c | 0x20) <= 'f')) {
			d = (unsigned)((c | 0x20) - 'a') + 10;
		} else {
			break;
		}
		value = value * base + d;
		num++;
	}
	if (num == 0 || num > max_digits || (num > 1 && s->p[0] == '0')) {
		return false;
	}
	s->p += num;
	s->len -= num;
	*out = value;
	return true;
}

static bool
get_char(struct slice *s, uint8_t c)
{
	if (s->len == 0 || s->p[0] != c) {
		return false;
	}
	s->p++;
	s->len--;
	return true;
}

static bool
parse_ipv4(struct slice s, uint8_t out[4])
{
	for (size_t i = 0; i < 4; i++) {
		unsigned v;

		if ((i > 0 && !get_char(&s, '.')) ||
		    !get_number(&s, 10, 3, &v) || v > 255) {
			return false;
		}
		out[i] = (uint8_t)v;
	}
	return s.len == 0;
}

/* RFC 4291 2.2 forms 1 and 2 (no embedded IPv4, no zone). */
static bool
parse_ipv6(struct slice s, uint8_t out[16])
{
	size_t num = 0;  /* groups so far */
	size_t gap = 99; /* where "::" stands */
	uint8_t all[16] = {0};

	if (s.len >= 2 && s.p[0] == ':' && s.p[1] == ':') {
		gap = 0;
		s.p += 2;
		s.len -= 2;
	}
	while (s.len > 0) {
		unsigned v;

		if (num == 8 || !get_number(&s, 16, 4, &v)) {
			return false;
		}
		all[2 * num] = (uint8_t)(v >> 8);
		all[2 * num + 1] = (uint8_t)(v & 0xff);
		num++;
		if (s.len == 0) {
			break;
		}
		if (!get_char(&s, ':') || s.len == 0) {
			return false;
		}
		if (get_char(&s, ':')) {
			if (gap != 99) {
				return false;
			}
			gap = num;
		}
	}
	if (gap == 99 ? num != 8 : num > 7) {
		return false;
	}
	memset(out, 0, 16);
	if (gap == 99) {
		gap = num;
	}
	memcpy(out, all, 2 * gap);
	memcpy(out + 16 - 2 * (num - gap), all + 2 * gap, 2 * (num - gap));
	return true;
}

size_t
san_ip_octets(const char *text, uint8_t out[16])
{
	struct slice s = slice_str(text);

	if (parse_ipv4(s, out)) {
		return 4;
	}
	return parse_ipv6(s, out) ? 16 : 0;
}

static bool
dns_form_fits(struct slice s)
{
	/* One wildcard, the whole leftmost label (RFC 6125 7.2). */
	if (s.len > 2 && s.p[0] == '*' && s.p[1] == '.') {
		s.p += 2;
		s.len -= 2;
	}
	return domain_valid(s);
}

static bool
is_scheme_char(uint8_t c, bool first)
{
	bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

	return alpha || (!first && ((c >= '0' && c <= '9') || c == '+' ||
				       c == '-' || c == '.'));
}

/* RFC 3986 3: a scheme, a colon, and visible ASCII behind it. */
static bool
uri_form_fits(struct slice s)
{
	size_t colon = 0;

	while (colon < s.len && is_scheme_char(s.p[colon], colon == 0)) {
		colon++;
	}
	if (colon == 0 || colon + 1 >= s.len || s.p[colon] != ':') {
		return false;
	}
	for (size_t i = colon + 1; i < s.len; i++) {
		if (s.p[i] <= ' ' || s.p[i] > 0x7e ||
		    strchr("\"<>\\^`{|}", s.p[i]) != NULL) {
			return false;
		}
	}
	return true;
}

bool
san_form_fits(enum san_kind kind, const char *text)
{
	struct buf normal = BUF_INIT(SAN_TEXT_MAX);
	uint8_t octets[16];
	bool fits = false;

	switch (kind) {
	case SAN_DNS:
		return dns_form_fits(slice_str(text));
	case SAN_EMAIL:
		fits = email_normalise(
			   "email", slice_str(text), &normal, NULL) == ERR_OK &&
		       normal.len == strlen(text);
		buf_clear(&normal);
		return fits;
	case SAN_IP:
		return san_ip_octets(text, octets) != 0;
	case SAN_URI:
		return uri_form_fits(slice_str(text));
	case SAN_NONE:
	case SAN_KIND_MAX_:
		break;
	}
	return false;
}
