/* SPDX-License-Identifier: Apache-2.0 */
/* What is read from text is the same after it was written and read again;
 * a failure changes nothing. */
#include "base/buf.h"
#include "base/slice.h"
#include "x509/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_make(data, size), before = rest, again;
	struct buf der = BUF_INIT(size), copy = BUF_INIT(size);
	struct buf text = BUF_INIT(2 * size + 256);

	while (pem_get(&rest, PEM_CERTIFICATE, &der, NULL) == ERR_OK) {
		ensure(pem_looks_like(before) && der.len > 0);
		ensure(rest.len < before.len);
		pem_put(&text, PEM_CERTIFICATE, buf_slice(&der));
		again = buf_slice(&text);
		ensure(text.err == ERR_OK);
		ensure(pem_get(&again, PEM_CERTIFICATE, &copy, NULL) == ERR_OK);
		ensure(again.len == 0);
		ensure(slice_eq(buf_slice(&der), buf_slice(&copy)));
		buf_reset(&der);
		buf_reset(&copy);
		buf_reset(&text);
		before = rest;
	}
	ensure(rest.p == before.p && rest.len == before.len && der.len == 0);
	buf_clear(&der);
	buf_clear(&copy);
	buf_clear(&text);
	return 0;
}
