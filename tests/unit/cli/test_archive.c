/* SPDX-License-Identifier: Apache-2.0 */
/* A backup's file: names, headers, and that every change shows. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "cli/archive.h"
#include "crypto/init.h"
#include "os/file.h"
#include "os/memfd.h"

static void
names_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const good[] = {
	    "a", "a/b", "a b", ".a", "a/..b", "ключ"};
	static const char *const bad[] = {"", "/a", "a/", "a//b", ".", "..",
	    "../a", "a/../b", "a/..", "a\n", "\xff"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(tar_name_safe(good[i]));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(tar_name_safe(bad[i]));
	}
}

static void
long_names(void **state)
{
	struct tar_entry e = {.mode = 0600, .size = 8589934591, .uid = 64001},
			 back;
	uint8_t block[TAR_BLOCK];
	struct errinfo ei = {0};
	bool end;

	(void)state;
	memset(e.name, 'a', 256);
	e.name[100] = '/';
	e.name[155] = '/';
	assert_ok(tar_header_put(&e, block, &ei), &ei);
	assert_ok(tar_header_get(block, &back, &end, &ei), &ei);
	assert_false(end);
	assert_string_equal(back.name, e.name);
	assert_int_equal(back.size, e.size);
	assert_int_equal(back.uid, e.uid);
	/* No slash where the name could be cut; a byte more of content. */
	e.name[154] = '/';
	e.name[155] = 'a';
	assert_int_equal(tar_header_put(&e, block, &ei), ERR_LIMIT);
	e.name[1] = '\0';
	assert_ok(tar_header_put(&e, block, &ei), &ei);
	e.size++;
	assert_int_equal(tar_header_put(&e, block, &ei), ERR_LIMIT);
	assert_string_equal(ei.rule, "tar.size");
}

static int
make(uint8_t digest[SHA256_SIZE])
{
	struct archive_writer *w = NULL;
	struct errinfo ei = {0};
	int fd, from;

	assert_ok(memfd_new("archive", &fd, &ei), &ei);
	assert_ok(memfd_of("from", SLICE_LIT("content"), &from, &ei), &ei);
	assert_ok(archive_new(fd, ARCHIVE_BACKUP, 1, &w, &ei), &ei);
	assert_ok(
	    archive_add(w,
		&(struct tar_entry){.name = "etc", .dir = true, .mode = 0755},
		-1, &ei),
	    &ei);
	assert_int_equal(lseek(from, 0, SEEK_SET), 0);
	assert_ok(
	    archive_add(w,
		&(struct tar_entry){.name = "etc/a", .size = 4, .mode = 0644},
		from, &ei),
	    &ei);
	assert_ok(
	    archive_add_bytes(w, &(struct tar_entry){.name = "b", .mode = 0600},
		SLICE_LIT("bytes"), &ei),
	    &ei);
	archive_note_key(w, "etc/key");
	assert_ok(archive_end(w, digest, &ei), &ei);
	archive_free(w);
	fd_close(from);
	return fd;
}

static void
comes_back_as_it_was(void **state)
{
	struct buf out = BUF_INIT(100);
	uint8_t digest[SHA256_SIZE];
	struct errinfo ei = {0};
	struct archive a;
	uint64_t at_b;
	int fd = make(digest);

	(void)state;
	assert_ok(archive_open(fd, ARCHIVE_BACKUP, &a, &ei), &ei);
	assert_int_equal(a.num, 3);
	assert_int_equal(a.num_keys, 1);
	assert_string_equal(a.keys[0], "etc/key");
	assert_memory_equal(a.digest, digest, sizeof(digest));
	assert_true(a.members[0].entry.dir);
	assert_null(archive_find(&a, "etc/b"));
	assert_ok(archive_read(&a, archive_find(&a, "etc/a"), &out, &ei), &ei);
	assert_true(slice_eq_str(buf_slice(&out), "cont"));
	/* Changed after it was looked at. */
	assert_int_equal(
	    pwrite(fd, "X", 1, (off_t)archive_find(&a, "b")->at), 1);
	assert_int_equal(
	    archive_read(&a, archive_find(&a, "b"), &out, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "archive.changed");
	at_b = archive_find(&a, "b")->at;
	archive_clear(&a);
	buf_clear(&out);
	/* A file of another sort. */
	assert_int_equal(pwrite(fd, "b", 1, (off_t)at_b), 1);
	assert_rule(archive_open(fd, ARCHIVE_MIRROR, &a, &ei), ERR_FORMAT,
	    "archive.manifest", &ei);
	archive_clear(&a);
	fd_close(fd);
}

/* Every byte, and every length but the whole. */
static void
each_change_shows(void **state)
{
	uint8_t digest[SHA256_SIZE], byte, other;
	struct errinfo ei = {0};
	struct archive a;
	int fd = make(digest);
	off_t size = lseek(fd, 0, SEEK_END);

	(void)state;
	for (off_t at = 0; at < size; at++) {
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		other = byte ^ 1;
		assert_int_equal(pwrite(fd, &other, 1, at), 1);
		ei = (struct errinfo){0};
		if (archive_open(fd, ARCHIVE_BACKUP, &a, &ei) == ERR_OK) {
			fail_msg("byte %ld", (long)at);
		}
		assert_true(ei.rule[0] != '\0');
		archive_clear(&a);
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	while (--size >= 0) {
		assert_int_equal(ftruncate(fd, size), 0);
		assert_int_not_equal(
		    archive_open(fd, ARCHIVE_BACKUP, &a, &ei), ERR_OK);
		archive_clear(&a);
	}
	fd_close(fd);
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
	    cmocka_unit_test(names_that_lead_elsewhere_are_refused),
	    cmocka_unit_test(long_names),
	    cmocka_unit_test(comes_back_as_it_was),
	    cmocka_unit_test(each_change_shows),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
