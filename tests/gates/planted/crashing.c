/* SPDX-License-Identifier: Apache-2.0 */
/* A program that ends badly after its tests passed. */
#include <stdio.h>
#include <stdlib.h>

int
main(void)
{
	puts("1..1\nok 1 - first");
	(void)fflush(stdout);
	abort();
}
