/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/secret.h"
#include "os/file.h"
#include "os/random.h"
#include "os/systime.h"

static char dir[] = "/tmp/surguch-file-XXXXXX";
static char path[PATH_TEXT_SIZE];

static int
set_up(void **state)
{
	struct errinfo ei;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_ok(path_join(path, dir, "f", &ei), &ei);
	return 0;
}

static int
tear_down(void **state)
{
	char **names;
	size_t num;
	struct errinfo ei;

	(void)state;
	assert_ok(dir_list(dir, NULL, 100, &names, &num, &ei), &ei);
	for (size_t i = 0; i < num; i++) {
		char one[PATH_TEXT_SIZE];

		assert_ok(path_join(one, dir, names[i], &ei), &ei);
		assert_int_equal(remove(one), 0);
	}
	dir_list_free(names, num);
	return rmdir(dir);
}

static unsigned
mode_of(const char *p)
{
	struct stat st;

	assert_int_equal(stat(p, &st), 0);
	return (unsigned)st.st_mode & 07777;
}

static void
writes_whole_files(void **state)
{
	struct buf b = BUF_INIT(100);
	struct errinfo ei;

	(void)state;
	assert_ok(file_write_atomic(path, SLICE_LIT("one"), 0640, &ei), &ei);
	assert_int_equal(mode_of(path), 0640);
	assert_ok(file_write_atomic(path, SLICE_LIT("two!"), 0600, &ei), &ei);
	assert_int_equal(mode_of(path), 0600);
	assert_ok(file_read(path, 4, &b, &ei), &ei);
	assert_string_equal(buf_cstr(&b), "two!");
	assert_int_equal(
	    file_write_new(path, SLICE_LIT("three"), 0600, &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "file.exists");
	assert_string_equal(ei.object, path);
	buf_reset(&b);
	assert_ok(file_read(path, 4, &b, &ei), &ei);
	assert_string_equal(buf_cstr(&b), "two!");
	buf_clear(&b);
}

/* What is behind first, and nothing is seen before all is there. */
static void
a_draft_is_seen_when_it_is_done(void **state)
{
	const struct slice pieces[] = {
	    SLICE_LIT("three"), SLICE_EMPTY, SLICE_LIT("four")};
	struct buf b = BUF_INIT(100);
	struct file_draft d = {.fd = -1};
	struct errinfo ei;

	(void)state;
	file_draft_drop(&d);
	assert_ok(file_draft_new(path, 0644, &d, &ei), &ei);
	assert_ok(file_draft_put(&d, 3, SLICE_LIT("def"), &ei), &ei);
	assert_ok(file_draft_sync(&d, &ei), &ei);
	file_draft_drop(&d);
	assert_int_equal(d.fd, -1);
	assert_int_equal(mode_of(path), 0600);
	assert_ok(file_draft_new(path, 0644, &d, &ei), &ei);
	assert_ok(file_draft_put(&d, 3, SLICE_LIT("def"), &ei), &ei);
	assert_ok(file_read(path, 4, &b, &ei), &ei);
	assert_string_equal(buf_cstr(&b), "two!");
	assert_ok(file_draft_put(&d, 0, SLICE_LIT("abc"), &ei), &ei);
	assert_ok(file_draft_put(&d, 6, SLICE_LIT("gh"), &ei), &ei);
	assert_ok(file_draft_done(&d, &ei), &ei);
	assert_int_equal(d.fd, -1);
	assert_int_equal(mode_of(path), 0644);
	buf_reset(&b);
	assert_ok(file_read(path, 9, &b, &ei), &ei);
	assert_string_equal(buf_cstr(&b), "abcdefgh");
	assert_ok(
	    file_write_pieces(path, pieces, ARRAY_LEN(pieces), 0600, &ei), &ei);
	buf_reset(&b);
	assert_ok(file_read(path, 9, &b, &ei), &ei);
	assert_string_equal(buf_cstr(&b), "threefour");
	assert_int_equal(
	    file_draft_new("/nonexistent/x", 0644, &d, &ei), ERR_SYS);
	assert_string_equal(ei.object, "/nonexistent/x");
	assert_ok(file_write_atomic(path, SLICE_LIT("two!"), 0600, &ei), &ei);
	buf_clear(&b);
}

static void
leaves_no_temporary_behind(void **state)
{
	char **names = NULL;
	size_t num = 0;
	struct errinfo ei;

	(void)state;
	assert_int_not_equal(
	    file_write_atomic("/nonexistent/x", SLICE_EMPTY, 0600, &ei),
	    ERR_OK);
	assert_ok(dir_list(dir, NULL, 100, &names, &num, &ei), &ei);
	assert_int_equal(num, 1);
	assert_string_equal(names[0], "f");
	dir_list_free(names, num);
	assert_ok(dir_list(dir, ".conf", 100, &names, &num, &ei), &ei);
	assert_int_equal(num, 0);
	dir_list_free(names, num);
	assert_int_equal(dir_list(dir, NULL, 0, &names, &num, &ei), ERR_LIMIT);
}

static void
refuses_to_read(void **state)
{
	struct buf b = BUF_INIT(100);
	struct errinfo ei;

	(void)state;
	assert_int_equal(file_read(path, 3, &b, &ei), ERR_LIMIT);
	assert_int_equal(file_read("/nonexistent", 3, &b, &ei), ERR_NOTFOUND);
	assert_int_equal(file_read(dir, 3, &b, &ei), ERR_UNSUPPORTED);
	assert_int_equal(file_read("/dev/null", 3, &b, &ei), ERR_UNSUPPORTED);
	assert_int_equal(b.len, 0);
	buf_clear(&b);
}

static void
secrets_are_nobody_elses(void **state)
{
	struct secret s = SECRET_EMPTY;
	struct errinfo ei;

	(void)state;
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(file_read_secret(path, 10, &s, &ei), ERR_DENIED);
	assert_string_equal(ei.rule, "file.secret_mode");
	assert_int_equal(chmod(path, 0604), 0);
	assert_int_equal(file_check_secret_mode(path, &ei), ERR_DENIED);
	assert_int_equal(chmod(path, 0400), 0);
	assert_ok(file_read_secret(path, 10, &s, &ei), &ei);
	assert_true(slice_eq_str(secret_slice(&s), "two!"));
	secret_clear(&s);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 4711, 4711), 0);
		assert_int_equal(file_check_secret_mode(path, &ei), ERR_DENIED);
		assert_int_equal(chown(path, 0, 0), 0);
	}
}

static void
trust_needs_owner_and_mode(void **state)
{
	struct errinfo ei;

	(void)state;
	assert_int_equal(chmod(path, 0644), 0);
	assert_ok(file_check_trusted(path, geteuid(), &ei), &ei);
	assert_int_equal(chmod(path, 0664), 0);
	assert_int_equal(file_check_trusted(path, geteuid(), &ei), ERR_DENIED);
	assert_string_equal(ei.rule, "file.trusted_mode");
	assert_int_equal(chmod(path, 0646), 0);
	assert_int_equal(file_check_trusted(path, geteuid(), &ei), ERR_DENIED);
	assert_int_equal(chmod(path, 0644), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 4711, 4711), 0);
		assert_int_equal(file_check_trusted(path, 0, &ei), ERR_DENIED);
		assert_ok(file_check_trusted(path, 4711, &ei), &ei);
		assert_int_equal(chown(path, 0, 0), 0);
	}
}

static void
locks_once(void **state)
{
	char lock[PATH_TEXT_SIZE];
	struct errinfo ei;
	int one, two;

	(void)state;
	assert_ok(path_join(lock, dir, "lock", &ei), &ei);
	assert_ok(file_lock(lock, &one, &ei), &ei);
	assert_int_equal(file_lock(lock, &two, &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "file.locked");
	fd_close(one);
	assert_ok(file_lock(lock, &two, &ei), &ei);
	fd_close(two);
}

static void
a_full_disk_is_told(void **state)
{
	struct errinfo ei;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, SLICE_LIT("x"), &ei), ERR_STORE);
	assert_string_equal(ei.rule, "file.full");
	fd_close(fd);
}

static void
paths_fit_or_fail(void **state)
{
	char out[PATH_TEXT_SIZE], name[PATH_TEXT_SIZE];
	struct errinfo ei;

	(void)state;
	memset(name, 'a', sizeof(name));
	name[PATH_TEXT_SIZE - 3] = '\0'; /* with "d/" it just fits */
	assert_ok(path_join(out, "d", name, &ei), &ei);
	assert_int_equal(strlen(out), PATH_TEXT_SIZE - 1);
	name[PATH_TEXT_SIZE - 3] = 'a';
	name[PATH_TEXT_SIZE - 2] = '\0';
	assert_int_equal(path_join(out, "d", name, &ei), ERR_LIMIT);
}

static void
a_file_without_a_name(void **state)
{
	struct errinfo ei;
	char link[PATH_TEXT_SIZE], got[8];
	int fd = -1;

	(void)state;
	assert_ok(file_unnamed(dir, slice_str("content"), &fd, &ei), &ei);
	assert_int_equal(pread(fd, got, sizeof(got), 0), 7);
	assert_memory_equal(got, "content", 7);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	/* Nobody can give it a name either. */
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	assert_int_not_equal(
	    linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW), 0);
	fd_close(fd);
	assert_int_equal(
	    file_unnamed("/nowhere", slice_str("x"), &fd, &ei), ERR_SYS);
	assert_string_equal(ei.rule, "file.unnamed");
	assert_string_equal(ei.object, "/nowhere");
}

static void
ids_and_time(void **state)
{
	struct clock c = system_clock();
	struct errinfo ei;
	struct id a, b;

	(void)state;
	assert_ok(id_new(&c, &a, &ei), &ei);
	assert_ok(id_new(&c, &b, &ei), &ei);
	assert_false(id_eq(&a, &b));
	assert_memory_equal(a.b, b.b, 4); /* the same minute or so */
	assert_true(clock_utc_sec(&c) > 1700000000);
	assert_true(clock_mono_ms(&c) <= clock_mono_ms(&c));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_whole_files),
	    cmocka_unit_test(a_draft_is_seen_when_it_is_done),
	    cmocka_unit_test(leaves_no_temporary_behind),
	    cmocka_unit_test(refuses_to_read),
	    cmocka_unit_test(secrets_are_nobody_elses),
	    cmocka_unit_test(trust_needs_owner_and_mode),
	    cmocka_unit_test(locks_once),
	    cmocka_unit_test(a_full_disk_is_told),
	    cmocka_unit_test(paths_fit_or_fail),
	    cmocka_unit_test(a_file_without_a_name),
	    cmocka_unit_test(ids_and_time),
	};

	return cmocka_run_group_tests_name("file", tests, set_up, tear_down);
}
