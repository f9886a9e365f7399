/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/file.h"
#include "os/process.h"
#include "os/socket.h"

static int
wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		assert_int_equal(errno, EINTR);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 1000 + WTERMSIG(status);
}

/* Run `sh -c script` with these descriptors; what it writes to 5. */
static int
run(const char *script, const struct spawn_fd *more, size_t num_more,
    struct buf *out)
{
	const char *const argv[] = {"sh", "-c", script, NULL};
	const char *const envp[] = {"ONLY=this", NULL};
	struct spawn_fd fds[8];
	struct errinfo ei;
	int ends[2];
	char text[4096];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	fds[0] = (struct spawn_fd){ends[1], 5};
	for (size_t i = 0; i < num_more; i++) {
		fds[i + 1] = more[i];
	}
	assert_ok(process_spawn(&(struct spawn){.path = "/bin/sh",
				    .argv = argv,
				    .envp = envp,
				    .fds = fds,
				    .num_fds = num_more + 1},
		      &pid, &ei),
	    &ei);
	fd_close(ends[1]);
	while ((n = read(ends[0], text, sizeof(text))) > 0) {
		buf_add(out, slice_make(text, (size_t)n));
	}
	fd_close(ends[0]);
	return wait_for(pid);
}

static void
gets_what_it_is_given_and_nothing_else(void **state)
{
	struct buf out = BUF_INIT(65536);
	int leaked = open("/etc/passwd", O_RDONLY); /* NOLINT: on purpose */

	(void)state;
	assert_true(leaked >= 0);
	assert_int_equal(dup2(leaked, 77), 77);
	assert_int_equal(
	    run("env >&5; ls -l /proc/self/fd | sed 's/.* \\([0-9]* -> .*\\)/"
		"\\1/' >&5",
		NULL, 0, &out),
	    0);
	assert_non_null(strstr(buf_cstr(&out), "ONLY=this"));
	assert_null(strstr(buf_cstr(&out), "PATH=/"));
	assert_null(strstr(buf_cstr(&out), "HOME="));
	assert_null(strstr(buf_cstr(&out), "passwd"));
	assert_non_null(strstr(buf_cstr(&out), "0 -> /dev/null"));
	buf_clear(&out);
	fd_close(leaked);
	fd_close(77);
}

/* Two descriptors that each want the other's place, and the report pipe's
 * usual place. */
static void
descriptors_can_swap(void **state)
{
	struct buf out = BUF_INIT(65536);
	struct spawn_fd swap[3];
	int one[2], two[2], a, b;
	char script[128];

	(void)state;
	assert_int_equal(pipe2(one, O_CLOEXEC), 0);
	assert_int_equal(pipe2(two, O_CLOEXEC), 0);
	assert_int_equal(write(one[1], "one\n", 4), 4);
	assert_int_equal(write(two[1], "two\n", 4), 4);
	/* Away from 5, which run() uses; one digit, for the shell. */
	a = fcntl(one[0], F_DUPFD_CLOEXEC, 6);
	b = fcntl(two[0], F_DUPFD_CLOEXEC, 6);
	assert_true(a > 5 && b > a && b < 9);
	swap[0] = (struct spawn_fd){a, b};
	swap[1] = (struct spawn_fd){b, a};
	swap[2] = (struct spawn_fd){a, 9};
	(void)snprintf(script, sizeof(script),
	    "read a <&%d; read b <&%d; echo $a $b >&5", b, a);
	assert_int_equal(run(script, swap, 3, &out), 0);
	assert_string_equal(buf_cstr(&out), "one two\n");
	buf_clear(&out);
	fd_close(a);
	fd_close(b);
	fd_close(one[0]);
	fd_close(one[1]);
	fd_close(two[0]);
	fd_close(two[1]);
}

static void
a_failed_exec_is_seen(void **state)
{
	const char *const argv[] = {"x", NULL};
	const char *const envp[] = {NULL};
	struct spawn s = {.path = "/nonexistent", .argv = argv, .envp = envp};
	struct errinfo ei;
	pid_t pid = -5;

	(void)state;
	assert_int_equal(process_spawn(&s, &pid, &ei), ERR_SYS);
	assert_int_equal(ei.sys, ENOENT);
	assert_int_equal(pid, -5);
	s.path = "/etc/passwd";
	assert_int_equal(process_spawn(&s, &pid, &ei), ERR_SYS);
	assert_int_equal(ei.sys, EACCES);
}

static void
names_users(void **state)
{
	struct errinfo ei;
	uid_t uid;
	gid_t gid;

	(void)state;
	assert_ok(process_user("64001", &uid, &gid, &ei), &ei);
	assert_int_equal(uid, 64001);
	assert_int_equal(gid, 64001);
	assert_ok(process_user("64001:7", &uid, &gid, &ei), &ei);
	assert_int_equal(gid, 7);
	assert_ok(process_user("root", &uid, &gid, &ei), &ei);
	assert_int_equal(uid, 0);
	assert_int_equal(
	    process_user("no-such-user-here", &uid, &gid, &ei), ERR_NOTFOUND);
	assert_int_equal(process_user("64001:", &uid, &gid, &ei), ERR_NOTFOUND);
	assert_int_equal(
	    process_user("4294967295", &uid, &gid, &ei), ERR_NOTFOUND);
}

static void
drops_for_ever(void **state)
{
	struct errinfo ei;
	pid_t pid;

	(void)state;
	if (geteuid() != 0) {
		print_message("only root can drop to another user\n");
		skip();
	}
	pid = fork();
	if (pid == 0) {
		_exit(process_drop(64001, 64001, &ei) == ERR_OK &&
			      getuid() == 64001 && getgid() == 64001 &&
			      getgroups(0, NULL) == 0 && setuid(0) != 0
			  ? 0
			  : 1);
	}
	assert_int_equal(wait_for(pid), 0);
	pid = fork();
	if (pid == 0) { /* an ordinary user may stay what it is, only */
		_exit(process_drop(64001, 64001, &ei) == ERR_OK &&
			      process_drop(64001, 64001, &ei) == ERR_OK &&
			      process_drop(64002, 64002, &ei) == ERR_SYS
			  ? 0
			  : 1);
	}
	assert_int_equal(wait_for(pid), 0);
}

static void
follows_its_parent(void **state)
{
	struct errinfo ei;
	int ends[2], gone[2];
	pid_t pid;
	char byte;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(pipe2(gone, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) { /* the parent of the one that follows */
		pid_t parent = getpid();

		if (fork() == 0) {
			if (process_follow_parent(parent, &ei) != ERR_OK) {
				_exit(1);
			}
			(void)!write(ends[1], "x", 1);
			fd_close(ends[1]);
			(void)pause();
		}
		fd_close(ends[1]);
		fd_close(gone[1]);
		(void)!read(ends[0], &byte, 1);
		_exit(0);
	}
	fd_close(gone[1]);
	assert_int_equal(wait_for(pid), 0);
	/* Its end of the pipe closes only when it has ended. */
	assert_int_equal(read(gone[0], &byte, 1), 0);
	assert_int_equal(process_follow_parent(1 << 30, &ei), ERR_STATE);
	fd_close(ends[0]);
	fd_close(ends[1]);
	fd_close(gone[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gets_what_it_is_given_and_nothing_else),
	    cmocka_unit_test(descriptors_can_swap),
	    cmocka_unit_test(a_failed_exec_is_seen),
	    cmocka_unit_test(names_users),
	    cmocka_unit_test(drops_for_ever),
	    /* Last: this process follows nobody, and is told so. */
	    cmocka_unit_test(follows_its_parent),
	};

	return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
