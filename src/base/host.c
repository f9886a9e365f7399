/* SPDX-License-Identifier: Apache-2.0 */
#include "base/host.h"

#include <string.h>

#include "base/text.h"

static bool
label_valid(struct slice label)
{
	if (label.len == 0 || label.len > 63 || label.p[0] == '-' ||
	    label.p[label.len - 1] == '-') {
		return false;
	}
	for (size_t i = 0; i < label.len; i++) {
		if (!text_is_alnum(label.p[i]) && label.p[i] != '-') {
			return false;
		}
	}
	return true;
}

bool
host_valid(struct slice name, size_t min_labels)
{
	size_t num_labels = 0;
	size_t start = 0;
	struct slice label = SLICE_EMPTY;

	if (name.len > 253) {
		return false;
	}
	for (size_t i = 0; i <= name.len; i++) {
		if (i < name.len && name.p[i] != '.') {
			continue;
		}
		label = slice_make(name.p + start, i - start);
		if (!label_valid(label)) {
			return false;
		}
		num_labels++;
		start = i + 1;
	}
	return num_labels >= min_labels && !text_is_digits(label);
}

bool
domain_valid(struct slice name)
{
	return host_valid(name, 2);
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
ip_parse(struct slice text, uint8_t out[IP_OCTETS_MAX])
{
	if (parse_ipv4(text, out)) {
		return 4;
	}
	return parse_ipv6(text, out) ? IP_OCTETS_MAX : 0;
}

/* The longest run of two zero groups or more, the first of equals: RFC 5952
 * 4.2.  A run of length 0 when there is none. */
static void
longest_gap(const uint8_t *ip, size_t *out_from, size_t *out_len)
{
	size_t len = 0;

	*out_from = IP_OCTETS_MAX;
	*out_len = 0;
	for (size_t i = 0; i < IP_OCTETS_MAX; i += 2) {
		len = ip[i] == 0 && ip[i + 1] == 0 ? len + 2 : 0;
		if (len > *out_len && len > 2) {
			*out_len = len;
			*out_from = i + 2 - len;
		}
	}
}

static void
put_ipv6(struct buf *b, const uint8_t *ip)
{
	size_t gap, gap_len;

	longest_gap(ip, &gap, &gap_len);
	for (size_t i = 0; i < IP_OCTETS_MAX; i += 2) {
		if (i == gap) {
			buf_add_str(b, "::");
			i += gap_len - 2;
			continue;
		}
		buf_printf(b, "%s%x", i > 0 && i != gap + gap_len ? ":" : "",
		    (unsigned)ip[i] << 8 | ip[i + 1]);
	}
}

void
ip_put(struct buf *b, struct slice ip)
{
	if (ip.len == IP_OCTETS_MAX) {
		put_ipv6(b, ip.p);
	} else if (ip.len == 4) {
		buf_printf(
		    b, "%u.%u.%u.%u", ip.p[0], ip.p[1], ip.p[2], ip.p[3]);
	}
}
