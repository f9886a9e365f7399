/* SPDX-License-Identifier: Apache-2.0 */
#include "http/range.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* Digits at the front; what is too large for us is as large as can be.  False:
 * there are none. */
static bool
take_number(const char **s, uint64_t *out)
{
	uint64_t n = 0;
	const char *p = *s;

	for (; *p >= '0' && *p <= '9'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');

		n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : n * 10 + digit;
	}
	if (p == *s) {
		return false;
	}
	*s = p;
	*out = n;
	return true;
}

static const char *
skip_blank(const char *s)
{
	return s + strspn(s, " \t");
}

/* "-500": the last 500. */
static enum range
take_last(const char *s, size_t len, size_t *out_first, size_t *out_len)
{
	uint64_t num;

	if (!take_number(&s, &num) || *skip_blank(s) != '\0') {
		return RANGE_WHOLE;
	}
	if (num == 0 || len == 0) {
		return RANGE_NOWHERE;
	}
	*out_len = num < len ? (size_t)num : len;
	*out_first = len - *out_len;
	return RANGE_PART;
}

enum range
range_parse(const char *value, size_t len, size_t *out_first, size_t *out_len)
{
	const char *s = value;
	uint64_t first, last = UINT64_MAX;

	if (s == NULL || strncasecmp(s, "bytes=", 6) != 0) {
		return RANGE_WHOLE;
	}
	s = skip_blank(s + 6);
	if (*s == '-') {
		return take_last(s + 1, len, out_first, out_len);
	}
	if (!take_number(&s, &first) || *s++ != '-') {
		return RANGE_WHOLE;
	}
	if (*skip_blank(s) != '\0' &&
	    (!take_number(&s, &last) || last < first ||
		*skip_blank(s) != '\0')) {
		return RANGE_WHOLE;
	}
	if (first >= len) {
		return RANGE_NOWHERE;
	}
	if (last >= len) {
		last = len - 1;
	}
	*out_first = (size_t)first;
	*out_len = (size_t)(last - first) + 1;
	return RANGE_PART;
}
