/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that nothing points at when the program ends. */
#include <stdlib.h>

static void *volatile kept;

int
main(void)
{
	kept = malloc(100);
	kept = NULL;
	return 0;
}
