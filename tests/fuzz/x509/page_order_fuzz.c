/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/page_order.h"

#include "rebuild.h"
#include "x509/signed.h"

/* Of a whole order only the body is ours to write again. */
static struct slice
body_of(struct slice whole)
{
	struct slice body = SLICE_EMPTY, rest;

	ensure(signed_open(whole, &body, &rest, NULL) == ERR_OK);
	return body;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rebuild r = rebuild_start(data, size);
	struct page_order o;

	r.err = page_order_parse(r.in, &o, &r.ei);
	if (rebuild_parsed(&r, NULL)) {
		ensure(page_order_check(&o, NULL) == ERR_OK);
		page_order_put_body(&o, &r.built);
		r.in = body_of(r.in);
	}
	return rebuild_end(&r);
}
