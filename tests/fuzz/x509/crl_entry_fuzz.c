/* SPDX-License-Identifier: Apache-2.0 */
/* Ready entries are read in a short way where they are as most are, else in
 * the long one: both say the same. */
#include <string.h>

#include "base/err.h"
#include "x509/crl.h"
#include "x509/crl_entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
long_way(struct slice *s, struct crl_entry *out)
{
	struct slice exts = SLICE_EMPTY;

	return crl_entry_outline(s, out, &exts, NULL) == ERR_OK &&
	       (exts.len == 0 || crl_entry_plain_exts(exts, out));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_make(data, size);

	while (rest.len > 0) {
		struct crl_entry a = {.reason = CRL_REASON_NONE};
		struct crl_entry b = {.reason = CRL_REASON_NONE};
		struct slice other = rest;
		bool ok = crl_entry_get(&rest, &a, NULL) == ERR_OK;

		ensure(ok == long_way(&other, &b));
		if (!ok) {
			break;
		}
		ensure(rest.p == other.p && rest.len == other.len);
		ensure(slice_eq(a.serial, b.serial));
		ensure(a.revoked_at == b.revoked_at && a.reason == b.reason);
		ensure(a.time_tag == b.time_tag && a.exts == b.exts);
		ensure(a.invalid_from == b.invalid_from);
	}
	return 0;
}
