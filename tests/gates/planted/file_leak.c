/* SPDX-License-Identifier: Apache-2.0 */
/* For gcc -fanalyzer: a file that one path forgets. */
#include <stdio.h>

int planted_first(const char *path);

int
planted_first(const char *path)
{
	FILE *f = fopen(path, "r");
	int c = 0;

	if (f == NULL) {
		return -1;
	}
	c = fgetc(f);
	if (c == 'x') {
		return c;
	}
	(void)fclose(f);
	return c;
}
