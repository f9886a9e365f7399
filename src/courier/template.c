/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "courier/gateway_priv.h"
#include "json/writer.h"

static const struct {
	const char *name;
	enum part_kind kind;
} placeholders[] = {
    {"to", PART_TO},
    {"to_digits", PART_TO_DIGITS},
    {"text", PART_TEXT},
    {"id", PART_ID},
    {"report", PART_REPORT},
    {"report_url", PART_REPORT_URL},
    {"secret", PART_SECRET},
};

/* Length of "{word}" at the front, 0 when there is none. */
static size_t
braced_len(const char *s)
{
	size_t len;

	if (s[0] != '{') {
		return 0;
	}
	len = strspn(s + 1, "abcdefghijklmnopqrstuvwxyz_");
	return len > 0 && s[1 + len] == '}' ? len + 2 : 0;
}

static bool
find_placeholder(struct slice name, enum part_kind *out)
{
	for (size_t i = 0; i < ARRAY_LEN(placeholders); i++) {
		if (slice_eq_str(name, placeholders[i].name)) {
			*out = placeholders[i].kind;
			return true;
		}
	}
	return false;
}

static bool
add_part(struct template *t, enum part_kind kind, struct slice literal)
{
	if (t->num_parts == TEMPLATE_PARTS_MAX) {
		return false;
	}
	t->parts[t->num_parts++] = (struct part){kind, literal};
	return true;
}

const char *
template_compile(struct template *t, const char *text, enum place place)
{
	static const char too_many[] = "has too many placeholders";
	const char *start = text;

	*t = (struct template){.place = place};
	while (*text != '\0') {
		size_t len = braced_len(text);
		enum part_kind kind;

		if (len == 0) {
			text++;
			continue;
		}
		if (!find_placeholder(slice_make(text + 1, len - 2), &kind)) {
			return "has an unknown placeholder; there are {to} "
			       "{to_digits} {text} {id} {report} "
			       "{report_url} {secret}";
		}
		if (text > start &&
		    !add_part(t, PART_LITERAL,
			slice_make(start, (size_t)(text - start)))) {
			return too_many;
		}
		if (!add_part(t, kind, SLICE_EMPTY)) {
			return too_many;
		}
		text += len;
		start = text;
	}
	if (text > start && !add_part(t, PART_LITERAL,
				slice_make(start, (size_t)(text - start)))) {
		return too_many;
	}
	return NULL;
}

bool
template_has(const struct template *t, enum part_kind kind)
{
	for (size_t i = 0; i < t->num_parts; i++) {
		if (t->parts[i].kind == kind) {
			return true;
		}
	}
	return false;
}

/* RFC 3986 2.3: everything but the unreserved characters. */
static void
put_percent(struct buf *out, struct slice s)
{
	uint8_t c;

	while (slice_get_u8(&s, &c)) {
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') ||
			     (c != '\0' && strchr("-._~", c) != NULL);

		if (plain) {
			buf_add_u8(out, c);
		} else {
			buf_printf(out, "%%%02X", c);
		}
	}
}

static void
put_escaped(struct buf *out, struct slice s, enum place place)
{
	switch (place) {
	case PLACE_TEXT:
		buf_add(out, s);
		return;
	case PLACE_JSON:
		json_escape(out, s);
		return;
	case PLACE_PERCENT:
		put_percent(out, s);
		return;
	}
}

static struct slice
value_of(
    enum part_kind kind, const struct gateway_message *m, struct slice secret)
{
	switch (kind) {
	case PART_TO:
		return slice_str(m->to);
	case PART_TO_DIGITS:
		return slice_str(m->to[0] == '+' ? m->to + 1 : m->to);
	case PART_TEXT:
		return m->text;
	case PART_ID:
		return slice_str(m->id);
	case PART_REPORT:
		return slice_str(m->report != NULL ? m->report : "");
	case PART_REPORT_URL:
		return m->report_url;
	case PART_SECRET:
		return secret;
	case PART_LITERAL:
		break;
	}
	return SLICE_EMPTY;
}

void
template_render(const struct template *t, const struct gateway_message *message,
    struct slice secret, struct buf *out)
{
	for (size_t i = 0; i < t->num_parts; i++) {
		const struct part *part = &t->parts[i];

		if (part->kind == PART_LITERAL) {
			buf_add(out, part->literal);
		} else {
			put_escaped(out, value_of(part->kind, message, secret),
			    t->place);
		}
	}
}

static bool
find_slice(struct slice text, struct slice what, size_t *out_at)
{
	for (size_t at = 0; what.len <= text.len - at; at++) {
		if (what.len == 0 ||
		    memcmp(text.p + at, what.p, what.len) == 0) {
			*out_at = at;
			return true;
		}
		if (at == text.len) {
			break;
		}
	}
	return false;
}

bool
pattern_find_id(const char *pattern, struct slice text, struct slice *out_id)
{
	const char *mark = strstr(pattern, "{id}");
	struct slice prefix, suffix, id;
	size_t at, len;

	if (mark == NULL) {
		return false;
	}
	prefix = slice_make(pattern, (size_t)(mark - pattern));
	suffix = slice_str(mark + 4);
	if (!find_slice(text, prefix, &at)) {
		return false;
	}
	text.p += at + prefix.len;
	text.len -= at + prefix.len;
	if (suffix.len == 0) {
		len = text.len;
	} else if (!find_slice(text, suffix, &len)) {
		return false;
	}
	id = slice_make(text.p, len);
	while (id.len > 0 && strchr(" \r\n\t", id.p[id.len - 1]) != NULL) {
		id.len--;
	}
	if (id.len == 0) {
		return false;
	}
	*out_id = id;
	return true;
}

bool
status_fits(const char *pattern, unsigned status)
{
	unsigned digits[3] = {status / 100 % 10, status / 10 % 10, status % 10};

	for (size_t i = 0; i < 3; i++) {
		if (pattern[i] != 'x' &&
		    pattern[i] != (char)('0' + (int)digits[i])) {
			return false;
		}
	}
	return pattern[3] == '\0' && status < 1000;
}
