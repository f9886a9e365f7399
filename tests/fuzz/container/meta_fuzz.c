/* SPDX-License-Identifier: Apache-2.0 */
/* A meta.json that is read is written again, and that is read as the same. */
#include "base/bounds.h"
#include "container/meta_priv.h"
#include "crypto/init.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf one = BUF_INIT(CONTAINER_META_MAX);
	struct buf two = BUF_INIT(CONTAINER_META_MAX);
	struct errinfo ei = {0};
	struct meta m, back;

	ensure(crypto_init(NULL) == ERR_OK);
	if (meta_parse(slice_make(data, size), &m, &ei) != ERR_OK) {
		ensure(ei.rule[0] != '\0');
		return 0;
	}
	ensure(meta_build(&m, &one, NULL) == ERR_OK);
	ensure(meta_parse(buf_slice(&one), &back, NULL) == ERR_OK);
	ensure(meta_build(&back, &two, NULL) == ERR_OK);
	ensure(slice_eq(buf_slice(&one), buf_slice(&two)));
	buf_clear(&one);
	buf_clear(&two);
	return 0;
}
