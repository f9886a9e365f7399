/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/values.h"

#include <string.h>

#include "base/host.h"
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
		return ip_parse(slice_str(text), octets) != 0;
	case SAN_URI:
		return uri_form_fits(slice_str(text));
	case SAN_NONE:
	case SAN_KIND_MAX_:
		break;
	}
	return false;
}
