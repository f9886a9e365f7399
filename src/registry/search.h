/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_SEARCH_H
#define SURGUCH_REGISTRY_SEARCH_H
/*
 * People and organisations by the beginnings of their words: names, and the
 * numbers that they are known by (СНИЛС, ИНН, ОГРН).  "ива пет" finds Пётр
 * Иванов.  See registry/words.h.
 */
#include <stddef.h>

#include "base/bounds.h"
#include "base/err.h"
#include "registry/record.h"
#include "registry/words.h"

struct unit;

enum {
	/* Rows of the index that a page of several words may look at, a
	 * microsecond each: two first letters would read for a second
	 * otherwise. */
	SEARCH_ROWS_MAX = 20000
};

/* A page, in the order of the rarest word, then of the ids.  Which one that is
 * may change between two pages, when the registry does. */
struct record_matches {
	const struct record_kind *kind;
	size_t num;
	struct rows *rows[PAGE_ROWS_MAX]; /* one row each */
};

/*
 * Those after the row *after of the page before (NULL: from the first), at
 * most PAGE_ROWS_MAX.  ERR_FORMAT "search.words" for a text without a letter
 * or digit; "search.after" when that row is gone or is found no more;
 * ERR_LIMIT "search.wide" when too many rows have the one word but not the
 * others.
 */
ATTR_MUST_USE enum err record_search(const struct record_kind *kind,
    struct registry *r, const char *text, const struct id *after,
    struct record_matches *out, struct errinfo *ei);
/* One of them; its texts are the matches'. */
void record_matches_at(
    const struct record_matches *m, size_t i, struct record *out, void *data);
void record_matches_clear(struct record_matches *m);

/* The words of a row, from all of its texts that are searched. */
ATTR_MUST_USE enum err search_words(const struct record_kind *kind,
    const void *data, struct words *out, struct errinfo *ei);
/* Put them into the index, in place of those that are there for this row. */
ATTR_MUST_USE enum err search_add(struct unit *u,
    const struct record_kind *kind, const struct id *id, const void *data,
    struct errinfo *ei);

#endif
