/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTFEED_DIFFERENCE_H
#define SURGUCH_TRUSTFEED_DIFFERENCE_H
/*
 * What differs between two lists of roots (trust/diff.h), as JSON: the one form
 * of it, for the command line, for messages, for the page of mirrors and for
 * their feed.
 *
 *	{"change": "limited", "sha1": "...", "name": "...", "text": "..."}
 *
 * and with its parts, for whoever has words of his own: "at" (disabled,
 * limited), "uses" (limited), "before" (renamed).
 */
#include <stdbool.h>

#include "base/buf.h"
#include "trust/diff.h"

struct json_writer;

/* A root's name and what became of it, in words; for one difference after the
 * other. */
struct difference_words {
	struct buf name;
	struct buf text;
};

void difference_words_init(struct difference_words *w);
void difference_words_clear(struct difference_words *w);
void difference_words_of(
    struct difference_words *w, const struct trust_difference *d);
/* Its entry in the later list, or what it was in the earlier one. */
const struct trust_row *difference_row(const struct trust_difference *d);

/* "+" of what came, "-" of what went, "!" of what is less trusted now, "~" of
 * the rest. */
char difference_mark(enum trust_change c);

/* One, which the words are of. */
void difference_put(struct json_writer *out, const struct trust_difference *d,
    struct difference_words *words, bool parts);
/* field: all, in the order that they are told in. */
void difference_put_list(struct json_writer *out, const char *field,
    const struct trust_diff *d, bool parts);
/* "counts": {"came": 3, ...}, each kind of change. */
void difference_put_counts(struct json_writer *out, const struct trust_diff *d);

#endif
