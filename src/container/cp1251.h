/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CONTAINER_CP1251_H
#define SURGUCH_CONTAINER_CP1251_H
/* Windows-1251, in which Russian tools name their containers. */
#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/* Append it as UTF-8; the one octet that has no character becomes U+FFFD. */
void cp1251_to_utf8(struct slice s, struct buf *out);
/* Append UTF-8 as Windows-1251; false, and nothing appended, when a character
 * is not in it or it is not UTF-8. */
ATTR_MUST_USE bool cp1251_from_utf8(struct slice utf8, struct buf *out);

#endif
