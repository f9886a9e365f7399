/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/slice.h"
#include "os/file.h"

enum {
	NO_WALL = 250
};

/* --- files -------------------------------------------------------------- */

static int
try_read(const struct probe_at *at)
{
	int fd = open(at->path, O_RDONLY | O_CLOEXEC);
	char byte;
	int why;

	if (fd < 0) {
		return errno;
	}
	/* /proc/PID/mem opens, and has nothing at 0: EIO is success. */
	why = read(fd, &byte, 1) < 0 && errno != EIO ? errno : 0;
	fd_close(fd);
	return why;
}

static int
try_list(const struct probe_at *at)
{
	int fd = open(at->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		return errno;
	}
	fd_close(fd);
	return 0;
}

static int
try_write(const struct probe_at *at)
{
	int fd = open(at->path, O_WRONLY | O_CLOEXEC);

	if (fd < 0) {
		return errno;
	}
	fd_close(fd);
	return 0;
}

static int
try_create(const struct probe_at *at)
{
	int fd = open(at->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0) {
		return errno;
	}
	fd_close(fd);
	(void)unlink(at->path);
	return 0;
}

/* Put another file of ours in the place of this one. */
static int
try_replace(const struct probe_at *at)
{
	int fd = open("probe.tmp", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	int why;

	if (fd < 0) {
		return errno;
	}
	fd_close(fd);
	why = rename("probe.tmp", at->path) == 0 ? 0 : errno;
	(void)unlink("probe.tmp");
	return why;
}

static int
try_remove(const struct probe_at *at)
{
	return unlink(at->path) == 0 ? 0 : errno;
}

/* --- other processes ---------------------------------------------------- */

static int
try_ptrace(const struct probe_at *at)
{
	if (ptrace(PTRACE_ATTACH, at->pid, NULL, NULL) != 0) {
		return errno;
	}
	(void)waitpid(at->pid, NULL, __WALL);
	(void)ptrace(PTRACE_DETACH, at->pid, NULL, NULL);
	return 0;
}

static int
try_vm_read(const struct probe_at *at)
{
	char byte;
	struct iovec here = {&byte, 1};
	struct iovec there = {(void *)4096, 1};

	/* The right is judged before the address: EFAULT is success. */
	return process_vm_readv(at->pid, &here, 1, &there, 1, 0) < 0 &&
		       errno != EFAULT
		   ? errno
		   : 0;
}

static int
try_signal(const struct probe_at *at)
{
	return kill(at->pid, 0) == 0 ? 0 : errno;
}

/* --- outwards ----------------------------------------------------------- */

static int
try_socket(const struct probe_at *at)
{
	(void)at;
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) >= 0 ? 0 : errno;
}

static int
try_local_socket(const struct probe_at *at)
{
	(void)at;
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0) >= 0 ? 0
								      : errno;
}

static int
address(const struct probe_at *at, struct sockaddr_in *out)
{
	*out = (struct sockaddr_in){
	    .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)at->port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int
try_connect(const struct probe_at *at)
{
	struct sockaddr_in to;
	int fd = address(at, &to);

	return connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ? 0 : errno;
}

static int
try_bind(const struct probe_at *at)
{
	struct sockaddr_in to;
	int fd = address(at, &to);

	return bind(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ? 0 : errno;
}

/* --- becoming another --------------------------------------------------- */

static int
try_exec(const struct probe_at *at)
{
	char *const argv[] = {(char[]){"true"}, NULL};

	(void)at;
	(void)execve("/bin/true", argv, argv + 1);
	return errno;
}

static int
try_fork(const struct probe_at *at)
{
	pid_t pid = fork();

	(void)at;
	if (pid == 0) {
		_exit(0);
	}
	return pid > 0 ? 0 : errno;
}

static int
try_root(const struct probe_at *at)
{
	(void)at;
	return setuid(0) == 0 ? 0 : errno;
}

static int
try_dumpable(const struct probe_at *at)
{
	(void)at;
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0 ? 0 : errno;
}

static int
try_code(const struct probe_at *at)
{
	(void)at;
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED
		   ? 0
		   : errno;
}

static const struct probe probes[] = {
    {"read", try_read},
    {"list", try_list},
    {"write", try_write},
    {"create", try_create},
    {"replace", try_replace},
    {"remove", try_remove},
    {"ptrace", try_ptrace},
    {"vm-read", try_vm_read},
    {"signal", try_signal},
    {"socket", try_socket},
    {"local-socket", try_local_socket},
    {"connect", try_connect},
    {"bind", try_bind},
    {"exec", try_exec},
    {"fork", try_fork},
    {"root", try_root},
    {"dumpable", try_dumpable},
    {"code", try_code},
};

const struct probe *
probe_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
		if (strcmp(probes[i].name, name) == 0) {
			return &probes[i];
		}
	}
	return NULL;
}

/* --- making the attempt ------------------------------------------------- */

static void
describe(int status, char out[PROBE_TEXT])
{
	static const struct {
		int value;
		const char *name;
	} errors[] = {{0, "done"}, {EACCES, "EACCES"}, {EPERM, "EPERM"},
	    {ENOENT, "ENOENT"}, {ESRCH, "ESRCH"}, {EROFS, "EROFS"},
	    {EXDEV, "EXDEV"}, {ECONNREFUSED, "ECONNREFUSED"},
	    {EADDRINUSE, "EADDRINUSE"}, {NO_WALL, "no wall"}},
	  signals[] = {{SIGSYS, "SIGSYS"}, {SIGSEGV, "SIGSEGV"},
	      {SIGABRT, "SIGABRT"}, {SIGKILL, "SIGKILL"}};

	if (WIFSIGNALED(status)) {
		(void)snprintf(out, PROBE_TEXT, "signal %d", WTERMSIG(status));
		for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
			if (signals[i].value == WTERMSIG(status)) {
				(void)snprintf(
				    out, PROBE_TEXT, "%s", signals[i].name);
			}
		}
		return;
	}
	(void)snprintf(out, PROBE_TEXT, "errno %d", WEXITSTATUS(status));
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		if (errors[i].value == WEXITSTATUS(status)) {
			(void)snprintf(out, PROBE_TEXT, "%s", errors[i].name);
		}
	}
}

void
probe_run(const struct probe *p, const struct probe_at *at, probe_wall *wall,
    void *arg, char out[PROBE_TEXT])
{
	struct errinfo ei = {0};
	int status = 0;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	ensure(pid >= 0);
	if (pid == 0) {
		if (wall != NULL && wall(arg, &ei) != ERR_OK) {
			_exit(NO_WALL);
		}
		_exit(p->run(at));
	}
	while (waitpid(pid, &status, 0) < 0) {
		ensure(errno == EINTR);
	}
	describe(status, out);
}
