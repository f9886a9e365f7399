/* SPDX-License-Identifier: Apache-2.0 */
/* Other people's programs: cabextract and gcab read our cabinets, and we read
 * gcab's, of several files, deflated and stored. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "os/file.h"
#include "scratch.h"
#include "trust/cab.h"

enum {
	ROOM = 4 * 1024 * 1024,
	AT = 1589769000, /* 2020-05-18, an even second */
};

static char dir[PATH_TEXT_SIZE];

static int
set_up(void **state)
{
	(void)state;
	scratch_open("cab", dir);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_close(dir);
	return 0;
}

static void
run(const char *const *argv)
{
	const char *const envp[] = {"PATH=/usr/bin:/bin", "TZ=UTC", NULL};
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	assert_ok(path_join(path, "/usr/bin", argv[0], &ei), &ei);
	assert_int_equal(scratch_run(path, argv, envp), 0);
}

static void
load(const char *name, struct buf *out)
{
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	assert_ok(path_join(path, dir, name, &ei), &ei);
	assert_ok(file_read(path, ROOM, out, &ei), &ei);
}

static void
save(const char *name, struct slice s)
{
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	assert_ok(path_join(path, dir, name, &ei), &ei);
	assert_ok(file_write_atomic(path, s, 0600, &ei), &ei);
}

/* Half of it gets shorter, half does not, and what repeats lies within the
 * block before: who forgets the dictionary reads something else. */
static void
fill(struct buf *out, size_t len, uint32_t seed)
{
	uint32_t v = seed;

	for (size_t i = 0; i < len; i++) {
		if (i >= 20000 && i % 40000 >= 20000) {
			buf_add_u8(out, buf_slice(out).p[i - 20000]);
			continue;
		}
		v = v * 1664525 + 1013904223;
		buf_add_u8(out, (uint8_t)(v >> 24));
	}
}

/* What the program makes of our cabinet is what we put into it. */
static void
read_by(const char *const *argv, size_t len)
{
	struct buf in = BUF_INIT(ROOM), cab = BUF_INIT(ROOM),
		   back = BUF_INIT(ROOM);
	struct errinfo ei = {0};

	fill(&in, len, 7);
	assert_ok(cab_build("a.stl", AT, buf_slice(&in), &cab, &ei), &ei);
	save("ours.cab", buf_slice(&cab));
	save("a.stl", SLICE_LIT("not unpacked"));
	run(argv);
	load("a.stl", &back);
	assert_true(slice_eq(buf_slice(&back), buf_slice(&in)));
	buf_clear(&in);
	buf_clear(&cab);
	buf_clear(&back);
}

static const size_t lens[] = {1, 32767, 32768, 32769, 200000};

static void
test_cabextract_reads(void **state)
{
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};
	const char *const argv[] = {
	    "cabextract", "-q", "-s", "-d", dir, path, NULL};

	(void)state;
	assert_ok(path_join(path, dir, "ours.cab", &ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		read_by(argv, lens[i]);
	}
}

static void
test_gcab_reads(void **state)
{
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};
	const char *const argv[] = {"gcab", "-x", "-C", dir, path, NULL};

	(void)state;
	assert_ok(path_join(path, dir, "ours.cab", &ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		read_by(argv, lens[i]);
	}
}

/* Three files, the middle one over several blocks, asked for in any order. */
static void
we_read(bool deflated)
{
	static const char *const names[] = {"one.bin", "two.bin", "three.bin"};
	static const size_t sizes[] = {5000, 100000, 1};
	static const size_t order[] = {2, 0, 1, 0};
	char cabinet[PATH_TEXT_SIZE], paths[3][PATH_TEXT_SIZE];
	const char *argv[] = {"gcab", deflated ? "-cnz" : "-cn", cabinet,
	    paths[0], paths[1], paths[2], NULL};
	struct buf file = BUF_INIT(ROOM), in[3];
	struct errinfo ei = {0};
	struct cab c;

	assert_ok(path_join(cabinet, dir, "gcab.cab", &ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		buf_init(&in[i], ROOM);
		fill(&in[i], sizes[i], (uint32_t)i);
		save(names[i], buf_slice(&in[i]));
		assert_ok(path_join(paths[i], dir, names[i], &ei), &ei);
	}
	run(argv);
	load("gcab.cab", &file);
	assert_ok(cab_parse(buf_slice(&file), &c, &ei), &ei);
	assert_int_equal(c.num, ARRAY_LEN(names));
	assert_int_equal(c.folders[0].deflated, deflated);
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		struct slice plain;

		assert_string_equal(c.members[order[i]].name, names[order[i]]);
		assert_ok(cab_member(&c, order[i], &plain, &ei), &ei);
		assert_true(slice_eq(plain, buf_slice(&in[order[i]])));
	}
	cab_clear(&c);
	buf_clear(&file);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		buf_clear(&in[i]);
	}
}

static void
test_gcab_writes(void **state)
{
	(void)state;
	we_read(true);
	we_read(false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cabextract_reads),
	    cmocka_unit_test(test_gcab_reads),
	    cmocka_unit_test(test_gcab_writes),
	};

	return cmocka_run_group_tests_name(
	    "trust/cab_outside", tests, set_up, tear_down);
}
