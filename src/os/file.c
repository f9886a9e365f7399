/* SPDX-License-Identifier: Apache-2.0 */
#include "os/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/secret.h"
#include "os/seam.h"

void
fd_close(int fd)
{
	int saved = errno;

	if (fd >= 0) {
		/* After EINTR the descriptor is closed on Linux. */
		(void)close(fd);
	}
	errno = saved;
}

enum err
fd_dup(int fd, int *out, struct errinfo *ei)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

	if (copy < 0) {
		return err_sys(ei, "fd.dup", "a descriptor");
	}
	*out = copy;
	return ERR_OK;
}

enum err
fd_set_cloexec(int fd, bool on, struct errinfo *ei)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags < 0 ||
	    fcntl(fd, F_SETFD,
		on ? (flags | FD_CLOEXEC) : (flags & ~FD_CLOEXEC)) != 0) {
		return err_sys(ei, "file.descriptor",
		    "Descriptor %d cannot be marked", fd);
	}
	return ERR_OK;
}

enum err
fd_set_nonblock(int fd, bool on, struct errinfo *ei)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 ||
	    fcntl(fd, F_SETFL,
		on ? (flags | O_NONBLOCK) : (flags & ~O_NONBLOCK)) != 0) {
		return err_sys(ei, "file.descriptor",
		    "Descriptor %d cannot be marked", fd);
	}
	return ERR_OK;
}

/* A write that failed, by its errno. */
static enum err
write_failed(struct errinfo *ei, const char *rule, const char *what)
{
	if (errno == ENOSPC || errno == EDQUOT) {
		return err_set(ei, ERR_STORE, "file.full", NULL,
		    "The disk is full; free some space.");
	}
	return err_sys(ei, rule, "%s", what);
}

enum err
fd_write_all(int fd, struct slice s, struct errinfo *ei)
{
	ssize_t n;

	while (s.len > 0) {
		n = write(fd, s.p, s.len);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return write_failed(ei, "file.write", "Writing failed");
		}
		s.p += n;
		s.len -= (size_t)n;
	}
	return ERR_OK;
}

enum err
file_unnamed(
    const char *dir, struct slice content, int *out_fd, struct errinfo *ei)
{
	int fd = open(dir, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	enum err err;

	if (fd < 0) {
		err = err_sys(ei, "file.unnamed", "No file can be made there");
		return err_object(ei, err, dir);
	}
	err = fd_write_all(fd, content, ei);
	if (err != ERR_OK) {
		fd_close(fd);
		return err_object(ei, err, dir);
	}
	*out_fd = fd;
	return ERR_OK;
}

enum err
path_join(char out[PATH_TEXT_SIZE], const char *dir, const char *name,
    struct errinfo *ei)
{
	int n = snprintf(out, PATH_TEXT_SIZE, "%s/%s", dir, name);

	if (n < 0 || n >= PATH_TEXT_SIZE) {
		return err_set(ei, ERR_LIMIT, "file.path", NULL,
		    "The path of %s is longer than %d bytes.", name,
		    PATH_TEXT_SIZE - 1);
	}
	return ERR_OK;
}

enum err
path_absolute(char out[PATH_TEXT_SIZE], const char *path, struct errinfo *ei)
{
	char cwd[PATH_TEXT_SIZE];
	bool relative = path[0] != '/';

	if (relative && getcwd(cwd, sizeof(cwd)) == NULL) {
		return err_sys(ei, "file.cwd",
		    "The current directory has no name; give absolute paths");
	}
	return relative ? path_join(out, cwd, path, ei)
			: path_join(out, "", path + 1, ei);
}

/* --- reading ------------------------------------------------------------ */

/* A path that cannot be opened or examined, by its errno. */
static enum err
open_failed(const char *path, struct errinfo *ei)
{
	enum err err =
	    errno == ENOENT || errno == ENOTDIR
		? err_set(ei, ERR_NOTFOUND, "file.none", NULL,
		      "The file does not exist.")
		: err_sys(ei, "file.open", "The file cannot be opened");

	return err_object(ei, err, path);
}

enum err
path_real(char out[PATH_TEXT_SIZE], const char *path, struct errinfo *ei)
{
	char *real = realpath(path, NULL);
	enum err err;

	if (real == NULL) {
		return open_failed(path, ei);
	}
	err = path_join(out, "", real + 1, ei);
	free(real);
	return err;
}

/* A regular file for reading; *out is what it is now. */
static enum err
open_regular(const char *path, size_t max, int *out_fd, struct stat *out,
    struct errinfo *ei)
{
	enum err err;
	int fd;

	/* O_NONBLOCK: a FIFO in the way must not stop us. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		return open_failed(path, ei);
	}
	if (fstat(fd, out) != 0) {
		err = err_sys(ei, "file.open", "The file cannot be examined");
	} else if (!S_ISREG(out->st_mode)) {
		err = err_set(ei, ERR_UNSUPPORTED, "file.kind", NULL,
		    "This is not a regular file.");
	} else if ((uint64_t)out->st_size > max) {
		err = err_set(ei, ERR_LIMIT, "file.size", NULL,
		    "The file has %lld bytes; at most %zu are read.",
		    (long long)out->st_size, max);
	} else {
		*out_fd = fd;
		return ERR_OK;
	}
	fd_close(fd);
	return err_object(ei, err, path);
}

/*
 * The size bytes that fstat() told of.  p has room for one more, so that a
 * file which grows is seen.
 */
static enum err
read_whole(int fd, uint8_t *p, size_t size, struct errinfo *ei)
{
	size_t done = 0;
	ssize_t n;

	do {
		n = read(fd, p + done, size + 1 - done);
		if (n < 0 && errno != EINTR) {
			return err_sys(ei, "file.read", "Reading failed");
		}
		done += n > 0 ? (size_t)n : 0;
	} while (n != 0 && done <= size);
	if (done != size) {
		return err_set(ei, ERR_AGAIN, "file.changed", NULL,
		    "The file changed its size while it was read; try again.");
	}
	return ERR_OK;
}

enum err
file_read(const char *path, size_t max, struct buf *out, struct errinfo *ei)
{
	struct stat st;
	enum err err;
	uint8_t *p;
	int fd = -1;

	err = open_regular(path, max, &fd, &st, ei);
	if (err != ERR_OK) {
		return err;
	}
	p = malloc((size_t)st.st_size + 1);
	err = p == NULL ? err_nomem(ei)
			: read_whole(fd, p, (size_t)st.st_size, ei);
	if (err == ERR_OK) {
		buf_add(out, slice_make(p, (size_t)st.st_size));
		err = buf_err(out, ei);
	}
	free(p);
	fd_close(fd);
	return err == ERR_OK ? ERR_OK : err_object(ei, err, path);
}

bool
file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* --- who may have written it -------------------------------------------- */

/* In a test, what such a disk would make of it. */
static mode_t
mode_here(const char *path, unsigned mode)
{
	return (mode_t)(seam_plain_disk(path)
			    ? mode | (mode & 0500) >> 3 | (mode & 0500) >> 6
			    : mode);
}

bool
file_keeps_modes(const char *path)
{
	static const long plain[] = {
	    MSDOS_SUPER_MAGIC, 0x2011bab0, /* exFAT */
	    0x5346544e,                    /* NTFS */
	    0x7366746e,                    /* the kernel's new NTFS */
	    0x65735546,                    /* FUSE: whatever is behind it */
	};
	struct statfs fs;

	if (seam_plain_disk(path) || statfs(path, &fs) != 0) {
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
		if (fs.f_type == plain[i]) {
			return false;
		}
	}
	return true;
}

static enum err
check_secret(const struct stat *st, struct errinfo *ei)
{
	if ((st->st_uid != geteuid() && st->st_uid != 0) ||
	    (st->st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		return err_set(ei, ERR_DENIED, "file.secret_mode", NULL,
		    "A secret is kept in a file of uid %lu with mode %04o; it "
		    "must belong to uid %lu and to nobody else: chmod 0600.",
		    (unsigned long)st->st_uid, (unsigned)st->st_mode & 07777,
		    (unsigned long)geteuid());
	}
	return ERR_OK;
}

enum err
file_check_secret_mode(const char *path, struct errinfo *ei)
{
	struct stat st;
	enum err err;

	if (stat(path, &st) != 0) {
		return open_failed(path, ei);
	}
	err = check_secret(&st, ei);
	return err == ERR_OK ? ERR_OK : err_object(ei, err, path);
}

enum err
file_read_secret(
    const char *path, size_t max, struct secret *out, struct errinfo *ei)
{
	struct secret s = SECRET_EMPTY;
	struct stat st;
	enum err err;
	int fd = -1;

	err = open_regular(path, max, &fd, &st, ei);
	if (err != ERR_OK) {
		return err;
	}
	/* Of what was opened: the path may name another file by now. */
	err = check_secret(&st, ei);
	if (err == ERR_OK) {
		err = secret_init(&s, (size_t)st.st_size + 1, ei);
	}
	if (err == ERR_OK) {
		err = read_whole(fd, s.p, (size_t)st.st_size, ei);
	}
	fd_close(fd);
	if (err != ERR_OK) {
		secret_clear(&s);
		return err_object(ei, err, path);
	}
	s.len = (size_t)st.st_size;
	*out = s;
	return ERR_OK;
}

enum err
fd_read_secret(int fd, size_t max, struct secret *out, struct errinfo *ei)
{
	struct secret s = SECRET_EMPTY;
	size_t len = 0;
	struct stat st;
	ssize_t n = 1;
	enum err err;

	if (fstat(fd, &st) != 0) {
		return err_sys(ei, "file.read", "A secret cannot be read");
	}
	err = secret_init(&s, max + 1, ei);
	while (err == ERR_OK && n > 0 && len <= max) {
		n = S_ISREG(st.st_mode)
			? pread(fd, s.p + len, max + 1 - len, (off_t)len)
			: read(fd, s.p + len, max + 1 - len);
		if (n > 0) {
			len += (size_t)n;
		} else if (n < 0 && errno == EINTR) {
			n = 1;
		} else if (n < 0) {
			err =
			    err_sys(ei, "file.read", "A secret cannot be read");
		}
	}
	if (err == ERR_OK && len > max) {
		err = err_set(ei, ERR_LIMIT, "file.size", NULL,
		    "A secret has more than %zu bytes.", max);
	}
	if (err != ERR_OK) {
		secret_clear(&s);
		return err;
	}
	/* The rest is zeros, which nobody need wipe. */
	s.len = len;
	*out = s;
	return ERR_OK;
}

enum err
file_check_trusted(const char *path, uid_t also_allowed, struct errinfo *ei)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		return open_failed(path, ei);
	}
	if ((st.st_uid != 0 && st.st_uid != also_allowed) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		return err_object(ei,
		    err_set(ei, ERR_DENIED, "file.trusted_mode", NULL,
			"It belongs to uid %lu with mode %04o; it must belong "
			"to root and be writable by nobody else: chown root, "
			"chmod go-w.",
			(unsigned long)st.st_uid, (unsigned)st.st_mode & 07777),
		    path);
	}
	return ERR_OK;
}

/* --- writing ------------------------------------------------------------ */

/* The directory part of a path: "." when there is none. */
static enum err
dir_of(const char *path, char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 1 : (size_t)(slash - path);

	if (slash == path) {
		len = 1;
	}
	if (len >= PATH_TEXT_SIZE) {
		return err_set(ei, ERR_LIMIT, "file.path", NULL,
		    "The path is longer than %d bytes.", PATH_TEXT_SIZE - 1);
	}
	memcpy(out, slash == NULL ? "." : path, len);
	out[len] = '\0';
	return ERR_OK;
}

enum err
dir_sync(const char *path, struct errinfo *ei)
{
	enum err err = ERR_OK;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) != 0) {
		err =
		    err_sys(ei, "file.sync", "The directory cannot be synced");
		err = err_object(ei, err, path);
	}
	fd_close(fd);
	return err;
}

enum err
file_draft_new(
    const char *path, unsigned mode, struct file_draft *out, struct errinfo *ei)
{
	struct file_draft d = {.fd = -1};
	enum err err;
	int n, len;

	len = snprintf(d.path, sizeof(d.path), "%s", path);
	n = snprintf(d.temporary, sizeof(d.temporary), "%s.XXXXXX", path);
	if (n < 0 || (size_t)n >= sizeof(d.temporary) || len < 0) {
		err = err_set(ei, ERR_LIMIT, "file.path", NULL,
		    "The path is longer than %d bytes.", PATH_TEXT_SIZE - 1);
		return err_object(ei, err, path);
	}
	d.fd = mkostemp(d.temporary, O_CLOEXEC);
	if (d.fd < 0) {
		err =
		    write_failed(ei, "file.write", "No file can be made here");
		return err_object(ei, err, path);
	}
	if (fchmod(d.fd, mode_here(path, mode)) != 0) {
		err = err_sys(ei, "file.write", "The mode cannot be set");
		file_draft_drop(&d);
		return err_object(ei, err, path);
	}
	*out = d;
	return ERR_OK;
}

enum err
file_draft_put(
    struct file_draft *d, size_t at, struct slice s, struct errinfo *ei)
{
	enum err err;

	if (lseek(d->fd, (off_t)at, SEEK_SET) < 0) {
		err = err_sys(ei, "file.write", "Writing failed");
	} else {
		err = fd_write_all(d->fd, s, ei);
	}
	return err == ERR_OK ? ERR_OK : err_object(ei, err, d->path);
}

enum err
file_draft_sync(struct file_draft *d, struct errinfo *ei)
{
	return fsync(d->fd) == 0 ? ERR_OK
				 : err_object(ei,
				       write_failed(ei, "file.sync",
					   "The file cannot be synced"),
				       d->path);
}

void
file_draft_drop(struct file_draft *d)
{
	if (d->fd >= 0) {
		fd_close(d->fd);
		(void)unlink(d->temporary);
		d->fd = -1;
	}
}

static enum err
put_in_place(
    const char *temporary, const char *path, bool replace, struct errinfo *ei)
{
	if (replace) {
		return rename(temporary, path) == 0
			   ? ERR_OK
			   : err_sys(ei, "file.write",
				 "The file cannot be replaced");
	}
	/* link() does not replace, unlike rename(); FAT has none, but a rename
	 * that does not. */
	if (!seam_plain_disk(path) && link(temporary, path) == 0) {
		(void)unlink(temporary);
		return ERR_OK;
	}
	if ((seam_plain_disk(path) || errno == EPERM || errno == EOPNOTSUPP) &&
	    renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) ==
		0) {
		return ERR_OK;
	}
	if (errno == EEXIST) {
		return err_set(ei, ERR_CONFLICT, "file.exists", NULL,
		    "The file exists already and is not replaced.");
	}
	return err_sys(ei, "file.write", "The file cannot be made");
}

static enum err
draft_done(struct file_draft *d, bool replace, struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE];
	enum err err = dir_of(d->path, dir, ei);

	if (err == ERR_OK) {
		err = file_draft_sync(d, ei);
	}
	if (err == ERR_OK) {
		err = put_in_place(d->temporary, d->path, replace, ei);
	}
	if (err != ERR_OK) {
		file_draft_drop(d);
		return err_object(ei, err, d->path);
	}
	fd_close(d->fd);
	d->fd = -1;
	err = dir_sync(dir, ei);
	if (err != ERR_OK && !replace) {
		(void)unlink(
		    d->path); /* the caller will think that it is not */
	}
	return err;
}

enum err
file_draft_done(struct file_draft *d, struct errinfo *ei)
{
	return draft_done(d, true, ei);
}

static enum err
write_durably(const char *path, const struct slice *pieces, size_t num,
    unsigned mode, bool replace, struct errinfo *ei)
{
	struct file_draft d;
	enum err err = file_draft_new(path, mode, &d, ei);
	size_t at = 0;

	if (err != ERR_OK) {
		return err;
	}
	for (size_t i = 0; err == ERR_OK && i < num; i++) {
		err = file_draft_put(&d, at, pieces[i], ei);
		at += pieces[i].len;
	}
	if (err != ERR_OK) {
		file_draft_drop(&d);
		return err;
	}
	return draft_done(&d, replace, ei);
}

enum err
file_write_atomic(
    const char *path, struct slice content, unsigned mode, struct errinfo *ei)
{
	return write_durably(path, &content, 1, mode, true, ei);
}

enum err
file_write_pieces(const char *path, const struct slice *pieces, size_t num,
    unsigned mode, struct errinfo *ei)
{
	return write_durably(path, pieces, num, mode, true, ei);
}

enum err
file_write_new(
    const char *path, struct slice content, unsigned mode, struct errinfo *ei)
{
	return write_durably(path, &content, 1, mode, false, ei);
}

enum err
disk_left(const char *path, uint64_t *out, struct errinfo *ei)
{
	struct statvfs s;

	if (statvfs(path, &s) != 0) {
		return err_object(ei,
		    err_sys(ei, "disk.look", "The disk cannot be looked at"),
		    path);
	}
	*out = (uint64_t)s.f_bavail * s.f_frsize;
	return ERR_OK;
}

enum err
file_lock(const char *path, int *out_fd, struct errinfo *ei)
{
	enum err err;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		err = err_sys(ei, "file.open", "The lock cannot be opened");
		return err_object(ei, err, path);
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		*out_fd = fd;
		return ERR_OK;
	}
	err = errno == EWOULDBLOCK
		  ? err_set(ei, ERR_CONFLICT, "file.locked", NULL,
			"Another process holds the lock.")
		  : err_sys(ei, "file.lock", "The lock cannot be taken");
	fd_close(fd);
	return err_object(ei, err, path);
}

bool
file_is_locked(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool locked;

	if (fd < 0) {
		return false;
	}
	locked = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	fd_close(fd);
	return locked;
}

/* --- directories -------------------------------------------------------- */

enum err
dir_make(const char *path, unsigned mode, struct errinfo *ei)
{
	const mode_t here = mode_here(path, mode);
	struct stat st;
	enum err err;

	if (mkdir(path, here) != 0 && errno != EEXIST) {
		err = err_sys(ei, "file.write", "The directory cannot be made");
		return err_object(ei, err, path);
	}
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		err = err_set(ei, ERR_CONFLICT, "file.kind", NULL,
		    "Something that is no directory stands here.");
		return err_object(ei, err, path);
	}
	if ((st.st_mode & 07777) != here && chmod(path, here) != 0) {
		err = err_sys(ei, "file.write",
		    "The mode of the directory cannot be set");
		return err_object(ei, err, path);
	}
	return ERR_OK;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
name_wanted(const char *name, const char *suffix)
{
	size_t len = strlen(name);
	size_t suffix_len = suffix == NULL ? 0 : strlen(suffix);

	return name[0] != '.' && len >= suffix_len &&
	       (suffix == NULL || strcmp(name + len - suffix_len, suffix) == 0);
}

static enum err
list_names(DIR *dir, const char *suffix, size_t max, char **names, size_t *num,
    struct errinfo *ei)
{
	struct dirent *entry;

	for (;;) {
		errno = 0;
		entry = readdir(dir);
		if (entry == NULL) {
			return errno == 0
				   ? ERR_OK
				   : err_sys(ei, "file.read", "Listing failed");
		}
		if (!name_wanted(entry->d_name, suffix)) {
			continue;
		}
		if (*num == max) {
			return err_set(ei, ERR_LIMIT, "file.many", NULL,
			    "More than %zu files.", max);
		}
		names[*num] = slice_dup_str(slice_str(entry->d_name));
		if (names[*num] == NULL) {
			return err_nomem(ei);
		}
		(*num)++;
	}
}

enum err
dir_list(const char *path, const char *suffix, size_t max, char ***out,
    size_t *out_num, struct errinfo *ei)
{
	char **names = NULL;
	size_t num = 0;
	enum err err;
	DIR *dir;

	dir = opendir(path);
	if (dir == NULL) {
		err = err_sys(ei, "file.open", "The directory cannot be read");
		return err_object(ei, err, path);
	}
	names = calloc(max + 1, sizeof(*names));
	err = names == NULL ? err_nomem(ei)
			    : list_names(dir, suffix, max, names, &num, ei);
	(void)closedir(dir);
	if (err != ERR_OK) {
		dir_list_free(names, num);
		return err_object(ei, err, path);
	}
	qsort(names, num, sizeof(*names), compare_names);
	*out = names;
	*out_num = num;
	return ERR_OK;
}

void
dir_list_free(char **names, size_t num)
{
	if (names == NULL) {
		return;
	}
	for (size_t i = 0; i < num; i++) {
		free(names[i]);
	}
	free(names);
}
