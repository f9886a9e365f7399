/* SPDX-License-Identifier: Apache-2.0 */
#include "reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "unit.h"
#include "x509/pem.h"

static void
join(char out[PATH_SIZE], const char *a, const char *b, const char *c)
{
	int len = snprintf(out, PATH_SIZE, "%s%s%s", a, b, c);

	assert_true(len > 0 && len < PATH_SIZE);
}

bool
reference_path(const char *set, const char *sub, char out[PATH_SIZE])
{
	const char *dir = getenv("SURGUCH_REFERENCE_DATA");
	const char *root = getenv("SURGUCH_SOURCE_ROOT");
	char data[PATH_SIZE], folder[PATH_SIZE];
	struct stat st;

	if (dir != NULL) {
		join(data, dir, "", "");
	} else {
		join(data, root != NULL ? root : ".", "/../shared/data", "");
	}
	join(folder, data, "/", set);
	join(out, folder, "/", sub);
	if (stat(out, &st) != 0) {
		print_message("no reference data at %s\n", out);
		return false;
	}
	return true;
}

bool
reference_dir(const char *sub, char out[PATH_SIZE])
{
	return reference_path("gost", sub, out);
}

void
data_path(const char *name, char out[PATH_SIZE])
{
	const char *root = getenv("SURGUCH_SOURCE_ROOT");

	join(out, root != NULL ? root : ".", "/tests/data/x509/", name);
}

void
load_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rbe");
	uint8_t block[4096];
	size_t len;

	if (f == NULL) {
		fail_msg("cannot open %s", path);
	}
	while ((len = fread(block, 1, sizeof(block), f)) > 0) {
		buf_add(out, slice_make(block, len));
	}
	assert_int_equal(ferror(f), 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(out->err, ERR_OK);
	assert_true(out->len > 0);
}

void
load_der(const char *path, struct buf *out)
{
	struct buf file = BUF_INIT(FILE_BYTES);
	struct errinfo ei = {0};
	struct slice text;

	load_file(path, &file);
	text = buf_slice(&file);
	if (pem_looks_like(text)) {
		assert_ok(pem_get(&text, PEM_CERTIFICATE, out, &ei), &ei);
		assert_int_equal(
		    pem_get(&text, PEM_CERTIFICATE, out, &ei), ERR_NOTFOUND);
	} else {
		buf_add(out, text);
	}
	buf_clear(&file);
}

bool
ends_with(const char *name, const char *end)
{
	size_t a = strlen(name), b = strlen(end);

	return a >= b && strcmp(name + a - b, end) == 0;
}
