/* SPDX-License-Identifier: Apache-2.0 */
#include "fault_vfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/err.h"

enum {
	NAME_SIZE = 1024,
	HELD_SEC = 30
};

/*
 * The file is the system's own, with a few of its methods replaced; SQLite
 * gives room behind it for this.
 */
struct fault_file {
	const sqlite3_io_methods *real;
	sqlite3_io_methods methods;
	const char *name;
	bool is_log;
	bool is_kept; /* the database or its log */
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t change;
	bool registered;
	int64_t space;
	int64_t writes_left;
	bool fail_sync;
	bool skip_sync;
	bool harms;
	bool hold;
	bool held;
	unsigned num_syncs;
	unsigned num_writes;
} state = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .change = PTHREAD_COND_INITIALIZER,
};

static const char durable[] = ".durable";

static sqlite3_vfs *
real_vfs(void)
{
	return sqlite3_vfs_find("unix");
}

static struct fault_file *
ours(sqlite3_file *file)
{
	return (
	    struct fault_file *)(void *)((char *)file + real_vfs()->szOsFile);
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

static void
copy_file(const char *from, const char *to)
{
	char block[65536];
	ssize_t len;
	int in, out;

	in = open(from, O_RDONLY | O_CLOEXEC);
	ensure(in >= 0);
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ensure(out >= 0);
	while ((len = read(in, block, sizeof(block))) > 0) {
		ensure(write(out, block, (size_t)len) == len);
	}
	ensure(len == 0);
	ensure(close(in) == 0);
	ensure(close(out) == 0);
}

/* May this write be done?  Takes the space that it needs. */
static int
admit_write(sqlite3_file *file, int len, sqlite3_int64 at)
{
	sqlite3_int64 size = 0, grows;
	int rc = SQLITE_OK;

	ensure(ours(file)->real->xFileSize(file, &size) == SQLITE_OK);
	grows = at + len > size ? at + len - size : 0;
	lock();
	state.num_writes++;
	if (state.writes_left == 0) {
		rc = SQLITE_IOERR_WRITE;
	} else if (state.writes_left > 0) {
		state.writes_left--;
	}
	if (rc == SQLITE_OK && state.space >= 0 && grows > 0) {
		if (grows > state.space) {
			rc = SQLITE_FULL;
		} else {
			state.space -= grows;
		}
	}
	unlock();
	return rc;
}

static int
fault_write(sqlite3_file *file, const void *p, int len, sqlite3_int64 at)
{
	int rc = admit_write(file, len, at);

	if (rc != SQLITE_OK) {
		return rc;
	}
	return ours(file)->real->xWrite(file, p, len, at);
}

static void
hold_here(void)
{
	state.held = true;
	ensure(pthread_cond_broadcast(&state.change) == 0);
	while (state.hold) {
		ensure(pthread_cond_wait(&state.change, &state.lock) == 0);
	}
	state.held = false;
}

static int
fault_sync(sqlite3_file *file, int flags)
{
	struct fault_file *f = ours(file);
	char to[NAME_SIZE];
	bool skip, failed = false;

	(void)flags;
	lock();
	if (f->is_log) {
		state.num_syncs++;
		if (state.hold) {
			hold_here();
		}
		failed = state.fail_sync;
		state.fail_sync = false;
	}
	skip = state.skip_sync;
	unlock();
	if (failed) {
		return SQLITE_IOERR_FSYNC;
	}
	if (f->is_kept && !skip) {
		(void)snprintf(to, sizeof(to), "%s%s", f->name, durable);
		copy_file(f->name, to);
	}
	return SQLITE_OK;
}

/* No promise of the disk's that would spare a sync; only the one that the
 * system's VFS makes for every disk. */
static int
fault_device(sqlite3_file *file)
{
	(void)file;
	return state.harms ? 0 : SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int
fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
    int *out_flags)
{
	struct fault_file *f = ours(file);
	int rc;

	(void)vfs;
	rc = real_vfs()->xOpen(real_vfs(), name, file, flags, out_flags);
	if (file->pMethods != NULL) {
		*f = (struct fault_file){
		    .real = file->pMethods,
		    .methods = *file->pMethods,
		    .name = name,
		    .is_log = (flags & SQLITE_OPEN_WAL) != 0,
		    .is_kept =
			(flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_DB)) != 0,
		};
		/* No pages in mapped memory, which nobody would see. */
		f->methods.iVersion = 2;
		f->methods.xWrite = fault_write;
		f->methods.xSync = fault_sync;
		f->methods.xDeviceCharacteristics = fault_device;
		file->pMethods = &f->methods;
	}
	return rc;
}

static sqlite3_vfs fault_vfs;

void
fault_reset(void)
{
	lock();
	if (!state.registered) {
		/* Everything but opening is the system's own. */
		fault_vfs = *real_vfs();
		fault_vfs.pNext = NULL;
		fault_vfs.zName = "fault";
		fault_vfs.szOsFile += (int)sizeof(struct fault_file);
		fault_vfs.xOpen = fault_open;
		ensure(sqlite3_vfs_register(&fault_vfs, 0) == SQLITE_OK);
		state.registered = true;
	}
	state.space = -1;
	state.writes_left = -1;
	state.fail_sync = false;
	state.skip_sync = false;
	state.harms = false;
	state.hold = false;
	state.num_syncs = 0;
	state.num_writes = 0;
	unlock();
}

void
fault_space(int64_t bytes)
{
	lock();
	state.space = bytes;
	unlock();
}

void
fault_fail_sync(void)
{
	lock();
	state.fail_sync = true;
	unlock();
}

void
fault_fail_writes(int64_t after)
{
	lock();
	state.writes_left = after;
	unlock();
}

void
fault_harm_neighbours(void)
{
	lock();
	state.harms = true;
	unlock();
}

void
fault_skip_sync(bool skip)
{
	lock();
	state.skip_sync = skip;
	unlock();
}

void
fault_hold_sync(void)
{
	lock();
	state.hold = true;
	unlock();
}

void
fault_wait_held(void)
{
	struct timespec until;

	ensure(clock_gettime(CLOCK_REALTIME, &until) == 0);
	until.tv_sec += HELD_SEC;
	lock();
	while (!state.held) {
		/* A log that is not synced at all would be waited for here. */
		ensure(pthread_cond_timedwait(
			   &state.change, &state.lock, &until) == 0);
	}
	unlock();
}

void
fault_release(void)
{
	lock();
	state.hold = false;
	ensure(pthread_cond_broadcast(&state.change) == 0);
	unlock();
}

unsigned
fault_num_syncs(void)
{
	unsigned num;

	lock();
	num = state.num_syncs;
	unlock();
	return num;
}

unsigned
fault_num_writes(void)
{
	unsigned num;

	lock();
	num = state.num_writes;
	unlock();
	return num;
}

void
fault_power_cut(const char *dir, const char *to)
{
	char from[NAME_SIZE], into[NAME_SIZE];
	struct dirent *e;
	size_t len;
	DIR *d;

	d = opendir(dir);
	ensure(d != NULL);
	while ((e = readdir(d)) != NULL) {
		len = strlen(e->d_name);
		if (len < sizeof(durable) ||
		    strcmp(e->d_name + len - (sizeof(durable) - 1), durable) !=
			0) {
			continue;
		}
		len -= sizeof(durable) - 1;
		(void)snprintf(from, sizeof(from), "%s/%s", dir, e->d_name);
		(void)snprintf(
		    into, sizeof(into), "%s/%.*s", to, (int)len, e->d_name);
		copy_file(from, into);
	}
	ensure(closedir(d) == 0);
}
