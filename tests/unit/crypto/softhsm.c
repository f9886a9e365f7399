/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "scratch/scratch.h"

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

	(void)snprintf(env, sizeof(env), "SOFTHSM2_CONF=%s", h->conf);
	assert_int_equal(scratch_run(UTIL, argv, envp), 0);
}

bool
softhsm_open(struct softhsm *h)
{
	const char *module = getenv("SURGUCH_FAULTY_MODULE");
	char tokens[PATH_TEXT_SIZE], text[PATH_TEXT_SIZE + 128];
	struct errinfo ei;

	if (module == NULL || !file_exists(UTIL)) {
		print_message("no SURGUCH_FAULTY_MODULE or no " UTIL
			      ": run this by meson test, with softhsm2\n");
		return false;
	}
	(void)snprintf(h->module, sizeof(h->module), "%s", module);
	scratch_open("hsm", h->dir);
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

void
softhsm_close(struct softhsm *h)
{
	scratch_close(h->dir);
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
