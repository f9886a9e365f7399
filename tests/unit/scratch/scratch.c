/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "os/process.h"

void
scratch_open(const char *name, char out[PATH_TEXT_SIZE])
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(out, PATH_TEXT_SIZE, "%s/surguch-%s-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp, name);
	assert_non_null(mkdtemp(out));
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

void
scratch_close(const char *dir)
{
	assert_int_equal(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

int
scratch_run(
    const char *program, const char *const *argv, const char *const *envp)
{
	struct errinfo ei;
	int status;
	pid_t pid;

	assert_ok(
	    process_spawn(
		&(struct spawn){.path = program, .argv = argv, .envp = envp},
		&pid, &ei),
	    &ei);
	while (waitpid(pid, &status, 0) < 0) {
		assert_int_equal(errno, EINTR);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
