/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/ocsp.h"

#include "rebuild.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rebuild r = rebuild_start(data, size);
	struct ocsp_response *x = NULL;

	r.err = ocsp_response_parse(r.in, &x, &r.ei);
	if (rebuild_parsed(&r, x)) {
		ocsp_response_rebuild(x, &r.built);
		ocsp_response_print(x, &r.text);
		ocsp_response_free(x);
	}
	return rebuild_end(&r);
}
