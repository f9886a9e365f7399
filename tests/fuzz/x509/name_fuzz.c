/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/name.h"

#include "rebuild.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rebuild r = rebuild_start(data, size);
	struct name *x = NULL;

	r.err = name_parse(r.in, &x, &r.ei);
	if (rebuild_parsed(&r, x)) {
		name_build(x, &r.built);
		name_print(x, &r.text);
		name_free(x);
	}
	return rebuild_end(&r);
}
