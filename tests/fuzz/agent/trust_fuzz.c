/* SPDX-License-Identifier: Apache-2.0 */
/* The file of trusted centres. */
#include "agent/trust.h"

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trust *t = NULL;
	struct errinfo ei = {0};

	if (trust_parse(slice_make(data, size), &t, &ei) == ERR_OK) {
		ensure(t->num <= AGENT_CENTRES_MAX);
		for (size_t i = 0; i < t->num; i++) {
			ensure(trust_check_origin(t->at[i].origin, NULL) ==
			       ERR_OK);
			ensure(trust_find(t, t->at[i].origin) != NULL);
		}
		trust_free(t);
	} else {
		ensure(t == NULL);
		ensure(text_is_clean(slice_str(ei.text)));
	}
	return 0;
}
