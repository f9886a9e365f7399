/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SUBJECT_WORDS_H
#define SURGUCH_SUBJECT_WORDS_H
/*
 * The texts of a subject: names of people and organisations, places, e-mail.
 * Each function appends the normal form to `out` (trimmed, runs of white
 * space one space) and appends nothing on failure.  `field` is the API's name
 * of the value and becomes errinfo.object.
 *
 * ERR_FORMAT: rule "subject.<field>.empty", ".characters", ".form";
 * ERR_LIMIT: "subject.<field>.long".
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum {
	PERSON_NAME_CHARS_MAX = 64,
	ORGANISATION_NAME_CHARS_MAX = 160,
	PLACE_CHARS_MAX = 128,
	POSITION_CHARS_MAX = 128,
};

/*
 * One part of a person's name: letters of the Cyrillic or of the Latin
 * alphabet (not mixed in one word), hyphen, apostrophe, space.  Combining
 * marks are refused: what looks like й must be U+0439.
 */
ATTR_MUST_USE enum err person_name_normalise(
    const char *field, struct slice in, struct buf *out, struct errinfo *ei);
/* Whether a text is one or more such parts exactly in normal form, up to
 * max_chars characters. */
bool person_name_valid(struct slice text, size_t max_chars);
/* Name of an organisation; quotation marks stay as given. */
ATTR_MUST_USE enum err organisation_name_normalise(
    const char *field, struct slice in, struct buf *out, struct errinfo *ei);
/* A line of text (locality, street, unit, position), max_chars characters. */
ATTR_MUST_USE enum err line_normalise(const char *field, size_t max_chars,
    struct slice in, struct buf *out, struct errinfo *ei);
/* Whether a text is such a line exactly in normal form, of any length. */
bool line_valid(struct slice text);
/* The same of an e-mail address. */
bool email_valid(struct slice text);
/*
 * addr-spec (RFC 5322 3.4.1) without quoted strings, comments and domain
 * literals, ASCII; the domain must have two labels or more and is
 * lower-cased, the local part stays as given.
 */
ATTR_MUST_USE enum err email_normalise(
    const char *field, struct slice in, struct buf *out, struct errinfo *ei);

#endif
