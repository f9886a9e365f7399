/* SPDX-License-Identifier: Apache-2.0 */
/* What opens a key, from a local user: what is taken packs to the same bytes
 * and lies within the bounds. */
#include <stdlib.h>

#include "base/bounds.h"
#include "ipc/unlock_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice body = slice_make(data, size), secret;
	struct buf again = BUF_INIT(size);

	if (unlock_unpack(body, &secret, NULL) != ERR_OK) {
		return 0;
	}
	if (secret.len == 0 || secret.len > PASSPHRASE_MAX) {
		abort();
	}
	unlock_pack(&again, secret);
	if (!slice_eq(buf_slice(&again), body)) {
		abort();
	}
	buf_clear(&again);
	return 0;
}
