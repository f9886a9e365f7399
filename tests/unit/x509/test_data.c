/* SPDX-License-Identifier: Apache-2.0 */
/* Every file of tests/data/x509 is read, printed, and written again. */
#include "unit.h"

#include <dirent.h>
#include <string.h>

#include "base/text.h"
#include "crypto/init.h"
#include "reference.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/csr.h"
#include "x509/name.h"
#include "x509/ocsp.h"
#include "x509/p7b.h"
#include "x509/pem.h"

enum {
	OUT_BYTES = 256 * 1024
};

static void
check(struct buf *text, struct buf *built, struct slice want)
{
	assert_int_equal(text->err, ERR_OK);
	assert_true(text_is_utf8(buf_slice(text)));
	assert_int_equal(built->err, ERR_OK);
	assert_int_equal(built->len, want.len);
	assert_memory_equal(built->p, want.p, want.len);
}

static void
cert_again(struct slice der, struct buf *text, struct buf *built)
{
	struct cert *c = NULL;
	struct errinfo ei = {0};

	assert_ok(cert_parse(der, &c, &ei), &ei);
	cert_print(c, text);
	cert_build(c, built);
	cert_free(c);
}

static void
csr_unsupported_again(struct slice der, struct buf *text, struct buf *built)
{
	struct csr *c = NULL;
	struct errinfo ei = {0};

	assert_ok(csr_parse(der, &c, &ei), &ei);
	assert_int_equal(csr_verify(c, &ei), ERR_UNSUPPORTED);
	csr_print(c, text);
	csr_build(c, built);
	csr_free(c);
}

static void
csr_again(struct slice der, struct buf *text, struct buf *built)
{
	struct csr *c = NULL;
	struct errinfo ei = {0};

	assert_ok(csr_parse(der, &c, &ei), &ei);
	assert_ok(csr_verify(c, &ei), &ei);
	csr_print(c, text);
	csr_build(c, built);
	csr_free(c);
}

static void
crl_again(struct slice der, struct buf *text, struct buf *built)
{
	struct crl *c = NULL;
	struct errinfo ei = {0};

	assert_ok(crl_parse(der, &c, &ei), &ei);
	crl_print(c, text);
	crl_build(c, built);
	crl_free(c);
}

static void
name_again(struct slice der, struct buf *text, struct buf *built)
{
	struct name *n = NULL;
	struct errinfo ei = {0};

	assert_ok(name_parse(der, &n, &ei), &ei);
	name_print(n, text);
	name_build(n, built);
	name_free(n);
}

static void
ocsp_request_again(struct slice der, struct buf *text, struct buf *built)
{
	struct ocsp_request *r = NULL;
	struct errinfo ei = {0};

	assert_ok(ocsp_request_parse(der, &r, &ei), &ei);
	buf_printf(text, "%zu\n", ocsp_request_num(r));
	ocsp_request_rebuild(r, built);
	ocsp_request_free(r);
}

static void
ocsp_response_again(struct slice der, struct buf *text, struct buf *built)
{
	struct ocsp_response *r = NULL;
	struct errinfo ei = {0};

	assert_ok(ocsp_response_parse(der, &r, &ei), &ei);
	ocsp_response_print(r, text);
	ocsp_response_rebuild(r, built);
	ocsp_response_free(r);
}

static void
p7b_again(struct slice der, struct buf *text, struct buf *built)
{
	struct p7b *p = NULL;
	struct errinfo ei = {0};

	assert_ok(p7b_parse(der, &p, &ei), &ei);
	assert_true(p7b_num_certs(p) > 0);
	buf_printf(text, "%zu\n", p7b_num_certs(p));
	p7b_rebuild(p, built);
	p7b_free(p);
}

/* Text is not canonical: one request, two certificates, and nothing more. */
static void
pem_again(struct slice file, struct buf *text, struct buf *built)
{
	struct slice rest = file;
	struct buf der = BUF_INIT(OUT_BYTES);
	struct errinfo ei = {0};

	assert_ok(pem_get(&rest, PEM_REQUEST, &der, &ei), &ei);
	buf_reset(&der);
	assert_ok(pem_get(&rest, PEM_CERTIFICATE, &der, &ei), &ei);
	buf_reset(&der);
	assert_ok(pem_get(&rest, PEM_CERTIFICATE, &der, &ei), &ei);
	assert_int_equal(
	    pem_get(&rest, PEM_CERTIFICATE, &der, &ei), ERR_NOTFOUND);
	buf_add_str(text, "3\n");
	buf_add(built, file);
	buf_clear(&der);
}

static const struct {
	const char *kind;
	void (*again)(struct slice der, struct buf *text, struct buf *built);
} kinds[] = {
    {"cert", cert_again},
    {"csr", csr_again},
    {"csr-unsupported", csr_unsupported_again},
    {"crl", crl_again},
    {"name", name_again},
    {"ocsp-req", ocsp_request_again},
    {"ocsp-resp", ocsp_response_again},
    {"p7b", p7b_again},
    {"pem", pem_again},
};

static void
run(const char *file, struct slice kind)
{
	struct buf in = BUF_INIT(FILE_BYTES), text = BUF_INIT(OUT_BYTES);
	struct buf built = BUF_INIT(OUT_BYTES);
	char path[PATH_SIZE];
	bool known = false;

	print_message("%s\n", file);
	data_path(file, path);
	load_file(path, &in);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (slice_eq_str(kind, kinds[i].kind)) {
			kinds[i].again(buf_slice(&in), &text, &built);
			check(&text, &built, buf_slice(&in));
			known = true;
		}
	}
	assert_true(known || slice_eq_str(kind, "-"));
	buf_clear(&in);
	buf_clear(&text);
	buf_clear(&built);
}

/* The kind of this file in the MANIFEST; fails when it is not there. */
static struct slice
kind_of(struct slice manifest, const char *file)
{
	const char *text = (const char *)manifest.p;
	size_t len = strlen(file);

	for (size_t i = 0; i + len < manifest.len; i++) {
		if ((i == 0 || text[i - 1] == '\n') &&
		    strncmp(text + i, file, len) == 0 &&
		    text[i + len] == '\t') {
			const char *kind = text + i + len + 1;

			return slice_make(kind, strcspn(kind, "\n"));
		}
	}
	fail_msg("%s is not in MANIFEST", file);
	return SLICE_EMPTY;
}

static void
test_manifest(void **state)
{
	struct buf manifest = BUF_INIT(FILE_BYTES);
	char path[PATH_SIZE];
	struct dirent *entry;
	size_t lines = 0, files = 0;
	DIR *d;

	(void)state;
	data_path("MANIFEST", path);
	load_file(path, &manifest);
	assert_non_null(buf_cstr(&manifest));
	for (size_t i = 0; i < manifest.len; i++) {
		lines += manifest.p[i] == '\n' &&
			 (i + 1 == manifest.len || manifest.p[i + 1] != '#');
	}
	data_path("", path);
	d = opendir(path);
	assert_non_null(d);
	while ((entry = readdir(d)) != NULL) {
		if (entry->d_name[0] != '.') {
			run(entry->d_name,
			    kind_of(buf_slice(&manifest), entry->d_name));
			files++;
		}
	}
	assert_int_equal(closedir(d), 0);
	/* one line is the second of the remark */
	assert_int_equal(files, lines - 1);
	buf_clear(&manifest);
}

static int
setup(void **state)
{
	(void)state;
	return crypto_init(NULL) == ERR_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_manifest),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
