/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A backup back into a directory.  The whole archive is read and compared
 * first; then the tree is made beside its place and renamed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "cli/archive.h"
#include "cli/backup.h"
#include "cli/centre.h"
#include "cli/cli.h"
#include "cli/password.h"
#include "crypto/envelope.h"
#include "os/file.h"
#include "os/memfd.h"

#define CONF "etc/surguch/surguch.conf"

struct restore_words {
	const char *file;
	const char *into;
	const char *digest;
	const char *recipient;
	const char *key;
	const char *password_file;
};

struct restore {
	char into[PATH_TEXT_SIZE]; /* absolute */
	char part[PATH_TEXT_SIZE]; /* where it is made */
	struct archive archive;
	struct archive keys; /* when they are wanted */
	int keys_fd;
};

/* --- one member ------------------------------------------------------------
 */

static enum err
own(int fd, const struct tar_entry *e, struct errinfo *ei)
{
	if (geteuid() == 0 && fchown(fd, (uid_t)e->uid, (gid_t)e->gid) != 0) {
		return err_sys(ei, "restore.owner",
		    "cannot give %s to its owner", e->name);
	}
	/* After the owner, which clears some bits. */
	if (fchmod(fd, (mode_t)e->mode) != 0) {
		return err_sys(
		    ei, "restore.mode", "cannot set the mode of %s", e->name);
	}
	return ERR_OK;
}

static enum err
make_dir(const char *path, const struct tar_entry *e, struct errinfo *ei)
{
	enum err err;
	int fd;

	if (mkdir(path, 0700) != 0) {
		return err_sys(ei, "restore.dir", "cannot make %s", path);
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		return err_sys(ei, "restore.dir", "cannot open %s", path);
	}
	err = own(fd, e, ei);
	fd_close(fd);
	return err;
}

static enum err
make_file(const char *path, const struct archive *a,
    const struct archive_member *m, struct errinfo *ei)
{
	enum err e;
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		return err_sys(ei, "restore.file", "cannot make %s", path);
	}
	e = archive_copy(a, m, fd, ei);
	if (e == ERR_OK) {
		e = own(fd, &m->entry, ei);
	}
	if (e == ERR_OK && fsync(fd) != 0) {
		e = err_sys(ei, "restore.sync", "cannot sync %s", path);
	}
	fd_close(fd);
	return e;
}

/* Not in the tree: the keys' sealed archive. */
static bool
is_apart(const struct archive_member *m)
{
	return strcmp(m->entry.name, KEYS_MEMBER) == 0;
}

static enum err
make_members(struct restore *r, const struct archive *a, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < a->num; i++) {
		const struct archive_member *m = &a->members[i];

		if (is_apart(m)) {
			continue;
		}
		e = path_join(path, r->part, m->entry.name, ei);
		if (e == ERR_OK) {
			e = m->entry.dir ? make_dir(path, &m->entry, ei)
					 : make_file(path, a, m, ei);
		}
	}
	return e;
}

/* --- what makes it a centre of its own --------------------------------------
 */

/* The setting `prefix`, a line of its own as `centre init` writes it. */
static void
put_conf(struct slice text, const char *prefix, struct buf *out)
{
	const char *line = (const char *)text.p;
	const char *end = line + text.len;

	buf_printf(out, "prefix = \"%s\";\n", prefix);
	while (line < end) {
		const char *next = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((next != NULL ? next + 1 : end) - line);

		if (len < 7 || strncmp(line, "prefix", 6) != 0 ||
		    strchr(" \t=:", line[6]) == NULL) {
			buf_add(out, slice_make(line, len));
		}
		line += len;
	}
}

static enum err
rewrite_conf(struct restore *r, struct errinfo *ei)
{
	const struct archive_member *m = archive_find(&r->archive, CONF);
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	struct buf out = BUF_INIT((size_t)2 * CONF_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	enum err e;

	if (m == NULL) {
		return err_set(ei, ERR_FORMAT, "restore.conf", NULL,
		    "the archive holds no %s: it is no centre's", CONF);
	}
	e = path_join(path, r->part, CONF, ei);
	if (e == ERR_OK) {
		e = archive_read(&r->archive, m, &text, ei);
	}
	if (e == ERR_OK) {
		put_conf(buf_slice(&text), r->into, &out);
		e = buf_err(&out, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(path, buf_slice(&out), m->entry.mode, ei);
	}
	buf_clear(&text);
	buf_clear(&out);
	return e;
}

static enum err
make_run(struct restore *r, struct errinfo *ei)
{
	static const char *const dirs[] = {"run", "run/surguch"};
	char path[PATH_TEXT_SIZE];
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(dirs); i++) {
		e = path_join(path, r->part, dirs[i], ei);
		if (e == ERR_OK) {
			e = dir_make(path, 0755, ei);
		}
	}
	return e;
}

/* Front finds it and waits for `surguchctl reconcile`. */
static enum err
put_mark(struct restore *r, struct errinfo *ei)
{
	const struct archive_member *m =
	    archive_find(&r->archive, CENTRE_FRONT_DIR);
	char path[PATH_TEXT_SIZE];
	enum err e;

	if (m == NULL) {
		return err_set(ei, ERR_FORMAT, "restore.conf", NULL,
		    "the archive holds no %s: it is no centre's",
		    CENTRE_FRONT_DIR);
	}
	e = path_join(path, r->part, CENTRE_FRONT_DIR "/" RESTORED_MARK, ei);
	if (e == ERR_OK) {
		e = file_write_atomic(path, SLICE_EMPTY, 0644, ei);
	}
	if (e == ERR_OK && geteuid() == 0 &&
	    chown(path, (uid_t)m->entry.uid, (gid_t)m->entry.gid) != 0) {
		e = err_sys(ei, "restore.owner", "cannot give %s away", path);
	}
	return e;
}

/* --- the keys --------------------------------------------------------------
 */

static enum err
read_inputs(const struct restore_words *w, struct buf *cert, struct secret *key,
    struct secret *password, struct errinfo *ei)
{
	enum err e = backup_certificate(w->recipient, cert, ei);

	if (e == ERR_OK) {
		e = file_read_secret(w->key, KEY_FILE_MAX, key, ei);
	}
	if (e == ERR_OK && w->password_file != NULL) {
		e = cli_password(w->password_file, false, password, ei);
	}
	return e;
}

static enum err
open_keys(struct restore *r, const struct restore_words *w, struct errinfo *ei)
{
	const struct archive_member *m = archive_find(&r->archive, KEYS_MEMBER);
	struct secret key = SECRET_EMPTY, password = SECRET_EMPTY;
	struct secret plain = SECRET_EMPTY;
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct buf sealed = BUF_INIT((size_t)2 * ENVELOPE_BYTES_MAX);
	enum err e;

	if (m == NULL) {
		return err_set(ei, ERR_NOTFOUND, "restore.keys", NULL,
		    "this backup was made without keys");
	}
	e = read_inputs(w, &cert, &key, &password, ei);
	if (e == ERR_OK) {
		e = archive_read(&r->archive, m, &sealed, ei);
	}
	if (e == ERR_OK) {
		e = envelope_open(buf_slice(&cert), secret_slice(&key),
		    secret_slice(&password), buf_slice(&sealed), &plain, ei);
	}
	if (e == ERR_OK) {
		e = memfd_of("keys", secret_slice(&plain), &r->keys_fd, ei);
	}
	if (e == ERR_OK) {
		e = archive_open(r->keys_fd, ARCHIVE_BACKUP, &r->keys, ei);
	}
	secret_clear(&key);
	secret_clear(&password);
	secret_clear(&plain);
	buf_clear(&cert);
	buf_clear(&sealed);
	return e;
}

/* --- all of it ---------------------------------------------------------------
 */

static enum err
check_digest(const struct archive *a, const char *wanted, struct errinfo *ei)
{
	uint8_t digest[SHA256_SIZE];

	if (wanted == NULL) {
		return ERR_OK;
	}
	if (!text_unhex(slice_str(wanted), digest, sizeof(digest))) {
		return err_set(ei, ERR_FORMAT, "cli.digest", NULL,
		    "a SHA-256 has %d digits in hex", 2 * SHA256_SIZE);
	}
	return memcmp(digest, a->digest, sizeof(digest)) == 0
		   ? ERR_OK
		   : err_set(ei, ERR_FORMAT, "archive.changed", NULL,
			 "its manifest is another one: this is not the backup "
			 "that was noted");
}

static void
take_back_members(const struct restore *r, const struct archive *a)
{
	char path[PATH_TEXT_SIZE];

	for (size_t i = a->num; i-- > 0;) {
		if (path_join(path, r->part, a->members[i].entry.name, NULL) ==
		    ERR_OK) {
			(void)remove(path);
		}
	}
}

/* What was made, backwards; so a directory is empty when its turn comes. */
static void
take_back(struct restore *r)
{
	static const char *const more[] = {
	    CENTRE_FRONT_DIR "/" RESTORED_MARK, "run/surguch", "run"};
	char path[PATH_TEXT_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(more); i++) {
		if (path_join(path, r->part, more[i], NULL) == ERR_OK) {
			(void)remove(path);
		}
	}
	take_back_members(r, &r->keys);
	take_back_members(r, &r->archive);
	(void)rmdir(r->part);
}

static enum err
make_tree(struct restore *r, struct errinfo *ei)
{
	enum err e;

	if (mkdir(r->part, 0755) != 0) {
		return err_sys(ei, "restore.dir", "cannot make %s", r->part);
	}
	e = make_members(r, &r->archive, ei);
	if (e == ERR_OK) {
		e = make_members(r, &r->keys, ei);
	}
	if (e == ERR_OK) {
		e = rewrite_conf(r, ei);
	}
	if (e == ERR_OK) {
		e = make_run(r, ei);
	}
	if (e == ERR_OK) {
		e = put_mark(r, ei);
	}
	if (e == ERR_OK) {
		e = dir_sync(r->part, ei);
	}
	if (e == ERR_OK && rename(r->part, r->into) != 0) {
		e = err_sys(ei, "restore.dir", "cannot make %s", r->into);
	}
	if (e != ERR_OK) {
		take_back(r);
	}
	return e;
}

static void
tell(const struct restore *r)
{
	cli_print("%s: restored %zu files and directories\n", r->into,
	    r->archive.num + r->keys.num);
	for (size_t i = 0; i < r->archive.num_keys; i++) {
		cli_print("missing, put it in place: %s/%s\n", r->into,
		    r->archive.keys[i]);
	}
	if (archive_find(&r->archive, KEYS_MEMBER) != NULL &&
	    r->keys.num == 0) {
		cli_print("its keys are sealed in the archive: without --key "
			  "they were left there\n");
	}
	cli_print("Next: newer journals and published lists into their "
		  "places, if there are any; start surguchd on "
		  "%s/%s; surguchctl --centre %s reconcile\n",
	    r->into, CONF, r->into);
}

static enum err
prepare(struct restore *r, const struct restore_words *w, struct errinfo *ei)
{
	enum err e = path_absolute(r->into, w->into, ei);

	if (e == ERR_OK && strpbrk(r->into, "\"\\\n") != NULL) {
		e = err_set(ei, ERR_FORMAT, "cli.path", NULL,
		    "a path with a quote, a backslash or a line end is not "
		    "taken: %s",
		    r->into);
	}
	if (e == ERR_OK && file_exists(r->into)) {
		e = err_set(ei, ERR_CONFLICT, "restore.exists", NULL,
		    "%s is there already; nothing was touched", r->into);
	}
	if (e == ERR_OK && snprintf(r->part, sizeof(r->part), "%s.part",
			       r->into) >= (int)sizeof(r->part)) {
		e = err_set(ei, ERR_LIMIT, "file.path", NULL,
		    "the path is too long: %s", r->into);
	}
	return e;
}

static enum err
restore(const struct restore_words *w, struct errinfo *ei)
{
	struct restore *r = calloc(1, sizeof(*r));
	enum err e;
	int fd;

	if (r == NULL) {
		return err_nomem(ei);
	}
	r->keys_fd = -1;
	fd = open(w->file, O_RDONLY | O_CLOEXEC);
	e = fd < 0 ? err_sys(ei, "restore.file", "cannot open %s", w->file)
		   : prepare(r, w, ei);
	if (e == ERR_OK) {
		e = archive_open(fd, ARCHIVE_BACKUP, &r->archive, ei);
	}
	if (e == ERR_OK) {
		e = check_digest(&r->archive, w->digest, ei);
	}
	if (e == ERR_OK && w->key != NULL) {
		e = open_keys(r, w, ei);
	}
	if (e == ERR_OK) {
		e = make_tree(r, ei);
	}
	if (e == ERR_OK) {
		tell(r);
	}
	archive_clear(&r->keys);
	archive_clear(&r->archive);
	fd_close(r->keys_fd);
	fd_close(fd);
	free(r);
	return e;
}

enum err
restore_cmd(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct restore_words w = {.file = NULL};
	const struct cli_option options[] = {
	    {"--into", &w.into, NULL},
	    {"--digest", &w.digest, NULL},
	    {"--recipient", &w.recipient, NULL},
	    {"--key", &w.key, NULL},
	    {"--password-file", &w.password_file, NULL},
	};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK && w.into == NULL) {
		e = err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "--into is missing (usage: %s)", usage);
	}
	if (e == ERR_OK && (w.key != NULL) != (w.recipient != NULL)) {
		e = err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "keys are opened with --key and --recipient together");
	}
	w.file = args.at[0];
	return e != ERR_OK ? e : restore(&w, ei);
}
