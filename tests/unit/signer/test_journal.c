/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal on a disk that loses, tears, damages and fills up.  pwrite and
 * fdatasync are wrapped by the linker, so that they can fail when told.
 */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "crypto/init.h"
#include "os/file.h"
#include "signer/journal.h"

/* In memory, if there is such a place: thousands of files, and how a disk
 * behaves is said below. */
static char in_memory[] = "/dev/shm/surguch-journal-XXXXXX";
static char on_disk[] = "/tmp/surguch-journal-XXXXXX";
static char *dir = in_memory;
static char path[PATH_TEXT_SIZE];
static struct buf store = BUF_INIT(1 << 20);
static struct buf image = BUF_INIT(1 << 20);

/* How the disk behaves: bytes that pwrite still takes, -1 for all. */
static ssize_t room = -1;
static int room_errno;
static bool sync_fails;
static unsigned num_syncs;

ssize_t __real_pwrite64(int fd, const void *p, size_t len, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t len, off_t at);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);

ssize_t
__wrap_pwrite64(int fd, const void *p, size_t len, off_t at)
{
	if (room == 0) {
		errno = room_errno;
		return -1;
	}
	if (room > 0 && len > (size_t)room) {
		len = (size_t)room;
	}
	if (room > 0) {
		room -= (ssize_t)len;
	}
	return __real_pwrite64(fd, p, len, at);
}

int
__wrap_fdatasync(int fd)
{
	num_syncs++;
	if (sync_fails) {
		errno = EIO;
		return -1;
	}
	return __real_fdatasync(fd);
}

/* --- helpers ------------------------------------------------------------ */

static void
empty_dir(void)
{
	char **names;
	struct errinfo ei;
	size_t num;

	assert_ok(dir_list(dir, NULL, 10000, &names, &num, &ei), &ei);
	for (size_t i = 0; i < num; i++) {
		char one[PATH_TEXT_SIZE];

		assert_ok(path_join(one, dir, names[i], &ei), &ei);
		assert_int_equal(unlink(one), 0);
	}
	dir_list_free(names, num);
}

static int
set_up(void **state)
{
	struct errinfo ei;

	(void)state;
	assert_ok(crypto_init(&ei), &ei);
	if (mkdtemp(dir) == NULL) {
		dir = on_disk;
		assert_non_null(mkdtemp(dir));
	}
	assert_ok(path_join(path, dir, "journal", &ei), &ei);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	empty_dir();
	buf_clear(&store);
	buf_clear(&image);
	return rmdir(dir);
}

static uint64_t seen;

static enum err
count(void *arg, const struct record *r, struct errinfo *ei)
{
	(void)arg;
	(void)ei;
	seen++;
	assert_int_equal(r->number, seen);
	return ERR_OK;
}

static enum err
open_it(struct journal **j, struct journal_report *report, struct errinfo *ei)
{
	seen = 0;
	return journal_open(dir, count, NULL, report, j, ei);
}

/* Two records in a group of their own, then a group of three. */
static void
write_five(struct journal *j)
{
	struct errinfo ei;

	for (int i = 0; i < 5; i++) {
		struct buf b = BUF_INIT(100);
		uint64_t number;

		buf_printf(&b, "payload %d %.*s", i, i * 7,
		    "........................................");
		assert_ok(journal_append(j, JOURNAL_ISSUE, 1000 + i,
			      buf_slice(&b), &number, &ei),
		    &ei);
		assert_int_equal(number, i + 1);
		buf_clear(&b);
		if (i == 1) {
			assert_ok(journal_commit(j, &ei), &ei);
		}
	}
	assert_ok(journal_commit(j, &ei), &ei);
}

/* A fresh journal of five records into `image`; where group two begins. */
static uint64_t
make_image(void)
{
	struct journal_report report;
	struct journal *j;
	struct errinfo ei;
	struct record r;

	empty_dir();
	assert_ok(open_it(&j, &report, &ei), &ei);
	write_five(j);
	assert_ok(journal_read(j, 3, &store, &r, &ei), &ei);
	journal_close(j);
	buf_reset(&image);
	assert_ok(file_read(path, 1 << 20, &image, &ei), &ei);
	return r.synced;
}

static void
put_image(struct slice bytes)
{
	struct errinfo ei;

	empty_dir();
	assert_ok(file_write_atomic(path, bytes, 0600, &ei), &ei);
}

/* --- tests -------------------------------------------------------------- */

static void
keeps_what_was_committed(void **state)
{
	struct journal_report report;
	struct journal *j, *other;
	struct record r;
	struct errinfo ei;

	(void)state;
	empty_dir();
	num_syncs = 0;
	assert_ok(open_it(&j, &report, &ei), &ei);
	assert_int_equal(report.num_records, 0);
	write_five(j);
	/* One at open, one a group. */
	assert_int_equal(num_syncs, 3);
	assert_int_equal(open_it(&other, &report, &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "file.locked");
	assert_int_equal(journal_number(j), 5);
	assert_int_equal(journal_time(j), 1004);
	assert_int_equal(journal_read(j, 0, &store, &r, &ei), ERR_NOTFOUND);
	assert_int_equal(journal_read(j, 6, &store, &r, &ei), ERR_NOTFOUND);
	journal_close(j);

	assert_ok(open_it(&j, &report, &ei), &ei);
	assert_int_equal(report.num_records, 5);
	assert_int_equal(report.cut_bytes, 0);
	assert_int_equal(seen, 5);
	assert_int_equal(journal_time(j), 1004);
	assert_ok(journal_read(j, 2, &store, &r, &ei), &ei);
	assert_true(slice_eq_str(r.payload, "payload 1 ......."));
	assert_int_equal(r.time, 1001);
	journal_close(j);
}

static void
pending_can_be_read_and_dropped(void **state)
{
	struct journal_report report;
	struct journal *j;
	struct record r;
	struct errinfo ei;
	uint64_t number;
	uint8_t hash[RECORD_HASH_SIZE];

	(void)state;
	empty_dir();
	assert_ok(open_it(&j, &report, &ei), &ei);
	write_five(j);
	memcpy(hash, journal_hash(j), sizeof(hash));
	assert_ok(journal_append(
		      j, JOURNAL_ISSUE, 2000, SLICE_LIT("six"), &number, &ei),
	    &ei);
	assert_int_equal(number, 6);
	assert_int_equal(journal_number(j), 5);
	assert_int_equal(journal_next_number(j), 7);
	assert_int_equal(journal_time(j), 1004);
	assert_ok(journal_read(j, 6, &store, &r, &ei), &ei);
	assert_true(slice_eq_str(r.payload, "six"));
	assert_memory_equal(r.previous, hash, sizeof(hash));
	journal_drop(j);
	assert_int_equal(journal_num_pending(j), 0);
	assert_int_equal(journal_read(j, 6, &store, &r, &ei), ERR_NOTFOUND);
	/* The next takes its number and its place in the chain. */
	assert_ok(journal_append(
		      j, JOURNAL_ISSUE, 2000, SLICE_LIT("other"), &number, &ei),
	    &ei);
	assert_int_equal(number, 6);
	assert_ok(journal_commit(j, &ei), &ei);
	journal_close(j);
	assert_ok(open_it(&j, &report, &ei), &ei);
	assert_int_equal(report.num_records, 6);
	journal_close(j);
}

/* Whatever part of the last group reached the disk, the groups before stay
 * and what was cut is kept. */
static void
a_torn_end_is_cut(void **state)
{
	uint64_t group = make_image();
	struct slice whole = buf_slice(&image);
	struct journal_report report;
	struct journal *j;
	struct errinfo ei;

	(void)state;
	print_message("proves: power, torn end\n");
	for (size_t len = (size_t)group; len < whole.len; len++) {
		char kept[PATH_TEXT_SIZE];
		uint64_t want = 2;

		put_image(slice_make(whole.p, len));
		assert_ok(open_it(&j, &report, &ei), &ei);
		/* Whole records of the group stay: nobody was told of them,
		 * and they are good. */
		assert_true(report.num_records >= want);
		assert_int_equal(report.bytes + report.cut_bytes, len);
		assert_int_equal(journal_number(j), report.num_records);
		if (report.cut_bytes > 0) {
			assert_ok(
			    path_join(kept, dir, report.cut_file, &ei), &ei);
			buf_reset(&store);
			assert_ok(file_read(kept, 1 << 20, &store, &ei), &ei);
			assert_int_equal(store.len, report.cut_bytes);
		}
		journal_close(j);
		assert_ok(open_it(&j, &report, &ei), &ei);
		assert_int_equal(report.cut_bytes, 0);
		journal_close(j);
	}
}

/* Blocks of the last group may be missing while later ones are there. */
static void
a_hole_in_the_last_group_is_cut(void **state)
{
	uint64_t group = make_image();
	struct buf holed = BUF_INIT(1 << 20);
	struct journal_report report;
	struct journal *j;
	struct errinfo ei;

	(void)state;
	buf_add(&holed, buf_slice(&image));
	memset(holed.p + group + 10, 0, 60);
	put_image(buf_slice(&holed));
	assert_ok(open_it(&j, &report, &ei), &ei);
	assert_int_equal(report.num_records, 2);
	assert_int_equal(report.cut_at, group);
	journal_close(j);
	buf_clear(&holed);
}

/* Any changed bit before the last group refuses the start and changes
 * nothing; in the last group it looks torn. */
static void
damage_is_never_repaired(void **state)
{
	uint64_t group = make_image();
	struct buf bad = BUF_INIT(1 << 20), after = BUF_INIT(1 << 20);
	struct journal_report report;
	struct journal *j;
	struct errinfo ei;

	(void)state;
	print_message("proves: power, damage\n");
	for (size_t at = 0; at < group; at++) {
		buf_reset(&bad);
		buf_add(&bad, buf_slice(&image));
		bad.p[at] ^= (uint8_t)(1u << (at % 8));
		put_image(buf_slice(&bad));
		assert_int_equal(open_it(&j, &report, &ei), ERR_FORMAT);
		assert_string_equal(ei.rule, "journal.damaged");
		buf_reset(&after);
		assert_ok(file_read(path, 1 << 20, &after, &ei), &ei);
		assert_true(slice_eq(buf_slice(&bad), buf_slice(&after)));
	}
	for (size_t at = (size_t)group; at < image.len; at += 13) {
		buf_reset(&bad);
		buf_add(&bad, buf_slice(&image));
		bad.p[at] ^= 0x10;
		put_image(buf_slice(&bad));
		assert_ok(open_it(&j, &report, &ei), &ei);
		assert_true(report.num_records < 5);
		journal_close(j);
	}
	buf_clear(&bad);
	buf_clear(&after);
}

/* Records that are sound but not in their place: an edited journal. */
static void
a_record_taken_out_is_seen(void **state)
{
	uint64_t group = make_image();
	struct buf edited = BUF_INIT(1 << 20);
	struct journal_report report;
	struct journal *j;
	struct errinfo ei;

	(void)state;
	buf_add(
	    &edited, slice_make(image.p + group, image.len - (size_t)group));
	put_image(buf_slice(&edited));
	assert_int_equal(open_it(&j, &report, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "journal.damaged");
	/* And one put in twice. */
	buf_reset(&edited);
	buf_add(&edited, buf_slice(&image));
	buf_add(
	    &edited, slice_make(image.p + group, image.len - (size_t)group));
	put_image(buf_slice(&edited));
	assert_int_equal(open_it(&j, &report, &ei), ERR_FORMAT);
	buf_clear(&edited);
}

/* However much of the group fitted, nothing of it stays, and the journal
 * goes on when there is room. */
static void
a_full_disk_takes_nothing(void **state)
{
	enum {
		NEEDED = RECORD_OVERHEAD + 17
	}; /* "what does not fit" */
	static const int why[] = {ENOSPC, EDQUOT};
	struct journal_report report;
	struct journal *j;
	struct errinfo ei;

	(void)state;
	print_message("proves: full disk\n");
	for (ssize_t fits = 0; fits < 200; fits += 9) {
		empty_dir();
		assert_ok(open_it(&j, &report, &ei), &ei);
		write_five(j);
		assert_ok(journal_append(j, JOURNAL_ISSUE, 3000,
			      SLICE_LIT("what does not fit"), NULL, &ei),
		    &ei);
		room = fits;
		room_errno = why[fits % 2];
		if (fits == 0) {
			room = 0;
		}
		assert_int_equal(journal_commit(j, &ei),
		    fits < (ssize_t)NEEDED ? ERR_STORE : ERR_OK);
		if (fits < (ssize_t)NEEDED) {
			assert_string_equal(ei.rule, "journal.full");
			assert_int_equal(journal_number(j), 5);
			assert_int_equal(journal_num_pending(j), 0);
			assert_int_equal(journal_time(j), 1004);
		}
		room = -1;
		assert_ok(journal_append(j, JOURNAL_ISSUE, 3001,
			      SLICE_LIT("later"), NULL, &ei),
		    &ei);
		assert_ok(journal_commit(j, &ei), &ei);
		journal_close(j);
		assert_ok(open_it(&j, &report, &ei), &ei);
		assert_int_equal(report.cut_bytes, 0);
		assert_int_equal(
		    report.num_records, fits < (ssize_t)NEEDED ? 6 : 7);
		journal_close(j);
	}
}

static void
a_failed_sync_ends_it(void **state)
{
	struct journal_report report;
	struct journal *j;
	struct errinfo ei;

	(void)state;
	empty_dir();
	assert_ok(open_it(&j, &report, &ei), &ei);
	write_five(j);
	assert_ok(
	    journal_append(j, JOURNAL_ISSUE, 3000, SLICE_LIT("x"), NULL, &ei),
	    &ei);
	sync_fails = true;
	assert_int_equal(journal_commit(j, &ei), ERR_SYS);
	assert_string_equal(ei.rule, "journal.sync");
	assert_int_equal(journal_number(j), 5);
	journal_close(j);
	/* Not even to be read while the disk is like that. */
	assert_int_equal(open_it(&j, &report, &ei), ERR_SYS);
	sync_fails = false;
	assert_ok(open_it(&j, &report, &ei), &ei);
	journal_close(j);
}

static void
a_write_error_ends_it(void **state)
{
	struct journal_report report;
	struct journal *j;
	struct errinfo ei;

	(void)state;
	empty_dir();
	assert_ok(open_it(&j, &report, &ei), &ei);
	assert_ok(
	    journal_append(j, JOURNAL_ISSUE, 3000, SLICE_LIT("x"), NULL, &ei),
	    &ei);
	room = 0;
	room_errno = EIO;
	assert_int_equal(journal_commit(j, &ei), ERR_SYS);
	assert_string_equal(ei.rule, "journal.write");
	room = -1;
	journal_close(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keeps_what_was_committed),
	    cmocka_unit_test(pending_can_be_read_and_dropped),
	    cmocka_unit_test(a_torn_end_is_cut),
	    cmocka_unit_test(a_hole_in_the_last_group_is_cut),
	    cmocka_unit_test(damage_is_never_repaired),
	    cmocka_unit_test(a_record_taken_out_is_seen),
	    cmocka_unit_test(a_full_disk_takes_nothing),
	    cmocka_unit_test(a_failed_sync_ends_it),
	    cmocka_unit_test(a_write_error_ends_it),
	};

	return cmocka_run_group_tests_name("journal", tests, set_up, tear_down);
}
