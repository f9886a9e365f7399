/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/scan.h"

#include <string.h>

#include "base/bounds.h"
#include "base/text.h"

struct scan {
	struct slice rest;
	const char *name;
	unsigned line;
	unsigned depth;
	struct errinfo *ei;
};

static enum err
bad(const struct scan *s, const char *what)
{
	return err_set(s->ei, ERR_FORMAT, "conf.syntax", NULL, "%s:%u: %s",
	    s->name, s->line, what);
}

static uint8_t
peek(const struct scan *s, size_t ahead)
{
	return ahead < s->rest.len ? s->rest.p[ahead] : 0;
}

static uint8_t
next(struct scan *s)
{
	uint8_t c = 0;

	if (slice_get_u8(&s->rest, &c) && c == '\n') {
		s->line++;
	}
	return c;
}

static void
skip_line(struct scan *s)
{
	while (s->rest.len > 0 && peek(s, 0) != '\n') {
		(void)next(s);
	}
}

static enum err
skip_block_comment(struct scan *s)
{
	(void)next(s);
	(void)next(s);
	while (s->rest.len > 0) {
		if (peek(s, 0) == '*' && peek(s, 1) == '/') {
			(void)next(s);
			(void)next(s);
			return ERR_OK;
		}
		(void)next(s);
	}
	return bad(s, "the comment has no end");
}

static bool
is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* Behind a backslash inside a string. */
static enum err
check_escape(struct scan *s)
{
	uint8_t c = next(s);

	if (c != '\0' && strchr("nrtf\\\"", c) != NULL) {
		return ERR_OK;
	}
	if (c != 'x' || !is_hex(peek(s, 0)) || !is_hex(peek(s, 1))) {
		return bad(s,
		    "unknown escape in a string; there are \\n \\r \\t \\f "
		    "\\\" \\\\ and \\xNN");
	}
	if (peek(s, 0) == '0' && peek(s, 1) == '0') {
		return bad(s, "a string may not hold a NUL");
	}
	return ERR_OK;
}

static enum err
skip_string(struct scan *s)
{
	(void)next(s);
	while (s->rest.len > 0) {
		uint8_t c = next(s);

		if (c == '"') {
			return ERR_OK;
		}
		if (c == '\\') {
			enum err e = check_escape(s);

			if (e != ERR_OK) {
				return e;
			}
		}
	}
	return bad(s, "the string has no end");
}

static bool
in_word(uint8_t c)
{
	return is_hex(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_' || c == '*' || c == '-' || c == '.' || c == '+';
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static struct slice
take_word(struct scan *s)
{
	struct slice word = slice_make(s->rest.p, 0);

	while (in_word(peek(s, word.len))) {
		word.len++;
	}
	s->rest.p += word.len;
	s->rest.len -= word.len;
	return word;
}

static bool
drop_suffix(struct slice *word)
{
	if (word->len < 2 || word->p[word->len - 1] != 'L') {
		return false;
	}
	word->len--;
	if (word->len > 1 && word->p[word->len - 1] == 'L') {
		word->len--;
	}
	return true;
}

/*
 * A word that begins with a digit or a sign: an integer must fit; fractions
 * are left to libconfig.  What is neither is refused, because libconfig would
 * take "99999999999b=1" for two settings.
 */
static enum err
check_number(struct scan *s, struct slice word)
{
	bool is_long = drop_suffix(&word);
	uint64_t limit = is_long ? (uint64_t)INT64_MAX : (uint64_t)INT32_MAX;
	bool fraction = false;
	uint64_t value;

	if (word.p[0] == '-' || word.p[0] == '+') {
		word.p++;
		word.len--;
	}
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = word.p[i];

		if (c == '.' || c == 'e' || c == 'E') {
			fraction = true;
		} else if (!is_digit(c) && !(fraction && c != '\0' &&
					       strchr("+-", c) != NULL)) {
			return bad(s, "this is no decimal number");
		}
	}
	if (fraction) {
		return is_long ? bad(s, "this is no decimal number") : ERR_OK;
	}
	if (!text_to_u64(word, &value) || value > limit) {
		return bad(
		    s, is_long ? "the number does not fit into 64 bits"
			       : "a number above 2147483647 needs an L behind "
				 "it");
	}
	return ERR_OK;
}

static enum err
check_bracket(struct scan *s, uint8_t c)
{
	if (c == '{' || c == '[' || c == '(') {
		if (++s->depth > CONF_DEPTH_MAX) {
			return bad(s, "nested too deep");
		}
	} else if ((c == '}' || c == ']' || c == ')') && s->depth > 0) {
		s->depth--;
	}
	return ERR_OK;
}

static enum err
scan_token(struct scan *s)
{
	uint8_t c = peek(s, 0);

	if (c == '#' || (c == '/' && peek(s, 1) == '/')) {
		skip_line(s);
		return ERR_OK;
	}
	if (c == '/' && peek(s, 1) == '*') {
		return skip_block_comment(s);
	}
	if (c == '"') {
		return skip_string(s);
	}
	if (c == '@') {
		return bad(s, "@include is not supported; put all settings "
			      "into one file");
	}
	if (is_digit(c) || c == '-' || c == '+') {
		return check_number(s, take_word(s));
	}
	if (in_word(c)) {
		(void)take_word(s);
		return ERR_OK;
	}
	(void)next(s);
	return check_bracket(s, c);
}

enum err
conf_scan(struct slice text, const char *name, struct errinfo *ei)
{
	struct scan s = {text, name, 1, 0, ei};

	if (text.len > 0 && memchr(text.p, 0, text.len) != NULL) {
		return bad(&s, "the file holds a NUL byte");
	}
	if (!text_is_utf8(text)) {
		return bad(&s, "the file is not UTF-8");
	}
	while (s.rest.len > 0) {
		enum err e = scan_token(&s);

		if (e != ERR_OK) {
			return e;
		}
	}
	return ERR_OK;
}
