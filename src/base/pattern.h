/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_PATTERN_H
#define SURGUCH_BASE_PATTERN_H
/* Plain text of an administrator's settings that another's answer must look
 * like. */
#include <stdbool.h>

#include "base/slice.h"

/* "*" any run of bytes, everything else itself; the whole text. */
bool pattern_fits(const char *pattern, struct slice text);

#endif
