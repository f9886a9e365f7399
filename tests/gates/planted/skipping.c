/* SPDX-License-Identifier: Apache-2.0 */
/* A test that is skipped. */
#include <stdio.h>

int
main(void)
{
	puts("1..1\nno such data\nnot ok 1 # SKIP the_test");
	return 0;
}
