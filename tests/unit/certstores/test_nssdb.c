/* SPDX-License-Identifier: Apache-2.0 */
/* NSS's database of certificates, made, filled, read again and emptied. */
#include "unit.h"

#include <string.h>

#include "certstores/nssdb.h"
#include "scratch/scratch.h"

static char dir[PATH_TEXT_SIZE];

static int
set_up(void **state)
{
	(void)state;
	scratch_open("nssdb", dir);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_close(dir);
	return 0;
}

/* A certificate of a CA, by openssl. */
static void
make_cert(const char *name, struct buf *der)
{
	char key[PATH_TEXT_SIZE], out[PATH_TEXT_SIZE];
	struct errinfo ei = {0};
	const char *argv[] = {"openssl", "req", "-x509", "-newkey", "ec",
	    "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
	    "-outform", "DER", "-out", out, "-subj", "/CN=Same", "-days", "9",
	    NULL};
	const char *const envp[] = {"PATH=/usr/bin:/bin", NULL};

	assert_ok(path_join(key, dir, "key.pem", &ei), &ei);
	assert_ok(path_join(out, dir, name, &ei), &ei);
	assert_int_equal(scratch_run("/usr/bin/openssl", argv, envp), 0);
	assert_ok(file_read(out, 65536, der, &ei), &ei);
}

static enum nss_held
look(struct slice der)
{
	enum nss_held held = NSS_TRUSTED;
	struct errinfo ei = {0};
	struct nss *n = NULL;

	assert_ok(nss_open(dir, &n, &ei), &ei);
	assert_ok(nss_look(n, der, &held, &ei), &ei);
	nss_close(n);
	return held;
}

static void
count(void *arg, const struct nss_entry *entry)
{
	size_t *num = arg;

	assert_true(entry->der.len > 0 && !entry->has_key);
	(*num)++;
}

static void
test_in_and_out(void **state)
{
	struct buf one = BUF_INIT(65536), two = BUF_INIT(65536);
	struct errinfo ei = {0};
	struct nss *n = NULL;
	size_t num = 0;

	(void)state;
	assert_int_equal(nss_open(dir, &n, &ei), ERR_NOTFOUND);
	assert_string_equal(ei.rule, "certstores.none");
	assert_ok(nss_create(dir, &n, &ei), &ei);
	nss_close(n);
	assert_int_equal(nss_create(dir, &n, &ei), ERR_CONFLICT);

	/* Two of one subject are two. */
	make_cert("one.cer", &one);
	make_cert("two.cer", &two);
	assert_ok(nss_open(dir, &n, &ei), &ei);
	assert_ok(nss_put(n, buf_slice(&one), "a", NSS_TRUSTED, &ei), &ei);
	assert_ok(nss_put(n, buf_slice(&two), "b", NSS_HELD, &ei), &ei);
	/* Trust is only added. */
	assert_ok(nss_put(n, buf_slice(&one), "c", NSS_HELD, &ei), &ei);
	assert_int_equal(
	    nss_put(n, SLICE_LIT("no certificate"), "d", NSS_HELD, &ei),
	    ERR_FORMAT);
	assert_string_equal(ei.rule, "certstores.certificate");
	assert_ok(nss_each(n, count, &num, &ei), &ei);
	assert_int_equal(num, 2);
	nss_close(n);
	assert_int_equal(look(buf_slice(&one)), NSS_TRUSTED);
	assert_int_equal(look(buf_slice(&two)), NSS_HELD);

	assert_ok(nss_open(dir, &n, &ei), &ei);
	assert_ok(nss_take_back(n, buf_slice(&one), NSS_HELD, &ei), &ei);
	assert_ok(nss_take_back(n, buf_slice(&two), NSS_ABSENT, &ei), &ei);
	/* What is not there is not there. */
	assert_ok(nss_take_back(n, buf_slice(&two), NSS_ABSENT, &ei), &ei);
	nss_close(n);
	assert_int_equal(look(buf_slice(&one)), NSS_HELD);
	assert_int_equal(look(buf_slice(&two)), NSS_ABSENT);
	buf_clear(&one);
	buf_clear(&two);
}

static void
test_damaged(void **state)
{
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};
	struct nss *n = NULL;

	(void)state;
	assert_ok(path_join(path, dir, "cert9.db", &ei), &ei);
	assert_ok(file_write_atomic(
		      path, SLICE_LIT("this is no database"), 0600, &ei),
	    &ei);
	assert_int_equal(nss_open(dir, &n, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "certstores.database");
	/* And the next one is opened all the same. */
	assert_int_equal(nss_open("/nowhere", &n, &ei), ERR_NOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_in_and_out),
	    cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
