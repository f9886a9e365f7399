/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTFEED_CHANGES_H
#define SURGUCH_TRUSTFEED_CHANGES_H
/* What differs between two states of a mirror, for its feed. */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "trustfeed/files.h"

struct feed_state {
	int64_t number; /* 0: there was none */
	const struct feed_files *files;
	struct slice roots; /* its list of roots, in its cabinet */
};
/*
 * Append {"since", "came", "went", "changed", "roots"}: names of files, and of
 * the list of roots what trust/diff.h tells; roots is null where there is no
 * list before that could be read.  null where there was no state before.
 */
ATTR_MUST_USE enum err feed_changes_put(const struct feed_state *before,
    const struct feed_state *after, struct buf *out, struct errinfo *ei);

#endif
