/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_WORDS_H
#define SURGUCH_REGISTRY_WORDS_H
/*
 * The words by which people and organisations are found (design rule 13).
 * A text is folded (text_fold(): case, ё = е, spaces) and falls apart at
 * everything that is neither a letter nor a digit; numbers written with
 * hyphens or spaces are one word.  What is stored and what is asked for go
 * through here, and the database compares bytes: so every engine gives the
 * same answers.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum {
	WORDS_MAX = 48, /* of one row; a unit of work has room for them */
	WORD_BYTES_MAX =
	    64, /* what is longer is cut: an index has its limits */
};

struct word {
	uint8_t bytes[WORD_BYTES_MAX];
	size_t len;
};

/* In the order of their bytes, none twice. */
struct words {
	struct word word[WORDS_MAX];
	size_t num;
};

/* Add the words of a text; those past WORDS_MAX are left out. */
ATTR_MUST_USE enum err words_add(
    struct words *w, const char *text, struct errinfo *ei);
struct slice word_slice(const struct word *word);
/* The first that begins so; NULL when none does. */
const struct word *words_find(const struct words *w, struct slice prefix);
/* Does each of the asked begin some word? */
bool words_match(const struct words *w, const struct words *asked);

#endif
