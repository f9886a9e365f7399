/* SPDX-License-Identifier: Apache-2.0 */
/* surguch show: what is in a file, whatever it is. */
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "os/file.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/csr.h"
#include "x509/ocsp.h"
#include "x509/p7b.h"
#include "x509/pem.h"

enum {
	TEXT_MAX_BYTES = 64 * 1024 * 1024
};

static enum err
show_cert(struct slice der, struct buf *out, struct errinfo *ei)
{
	struct cert *c = NULL;
	enum err e = cert_parse(der, &c, ei);

	if (e == ERR_OK) {
		cert_print(c, out);
		cert_free(c);
	}
	return e;
}

static enum err
show_csr(struct slice der, struct buf *out, struct errinfo *ei)
{
	struct csr *c = NULL;
	enum err e = csr_parse(der, &c, ei);

	if (e == ERR_OK) {
		csr_print(c, out);
		csr_free(c);
	}
	return e;
}

static enum err
show_crl(struct slice der, struct buf *out, struct errinfo *ei)
{
	struct crl *c = NULL;
	enum err e = crl_parse(der, &c, ei);

	if (e == ERR_OK) {
		crl_print(c, out);
		crl_free(c);
	}
	return e;
}

static enum err
show_p7b(struct slice der, struct buf *out, struct errinfo *ei)
{
	struct p7b *p = NULL;
	enum err e = p7b_parse(der, &p, ei);

	for (size_t i = 0; e == ERR_OK && i < p7b_num_certs(p); i++) {
		e = show_cert(p7b_cert(p, i), out, ei);
		buf_add_u8(out, '\n');
	}
	p7b_free(p);
	return e;
}

static enum err
show_ocsp(struct slice der, struct buf *out, struct errinfo *ei)
{
	struct ocsp_response *r = NULL;
	enum err e = ocsp_response_parse(der, &r, ei);

	if (e == ERR_OK) {
		ocsp_response_print(r, out);
		ocsp_response_free(r);
	}
	return e;
}

static const struct {
	const char *name;  /* for --type */
	const char *label; /* of a PEM block; NULL: has none */
	enum err (*show)(struct slice der, struct buf *out, struct errinfo *ei);
} kinds[] = {
    {"cert", PEM_CERTIFICATE, show_cert},
    {"csr", PEM_REQUEST, show_csr},
    {"csr", PEM_REQUEST_OLD, show_csr},
    {"crl", PEM_CRL, show_crl},
    {"p7b", PEM_PKCS7, show_p7b},
    {"ocsp", NULL, show_ocsp},
};

/* DER does not say what it is; each reader is strict, so at most one takes
 * it.  The first one's error is shown when none does. */
static enum err
show_der(
    struct slice der, const char *type, struct buf *out, struct errinfo *ei)
{
	bool tried = false;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct errinfo mine;
		enum err e;

		if (type != NULL && strcmp(type, kinds[i].name) != 0) {
			continue;
		}
		e = kinds[i].show(der, out, &mine);
		if (e == ERR_OK) {
			return ERR_OK;
		}
		if (!tried) {
			*ei = mine;
			tried = true;
		}
	}
	if (type != NULL && tried) {
		return ei->kind;
	}
	return err_set(ei, ERR_FORMAT, "show.kind", NULL,
	    "neither a certificate, request, CRL, PKCS#7 bag nor OCSP "
	    "answer; --type cert|csr|crl|p7b|ocsp tells what is wrong");
}

static enum err
show_pem(
    struct slice text, const char *type, struct buf *out, struct errinfo *ei)
{
	size_t found = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct slice rest = text;
		struct buf der = BUF_INIT(TEXT_MAX_BYTES);
		enum err e = ERR_OK;

		while (kinds[i].label != NULL && e == ERR_OK &&
		       (type == NULL || strcmp(type, kinds[i].name) == 0)) {
			buf_reset(&der);
			e = pem_get(&rest, kinds[i].label, &der, ei);
			if (e == ERR_OK) {
				found++;
				e = kinds[i].show(buf_slice(&der), out, ei);
			}
		}
		buf_clear(&der);
		if (e != ERR_OK && e != ERR_NOTFOUND) {
			return e;
		}
	}
	return found > 0 ? ERR_OK
			 : err_set(ei, ERR_FORMAT, "show.kind", NULL,
			       "the PEM text holds nothing of what was asked "
			       "for");
}

enum err
cmd_show_file(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *type = NULL;
	const struct cli_option options[] = {{"--type", &type, NULL}};
	struct buf file = BUF_INIT(CRL_BYTES_MAX);
	struct buf out = BUF_INIT(TEXT_MAX_BYTES);
	struct cli_args args;
	enum err e = cli_parse(argc, argv, options, 1, 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = file_read(args.at[0], CRL_BYTES_MAX, &file, ei);
	}
	if (e == ERR_OK) {
		e = pem_looks_like(buf_slice(&file))
			? show_pem(buf_slice(&file), type, &out, ei)
			: show_der(buf_slice(&file), type, &out, ei);
	}
	if (e == ERR_OK) {
		e = buf_err(&out, ei);
	}
	if (e == ERR_OK) {
		e = cli_write(buf_slice(&out), ei);
	}
	buf_clear(&file);
	buf_clear(&out);
	return e;
}
