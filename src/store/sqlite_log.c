/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sqlite_log.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/err.h"

enum {
	VFS_MAX = 4, /* the system's, and those of tests */
	VFS_NAME_SIZE = 64,
};

/* `vfs` first: it is what SQLite hands back. */
struct over {
	sqlite3_vfs vfs;
	sqlite3_vfs *base;
	char name[VFS_NAME_SIZE];
};

/*
 * The file is the base's own, with a few of its methods replaced; SQLite gives
 * room behind it for this.
 */
struct log_file {
	const sqlite3_io_methods *base;
	sqlite3_io_methods methods;
	uint8_t *kept; /* SQLOG_BYTES_MAX; bytes that belong at `at` */
	size_t len;
	sqlite3_int64 at;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct over overs[VFS_MAX];
static size_t num_overs;

/* The methods that SQLite calls stand inside it. */
static struct log_file *
ours(sqlite3_file *file)
{
	return (struct log_file *)(void *)((char *)(uintptr_t)file->pMethods -
					   offsetof(struct log_file, methods));
}

/* Whatever becomes of it, it is not kept: after a failure SQLite gives the
 * transaction up, and what it writes next comes to the same place. */
static int
pass_on(sqlite3_file *file)
{
	struct log_file *f = ours(file);
	size_t len = f->len;

	f->len = 0;
	return len == 0 ? SQLITE_OK
			: f->base->xWrite(file, f->kept, (int)len, f->at);
}

static int
log_write(sqlite3_file *file, const void *p, int len, sqlite3_int64 at)
{
	struct log_file *f = ours(file);
	size_t more = (size_t)len;
	int rc;

	if (f->len > 0 && (at != f->at + (sqlite3_int64)f->len ||
			      more > SQLOG_BYTES_MAX - f->len)) {
		rc = pass_on(file);
		if (rc != SQLITE_OK) {
			return rc;
		}
	}
	if (more > SQLOG_BYTES_MAX) {
		return f->base->xWrite(file, p, len, at);
	}
	if (f->len == 0) {
		f->at = at;
	}
	memcpy(f->kept + f->len, p, more);
	f->len += more;
	return SQLITE_OK;
}

static int
log_sync(sqlite3_file *file, int flags)
{
	int rc = pass_on(file);

	return rc != SQLITE_OK ? rc : ours(file)->base->xSync(file, flags);
}

static int
log_read(sqlite3_file *file, void *p, int len, sqlite3_int64 at)
{
	int rc = pass_on(file);

	return rc != SQLITE_OK ? rc : ours(file)->base->xRead(file, p, len, at);
}

static int
log_size(sqlite3_file *file, sqlite3_int64 *out)
{
	int rc = pass_on(file);

	return rc != SQLITE_OK ? rc : ours(file)->base->xFileSize(file, out);
}

static int
log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	int rc = pass_on(file);

	return rc != SQLITE_OK ? rc : ours(file)->base->xTruncate(file, size);
}

/* What is kept now was never committed. */
static int
log_close(sqlite3_file *file)
{
	struct log_file *f = ours(file);

	free(f->kept);
	f->kept = NULL;
	return f->base->xClose(file);
}

/*
 * On a disk that may damage what lies beside a write SQLite fills the log up to
 * a whole sector and syncs in the middle of that: something is then written
 * after the last sync that readers look at.  No such disk is known; without the
 * promise nothing is kept back.
 */
static bool
may_keep(const char *log_name)
{
	sqlite3_file *db = sqlite3_database_file_object(log_name);

	return (db->pMethods->xDeviceCharacteristics(db) &
		   SQLITE_IOCAP_POWERSAFE_OVERWRITE) != 0;
}

static int
log_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
    int *out_flags)
{
	const struct over *o = (const struct over *)(void *)vfs;
	struct log_file *f =
	    (struct log_file *)(void *)((char *)file + o->base->szOsFile);
	uint8_t *kept = NULL;
	int rc;

	if ((flags & SQLITE_OPEN_WAL) != 0 && may_keep(name)) {
		kept = malloc(SQLOG_BYTES_MAX);
		if (kept == NULL) {
			file->pMethods = NULL;
			return SQLITE_NOMEM;
		}
	}
	rc = o->base->xOpen(o->base, name, file, flags, out_flags);
	if (kept == NULL || rc != SQLITE_OK) {
		free(kept);
		return rc;
	}
	*f = (struct log_file){
	    .base = file->pMethods, .methods = *file->pMethods, .kept = kept};
	f->methods.xWrite = log_write;
	f->methods.xSync = log_sync;
	f->methods.xRead = log_read;
	f->methods.xFileSize = log_size;
	f->methods.xTruncate = log_truncate;
	f->methods.xClose = log_close;
	file->pMethods = &f->methods;
	return SQLITE_OK;
}

/* Under the lock. */
static const struct over *
find(const sqlite3_vfs *base)
{
	for (size_t i = 0; i < num_overs; i++) {
		if (overs[i].base == base) {
			return &overs[i];
		}
	}
	return NULL;
}

/* Under the lock.  Everything but opening is the base's. */
static const struct over *
add(sqlite3_vfs *base)
{
	struct over *o = &overs[num_overs];
	int len;

	ensure(num_overs < VFS_MAX);
	len = snprintf(o->name, sizeof(o->name), "log-%s", base->zName);
	ensure(len > 0 && (size_t)len < sizeof(o->name));
	o->base = base;
	o->vfs = *base;
	o->vfs.pNext = NULL;
	o->vfs.zName = o->name;
	o->vfs.szOsFile += (int)sizeof(struct log_file);
	o->vfs.xOpen = log_open;
	if (sqlite3_vfs_register(&o->vfs, 0) != SQLITE_OK) {
		return NULL;
	}
	num_overs++;
	return o;
}

const char *
sqlog_vfs(const char *over)
{
	sqlite3_vfs *base = sqlite3_vfs_find(over);
	const struct over *o;

	if (base == NULL) {
		return NULL;
	}
	ensure(pthread_mutex_lock(&lock) == 0);
	o = find(base);
	if (o == NULL) {
		o = add(base);
	}
	ensure(pthread_mutex_unlock(&lock) == 0);
	return o != NULL ? o->name : NULL;
}
