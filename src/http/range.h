/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_RANGE_H
#define SURGUCH_HTTP_RANGE_H
/* Which part of a body a request asks for (RFC 9110 14.1.2, 14.2): one range of
 * bytes.  Several at once are answered with the whole, as a server may. */
#include <stddef.h>

enum range {
	RANGE_WHOLE, /* none is asked for, or what is no range of ours */
	RANGE_PART,
	RANGE_NOWHERE, /* it begins behind the body's end: 416 */
};

/* value: the header Range, or NULL; len: of the body.  RANGE_PART alone sets
 * *out_first and *out_len, which lie within the body; *out_len is not 0. */
enum range range_parse(
    const char *value, size_t len, size_t *out_first, size_t *out_len);

#endif
