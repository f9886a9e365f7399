/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_renew.h"

#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/log.h"
#include "ca/authority.h"
#include "ca/page_orders.h"
#include "ca/renew.h"
#include "ca/root_crl.h"
#include "crypto/pubkey.h"
#include "os/file.h"
#include "roles/settings.h"
#include "signer/client.h"
#include "store/store.h"
#include "x509/cert.h"
#include "x509/pem.h"

enum {
	PEM_MAX = 65536,
	CHAIN_MODE = 0444
};

/* The CA whose key made it; NULL when none did. */
static const struct authority *
maker_of(struct ca *ca, struct slice leaf)
{
	const struct authority *found = NULL;
	struct cert *cert = NULL;

	if (cert_parse(leaf, &cert, NULL) != ERR_OK) {
		return NULL;
	}
	for (size_t i = 0; i < ca_num(ca) && found == NULL; i++) {
		struct pubkey *key = NULL;
		const struct authority *a = ca_at(ca, i);

		if (pubkey_parse(cert_spki(authority_cert(a)), &key, NULL) ==
			ERR_OK &&
		    cert_verify(cert, key, NULL) == ERR_OK) {
			found = a;
		}
		pubkey_free(key);
	}
	cert_free(cert);
	return found;
}

static bool
is_revoked(const struct renewing *r, const struct authority *a)
{
	return a != NULL &&
	       root_crls_revoked(ca_roots(r->ca), authority_name(a), NULL);
}

/* *out is empty when it is not due.  by: a responder's own CA, or NULL. */
static enum err
next_certificate(struct renewing *r, struct authority *by, struct slice der,
    struct buf *out, struct errinfo *ei)
{
	struct cert *cert = NULL;
	enum err e = cert_parse(der, &cert, ei);

	if (e == ERR_OK &&
	    (renew_due(cert, clock_utc_sec(r->clock)) ||
		(by == NULL && is_revoked(r, maker_of(r->ca, der))))) {
		e = ca_renew(r->ca, by, der, out, ei);
	}
	cert_free(cert);
	return e;
}

/* The certificate of a service's key, by the CA that it serves. */
static enum err
renew_service(struct renewing *r, struct authority *by,
    struct signer_client *service, size_t *num, struct errinfo *ei)
{
	struct buf next = BUF_INIT(CERT_BYTES_MAX);
	struct signer_info info;
	enum err e;

	signer_info_init(&info);
	e = signer_info(service, &info, ei);
	if (e == ERR_OK && info.cert_len > 0) {
		e = next_certificate(
		    r, by, slice_make(info.cert, info.cert_len), &next, ei);
	}
	if (e == ERR_OK && next.len > 0) {
		e = signer_renew(service, buf_slice(&next), ei);
	}
	if (e == ERR_OK && next.len > 0) {
		log_event(
		    LOG_INFO, "front.renewed", L_STR("service", info.name));
		(*num)++;
	}
	signer_info_clear(&info);
	buf_clear(&next);
	return e;
}

/* Of a CA that was not revoked: its responder. */
static enum err
renew_ocsp(
    struct renewing *r, struct authority *a, size_t *num, struct errinfo *ei)
{
	struct signer_client *ocsp = authority_ocsp(a);

	return ocsp == NULL || is_revoked(r, a)
		   ? ERR_OK
		   : renew_service(r, a, ocsp, num, ei);
}

static enum err
renew_page_orders(struct renewing *r, size_t *num, struct errinfo *ei)
{
	struct authority *by;

	if (r->page_orders == NULL) {
		return ERR_OK;
	}
	by = page_orders_authority(r->page_orders);
	return is_revoked(r, by)
		   ? ERR_OK
		   : renew_service(
			 r, by, page_orders_signer(r->page_orders), num, ei);
}

/* The new one, and its CA's chain without the root. */
static enum err
write_chain(
    struct renewing *r, const char *path, struct slice leaf, struct errinfo *ei)
{
	const struct authority *a = maker_of(r->ca, leaf);
	struct buf chain = BUF_INIT(PEM_MAX);
	size_t num = a == NULL ? 0 : authority_num_chain(a);
	enum err e;

	pem_put(&chain, PEM_CERTIFICATE, leaf);
	for (size_t i = 0; i + 1 < num; i++) {
		pem_put(&chain, PEM_CERTIFICATE, authority_chain(a, i));
	}
	e = buf_err(&chain, ei);
	if (e == ERR_OK) {
		e = file_write_atomic(path, buf_slice(&chain), CHAIN_MODE, ei);
	}
	buf_clear(&chain);
	return e;
}

/* The API's certificate as it lies on the disk. */
static enum err
read_tls(const struct renewing *r, struct buf *der, struct errinfo *ei)
{
	struct buf file = BUF_INIT(PEM_MAX);
	struct slice text;
	enum err e =
	    file_read(r->settings->tls_certificate, PEM_MAX, &file, ei);

	text = buf_slice(&file);
	if (e == ERR_OK) {
		e = pem_get(&text, PEM_CERTIFICATE, der, ei);
	}
	buf_clear(&file);
	return e;
}

/* Elsewhere it is somebody else's to renew. */
static bool
is_our_tls(const struct renewing *r)
{
	const char *own = r->settings->front_dir;

	return strncmp(r->settings->tls_certificate, own, strlen(own)) == 0;
}

const char *
front_renew_revoked(struct renewing *r)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	const struct authority *a = NULL;

	if (is_our_tls(r) && read_tls(r, &der, NULL) == ERR_OK) {
		a = maker_of(r->ca, buf_slice(&der));
	}
	buf_clear(&der);
	return is_revoked(r, a) ? authority_name(a) : NULL;
}

/* Its key stays: a chain that is replaced in one step never lacks its key. */
static enum err
renew_tls(struct renewing *r, size_t *num, struct errinfo *ei)
{
	const char *path = r->settings->tls_certificate;
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct buf next = BUF_INIT(CERT_BYTES_MAX);
	enum err e;

	if (!is_our_tls(r)) {
		return ERR_OK;
	}
	e = read_tls(r, &der, ei);
	if (e == ERR_OK) {
		e = next_certificate(r, NULL, buf_slice(&der), &next, ei);
	}
	if (e == ERR_OK && next.len > 0) {
		e = write_chain(r, path, buf_slice(&next), ei);
	}
	if (e == ERR_OK && next.len > 0) {
		e = r->tls(r->arg, ei);
	}
	if (e == ERR_OK && next.len > 0) {
		log_plain(LOG_INFO, "front.renewed_tls");
		(*num)++;
	}
	buf_clear(&der);
	buf_clear(&next);
	return e;
}

enum err
front_renew(struct renewing *r, size_t *out_num, struct errinfo *ei)
{
	struct errinfo one = {0};
	size_t num = 0;
	enum err e = ERR_OK, first = ERR_OK;

	if (store_held(ca_store(r->ca), NULL)) {
		*out_num = 0;
		return ERR_OK;
	}
	(void)pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < ca_num(r->ca) + 2; i++) {
		if (i < ca_num(r->ca)) {
			e = renew_ocsp(r, ca_at(r->ca, i), &num, &one);
		} else if (i == ca_num(r->ca)) {
			e = renew_tls(r, &num, &one);
		} else {
			e = renew_page_orders(r, &num, &one);
		}
		if (e != ERR_OK && first == ERR_OK) {
			first = e;
			*ei = one;
		}
	}
	(void)pthread_mutex_unlock(&r->lock);
	*out_num = num;
	return first;
}
