/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/ext.h"

#include "rebuild.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rebuild r = rebuild_start(data, size);
	struct ext_list *x = NULL;

	r.err = ext_list_parse(r.in, &x, &r.ei);
	if (rebuild_parsed(&r, x)) {
		ext_list_build(x, &r.built);
		ext_list_print(x, "  ", &r.text);
		ext_list_free(x);
	}
	return rebuild_end(&r);
}
