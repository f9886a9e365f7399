/* SPDX-License-Identifier: Apache-2.0 */
#include "workstation/standing.h"

#include <stdio.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "container/container.h"
#include "crypto/cms.h"
#include "os/systime.h"
#include "workstation/cabinet.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	PATH_MAX_LEN = 256,
	BODY_MAX = 2 * CMS_BYTES_MAX,
	TEXT_MAX = 65536,
	TIME_MAX = 64,
};

/* A body of the fields that are not NULL and not empty. */
struct fields {
	struct slice certificate; /* base64 */
	struct slice signature;
	const char *serial;
	const char *made_at;
	const char *code;
	const char *reason;
};

static enum err
post(struct cabinet *c, const char *path, const struct fields *f,
    struct json **out, struct errinfo *ei)
{
	struct buf body = BUF_INIT(BODY_MAX);
	struct json_writer w;
	enum err e;

	json_writer_init(&w, &body);
	json_open_object(&w, NULL);
	if (f->certificate.len > 0) {
		json_put_base64(&w, "certificate", f->certificate);
	}
	json_put_text_optional(&w, "serial", f->serial);
	json_put_text_optional(&w, "reason", f->reason);
	json_put_text_optional(&w, "made_at", f->made_at);
	json_put_text_optional(&w, "code", f->code);
	if (f->signature.len > 0) {
		json_put_base64(&w, "signature", f->signature);
	}
	json_close(&w);
	e = json_writer_end(&w, ei);
	if (e == ERR_OK) {
		e = cabinet_call(c, "POST", path, buf_slice(&body), out, ei);
	}
	buf_wipe(&body);
	return e;
}

enum err
standing_ask(struct cabinet *c, struct slice der, const char *serial,
    struct json **out, struct errinfo *ei)
{
	const struct fields f = {
	    .certificate = der, .serial = der.len == 0 ? serial : NULL};

	return post(c, "/v1/status", &f, out, ei);
}

static void
path_of(char out[PATH_MAX_LEN], const char *certificate, const char *what)
{
	(void)snprintf(
	    out, PATH_MAX_LEN, "/v1/my/certificates/%s/%s", certificate, what);
}

enum err
standing_send_code(
    struct cabinet *c, const char *certificate, struct errinfo *ei)
{
	char path[PATH_MAX_LEN];

	path_of(path, certificate, "stop/code");
	return cabinet_call(c, "POST", path, SLICE_EMPTY, NULL, ei);
}

enum err
standing_stop_by_code(struct cabinet *c, const char *certificate,
    const char *code, const char *reason, struct json **out, struct errinfo *ei)
{
	const struct fields f = {.code = code, .reason = reason};
	char path[PATH_MAX_LEN];

	path_of(path, certificate, "stop");
	return post(c, path, &f, out, ei);
}

enum err
standing_get_text(struct cabinet *c, struct slice der, const char *reason,
    struct standing_text *out, struct errinfo *ei)
{
	const struct fields f = {.certificate = der, .reason = reason};
	struct standing_text t = {0};
	enum err e = post(c, "/v1/stop/challenge", &f, &t.answer, ei);

	if (e == ERR_OK) {
		e = json_get_lines(t.answer, "text", TEXT_MAX, &t.text, ei);
	}
	if (e == ERR_OK) {
		e = json_get_text(
		    t.answer, "made_at", TIME_MAX, &t.made_at, ei);
	}
	if (e != ERR_OK) {
		standing_text_clear(&t);
		return e;
	}
	*out = t;
	return ERR_OK;
}

void
standing_text_clear(struct standing_text *t)
{
	json_free(t->answer);
	*t = (struct standing_text){0};
}

enum err
standing_stop_by_key(struct cabinet *c, struct container *k,
    const struct standing_text *text, const char *reason, struct json **out,
    struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	struct fields f = {
	    .certificate = container_cert(k),
	    .made_at = text->made_at,
	    .reason = reason,
	};
	enum err e = cms_sign_detached(container_privkey(k), f.certificate,
	    NULL, 0, slice_str(text->text), clock_utc_sec(&clock), &cms, ei);

	if (e == ERR_OK) {
		f.signature = buf_slice(&cms);
		e = post(c, "/v1/stop", &f, out, ei);
	}
	buf_clear(&cms);
	return e;
}
