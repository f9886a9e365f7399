/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_TALLY_H
#define SURGUCH_SIGNER_TALLY_H
/*
 * How often something happened in the last 24 hours.  Times are put in as
 * they happen; one that lies before its predecessor counts as the
 * predecessor's, so a clock that steps back never frees a ceiling.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct tally {
	int64_t *times; /* ascending from head on */
	size_t head;
	size_t num; /* end of what is in use */
	size_t cap;
};

void tally_clear(struct tally *t);
ATTR_MUST_USE enum err tally_add(
    struct tally *t, int64_t at, struct errinfo *ei);
/* Those later than now - 24 hours; forgets the others. */
size_t tally_count(struct tally *t, int64_t now);

#endif
