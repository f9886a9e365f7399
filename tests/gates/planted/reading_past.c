/* SPDX-License-Identifier: Apache-2.0 */
/* One byte read behind a block. */
#include <stdlib.h>

int
main(void)
{
	volatile size_t at = 8;
	volatile char seen = 0;
	char *p = calloc(1, 8);

	if (p != NULL) {
		seen = p[at];
		free(p);
	}
	return seen & 0;
}
