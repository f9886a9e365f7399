/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "http/http_priv.h"

static bool
hex_value(uint8_t c, uint8_t *out)
{
	if (c >= '0' && c <= '9') {
		*out = (uint8_t)(c - '0');
	} else if (c >= 'a' && c <= 'f') {
		*out = (uint8_t)(c - 'a' + 10);
	} else if (c >= 'A' && c <= 'F') {
		*out = (uint8_t)(c - 'A' + 10);
	} else {
		return false;
	}
	return true;
}

/* One octet from the front of what is not empty, escapes resolved. */
static inline bool
get_octet(struct slice *s, bool plus, uint8_t *out)
{
	uint8_t high, low, c = s->p[0];

	if (c != '%') {
		*out = c == '+' && plus ? ' ' : c;
		s->p++;
		s->len--;
		return true;
	}
	if (s->len < 3 || !hex_value(s->p[1], &high) ||
	    !hex_value(s->p[2], &low)) {
		return false;
	}
	*out = (uint8_t)(high << 4 | low);
	s->p += 3;
	s->len -= 3;
	return true;
}

const char *
target_decode(struct slice raw, bool plus, struct room *room)
{
	char *text = room->p;
	size_t len = 0;
	struct slice s;

	if (raw.len + 1 > room->left) {
		return NULL;
	}
	while (raw.len > 0) {
		uint8_t c;

		if (!get_octet(&raw, plus, &c)) {
			return NULL;
		}
		text[len++] = (char)c;
	}
	text[len] = '\0';
	s = slice_make(text, len);
	if (len > 0 && !text_is_clean(s)) {
		return NULL;
	}
	room->p += len + 1;
	room->left -= len + 1;
	return text;
}

/* Part of s up to the character, or all of it; takes it and the character. */
static struct slice
take_until(struct slice *s, uint8_t end)
{
	const uint8_t *at = memchr(s->p, end, s->len);
	struct slice part = {s->p, at != NULL ? (size_t)(at - s->p) : s->len};

	s->p += part.len;
	s->len -= part.len;
	if (s->len > 0) {
		s->p++;
		s->len--;
	}
	return part;
}

/* "." and "..", plain or escaped: nothing of ours has such a segment. */
static bool
is_dots(struct slice segment)
{
	size_t dots = 0;

	while (segment.len > 0) {
		uint8_t c;

		if (!get_octet(&segment, false, &c) || c != '.') {
			return false;
		}
		dots++;
	}
	return dots == 1 || dots == 2;
}

bool
target_path_ok(struct slice path)
{
	struct slice rest = path;

	if (path.len == 0 || path.p[0] != '/') {
		return false;
	}
	while (rest.len > 0) {
		struct slice at = rest;
		uint8_t c;

		if (!get_octet(&rest, false, &c) || c < 0x20 || c == 0x7f) {
			return false;
		}
		/* Escaped anything; plain only what a target may have. */
		if (at.p[0] <= 0x20 || at.p[0] >= 0x7f || at.p[0] == '\\') {
			return false;
		}
	}
	rest = path;
	while (rest.len > 0) {
		if (is_dots(take_until(&rest, '/'))) {
			return false;
		}
	}
	return true;
}

bool
target_query(struct slice query, struct room *room, struct pair *out,
    size_t max, size_t *out_num)
{
	size_t num = 0;

	while (query.len > 0) {
		struct slice value = take_until(&query, '&');
		struct slice name;

		if (value.len == 0) {
			continue;
		}
		if (num == max) {
			return false;
		}
		name = take_until(&value, '=');
		out[num].name = target_decode(name, true, room);
		out[num].value = target_decode(value, true, room);
		if (out[num].name == NULL || out[num].value == NULL) {
			return false;
		}
		for (size_t i = 0; i < num; i++) {
			if (strcmp(out[i].name, out[num].name) == 0) {
				return false;
			}
		}
		num++;
	}
	*out_num = num;
	return true;
}
