/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SUBJECT_REGION_H
#define SURGUCH_SUBJECT_REGION_H
/*
 * Federal subjects as stateOrProvinceName carries them: the two-digit code of
 * the tax service, one space, the name ("66 Свердловская область").
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

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
