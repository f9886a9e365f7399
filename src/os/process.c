/* SPDX-License-Identifier: Apache-2.0 */
#include "os/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/slice.h"
#include "base/text.h"
#include "os/file.h"
#include "os/seam.h"
#include "os/wait.h"

enum {
	SPAWN_FDS_MAX = 128,
	LOOK_MS = 20,
};

/* --- starting a program ------------------------------------------------- */

/*
 * From here to exec only async-signal-safe calls: the parent may have
 * threads.  Descriptors are first moved above every target, so that one
 * move cannot overwrite the source of another.
 */
static bool
move_fds(const struct spawn *s, int *spare, int *report)
{
	int floor = 2;

	for (size_t i = 0; i < s->num_fds; i++) {
		floor = s->fds[i].as > floor ? s->fds[i].as : floor;
	}
	*report = fcntl(*report, F_DUPFD_CLOEXEC, floor + 1);
	for (size_t i = 0; i < s->num_fds; i++) {
		spare[i] = fcntl(s->fds[i].fd, F_DUPFD_CLOEXEC, floor + 1);
		if (spare[i] < 0) {
			return false;
		}
	}
	return *report >= 0;
}

static bool
place_fds(const struct spawn *s, const int *spare)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0) {
		return false;
	}
	for (size_t i = 0; i < s->num_fds; i++) {
		if (dup2(spare[i], s->fds[i].as) < 0) {
			return false;
		}
	}
	return true;
}

/* Close what was not given: all of ours are close-on-exec, but a library or
 * whoever started us may have left others. */
static bool
shut_others(const struct spawn *s, int report)
{
	unsigned long kept[SPAWN_FDS_MAX + 4] = {0};
	size_t num = 0;
	unsigned from = 0;

	kept[num++] = 0;
	kept[num++] = 1;
	kept[num++] = 2;
	kept[num++] = (unsigned long)report;
	for (size_t i = 0; i < s->num_fds; i++) {
		kept[num++] = (unsigned long)s->fds[i].as;
	}
	for (;;) {
		unsigned long next = ~0UL;

		for (size_t i = 0; i < num; i++) {
			if (kept[i] >= from && kept[i] < next) {
				next = kept[i];
			}
		}
		if (next == ~0UL) {
			return close_range(from, ~0U, 0) == 0;
		}
		if (next > from &&
		    close_range(from, (unsigned)next - 1, 0) != 0) {
			return false;
		}
		from = (unsigned)next + 1;
	}
}

bool
process_reset_signals(void)
{
	struct sigaction plain;
	sigset_t none;

	memset(&plain, 0, sizeof(plain));
	plain.sa_handler = SIG_DFL;
	for (int i = 1; i < NSIG; i++) {
		/* Fails for SIGKILL, SIGSTOP and libc's own; that is fine. */
		(void)sigaction(i, &plain, NULL);
	}
	return sigemptyset(&none) == 0 &&
	       sigprocmask(SIG_SETMASK, &none, NULL) == 0;
}

ATTR_NORETURN static void
become(const struct spawn *s, int report)
{
	int spare[SPAWN_FDS_MAX];
	int why;

	if (move_fds(s, spare, &report) && place_fds(s, spare) &&
	    shut_others(s, report) && process_reset_signals()) {
		/* execve promises not to change what these point to. */
		(void)execve(s->path, (char *const *)(uintptr_t)s->argv,
		    (char *const *)(uintptr_t)s->envp);
	}
	why = errno;
	(void)!write(report, &why, sizeof(why));
	_exit(127);
}

enum err
process_spawn(const struct spawn *s, pid_t *out_pid, struct errinfo *ei)
{
	int report[2], why = 0;
	enum err err;
	ssize_t n;
	pid_t pid;

	ensure(s->num_fds <= SPAWN_FDS_MAX);
	if (pipe2(report, O_CLOEXEC) != 0) {
		return err_sys(ei, "process.spawn", "No pipe can be made");
	}
	pid = fork();
	if (pid < 0) {
		err = err_sys(ei, "process.spawn", "No process can be made");
		fd_close(report[0]);
		fd_close(report[1]);
		return err_object(ei, err, s->path);
	}
	if (pid == 0) {
		become(s, report[1]);
	}
	fd_close(report[1]);
	do {
		n = read(report[0], &why, sizeof(why));
	} while (n < 0 && errno == EINTR);
	fd_close(report[0]);
	if (n == 0) { /* closed by exec */
		*out_pid = pid;
		return ERR_OK;
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
		continue;
	}
	errno = n == (ssize_t)sizeof(why) ? why : EIO;
	err = err_sys(ei, "process.spawn", "The program cannot be started");
	return err_object(ei, err, s->path);
}

static bool
has_ended(pid_t pid, unsigned within_ms)
{
	for (unsigned waited = 0; waitpid(pid, NULL, WNOHANG) == 0;
	     waited += LOOK_MS) {
		if (waited >= within_ms) {
			return false;
		}
		sleep_ms(LOOK_MS);
	}
	return true;
}

void
process_end(pid_t pid, unsigned grace_ms)
{
	if (has_ended(pid, grace_ms)) {
		return;
	}
	(void)kill(pid, SIGTERM);
	if (has_ended(pid, grace_ms)) {
		return;
	}
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
		continue;
	}
}

/* --- users -------------------------------------------------------------- */

enum err
process_drop(uid_t uid, gid_t gid, struct errinfo *ei)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	if (seam_wall_off("uid")) {
		return ERR_OK;
	}
	if (geteuid() == 0 && setgroups(0, NULL) != 0) {
		return err_sys(ei, "process.drop",
		    "Supplementary groups cannot be given up");
	}
	if (setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0) {
		return err_sys(ei, "process.drop",
		    "Cannot become uid %lu, gid %lu", (unsigned long)uid,
		    (unsigned long)gid);
	}
	if (getresuid(&r, &e, &s) != 0 || getresgid(&rg, &eg, &sg) != 0 ||
	    r != uid || e != uid || s != uid || rg != gid || eg != gid ||
	    sg != gid) {
		return err_set(ei, ERR_DENIED, "process.drop", NULL,
		    "Becoming uid %lu did not work.", (unsigned long)uid);
	}
	if (uid != 0 && (setuid(0) == 0 || seteuid(0) == 0)) {
		return err_set(ei, ERR_DENIED, "process.drop", NULL,
		    "Uid 0 could be had back.");
	}
	return ERR_OK;
}

enum err
process_follow_parent(pid_t parent, struct errinfo *ei)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
		return err_sys(ei, "process.parent",
		    "The kernel does not tie this process to its parent");
	}
	if (getppid() != parent) {
		return err_set(ei, ERR_STATE, "process.parent", NULL,
		    "The parent has ended.");
	}
	return ERR_OK;
}

/* "uid" or "uid:gid" in decimal. */
static bool
numeric_user(const char *user, uid_t *out_uid, gid_t *out_gid)
{
	const char *colon = strchr(user, ':');
	struct slice whole = slice_str(user);
	struct slice first = whole;
	uint64_t uid, gid;

	if (colon != NULL) {
		first.len = (size_t)(colon - user);
	}
	if (!text_to_u64(first, &uid) || uid >= UINT32_MAX) {
		return false;
	}
	gid = uid;
	if (colon != NULL &&
	    (!text_to_u64(slice_str(colon + 1), &gid) || gid >= UINT32_MAX)) {
		return false;
	}
	*out_uid = (uid_t)uid;
	*out_gid = (gid_t)gid;
	return true;
}

enum err
process_user(
    const char *user, uid_t *out_uid, gid_t *out_gid, struct errinfo *ei)
{
	struct passwd entry, *found = NULL;
	char room[16384];
	enum err err;

	if (numeric_user(user, out_uid, out_gid)) {
		return ERR_OK;
	}
	if (getpwnam_r(user, &entry, room, sizeof(room), &found) != 0 ||
	    found == NULL) {
		err = err_set(ei, ERR_NOTFOUND, "process.user", NULL,
		    "There is no such user; give a name, a number, or "
		    "uid:gid.");
		return err_object(ei, err, user);
	}
	*out_uid = found->pw_uid;
	*out_gid = found->pw_gid;
	return ERR_OK;
}

enum err
process_own_name(char out[USER_NAME_SIZE], struct errinfo *ei)
{
	struct passwd entry, *found = NULL;
	char room[16384];

	if (getpwuid_r(geteuid(), &entry, room, sizeof(room), &found) != 0 ||
	    found == NULL || strlen(found->pw_name) >= USER_NAME_SIZE) {
		return err_set(ei, ERR_NOTFOUND, "process.user", NULL,
		    "The user of this process has no name.");
	}
	memcpy(out, found->pw_name, strlen(found->pw_name) + 1);
	return ERR_OK;
}

void
process_kill(pid_t pid)
{
	if (pid > 1) {
		(void)kill(pid, SIGKILL);
	}
}

void
process_raise_files(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = l.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &l);
	}
}

void
thread_name(const char *name)
{
	(void)prctl(PR_SET_NAME, name);
}
