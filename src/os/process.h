/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_PROCESS_H
#define SURGUCH_OS_PROCESS_H
/*
 * Starting programs and becoming a lesser user.
 */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* `fd` of this process becomes `as` of the new one. */
struct spawn_fd {
	int fd;
	int as;
};

/*
 * path   the program, exec'ed as it is (no search)
 * argv   NULL-terminated, argv[0] included
 * envp   NULL-terminated; the whole environment of the new process
 * fds    what it gets besides standard error; 0 and 1 are /dev/null unless
 *        listed.  Nothing else is open in it.
 */
struct spawn {
	const char *path;
	const char *const *argv;
	const char *const *envp;
	const struct spawn_fd *fds;
	size_t num_fds;
};
/* ERR_SYS when it could not be started; an exec that fails is seen here. */
ATTR_MUST_USE enum err process_spawn(
    const struct spawn *s, pid_t *out_pid, struct errinfo *ei);
/* In a child that another library has made, before it execs: every signal is as
 * a program expects it.  process_spawn() does it by itself. */
bool process_reset_signals(void);

/* Wait for a process of ours to end by itself, at most grace_ms; then tell it
 * to, and after as long again make it.  Afterwards it is gone. */
void process_end(pid_t pid, unsigned grace_ms);
/* End a process of ours at once; whoever started it waits for it. */
void process_kill(pid_t pid);

/*
 * Give up uid, gid and all supplementary groups for ever; checks that they
 * cannot be had back.  Nothing to do when they are ours already and no
 * other; ERR_DENIED when we may not.
 */
ATTR_MUST_USE enum err process_drop(uid_t uid, gid_t gid, struct errinfo *ei);
/* Ask the kernel to end this process when its parent ends; after
 * process_drop(), which clears it.  ERR_STATE when the parent is gone. */
ATTR_MUST_USE enum err process_follow_parent(pid_t parent, struct errinfo *ei);

/* A user name, or decimal "uid" or "uid:gid".  ERR_NOTFOUND. */
ATTR_MUST_USE enum err process_user(
    const char *user, uid_t *out_uid, gid_t *out_gid, struct errinfo *ei);

enum {
	USER_NAME_SIZE = 64,
};
/* Of the effective uid.  ERR_NOTFOUND "process.user". */
ATTR_MUST_USE enum err process_own_name(
    char out[USER_NAME_SIZE], struct errinfo *ei);

/* As many descriptors as this process may have at all; before the walls. */
void process_raise_files(void);

/* What ps and top call the calling thread: at most 15 octets. */
void thread_name(const char *name);

#endif
