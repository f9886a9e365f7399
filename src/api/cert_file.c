/* SPDX-License-Identifier: Apache-2.0 */
#include "api/cert_file.h"

#include <stdio.h>
#include <string.h>

#include "api/purpose_json.h"
#include "ca/authority.h"
#include "ca/issue.h"
#include "ca/revoke.h"
#include "x509/p7b.h"
#include "x509/pem.h"

static const struct {
	const char *name;
	const char *type;
	const char *ending;
} formats[] = {
    {"der", "application/pkix-cert", "cer"},
    {"pem", "application/x-pem-file", "pem"},
    {"p7b", "application/x-pkcs7-certificates", "p7b"},
};

enum err
certs_send_file(
    struct call *c, const char *stem, const struct slice *certs, size_t num)
{
	const char *format = request_param(c->r, "format");
	struct buf file = BUF_INIT(CMS_BYTES_MAX);
	char disposition[128];
	size_t i = 0;
	enum err e;

	while (i < ARRAY_LEN(formats) && strcmp(format, formats[i].name) != 0) {
		i++;
	}
	if (i == ARRAY_LEN(formats)) {
		return err_set(c->ei, ERR_NOTFOUND, "certificate.format", NULL,
		    "a certificate is given as der, pem or p7b");
	}
	if (strcmp(format, "der") == 0) {
		buf_add(&file, certs[0]);
	} else if (strcmp(format, "pem") == 0) {
		pem_put(&file, PEM_CERTIFICATE, certs[0]);
	} else {
		p7b_build(certs, num, &file);
	}
	e = buf_err(&file, c->ei);
	if (e == ERR_OK) {
		(void)snprintf(disposition, sizeof(disposition),
		    "attachment; filename=\"%.80s.%s\"", stem,
		    formats[i].ending);
		response_status(c->resp, 200);
		response_header(c->resp, "Content-Disposition", disposition);
		response_body_take(c->resp, &file, formats[i].type);
	}
	buf_clear(&file);
	return e;
}

enum err
certificate_send_file(struct call *c, const struct certificate *cert)
{
	const struct authority *a = ca_by_name(c->api->ca, cert->ca);
	struct slice certs[CERT_FILE_CHAIN_MAX];
	char id[ID_TEXT_SIZE];
	size_t num = 0;

	if (a == NULL && strcmp(request_param(c->r, "format"), "p7b") == 0) {
		return err_set(c->ei, ERR_STATE, "certificate.chain", NULL,
		    "the CA %s is no longer one of this centre", cert->ca);
	}
	certs[num++] = cert->der;
	for (size_t i = 0;
	     a != NULL && i < authority_num_chain(a) && num < ARRAY_LEN(certs);
	     i++) {
		certs[num++] = authority_chain(a, i);
	}
	id_text(&cert->id, CERTIFICATE_PREFIX, id);
	return certs_send_file(c, id, certs, num);
}

enum err
certificate_send(struct call *c, const struct certificate *cert)
{
	enum err e;

	call_answer_begin(c);
	call_put_id(c, "id", &cert->id, CERTIFICATE_PREFIX);
	json_put_text(&c->w, "ca", cert->ca);
	json_put_hex(&c->w, "serial", cert->serial);
	json_put_text(&c->w, "profile", cert->profile);
	json_put_time(&c->w, "not_before", cert->not_before);
	json_put_time(&c->w, "not_after", cert->not_after);
	json_put_time(&c->w, "issued_at", cert->issued_at);
	e = purposes_put_der(&c->w, cert->der, c->ei);
	json_put_text(&c->w, "status", cert->status);
	if (cert->has_application) {
		call_put_id(
		    c, "application", &cert->application, APPLICATION_PREFIX);
	}
	return e == ERR_OK ? call_answer_send(c) : e;
}
