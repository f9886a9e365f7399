/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/csr.h"

#include "rebuild.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rebuild r = rebuild_start(data, size);
	struct csr *x = NULL;

	r.err = csr_parse(r.in, &x, &r.ei);
	if (rebuild_parsed(&r, x)) {
		csr_build(x, &r.built);
		csr_print(x, &r.text);
		csr_free(x);
	}
	return rebuild_end(&r);
}
