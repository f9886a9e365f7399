/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_SEAM_VFS_H
#define SURGUCH_STORE_SEAM_VFS_H
/*
 * Lost power, for the database (os/seam.h says it for the journal).  A kill
 * leaves in the page cache what a power cut would have taken, so in a build
 * with -Dtest_seams=true and with SURGUCH_TEST_SYNCED in the environment the
 * database is opened through a SQLite VFS that keeps beside it what is
 * durable: NAME.durable gets a write when the file is synced, and takes the
 * file's place when a new process opens it.  With the value "some" every
 * second write, by chance, is durable at once, as when the kernel had begun to
 * write back.  SURGUCH_TEST_SYNC_OFF=wal or =db makes the syncs of the log or
 * of the database idle.  In a release there is nothing of it.
 */
#include <stddef.h>

#ifdef SURGUCH_TEST_SEAMS
/* The name of the VFS, or NULL for the system's. */
const char *seam_vfs(void);
#else
static inline const char *
seam_vfs(void)
{
	return NULL;
}
#endif

#endif
