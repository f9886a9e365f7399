/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hostile requests (tests/data/csr-hostile) on the way that every request
 * takes: its form, the key under the profile, the proof of possession.  Each
 * is refused for the reason that its line of MANIFEST names:
 *
 *	file  kind and rule under tls-client  kind and rule under
 *qualified-person
 *
 * tests/e2e/hostile.test.mjs sends the same files to a running centre.
 */
#include "kit.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "x509/csr.h"

enum {
	FILES_MIN = 100,
	LINE_FIELDS = 5,
	PAIRS_MAX = 256,
	NAME_SIZE = 128,
	PATH_SIZE = 4096, /* as kit_path() */
};

/* One line of MANIFEST: file, then kind and rule for each profile. */
struct line {
	char field[LINE_FIELDS][NAME_SIZE];
};

static struct buf manifest = BUF_INIT(64 * 1024);
static struct profile *profiles[2]; /* tls-client, qualified-person */
static char pairs[PAIRS_MAX][2 * NAME_SIZE];
static size_t num_pairs;

static void
data_path(const char *name, char out[PATH_SIZE])
{
	const char *root = getenv("SURGUCH_SOURCE_ROOT");

	(void)snprintf(out, PATH_SIZE, "%s/tests/data/csr-hostile/%s",
	    root != NULL ? root : ".", name);
}

/* The next line that is no remark; false at the end. */
static bool
next_line(const char **at, struct line *out)
{
	while (**at == '#') {
		*at += strcspn(*at, "\n") + 1;
	}
	if (**at == '\0') {
		return false;
	}
	for (size_t i = 0; i < LINE_FIELDS; i++) {
		size_t len = strcspn(*at, "\t\n");

		assert_true(len > 0 && len < NAME_SIZE);
		memcpy(out->field[i], *at, len);
		out->field[i][len] = '\0';
		*at += len;
		assert_int_equal(**at, i + 1 < LINE_FIELDS ? '\t' : '\n');
		(*at)++;
	}
	return true;
}

/* As src/api judges a request. */
static enum err
judge(const struct profile *p, struct slice der, struct errinfo *ei)
{
	struct csr *csr = NULL;
	enum err e = csr_parse(der, &csr, ei);

	if (e == ERR_OK) {
		e = profile_check_spki(p, csr_spki(csr), ei);
	}
	if (e == ERR_OK) {
		e = csr_verify(csr, ei);
	}
	csr_free(csr);
	return e;
}

static void
note_pair(const struct errinfo *ei)
{
	char *text = pairs[num_pairs];

	(void)snprintf(
	    text, sizeof(pairs[0]), "%s %s", ei->rule, err_name(ei->kind));
	for (size_t i = 0; i < num_pairs; i++) {
		if (strcmp(pairs[i], text) == 0) {
			return;
		}
	}
	assert_true(num_pairs + 1 < PAIRS_MAX);
	num_pairs++;
}

/* Is it refused as its line says? */
static bool
check_file(const struct line *l)
{
	char path[PATH_SIZE];
	struct buf der = BUF_INIT(2 * CSR_BYTES_MAX);
	bool as_said = true;

	data_path(l->field[0], path);
	kit_read(path, &der);
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
		struct errinfo ei = {0};
		enum err e = judge(profiles[i], buf_slice(&der), &ei);

		if (e == ERR_OK || strcmp(l->field[1 + 2 * i], err_name(e)) ||
		    strcmp(l->field[2 + 2 * i], ei.rule)) {
			print_error("%s: %s %s (%s)\n", l->field[0],
			    err_name(e), ei.rule, ei.text);
			as_said = false;
		}
		if (e != ERR_OK) {
			assert_true(ei.text[0] != '\0');
			note_pair(&ei);
		}
	}
	buf_clear(&der);
	return as_said;
}

static size_t
count_files(void)
{
	char path[PATH_SIZE];
	struct dirent *entry;
	size_t num = 0;
	DIR *d;

	data_path("", path);
	d = opendir(path);
	assert_non_null(d);
	while ((entry = readdir(d)) != NULL) {
		const char *suffix = strrchr(entry->d_name, '.');

		num += suffix != NULL && strcmp(suffix, ".der") == 0 &&
		       strncmp(entry->d_name, "right-", 6) != 0;
	}
	assert_int_equal(closedir(d), 0);
	return num;
}

static void
each_is_refused_for_its_reason(void **state)
{
	const char *at = buf_cstr(&manifest);
	size_t num = 0, num_wrong = 0;
	struct line l;

	(void)state;
	assert_non_null(at);
	while (next_line(&at, &l)) {
		num_wrong += !check_file(&l);
		num++;
	}
	print_message("%zu hostile requests\n", num);
	for (size_t i = 0; i < num_pairs; i++) {
		print_message("pair: %s\n", pairs[i]);
	}
	print_message("%zu distinct pairs of rule and kind\n", num_pairs);
	assert_int_equal(num_wrong, 0);
	assert_int_equal(num, count_files());
	assert_true(num >= FILES_MIN);
	assert_true(num_pairs >= 40);
}

/* What they were made from is taken, each by its own profile. */
static void
without_a_fault_it_is_taken(void **state)
{
	static const char *const files[] = {
	    "right-p256.csr.der", "right-gost.csr.der"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct buf der = BUF_INIT(CSR_BYTES_MAX);
		char path[PATH_SIZE];
		struct errinfo ei = {0};

		data_path(files[i], path);
		kit_read(path, &der);
		assert_ok(judge(profiles[i], buf_slice(&der), &ei), &ei);
		assert_int_equal(
		    judge(profiles[1 - i], buf_slice(&der), &ei), ERR_POLICY);
		assert_string_equal(ei.rule, "profile.key");
		buf_clear(&der);
	}
}

/* Every shorter prefix of a right request is refused. */
static void
no_prefix_is_taken(void **state)
{
	struct buf der = BUF_INIT(CSR_BYTES_MAX);
	char path[PATH_SIZE];
	struct errinfo ei = {0};

	(void)state;
	data_path("right-p256.csr.der", path);
	kit_read(path, &der);
	for (size_t len = 0; len < der.len; len++) {
		assert_int_equal(
		    judge(profiles[0], slice_make(der.p, len), &ei),
		    ERR_FORMAT);
	}
	buf_clear(&der);
}

static int
setup(void **state)
{
	static const char *const names[] = {"tls-client", "qualified-person"};
	char path[PATH_SIZE];
	struct errinfo ei = {0};

	if (kit_group_setup(state) != 0) {
		return -1;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		kit_path(names[i], path);
		if (profile_load(path, NULL, &profiles[i], &ei) != ERR_OK) {
			print_error("%s: %s\n", path, ei.text);
			return -1;
		}
	}
	data_path("MANIFEST", path);
	kit_read(path, &manifest);
	return 0;
}

static int
teardown(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
		profile_free(profiles[i]);
	}
	buf_clear(&manifest);
	return kit_group_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_a_fault_it_is_taken),
	    cmocka_unit_test(each_is_refused_for_its_reason),
	    cmocka_unit_test(no_prefix_is_taken),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
