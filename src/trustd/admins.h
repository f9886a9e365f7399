/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_ADMINS_H
#define SURGUCH_TRUSTD_ADMINS_H
/*
 * Who may sign in to the administrator's page: a file with a line "NAME HASH"
 * for each, where HASH is SHA-256 of a key of 256 random bits, in hexadecimal
 * digits.  The key is shown once, when it is made; nobody chooses it, so
 * nothing slow has to stand between it and its hash.  The file is read at each
 * use: who is taken out of it is out at once.
 */
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypto/hash.h"

enum {
	ADMIN_NAME_SIZE = 33,
	ADMIN_KEY_SIZE = 44, /* 256 bits in base64url and a NUL */
	ADMINS_MAX = 64,
};

struct admin {
	char name[ADMIN_NAME_SIZE]; /* letters, digits, ".", "-", "_" */
	uint8_t hash[SHA256_SIZE];
};

/* Whose key is it?  ERR_DENIED "admin.key" when nobody's, or when there is no
 * file; ERR_FORMAT "admins.form"; file_check_secret_mode(). */
ATTR_MUST_USE enum err admins_find(
    const char *path, struct slice key, struct admin *out, struct errinfo *ei);
/* Is this one still there, with the same key?  ERR_NOTFOUND "admin.none". */
ATTR_MUST_USE enum err admins_still(
    const char *path, const struct admin *admin, struct errinfo *ei);
/* One more; the file is made when there is none.  ERR_FORMAT "admin.name";
 * ERR_CONFLICT "admin.there"; ERR_LIMIT "admins.number". */
ATTR_MUST_USE enum err admins_add(const char *path, const char *name,
    char out_key[ADMIN_KEY_SIZE], struct errinfo *ei);
/* ERR_NOTFOUND "admin.none". */
ATTR_MUST_USE enum err admins_remove(
    const char *path, const char *name, struct errinfo *ei);

#endif
