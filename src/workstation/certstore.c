/* SPDX-License-Identifier: Apache-2.0 */
#include "workstation/certstore.h"

#include <stdio.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "os/file.h"

enum {
	DIR_MODE = 0700,
	FILE_MODE = 0644,
	NAME_SIZE = 2 * SHA256_SIZE + 5, /* ".cer" */
};

static const char *const kinds[CERTSTORE_KIND_MAX_] = {
    [CERTSTORE_PERSONAL] = "personal",
    [CERTSTORE_AUTHORITIES] = "authorities",
};

/* make: the directories too. */
static enum err
path_of(const char *home, enum certstore_kind kind, struct slice der, bool make,
    char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	char top[PATH_TEXT_SIZE], dir[PATH_TEXT_SIZE];
	struct buf name = BUF_INIT(NAME_SIZE);
	uint8_t sha[SHA256_SIZE];
	enum err e = path_join(top, home, "certificates", ei);

	if (e == ERR_OK) {
		e = path_join(dir, top, kinds[kind], ei);
	}
	if (e == ERR_OK && make) {
		e = dir_make(top, DIR_MODE, ei);
	}
	if (e == ERR_OK && make) {
		e = dir_make(dir, DIR_MODE, ei);
	}
	if (e == ERR_OK) {
		e = sha256_of(der, sha, ei);
	}
	if (e == ERR_OK) {
		text_hex(&name, slice_make(sha, sizeof(sha)));
		buf_add_str(&name, ".cer");
		e = buf_err(&name, ei);
	}
	if (e == ERR_OK) {
		e = path_join(out, dir, buf_cstr(&name), ei);
	}
	buf_clear(&name);
	return e;
}

enum err
certstore_put(const char *home, enum certstore_kind kind, struct slice der,
    struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_of(home, kind, der, true, path, ei);

	return e != ERR_OK ? e : file_write_atomic(path, der, FILE_MODE, ei);
}

enum err
certstore_has(const char *home, enum certstore_kind kind, struct slice der,
    struct errinfo *ei)
{
	struct buf there = BUF_INIT(CERT_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	enum err e = path_of(home, kind, der, false, path, ei);

	if (e == ERR_OK) {
		e = file_read(path, CERT_BYTES_MAX, &there, ei);
	}
	if (e == ERR_NOTFOUND ||
	    (e == ERR_OK && !slice_eq(buf_slice(&there), der))) {
		e = err_set(ei, ERR_NOTFOUND, "certstore.none", NULL,
		    "the certificate is not in the person's store");
	}
	buf_clear(&there);
	return e;
}
