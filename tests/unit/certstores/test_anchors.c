/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of CA certificates in real stores: put in, listed back, undone. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certstores/anchors.h"
#include "certstores/nssdb.h"
#include "scratch/scratch.h"

enum {
	NUM = 3,
	DER_MAX = 65536,
};

static char dir[PATH_TEXT_SIZE], place[PATH_TEXT_SIZE],
    state_dir[PATH_TEXT_SIZE];
static struct buf ders[NUM + 1];
static struct anchor list[NUM + 1]; /* the last is another's */

static const char *
at(const char *base, const char *name)
{
	static char out[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	assert_ok(path_join(out, base, name, &ei), &ei);
	return out;
}

/* The stores believe the caller's hash, so that any distinct one will do. */
static int
make_certs(void **state)
{
	char out[PATH_TEXT_SIZE];
	const char *argv[] = {"openssl", "req", "-x509", "-newkey", "ec",
	    "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
	    "/dev/null", "-outform", "DER", "-out", out, "-subj", "/CN=Same",
	    "-days", "9", NULL};
	const char *const envp[] = {"PATH=/usr/bin:/bin", NULL};
	struct errinfo ei = {0};

	(void)state;
	scratch_open("anchors", dir);
	assert_ok(path_join(out, dir, "cert.der", &ei), &ei);
	for (size_t i = 0; i <= NUM; i++) {
		buf_init(&ders[i], DER_MAX);
		assert_int_equal(
		    scratch_run("/usr/bin/openssl", argv, envp), 0);
		assert_ok(file_read(out, DER_MAX, &ders[i], &ei), &ei);
		list[i] = (struct anchor){.der = buf_slice(&ders[i])};
		memset(list[i].sha1, 0xa0 + (int)i, ANCHOR_SHA1_SIZE);
	}
	return 0;
}

static int
drop_certs(void **state)
{
	(void)state;
	for (size_t i = 0; i <= NUM; i++) {
		buf_clear(&ders[i]);
	}
	scratch_close(dir);
	return 0;
}

static struct anchors_store
store(const char *name, enum anchors_kind kind)
{
	struct errinfo ei = {0};
	struct anchors_store s = {
	    .kind = kind, .place = place, .state = state_dir};

	assert_ok(path_join(place, dir, name, &ei), &ei);
	assert_ok(path_join(state_dir, place, "state", &ei), &ei);
	assert_ok(dir_make(place, 0755, &ei), &ei);
	return s;
}

static void
tell(void *arg, struct slice der)
{
	unsigned *set = arg;

	for (unsigned i = 0; i <= NUM; i++) {
		*set |= slice_eq(der, list[i].der) ? 1U << i : 0;
	}
}

static unsigned
held(const struct anchors_store *s)
{
	struct errinfo ei = {0};
	unsigned set = 0;

	assert_ok(anchors_each(s, tell, &set, &ei), &ei);
	return set;
}

static void
expect(const struct anchors_report *r, size_t added, size_t there,
    size_t removed, size_t absent)
{
	assert_int_equal(r->added, added);
	assert_int_equal(r->there, there);
	assert_int_equal(r->removed, removed);
	assert_int_equal(r->absent, absent);
}

/* 0 was there before; 3 is another's and stays. */
static void
round_trip(struct anchors_store *s, unsigned before)
{
	struct anchors_store dry = *s;
	struct anchors_report r;
	struct errinfo ei = {0};

	dry.dry_run = true;
	assert_int_equal(held(s), before);
	assert_ok(anchors_put(&dry, list, NUM, &r, &ei), &ei);
	expect(&r, 2, 1, 0, 0);
	assert_int_equal(held(s), before);
	assert_int_equal(anchors_undo(s, &r, &ei), ERR_NOTFOUND);
	assert_string_equal(ei.rule, "anchors.undo");

	assert_ok(anchors_put(s, list, NUM, &r, &ei), &ei);
	expect(&r, 2, 1, 0, 0);
	assert_int_equal(held(s), before | 7);
	/* Again changes nothing, and undo still knows the first. */
	assert_ok(anchors_put(s, list, NUM, &r, &ei), &ei);
	expect(&r, 0, 3, 0, 0);
	assert_ok(anchors_undo(s, &r, &ei), &ei);
	expect(&r, 0, 0, 2, 0);
	assert_int_equal(held(s), before);

	assert_ok(anchors_put(s, list, NUM, &r, &ei), &ei);
	assert_ok(anchors_take(&dry, list, 2, &r, &ei), &ei);
	expect(&r, 0, 0, 2, 0);
	assert_int_equal(held(s), before | 7);
	assert_ok(anchors_take(s, list, 2, &r, &ei), &ei);
	expect(&r, 0, 0, 2, 0);
	assert_int_equal(held(s), (before | 7) & ~3U);
	assert_ok(anchors_take(s, list, 2, &r, &ei), &ei);
	expect(&r, 0, 0, 0, 2);
	assert_ok(anchors_undo(s, &r, &ei), &ei);
	expect(&r, 2, 0, 0, 0);
	assert_int_equal(held(s), before | 7);
}

static void
seed_files(const char *where)
{
	struct errinfo ei = {0};

	/* As put would name it: there before us. */
	assert_ok(file_write_atomic(
		      at(where, "a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0.crt"),
		      list[0].der, 0644, &ei),
	    &ei);
	assert_ok(
	    file_write_atomic(at(where, "other.crt"), list[NUM].der, 0644, &ei),
	    &ei);
}

static void
test_dir(void **state)
{
	struct anchors_store s = store("dir", ANCHORS_DIR);
	struct anchors_report r;
	struct errinfo ei = {0};

	(void)state;
	seed_files(place);
	round_trip(&s, 9);

	/* A name with another content is not ours to write over. */
	assert_ok(file_write_atomic(
		      at(place, "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1.crt"),
		      list[NUM].der, 0644, &ei),
	    &ei);
	assert_int_equal(anchors_put(&s, list, NUM, &r, &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "anchors.name");
	assert_int_equal(chmod(place, 0777), 0);
	assert_int_equal(anchors_take(&s, list, 1, &r, &ei), ERR_DENIED);
	assert_string_equal(ei.rule, "file.trusted_mode");
}

static void
test_pem(void **state)
{
	struct anchors_store s = store("pem", ANCHORS_DIR);

	(void)state;
	s.pem = true;
	seed_files(place);
	round_trip(&s, 9);
}

static void
test_nss(void **state)
{
	struct anchors_store s = store("nss", ANCHORS_NSS);
	struct errinfo ei = {0};
	struct nss *n = NULL;

	(void)state;
	assert_ok(nss_create(place, &n, &ei), &ei);
	assert_ok(nss_put(n, list[0].der, "a", NSS_TRUSTED, &ei), &ei);
	assert_ok(nss_put(n, list[NUM].der, "b", NSS_TRUSTED, &ei), &ei);
	/* Held without trust: undo brings it back to that. */
	assert_ok(nss_put(n, list[1].der, "c", NSS_HELD, &ei), &ei);
	nss_close(n);
	round_trip(&s, 9);
}

/* The program of the system itself, in a tree of our own. */
static void
test_debian(void **state)
{
	static const char *const dirs[] = {"usr", "usr/local",
	    "usr/local/share", "usr/local/share/ca-certificates",
	    "usr/local/share/ca-certificates/surguch", "usr/share",
	    "usr/share/ca-certificates", "etc"};
	struct anchors_store s = store("debian", ANCHORS_DEBIAN);
	struct buf bundle = BUF_INIT(DER_MAX);
	struct errinfo ei = {0};
	unsigned num = 0;

	(void)state;
	if (!file_exists("/usr/sbin/update-ca-certificates")) {
		print_message("skipped: no update-ca-certificates\n");
		skip();
	}
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		assert_ok(dir_make(at(place, dirs[i]), 0755, &ei), &ei);
	}
	assert_ok(file_write_atomic(at(place, "etc/ca-certificates.conf"),
		      SLICE_LIT("# none\n"), 0644, &ei),
	    &ei);
	{
		/* Put by a run whose journal is gone: there before us. */
		struct anchors_report r;

		assert_ok(anchors_put(&s, list, 1, &r, &ei), &ei);
		scratch_close(state_dir);
	}
	round_trip(&s, 1);
	assert_ok(file_read(at(place, "etc/ssl/certs/ca-certificates.crt"),
		      DER_MAX, &bundle, &ei),
	    &ei);
	for (const char *p = buf_cstr(&bundle);
	     (p = strstr(p, "BEGIN CERTIFICATE")) != NULL; p++) {
		num++;
	}
	assert_int_equal(num, 3);
	buf_clear(&bundle);
}

/* The distribution's own are deselected, and selected again by undo. */
static void
test_distrust(void **state)
{
	static const char *const dirs[] = {
	    "usr", "usr/share", "usr/share/ca-certificates", "etc"};
	static const char *const files[] = {"usr/share/ca-certificates/a.crt",
	    "usr/share/ca-certificates/b.crt",
	    "usr/share/ca-certificates/c.crt"};
	static const char conf[] = "# kept\na.crt\n!b.crt\nc.crt\n";
	struct anchors_store s = store("own", ANCHORS_DEBIAN_OWN);
	struct buf text = BUF_INIT(DER_MAX);
	struct anchors_report r;
	struct errinfo ei = {0};

	(void)state;
	if (!file_exists("/usr/sbin/update-ca-certificates")) {
		print_message("skipped: no update-ca-certificates\n");
		skip();
	}
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		assert_ok(dir_make(at(place, dirs[i]), 0755, &ei), &ei);
	}
	for (size_t i = 0; i < NUM; i++) {
		char der[PATH_TEXT_SIZE];
		const char *argv[] = {"openssl", "x509", "-inform", "DER",
		    "-in", der, "-out", at(place, files[i]), NULL};
		const char *const envp[] = {"PATH=/usr/bin:/bin", NULL};

		assert_ok(path_join(der, place, "der", &ei), &ei);
		assert_ok(file_write_atomic(der, list[i].der, 0644, &ei), &ei);
		assert_int_equal(
		    scratch_run("/usr/bin/openssl", argv, envp), 0);
	}
	assert_ok(file_write_atomic(at(place, "etc/ca-certificates.conf"),
		      slice_str(conf), 0644, &ei),
	    &ei);
	assert_int_equal(held(&s), 5);
	assert_ok(anchors_take(&s, list, 2, &r, &ei), &ei);
	expect(&r, 0, 0, 1, 1);
	assert_int_equal(r.still, 0); /* nor in the bundle */
	assert_true(file_exists(at(place, "etc/ssl/certs/c.pem")));
	assert_false(file_exists(at(place, "etc/ssl/certs/a.pem")));
	assert_int_equal(held(&s), 4);
	assert_ok(file_read(at(place, "etc/ca-certificates.conf"), DER_MAX,
		      &text, &ei),
	    &ei);
	assert_string_equal(buf_cstr(&text), "# kept\n!a.crt\n!b.crt\nc.crt\n");
	buf_reset(&text);
	assert_ok(anchors_undo(&s, &r, &ei), &ei);
	assert_true(file_exists(at(place, "etc/ssl/certs/a.pem")));
	assert_ok(file_read(at(place, "etc/ca-certificates.conf"), DER_MAX,
		      &text, &ei),
	    &ei);
	assert_string_equal(buf_cstr(&text), conf);
	assert_int_equal(
	    anchors_put(&s, &list[NUM], 1, &r, &ei), ERR_UNSUPPORTED);
	assert_string_equal(ei.rule, "anchors.distribution");
	buf_clear(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_dir),
	    cmocka_unit_test(test_pem),
	    cmocka_unit_test(test_nss),
	    cmocka_unit_test(test_debian),
	    cmocka_unit_test(test_distrust),
	};

	return cmocka_run_group_tests(tests, make_certs, drop_certs);
}
