/* SPDX-License-Identifier: Apache-2.0 */
/* Responses made from plain values (x509/ocsp.h); the hot path. */
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "x509/ext.h"
#include "x509/ocsp.h"
#include "x509/ocsp_priv.h"

static void
put_revoked(const struct ocsp_single *single, struct buf *b)
{
	size_t info = der_open(b, DER_CONTEXT_CONS(1)), mark;

	der_put_time(b, DER_GENERALIZED_TIME, single->revoked_at);
	if (single->reason != CRL_REASON_NONE) {
		mark = der_open(b, DER_CONTEXT_CONS(0));
		der_put_u63(b, DER_ENUMERATED, (uint64_t)single->reason);
		der_close(b, mark);
	}
	der_close(b, info);
}

void
ocsp_single_put(const struct ocsp_single *single, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE), mark;

	ocsp_cert_id_put(&single->id, b);
	switch (single->status) {
	case OCSP_GOOD:
		der_put(b, DER_CONTEXT(0), SLICE_EMPTY);
		break;
	case OCSP_REVOKED:
		put_revoked(single, b);
		break;
	case OCSP_UNKNOWN:
		der_put(b, DER_CONTEXT(2), SLICE_EMPTY);
		break;
	}
	der_put_time(b, DER_GENERALIZED_TIME, single->this_update);
	if (single->has_next_update) {
		mark = der_open(b, DER_CONTEXT_CONS(0));
		der_put_time(b, DER_GENERALIZED_TIME, single->next_update);
		der_close(b, mark);
	}
	ocsp_exts_put(single->exts, DER_CONTEXT_CONS(1), b);
	der_close(b, seq);
}

void
ocsp_tbs_build(struct slice responder_key_id, int64_t produced_at,
    const struct ocsp_single *singles, size_t num, struct slice nonce,
    struct buf *out_tbs)
{
	size_t tbs = der_open(out_tbs, DER_SEQUENCE), mark, list;

	mark = der_open(out_tbs, DER_CONTEXT_CONS(2));
	der_put(out_tbs, DER_OCTET_STRING, responder_key_id);
	der_close(out_tbs, mark);
	der_put_time(out_tbs, DER_GENERALIZED_TIME, produced_at);
	mark = der_open(out_tbs, DER_SEQUENCE);
	for (size_t i = 0; i < num; i++) {
		ocsp_single_put(&singles[i], out_tbs);
	}
	der_close(out_tbs, mark);
	if (nonce.len > 0) {
		mark = der_open(out_tbs, DER_CONTEXT_CONS(1));
		list = der_open(out_tbs, DER_SEQUENCE);
		ext_put_ocsp_nonce(out_tbs, nonce);
		der_close(out_tbs, list);
		der_close(out_tbs, mark);
	}
	der_close(out_tbs, tbs);
}

void
ocsp_assemble(struct slice tbs, enum sig_alg alg, struct slice signature,
    struct slice cert_der, struct buf *out)
{
	size_t response = der_open(out, DER_SEQUENCE), bytes, octets;
	size_t explicit, basic, certs, list;

	der_put_u63(out, DER_ENUMERATED, OCSP_SUCCESSFUL);
	explicit = der_open(out, DER_CONTEXT_CONS(0));
	bytes = der_open(out, DER_SEQUENCE);
	der_put_oid(out, oid_bytes(OID_OCSP_BASIC));
	octets = der_open(out, DER_OCTET_STRING);
	basic = der_open(out, DER_SEQUENCE);
	der_put_raw(out, tbs);
	sig_alg_put(out, alg);
	der_put_bits(out, signature, 0);
	if (cert_der.len > 0) {
		certs = der_open(out, DER_CONTEXT_CONS(0));
		list = der_open(out, DER_SEQUENCE);
		der_put_raw(out, cert_der);
		der_close(out, list);
		der_close(out, certs);
	}
	der_close(out, basic);
	der_close(out, octets);
	der_close(out, bytes);
	der_close(out, explicit);
	der_close(out, response);
}

void
ocsp_error_response(enum ocsp_response_status status, struct buf *out)
{
	size_t response = der_open(out, DER_SEQUENCE);

	ensure(status != OCSP_SUCCESSFUL);
	der_put_u63(out, DER_ENUMERATED, (uint64_t)status);
	der_close(out, response);
}
