/* SPDX-License-Identifier: Apache-2.0 */
/* Any packet: what is taken as a frame has its body whole, and a hello in it
 * packs to the same bytes again. */
#include <stdlib.h>

#include "ipc/frame.h"
#include "ipc/hello.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_make(data, size);
	struct buf again = BUF_INIT(FRAME_BYTES_MAX);
	struct errinfo ei = {0};
	struct hello h;
	struct frame f;

	if (frame_unpack(in, &f, &ei) != ERR_OK) {
		if (ei.rule[0] == '\0') {
			abort();
		}
		return 0;
	}
	if (f.body.p != data + FRAME_HEADER_SIZE ||
	    f.body.len != size - FRAME_HEADER_SIZE || f.num_fds != 0) {
		abort();
	}
	if (hello_unpack(f.body, &h, &ei) == ERR_OK) {
		hello_pack(&again, &h);
		if (!slice_eq(buf_slice(&again), f.body)) {
			abort();
		}
	}
	buf_clear(&again);
	return 0;
}
