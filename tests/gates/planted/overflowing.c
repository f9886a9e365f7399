/* SPDX-License-Identifier: Apache-2.0 */
/* A signed sum that does not fit: undefined. */
#include <limits.h>

int
main(void)
{
	volatile int most = INT_MAX;
	volatile int sum = most + 1;

	return sum == 0;
}
