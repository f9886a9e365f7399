/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "scratch/scratch.h"
#include "token_house.h"

enum {
	TEXT_MAX = 512,
	FILES_MAX = 1000
};

static char top[PATH_TEXT_SIZE];

static void
path_of(const char *slot, const char *name, char out[PATH_TEXT_SIZE])
{
	char dir[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	assert_ok(path_join(dir, top, slot, &ei), &ei);
	assert_ok(dir_make(dir, 0700, &ei), &ei);
	assert_ok(path_join(out, dir, name, &ei), &ei);
}

static void
put(const char *slot, const char *name, const char *text)
{
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	path_of(slot, name, path);
	assert_ok(file_write_atomic(path, slice_str(text), 0600, &ei), &ei);
}

void
token_house_open(void)
{
	scratch_open("tokens", top);
	assert_int_equal(setenv("SURGUCH_TEST_TOKENS", top, 1), 0);
}

void
token_house_close(void)
{
	scratch_close(top);
}

void
token_house_insert(const char *slot, const char *description, ...)
{
	char text[TEXT_MAX];
	va_list ap;

	va_start(ap, description);
	(void)vsnprintf(text, sizeof(text), description, ap);
	va_end(ap);
	put(slot, "token", text);
}

void
token_house_clean(const char *slot)
{
	char dir[PATH_TEXT_SIZE], path[PATH_TEXT_SIZE], **names = NULL;
	struct errinfo ei = {0};
	size_t num = 0;

	path_of(slot, "objects", dir);
	if (!file_exists(dir)) {
		return;
	}
	assert_ok(dir_list(dir, NULL, FILES_MAX, &names, &num, &ei), &ei);
	for (size_t i = 0; i < num; i++) {
		assert_ok(path_join(path, dir, names[i], &ei), &ei);
		assert_int_equal(unlink(path), 0);
	}
	dir_list_free(names, num);
}

void
token_house_pull(const char *slot)
{
	put(slot, "out", "");
}

void
token_house_put_back(const char *slot)
{
	char path[PATH_TEXT_SIZE];

	path_of(slot, "out", path);
	assert_int_equal(unlink(path), 0);
}

void
token_house_fail(const char *slot, const char *what)
{
	put(slot, "fail", what);
}
