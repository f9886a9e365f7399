/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/page_orders.h"

#include <stdlib.h>

#include "base/clock.h"
#include "ca/authority.h"
#include "ca/revoke.h"
#include "ca/root_crl.h"
#include "crypto/pubkey.h"
#include "signer/client.h"
#include "x509/cert.h"

struct page_orders {
	struct ca *ca;
	struct signer_client *signer;
	struct authority *authority;
};

static bool
made_by(const struct cert *cert, const struct authority *a)
{
	struct pubkey *key = NULL;
	bool did =
	    pubkey_parse(cert_spki(authority_cert(a)), &key, NULL) == ERR_OK &&
	    cert_verify(cert, key, NULL) == ERR_OK;

	pubkey_free(key);
	return did;
}

static enum err
find_authority(
    struct ca *ca, struct slice der, struct authority **out, struct errinfo *ei)
{
	struct cert *cert = NULL;
	enum err e = cert_parse(der, &cert, ei);

	if (e != ERR_OK) {
		return e;
	}
	for (size_t i = 0; i < ca_num(ca) && *out == NULL; i++) {
		if (made_by(cert, ca_at(ca, i))) {
			*out = ca_at(ca, i);
		}
	}
	cert_free(cert);
	return *out != NULL
		   ? ERR_OK
		   : err_set(ei, ERR_NOTFOUND, "orders.ca", NULL,
			 "no CA of this centre has certified the key for page "
			 "orders");
}

enum err
page_orders_new(struct ca *ca, struct signer_client *signer,
    struct page_orders **out, struct errinfo *ei)
{
	struct page_orders *o = calloc(1, sizeof(*o));
	struct signer_info info;
	enum err e;

	if (o == NULL) {
		return err_nomem(ei);
	}
	signer_info_init(&info);
	e = signer_info(signer, &info, ei);
	if (e == ERR_OK && info.cert_len == 0) {
		e = err_set(ei, ERR_STATE, "orders.not_ready", NULL,
		    "the signer of page orders has no certificate yet");
	}
	if (e == ERR_OK) {
		e = find_authority(ca, slice_make(info.cert, info.cert_len),
		    &o->authority, ei);
	}
	signer_info_clear(&info);
	if (e != ERR_OK) {
		free(o);
		return e;
	}
	o->ca = ca;
	o->signer = signer;
	*out = o;
	return ERR_OK;
}

void
page_orders_free(struct page_orders *o)
{
	if (o != NULL) {
		signer_client_free(o->signer);
		free(o);
	}
}

static enum err
check_status(struct page_orders *o, const struct cert *cert, struct errinfo *ei)
{
	char at[TIME_TEXT_SIZE];
	struct status status;
	enum err e = ca_status(o->ca, authority_name(o->authority),
	    cert_serial(cert), &status, ei);

	/* A certificate of a ceremony is known once its journal was adopted. */
	if (e != ERR_OK || status.kind != STATUS_REVOKED) {
		return e;
	}
	time_text(status.revoked_at, at);
	return err_set(ei, ERR_STATE, "orders.revoked", NULL,
	    "the certificate of the key for page orders was revoked on %s: it "
	    "orders nothing more; make another key",
	    at);
}

static enum err
check_cert(struct page_orders *o, struct slice der, struct errinfo *ei)
{
	int64_t now = clock_utc_sec(ca_clock(o->ca));
	struct cert *cert = NULL;
	char at[TIME_TEXT_SIZE];
	enum err e =
	    root_crls_check(ca_roots(o->ca), authority_name(o->authority), ei);

	if (e == ERR_OK) {
		e = cert_parse(der, &cert, ei);
	}
	if (e == ERR_OK && now > cert_not_after(cert)) {
		time_text(cert_not_after(cert), at);
		e = err_set(ei, ERR_STATE, "orders.expired", NULL,
		    "the certificate of the key for page orders ended on %s "
		    "and was not renewed",
		    at);
	}
	if (e == ERR_OK) {
		e = check_status(o, cert, ei);
	}
	cert_free(cert);
	return e;
}

enum err
page_orders_check(struct page_orders *o, struct errinfo *ei)
{
	struct signer_info info;
	enum err e;

	signer_info_init(&info);
	e = signer_info(o->signer, &info, ei);
	if (e == ERR_OK) {
		e = check_cert(o, slice_make(info.cert, info.cert_len), ei);
	}
	signer_info_clear(&info);
	return e;
}

enum err
page_orders_sign(struct page_orders *o, const struct page_order *wish,
    struct buf *order, struct buf *cert, int64_t *out_not_after,
    struct errinfo *ei)
{
	struct signer_info info;
	enum err e;

	/* Asked each time: it is renewed, or revoked, while we run. */
	signer_info_init(&info);
	e = signer_info(o->signer, &info, ei);
	if (e == ERR_OK) {
		buf_reset(cert);
		buf_add(cert, slice_make(info.cert, info.cert_len));
		e = buf_err(cert, ei);
	}
	signer_info_clear(&info);
	if (e == ERR_OK) {
		e = check_cert(o, buf_slice(cert), ei);
	}
	return e != ERR_OK ? e
			   : signer_page_order(
				 o->signer, wish, order, out_not_after, ei);
}

struct authority *
page_orders_authority(const struct page_orders *o)
{
	return o->authority;
}

struct signer_client *
page_orders_signer(const struct page_orders *o)
{
	return o->signer;
}
