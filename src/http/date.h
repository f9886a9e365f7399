/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_DATE_H
#define SURGUCH_HTTP_DATE_H
/* Times as headers have them (RFC 9110 5.6.7). */
#include <stdint.h>

enum {
	HTTP_DATE_SIZE = 30
};
/* "Sun, 06 Nov 1994 08:49:37 GMT"; 1970 where sec is no time of ours. */
void http_date(int64_t sec, char out[HTTP_DATE_SIZE]);

#endif
