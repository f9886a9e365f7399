/* SPDX-License-Identifier: Apache-2.0 */
/* What was put into browsers, as it was noted. */
#include "workstation/placed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct placed *p = NULL;
	struct errinfo ei = {0};

	if (placed_parse(slice_make(data, size), &p, &ei) == ERR_OK) {
		size_t num = p->num;

		ensure(num <= STORES_PLACED_MAX);
		if (num > 0) {
			ensure(placed_note(p, p->at[0].dir, p->at[0].sha256,
				   true, &ei) == ERR_OK);
			ensure(p->num == num);
			placed_drop(p, 0);
			ensure(p->num == num - 1);
		}
		placed_free(p);
	} else {
		ensure(p == NULL && ei.rule[0] != '\0');
	}
	return 0;
}
