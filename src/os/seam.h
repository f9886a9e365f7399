/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_SEAM_H
#define SURGUCH_OS_SEAM_H
/*
 * Named steps where a test may stop or kill the process.  With
 * -Dtest_seams=true and SURGUCH_SEAM_FD in the environment, seam() writes
 * "NAME PID\n" to that descriptor (one message of a SOCK_SEQPACKET socket)
 * and waits for one byte back.  The descriptor is shared by all roles, so a
 * process holds a lock on it while it waits and answers come to the asker.
 * In a release it is nothing.
 */
#ifdef SURGUCH_TEST_SEAMS
void seam(const char *name);
/* True when SURGUCH_TEST_WALL_OFF names this wall: "uid", "seccomp",
 * "landlock", "dumpable".  The proof that a wall's test can fail. */
int seam_wall_off(const char *wall);
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
#endif

#endif
