/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A backup is taken in this order: the database as it is at one moment, then
 * the journals, then everything else, what is published last.  So whatever
 * happens meanwhile, the journals have all that the database has, and the
 * lists all that the journals know: what `surguchctl reconcile` needs.
 */
#include "cli/backup.h"

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
#include "cli/centre.h"
#include "cli/cli.h"
#include "cli/ctl.h"
#include "crypto/envelope.h"
#include "os/file.h"
#include "os/memfd.h"
#include "os/systime.h"
#include "signer/record.h"
#include "x509/pem.h"

#define DATABASE CENTRE_FRONT_DIR "/surguch.db"
#define DUMP     CENTRE_FRONT_DIR "/database.dump"

enum {
	COPY_WAIT_MS = 3600 * 1000,
	ANSWER_MAX = 4096,
	DIGEST_TEXT = 2 * SHA256_SIZE,
};

/* In the order of an archive. */
enum rank {
	RANK_DIR,
	RANK_DATABASE,
	RANK_JOURNAL,
	RANK_OTHER,
	RANK_PUBLIC
};

struct item {
	enum rank rank;
	char name[TAR_NAME_SIZE]; /* in the archive */
	char path[PATH_TEXT_SIZE];
};

struct backup {
	struct item *items;
	size_t num;
	int lock;    /* of the database, when no centre runs; or -1 */
	bool copied; /* front made a copy, which is ours to remove */
	struct archive_writer *out;
	struct archive_writer *keys; /* or NULL: they are left out */
	size_t num_keys;
};

/* --- what there is ---------------------------------------------------------
 */

static bool
starts_with(const char *s, const char *start)
{
	return strncmp(s, start, strlen(start)) == 0;
}

static bool
ends_with(const char *s, const char *end)
{
	size_t len = strlen(s), n = strlen(end);

	return len >= n && strcmp(s + len - n, end) == 0;
}

static enum rank
rank_of(const char *name)
{
	if (starts_with(name, DATABASE)) {
		return RANK_DATABASE;
	}
	if (ends_with(name, "/journal")) {
		return RANK_JOURNAL;
	}
	return starts_with(name, "var/lib/surguch/public/") ? RANK_PUBLIC
							    : RANK_OTHER;
}

static enum err
add_item(struct backup *b, const char *name, const char *path, enum rank rank,
    struct errinfo *ei)
{
	struct item *p;

	if (b->num == ARCHIVE_MEMBERS_MAX || strlen(name) >= TAR_NAME_SIZE) {
		return err_set(ei, ERR_LIMIT, "backup.files", NULL,
		    "too many files, or too long a name: %s", name);
	}
	if ((b->num & (b->num - 1)) == 0) {
		p = realloc(
		    b->items, (b->num == 0 ? 1 : b->num * 2) * sizeof(*p));
		if (p == NULL) {
			return err_nomem(ei);
		}
		b->items = p;
	}
	p = &b->items[b->num++];
	p->rank = rank;
	(void)snprintf(p->name, sizeof(p->name), "%s", name);
	if (path != NULL) {
		(void)snprintf(p->path, sizeof(p->path), "%s", path);
	} else {
		(void)snprintf(
		    p->path, sizeof(p->path), "%s/%s", ctl_centre, name);
	}
	return ERR_OK;
}

/* Locks, shared memory and what belongs to another moment. */
static bool
is_passing(const struct backup *b, const char *name)
{
	static const char *const ends[] = {
	    ".lock", "-shm", "-journal", "/" BACKUP_COPY, "/" RESTORED_MARK};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		if (ends_with(name, ends[i])) {
			return true;
		}
	}
	/* A running centre's is copied by front. */
	return b->lock < 0 && starts_with(name, DATABASE);
}

static enum err
add_child(
    struct backup *b, const char *dir, const char *child, struct errinfo *ei)
{
	char name[PATH_TEXT_SIZE], path[PATH_TEXT_SIZE];
	struct stat st;
	enum err e = path_join(name, dir, child, ei);

	if (e == ERR_OK) {
		e = path_join(path, ctl_centre, name, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	if (lstat(path, &st) != 0 || is_passing(b, name)) {
		return ERR_OK;
	}
	if (S_ISDIR(st.st_mode)) {
		return add_item(b, name, NULL, RANK_DIR, ei);
	}
	if (S_ISREG(st.st_mode)) {
		return add_item(b, name, NULL, rank_of(name), ei);
	}
	if (S_ISSOCK(st.st_mode)) {
		return ERR_OK;
	}
	return err_set(ei, ERR_UNSUPPORTED, "backup.kind", NULL,
	    "%s is neither a file nor a directory; a link's target would be "
	    "missing after a restore: put the file itself there",
	    path);
}

static enum err
add_children(struct backup *b, size_t i, struct errinfo *ei)
{
	char dir[TAR_NAME_SIZE];
	char **names = NULL;
	size_t num = 0;
	enum err e = dir_list(
	    b->items[i].path, NULL, ARCHIVE_MEMBERS_MAX, &names, &num, ei);

	/* The items move as they grow. */
	memcpy(dir, b->items[i].name, sizeof(dir));
	for (size_t n = 0; e == ERR_OK && n < num; n++) {
		e = add_child(b, dir, names[n], ei);
	}
	dir_list_free(names, num);
	return e;
}

static int
by_rank(const void *x, const void *y)
{
	const struct item *a = x, *b = y;

	return a->rank != b->rank ? (a->rank < b->rank ? -1 : 1)
				  : strcmp(a->name, b->name);
}

static enum err
list_all(struct backup *b, struct errinfo *ei)
{
	static const char *const plain[] = {"etc", "var", "var/lib"};
	static const char *const trees[] = {"etc/surguch", "var/lib/surguch"};
	enum err e = ERR_OK;
	size_t first;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(plain); i++) {
		e = add_item(b, plain[i], NULL, RANK_DIR, ei);
	}
	first = b->num;
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(trees); i++) {
		e = add_item(b, trees[i], NULL, RANK_DIR, ei);
	}
	for (size_t i = first; e == ERR_OK && i < b->num; i++) {
		if (b->items[i].rank == RANK_DIR) {
			e = add_children(b, i, ei);
		}
	}
	if (e == ERR_OK) {
		qsort(b->items, b->num, sizeof(*b->items), by_rank);
	}
	return e;
}

/* --- the database --------------------------------------------------------- */

/* No centre runs: with its lock in our hands the files lie still. */
static enum err
lock_database(struct backup *b, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, ctl_centre, DATABASE, ei);

	if (e == ERR_OK && !file_exists(path)) {
		return err_set(ei, ERR_NOTFOUND, "backup.database", NULL,
		    "no centre runs, and there is no %s; give a dump of its "
		    "database with --database",
		    path);
	}
	if (e == ERR_OK) {
		e = path_join(path, ctl_centre, DATABASE ".lock", ei);
	}
	if (e == ERR_OK) {
		e = file_lock(path, &b->lock, ei);
	}
	return e == ERR_CONFLICT
		   ? err_set(ei, ERR_CONFLICT, "backup.locked", NULL,
			 "a centre has the database open and does not answer "
			 "on its control socket: stop or mend it")
		   : e;
}

static enum err
take_database(struct backup *b, const char *dump, struct errinfo *ei)
{
	const struct cli_args none = {.num = 0};
	struct buf answer = BUF_INIT(ANSWER_MAX);
	struct control_call call;
	char path[PATH_TEXT_SIZE];
	enum err e;

	if (dump != NULL) {
		return add_item(b, DUMP, dump, RANK_DATABASE, ei);
	}
	e = ctl_begin(&call, "backup", "copy", &none, ei);
	if (e == ERR_OK) {
		e = ctl_ask(&call, COPY_WAIT_MS, &answer, ei);
	}
	buf_clear(&answer);
	if (e == ERR_AGAIN && strcmp(ei->rule, "control.connect") == 0) {
		return lock_database(b, ei);
	}
	if (e == ERR_OK) {
		b->copied = true;
		e = path_join(
		    path, ctl_centre, CENTRE_FRONT_DIR "/" BACKUP_COPY, ei);
	}
	return e != ERR_OK ? e : add_item(b, DATABASE, path, RANK_DATABASE, ei);
}

static void
end_database(struct backup *b)
{
	char path[PATH_TEXT_SIZE];

	if (b->copied &&
	    path_join(path, ctl_centre, CENTRE_FRONT_DIR "/" BACKUP_COPY,
		NULL) == ERR_OK) {
		(void)unlink(path);
	}
	fd_close(b->lock);
}

/* --- into the archive ------------------------------------------------------
 */

/* What can be read by its owner alone, and is no journal or database, is a
 * key, a passphrase or a password. */
static bool
is_key(const struct item *i, const struct stat *st)
{
	return (i->rank == RANK_OTHER || i->rank == RANK_PUBLIC) &&
	       (st->st_mode & 077) == 0;
}

/* A signer may be in the middle of a record; the next start would only cut
 * it off. */
static enum err
whole_records(int fd, uint64_t size, uint64_t *out, struct errinfo *ei)
{
	uint8_t header[RECORD_HEADER_SIZE];
	struct record r;
	uint64_t at = 0;
	size_t total;

	while (at + sizeof(header) <= size) {
		if (pread(fd, header, sizeof(header), (off_t)at) !=
		    (ssize_t)sizeof(header)) {
			return err_sys(
			    ei, "backup.read", "cannot read a journal");
		}
		if (!record_header(
			slice_make(header, sizeof(header)), &r, &total) ||
		    at + total > size) {
			break;
		}
		at += total;
	}
	*out = at;
	return ERR_OK;
}

static enum err
add_open(struct backup *b, const struct item *i, int fd, struct errinfo *ei)
{
	struct tar_entry entry = {.dir = i->rank == RANK_DIR};
	struct archive_writer *to = b->out;
	struct stat st;
	enum err e = ERR_OK;

	if (fstat(fd, &st) != 0) {
		return err_sys(ei, "backup.read", "cannot look at %s", i->path);
	}
	(void)snprintf(entry.name, sizeof(entry.name), "%s", i->name);
	entry.mode = st.st_mode & 07777;
	entry.uid = st.st_uid;
	entry.gid = st.st_gid;
	entry.mtime = st.st_mtime;
	entry.size = entry.dir ? 0 : (uint64_t)st.st_size;
	if (i->rank == RANK_JOURNAL) {
		e = whole_records(fd, entry.size, &entry.size, ei);
	}
	if (e == ERR_OK && !entry.dir && is_key(i, &st)) {
		b->num_keys++;
		if (b->keys == NULL) {
			archive_note_key(b->out, i->name);
			return ERR_OK;
		}
		to = b->keys;
	}
	return e != ERR_OK ? e : archive_add(to, &entry, fd, ei);
}

static enum err
add_one(struct backup *b, const struct item *i, struct errinfo *ei)
{
	int fd = open(i->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum err e;

	if (fd < 0) {
		/* Replaced or swept away since it was listed. */
		return errno == ENOENT && i->rank >= RANK_OTHER
			   ? ERR_OK
			   : err_sys(
				 ei, "backup.read", "cannot read %s", i->path);
	}
	e = add_open(b, i, fd, ei);
	fd_close(fd);
	return e;
}

/* The keys' archive, sealed, as a member. */
static enum err
seal_keys(struct backup *b, int fd, struct slice recipient, struct errinfo *ei)
{
	struct tar_entry entry = {.name = KEYS_MEMBER, .mode = 0600};
	uint8_t digest[SHA256_SIZE];
	struct buf sealed = BUF_INIT((size_t)2 * ENVELOPE_BYTES_MAX);
	struct slice plain = SLICE_EMPTY;
	enum err e = archive_end(b->keys, digest, ei);

	if (e == ERR_OK) {
		e = memfd_seal(fd, ei);
	}
	if (e == ERR_OK) {
		e = memfd_map(fd, ENVELOPE_BYTES_MAX, &plain, ei);
	}
	if (e == ERR_OK) {
		e = envelope_seal(recipient, plain, &sealed, ei);
		memfd_unmap(plain);
	}
	if (e == ERR_OK) {
		e = archive_add_bytes(b->out, &entry, buf_slice(&sealed), ei);
	}
	buf_clear(&sealed);
	return e;
}

struct backup_words {
	const char *file;
	const char *database;
	struct slice recipient; /* empty: without keys */
};

static enum err
write_all(struct backup *b, const struct backup_words *w, int fd,
    uint8_t digest[SHA256_SIZE], struct errinfo *ei)
{
	const struct clock clock = system_clock();
	int64_t now = clock_utc_sec(&clock);
	int keys_fd = -1;
	enum err e = archive_new(fd, ARCHIVE_BACKUP, now, &b->out, ei);

	if (e == ERR_OK && w->recipient.len > 0) {
		e = memfd_new("keys", &keys_fd, ei);
		if (e == ERR_OK) {
			e = archive_new(
			    keys_fd, ARCHIVE_BACKUP, now, &b->keys, ei);
		}
	}
	for (size_t i = 0; e == ERR_OK && i < b->num; i++) {
		e = add_one(b, &b->items[i], ei);
	}
	if (e == ERR_OK && b->keys != NULL) {
		e = seal_keys(b, keys_fd, w->recipient, ei);
	}
	if (e == ERR_OK) {
		e = archive_end(b->out, digest, ei);
	}
	fd_close(keys_fd);
	archive_free(b->keys);
	archive_free(b->out);
	return e;
}

static void
tell(const struct backup *b, const struct backup_words *w,
    const uint8_t digest[SHA256_SIZE])
{
	struct buf hex = BUF_INIT(DIGEST_TEXT + 1);

	text_hex(&hex, slice_make(digest, SHA256_SIZE));
	cli_print("%s: %zu files and directories; %zu keys %s\n", w->file,
	    b->num, b->num_keys,
	    w->recipient.len > 0
		? "sealed to the recipient"
		: "are not in it: keep them apart (--with-keys)");
	cli_print("SHA-256 of its manifest: %s\n", buf_cstr(&hex));
	buf_clear(&hex);
}

/* Beside its place first: what stands there is whole or not there. */
static enum err
backup(const struct backup_words *w, struct errinfo *ei)
{
	struct backup b = {.lock = -1};
	uint8_t digest[SHA256_SIZE];
	char part[PATH_TEXT_SIZE];
	int fd = -1;
	enum err e = ERR_OK;

	if (snprintf(part, sizeof(part), "%s.part", w->file) >=
	    (int)sizeof(part)) {
		return err_set(ei, ERR_LIMIT, "file.path", NULL,
		    "the path is too long: %s", w->file);
	}
	fd = open(
	    part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return err_sys(ei, "backup.write", "cannot make %s", part);
	}
	e = take_database(&b, w->database, ei);
	if (e == ERR_OK) {
		e = list_all(&b, ei);
	}
	if (e == ERR_OK) {
		e = write_all(&b, w, fd, digest, ei);
	}
	end_database(&b);
	if (e == ERR_OK && rename(part, w->file) != 0) {
		e = err_sys(ei, "backup.write", "cannot make %s", w->file);
	}
	if (e == ERR_OK) {
		tell(&b, w, digest);
	} else {
		(void)unlink(part);
	}
	fd_close(fd);
	free(b.items);
	return e;
}

enum err
backup_certificate(const char *path, struct buf *out, struct errinfo *ei)
{
	struct buf file = BUF_INIT((size_t)2 * CERT_BYTES_MAX);
	enum err e = file_read(path, (size_t)2 * CERT_BYTES_MAX, &file, ei);

	if (e == ERR_OK) {
		e = pem_or_der(buf_slice(&file), PEM_CERTIFICATE, out, ei);
	}
	buf_clear(&file);
	return e;
}

enum err
backup_cmd(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct backup_words w = {.file = NULL};
	const char *recipient = NULL;
	bool with_keys = false;
	const struct cli_option options[] = {
	    {"--with-keys", NULL, &with_keys},
	    {"--recipient", &recipient, NULL},
	    {"--database", &w.database, NULL},
	};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK && with_keys != (recipient != NULL)) {
		e = err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "keys leave only sealed: --with-keys and --recipient CERT "
		    "belong together");
	}
	if (e == ERR_OK && with_keys) {
		e = backup_certificate(recipient, &cert, ei);
		w.recipient = buf_slice(&cert);
	}
	if (e == ERR_OK) {
		w.file = args.at[0];
		e = backup(&w, ei);
	}
	buf_clear(&cert);
	return e;
}
