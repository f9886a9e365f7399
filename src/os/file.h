/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_FILE_H
#define SURGUCH_OS_FILE_H
/*
 * Whole files, durably.  Every descriptor is close-on-exec.  errinfo.object
 * names the path.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum {
	PATH_TEXT_SIZE = 1024
};

/* Append the whole regular file to *out.  ERR_NOTFOUND when there is none,
 * ERR_LIMIT above max bytes, ERR_UNSUPPORTED when it is not a regular file,
 * ERR_AGAIN when its size changes meanwhile. */
ATTR_MUST_USE enum err file_read(
    const char *path, size_t max, struct buf *out, struct errinfo *ei);
/* As file_read for what must stay secret; the caller clears *out.  The file
 * that was opened must be as file_check_secret_mode() wants it. */
struct secret;
ATTR_MUST_USE enum err file_read_secret(
    const char *path, size_t max, struct secret *out, struct errinfo *ei);
/* All that an open file, pipe or terminal has to give; a regular file from its
 * beginning, wherever its offset is.  ERR_LIMIT. */
ATTR_MUST_USE enum err fd_read_secret(
    int fd, size_t max, struct secret *out, struct errinfo *ei);

/*
 * Replace or create the file: temporary file beside it, fsync, rename, fsync
 * of the directory.  After a crash the old or the new content is there, whole.
 * ERR_STORE "file.full" when the disk is full.
 */
ATTR_MUST_USE enum err file_write_atomic(
    const char *path, struct slice content, unsigned mode, struct errinfo *ei);
/* The same of what lies in pieces. */
ATTR_MUST_USE enum err file_write_pieces(const char *path,
    const struct slice *pieces, size_t num, unsigned mode, struct errinfo *ei);
/* The same, but fails with ERR_CONFLICT "file.exists" rather than replace. */
ATTR_MUST_USE enum err file_write_new(
    const char *path, struct slice content, unsigned mode, struct errinfo *ei);

/*
 * The same in steps, for what is not all known yet: a temporary file beside the
 * path, pieces in any order, each at its place, and then all is synced and
 * stands at the path.  done ends the draft whatever comes of it.
 */
struct file_draft {
	int fd; /* -1: none */
	char path[PATH_TEXT_SIZE];
	char temporary[PATH_TEXT_SIZE];
};
ATTR_MUST_USE enum err file_draft_new(const char *path, unsigned mode,
    struct file_draft *out, struct errinfo *ei);
ATTR_MUST_USE enum err file_draft_put(
    struct file_draft *d, size_t at, struct slice s, struct errinfo *ei);
/* What has been put is on the disk, so that the rest is soon done. */
ATTR_MUST_USE enum err file_draft_sync(
    struct file_draft *d, struct errinfo *ei);
ATTR_MUST_USE enum err file_draft_done(
    struct file_draft *d, struct errinfo *ei);
void file_draft_drop(struct file_draft *d); /* none is fine */

/* Owner is this process's effective uid (or root), no rights for group or
 * others.  ERR_DENIED "file.secret_mode". */
ATTR_MUST_USE enum err file_check_secret_mode(
    const char *path, struct errinfo *ei);
/* Owner is root or also_allowed, not writable by group or others: what is
 * read from it was not put there by a less trusted uid.  Checked on the file
 * or directory itself.  ERR_DENIED "file.trusted_mode". */
ATTR_MUST_USE enum err file_check_trusted(
    const char *path, uid_t also_allowed, struct errinfo *ei);

/*
 * Does the file system there keep who may read a file?  FAT, exFAT and NTFS,
 * as disks have them, do not: their mount decides it for all files.  False too
 * of what cannot be looked at.
 */
bool file_keeps_modes(const char *path);

bool file_exists(const char *path);
/* Make the directory if it is not there; the mode is set either way. */
ATTR_MUST_USE enum err dir_make(
    const char *path, unsigned mode, struct errinfo *ei);
ATTR_MUST_USE enum err dir_sync(const char *path, struct errinfo *ei);
/* Names in a directory that end in `suffix` (NULL: all, but not dot files),
 * sorted bytewise, at most max (ERR_LIMIT).  Free with dir_list_free(). */
ATTR_MUST_USE enum err dir_list(const char *path, const char *suffix,
    size_t max, char ***out, size_t *out_num, struct errinfo *ei);
void dir_list_free(char **names, size_t num);

/* Bytes that an ordinary user may still write on the disk of this path. */
ATTR_MUST_USE enum err disk_left(
    const char *path, uint64_t *out, struct errinfo *ei);

/* Create and lock the file until the descriptor is closed.  ERR_CONFLICT
 * "file.locked" when another process has it. */
ATTR_MUST_USE enum err file_lock(
    const char *path, int *out_fd, struct errinfo *ei);
/* Does another process have it?  False where that cannot be found out.  For the
 * moment of this look nobody else can take it. */
bool file_is_locked(const char *path);

/* All bytes or an error, through signals and short writes.  ENOSPC and EDQUOT
 * become ERR_STORE "file.full". */
ATTR_MUST_USE enum err fd_write_all(int fd, struct slice s, struct errinfo *ei);
/* A file without a name on the disk of that directory, which is gone with its
 * last descriptor; nothing is synced.  ERR_SYS "file.unnamed", also where
 * the file system has none; ERR_STORE "file.full". */
ATTR_MUST_USE enum err file_unnamed(
    const char *dir, struct slice content, int *out_fd, struct errinfo *ei);
/* close() that keeps errno; -1 is fine. */
void fd_close(int fd);
/* Another descriptor of the same, close-on-exec. */
ATTR_MUST_USE enum err fd_dup(int fd, int *out, struct errinfo *ei);
ATTR_MUST_USE enum err fd_set_cloexec(int fd, bool on, struct errinfo *ei);
ATTR_MUST_USE enum err fd_set_nonblock(int fd, bool on, struct errinfo *ei);

/* "dir/name" in a fixed buffer.  ERR_LIMIT when it does not fit. */
ATTR_MUST_USE enum err path_join(char out[PATH_TEXT_SIZE], const char *dir,
    const char *name, struct errinfo *ei);
/* As seen from the current directory; what is absolute stays as it is. */
ATTR_MUST_USE enum err path_absolute(
    char out[PATH_TEXT_SIZE], const char *path, struct errinfo *ei);
/* Of something that is there: absolute, and no link on the way.  ERR_NOTFOUND
 * "file.none". */
ATTR_MUST_USE enum err path_real(
    char out[PATH_TEXT_SIZE], const char *path, struct errinfo *ei);

#endif
