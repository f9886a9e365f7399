/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte picks a message; what unpacks packs again to the same bytes,
 * what does not leaves the result alone.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "ipc/courier_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same(const struct buf *again, struct slice body)
{
	if (buf_err(again, NULL) != ERR_OK ||
	    !slice_eq(buf_slice(again), body)) {
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf again = BUF_INIT(FRAME_BYTES_MAX);
	struct courier_key key;
	struct courier_deliver deliver;
	struct courier_result result;
	struct courier_routes routes;
	struct slice body;

	if (size == 0) {
		return 0;
	}
	body = slice_make(data + 1, size - 1);
	switch (data[0] % 4) {
	case 0:
		if (courier_key_unpack(body, &key, NULL) == ERR_OK) {
			courier_key_pack(&key, &again);
			same(&again, body);
		}
		break;
	case 1:
		if (courier_deliver_unpack(body, &deliver, NULL) == ERR_OK) {
			courier_deliver_pack(&deliver, &again);
			same(&again, body);
		}
		break;
	case 2:
		if (courier_result_unpack(body, &result, NULL) == ERR_OK) {
			courier_result_pack(&result, &again);
			same(&again, body);
		}
		break;
	default:
		if (courier_routes_unpack(body, &routes, NULL) == ERR_OK) {
			courier_routes_pack(&routes, &again);
			same(&again, body);
		}
		break;
	}
	buf_clear(&again);
	return 0;
}
