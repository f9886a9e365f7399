/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "os/process.h"

#include "softhsm.h"

#define UTIL "/usr/bin/softhsm2-util"

static void
join(const struct softhsm *h, const char *name, char out[PATH_TEXT_SIZE])
{
	struct errinfo ei;

	assert_ok(path_join(out, h->dir, name, &ei), &ei);
}

static void
write_file(const char *path, const char *text)
{
	struct errinfo ei;

	assert_ok(file_write_atomic(path, slice_str(text), 0644, &ei), &ei);
}

static void
init_token(const struct softhsm *h)
{
	const char *const argv[] = {"softhsm2-util", "--init-token", "--free",
	    "--label", SOFTHSM_TOKEN, "--so-pin", "87654321", "--pin",
	    SOFTHSM_PIN, NULL};
	char env[PATH_TEXT_SIZE + 16];
	const char *const envp[] = {env, NULL};
	struct errinfo ei;
	int status;
	pid_t pid;

	(void)snprintf(env, sizeof(env), "SOFTHSM2_CONF=%s", h->conf);
	assert_ok(process_spawn(
		      &(struct spawn){.path = UTIL, .argv = argv, .envp = envp},
		      &pid, &ei),
	    &ei);
	while (waitpid(pid, &status, 0) < 0) {
		assert_int_equal(errno, EINTR);
	}
	assert_int_equal(status, 0);
}

bool
softhsm_open(struct softhsm *h)
{
	const char *module = getenv("SURGUCH_FAULTY_MODULE");
	const char *tmp = getenv("TMPDIR");
	char tokens[PATH_TEXT_SIZE], text[PATH_TEXT_SIZE + 128];
	struct errinfo ei;

	if (module == NULL || !file_exists(UTIL)) {
		print_message("no SURGUCH_FAULTY_MODULE or no " UTIL
			      ": run this by meson test, with softhsm2\n");
		return false;
	}
	(void)snprintf(h->module, sizeof(h->module), "%s", module);
	(void)snprintf(h->dir, sizeof(h->dir), "%s/surguch-hsm-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(h->dir));
	join(h, "tokens", tokens);
	join(h, "softhsm2.conf", h->conf);
	join(h, "order", h->order);
	join(h, "log", h->log);
	assert_ok(dir_make(tokens, 0700, &ei), &ei);
	(void)snprintf(text, sizeof(text),
	    "directories.tokendir = %s\nobjectstore.backend = file\n"
	    "log.level = ERROR\n",
	    tokens);
	write_file(h->conf, text);
	write_file(h->log, "");
	softhsm_order(h, "");
	init_token(h);
	assert_int_equal(setenv("SOFTHSM2_CONF", h->conf, 1), 0);
	assert_int_equal(setenv("FAULTY_DO", h->order, 1), 0);
	assert_int_equal(setenv("FAULTY_LOG", h->log, 1), 0);
	return true;
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
softhsm_close(struct softhsm *h)
{
	(void)nftw(h->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void
softhsm_order(const struct softhsm *h, const char *what)
{
	write_file(h->order, what);
}

unsigned
softhsm_calls(const struct softhsm *h, const char *function)
{
	struct buf log = BUF_INIT(1 << 20);
	struct errinfo ei;
	unsigned num = 0;
	char *save = NULL, *text;

	assert_ok(file_read(h->log, 1 << 20, &log, &ei), &ei);
	text = slice_dup_str(buf_slice(&log));
	assert_non_null(text);
	for (char *line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		num += strcmp(line, function) == 0;
	}
	free(text);
	buf_clear(&log);
	return num;
}
