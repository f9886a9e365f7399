/* SPDX-License-Identifier: Apache-2.0 */
#include "ipc/unlock_msg.h"

#include "base/bounds.h"
#include "ipc/wire.h"

void
unlock_pack(struct buf *b, struct slice secret)
{
	wire_put_bytes(b, secret);
}

enum err
unlock_unpack(struct slice body, struct slice *out_secret, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct slice secret = wire_get_bytes(&w, PASSPHRASE_MAX);
	enum err e;

	if (secret.len == 0) {
		wire_bad(&w, "the secret is empty");
	}
	e = wire_end(&w, "unlock", ei);
	if (e == ERR_OK) {
		*out_secret = secret;
	}
	return e;
}
