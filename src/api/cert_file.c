/* SPDX-License-Identifier: Apache-2.0 */
#include "api/cert_file.h"

#include <stdio.h>
#include <string.h>

#include "ca/authority.h"
#include "ca/issue.h"
#include "ca/revoke.h"
#include "x509/p7b.h"
#include "x509/pem.h"

enum {
	CHAIN_MAX = 16
};

static enum err
put_der(struct call *c, const struct certificate *cert, struct buf *out)
{
	(void)c;
	buf_add(out, cert->der);
	return ERR_OK;
}

static enum err
put_pem(struct call *c, const struct certificate *cert, struct buf *out)
{
	(void)c;
	pem_put(out, PEM_CERTIFICATE, cert->der);
	return ERR_OK;
}

static enum err
put_p7b(struct call *c, const struct certificate *cert, struct buf *out)
{
	const struct authority *a = ca_by_name(c->api->ca, cert->ca);
	struct slice certs[CHAIN_MAX];
	size_t num = 0;

	if (a == NULL) {
		return err_set(c->ei, ERR_STATE, "certificate.chain", NULL,
		    "the CA %s is no longer one of this centre", cert->ca);
	}
	certs[num++] = cert->der;
	for (size_t i = 0; i < authority_num_chain(a) && num < CHAIN_MAX; i++) {
		certs[num++] = authority_chain(a, i);
	}
	p7b_build(certs, num, out);
	return ERR_OK;
}

static const struct {
	const char *name;
	const char *type;
	enum err (*put)(
	    struct call *c, const struct certificate *cert, struct buf *out);
} formats[] = {
    {"der", "application/pkix-cert", put_der},
    {"pem", "application/x-pem-file", put_pem},
    {"p7b", "application/x-pkcs7-certificates", put_p7b},
};

static enum err
send_as(struct call *c, const struct certificate *cert, size_t format)
{
	struct buf file = BUF_INIT(CMS_BYTES_MAX);
	char id[ID_TEXT_SIZE], disposition[128];
	enum err e = formats[format].put(c, cert, &file);

	if (e == ERR_OK) {
		e = buf_err(&file, c->ei);
	}
	if (e == ERR_OK) {
		id_text(&cert->id, CERTIFICATE_PREFIX, id);
		(void)snprintf(disposition, sizeof(disposition),
		    "attachment; filename=\"%s.%s\"", id,
		    strcmp(formats[format].name, "der") == 0
			? "cer"
			: formats[format].name);
		response_status(c->resp, 200);
		response_header(c->resp, "Content-Disposition", disposition);
		response_body_take(c->resp, &file, formats[format].type);
	}
	buf_clear(&file);
	return e;
}

enum err
certificate_send_file(struct call *c, const struct certificate *cert)
{
	const char *format = request_param(c->r, "format");

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (strcmp(format, formats[i].name) == 0) {
			return send_as(c, cert, i);
		}
	}
	return err_set(c->ei, ERR_NOTFOUND, "certificate.format", NULL,
	    "a certificate is given as der, pem or p7b");
}

enum err
certificate_send(struct call *c, const struct certificate *cert)
{
	call_answer_begin(c);
	call_put_id(c, "id", &cert->id, CERTIFICATE_PREFIX);
	json_put_text(&c->w, "ca", cert->ca);
	json_put_hex(&c->w, "serial", cert->serial);
	json_put_text(&c->w, "profile", cert->profile);
	json_put_time(&c->w, "not_before", cert->not_before);
	json_put_time(&c->w, "not_after", cert->not_after);
	json_put_time(&c->w, "issued_at", cert->issued_at);
	json_put_text(&c->w, "status", cert->status);
	if (cert->has_application) {
		call_put_id(
		    c, "application", &cert->application, APPLICATION_PREFIX);
	}
	return call_answer_send(c);
}
