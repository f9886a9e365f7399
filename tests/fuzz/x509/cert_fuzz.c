/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/cert.h"

#include "rebuild.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rebuild r = rebuild_start(data, size);
	struct cert *x = NULL;

	r.err = cert_parse(r.in, &x, &r.ei);
	if (rebuild_parsed(&r, x)) {
		cert_build(x, &r.built);
		cert_print(x, &r.text);
		cert_free(x);
	}
	return rebuild_end(&r);
}
