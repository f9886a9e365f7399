/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/words.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

enum {
	FOLDED_MAX = 8192
};

struct slice
word_slice(const struct word *word)
{
	return slice_make(word->bytes, word->len);
}

/* Put it where it belongs, unless it is there. */
static void
insert(struct words *w, struct slice s)
{
	size_t at = 0;
	int order = 1;

	if (s.len > WORD_BYTES_MAX) {
		s.len = WORD_BYTES_MAX;
	}
	while (at < w->num &&
	       (order = slice_cmp(word_slice(&w->word[at]), s)) < 0) {
		at++;
	}
	if ((at < w->num && order == 0) || w->num == WORDS_MAX) {
		return;
	}
	memmove(
	    &w->word[at + 1], &w->word[at], (w->num - at) * sizeof(w->word[0]));
	memcpy(w->word[at].bytes, s.p, s.len);
	w->word[at].len = s.len;
	w->num++;
}

/* Letters of the scripts that names are written in, and digits; folded. */
static bool
is_word_char(uint32_t c)
{
	if (c < 0x80) {
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
	}
	/* Latin-1's signs, general punctuation and symbols part words. */
	return c >= 0xc0 && c != 0xd7 && c != 0xf7 &&
	       (c < 0x2000 || c > 0x2bff) && (c < 0x3000 || c > 0x303f);
}

/* "075-001-221 05" */
static bool
is_number(struct slice s)
{
	bool any = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9') {
			any = true;
		} else if (s.p[i] != ' ' && s.p[i] != '-') {
			return false;
		}
	}
	return any;
}

static void
add_number(struct words *w, struct slice s)
{
	uint8_t digits[WORD_BYTES_MAX];
	size_t num = 0;

	for (size_t i = 0; i < s.len && num < sizeof(digits); i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9') {
			digits[num++] = s.p[i];
		}
	}
	insert(w, slice_make(digits, num));
}

static void
add_text(struct words *w, struct slice s)
{
	struct slice rest = s, word = SLICE_EMPTY;
	uint32_t c;

	while (rest.len > 0) {
		const uint8_t *at = rest.p;

		if (!text_get_char(&rest, &c)) {
			break;
		}
		if (is_word_char(c)) {
			word.p = word.len == 0 ? at : word.p;
			word.len += (size_t)(rest.p - at);
		} else if (word.len > 0) {
			insert(w, word);
			word = SLICE_EMPTY;
		}
	}
	if (word.len > 0) {
		insert(w, word);
	}
}

enum err
words_add(struct words *w, const char *text, struct errinfo *ei)
{
	struct buf folded = BUF_INIT(FOLDED_MAX);
	enum err err;

	text_fold(&folded, slice_str(text));
	err = buf_err(&folded, ei);
	if (err == ERR_OK && is_number(buf_slice(&folded))) {
		add_number(w, buf_slice(&folded));
	} else if (err == ERR_OK) {
		add_text(w, buf_slice(&folded));
	}
	buf_clear(&folded);
	return err;
}

const struct word *
words_find(const struct words *w, struct slice prefix)
{
	for (size_t i = 0; i < w->num; i++) {
		if (slice_starts(word_slice(&w->word[i]), prefix)) {
			return &w->word[i];
		}
	}
	return NULL;
}

bool
words_match(const struct words *w, const struct words *asked)
{
	for (size_t i = 0; i < asked->num; i++) {
		if (words_find(w, word_slice(&asked->word[i])) == NULL) {
			return false;
		}
	}
	return true;
}
