/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What anybody may know of a certificate that they have, or whose serial they
 * have (A21): whether it is good, from when to when, and since when not.
 */
#include <string.h>

#include "api/call.h"
#include "api/purpose_json.h"
#include "api/routes.h"
#include "base/text.h"
#include "ca/authority.h"
#include "ca/cert_state.h"
#include "ca/list.h"
#include "ca/revoke.h"
#include "ca/root_crl.h"
#include "crypto/hash.h"
#include "http/rate.h"
#include "x509/cert.h"
#include "x509/pem.h"

enum {
	SERIAL_TEXT_MAX = 3 * SERIAL_BYTES_MAX, /* with colons */
	CA_TEXT_MAX = 128,
	FILE_TEXT_MAX = 2 * CERT_BYTES_MAX
};

struct found {
	const char *status;
	const char *ca; /* NULL: not of ours */
	int64_t not_before;
	int64_t not_after;
	bool ended; /* revoked or on hold */
	int64_t ended_at;
	enum crl_reason reason;
	struct slice der; /* set with ca */
};

/* Its own dates speak where nobody has ended it. */
static const char *
by_time(const struct found *f, int64_t now)
{
	if (now < f->not_before) {
		return "not_yet";
	}
	return now > f->not_after ? "expired" : "good";
}

static enum err
send_found(struct call *c, const struct found *f)
{
	enum err e = ERR_OK;

	call_answer_begin(c);
	json_put_text(&c->w, "status", f->status);
	json_put_text_optional(&c->w, "ca", f->ca);
	if (f->ca != NULL) {
		json_put_time(&c->w, "not_before", f->not_before);
		json_put_time(&c->w, "not_after", f->not_after);
	}
	if (f->ended) {
		json_put_time(&c->w, "since", f->ended_at);
		json_put_text(
		    &c->w, "reason", revocation_reason_name(f->reason));
	}
	if (f->ca != NULL) {
		e = purposes_put_der(&c->w, f->der, c->ei);
	}
	json_put_time(&c->w, "checked_at", clock_utc_sec(c->api->clock));
	return e == ERR_OK ? call_answer_send(c) : e;
}

static enum err
send_row(struct call *c, const struct certificate_row *row)
{
	struct certificate cert = {0};
	struct found f = {
	    .ca = row->ca,
	    .not_before = row->not_before,
	    .not_after = row->not_after,
	};
	struct status status = {0};
	enum err e =
	    ca_status(c->api->ca, row->ca, row->serial, &status, c->ei);

	if (e == ERR_OK) {
		e = certificate_get(c->api->ca, &row->id, &cert, c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	f.der = cert.der;
	f.status = by_time(&f, clock_utc_sec(c->api->clock));
	f.ended = status.kind == STATUS_REVOKED;
	if (f.ended) {
		f.ended_at = status.revoked_at;
		f.reason = status.reason;
		f.status = row->status;
	}
	e = send_found(c, &f);
	certificate_clear(&cert);
	return e;
}

/* One of those that this centre's certificates rest on?  A CA's own may be on
 * its root's list. */
static bool
find_authority(struct call *c, struct slice der, struct found *out)
{
	for (size_t i = 0; i < ca_num(c->api->ca); i++) {
		const struct authority *a = ca_at(c->api->ca, i);

		for (size_t k = 0; k < authority_num_chain(a); k++) {
			struct root_revoked x;

			if (!slice_eq(authority_chain(a, k), der)) {
				continue;
			}
			out->ca = authority_name(a);
			out->ended = ca_cert_revoked(c->api->ca, der, &x);
			if (out->ended) {
				out->ended_at = x.at;
				out->reason = x.reason;
			}
			return true;
		}
	}
	return false;
}

static enum err
send_other(struct call *c, struct slice der)
{
	struct found f = {.status = "unknown", .der = der};
	struct cert *cert = NULL;
	enum err e = cert_parse(der, &cert, c->ei);

	if (e != ERR_OK) {
		return err_object(c->ei, e, "certificate");
	}
	f.not_before = cert_not_before(cert);
	f.not_after = cert_not_after(cert);
	if (find_authority(c, der, &f)) {
		f.status = f.ended ? cert_state_name(CERT_REVOKED)
				   : by_time(&f, clock_utc_sec(c->api->clock));
	}
	cert_free(cert);
	return send_found(c, &f);
}

/* --- what was asked ---------------------------------------------------------
 */

/* A file as people have it: PEM, or base64 of the DER. */
static enum err
take_file(struct call *c, struct buf *der)
{
	const char *text;
	enum err e =
	    json_get_lines(c->body, "certificate", FILE_TEXT_MAX, &text, c->ei);
	struct slice rest;

	if (e != ERR_OK) {
		return e;
	}
	rest = slice_str(text);
	if (pem_looks_like(rest)) {
		e = pem_get(&rest, PEM_CERTIFICATE, der, c->ei);
		return e != ERR_OK ? err_object(c->ei, e, "certificate") : e;
	}
	return json_get_base64(c->body, "certificate", der, c->ei);
}

static enum err
by_file(struct call *c)
{
	struct certificate_page page = {0};
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	uint8_t sha256[SHA256_SIZE];
	enum err e = take_file(c, &der);

	if (e == ERR_OK) {
		e = sha256_of_buf(&der, sha256, c->ei);
	}
	if (e == ERR_OK) {
		e = certificate_by_sha256(c->api->store,
		    slice_make(sha256, sizeof(sha256)), &page, c->ei);
	}
	if (e == ERR_OK) {
		e = page.num > 0 ? send_row(c, &page.at[0])
				 : send_other(c, buf_slice(&der));
	}
	certificate_page_clear(&page);
	buf_clear(&der);
	return e;
}

/* Hexadecimal digits as programs print them, with colons or spaces. */
static enum err
take_serial(struct call *c, uint8_t out[SERIAL_BYTES_MAX], size_t *out_len)
{
	char digits[2 * SERIAL_BYTES_MAX + 2] = "0";
	const char *text;
	size_t num = 1, odd;
	enum err e =
	    json_get_text(c->body, "serial", SERIAL_TEXT_MAX, &text, c->ei);

	if (e != ERR_OK) {
		return e;
	}
	for (; *text != '\0' && num + 1 < sizeof(digits); text++) {
		if (*text != ':' && *text != ' ') {
			digits[num++] = *text;
		}
	}
	digits[num] = '\0';
	odd = num % 2; /* an odd digit stands behind the 0 */
	*out_len = (num - odd) / 2;
	if (*text != '\0' || num < 2 ||
	    !text_unhex(slice_str(digits + odd), out, *out_len)) {
		return err_object(c->ei,
		    err_set(c->ei, ERR_FORMAT, "certificate.serial", NULL,
			"a serial number is up to %d octets in hexadecimal "
			"digits",
			(int)SERIAL_BYTES_MAX),
		    "serial");
	}
	return ERR_OK;
}

static enum err
by_serial(struct call *c)
{
	struct certificate_page page = {0};
	struct found none = {.status = "unknown"};
	uint8_t serial[SERIAL_BYTES_MAX + 1];
	const char *name = NULL;
	size_t len = 0;
	enum err e = take_serial(c, serial, &len);

	if (e == ERR_OK) {
		e = json_get_text_optional(
		    c->body, "ca", CA_TEXT_MAX, &name, c->ei);
	}
	for (size_t i = 0;
	     e == ERR_OK && page.num == 0 && i < ca_num(c->api->ca); i++) {
		const char *ca = authority_name(ca_at(c->api->ca, i));

		if (name != NULL && strcmp(name, ca) != 0) {
			continue;
		}
		certificate_page_clear(&page);
		e = certificate_by_serial(
		    c->api->store, ca, slice_make(serial, len), &page, c->ei);
	}
	if (e == ERR_OK) {
		e = page.num > 0 ? send_row(c, &page.at[0])
				 : send_found(c, &none);
	}
	certificate_page_clear(&page);
	return e;
}

static enum err
status(struct call *c)
{
	static const char *const file[] = {"certificate", NULL};
	static const char *const number[] = {"serial", "ca", NULL};
	bool by = c->body != NULL && json_has(c->body, "certificate");
	enum err e = rate_take(c->api->rate, request_client(c->r), c->ei);

	if (e == ERR_OK) {
		e = call_only(c, by ? file : number);
	}
	if (e != ERR_OK) {
		return e;
	}
	return by ? by_file(c) : by_serial(c);
}

void
api_status(void *arg, const struct request *r, struct response *resp)
{
	call_open(arg, r, resp, status);
}
