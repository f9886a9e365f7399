/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key that is read keeps its bytes, tells its size, and verifies no
 * signature of noise.
 */
#include "base/bounds.h"
#include "crypto/init.h"
#include "crypto/pubkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Enough for the widest signature; r and s of 1 for the curves. */
static void
check_verify(const struct pubkey *k)
{
	uint8_t noise[SIGNATURE_BYTES_MAX];
	static const size_t lens[] = {0, 1, 8, 64, 128, 256, 1024};

	for (size_t i = 0; i < sizeof(noise); i++) {
		noise[i] = (uint8_t)(i * 37 + 11);
	}
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		ensure(pubkey_verify(k, key_alg_default_sig(pubkey_alg(k)),
			   SLICE_LIT("data"), slice_make(noise, lens[i]),
			   NULL) != ERR_OK);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_make(data, size);
	struct pubkey *k = NULL;
	struct errinfo ei = {0};

	ensure(crypto_init(NULL) == ERR_OK);
	if (pubkey_parse(in, &k, &ei) != ERR_OK) {
		ensure(k == NULL && ei.rule[0] != '\0');
		return 0;
	}
	ensure(slice_eq(pubkey_spki(k), in));
	ensure(pubkey_alg(k) != KEY_NONE && pubkey_bits(k) >= 256);
	ensure(pubkey_bits_content(k).len < size);
	check_verify(k);
	pubkey_free(k);
	return 0;
}
