/* SPDX-License-Identifier: Apache-2.0 */
/* Microsoft's real cabinets, our own, and what must be refused of one. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "trust/cab.h"

enum {
	ROOM = 4 * 1024 * 1024,
	HEADER = 36,
	FOLDER = 8,
	FILES_AT = HEADER + FOLDER,
	AT = 1589769000, /* 2020-05-18, an even second */
};

/* A cabinet, and the list that somebody else unpacked from it. */
static const struct real {
	const char *cab;
	const char *stl;
	const char *member;
} reals[] = {
    {"cab/authrootstl-20061214.cab", "stl/authroot-20061214.stl",
	"authroot.stl"},
    {"cab/authrootstl-20100927.cab", "stl/authroot-20100927.stl",
	"authroot.stl"},
    {"cab/authrootstl-20130420.cab", "stl/authroot-20130420.stl",
	"authroot.stl"},
    {"cab/authrootstl-20160916.cab", "stl/authroot-20160916.stl",
	"authroot.stl"},
    {"cab/authrootstl-20191029.cab", "stl/authroot-20191029.stl",
	"authroot.stl"},
    {"cab/authrootstl-20200518.cab", "stl/authroot-20200518.stl",
	"authroot.stl"},
    {"cab/authrootstl-20250616.cab", "stl/authroot-20250616.stl",
	"authroot.stl"},
    {"cab/disallowedcertstl-20190813.cab", "stl/disallowedcert-20190813.stl",
	"disallowedcert.stl"},
    {"mirror-20210126/authrootstl.cab", "mirror-20210126/authroot.stl",
	"authroot.stl"},
    {"mirror-20210126/disallowedcertstl.cab",
	"mirror-20210126/disallowedcert.stl", "disallowedcert.stl"},
    {"mirror-20210126/pinrulesstl.cab", "mirror-20210126/pinrules.stl",
	"pinrules.stl"},
};

static void
load(const char *file, struct buf *out)
{
	char path[PATH_SIZE];

	assert_true(reference_path("trust", file, path));
	load_file(path, out);
}

static void
test_real(void **state)
{
	char path[PATH_SIZE];

	(void)state;
	if (!reference_path("trust", "cab", path)) {
		skip();
	}
	print_message("proves: F1\n");
	assert_int_equal(ARRAY_LEN(reals), 11);
	for (size_t i = 0; i < ARRAY_LEN(reals); i++) {
		struct buf cab = BUF_INIT(ROOM), stl = BUF_INIT(ROOM),
			   ours = BUF_INIT(ROOM);
		struct errinfo ei = {0};
		struct slice plain;
		struct cab c, d;

		load(reals[i].cab, &cab);
		load(reals[i].stl, &stl);
		assert_ok(cab_parse(buf_slice(&cab), &c, &ei), &ei);
		assert_int_equal(c.num, 1);
		assert_string_equal(c.members[0].name, reals[i].member);
		assert_in_range(c.members[0].at, 1100000000, 1800000000);
		assert_ok(cab_member(&c, 0, &plain, &ei), &ei);
		assert_true(slice_eq(plain, buf_slice(&stl)));
		/* Ours is not longer, and says the same. */
		assert_ok(cab_build(c.members[0].name, c.members[0].at, plain,
			      &ours, &ei),
		    &ei);
		assert_in_range(ours.len, 1, cab.len + cab.len / 50);
		assert_ok(cab_parse(buf_slice(&ours), &d, &ei), &ei);
		assert_int_equal(d.members[0].at, c.members[0].at);
		assert_ok(cab_member(&d, 0, &plain, &ei), &ei);
		assert_true(slice_eq(plain, buf_slice(&stl)));
		cab_clear(&c);
		cab_clear(&d);
		buf_clear(&cab);
		buf_clear(&stl);
		buf_clear(&ours);
	}
}

/* Octets that do, or do not, get shorter. */
static void
fill(struct buf *out, size_t len, bool random)
{
	uint32_t v = 12345;

	for (size_t i = 0; i < len; i++) {
		v = v * 1664525 + 1013904223;
		buf_add_u8(out,
		    random ? (uint8_t)(v >> 24) : (uint8_t)("surguch"[i % 7]));
	}
}

static void
round_trip(size_t len, bool random)
{
	struct buf in = BUF_INIT(ROOM), out = BUF_INIT(ROOM),
		   again = BUF_INIT(ROOM);
	struct errinfo ei = {0};
	struct slice plain;
	struct cab c;

	fill(&in, len, random);
	assert_ok(cab_build("a.stl", AT, buf_slice(&in), &out, &ei), &ei);
	assert_ok(cab_build("a.stl", AT, buf_slice(&in), &again, &ei), &ei);
	assert_true(slice_eq(buf_slice(&out), buf_slice(&again)));
	assert_in_range(out.len, 0, 200 + len + len / 1000);
	assert_ok(cab_parse(buf_slice(&out), &c, &ei), &ei);
	assert_int_equal(c.members[0].at, AT);
	assert_ok(cab_member(&c, 0, &plain, &ei), &ei);
	assert_true(slice_eq(plain, buf_slice(&in)));
	cab_clear(&c);
	buf_clear(&in);
	buf_clear(&out);
	buf_clear(&again);
}

static void
test_round_trip(void **state)
{
	static const size_t lens[] = {0, 1, 32767, 32768, 32769, 65536, 200000};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		round_trip(lens[i], false);
		round_trip(lens[i], true);
	}
}

/* --- refused ----------------------------------------------------------------
 */

static void
small(struct buf *out)
{
	struct buf in = BUF_INIT(ROOM);
	struct errinfo ei = {0};

	buf_reset(out);
	fill(&in, 40000, true);
	assert_ok(cab_build("a.stl", AT, buf_slice(&in), out, &ei), &ei);
	buf_clear(&in);
}

static enum err
open_it(struct slice file, struct errinfo *ei)
{
	struct slice plain;
	struct cab c;
	enum err e = cab_parse(file, &c, ei);

	for (size_t i = 0; e == ERR_OK && i < c.num; i++) {
		e = cab_member(&c, i, &plain, ei);
	}
	cab_clear(&c);
	return e;
}

static void
test_cut(void **state)
{
	struct buf b = BUF_INIT(ROOM);
	struct errinfo ei = {0};

	(void)state;
	small(&b);
	for (size_t len = 0; len < b.len; len += len < 200 ? 1 : 97) {
		assert_rule(open_it(slice_make(b.p, len), &ei), ERR_FORMAT,
		    "cab.form", &ei);
		/* Its own length set right, what is behind is missing. */
		if (len >= HEADER) {
			struct buf cut = BUF_INIT(ROOM);

			buf_add(&cut, slice_make(b.p, len));
			cut.p[8] = (uint8_t)len;
			cut.p[9] = (uint8_t)(len >> 8);
			cut.p[10] = (uint8_t)(len >> 16);
			assert_int_not_equal(
			    open_it(buf_slice(&cut), &ei), ERR_OK);
			buf_clear(&cut);
		}
	}
	buf_add_u8(&b, 0);
	assert_rule(open_it(buf_slice(&b), &ei), ERR_FORMAT, "cab.form", &ei);
	buf_clear(&b);
}

static void
with(size_t at, uint8_t value, enum err kind, const char *rule)
{
	struct buf b = BUF_INIT(ROOM);
	struct errinfo ei = {0};

	small(&b);
	b.p[at] = value;
	assert_rule(open_it(buf_slice(&b), &ei), kind, rule, &ei);
	buf_clear(&b);
}

static void
test_bad(void **state)
{
	const size_t name = FILES_AT + 16, block = name + sizeof("a.stl");

	(void)state;
	with(0, 'X', ERR_FORMAT, "cab.form");
	with(4, 1, ERR_FORMAT, "cab.form");
	with(24, 9, ERR_FORMAT, "cab.form"); /* version */
	with(26, 200, ERR_LIMIT, "cab.members");
	with(29, 200, ERR_LIMIT, "cab.members");
	with(30, 1, ERR_UNSUPPORTED, "cab.set");
	with(30, 2, ERR_UNSUPPORTED, "cab.set");
	with(HEADER + 2, 9, ERR_FORMAT, "cab.form");   /* where blocks are */
	with(HEADER + 4, 200, ERR_FORMAT, "cab.form"); /* how many */
	with(HEADER + 6, 2, ERR_UNSUPPORTED, "cab.compression");
	with(HEADER + 6, 3, ERR_UNSUPPORTED, "cab.compression");
	with(HEADER + 6, 9, ERR_UNSUPPORTED, "cab.compression");
	with(FILES_AT + 2, 9, ERR_FORMAT, "cab.form"); /* its length */
	with(FILES_AT + 6, 9, ERR_FORMAT, "cab.form"); /* its place */
	with(FILES_AT + 8, 1, ERR_FORMAT, "cab.form"); /* its folder */
	with(FILES_AT + 9, 0xff, ERR_FORMAT, "cab.form");
	with(name, '/', ERR_FORMAT, "cab.name");
	with(name, '\\', ERR_FORMAT, "cab.name");
	with(name, 0, ERR_FORMAT, "cab.name");
	with(name, '\n', ERR_FORMAT, "cab.name");
	with(block, 0x55, ERR_FORMAT, "cab.checksum");
	with(block + 8, 'X', ERR_FORMAT, "cab.checksum");
	with(block + 100, 0x55, ERR_FORMAT, "cab.checksum");
	with(block + 7, 0xff, ERR_FORMAT, "cab.form"); /* plain length */
}

/* A word of four octets, little-endian, moved on. */
static void
add_u32(struct buf *b, size_t at, size_t more)
{
	uint32_t v = 0;
	uint8_t octets[4];

	for (size_t i = 4; i > 0; i--) {
		v = v << 8 | b->p[at + i - 1];
	}
	v += (uint32_t)more;
	for (size_t i = 0; i < 4; i++) {
		octets[i] = (uint8_t)(v >> 8 * i);
	}
	buf_patch(b, at, octets, sizeof(octets));
}

/* Octets within its length that none of its parts claims. */
static void
test_unclaimed(void **state)
{
	const size_t block = FILES_AT + 16 + sizeof("a.stl");
	const struct {
		size_t at;
		bool moves_table;
		bool moves_blocks;
	} cases[] = {
	    {FILES_AT, true, true}, /* behind the head */
	    {block, false, true},   /* behind the table */
	    {0, false, false},      /* behind the blocks */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t more = 0; more < 9; more++) {
			struct buf b = BUF_INIT(ROOM);
			struct errinfo ei = {0};

			small(&b);
			buf_insert(&b, cases[i].at != 0 ? cases[i].at : b.len,
			    slice_make("GAPGAPGAP", more));
			add_u32(&b, 8, more);
			add_u32(&b, 16, cases[i].moves_table ? more : 0);
			add_u32(&b, HEADER, cases[i].moves_blocks ? more : 0);
			if (more == 0) {
				assert_ok(open_it(buf_slice(&b), &ei), &ei);
			} else {
				assert_rule(open_it(buf_slice(&b), &ei),
				    ERR_FORMAT, "cab.form", &ei);
			}
			buf_clear(&b);
		}
	}
}

/* Nobody's checksum: then the stream itself must say so. */
static void
test_no_checksum(void **state)
{
	const size_t block = FILES_AT + 16 + sizeof("a.stl");
	struct buf b = BUF_INIT(ROOM);
	struct errinfo ei = {0};

	(void)state;
	small(&b);
	memset(b.p + block, 0, 4);
	assert_ok(open_it(buf_slice(&b), &ei), &ei);
	b.p[block + 8] = 'X';
	assert_rule(open_it(buf_slice(&b), &ei), ERR_FORMAT, "cab.block", &ei);
	small(&b);
	memset(b.p + block, 0, 4);
	b.p[block + 10] = 7; /* a block of no kind */
	assert_rule(open_it(buf_slice(&b), &ei), ERR_FORMAT, "cab.block", &ei);
	buf_clear(&b);
}

/* A cabinet of so many blocks that say 32 KiB each and have `len` octets. */
static void
claim(unsigned blocks, uint8_t len, enum err kind, const char *rule)
{
	const uint8_t head[] = {0, 0, 0, 0, len, 0, 0, 0x80, 'C', 'K', 3, 0};
	struct buf b = BUF_INIT(ROOM);
	struct errinfo ei = {0};
	struct cab c;

	small(&b);
	buf_cut(&b, FILES_AT + 16 + sizeof("a.stl"));
	b.p[HEADER + 4] = (uint8_t)(blocks & 0xff);
	b.p[HEADER + 5] = (uint8_t)(blocks >> 8);
	for (unsigned i = 0; i < blocks; i++) {
		buf_add(&b, slice_make(head, sizeof(head)));
		for (unsigned k = 4; k < len; k++) {
			buf_add_u8(&b, 0);
		}
	}
	for (unsigned i = 0; i < 4; i++) {
		b.p[8 + i] = (uint8_t)(b.len >> 8 * i);
	}
	/* Before anything is set aside for it. */
	assert_int_equal(cab_parse(buf_slice(&b), &c, &ei), kind);
	if (kind != ERR_OK) {
		assert_string_equal(ei.rule, rule);
	}
	assert_int_equal(c.plain.cap, 0);
	cab_clear(&c);
	buf_clear(&b);
}

/* A little that would become a lot is refused by what it says of itself, and
 * so is what cannot become that. */
static void
test_bomb(void **state)
{
	enum {
		BLOCKS = CAB_PLAIN_MAX / 32768
	};

	(void)state;
	claim(BLOCKS, 32, ERR_OK, NULL);
	claim(BLOCKS + 1, 32, ERR_LIMIT, "cab.plain");
	claim(BLOCKS, 31, ERR_FORMAT, "cab.form");
	claim(2, 4, ERR_FORMAT, "cab.form");
}

static void
test_find(void **state)
{
	struct buf b = BUF_INIT(ROOM), program = BUF_INIT(ROOM);
	struct errinfo ei = {0};
	struct slice found;

	(void)state;
	small(&b);
	buf_add_str(&program, "MZ and MSCF, which is none, MMSCMM");
	assert_false(cab_find(buf_slice(&program), &found));
	buf_add(&program, buf_slice(&b));
	buf_add_str(&program, "MSCF");
	assert_true(cab_find(buf_slice(&program), &found));
	assert_true(slice_eq(found, buf_slice(&b)));
	assert_ok(open_it(found, &ei), &ei);
	buf_cut(&program, program.len - 100);
	assert_false(cab_find(buf_slice(&program), &found));
	buf_clear(&b);
	buf_clear(&program);
}

static void
test_names(void **state)
{
	struct buf b = BUF_INIT(ROOM);
	struct errinfo ei = {0};

	(void)state;
	assert_rule(cab_build("a/b", AT, SLICE_EMPTY, &b, &ei), ERR_FORMAT,
	    "cab.name", &ei);
	assert_rule(cab_build("..", AT, SLICE_EMPTY, &b, &ei), ERR_FORMAT,
	    "cab.name", &ei);
	assert_rule(cab_build("", AT, SLICE_EMPTY, &b, &ei), ERR_FORMAT,
	    "cab.name", &ei);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_real),
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_bad),
	    cmocka_unit_test(test_unclaimed),
	    cmocka_unit_test(test_no_checksum),
	    cmocka_unit_test(test_bomb),
	    cmocka_unit_test(test_find),
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("trust/cab", tests, NULL, NULL);
}
