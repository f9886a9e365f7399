/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/ocsp.h"

#include "rebuild.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rebuild r = rebuild_start(data, size);
	struct ocsp_request *x = NULL;

	r.err = ocsp_request_parse(r.in, &x, &r.ei);
	if (rebuild_parsed(&r, x)) {
		ocsp_request_rebuild(x, &r.built);
		ocsp_request_free(x);
	}
	return rebuild_end(&r);
}
