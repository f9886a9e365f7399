/* SPDX-License-Identifier: Apache-2.0 */
/* Only the two boxes of the corpus open, and only in their context. */
#include "base/bounds.h"
#include "crypto/init.h"
#include "crypto/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* clang-format off */
static const uint8_t seal_pub[] = {
    0x74, 0x8b, 0x05, 0x03, 0xff, 0xb5, 0xaf, 0x25, 0xf2, 0x8c, 0x82, 0x55,
    0x52, 0xfa, 0x58, 0xd5, 0x53, 0x82, 0xb5, 0xca, 0x6a, 0x7e, 0xfe, 0xa1,
    0x81, 0x6e, 0x60, 0xa8, 0xa5, 0x85, 0x6d, 0x12,
};

static const uint8_t seal_priv[] = {
    0x88, 0x9e, 0x29, 0x28, 0x22, 0x7e, 0x3b, 0x3d, 0xb3, 0x7e, 0x83, 0xeb,
    0x2e, 0xc0, 0x68, 0x67, 0xb3, 0x37, 0xeb, 0xea, 0x92, 0x65, 0xd9, 0x60,
    0x14, 0xf2, 0x5e, 0x19, 0x2f, 0x60, 0x3a, 0x43,
};
/* clang-format on */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_make(data, size);
	struct secret priv = SECRET_EMPTY, out = SECRET_EMPTY;

	ensure(crypto_init(NULL) == ERR_OK);
	if (secret_copy(&priv, slice_make(seal_priv, sizeof(seal_priv)),
		NULL) != ERR_OK) {
		return 0;
	}
	ensure(seal_open(&priv, seal_pub, in, SLICE_LIT("other"), &out, NULL) !=
	       ERR_OK);
	ensure(out.p == NULL);
	if (seal_open(&priv, seal_pub, in, SLICE_LIT("context"), &out, NULL) ==
	    ERR_OK) {
		ensure(out.len + SEAL_OVERHEAD == size);
		ensure(out.len == 0 ||
		       slice_eq(secret_slice(&out), SLICE_LIT("hello")));
	}
	secret_clear(&out);
	secret_clear(&priv);
	return 0;
}
