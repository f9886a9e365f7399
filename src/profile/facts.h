/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_FACTS_H
#define SURGUCH_PROFILE_FACTS_H
/*
 * What something says, one fact a line: a key that names it and a value in
 * words.  Two of them are compared by key, so that comments, spaces and the
 * order of what has no order make no difference.
 *
 * Zero is empty.  Failure is sticky like that of struct buf: add freely, ask
 * facts_err() once.
 */
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

enum {
	FACTS_MAX = 4096
};

struct fact {
	char *key; /* "validity.days"; no two are equal */
	char *value;
};

struct facts {
	struct fact *at;
	size_t num;
	enum err err;
};

void facts_clear(struct facts *f);
/* A key that is there already gets a number behind it: "key#2". */
void facts_add(struct facts *f, const char *key, const char *fmt, ...)
    ATTR_PRINTF(3, 4);
ATTR_MUST_USE enum err facts_err(const struct facts *f, struct errinfo *ei);
/* NULL when there is none. */
const char *facts_get(const struct facts *f, const char *key);

/* Called for each difference, a's order first; NULL where there is no fact. */
typedef void facts_diff_fn(
    void *arg, const char *key, const char *a, const char *b);
/* The number of differences. */
size_t facts_diff(
    const struct facts *a, const struct facts *b, facts_diff_fn *fn, void *arg);

#endif
