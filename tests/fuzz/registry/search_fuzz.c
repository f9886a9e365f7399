/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody searches for, taken apart: words in order, none twice, none
 * longer than the index takes, and each of them found by itself and by its
 * beginnings; a word taken apart once more is that word.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/slice.h"
#include "base/text.h"
#include "registry/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_again(const struct word *word)
{
	char text[WORD_BYTES_MAX + 1] = {0};
	struct words again = {.num = 0};

	memcpy(text, word->bytes, word->len);
	/* What was cut may end within a character. */
	if (!text_is_utf8(word_slice(word))) {
		return;
	}
	ensure(words_add(&again, text, NULL) == ERR_OK);
	ensure(again.num == 1);
	ensure(slice_eq(word_slice(&again.word[0]), word_slice(word)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct words w = {.num = 0};
	struct slice last = SLICE_EMPTY, s;
	char *text;

	/* A query holds no NUL. */
	if (size > 4096 || (size > 0 && memchr(data, 0, size) != NULL)) {
		return 0;
	}
	text = slice_dup_str(slice_make(data, size));
	ensure(text != NULL);
	ensure(words_add(&w, text, NULL) == ERR_OK);
	ensure(w.num <= WORDS_MAX);
	for (size_t i = 0; i < w.num; i++) {
		s = word_slice(&w.word[i]);
		ensure(s.len > 0 && s.len <= WORD_BYTES_MAX);
		ensure(i == 0 || slice_cmp(last, s) < 0);
		ensure(words_find(&w, s) == &w.word[i]);
		ensure(words_find(&w, slice_make(s.p, 1)) <= &w.word[i]);
		check_again(&w.word[i]);
		last = s;
	}
	ensure(words_match(&w, &w));
	free(text);
	return 0;
}
