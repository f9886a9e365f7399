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
	CERTSTORE_MAX = 4096,            /* files of a kind */
};

static const char suffix[] = ".cer";

static const char *const kinds[CERTSTORE_KIND_MAX_] = {
    [CERTSTORE_PERSONAL] = "personal",
    [CERTSTORE_AUTHORITIES] = "authorities",
    [CERTSTORE_ROOTS] = "roots",
};

/* make: the directories too. */
static enum err
dir_of(const char *home, enum certstore_kind kind, bool make,
    char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	char top[PATH_TEXT_SIZE];
	enum err e = path_join(top, home, "certificates", ei);

	if (e == ERR_OK) {
		e = path_join(out, top, kinds[kind], ei);
	}
	if (e == ERR_OK && make) {
		e = dir_make(top, DIR_MODE, ei);
	}
	if (e == ERR_OK && make) {
		e = dir_make(out, DIR_MODE, ei);
	}
	return e;
}

static enum err
file_of(const char *dir, const uint8_t sha[SHA256_SIZE],
    char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	struct buf name = BUF_INIT(NAME_SIZE);
	enum err e;

	text_hex(&name, slice_make(sha, SHA256_SIZE));
	buf_add_str(&name, suffix);
	e = buf_err(&name, ei);
	if (e == ERR_OK) {
		e = path_join(out, dir, buf_cstr(&name), ei);
	}
	buf_clear(&name);
	return e;
}

static enum err
path_of(const char *home, enum certstore_kind kind, struct slice der, bool make,
    char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE];
	uint8_t sha[SHA256_SIZE];
	enum err e = dir_of(home, kind, make, dir, ei);

	if (e == ERR_OK) {
		e = sha256_of(der, sha, ei);
	}
	return e != ERR_OK ? e : file_of(dir, sha, out, ei);
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

static enum err
tell_kind(const char *home, enum certstore_kind kind,
    void (*tell)(void *arg, enum certstore_kind kind, struct slice der),
    void *arg, struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE], path[PATH_TEXT_SIZE];
	char **names = NULL;
	size_t num = 0;
	enum err e = dir_of(home, kind, false, dir, ei);

	if (e == ERR_OK && file_exists(dir)) {
		e = dir_list(dir, suffix, CERTSTORE_MAX, &names, &num, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		struct buf der = BUF_INIT(CERT_BYTES_MAX);

		e = path_join(path, dir, names[i], ei);
		if (e == ERR_OK) {
			e = file_read(path, CERT_BYTES_MAX, &der, ei);
		}
		if (e == ERR_OK) {
			tell(arg, kind, buf_slice(&der));
		}
		buf_clear(&der);
	}
	dir_list_free(names, num);
	return e;
}

enum err
certstore_each(const char *home,
    void (*tell)(void *arg, enum certstore_kind kind, struct slice der),
    void *arg, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (int k = 0; e == ERR_OK && k < CERTSTORE_KIND_MAX_; k++) {
		e = tell_kind(home, (enum certstore_kind)k, tell, arg, ei);
	}
	return e;
}

enum err
certstore_remove(const char *home, const uint8_t sha256[32], size_t *removed,
    struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE], path[PATH_TEXT_SIZE];
	enum err e = ERR_OK;

	for (int k = 0; e == ERR_OK && k < CERTSTORE_KIND_MAX_; k++) {
		e = dir_of(home, (enum certstore_kind)k, false, dir, ei);
		if (e == ERR_OK) {
			e = file_of(dir, sha256, path, ei);
		}
		if (e == ERR_OK && file_exists(path)) {
			e = remove(path) == 0
				? ERR_OK
				: err_object(ei,
				      err_sys(ei, "certstore.remove",
					  "the file cannot be removed"),
				      path);
			*removed += e == ERR_OK;
		}
	}
	return e;
}
