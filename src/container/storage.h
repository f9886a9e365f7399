/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CONTAINER_STORAGE_H
#define SURGUCH_CONTAINER_STORAGE_H
/*
 * Where the files of a container lie: a folder, or data objects on a token.
 * On a token the key's file is a private object, there only behind the PIN;
 * meta.json and the certificate can be read without it, as the certificate of
 * an active token can, because a page shows what there is before anybody has
 * typed a PIN.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"

struct storage;
struct token;

/* A folder, which need not be there yet.  ERR_LIMIT "container.path". */
ATTR_MUST_USE enum err storage_folder(
    const char *path, struct storage **out, struct errinfo *ei);
/* The data objects under this name; borrows the token. */
ATTR_MUST_USE enum err storage_token(struct token *t, const char *name,
    struct storage **out, struct errinfo *ei);
void storage_free(struct storage *s); /* NULL allowed; removes nothing */
const char *storage_name(const struct storage *s); /* path, or name */

/* Before the first write, and when nothing came of it. */
ATTR_MUST_USE enum err storage_begin(struct storage *s, struct errinfo *ei);
void storage_undo(struct storage *s);
/*
 * May a key lie there?  Where files have modes, only its owner may read it
 * (ERR_DENIED "file.secret_mode").  A disk that keeps none (FAT) will do for a
 * key under a password, and not for a plain one (ERR_POLICY
 * "container.disk.modes") unless it is mounted for its owner alone.
 */
ATTR_MUST_USE enum err storage_check(
    struct storage *s, bool has_password, struct errinfo *ei);

bool storage_has(struct storage *s, const char *name);
/* ERR_NOTFOUND when there is no such file; at most max bytes, ERR_LIMIT. */
ATTR_MUST_USE enum err storage_read(struct storage *s, const char *name,
    size_t max, struct buf *out, struct errinfo *ei);
ATTR_MUST_USE enum err storage_read_secret(struct storage *s, const char *name,
    size_t max, struct secret *out, struct errinfo *ei);
/* Whole or not at all, in the place of an earlier one. */
ATTR_MUST_USE enum err storage_write(struct storage *s, const char *name,
    struct slice content, struct errinfo *ei);
/* One that must not be there yet: ERR_CONFLICT "file.exists". */
ATTR_MUST_USE enum err storage_write_secret(struct storage *s, const char *name,
    struct slice content, struct errinfo *ei);
/* None is fine. */
void storage_remove(struct storage *s, const char *name);

#endif
