/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CONF_SCAN_H
#define SURGUCH_CONF_SCAN_H
/*
 * What libconfig 1.5 takes silently and we do not, looked for in the raw text
 * before it is parsed (each was tried):
 *   a whole number beyond 32 bits wraps (99999999999 reads as 1215752191),
 *   with the L suffix beyond 64 bits it saturates;
 *   hexadecimal wraps too;
 *   "\x00" cuts a string short of itself, an unknown escape stays as written;
 *   @include reads another file;
 *   thousands of levels of nesting are freed by recursion;
 *   bytes after a NUL are not seen at all.
 */
#include "base/err.h"
#include "base/slice.h"

/* FORMAT "conf.syntax" with "name:line: ..." in the text, or ERR_OK. */
ATTR_MUST_USE enum err conf_scan(
    struct slice text, const char *name, struct errinfo *ei);

#endif
