/* SPDX-License-Identifier: Apache-2.0 */
/* The shard in the address of a list, which stands in a certificate: one text
 * for one shard. */
#include <string.h>

#include "base/err.h"
#include "x509/crl_shard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct crl_shard s;
	char text[CRL_SHARD_TEXT_SIZE];
	size_t len;

	if (!crl_shard_parse(slice_make(data, size), &s)) {
		return 0;
	}
	ensure(crl_shard_ok(s));
	crl_shard_text(s, text);
	len = strlen(text);
	ensure(size >= len + 4);
	ensure(memcmp(data + size - 4 - len, text, len) == 0);
	return 0;
}
