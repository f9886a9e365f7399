/* SPDX-License-Identifier: Apache-2.0 */
/* CryptoPro's folders among containers of ours: listed, opened, given a
 * certificate. */
#include "crypto/support.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "container/container.h"
#include "container/cryptopro.h"
#include "crypto/privkey.h"
#include "der/der.h"
#include "os/file.h"

static const struct slice pass = {(const uint8_t *)"secret", 6};

static void
path_in(const char *dir, const char *name, char out[PATH_TEXT_SIZE])
{
	struct errinfo ei = {0};

	assert_ok(path_join(out, dir, name, &ei), &ei);
}

/* What npm node-gost-crypto has written, as a folder of this name. */
static void
put_theirs(const char *data, const char *dir)
{
	char from[PATH_TEXT_SIZE], to[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	assert_ok(dir_make(dir, 0755, &ei), &ei);
	for (unsigned i = 0; i < CRYPTOPRO_FILES; i++) {
		struct buf b = BUF_INIT(65536);

		(void)snprintf(from, sizeof(from),
		    "%s/tests/data/cryptopro/%s/%s",
		    getenv("SURGUCH_SOURCE_ROOT"), data,
		    cryptopro_file_name(i));
		assert_ok(file_read(from, 65536, &b, &ei), &ei);
		path_in(dir, cryptopro_file_name(i), to);
		assert_ok(file_write_new(to, buf_slice(&b), 0644, &ei), &ei);
		buf_clear(&b);
	}
}

static void
clean(const char *dir)
{
	char file[PATH_TEXT_SIZE];

	for (unsigned i = 0; i < CRYPTOPRO_FILES; i++) {
		path_in(dir, cryptopro_file_name(i), file);
		(void)unlink(file);
	}
	assert_int_equal(rmdir(dir), 0);
}

static struct container *
open_at(const char *dir, struct slice password)
{
	struct container *c = NULL;
	struct errinfo ei = {0};

	assert_ok(container_open(dir, password, &c, &ei), &ei);
	return c;
}

static void
assert_shut(const char *dir, struct slice password, const char *rule)
{
	struct container *c = NULL;
	struct errinfo ei = {0};

	assert_int_not_equal(container_open(dir, password, &c, &ei), ERR_OK);
	assert_string_equal(ei.rule, rule);
	assert_null(c);
}

static void
test_opened(void **state)
{
	char dir[PATH_TEXT_SIZE];
	struct container_info info;
	struct privkey *key = NULL;
	struct errinfo ei = {0};
	struct container *c;

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s", scratch("opened.000"));
	put_theirs("w256", dir);
	assert_ok(container_peek(dir, &info, &ei), &ei);
	assert_int_equal(info.form, CONTAINER_CRYPTOPRO);
	assert_string_equal(info.label, "from the package");
	assert_string_equal(info.spec, "gost2012-256:A");
	assert_true(info.has_password);
	assert_false(info.has_cert);
	assert_false(info.stays);
	assert_int_equal(strlen(info.id), CONTAINER_ID_SIZE - 1);
	assert_shut(dir, SLICE_LIT("Secret"), "container.password");
	assert_shut(dir, SLICE_EMPTY, "container.password.needed");
	c = open_at(dir, pass);
	assert_string_equal(container_info(c)->id, info.id);
	assert_int_equal(container_cert(c).len, 0);
	assert_ok(container_privkey_to_copy(c, &key, &ei), &ei);
	assert_ptr_equal(key, container_privkey(c));
	container_free(c);
	clean(dir);
}

/* Twice, one longer than the other; what the package wrote beside it and how
 * it reckons stays. */
static void
test_certificate(void **state)
{
	static const char *const sets[] = {"w256", "w256n", "w256r", "w512"};
	const struct slice passwords[] = {
	    pass, SLICE_EMPTY, SLICE_LIT("Пароль"), pass};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		char dir[PATH_TEXT_SIZE], id[CONTAINER_ID_SIZE];
		static const char *const names[] = {
		    "Иванов Иван Иванович", "И", "Иванов Иван"};
		struct errinfo ei = {0};

		(void)snprintf(
		    dir, sizeof(dir), "%s%s.000", scratch("cert"), sets[i]);
		put_theirs(sets[i], dir);
		for (size_t k = 0; k < ARRAY_LEN(names); k++) {
			struct container *c = open_at(dir, passwords[i]);
			struct buf cert = BUF_INIT(CERT_BYTES_MAX);
			struct buf seen = BUF_INIT(CERT_BYTES_MAX);
			struct container_info info;

			if (k == 0) {
				memcpy(id, container_info(c)->id, sizeof(id));
			}
			make_cert(container_privkey(c), names[k], &cert);
			assert_ok(
			    container_install_cert(c, buf_slice(&cert), &ei),
			    &ei);
			assert_true(container_info(c)->has_cert);
			/* Again is once. */
			assert_ok(
			    container_install_cert(c, buf_slice(&cert), &ei),
			    &ei);
			container_free(c);
			assert_ok(container_peek(dir, &info, &ei), &ei);
			assert_true(info.has_cert);
			assert_string_equal(info.id, id);
			assert_ok(container_peek_cert(dir, &seen, &ei), &ei);
			assert_true(
			    slice_eq(buf_slice(&seen), buf_slice(&cert)));
			c = open_at(dir, passwords[i]);
			assert_true(
			    slice_eq(container_cert(c), buf_slice(&cert)));
			container_free(c);
			buf_clear(&cert);
			buf_clear(&seen);
		}
		clean(dir);
	}
}

static void
test_other_key(void **state)
{
	char dir[PATH_TEXT_SIZE];
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct privkey *other = make_key("gost2012-256:A");
	struct errinfo ei = {0};
	struct container *c;

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s", scratch("other.000"));
	put_theirs("w256", dir);
	c = open_at(dir, pass);
	make_cert(other, "Иванов", &cert);
	assert_int_equal(
	    container_install_cert(c, buf_slice(&cert), &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "container.cert.key");
	assert_false(container_info(c)->has_cert);
	container_free(c);
	buf_clear(&cert);
	privkey_free(other);
	clean(dir);
}

static void
test_stays(void **state)
{
	struct privkey *key = make_key("gost2012-256:A"), *copy = NULL;
	const struct cryptopro_options o = {
	    .key = key, .name = "x", .password = pass};
	struct errinfo ei = {0};
	struct container *c;
	char dir[PATH_TEXT_SIZE];

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s", scratch("stays.000"));
	assert_ok(cryptopro_write(dir, &o, &ei), &ei);
	c = open_at(dir, pass);
	assert_true(container_info(c)->stays);
	assert_int_equal(container_privkey_to_copy(c, &copy, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "container.cryptopro.not_exportable");
	assert_null(copy);
	container_free(c);
	privkey_free(key);
	clean(dir);
}

/* Folders that are named as theirs are, one of them damaged, among others. */
static void
test_listed(void **state)
{
	static const char *const folders[] = {
	    "abcdefgh.000", "abcdefgh.001", "photos.00a", "empty.000"};
	char dir[PATH_TEXT_SIZE], path[PATH_TEXT_SIZE], header[PATH_TEXT_SIZE];
	struct container_entry *list = NULL;
	struct errinfo ei = {0};
	size_t num = 0;

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s", scratch("top"));
	assert_ok(dir_make(dir, 0700, &ei), &ei);
	path_in(dir, "abcdefgh.000", path);
	put_theirs("w256", path);
	path_in(dir, "abcdefgh.001", path);
	put_theirs("w512", path);
	path_in(path, "header.key", header);
	assert_ok(file_write_atomic(header, SLICE_LIT("0"), 0600, &ei), &ei);
	path_in(dir, "photos.00a", path);
	put_theirs("w256", path);
	path_in(dir, "empty.000", path);
	assert_ok(dir_make(path, 0700, &ei), &ei);
	path_in(dir, "file.000", path);
	assert_ok(file_write_new(path, SLICE_LIT("x"), 0600, &ei), &ei);

	assert_ok(container_list_outside(dir, &list, &num, &ei), &ei);
	assert_int_equal(num, 2);
	assert_string_equal(list[0].name, "abcdefgh.000");
	assert_int_equal(list[0].problem.kind, ERR_OK);
	assert_string_equal(list[0].info.label, "from the package");
	assert_string_equal(list[1].name, "abcdefgh.001");
	assert_string_equal(list[1].problem.rule, "container.damaged");
	container_list_free(list, num);

	/* In a folder of containers its name does not matter. */
	assert_ok(container_list(dir, &list, &num, &ei), &ei);
	assert_int_equal(num, 3);
	container_list_free(list, num);

	path_in(dir, "file.000", path);
	assert_int_equal(unlink(path), 0);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		path_in(dir, folders[i], path);
		clean(path);
	}
	assert_int_equal(rmdir(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_opened),
	    cmocka_unit_test(test_certificate),
	    cmocka_unit_test(test_other_key),
	    cmocka_unit_test(test_stays),
	    cmocka_unit_test(test_listed),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
