/* SPDX-License-Identifier: Apache-2.0 */
/* No fault: what has to stay green. */
#include <stdio.h>

int
main(void)
{
	puts("1..2\nproves: A1\nok 1 - first\nok 2 - second");
	return 0;
}
