/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/page_orders.h"

#include <stdlib.h>

#include "ca/authority.h"
#include "crypto/pubkey.h"
#include "signer/client.h"
#include "x509/cert.h"

struct page_orders {
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

enum err
page_orders_sign(struct page_orders *o, const struct page_order *wish,
    struct buf *order, struct buf *cert, int64_t *out_not_after,
    struct errinfo *ei)
{
	struct signer_info info;
	enum err e =
	    signer_page_order(o->signer, wish, order, out_not_after, ei);

	/* Asked each time: it is renewed while we run. */
	signer_info_init(&info);
	if (e == ERR_OK) {
		e = signer_info(o->signer, &info, ei);
	}
	if (e == ERR_OK) {
		buf_reset(cert);
		buf_add(cert, slice_make(info.cert, info.cert_len));
		e = buf_err(cert, ei);
	}
	signer_info_clear(&info);
	return e;
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
