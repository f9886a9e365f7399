/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PFX file that opens under the password "x", within ITERATIONS in all, has a
 * key that works, with a certificate of it or none.
 */
#include "base/text.h"
#include "crypto/cert_bits.h"
#include "crypto/init.h"
#include "crypto/pfx.h"
#include "crypto/privkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	ITERATIONS = 100
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_make(data, size);
	struct errinfo ei = {0};
	struct cert_bits bits;
	struct pfx p = {0};

	ensure(crypto_init(NULL) == ERR_OK);
	if (pfx_open(in, SLICE_LIT("x"), ITERATIONS, &p, &ei) != ERR_OK) {
		ensure(p.key == NULL && ei.rule[0] != '\0');
		return 0;
	}
	ensure(p.cert.len == 0 ||
	       (cert_bits_get(buf_slice(&p.cert), &bits, NULL) == ERR_OK &&
		   privkey_matches(p.key, bits.spki)));
	ensure(p.name[0] == '\0' || text_is_clean(slice_str(p.name)));
	pfx_clear(&p);
	return 0;
}
