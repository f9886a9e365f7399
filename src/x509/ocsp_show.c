/* SPDX-License-Identifier: Apache-2.0 */
/* Responses that were read: written again, printed, asked. */
#include "base/clock.h"
#include "base/text.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "x509/ext.h"
#include "x509/name.h"
#include "x509/ocsp.h"
#include "x509/ocsp_priv.h"

static void
build_responder(const struct ocsp_response *r, struct buf *b)
{
	size_t mark = der_open(
	    b, r->name != NULL ? DER_CONTEXT_CONS(1) : DER_CONTEXT_CONS(2));

	if (r->name != NULL) {
		name_build(r->name, b);
	} else {
		der_put(b, DER_OCTET_STRING, r->key_id);
	}
	der_close(b, mark);
}

static void
build_tbs(const struct ocsp_response *r, struct buf *b)
{
	size_t tbs = der_open(b, DER_SEQUENCE), list;

	build_responder(r, b);
	der_put_time(b, DER_GENERALIZED_TIME, r->produced_at);
	list = der_open(b, DER_SEQUENCE);
	for (size_t i = 0; i < r->num; i++) {
		ocsp_single_put(&r->list[i], b);
	}
	der_close(b, list);
	ocsp_exts_put(r->exts, DER_CONTEXT_CONS(1), b);
	der_close(b, tbs);
}

static void
build_basic(const struct ocsp_response *r, struct buf *b)
{
	size_t basic = der_open(b, DER_SEQUENCE), explicit, list;

	build_tbs(r, b);
	signature_put(&r->sig, b);
	if (r->num_certs > 0) {
		explicit = der_open(b, DER_CONTEXT_CONS(0));
		list = der_open(b, DER_SEQUENCE);
		for (size_t i = 0; i < r->num_certs; i++) {
			der_put_raw(b, r->certs[i]);
		}
		der_close(b, list);
		der_close(b, explicit);
	}
	der_close(b, basic);
}

void
ocsp_response_rebuild(const struct ocsp_response *r, struct buf *b)
{
	size_t response = der_open(b, DER_SEQUENCE), explicit, bytes, octets;

	der_put_u63(b, DER_ENUMERATED, (uint64_t)r->status);
	if (r->status == OCSP_SUCCESSFUL) {
		explicit = der_open(b, DER_CONTEXT_CONS(0));
		bytes = der_open(b, DER_SEQUENCE);
		der_put_oid(b, oid_bytes(OID_OCSP_BASIC));
		octets = der_open(b, DER_OCTET_STRING);
		build_basic(r, b);
		der_close(b, octets);
		der_close(b, bytes);
		der_close(b, explicit);
	}
	der_close(b, response);
}

static void
print_cert_id(const struct ocsp_cert_id *id, struct buf *b)
{
	buf_printf(b, "serial ");
	text_hex(b, id->serial);
	buf_printf(b, " issuer name %s:", oid_short_name(id->hash_oid));
	text_hex(b, id->issuer_name_hash);
	buf_add_str(b, " key ");
	text_hex(b, id->issuer_key_hash);
}

static void
print_single(const struct ocsp_single *single, struct buf *b)
{
	static const char *const words[] = {"good", "revoked", "unknown"};
	char text[TIME_TEXT_SIZE];

	buf_printf(b, "  %s: ", words[single->status]);
	print_cert_id(&single->id, b);
	if (single->status == OCSP_REVOKED) {
		time_text(single->revoked_at, text);
		buf_printf(b, " at %s", text);
	}
	if (single->reason != CRL_REASON_NONE) {
		buf_printf(b, " (%s)", crl_reason_name(single->reason));
	}
	time_text(single->this_update, text);
	buf_printf(b, " from %s", text);
	if (single->has_next_update) {
		time_text(single->next_update, text);
		buf_printf(b, " to %s", text);
	}
	buf_add_u8(b, '\n');
	ext_list_print(single->exts, "    ", b);
}

void
ocsp_response_print(const struct ocsp_response *r, struct buf *b)
{
	char text[TIME_TEXT_SIZE];

	buf_printf(b, "OCSP response, status %d\n", (int)r->status);
	if (r->status != OCSP_SUCCESSFUL) {
		return;
	}
	buf_add_str(b, "  responder: ");
	if (r->name != NULL) {
		name_print(r->name, b);
	} else {
		text_hex(b, r->key_id);
	}
	time_text(r->produced_at, text);
	buf_printf(b, "\n  produced: %s\n", text);
	for (size_t i = 0; i < r->num; i++) {
		print_single(&r->list[i], b);
	}
	ext_list_print(r->exts, "  ", b);
}

/* --- getters ----------------------------------------------------------- */

enum ocsp_response_status
ocsp_response_status(const struct ocsp_response *r)
{
	return r->status;
}

int64_t
ocsp_response_produced_at(const struct ocsp_response *r)
{
	return r->produced_at;
}

size_t
ocsp_response_num(const struct ocsp_response *r)
{
	return r->num;
}

const struct ocsp_single *
ocsp_response_single(const struct ocsp_response *r, size_t i)
{
	ensure(i < r->num);
	return &r->list[i];
}

struct slice
ocsp_response_nonce(const struct ocsp_response *r)
{
	const struct ext *x = ext_find(r->exts, EXT_OCSP_NONCE);

	return x == NULL ? SLICE_EMPTY : x->u.octets;
}

size_t
ocsp_response_num_certs(const struct ocsp_response *r)
{
	return r->num_certs;
}

struct slice
ocsp_response_cert(const struct ocsp_response *r, size_t i)
{
	ensure(i < r->num_certs);
	return r->certs[i];
}
