/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SUBJECT_REGION_H
#define SURGUCH_SUBJECT_REGION_H
/*
 * Federal subjects as stateOrProvinceName carries them: the two-digit code of
 * the tax service, one space, the name ("66 Свердловская область").
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct region {
	char code[3];
	const char *name;
};

size_t region_count(void);
/* In order of code; NULL past the end. */
const struct region *region_at(size_t i);
/* By two digits; NULL when the code is not in our table. */
const struct region *region_by_code(struct slice code);
/*
 * Append the canonical text.  Accepts "66", "66 <name>" with any case and
 * spacing.  For a code in our table the name must be ours (compared folded);
 * for another code any clean name is taken as it stands, since codes come and
 * go by law.  ERR_FORMAT: "subject.region.form", "subject.region.name"; field
 * "region".
 */
ATTR_MUST_USE enum err region_normalise(
    struct slice in, struct buf *out, struct errinfo *ei);
/* Whether a text is exactly what region_normalise() would give. */
bool region_valid(struct slice text);

#endif
