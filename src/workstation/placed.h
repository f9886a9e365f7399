/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_WORKSTATION_PLACED_H
#define SURGUCH_WORKSTATION_PLACED_H
/*
 * What we have put into browsers, and how it was there before, so that it can
 * be undone and nothing else is: HOME/certificates/placed.json.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/slice.h"
#include "os/file.h"

enum {
	PLACED_SHA = 32,
};

struct placed_one {
	char dir[PATH_TEXT_SIZE]; /* of the database */
	uint8_t sha256[PLACED_SHA];
	bool was_there; /* without trust: only the trust is ours */
};
struct placed {
	struct placed_one at[STORES_PLACED_MAX];
	size_t num;
};

/* Nothing when there is no file.  ERR_FORMAT "certstores.placed"; what
 * json/json.h says.  Free with placed_free(). */
ATTR_MUST_USE enum err placed_load(
    const char *home, struct placed **out, struct errinfo *ei);
/* The same from its text. */
ATTR_MUST_USE enum err placed_parse(
    struct slice text, struct placed **out, struct errinfo *ei);
void placed_free(struct placed *p); /* NULL is fine */
ATTR_MUST_USE enum err placed_save(
    const char *home, const struct placed *p, struct errinfo *ei);

/* What is noted already stays as it was noted.  ERR_LIMIT
 * "certstores.placed". */
ATTR_MUST_USE enum err placed_note(struct placed *p, const char *dir,
    const uint8_t sha256[PLACED_SHA], bool was_there, struct errinfo *ei);
void placed_drop(struct placed *p, size_t index);

#endif
