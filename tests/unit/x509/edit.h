/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_X509_EDIT_H
#define SURGUCH_TESTS_X509_EDIT_H
/*
 * Near misses: one element of a good DER file replaced, every length around
 * it corrected, so that only the planted fault is wrong.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

enum {
	EDIT_DEPTH = 16,
	EDIT_END = 0xff,
	EDIT_BYTES = 1024 * 1024
};

/*
 * path: the number of the child at each level, up to EDIT_END.  The contents
 * of OCTET STRINGs count as children; a last step one past the last child
 * appends.  An empty `with` removes the element.
 */
void edit_der(struct slice der, const uint8_t path[EDIT_DEPTH],
    struct slice with, struct buf *out);

/* One planted fault and what must be said about it. */
struct near_miss {
	const char *name;
	uint8_t path[EDIT_DEPTH];
	const char *with;
	size_t with_len;
	enum err kind;
	const char *rule;
	const char *clause; /* or NULL */
};

#define PATH(...)                                                              \
	{                                                                      \
		__VA_ARGS__, EDIT_END                                          \
	}
#define WITH(lit) (lit), sizeof(lit) - 1

/* Parse the edited file with `parse`, which must fail as the row says. */
void check_near_misses(const struct near_miss *rows, size_t num,
    struct slice good, enum err (*parse)(struct slice, struct errinfo *));

#endif
