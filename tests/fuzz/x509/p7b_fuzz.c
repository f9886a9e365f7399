/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/p7b.h"

#include "rebuild.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rebuild r = rebuild_start(data, size);
	struct p7b *x = NULL;

	r.err = p7b_parse(r.in, &x, &r.ei);
	if (rebuild_parsed(&r, x)) {
		p7b_rebuild(x, &r.built);
		p7b_free(x);
	}
	return rebuild_end(&r);
}
