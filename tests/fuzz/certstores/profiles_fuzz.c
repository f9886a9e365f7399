/* SPDX-License-Identifier: Apache-2.0 */
/* Firefox's profiles.ini. */
#include "certstores/browsers.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct firefox_profile out[3];
	struct errinfo ei = {0};
	size_t num = 0;

	if (firefox_profiles(slice_make(data, size), "/base", out,
		ARRAY_LEN(out), &num, &ei) == ERR_OK) {
		ensure(num <= ARRAY_LEN(out));
		for (size_t i = 0; i < num; i++) {
			ensure(strlen(out[i].dir) > 0);
			ensure(strlen(out[i].name) < sizeof(out[i].name));
		}
	} else {
		ensure(ei.rule[0] != '\0');
	}
	return 0;
}
