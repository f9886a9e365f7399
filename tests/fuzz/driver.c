/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target over its corpus without any fuzzer, so that every corpus
 * is an ordinary test with any compiler:
 *
 *   TARGET-corpus FOLDER|FILE...
 *
 * Each file is given whole, then cut short at up to CUTS lengths and with one
 * byte changed at up to CUTS places: what a fuzzer does first.  Every input is
 * a heap block of exactly its length, so that ASan and valgrind see one byte
 * too far.  An empty folder is a failure: a corpus that went missing must not
 * pass.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	CUTS = 64,
	INPUT_BYTES_MAX = 16 * 1024 * 1024,
	PATH_SIZE = 4096,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct tally {
	unsigned files;
	unsigned runs;
};

static void
die(const char *what, const char *path)
{
	(void)fprintf(stderr, "%s: %s: %s\n", what, path, strerror(errno));
	exit(2);
}

static uint8_t *
slurp(const char *path, size_t *out_len)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *p = NULL;

	if (f == NULL || fstat(fileno(f), &st) != 0) {
		die("open", path);
	}
	if (st.st_size < 0 || st.st_size > INPUT_BYTES_MAX) {
		errno = EFBIG;
		die("size", path);
	}
	*out_len = (size_t)st.st_size;
	p = malloc(*out_len + 1);
	if (p == NULL) {
		die("memory", path);
	}
	if (fread(p, 1, *out_len, f) != *out_len) {
		die("read", path);
	}
	(void)fclose(f);
	return p;
}

/* One run on a block of exactly len bytes; byte `at` is flipped if < len. */
static void
run_one(struct tally *t, const uint8_t *p, size_t len, size_t at, uint8_t flip)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);

	if (copy == NULL) {
		die("memory", "input");
	}
	if (len > 0) {
		memcpy(copy, p, len);
	}
	if (at < len) {
		copy[at] ^= flip;
	}
	(void)LLVMFuzzerTestOneInput(copy, len);
	t->runs++;
	free(copy);
}

static void
run_file(struct tally *t, const char *path)
{
	static const uint8_t flips[] = {0x01, 0x80, 0xff};
	size_t len = 0;
	uint8_t *p = slurp(path, &len);
	size_t step = len / CUTS + 1;

	run_one(t, p, len, len, 0);
	for (size_t cut = 0; cut < len; cut += step) {
		run_one(t, p, cut, cut, 0);
		run_one(t, p, len, cut, flips[(cut / step) % sizeof(flips)]);
	}
	t->files++;
	free(p);
}

static void
run_folder(struct tally *t, const char *path)
{
	char file[PATH_SIZE];
	struct dirent **names = NULL;
	int num = scandir(path, &names, NULL, alphasort);
	unsigned before = t->files;

	if (num < 0) {
		die("folder", path);
	}
	for (int i = 0; i < num; i++) {
		int n = snprintf(
		    file, sizeof(file), "%s/%s", path, names[i]->d_name);

		if (names[i]->d_name[0] != '.') {
			if (n < 0 || (size_t)n >= sizeof(file)) {
				errno = ENAMETOOLONG;
				die("path", path);
			}
			run_file(t, file);
		}
		free(names[i]);
	}
	free(names);
	if (t->files == before) {
		(void)fprintf(stderr, "%s: the corpus is empty\n", path);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	struct tally t = {0, 0};
	struct stat st;

	if (argc < 2) {
		(void)fprintf(stderr, "usage: %s FOLDER|FILE...\n", argv[0]);
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		if (stat(argv[i], &st) != 0) {
			die("stat", argv[i]);
		}
		if (S_ISDIR(st.st_mode)) {
			run_folder(&t, argv[i]);
		} else {
			run_file(&t, argv[i]);
		}
	}
	printf("%u files, %u runs\n", t.files, t.runs);
	return 0;
}
