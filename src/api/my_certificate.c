/* SPDX-License-Identifier: Apache-2.0 */
/* The cabinet: the issued certificate: acquaintance, installing, download
 * (A13, A14, A18). */

#include "api/call.h"
#include "api/cert_file.h"
#include "api/form_json.h"
#include "api/routes.h"
#include "ca/revoke.h"
#include "crypto/cms.h"
#include "crypto/hash.h"
#include "registry/acquaint.h"
#include "registry/application.h"
#include "x509/cert.h"

/* The application and its certificate; both are to be cleared. */
static enum err
get_issued(struct call *c, struct application *a, struct certificate *cert)
{
	struct id id;
	enum err e = call_path_id(c, "application", APPLICATION_PREFIX, &id);

	if (e == ERR_OK) {
		e = application_of_phone(
		    c->api->registry, &id, c->session.phone, a, c->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	if (!a->has_certificate) {
		e = err_set(c->ei, ERR_STATE, "application.step", NULL,
		    "there is no certificate yet; this application is %s",
		    app_state_name(a->state));
		(void)err_object(c->ei, e, app_state_name(a->state));
	} else {
		e = certificate_get(c->api->ca, &a->certificate, cert, c->ei);
	}
	if (e != ERR_OK) {
		application_clear(a);
	}
	return e;
}

static enum err
certificate_text(
    struct call *c, const struct certificate *cert, struct buf *text)
{
	struct cert *parsed = NULL;
	enum err e = cert_parse(cert->der, &parsed, c->ei);

	if (e == ERR_OK) {
		e = acquaint_text(parsed, c->session.lang, text, c->ei);
		cert_free(parsed);
	}
	return e;
}

static enum err
send_text(struct call *c, const struct buf *text)
{
	uint8_t sha256[SHA256_SIZE];
	enum err e = sha256_of_buf(text, sha256, c->ei);

	if (e != ERR_OK) {
		return e;
	}
	call_answer_begin(c);
	json_put_text(&c->w, "version", ACQUAINT_VERSION);
	json_put_hex(&c->w, "sha256", slice_make(sha256, sizeof(sha256)));
	json_put_slice(&c->w, "text", buf_slice(text));
	return call_answer_send(c);
}

static enum err
my_acquaintance(struct call *c)
{
	struct buf text = BUF_INIT(ACQUAINT_TEXT_MAX);
	struct certificate cert;
	struct application a;
	enum err e = get_issued(c, &a, &cert);

	if (e != ERR_OK) {
		return e;
	}
	e = certificate_text(c, &cert, &text);
	if (e == ERR_OK) {
		e = send_text(c, &text);
	}
	buf_clear(&text);
	certificate_clear(&cert);
	application_clear(&a);
	return e;
}

void
api_my_acquaintance(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_acquaintance);
}

/* The signature must be by the new certificate over exactly the text that
 * this centre shows of it. */
static enum err
record_acquaintance(struct call *c, const struct application *a,
    const struct certificate *cert, struct buf *text, struct slice cms)
{
	struct acquaintance in = {.version = ACQUAINT_VERSION, .cms = cms};
	struct act act;
	enum err e = certificate_text(c, cert, text);

	if (e == ERR_OK) {
		e = cms_verify_detached(cms, buf_slice(text), cert->der, c->ei);
		if (e != ERR_OK) {
			(void)err_object(c->ei, e, "signature");
		}
	}
	if (e == ERR_OK) {
		e = sha256_of(cert->der, in.signer_sha256, c->ei);
	}
	if (e == ERR_OK) {
		in.text = buf_slice(text);
		e = application_answer(c, &a->id, APP_ACQUAINTED, &act);
	}
	if (e == ERR_OK) {
		e = application_acquaint(
		    c->api->registry, &act, &a->id, &in, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 200);
	}
	return e;
}

static enum err
my_acquaint(struct call *c)
{
	static const char *const names[] = {"signature", NULL};
	struct buf text = BUF_INIT(ACQUAINT_TEXT_MAX);
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	struct certificate cert;
	struct application a;
	enum err e = get_issued(c, &a, &cert);

	if (e != ERR_OK) {
		return e;
	}
	e = call_only(c, names);
	if (e == ERR_OK) {
		e = json_get_base64(c->body, "signature", &cms, c->ei);
	}
	if (e == ERR_OK) {
		e = record_acquaintance(c, &a, &cert, &text, buf_slice(&cms));
	}
	buf_clear(&text);
	buf_clear(&cms);
	certificate_clear(&cert);
	application_clear(&a);
	return e;
}

void
api_my_acquaint(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_acquaint);
}

static enum err
my_installed(struct call *c)
{
	struct certificate cert;
	struct application a;
	struct act act;
	enum err e = get_issued(c, &a, &cert);

	if (e != ERR_OK) {
		return e;
	}
	e = application_answer(c, &a.id, APP_INSTALLED, &act);
	if (e == ERR_OK) {
		e = application_installed(c->api->registry, &act, &a.id, c->ei);
	}
	if (e == ERR_OK) {
		call_send(c, 200);
	}
	certificate_clear(&cert);
	application_clear(&a);
	return e;
}

void
api_my_installed(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_installed);
}

static enum err
my_certificate_file(struct call *c)
{
	struct certificate cert;
	struct application a;
	enum err e = get_issued(c, &a, &cert);

	if (e != ERR_OK) {
		return e;
	}
	e = certificate_send_file(c, &cert);
	certificate_clear(&cert);
	application_clear(&a);
	return e;
}

void
api_my_certificate_file(
    void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_certificate_file);
}

static enum err
my_certificate(struct call *c)
{
	struct certificate cert;
	struct application a;
	enum err e = get_issued(c, &a, &cert);

	if (e != ERR_OK) {
		return e;
	}
	e = certificate_send(c, &cert);
	certificate_clear(&cert);
	application_clear(&a);
	return e;
}

void
api_my_certificate(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, my_certificate);
}
