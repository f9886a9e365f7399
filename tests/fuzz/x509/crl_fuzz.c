/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/crl.h"

#include "rebuild.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rebuild r = rebuild_start(data, size);
	struct crl *x = NULL;

	r.err = crl_parse(r.in, &x, &r.ei);
	if (rebuild_parsed(&r, x)) {
		crl_build(x, &r.built);
		crl_print(x, &r.text);
		crl_free(x);
	}
	return rebuild_end(&r);
}
