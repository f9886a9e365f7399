/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/question.h"

#include <string.h>

#include "base/bounds.h"
#include "base/text.h"

enum {
	MAGIC_SIZE = 4,
	SIZE_AT = 4,
	VALUE_CHARS_MAX = 400,
};

static const char magic[] = "SGQ1";

/* --- writing ------------------------------------------------------------- */

/* Where the part's length stands; it is known afterwards. */
static size_t
open_part(struct question *q, enum question_kind kind)
{
	buf_add_u8(&q->bytes, (uint8_t)kind);
	buf_add_u32(&q->bytes, 0);
	return q->bytes.len;
}

static void
patch_size(struct question *q, size_t at, size_t size)
{
	uint8_t be[4] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16),
	    (uint8_t)(size >> 8), (uint8_t)size};

	if (q->bytes.err == ERR_OK) {
		buf_patch(&q->bytes, at, be, sizeof(be));
	}
}

static void
close_part(struct question *q, size_t from)
{
	patch_size(q, from - 4, q->bytes.len - from);
}

static void
put_word(struct question *q, enum question_kind kind, enum word word)
{
	size_t from = open_part(q, kind);

	buf_add_str(&q->bytes, word_in(q->language, word));
	close_part(q, from);
}

void
question_init(struct question *q, enum language language, enum word heading,
    enum word yes)
{
	q->language = language;
	buf_init(&q->bytes, QUESTION_BYTES_MAX);
	buf_add_str(&q->bytes, magic);
	buf_add_u32(&q->bytes, 0);
	put_word(q, QUESTION_HEADING, heading);
	put_word(q, QUESTION_YES, yes);
	put_word(q, QUESTION_NO, WORD_REFUSE);
}

void
question_clear(struct question *q)
{
	buf_clear(&q->bytes);
}

void
question_line(struct question *q, enum word name, struct slice value)
{
	size_t from;

	put_word(q, QUESTION_NAME, name);
	from = open_part(q, QUESTION_VALUE);
	text_escape(&q->bytes, value, VALUE_CHARS_MAX);
	close_part(q, from);
}

void
question_quote(struct question *q, struct slice text)
{
	size_t from = open_part(q, QUESTION_QUOTE);

	while (text.len > 0) {
		const uint8_t *end = memchr(text.p, '\n', text.len);
		size_t len = end != NULL ? (size_t)(end - text.p) : text.len;

		text_escape(&q->bytes, slice_make(text.p, len), SIZE_MAX);
		buf_add_u8(&q->bytes, '\n');
		len += end != NULL;
		text.p += len;
		text.len -= len;
	}
	close_part(q, from);
}

void
question_note(struct question *q, enum word note)
{
	put_word(q, QUESTION_NOTE, note);
}

enum err
question_done(struct question *q, struct slice *out, struct errinfo *ei)
{
	enum err e = buf_err(&q->bytes, ei);

	if (e == ERR_OK) {
		patch_size(q, SIZE_AT, q->bytes.len - QUESTION_HEAD_SIZE);
		*out = buf_slice(&q->bytes);
	}
	return e;
}

/* --- reading ------------------------------------------------------------- */

static enum err
bad(struct errinfo *ei, const char *rule, const char *what)
{
	return err_set(ei, ERR_FORMAT, rule, NULL, "the question %s", what);
}

enum err
question_size(struct slice head, size_t *out, struct errinfo *ei)
{
	struct slice start;
	uint32_t size;

	if (!slice_get_bytes(&head, MAGIC_SIZE, &start) ||
	    !slice_eq_str(start, magic) || !slice_get_u32(&head, &size)) {
		return bad(ei, "question.form", "does not begin as one");
	}
	if (size > QUESTION_BYTES_MAX - QUESTION_HEAD_SIZE) {
		return err_set(ei, ERR_LIMIT, "question.size", NULL,
		    "the question is larger than %d octets",
		    QUESTION_BYTES_MAX);
	}
	*out = size;
	return ERR_OK;
}

struct slice
question_parts(struct slice bytes)
{
	struct slice head;

	(void)slice_get_bytes(&bytes, QUESTION_HEAD_SIZE, &head);
	return bytes;
}

bool
question_next(struct slice *parts, struct question_part *out)
{
	struct slice rest = *parts;
	struct slice text;
	uint32_t len;
	uint8_t kind;

	if (!slice_get_u8(&rest, &kind) || !slice_get_u32(&rest, &len) ||
	    !slice_get_bytes(&rest, len, &text)) {
		return false;
	}
	out->kind = (enum question_kind)kind;
	out->text = text;
	*parts = rest;
	return true;
}

/* Line ends where they may be; nothing unsafe anywhere. */
static bool
is_showable(struct slice text, bool lines)
{
	uint32_t c;

	if (!text_is_utf8(text)) {
		return false;
	}
	while (text_get_char(&text, &c)) {
		if (text_is_unsafe(c) && !(lines && c == '\n')) {
			return false;
		}
	}
	return true;
}

/* Which kinds may follow which; 0 is the beginning. */
static bool
may_follow(int before, enum question_kind kind)
{
	switch (kind) {
	case QUESTION_HEADING:
		return before == 0;
	case QUESTION_YES:
		return before == QUESTION_HEADING;
	case QUESTION_NO:
		return before == QUESTION_YES;
	case QUESTION_VALUE:
		return before == QUESTION_NAME;
	case QUESTION_NAME:
	case QUESTION_QUOTE:
	case QUESTION_NOTE:
		return before == QUESTION_NO || before == QUESTION_VALUE ||
		       before == QUESTION_QUOTE || before == QUESTION_NOTE;
	}
	return false;
}

static enum err
check_part(const struct question_part *part, int before, struct errinfo *ei)
{
	bool lines =
	    part->kind == QUESTION_QUOTE || part->kind == QUESTION_NOTE;
	bool may_be_empty =
	    part->kind == QUESTION_VALUE || part->kind == QUESTION_QUOTE;

	if (!may_follow(before, part->kind)) {
		return bad(ei, "question.form", "has its parts in disorder");
	}
	if (!is_showable(part->text, lines) ||
	    (part->text.len == 0 && !may_be_empty)) {
		return bad(ei, "question.text", "has a text that is unsafe");
	}
	return ERR_OK;
}

enum err
question_check(struct slice bytes, struct errinfo *ei)
{
	struct slice parts = question_parts(bytes);
	struct question_part part;
	int before = 0;
	size_t size;
	enum err e = question_size(bytes, &size, ei);

	if (e == ERR_OK && size != parts.len) {
		e = bad(ei, "question.form", "is not of its own length");
	}
	while (e == ERR_OK && question_next(&parts, &part)) {
		e = check_part(&part, before, ei);
		before = (int)part.kind;
	}
	if (e == ERR_OK &&
	    (parts.len > 0 || before == 0 || before == QUESTION_HEADING ||
		before == QUESTION_YES || before == QUESTION_NAME)) {
		e = bad(ei, "question.form", "is cut off");
	}
	return e;
}
