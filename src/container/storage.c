/* SPDX-License-Identifier: Apache-2.0 */
#include "container/storage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/token.h"
#include "os/file.h"

enum {
	FILE_MODE = 0600,
	DIR_MODE = 0700,
	FILE_MAX = 65536, /* the largest of a container's: a certificate */
};

struct storage_ops {
	enum err (*begin)(struct storage *s, struct errinfo *ei);
	void (*undo)(struct storage *s);
	enum err (*check)(
	    struct storage *s, bool has_password, struct errinfo *ei);
	bool (*has)(struct storage *s, const char *name);
	enum err (*read)(struct storage *s, const char *name, size_t max,
	    struct buf *out, struct errinfo *ei);
	enum err (*read_secret)(struct storage *s, const char *name, size_t max,
	    struct secret *out, struct errinfo *ei);
	enum err (*write)(struct storage *s, const char *name,
	    struct slice content, struct errinfo *ei);
	enum err (*write_secret)(struct storage *s, const char *name,
	    struct slice content, struct errinfo *ei);
	void (*remove)(struct storage *s, const char *name);
};

struct storage {
	const struct storage_ops *ops;
	char name[PATH_TEXT_SIZE];
	bool begun_new;      /* a folder that was not there before */
	bool is_plain;       /* its files have no modes, which is allowed */
	struct token *token; /* of a token */
};

/* --- a folder --------------------------------------------------------------
 */

static enum err
folder_begin(struct storage *s, struct errinfo *ei)
{
	s->begun_new = !file_exists(s->name);
	return dir_make(s->name, DIR_MODE, ei);
}

static void
folder_undo(struct storage *s)
{
	if (s->begun_new) {
		(void)remove(s->name); /* unless something is in it */
	}
}

static enum err
folder_check(struct storage *s, bool has_password, struct errinfo *ei)
{
	enum err e = file_check_secret_mode(s->name, ei);

	if (file_keeps_modes(s->name)) {
		return e;
	}
	if (e == ERR_OK || (e == ERR_DENIED && has_password)) {
		s->is_plain = true;
		return ERR_OK;
	}
	if (e != ERR_DENIED) {
		return e;
	}
	return err_object(ei,
	    err_set(ei, ERR_POLICY, "container.disk.modes", NULL,
		"the disk (FAT or the like) keeps no access rights, so others "
		"could read a key without a password: give it a password, or "
		"mount the disk for yourself alone (uid=, fmask=0077, "
		"dmask=0077)"),
	    s->name);
}

static bool
folder_has(struct storage *s, const char *name)
{
	char path[PATH_TEXT_SIZE];

	return path_join(path, s->name, name, NULL) == ERR_OK &&
	       file_exists(path);
}

static enum err
folder_read(struct storage *s, const char *name, size_t max, struct buf *out,
    struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, s->name, name, ei);

	return e != ERR_OK ? e : file_read(path, max, out, ei);
}

static enum err
folder_read_secret(struct storage *s, const char *name, size_t max,
    struct secret *out, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	struct buf content = BUF_INIT(max);
	enum err e = path_join(path, s->name, name, ei);

	if (e != ERR_OK || !s->is_plain) {
		return e != ERR_OK ? e : file_read_secret(path, max, out, ei);
	}
	e = file_read(path, max, &content, ei);
	if (e == ERR_OK) {
		e = secret_copy(out, buf_slice(&content), ei);
	}
	buf_wipe(&content);
	return e;
}

static enum err
folder_write(struct storage *s, const char *name, struct slice content,
    struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, s->name, name, ei);

	return e != ERR_OK ? e
			   : file_write_atomic(path, content, FILE_MODE, ei);
}

static enum err
folder_write_secret(struct storage *s, const char *name, struct slice content,
    struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, s->name, name, ei);

	return e != ERR_OK ? e : file_write_new(path, content, FILE_MODE, ei);
}

static void
folder_remove(struct storage *s, const char *name)
{
	char path[PATH_TEXT_SIZE];

	if (path_join(path, s->name, name, NULL) == ERR_OK) {
		(void)remove(path);
	}
}

static const struct storage_ops folder_ops = {
    .begin = folder_begin,
    .undo = folder_undo,
    .check = folder_check,
    .has = folder_has,
    .read = folder_read,
    .read_secret = folder_read_secret,
    .write = folder_write,
    .write_secret = folder_write_secret,
    .remove = folder_remove,
};

/* --- a token -----------------------------------------------------------------
 */

static enum err
token_begin(struct storage *s, struct errinfo *ei)
{
	(void)s;
	(void)ei;
	return ERR_OK;
}

static void
token_undo(struct storage *s)
{
	(void)s;
}

/* Who may read is the token's business. */
static enum err
token_check(struct storage *s, bool has_password, struct errinfo *ei)
{
	(void)s;
	(void)has_password;
	(void)ei;
	return ERR_OK;
}

static enum err
token_read_secret(struct storage *s, const char *name, size_t max,
    struct secret *out, struct errinfo *ei)
{
	return token_file_read(s->token, s->name, name, max, out, ei);
}

static enum err
token_read(struct storage *s, const char *name, size_t max, struct buf *out,
    struct errinfo *ei)
{
	struct secret content = SECRET_EMPTY;
	enum err e =
	    token_file_read(s->token, s->name, name, max, &content, ei);

	if (e == ERR_OK) {
		buf_add(out, secret_slice(&content));
		e = buf_err(out, ei);
	}
	secret_clear(&content);
	return e;
}

/* What cannot be looked at is taken for there, so that whoever reads it next
 * is told why. */
static bool
token_has(struct storage *s, const char *name)
{
	struct secret content = SECRET_EMPTY;
	struct errinfo ei = {0};
	enum err e =
	    token_file_read(s->token, s->name, name, FILE_MAX, &content, &ei);

	secret_clear(&content);
	return e != ERR_NOTFOUND || strcmp(ei.rule, "token.file") != 0;
}

static enum err
token_write(struct storage *s, const char *name, struct slice content,
    struct errinfo *ei)
{
	return token_file_write(s->token, s->name, name, content, false, ei);
}

static enum err
token_write_secret(struct storage *s, const char *name, struct slice content,
    struct errinfo *ei)
{
	return token_file_write(s->token, s->name, name, content, true, ei);
}

static void
token_remove(struct storage *s, const char *name)
{
	/* None, or a token that is not there any more. */
	if (token_file_remove(s->token, s->name, name, NULL) != ERR_OK) {
		return;
	}
}

static const struct storage_ops token_ops = {
    .begin = token_begin,
    .undo = token_undo,
    .check = token_check,
    .has = token_has,
    .read = token_read,
    .read_secret = token_read_secret,
    .write = token_write,
    .write_secret = token_write_secret,
    .remove = token_remove,
};

/* --- either ------------------------------------------------------------------
 */

static enum err
storage_new(const struct storage_ops *ops, const char *name,
    struct storage **out, struct errinfo *ei)
{
	struct storage *s = calloc(1, sizeof(*s));
	size_t len = strlen(name);

	if (s == NULL) {
		return err_nomem(ei);
	}
	if (len >= sizeof(s->name)) {
		free(s);
		return err_set(ei, ERR_LIMIT, "container.path", NULL,
		    "the path of the key container is longer than %d bytes",
		    PATH_TEXT_SIZE - 1);
	}
	s->ops = ops;
	memcpy(s->name, name, len + 1);
	*out = s;
	return ERR_OK;
}

enum err
storage_folder(const char *path, struct storage **out, struct errinfo *ei)
{
	return storage_new(&folder_ops, path, out, ei);
}

enum err
storage_token(
    struct token *t, const char *name, struct storage **out, struct errinfo *ei)
{
	enum err e = storage_new(&token_ops, name, out, ei);

	if (e == ERR_OK) {
		(*out)->token = t;
	}
	return e;
}

void
storage_free(struct storage *s)
{
	free(s);
}

const char *
storage_name(const struct storage *s)
{
	return s->name;
}

enum err
storage_begin(struct storage *s, struct errinfo *ei)
{
	return s->ops->begin(s, ei);
}

void
storage_undo(struct storage *s)
{
	s->ops->undo(s);
}

enum err
storage_check(struct storage *s, bool has_password, struct errinfo *ei)
{
	return s->ops->check(s, has_password, ei);
}

bool
storage_has(struct storage *s, const char *name)
{
	return s->ops->has(s, name);
}

enum err
storage_read(struct storage *s, const char *name, size_t max, struct buf *out,
    struct errinfo *ei)
{
	return s->ops->read(s, name, max, out, ei);
}

enum err
storage_read_secret(struct storage *s, const char *name, size_t max,
    struct secret *out, struct errinfo *ei)
{
	return s->ops->read_secret(s, name, max, out, ei);
}

enum err
storage_write(struct storage *s, const char *name, struct slice content,
    struct errinfo *ei)
{
	return s->ops->write(s, name, content, ei);
}

enum err
storage_write_secret(struct storage *s, const char *name, struct slice content,
    struct errinfo *ei)
{
	return s->ops->write_secret(s, name, content, ei);
}

void
storage_remove(struct storage *s, const char *name)
{
	s->ops->remove(s, name);
}
