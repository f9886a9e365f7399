/* SPDX-License-Identifier: Apache-2.0 */
#include "cpu.h"

#include <time.h>

double
own_cpu(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
