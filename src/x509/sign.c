/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/sign.h"

#include "der/write.h"

void
x509_assemble(
    struct slice tbs, enum sig_alg alg, struct slice signature, struct buf *out)
{
	size_t seq = der_open(out, DER_SEQUENCE);

	der_put_raw(out, tbs);
	sig_alg_put(out, alg);
	der_put_bits(out, signature, 0);
	der_close(out, seq);
}
