/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What anybody may know of whom this centre's certificates rest on (A20): the
 * certificates of its CAs and their roots, each once, named by its SHA-256.
 */
#include <stdio.h>
#include <string.h>

#include "api/call.h"
#include "api/cert_file.h"
#include "api/purpose_json.h"
#include "api/routes.h"
#include "base/text.h"
#include "ca/authority.h"
#include "ca/revoke.h"
#include "ca/root_crl.h"
#include "crypto/hash.h"
#include "x509/cert.h"
#include "x509/name.h"

enum {
	NAME_SHOWN_MAX = 1024,
	STEM_SIZE = 32,
};

/* Is this certificate in the chain of an earlier CA? */
static bool
was_there(const struct ca *ca, size_t until, struct slice der)
{
	for (size_t i = 0; i < until; i++) {
		const struct authority *a = ca_at(ca, i);

		for (size_t k = 0; k < authority_num_chain(a); k++) {
			if (slice_eq(authority_chain(a, k), der)) {
				return true;
			}
		}
	}
	return false;
}

static void
put_names(struct json_writer *w, const struct name *subject)
{
	struct buf text = BUF_INIT(NAME_SHOWN_MAX);

	if (name_get_utf8(subject, OID_CN, &text) &&
	    buf_err(&text, NULL) == ERR_OK) {
		json_put_slice(w, "name", buf_slice(&text));
	}
	buf_clear(&text);
	name_print(subject, &text);
	if (buf_err(&text, NULL) == ERR_OK) {
		json_put_slice(w, "subject", buf_slice(&text));
	}
	buf_clear(&text);
}

static enum err
put_one(struct call *c, struct slice der)
{
	uint8_t hash[SHA256_SIZE];
	struct root_revoked revoked;
	struct cert *cert = NULL;
	enum err e = sha256_of(der, hash, c->ei);

	if (e == ERR_OK) {
		e = cert_parse(der, &cert, c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	json_open_object(&c->w, NULL);
	json_put_hex(&c->w, "sha256", slice_make(hash, sizeof(hash)));
	put_names(&c->w, cert_subject(cert));
	json_put_bool(&c->w, "root",
	    slice_eq(cert_subject_der(cert), cert_issuer_der(cert)));
	json_put_time(&c->w, "not_before", cert_not_before(cert));
	json_put_time(&c->w, "not_after", cert_not_after(cert));
	json_put_int(&c->w, "size", (int64_t)der.len);
	purposes_put_cert(&c->w, cert);
	if (ca_cert_revoked(c->api->ca, der, &revoked)) {
		json_put_time(&c->w, "revoked_at", revoked.at);
		json_put_text(
		    &c->w, "reason", revocation_reason_name(revoked.reason));
	}
	json_close(&c->w);
	cert_free(cert);
	return ERR_OK;
}

static enum err
list(struct call *c)
{
	const struct ca *ca = c->api->ca;
	enum err e = ERR_OK;

	call_answer_begin(c);
	json_open_array(&c->w, "certificates");
	for (size_t i = 0; i < ca_num(ca); i++) {
		const struct authority *a = ca_at(ca, i);

		for (size_t k = 0; e == ERR_OK && k < authority_num_chain(a);
		     k++) {
			struct slice der = authority_chain(a, k);

			e = was_there(ca, i, der) ? ERR_OK : put_one(c, der);
		}
	}
	json_close(&c->w);
	return e == ERR_OK ? call_answer_send(c) : e;
}

void
api_authorities(void *arg, const struct request *r, struct response *resp)
{
	call_open(arg, r, resp, list);
}

/* The certificate with those above it. */
static enum err
send_file(struct call *c, const struct authority *a, size_t from)
{
	struct slice certs[CERT_FILE_CHAIN_MAX];
	char stem[STEM_SIZE];
	size_t num = 0;

	for (size_t k = from;
	     k < authority_num_chain(a) && num < ARRAY_LEN(certs); k++) {
		certs[num++] = authority_chain(a, k);
	}
	(void)snprintf(
	    stem, sizeof(stem), "ca-%.12s", request_param(c->r, "authority"));
	return certs_send_file(c, stem, certs, num);
}

/* Sends it when it is in this CA's chain; false when it is not. */
static bool
send_from(struct call *c, const struct authority *a,
    const uint8_t want[SHA256_SIZE], enum err *out)
{
	uint8_t hash[SHA256_SIZE];

	for (size_t k = 0; k < authority_num_chain(a); k++) {
		*out = sha256_of(authority_chain(a, k), hash, c->ei);
		if (*out != ERR_OK) {
			return true;
		}
		if (memcmp(hash, want, sizeof(hash)) == 0) {
			*out = send_file(c, a, k);
			return true;
		}
	}
	return false;
}

static enum err
file(struct call *c)
{
	const struct ca *ca = c->api->ca;
	struct slice hex = slice_str(request_param(c->r, "authority"));
	uint8_t want[SHA256_SIZE];
	enum err e = ERR_OK;

	if (text_unhex(hex, want, sizeof(want))) {
		for (size_t i = 0; i < ca_num(ca); i++) {
			if (send_from(c, ca_at(ca, i), want, &e)) {
				return e;
			}
		}
	}
	return err_set(c->ei, ERR_NOTFOUND, "authority.none", NULL,
	    "no CA of this centre has a certificate with this SHA-256");
}

void
api_authority_file(void *arg, const struct request *r, struct response *resp)
{
	call_open(arg, r, resp, file);
}
