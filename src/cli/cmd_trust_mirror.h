/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CMD_TRUST_MIRROR_H
#define SURGUCH_CLI_CMD_TRUST_MIRROR_H
/* What the commands of mirrors share. */
#include <stdbool.h>

#include "base/err.h"
#include "trust/anchors.h"
#include "trust/mirror.h"

/* Words that all of them know. */
struct mirror_words {
	const char *anchor;
	bool old;
	bool strict;
};
/* Whose lists count, and at what time; the caller clears the anchors in every
 * case, which the rules borrow. */
ATTR_MUST_USE enum err mirror_read_rules(const struct mirror_words *w,
    struct trust_anchors *anchors, struct trust_mirror_rules *rules,
    struct errinfo *ei);
/* What was done, as lines or JSON, to standard output. */
ATTR_MUST_USE enum err mirror_tell(
    const struct trust_mirror_report *r, struct errinfo *ei);

#endif
