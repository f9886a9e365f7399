/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walls, one after another, each tried by a process that stands behind
 * it: what must be impossible, and beside it the nearest thing that must not.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/confine.h"
#include "os/file.h"
#include "os/socket.h"

#if defined(__SANITIZE_ADDRESS__)
enum {
	SANITIZED = 1
};
#else
enum {
	SANITIZED = 0
};
#endif

static char dir[] = "/tmp/surguch-confine-XXXXXX";

static const struct confine_call *const signer_calls[] = {
    confine_calls_base, confine_calls_files, confine_calls_messages, NULL};

/* Run `f` in a process behind the walls; its exit status, or 1000 and the
 * signal that killed it. */
static int
behind(int (*f)(void), bool landlock_only)
{
	const struct confine_path paths[] = {
	    {dir, CONFINE_READ | CONFINE_WRITE},
	    {"/nonexistent", CONFINE_READ},
	};
	struct confine c = {
	    .role = "test",
	    .paths = paths,
	    .num_paths = ARRAY_LEN(paths),
	    .calls = signer_calls,
	};
	struct errinfo ei = {0};
	int status;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		/* A wall alone is tried with the others taken away. */
		if (landlock_only) {
			(void)setenv("SURGUCH_TEST_WALL_OFF", "seccomp", 1);
		}
		if (confine_hide(&ei) != ERR_OK ||
		    confine_apply(&c, &ei) != ERR_OK) {
			(void)fprintf(stderr, "%s: %s\n", ei.rule, ei.text);
			_exit(99);
		}
		_exit(f());
	}
	while (waitpid(pid, &status, 0) < 0) {
		assert_int_equal(errno, EINTR);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 1000 + WTERMSIG(status);
}

/* --- what a signer does ------------------------------------------------- */

static int
does_its_work(void)
{
	char path[PATH_TEXT_SIZE];
	struct buf b = BUF_INIT(100);
	struct errinfo ei;

	if (path_join(path, dir, "own", &ei) != ERR_OK ||
	    file_write_atomic(path, SLICE_LIT("x"), 0600, &ei) != ERR_OK ||
	    file_read(path, 10, &b, &ei) != ERR_OK || unlink(path) != 0) {
		return 1;
	}
	buf_clear(&b);
	return 0;
}

/* --- seccomp: each of these is the last thing it does ------------------- */

static int
opens_a_socket(void)
{
	(void)socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return 0;
}

static int
connects(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET};

	(void)connect(0, (struct sockaddr *)&at, sizeof(at));
	return 0;
}

static int
executes(void)
{
	char *const argv[] = {(char[]){"true"}, NULL};

	(void)execve("/bin/true", argv, argv + 1);
	return 0;
}

static int
forks(void)
{
	(void)fork();
	return 0;
}

static void *
idle(void *arg)
{
	return arg;
}

static int
starts_a_thread(void)
{
	pthread_t t;

	(void)pthread_create(&t, NULL, idle, NULL);
	return 0;
}

static int
traces(void)
{
	(void)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
	return 0;
}

static int
kills_another(void)
{
	(void)kill(getppid(), 0);
	return 0;
}

static int
becomes_dumpable(void)
{
	(void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	return 0;
}

static int
makes_code(void)
{
	(void)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return 0;
}

static int
makes_code_later(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)mprotect(p, 4096, PROT_READ | PROT_EXEC);
	return 0;
}

static int
raises_a_limit(void)
{
	struct rlimit r = {1 << 20, 1 << 20};

	(void)setrlimit(RLIMIT_NOFILE, &r);
	return 0;
}

static const struct {
	const char *name;
	int (*f)(void);
} forbidden[] = {
    {"socket", opens_a_socket},
    {"connect", connects},
    {"execve", executes},
    {"fork", forks},
    {"thread", starts_a_thread},
    {"ptrace", traces},
    {"kill", kills_another},
    {"dumpable", becomes_dumpable},
    {"executable mmap", makes_code},
    {"executable mprotect", makes_code_later},
    {"setrlimit", raises_a_limit},
};

static void
a_forbidden_call_kills(void **state)
{
	(void)state;
	if (SANITIZED) {
		print_message("not under a sanitizer\n");
		skip();
	}
	assert_int_equal(behind(does_its_work, false), 0);
	for (size_t i = 0; i < ARRAY_LEN(forbidden); i++) {
		int got = behind(forbidden[i].f, false);

		if (got != 1000 + SIGSYS) {
			print_error("%s: %d\n", forbidden[i].name, got);
		}
		assert_int_equal(got, 1000 + SIGSYS);
	}
}

/* --- Landlock: these fail, without seccomp ------------------------------ */

static int
reads_elsewhere(void)
{
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	return fd < 0 && errno == EACCES ? 0 : 1;
}

static int
lists_elsewhere(void)
{
	int fd = open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 && errno == EACCES ? 0 : 1;
}

static int
writes_elsewhere(void)
{
	int fd = open(
	    "/tmp/surguch-confine-out", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 && errno == EACCES ? 0 : 1;
}

static int
climbs_out(void)
{
	char path[PATH_TEXT_SIZE];
	struct errinfo ei;
	int fd;

	if (path_join(path, dir, "../../etc/passwd", &ei) != ERR_OK) {
		return 2;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 && errno == EACCES ? 0 : 1;
}

static int
runs_a_program(void)
{
	char *const argv[] = {(char[]){"true"}, NULL};

	(void)execve("/bin/true", argv, argv + 1);
	return errno == EACCES ? 0 : 1;
}

static int
connects_by_tcp(void)
{
	struct sockaddr_in at = {
	    .sin_family = AF_INET,
	    .sin_port = htons(1),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (confine_landlock_version() < 4) {
		return 0;
	}
	return connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0 &&
		       errno == EACCES
		   ? 0
		   : 1;
}

static int
signals_its_parent(void)
{
	if (confine_landlock_version() < 6) {
		return 0;
	}
	return kill(getppid(), 0) != 0 && errno == EPERM ? 0 : 1;
}

static int
traces_its_parent(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) != 0 ? 0 : 1;
}

static const struct {
	const char *name;
	int (*f)(void);
} unreachable[] = {
    {"own directory", does_its_work},
    {"read", reads_elsewhere},
    {"list", lists_elsewhere},
    {"write", writes_elsewhere},
    {"climb", climbs_out},
    {"execute", runs_a_program},
    {"connect", connects_by_tcp},
    {"signal", signals_its_parent},
    {"ptrace", traces_its_parent},
};

static void
other_paths_are_out_of_reach(void **state)
{
	(void)state;
	if (confine_landlock_version() == 0) {
		print_message("this kernel has no Landlock\n");
		skip();
	}
#ifndef SURGUCH_TEST_SEAMS
	print_message("needs -Dtest_seams=true, to take seccomp away\n");
	skip();
#endif
	for (size_t i = 0; i < ARRAY_LEN(unreachable); i++) {
		int got = behind(unreachable[i].f, true);

		if (got != 0) {
			print_error("%s: %d\n", unreachable[i].name, got);
		}
		assert_int_equal(got, 0);
	}
}

/* --- hidden ------------------------------------------------------------- */

/* A process of the same, ordinary uid cannot look into one that hides; it
 * can into one that does not, so this test can fail. */
static int
can_trace(bool hide)
{
	struct errinfo ei;
	int ready[2], status, got;
	pid_t victim, other;
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	victim = fork();
	if (victim == 0) {
		if ((geteuid() == 0 && setuid(64001) != 0) ||
		    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0 ||
		    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0) > 0 ||
		    (hide && confine_hide(&ei) != ERR_OK)) {
			_exit(1);
		}
		(void)!write(ready[1], "x", 1);
		(void)pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	other = fork();
	if (other == 0) {
		char path[64];
		int fd;

		if (geteuid() == 0 && setuid(64001) != 0) {
			_exit(2);
		}
		(void)snprintf(path, sizeof(path), "/proc/%d/mem", (int)victim);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		got = ptrace(PTRACE_ATTACH, victim, NULL, NULL) == 0;
		_exit((fd >= 0 || got) ? 1 : 0);
	}
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_true(WIFEXITED(status));
	assert_int_equal(kill(victim, SIGKILL), 0);
	assert_int_equal(waitpid(victim, NULL, 0), victim);
	fd_close(ready[0]);
	fd_close(ready[1]);
	return WEXITSTATUS(status);
}

static void
a_hidden_process_is_not_looked_into(void **state)
{
	(void)state;
	assert_int_equal(can_trace(false), 1);
	assert_int_equal(can_trace(true), 0);
}

static int
set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	(void)unlink("/tmp/surguch-confine-out");
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_forbidden_call_kills),
	    cmocka_unit_test(other_paths_are_out_of_reach),
	    cmocka_unit_test(a_hidden_process_is_not_looked_into),
	};

	return cmocka_run_group_tests_name("confine", tests, set_up, tear_down);
}
