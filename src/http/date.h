/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_DATE_H
#define SURGUCH_HTTP_DATE_H
/* Times as headers have them (RFC 9110 5.6.7). */
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum {
	HTTP_DATE_SIZE = 30
};
/* "Sun, 06 Nov 1994 08:49:37 GMT"; 1970 where sec is no time of ours. */
void http_date(int64_t sec, char out[HTTP_DATE_SIZE]);
/*
 * Of a header that a client has sent: that form, and the two old ones that a
 * recipient must know ("Sunday, 06-Nov-94 08:49:37 GMT", whose year is the one
 * within fifty years of 2000, and "Sun Nov  6 08:49:37 1994").  False for
 * everything else; the day of the week is not compared.
 */
ATTR_MUST_USE bool http_date_parse(const char *text, int64_t *out_sec);

#endif
