/* SPDX-License-Identifier: Apache-2.0 */
/* A test that says it failed. */
#include <stdio.h>

int
main(void)
{
	puts(
	    "1..2\nproves: A2\nok 1 - first\nwhat was seen\nnot ok 2 - second");
	return 1;
}
