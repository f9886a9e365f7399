/* SPDX-License-Identifier: Apache-2.0 */
#include "http/etag.h"

#include <stddef.h>
#include <string.h>

void
etag_text(const uint8_t hash[ETAG_BYTES], char out[ETAG_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	out[n++] = '"';
	for (size_t i = 0; i < ETAG_BYTES; i++) {
		out[n++] = digits[hash[i] >> 4];
		out[n++] = digits[hash[i] & 0xf];
	}
	out[n++] = '"';
	out[n] = '\0';
}

bool
etag_is_known(const char *etag, const char *if_none_match)
{
	if (if_none_match == NULL) {
		return false;
	}
	/* Ours are quoted, so one is no part of another. */
	return strcmp(if_none_match, "*") == 0 ||
	       strstr(if_none_match, etag) != NULL;
}
