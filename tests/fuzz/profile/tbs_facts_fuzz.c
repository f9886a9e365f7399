/* SPDX-License-Identifier: Apache-2.0 */
/* A TBSCertificate in words: whatever can be read can be told, and says of
 * itself that it is the same. */
#include <stddef.h>
#include <stdint.h>

#include "profile/tbs_facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
differ(void *arg, const char *key, const char *a, const char *b)
{
	(void)arg;
	(void)key;
	(void)a;
	(void)b;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct facts f = {0};
	struct errinfo ei = {0};

	if (tbs_facts(slice_make(data, size), &f, &ei) == ERR_OK) {
		ensure(f.num > 0 && facts_get(&f, "serialNumber") != NULL);
		ensure(facts_diff(&f, &f, differ, NULL) == 0);
	} else {
		ensure(ei.rule[0] != '\0');
	}
	facts_clear(&f);
	return 0;
}
