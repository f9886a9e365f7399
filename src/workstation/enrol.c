/* SPDX-License-Identifier: Apache-2.0 */
#include "workstation/enrol.h"

#include <stdio.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "container/container.h"
#include "crypto/cms.h"
#include "crypto/privkey.h"
#include "os/systime.h"
#include "workstation/cabinet.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	PATH_MAX_LEN = 256,
	BODY_MAX = 2 * CMS_BYTES_MAX
};

static void
path_of(char out[PATH_MAX_LEN], const char *application, const char *what)
{
	(void)snprintf(
	    out, PATH_MAX_LEN, "/v1/my/applications/%s/%s", application, what);
}

/* POST {field: base64, medium}; medium may be NULL. */
static enum err
post_bytes(struct cabinet *c, const char *path, const char *field,
    struct slice bytes, const struct enrol_medium *medium, struct errinfo *ei)
{
	struct buf body = BUF_INIT(BODY_MAX);
	struct json_writer w;
	enum err e;

	json_writer_init(&w, &body);
	json_open_object(&w, NULL);
	json_put_base64(&w, field, bytes);
	if (medium != NULL) {
		json_open_object(&w, "medium");
		json_put_text(&w, "kind", medium->kind);
		json_put_text(&w, "name", medium->name);
		json_put_text(&w, "container", medium->container);
		json_close(&w);
	}
	json_close(&w);
	e = json_writer_end(&w, ei);
	if (e == ERR_OK) {
		e = cabinet_call(c, "POST", path, buf_slice(&body), NULL, ei);
	}
	buf_clear(&body);
	return e;
}

enum err
enrol_send_request(struct cabinet *c, const char *application, struct slice der,
    const struct enrol_medium *medium, struct errinfo *ei)
{
	char path[PATH_MAX_LEN];

	path_of(path, application, "request");
	return post_bytes(c, path, "pkcs10", der, medium, ei);
}

enum err
enrol_get_acquaintance(struct cabinet *c, const char *application,
    struct buf *text, struct errinfo *ei)
{
	char path[PATH_MAX_LEN];
	struct json *answer = NULL;
	const char *lines;
	enum err e;

	path_of(path, application, "acquaintance");
	e = cabinet_call(c, "GET", path, SLICE_EMPTY, &answer, ei);
	if (e == ERR_OK) {
		e = json_get_lines(answer, "text", text->max, &lines, ei);
	}
	if (e == ERR_OK) {
		buf_add_str(text, lines);
		e = buf_err(text, ei);
	}
	json_free(answer);
	return e;
}

enum err
enrol_download(struct cabinet *c, const char *application, const char *format,
    struct buf *out, struct errinfo *ei)
{
	char what[64], path[PATH_MAX_LEN];

	(void)snprintf(what, sizeof(what), "certificate/%s", format);
	path_of(path, application, what);
	return cabinet_get_file(c, path, out, ei);
}

enum err
enrol_acquaint(struct cabinet *c, const char *application, struct container *k,
    struct slice text, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	char path[PATH_MAX_LEN];
	enum err e = enrol_download(c, application, "der", &cert, ei);

	path_of(path, application, "acquaintance");
	if (e == ERR_OK) {
		e = cms_sign_detached(container_privkey(k), buf_slice(&cert),
		    NULL, 0, text, clock_utc_sec(&clock), &cms, ei);
	}
	if (e == ERR_OK) {
		e = post_bytes(c, path, "signature", buf_slice(&cms), NULL, ei);
	}
	buf_clear(&cert);
	buf_clear(&cms);
	return e;
}

enum err
enrol_install(struct cabinet *c, const char *application, struct container *k,
    struct errinfo *ei)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	char path[PATH_MAX_LEN];
	enum err e = enrol_download(c, application, "der", &cert, ei);

	path_of(path, application, "installed");
	if (e == ERR_OK) {
		e = container_install_cert(k, buf_slice(&cert), ei);
	}
	if (e == ERR_OK) {
		e = cabinet_call(c, "POST", path, SLICE_EMPTY, NULL, ei);
	}
	buf_clear(&cert);
	return e;
}
