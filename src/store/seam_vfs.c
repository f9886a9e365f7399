/* SPDX-License-Identifier: Apache-2.0 */
#include "store/seam_vfs.h"

#ifdef SURGUCH_TEST_SEAMS
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/err.h"
#include "os/file.h"
#include "os/seam.h"

enum {
	BLOCK = 65536,
	PAGE = 4096,
};

struct range {
	sqlite3_int64 at;
	int len;
};

/* A file whose durable state is kept: the database or its log. */
struct kept {
	char name[PATH_TEXT_SIZE];
	const char *site; /* of SURGUCH_TEST_SYNC_OFF */
	int durable;      /* descriptor of NAME.durable, or -1: none yet */
	struct range *dirty;
	size_t num_dirty;
	size_t cap_dirty;
};

/* All connections of a process see the same two files. */
static struct {
	pthread_mutex_t lock;
	bool registered;
	bool some;
	struct kept db;
	struct kept wal;
} state = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .db = {.site = "db", .durable = -1},
    .wal = {.site = "wal", .durable = -1},
};

/*
 * The file is the system's own, with a few of its methods replaced; SQLite
 * gives room behind it for this.
 */
struct seam_file {
	const sqlite3_io_methods *real;
	sqlite3_io_methods methods;
	struct kept *kept; /* or NULL */
};

static sqlite3_vfs seam_vfs_methods;

static sqlite3_vfs *
real_vfs(void)
{
	return sqlite3_vfs_find("unix");
}

static struct seam_file *
ours(sqlite3_file *file)
{
	return (
	    struct seam_file *)(void *)((char *)file + real_vfs()->szOsFile);
}

/* --- the durable state -------------------------------------------------- */

static void
durable_name(const struct kept *k, char out[PATH_TEXT_SIZE])
{
	int n = snprintf(out, PATH_TEXT_SIZE, "%s.durable", k->name);

	ensure(n > 0 && n < PATH_TEXT_SIZE);
}

static void
copy_file(const char *from, const char *to)
{
	char *block = malloc(BLOCK);
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t len;

	ensure(block != NULL && in >= 0 && out >= 0);
	while ((len = read(in, block, BLOCK)) > 0) {
		ensure(write(out, block, (size_t)len) == len);
	}
	ensure(len == 0);
	fd_close(in);
	fd_close(out);
	free(block);
}

/* A process begins: what the one before it had not synced is gone.  Before
 * SQLite opens the file, whose locks a later close() of ours would drop. */
static void
begin(struct kept *k, const char *name, bool kept_before)
{
	char durable[PATH_TEXT_SIZE];
	int n = snprintf(k->name, sizeof(k->name), "%s", name);

	ensure(n > 0 && (size_t)n < sizeof(k->name));
	durable_name(k, durable);
	if (file_exists(durable)) {
		copy_file(durable, name);
	} else if (kept_before) {
		(void)unlink(name);
	} else if (file_exists(name)) {
		copy_file(name, durable);
	}
}

static void
begin_both(const char *db)
{
	char wal[PATH_TEXT_SIZE], durable[PATH_TEXT_SIZE];
	bool kept_before;

	(void)snprintf(durable, sizeof(durable), "%s.durable", db);
	(void)snprintf(wal, sizeof(wal), "%s-wal", db);
	kept_before = file_exists(durable);
	begin(&state.db, db, kept_before);
	begin(&state.wal, wal, kept_before);
}

/* NAME.durable is there, as a descriptor. */
static void
need_durable(struct kept *k)
{
	char name[PATH_TEXT_SIZE];

	if (k->durable < 0) {
		durable_name(k, name);
		k->durable = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		ensure(k->durable >= 0);
	}
}

static void
note_dirty(struct kept *k, sqlite3_int64 at, int len)
{
	if (k->num_dirty == k->cap_dirty) {
		size_t cap = k->cap_dirty == 0 ? 256 : k->cap_dirty * 2;
		struct range *p = realloc(k->dirty, cap * sizeof(*p));

		ensure(p != NULL);
		k->dirty = p;
		k->cap_dirty = cap;
	}
	k->dirty[k->num_dirty++] = (struct range){at, len};
}

static void
make_durable(struct kept *k, const void *p, int len, sqlite3_int64 at)
{
	need_durable(k);
	ensure(pwrite(k->durable, p, (size_t)len, (off_t)at) == len);
}

/* Everything that was written until now. */
static void
sync_all(struct kept *k, sqlite3_file *file)
{
	const sqlite3_io_methods *real = ours(file)->real;
	sqlite3_int64 size = 0;
	char *block = malloc(BLOCK);

	ensure(block != NULL);
	ensure(real->xFileSize(file, &size) == SQLITE_OK);
	for (size_t i = 0; i < k->num_dirty; i++) {
		struct range r = k->dirty[i];

		if (r.at >= size) {
			continue; /* cut off since */
		}
		if (r.at + r.len > size) {
			r.len = (int)(size - r.at);
		}
		ensure(r.len <= BLOCK);
		ensure(real->xRead(file, block, r.len, r.at) == SQLITE_OK);
		make_durable(k, block, r.len, r.at);
	}
	k->num_dirty = 0;
	need_durable(k);
	ensure(ftruncate(k->durable, (off_t)size) == 0);
	free(block);
}

static void
forget(struct kept *k)
{
	char name[PATH_TEXT_SIZE];

	durable_name(k, name);
	(void)unlink(name);
	fd_close(k->durable);
	k->durable = -1;
	k->num_dirty = 0;
}

static void
lock(void)
{
	ensure(pthread_mutex_lock(&state.lock) == 0);
}

static void
unlock(void)
{
	ensure(pthread_mutex_unlock(&state.lock) == 0);
}

/* --- a file ------------------------------------------------------------- */

/* Under the lock. */
static void
note_page(struct kept *k, const void *p, int len, sqlite3_int64 at)
{
	unsigned char chance = 0;

	if (state.some) {
		sqlite3_randomness(1, &chance);
	}
	note_dirty(k, at, len);
	if ((chance & 1) != 0 && !seam_sync_off(k->site)) {
		make_durable(k, p, len, at);
	}
}

/* A kernel writes back page by page, however many came in one write. */
static int
seam_write(sqlite3_file *file, const void *p, int len, sqlite3_int64 at)
{
	struct kept *k = ours(file)->kept;
	int rc = ours(file)->real->xWrite(file, p, len, at);

	if (rc != SQLITE_OK) {
		return rc;
	}
	lock();
	for (int done = 0; done < len; done += PAGE) {
		note_page(k, (const char *)p + done,
		    len - done < PAGE ? len - done : PAGE, at + done);
	}
	unlock();
	return rc;
}

static int
seam_sync(sqlite3_file *file, int flags)
{
	struct kept *k = ours(file)->kept;

	(void)flags;
	if (!seam_sync_off(k->site)) {
		lock();
		sync_all(k, file);
		unlock();
	}
	return SQLITE_OK;
}

/* --- the file system ---------------------------------------------------- */

static int
seam_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
    int *out_flags)
{
	struct kept *k = NULL;
	struct seam_file *f = ours(file);
	int rc;

	(void)vfs;
	lock();
	if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
		k = &state.db;
		if (state.db.name[0] == '\0') {
			begin_both(name);
		}
	} else if ((flags & SQLITE_OPEN_WAL) != 0) {
		k = &state.wal;
	}
	unlock();
	rc = real_vfs()->xOpen(real_vfs(), name, file, flags, out_flags);
	if (k != NULL && file->pMethods != NULL) {
		*f = (struct seam_file){file->pMethods, *file->pMethods, k};
		/* No pages in mapped memory, which nobody would see. */
		f->methods.iVersion = 2;
		f->methods.xWrite = seam_write;
		f->methods.xSync = seam_sync;
		file->pMethods = &f->methods;
	}
	return rc;
}

static int
seam_delete(sqlite3_vfs *vfs, const char *name, int sync_dir)
{
	int rc = real_vfs()->xDelete(real_vfs(), name, sync_dir);

	(void)vfs;
	lock();
	if (rc == SQLITE_OK && strcmp(name, state.wal.name) == 0) {
		forget(&state.wal);
	}
	unlock();
	return rc;
}

const char *
seam_vfs(void)
{
	const char *synced = getenv("SURGUCH_TEST_SYNCED");

	if (synced == NULL) {
		return NULL;
	}
	lock();
	if (!state.registered) {
		/* Everything else is the system's own. */
		seam_vfs_methods = *real_vfs();
		seam_vfs_methods.pNext = NULL;
		seam_vfs_methods.zName = "seam";
		seam_vfs_methods.szOsFile += (int)sizeof(struct seam_file);
		seam_vfs_methods.xOpen = seam_open;
		seam_vfs_methods.xDelete = seam_delete;
		ensure(sqlite3_vfs_register(&seam_vfs_methods, 0) == SQLITE_OK);
		state.some = strcmp(synced, "some") == 0;
		state.registered = true;
	}
	unlock();
	return "seam";
}
#else
/* ISO C wants a declaration in every unit. */
typedef int seam_vfs_is_absent;
#endif
