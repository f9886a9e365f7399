/* SPDX-License-Identifier: Apache-2.0 */
#include "subject/words.h"

#include <stdint.h>
#include <string.h>

#include "base/bounds.h"
#include "base/host.h"
#include "base/text.h"

static enum err
wrong(struct errinfo *ei, enum err kind, const char *field, const char *what,
    const char *text)
{
	char rule[ERRINFO_RULE];

	(void)snprintf(rule, sizeof(rule), "subject.%s.%s", field, what);
	(void)err_set(ei, kind, rule, NULL, "%s: %s", field, text);
	return err_object(ei, kind, field);
}

static bool
is_space(uint32_t c)
{
	return c == ' ' || c == 0xa0 || c == 0x202f;
}

static bool
in_range(uint32_t c, uint32_t first, uint32_t last)
{
	return c >= first && c <= last;
}

/*
 * What may be well-formed text and still is not what it looks like: combining
 * marks (a second spelling of й and ё), invisible and direction-changing
 * characters, private use, noncharacters.
 */
static bool
is_odd(uint32_t c)
{
	return c == 0xad || in_range(c, 0x300, 0x36f) ||
	       in_range(c, 0x483, 0x489) || in_range(c, 0x1ab0, 0x1aff) ||
	       in_range(c, 0x1dc0, 0x1dff) || in_range(c, 0x200b, 0x200f) ||
	       in_range(c, 0x2028, 0x202e) || in_range(c, 0x2060, 0x206f) ||
	       in_range(c, 0x20d0, 0x20ff) || in_range(c, 0xd800, 0xf8ff) ||
	       in_range(c, 0xfdd0, 0xfdef) || in_range(c, 0xfe00, 0xfe0f) ||
	       in_range(c, 0xfe20, 0xfe2f) || c == 0xfeff ||
	       in_range(c, 0xfff0, 0xffff) || c >= 0xe0000;
}

/*
 * Trim, make runs of white space one space, refuse what is not plain text.
 * What comes out is in *out, an empty buffer of ours.
 */
static enum err
squeeze(const char *field, struct slice in, size_t max_chars, struct buf *out,
    struct errinfo *ei)
{
	bool gap = false;
	uint32_t c;

	if (in.len > 0 && !text_is_clean(in)) {
		return wrong(ei, ERR_FORMAT, field, "characters",
		    "it is not valid UTF-8 text or holds control characters");
	}
	if (in.len > SUBJECT_TEXT_MAX) {
		return wrong(ei, ERR_LIMIT, field, "long", "it is too long");
	}
	while (text_get_char(&in, &c)) {
		if (is_space(c)) {
			gap = out->len > 0;
			continue;
		}
		if (is_odd(c)) {
			return wrong(ei, ERR_FORMAT, field, "characters",
			    "it holds an invisible or combining character; "
			    "type it anew instead of copying");
		}
		if (gap) {
			buf_add_u8(out, ' ');
			gap = false;
		}
		text_put_char(out, c);
	}
	if (buf_err(out, ei) != ERR_OK) {
		return out->err;
	}
	if (out->len == 0) {
		return wrong(ei, ERR_FORMAT, field, "empty", "it is empty");
	}
	if (text_num_chars(buf_slice(out)) > max_chars) {
		char text[64];

		(void)snprintf(text, sizeof(text),
		    "it is longer than %zu characters", max_chars);
		return wrong(ei, ERR_LIMIT, field, "long", text);
	}
	return ERR_OK;
}

enum script {
	SCRIPT_NONE,
	SCRIPT_CYRILLIC,
	SCRIPT_LATIN
};

static enum script
letter_script(uint32_t c)
{
	if (in_range(c, 0x400, 0x52f) && !in_range(c, 0x482, 0x489)) {
		return SCRIPT_CYRILLIC;
	}
	if (in_range(c, 'A', 'Z') || in_range(c, 'a', 'z') ||
	    (in_range(c, 0xc0, 0x24f) && c != 0xd7 && c != 0xf7)) {
		return SCRIPT_LATIN;
	}
	return SCRIPT_NONE;
}

/* A hyphen and an apostrophe have several keys; one spelling is kept. */
static uint32_t
plain_joint(uint32_t c)
{
	if (c == 0x2010 || c == 0x2011) {
		return '-';
	}
	return c == 0x2019 || c == 0x2bc ? '\'' : c;
}

/* A name read so far. */
struct name_reader {
	enum script word; /* of the word's letters */
	bool after_letter;
};

/* NULL when the character may follow; else which rule it breaks. */
static const char *
name_refuses(struct name_reader *r, uint32_t c)
{
	enum script script = letter_script(c);

	if (script == SCRIPT_NONE) {
		if (c != ' ' && c != '-' && c != '\'') {
			return "characters";
		}
		if (!r->after_letter) {
			return "form";
		}
		/* An apostrophe stands inside a word. */
		r->word = c == '\'' ? r->word : SCRIPT_NONE;
	} else {
		if (r->word != SCRIPT_NONE && script != r->word) {
			return "characters";
		}
		r->word = script;
	}
	r->after_letter = script != SCRIPT_NONE;
	return NULL;
}

enum err
person_name_normalise(
    const char *field, struct slice in, struct buf *out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(SUBJECT_TEXT_MAX);
	struct buf name = BUF_INIT(SUBJECT_TEXT_MAX);
	struct name_reader reader = {SCRIPT_NONE, false};
	const char *what = NULL;
	struct slice rest;
	uint32_t c;
	enum err err;

	err = squeeze(field, in, PERSON_NAME_CHARS_MAX, &text, ei);
	if (err != ERR_OK) {
		goto out;
	}
	rest = buf_slice(&text);
	while (what == NULL && text_get_char(&rest, &c)) {
		c = plain_joint(c);
		what = name_refuses(&reader, c);
		text_put_char(&name, c);
	}
	if (what == NULL && !reader.after_letter) {
		what = "form";
	}
	if (what != NULL) {
		err = wrong(ei, ERR_FORMAT, field, what,
		    "a name is letters of one alphabet in each word, and "
		    "between letters a hyphen, an apostrophe or a space");
		goto out;
	}
	err = buf_err(&name, ei);
	if (err == ERR_OK) {
		buf_add(out, buf_slice(&name));
		err = buf_err(out, ei);
	}
out:
	buf_clear(&text);
	buf_clear(&name);
	return err;
}

bool
person_name_valid(struct slice text, size_t max_chars)
{
	struct name_reader reader = {SCRIPT_NONE, false};
	size_t num = 0;
	uint32_t c;

	while (text.len > 0) {
		if (!text_get_char(&text, &c) || plain_joint(c) != c ||
		    name_refuses(&reader, c) != NULL || ++num > max_chars) {
			return false;
		}
	}
	return reader.after_letter;
}

/* Punctuation alone names nothing. */
static bool
has_letter_or_digit(struct slice s)
{
	uint32_t c;

	while (text_get_char(&s, &c)) {
		if (in_range(c, '0', '9') || letter_script(c) != SCRIPT_NONE) {
			return true;
		}
	}
	return false;
}

enum err
line_normalise(const char *field, size_t max_chars, struct slice in,
    struct buf *out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(SUBJECT_TEXT_MAX);
	enum err err;

	err = squeeze(field, in, max_chars, &text, ei);
	if (err == ERR_OK && !has_letter_or_digit(buf_slice(&text))) {
		err = wrong(ei, ERR_FORMAT, field, "characters",
		    "it has neither a letter nor a digit");
	}
	if (err == ERR_OK) {
		buf_add(out, buf_slice(&text));
		err = buf_err(out, ei);
	}
	buf_clear(&text);
	return err;
}

bool
line_valid(struct slice text)
{
	bool named = false;
	uint32_t before = ' ';
	uint32_t c;

	while (text.len > 0) {
		if (!text_get_char(&text, &c) || is_odd(c) ||
		    (is_space(c) && (c != ' ' || before == ' ')) || c < ' ' ||
		    (c >= 0x7f && c < 0xa0)) {
			return false;
		}
		named = named || in_range(c, '0', '9') ||
			letter_script(c) != SCRIPT_NONE;
		before = c;
	}
	return named && before != ' ';
}

enum err
organisation_name_normalise(
    const char *field, struct slice in, struct buf *out, struct errinfo *ei)
{
	return line_normalise(field, ORGANISATION_NAME_CHARS_MAX, in, out, ei);
}

/* dot-atom of RFC 5322 3.2.3, up to the 64 octets of RFC 5321 4.5.3.1.1. */
static bool
local_part_valid(struct slice local)
{
	uint8_t before = '.';

	if (local.len == 0 || local.len > 64) {
		return false;
	}
	for (size_t i = 0; i < local.len; i++) {
		uint8_t c = local.p[i];

		if (c == '.'
			? before == '.'
			: !text_is_alnum(c) &&
			      (c == 0 || c > 0x7e ||
				  strchr("!#$%&'*+-/=?^_`{|}~", c) == NULL)) {
			return false;
		}
		before = c;
	}
	return before != '.';
}

/* Splits at the last @; false when there is none. */
static bool
split_email(struct slice text, struct slice *local, struct slice *domain)
{
	size_t at = text.len;

	while (at > 0 && text.p[at - 1] != '@') {
		at--;
	}
	if (at == 0) {
		return false;
	}
	*local = slice_make(text.p, at - 1);
	*domain = slice_make(text.p + at, text.len - at);
	return true;
}

static bool
is_upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

bool
email_valid(struct slice text)
{
	struct slice local, domain;

	if (text.len > SUBJECT_EMAIL_MAX ||
	    !split_email(text, &local, &domain) || !local_part_valid(local) ||
	    !domain_valid(domain)) {
		return false;
	}
	for (size_t i = 0; i < domain.len; i++) {
		if (is_upper(domain.p[i])) {
			return false;
		}
	}
	return true;
}

enum err
email_normalise(
    const char *field, struct slice in, struct buf *out, struct errinfo *ei)
{
	struct slice local;
	struct slice domain;

	while (in.len > 0 && in.p[0] == ' ') {
		in.p++;
		in.len--;
	}
	while (in.len > 0 && in.p[in.len - 1] == ' ') {
		in.len--;
	}
	if (in.len == 0) {
		return wrong(ei, ERR_FORMAT, field, "empty", "it is empty");
	}
	if (in.len > SUBJECT_EMAIL_MAX) {
		return wrong(ei, ERR_LIMIT, field, "long",
		    "it is longer than 254 characters");
	}
	if (!split_email(in, &local, &domain)) {
		return wrong(
		    ei, ERR_FORMAT, field, "form", "there is no @ in it");
	}
	if (!local_part_valid(local)) {
		return wrong(ei, ERR_FORMAT, field, "characters",
		    "what stands before @ is letters, digits and single dots, "
		    "in ASCII");
	}
	if (!domain_valid(domain)) {
		return wrong(ei, ERR_FORMAT, field, "form",
		    "what stands after @ is not a domain name in ASCII");
	}
	buf_add(out, local);
	buf_add_u8(out, '@');
	for (size_t i = 0; i < domain.len; i++) {
		uint8_t c = domain.p[i];

		buf_add_u8(out, is_upper(c) ? (uint8_t)(c | 0x20) : c);
	}
	return buf_err(out, ei);
}
