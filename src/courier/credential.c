/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/credential.h"

#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "os/file.h"

enum {
	SECRET_MAX = 1024,
};

static enum err
read_secret(const char *path, const char *setting, struct secret *out,
    struct errinfo *ei)
{
	enum err e = file_read_secret(path, SECRET_MAX, out, ei);

	if (e != ERR_OK) {
		return e;
	}
	/* Editors end a file with a line end. */
	while (out->len > 0 && out->p[out->len - 1] == '\n') {
		out->len--;
	}
	if (!text_is_clean(secret_slice(out))) {
		secret_clear(out);
		return err_set(ei, ERR_FORMAT, "courier.secret", NULL,
		    "%s of courier.conf is empty or not one line of plain text",
		    setting);
	}
	return ERR_OK;
}

static enum err
read_roots(const char *path, struct buf *out, struct errinfo *ei)
{
	enum err e = file_read(path, ROOTS_BYTES_MAX, out, ei);

	if (e == ERR_OK &&
	    strstr(buf_cstr(out), "-----BEGIN CERTIFICATE-----") == NULL) {
		e = err_set(ei, ERR_FORMAT, "courier.ca_file", NULL,
		    "ca_file of courier.conf holds no certificate in PEM");
	}
	return e;
}

enum err
credentials_read(struct conf_cursor c, const char *setting, struct secret *out,
    struct buf *out_roots, struct errinfo *ei)
{
	enum err e = ERR_OK;

	if (conf_has(c, setting)) {
		e = read_secret(conf_text(c, setting), setting, out, ei);
	}
	if (e == ERR_OK && conf_has(c, "ca_file")) {
		e = read_roots(conf_text(c, "ca_file"), out_roots, ei);
	}
	return e;
}
