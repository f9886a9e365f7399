/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SUBJECT_ATTRS_H
#define SURGUCH_SUBJECT_ATTRS_H
/*
 * Subject attributes in logical form: which attribute, and its text in UTF-8.
 * The string type, the order and the DER are the profile's business.  The
 * same attribute may stand more than once (two OU); the order of equal ones
 * is kept.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/slice.h"
#include "der/oid.h"

struct subject_attr {
	enum oid id;
	char *text; /* owned; clean UTF-8, 1..SUBJECT_TEXT_MAX bytes */
};

struct subject_attrs {
	struct subject_attr at[SUBJECT_ATTRS_MAX];
	size_t num;
};

/* All zero is an empty list, so that = {0} and init are the same. */
void subject_attrs_init(struct subject_attrs *a);
void subject_attrs_clear(struct subject_attrs *a);
/*
 * Append a copy of the text.  ERR_FORMAT "subject.text": empty, malformed
 * UTF-8 or control characters.  ERR_LIMIT "subject.text.long" and
 * "subject.attrs.many".  errinfo.object is the attribute's short name.
 */
ATTR_MUST_USE enum err subject_attrs_add(struct subject_attrs *a, enum oid id,
    struct slice text, struct errinfo *ei);
/* The first value of an attribute, NULL if none. */
const char *subject_attrs_get(const struct subject_attrs *a, enum oid id);
size_t subject_attrs_count(const struct subject_attrs *a, enum oid id);

#endif
