/* SPDX-License-Identifier: Apache-2.0 */
/* A call from a local user: what is taken is packed into the same bytes. */
#include <stdlib.h>

#include "ipc/control_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_call(const struct control_call *call, struct slice body)
{
	struct buf again = BUF_INIT(body.len);

	control_call_pack(&again, call);
	if (!slice_eq(buf_slice(&again), body)) {
		abort();
	}
	buf_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice body = slice_make(data, size);
	struct control_call *call = malloc(sizeof(*call));
	struct slice text;

	if (call == NULL) {
		return 0;
	}
	if (control_call_unpack(body, call, NULL) == ERR_OK) {
		check_call(call, body);
	}
	if (control_reply_unpack(body, &text, NULL) == ERR_OK &&
	    text.len > body.len) {
		abort();
	}
	free(call);
	return 0;
}
