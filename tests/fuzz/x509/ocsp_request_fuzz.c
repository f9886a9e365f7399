/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/ocsp.h"

#include "crypto/hash.h"
#include "rebuild.h"

/* What the short way reads, the long way reads too, and the same. */
static void
check_plain(struct slice in, const struct ocsp_request *x)
{
	const struct ocsp_cert_id *id;
	struct ocsp_plain plain;

	if (!ocsp_plain_get(in, &plain)) {
		return;
	}
	ensure(x != NULL && ocsp_request_num(x) == 1);
	ensure(ocsp_request_nonce(x).len == 0);
	id = ocsp_request_cert_id(x, 0);
	ensure(slice_eq(id->issuer_name_hash, plain.issuer_name_hash));
	ensure(slice_eq(id->issuer_key_hash, plain.issuer_key_hash));
	ensure(slice_eq(id->serial, plain.serial));
	ensure(plain.issuer_key_hash.len == hash_size(plain.hash));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rebuild r = rebuild_start(data, size);
	struct ocsp_request *x = NULL;

	r.err = ocsp_request_parse(r.in, &x, &r.ei);
	if (r.err != ERR_NOMEM) {
		check_plain(r.in, x);
	}
	if (rebuild_parsed(&r, x)) {
		ocsp_request_rebuild(x, &r.built);
		ocsp_request_free(x);
	}
	return rebuild_end(&r);
}
