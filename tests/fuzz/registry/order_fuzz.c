/* SPDX-License-Identifier: Apache-2.0 */
/* A note of an order from a journal: what is taken is written the same again.
 */
#include <stddef.h>
#include <stdint.h>

#include "profile/values.h"
#include "registry/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice note = slice_make(data, size);
	struct buf again = BUF_INIT(VALUES_NOTE_MAX);
	struct order_text text;
	struct order o;

	if (order_get(note, &text, &o)) {
		order_put(&o, &again);
		ensure(slice_eq(buf_slice(&again), note));
	}
	buf_clear(&again);
	return 0;
}
