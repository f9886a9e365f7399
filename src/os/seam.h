/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_SEAM_H
#define SURGUCH_OS_SEAM_H
/*
 * Named steps where a test may stop or kill the process.  With
 * -Dtest_seams=true and SURGUCH_SEAM_FD in the environment, seam() writes
 * "NAME PID\n" to that descriptor (a socket) and waits for the answer: PID in
 * decimal, filled up with spaces to SEAM_ANSWER_SIZE bytes.  The descriptor is
 * shared by all roles, so a process holds a lock on it while it waits, and
 * passes over what was meant for another that was killed meanwhile.  In a
 * release it is nothing.
 */
#include <stdint.h>

#ifdef SURGUCH_TEST_SEAMS
enum {
	SEAM_ANSWER_SIZE = 12
};
void seam(const char *name);
/* True when SURGUCH_TEST_WALL_OFF names this wall: "uid", "seccomp",
 * "landlock", "dumpable".  The proof that a wall's test can fail. */
int seam_wall_off(const char *wall);
/*
 * Lost power: a kill leaves in the page cache what a power cut would have
 * taken.  With SURGUCH_TEST_SYNCED in the environment seam_synced() notes in
 * PATH.synced (8 bytes, native) how much of a file has been made durable.
 * seam_sync_off() is true when SURGUCH_TEST_SYNC_OFF names this sync site,
 * which must make such a test fail.
 */
int seam_sync_off(const char *site);
void seam_synced(const char *path, uint64_t size);
/*
 * A new process has opened the file: with SURGUCH_TEST_SYNCED, what is not
 * noted as durable is cut off; with its value "some", a part of it by chance,
 * and a piece of the rest may be zeros.
 */
void seam_power_cut(int fd, const char *path);
/* A disk such as FAT, which keeps no modes and has no links: true of what lies
 * below SURGUCH_TEST_PLAIN_DISK. */
int seam_plain_disk(const char *path);
#else
static inline void
seam(const char *name)
{
	(void)name;
}

static inline int
seam_wall_off(const char *wall)
{
	(void)wall;
	return 0;
}

static inline int
seam_sync_off(const char *site)
{
	(void)site;
	return 0;
}

static inline int
seam_plain_disk(const char *path)
{
	(void)path;
	return 0;
}

static inline void
seam_synced(const char *path, uint64_t size)
{
	(void)path;
	(void)size;
}

static inline void
seam_power_cut(int fd, const char *path)
{
	(void)fd;
	(void)path;
}
#endif

#endif
