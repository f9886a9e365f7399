/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pattern.h"

#include <stddef.h>
#include <stdint.h>

/* The classical walk with one point to fall back to: linear in practice and
 * at worst text times pattern, both of which are bounded. */
bool
pattern_fits(const char *pattern, struct slice text)
{
	const char *star = NULL;
	size_t star_at = 0, at = 0;

	while (at < text.len) {
		if (*pattern == '*') {
			star = pattern++;
			star_at = at;
		} else if ((uint8_t)*pattern == text.p[at] &&
			   *pattern != '\0') {
			pattern++;
			at++;
		} else if (star != NULL) {
			pattern = star + 1;
			at = ++star_at;
		} else {
			return false;
		}
	}
	while (*pattern == '*') {
		pattern++;
	}
	return *pattern == '\0';
}
