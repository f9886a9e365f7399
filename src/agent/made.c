/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/made.h"

#include <string.h>

#include "agent/trust.h"
#include "base/bounds.h"
#include "os/file.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	FILE_MAX = 2 * CSR_BYTES_MAX + 1024, /* base64, and the rest */
	FILE_MODE = 0600,
};

static const char prefix[] = "app";

static enum err
path_of(const char *home, char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	return path_join(out, home, "request.json", ei);
}

enum err
made_keep(const char *home, const struct made *made, struct errinfo *ei)
{
	struct buf text = BUF_INIT(FILE_MAX);
	char path[PATH_TEXT_SIZE], application[ID_TEXT_SIZE];
	struct json_writer w;
	enum err e = path_of(home, path, ei);

	id_text(&made->application, prefix, application);
	json_writer_init(&w, &text);
	json_open_object(&w, NULL);
	json_put_text(&w, "origin", made->origin);
	json_put_text(&w, "application", application);
	json_put_text(&w, "container", made->container);
	json_put_base64(&w, "pkcs10", made->pkcs10);
	json_close(&w);
	if (e == ERR_OK) {
		e = json_writer_end(&w, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(path, buf_slice(&text), FILE_MODE, ei);
	}
	buf_clear(&text);
	return e;
}

static enum err
none(struct errinfo *ei)
{
	return err_set(ei, ERR_NOTFOUND, "agent.request", NULL,
	    "the key that was made last is not this application's; make one");
}

static enum err
take(const struct json *root, const char *origin, const char *application,
    char out_container[CONTAINER_ID_SIZE], struct buf *out_pkcs10,
    struct errinfo *ei)
{
	const char *for_origin = NULL, *for_application = NULL;
	enum err e = json_get_text(
	    root, "origin", TRUST_ORIGIN_SIZE - 1, &for_origin, ei);

	if (e == ERR_OK) {
		e = json_get_text(root, "application", ID_TEXT_SIZE - 1,
		    &for_application, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	if (strcmp(for_origin, origin) != 0 ||
	    strcmp(for_application, application) != 0) {
		return none(ei);
	}
	e = json_copy_text(
	    root, "container", out_container, CONTAINER_ID_SIZE, ei);
	return e == ERR_OK ? json_get_base64(root, "pkcs10", out_pkcs10, ei)
			   : e;
}

enum err
made_find(const char *home, const char *origin, const struct id *application,
    char out_container[CONTAINER_ID_SIZE], struct buf *out_pkcs10,
    struct errinfo *ei)
{
	struct buf text = BUF_INIT(FILE_MAX);
	char path[PATH_TEXT_SIZE], id[ID_TEXT_SIZE];
	struct json *root = NULL;
	enum err e = path_of(home, path, ei);

	id_text(application, prefix, id);
	if (e == ERR_OK && !file_exists(path)) {
		e = none(ei);
	}
	if (e == ERR_OK) {
		e = file_read(path, FILE_MAX, &text, ei);
	}
	if (e == ERR_OK) {
		e = json_parse(buf_slice(&text), FILE_MAX, &root, ei);
	}
	if (e == ERR_OK) {
		e = take(root, origin, id, out_container, out_pkcs10, ei);
	}
	json_free(root);
	buf_clear(&text);
	return e;
}
