/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_DIFF_H
#define SURGUCH_TRUST_DIFF_H
/*
 * What came to a set of roots, went, or is now said of them otherwise.  Two
 * roots are the same by their thumbprints.
 */
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "trust/rows.h"

enum trust_change {
	TRUST_CAME,
	TRUST_WENT,
	TRUST_DISABLED,
	TRUST_ENABLED, /* its disabling was taken back */
	TRUST_LIMITED, /* of certificates issued since a date */
	TRUST_FREED,   /* that was taken back */
	TRUST_USES,    /* uses were added or taken away */
	TRUST_RENAMED,
	TRUST_CHANGE_MAX_
};
const char *trust_change_name(enum trust_change c); /* "came" */

/* before is NULL of one that came, after of one that went. */
struct trust_difference {
	enum trust_change change;
	const struct trust_row *before;
	const struct trust_row *after;
};

struct trust_diff {
	/* First what came, then what went, then the rest; each by
	 * thumbprint.  One root may have several of the rest. */
	struct trust_difference *at;
	size_t num;
	size_t counts[TRUST_CHANGE_MAX_];
};

/* Borrows the rows.  What is said of roots is compared only where both sides
 * say something. */
ATTR_MUST_USE enum err trust_diff_of(const struct trust_rows *before,
    const struct trust_rows *after, struct trust_diff *out, struct errinfo *ei);
void trust_diff_clear(struct trust_diff *d);

/* What the difference is, in words, without whose: "disabled since
 * 2024-01-01", "no longer for serverAuth, emailProtection". */
void trust_difference_text(const struct trust_difference *d, struct buf *out);

#endif
