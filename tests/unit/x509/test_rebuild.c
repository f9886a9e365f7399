/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every real request, certificate and list is read, printed, and written
 * again byte for byte from its typed fields, after the input, and everything
 * that a parser keeps of it for checking signatures, was overwritten.
 * test_change shows the opposite: a changed field changes the bytes.
 */
#include "unit.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "der/der.h"
#include "der/oid.h"
#include "reference.h"
#include "x509/cert_priv.h"
#include "x509/crl_priv.h"
#include "x509/csr_priv.h"
#include "x509/ext.h"
#include "x509/name.h"

enum {
	REQUESTS = 3,
	VECTOR_CERTS = 5,
	LISTS = 3,
	CA_CERTS = 15,
	FIELD_BYTES = 1024 * 1024,
};

/* --- every file -------------------------------------------------------- */

static void
check_print(struct buf *text)
{
	struct slice s = buf_slice(text), line = s;

	assert_int_equal(text->err, ERR_OK);
	assert_true(text_is_utf8(s));
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\n') {
			line.len = i - (size_t)(line.p - s.p);
			assert_true(text_is_clean(line));
			line.p = s.p + i + 1;
		}
	}
	assert_ptr_equal(line.p, s.p + s.len);
}

static void
check_same(struct buf *built, struct slice want)
{
	assert_int_equal(built->err, ERR_OK);
	assert_int_equal(built->len, want.len);
	assert_memory_equal(built->p, want.p, want.len);
}

static void
rebuild_cert(struct slice want, uint8_t *input)
{
	struct buf text = BUF_INIT(FIELD_BYTES), built = BUF_INIT(FIELD_BYTES);
	struct cert *c = NULL;
	struct errinfo ei = {0};

	assert_ok(cert_parse(slice_make(input, want.len), &c, &ei), &ei);
	memset(input, 0xaa, want.len);
	assert_true(slice_eq(cert_der(c), want));
	memset(c->bytes, 0xaa, want.len);
	cert_print(c, &text);
	check_print(&text);
	cert_build(c, &built);
	check_same(&built, want);
	cert_free(c);
	buf_clear(&text);
	buf_clear(&built);
}

static void
rebuild_csr(struct slice want, uint8_t *input)
{
	struct buf text = BUF_INIT(FIELD_BYTES), built = BUF_INIT(FIELD_BYTES);
	struct csr *c = NULL;
	struct errinfo ei = {0};

	assert_ok(csr_parse(slice_make(input, want.len), &c, &ei), &ei);
	memset(input, 0xaa, want.len);
	assert_true(slice_eq(csr_der(c), want));
	memset(c->bytes, 0xaa, want.len);
	csr_print(c, &text);
	check_print(&text);
	csr_build(c, &built);
	check_same(&built, want);
	csr_free(c);
	buf_clear(&text);
	buf_clear(&built);
}

static void
rebuild_crl(struct slice want, uint8_t *input)
{
	struct buf text = BUF_INIT(FIELD_BYTES), built = BUF_INIT(FIELD_BYTES);
	struct crl *c = NULL;
	struct errinfo ei = {0};

	assert_ok(crl_parse(slice_make(input, want.len), &c, &ei), &ei);
	memset(input, 0xaa, want.len);
	assert_true(slice_eq(c->der, want));
	memset(c->bytes, 0xaa, want.len);
	crl_print(c, &text);
	check_print(&text);
	crl_build(c, &built);
	check_same(&built, want);
	crl_free(c);
	buf_clear(&text);
	buf_clear(&built);
}

/* Every file of a folder whose name ends so; how many there were. */
static size_t
each(const char *dir, const char *end,
    void (*rebuild)(struct slice want, uint8_t *input))
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	size_t num = 0;

	assert_non_null(d);
	while ((entry = readdir(d)) != NULL) {
		struct buf der = BUF_INIT(FILE_BYTES);
		char path[PATH_SIZE];
		uint8_t *input;
		int len;

		if (!ends_with(entry->d_name, end)) {
			continue;
		}
		print_message("%s\n", entry->d_name);
		len = snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		assert_true(len > 0 && (size_t)len < sizeof(path));
		load_der(path, &der);
		input = slice_dup(buf_slice(&der));
		assert_non_null(input);
		rebuild(buf_slice(&der), input);
		free(input);
		buf_clear(&der);
		num++;
	}
	assert_int_equal(closedir(d), 0);
	return num;
}

static void
test_vectors(void **state)
{
	char dir[PATH_SIZE];

	(void)state;
	if (!reference_dir("vectors", dir)) {
		skip();
	}
	assert_int_equal(each(dir, ".req.der", rebuild_csr), REQUESTS);
	assert_int_equal(each(dir, ".crt.der", rebuild_cert), VECTOR_CERTS);
	assert_int_equal(each(dir, ".crl.der", rebuild_crl), LISTS);
}

static void
test_ca(void **state)
{
	char dir[PATH_SIZE];

	(void)state;
	if (!reference_dir("ca", dir)) {
		skip();
	}
	assert_int_equal(each(dir, ".pem", rebuild_cert), CA_CERTS);
}

/* Which kinds may stay raw in the real data: only those without a name. */
static void
test_only_unknown_is_raw(void **state)
{
	static const char *const raw_oids[] = {
	    "2.5.29.1", "1.3.6.1.4.1.311.21.2"};
	static const char *const dirs[] = {"ca", "vectors"};
	size_t raw = 0, typed = 0;

	(void)state;
	for (size_t d = 0; d < ARRAY_LEN(dirs); d++) {
		char dir[PATH_SIZE], path[PATH_SIZE];
		struct dirent *entry;
		DIR *folder;

		if (!reference_dir(dirs[d], dir)) {
			skip();
		}
		folder = opendir(dir);
		assert_non_null(folder);
		while ((entry = readdir(folder)) != NULL) {
			struct buf der = BUF_INIT(FILE_BYTES);
			struct cert *c = NULL;
			struct errinfo ei = {0};
			int len;

			if (!ends_with(entry->d_name, ".pem") &&
			    !ends_with(entry->d_name, ".crt.der")) {
				continue;
			}
			len = snprintf(
			    path, sizeof(path), "%s/%s", dir, entry->d_name);
			assert_true(len > 0 && (size_t)len < sizeof(path));
			load_der(path, &der);
			assert_ok(cert_parse(buf_slice(&der), &c, &ei), &ei);
			for (size_t i = 0; i < ext_list_num(c->exts); i++) {
				const struct ext *x = ext_list_at(c->exts, i);
				struct buf oid = BUF_INIT(128);
				bool allowed = x->kind != EXT_RAW;

				oid_text(&oid, x->oid);
				for (size_t j = 0; j < ARRAY_LEN(raw_oids);
				     j++) {
					allowed |= strcmp(buf_cstr(&oid),
						       raw_oids[j]) == 0;
				}
				assert_true(allowed);
				raw += x->kind == EXT_RAW;
				typed += x->kind != EXT_RAW;
				buf_clear(&oid);
			}
			assert_int_not_equal(c->key.alg.params, ALG_PARAMS_RAW);
			cert_free(c);
			buf_clear(&der);
		}
		assert_int_equal(closedir(folder), 0);
	}
	print_message("%zu typed extensions, %zu unknown\n", typed, raw);
	assert_int_equal(raw, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_ca),
	    cmocka_unit_test(test_only_unknown_is_raw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
