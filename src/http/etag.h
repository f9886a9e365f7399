/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_ETAG_H
#define SURGUCH_HTTP_ETAG_H
/* Entity tags (RFC 9110 8.8.3) out of hashes of what they tag. */
#include <stdbool.h>
#include <stdint.h>

enum {
	ETAG_BYTES = 16, /* of the hash */
	ETAG_SIZE = 2 * ETAG_BYTES + 3,
};

/* "\"0123…\"", a strong one. */
void etag_text(const uint8_t hash[ETAG_BYTES], char out[ETAG_SIZE]);
/* Does this value of If-None-Match (NULL: none) name the tag, RFC 9110 13.1.2:
 * any, or a list with it, weak or not? */
bool etag_is_known(const char *etag, const char *if_none_match);

#endif
