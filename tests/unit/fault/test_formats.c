/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every format read, printed and written again with each allocation failing
 * in turn: ERR_NOMEM or what the file deserves anyway, never half a result.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "crypto/init.h"
#include "failing/failing.h"
#include "os/file.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/csr.h"
#include "x509/ocsp.h"
#include "x509/p7b.h"

enum {
	FILE_MAX = 65536,
	TEXT_MAX = 1 << 20,
	NAMES_MAX = 400
};

static struct slice input;
static enum err plain; /* what the input deserves with memory enough */
static struct buf built = BUF_INIT(FILE_MAX);
static struct buf text = BUF_INIT(TEXT_MAX);

/* Reads, writes and prints one input. */
typedef enum err format(struct errinfo *ei);

#define FORMAT(function, type, parse, build, print, release)                   \
	static enum err function(struct errinfo *ei)                           \
	{                                                                      \
		struct type *x = NULL;                                         \
		enum err e = parse(input, &x, ei);                             \
                                                                               \
		buf_clear(&built);                                             \
		buf_clear(&text);                                              \
		if (e != ERR_OK) {                                             \
			assert_null(x);                                        \
			return e;                                              \
		}                                                              \
		build(x, &built);                                              \
		print(x, &text);                                               \
		release(x);                                                    \
		e = buf_err(&built, ei);                                       \
		return e == ERR_OK ? buf_err(&text, ei) : e;                   \
	}

FORMAT(cert, cert, cert_parse, cert_build, cert_print, cert_free)
FORMAT(csr, csr, csr_parse, csr_build, csr_print, csr_free)
FORMAT(crl, crl, crl_parse, crl_build, crl_print, crl_free)

static enum err
ocsp_answer(struct errinfo *ei)
{
	struct ocsp_response *r = NULL;
	enum err e = ocsp_response_parse(input, &r, ei);

	buf_clear(&text);
	if (e == ERR_OK) {
		ocsp_response_print(r, &text);
		e = buf_err(&text, ei);
	}
	ocsp_response_free(r);
	return e;
}

static enum err
signed_csr(struct errinfo *ei)
{
	struct csr *c = NULL;
	enum err e = csr_parse(input, &c, ei);

	if (e == ERR_OK) {
		e = csr_verify(c, ei);
	}
	csr_free(c);
	return e;
}

static enum err
ocsp_question(struct errinfo *ei)
{
	struct ocsp_request *r = NULL;
	enum err e = ocsp_request_parse(input, &r, ei);

	ocsp_request_free(r);
	return e;
}

static enum err
bundle(struct errinfo *ei)
{
	struct p7b *p = NULL;
	enum err e = p7b_parse(input, &p, ei);

	p7b_free(p);
	return e;
}

static const struct {
	const char *folder;
	const char *ending;
	format *read;
	unsigned min_files;
} kinds[] = {
    {"x509", ".crt.der", cert, 6},
    {"x509", ".csr.der", csr, 5},
    {"x509", ".crl.der", crl, 3},
    {"x509", ".ocsp-resp.der", ocsp_answer, 3},
    {"x509", ".ocsp-req.der", ocsp_question, 3},
    {"x509", ".p7b.der", bundle, 2},
    {"csr-hostile", ".der", csr, 100},
    {"csr-hostile", ".der", signed_csr, 100},
};

static format *reading;

static enum err
read_input(struct errinfo *ei)
{
	enum err e = reading(ei);

	return e == plain ? ERR_OK : e;
}

static unsigned
try_file(const char *path)
{
	struct buf file = BUF_INIT(FILE_MAX);
	struct errinfo ei = {0};
	unsigned num;

	assert_ok(file_read(path, FILE_MAX, &file, &ei), &ei);
	input = buf_slice(&file);
	plain = reading(NULL);
	num = failing_each(FAILING_ALLOC, ERR_NOMEM, read_input, NULL);
	buf_clear(&file);
	return num;
}

static void
every_allocation_may_fail(void **state)
{
	const char *root = getenv("SURGUCH_SOURCE_ROOT");

	(void)state;
	assert_non_null(root);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		char folder[PATH_TEXT_SIZE], path[PATH_TEXT_SIZE];
		struct errinfo ei = {0};
		unsigned num = 0;
		char **names;
		size_t files;

		(void)snprintf(folder, sizeof(folder), "%s/tests/data/%s", root,
		    kinds[i].folder);
		assert_ok(dir_list(folder, kinds[i].ending, NAMES_MAX, &names,
			      &files, &ei),
		    &ei);
		assert_true(files >= kinds[i].min_files);
		reading = kinds[i].read;
		for (size_t n = 0; n < files; n++) {
			assert_ok(path_join(path, folder, names[n], &ei), &ei);
			num += try_file(path);
		}
		dir_list_free(names, files);
		print_message("%s/*%s: %zu files, %u failures\n",
		    kinds[i].folder, kinds[i].ending, files, num);
		assert_true(num >= files);
	}
	buf_clear(&built);
	buf_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_allocation_may_fail),
	};

	return crypto_init(NULL) != ERR_OK
		   ? 1
		   : cmocka_run_group_tests(tests, NULL, NULL);
}
