/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/cab.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/clock.h"
#include "trust/cab_priv.h"

enum {
	HAS_PREVIOUS = 1,
	HAS_NEXT = 2,
	HAS_RESERVED = 4,
	CONTINUED = 0xfffd, /* folder numbers from here on: another cabinet's */
	DEFLATE_MOST = 1032, /* times as long: 258 octets of two bits */
};

static const char *const compressions[] = {
    [2] = "Quantum",
    [3] = "LZX",
};

/* --- numbers ---------------------------------------------------------------
 */

static bool
get_u16(struct slice *s, uint16_t *out)
{
	struct slice two;

	if (!slice_get_bytes(s, 2, &two)) {
		return false;
	}
	*out = (uint16_t)(two.p[0] | two.p[1] << 8);
	return true;
}

static bool
get_u32(struct slice *s, uint32_t *out)
{
	uint16_t low, high;

	if (!get_u16(s, &low) || !get_u16(s, &high)) {
		return false;
	}
	*out = (uint32_t)low | (uint32_t)high << 16;
	return true;
}

uint32_t
cab_checksum(struct slice s, uint32_t seed)
{
	uint32_t last = 0;

	while (s.len >= 4) {
		seed ^= (uint32_t)s.p[0] | (uint32_t)s.p[1] << 8 |
			(uint32_t)s.p[2] << 16 | (uint32_t)s.p[3] << 24;
		s = slice_make(s.p + 4, s.len - 4);
	}
	/* What is left over stands the other way round. */
	for (size_t i = 0; i < s.len; i++) {
		last = last << 8 | s.p[i];
	}
	return seed ^ last;
}

static enum err
bad(struct errinfo *ei, const char *what)
{
	return err_set(
	    ei, ERR_FORMAT, "cab.form", NULL, "not a cabinet: %s", what);
}

/* --- head ------------------------------------------------------------------
 */

struct head {
	uint32_t length;
	uint32_t files_at;
	uint16_t num_folders;
	uint16_t num_files;
	uint16_t flags;
	uint16_t of_header; /* reserved octets */
	uint8_t of_folder;
	uint8_t of_block;
};

static bool
read_head(struct slice *s, struct head *h)
{
	struct slice magic;
	uint32_t zero[3];
	uint16_t version, set, number;

	return slice_get_bytes(s, 4, &magic) && slice_eq_str(magic, "MSCF") &&
	       get_u32(s, &zero[0]) && get_u32(s, &h->length) &&
	       get_u32(s, &zero[1]) && get_u32(s, &h->files_at) &&
	       get_u32(s, &zero[2]) && get_u16(s, &version) &&
	       get_u16(s, &h->num_folders) && get_u16(s, &h->num_files) &&
	       get_u16(s, &h->flags) && get_u16(s, &set) &&
	       get_u16(s, &number) && version == CAB_VERSION &&
	       (zero[0] | zero[1] | zero[2]) == 0;
}

static bool
read_reserved(struct slice *s, struct head *h)
{
	struct slice skip;

	return (h->flags & HAS_RESERVED) == 0 ||
	       (get_u16(s, &h->of_header) && slice_get_u8(s, &h->of_folder) &&
		   slice_get_u8(s, &h->of_block) &&
		   slice_get_bytes(s, h->of_header, &skip));
}

static enum err
get_head(struct slice file, struct slice *s, struct head *h, struct errinfo *ei)
{
	if (!read_head(s, h)) {
		return bad(ei, "it does not begin as one");
	}
	if (h->length != file.len) {
		return bad(ei, "its length is not the one that it says");
	}
	if ((h->flags & (HAS_PREVIOUS | HAS_NEXT)) != 0) {
		return err_set(ei, ERR_UNSUPPORTED, "cab.set", NULL,
		    "one of a set of cabinets; only whole ones are read");
	}
	if (!read_reserved(s, h)) {
		return bad(ei, "it ends in its head");
	}
	if (h->num_folders > CAB_FOLDERS_MAX ||
	    h->num_files > CAB_MEMBERS_MAX) {
		return err_set(ei, ERR_LIMIT, "cab.members", NULL,
		    "more than %d files or %d folders", CAB_MEMBERS_MAX,
		    CAB_FOLDERS_MAX);
	}
	return ERR_OK;
}

/* --- folders ---------------------------------------------------------------
 */

struct block {
	uint32_t checksum;
	uint16_t len;
	uint16_t plain;
	struct slice octets;
};

static bool
get_block(struct slice *s, size_t reserved, struct block *b)
{
	struct slice skip;

	return get_u32(s, &b->checksum) && get_u16(s, &b->len) &&
	       get_u16(s, &b->plain) && slice_get_bytes(s, reserved, &skip) &&
	       slice_get_bytes(s, b->len, &b->octets);
}

/* Where its blocks end, and how much they become; each is looked at, none is
 * inflated. */
static enum err
measure(
    struct cab_folder *f, struct slice s, size_t reserved, struct errinfo *ei)
{
	const uint8_t *from = s.p;

	for (size_t i = 0; i < f->num; i++) {
		struct block b;

		if (!get_block(&s, reserved, &b)) {
			return bad(ei, "it ends in the middle of a block");
		}
		if (b.plain > CAB_BLOCK || b.len > CAB_BLOCK_MOST ||
		    (b.plain < CAB_BLOCK && i + 1 < f->num) ||
		    (!f->deflated && b.len != b.plain)) {
			return bad(
			    ei, "a block is of no length that it may be");
		}
		/* Else a few octets would have us set aside the most. */
		if (f->deflated && b.plain > (size_t)DEFLATE_MOST * b.len) {
			return bad(ei, "a block says that it becomes more "
				       "than deflate can make of it");
		}
		f->plain += b.plain;
	}
	f->blocks = slice_make(from, (size_t)(s.p - from));
	return ERR_OK;
}

static enum err
get_folder(struct slice file, struct slice *s, const struct head *h,
    struct cab_folder *f, struct errinfo *ei)
{
	struct slice skip;
	uint32_t at;
	uint16_t num, type;

	if (!get_u32(s, &at) || !get_u16(s, &num) || !get_u16(s, &type) ||
	    !slice_get_bytes(s, h->of_folder, &skip) || at > file.len) {
		return bad(ei, "a folder is not in it");
	}
	type &= 0x0f;
	if (type != CAB_STORED && type != CAB_MSZIP) {
		return err_set(ei, ERR_UNSUPPORTED, "cab.compression", NULL,
		    "compressed by %s; only MSZIP is read",
		    type < ARRAY_LEN(compressions) ? compressions[type]
						   : "a way that is not known");
	}
	*f = (struct cab_folder){.num = num, .deflated = type == CAB_MSZIP};
	return measure(
	    f, slice_make(file.p + at, file.len - at), h->of_block, ei);
}

static enum err
get_folders(struct slice file, struct slice *s, const struct head *h,
    struct cab *c, struct errinfo *ei)
{
	size_t plain = 0;

	for (size_t i = 0; i < h->num_folders; i++) {
		struct cab_folder *f = &c->folders[c->num_folders++];
		enum err e = get_folder(file, s, h, f, ei);

		if (e != ERR_OK) {
			return e;
		}
		plain += f->plain;
		if (plain > CAB_PLAIN_MAX) {
			return err_set(ei, ERR_LIMIT, "cab.plain", NULL,
			    "it would become more than %d octets",
			    CAB_PLAIN_MAX);
		}
	}
	return ERR_OK;
}

/* --- members ---------------------------------------------------------------
 */

bool
cab_name_fits(struct slice name)
{
	if (name.len == 0 || name.len > CAB_NAME_MAX ||
	    slice_eq_str(name, ".") || slice_eq_str(name, "..")) {
		return false;
	}
	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] <= ' ' || name.p[i] >= 0x7f ||
		    strchr("/\\:*?\"<>|", name.p[i]) != NULL) {
			return false;
		}
	}
	return true;
}

static bool
get_name(struct slice *s, struct slice *out)
{
	const uint8_t *nul = s->len > 0 ? memchr(s->p, 0, s->len) : NULL;

	return nul != NULL &&
	       slice_get_bytes(s, (size_t)(nul - s->p) + 1, out) &&
	       out->len-- > 0;
}

static int64_t
dos_time(uint16_t date, uint16_t time)
{
	const struct civil c = {
	    .year = 1980 + (date >> 9),
	    .month = date >> 5 & 15,
	    .day = date & 31,
	    .hour = time >> 11,
	    .minute = time >> 5 & 63,
	    .second = 2 * (time & 31),
	};
	int64_t at;

	return civil_to_sec(&c, &at) ? at : 0;
}

static enum err
get_member(struct slice *s, const struct cab *c, struct cab_member *m,
    struct errinfo *ei)
{
	uint32_t len, from;
	uint16_t folder, date, time, attributes;
	struct slice name;

	if (!get_u32(s, &len) || !get_u32(s, &from) || !get_u16(s, &folder) ||
	    !get_u16(s, &date) || !get_u16(s, &time) ||
	    !get_u16(s, &attributes) || !get_name(s, &name)) {
		return bad(ei, "it ends in the middle of its table");
	}
	if (folder >= CONTINUED) {
		return err_set(ei, ERR_UNSUPPORTED, "cab.set", NULL,
		    "a file goes on in another cabinet");
	}
	if (!cab_name_fits(name)) {
		return err_set(ei, ERR_FORMAT, "cab.name", NULL,
		    "a file in the cabinet has a path or signs that are not "
		    "printable for a name");
	}
	if (folder >= c->num_folders || from > c->folders[folder].plain ||
	    len > c->folders[folder].plain - from) {
		return bad(ei, "a file is not in its folder");
	}
	*m = (struct cab_member){
	    .at = dos_time(date, time),
	    .folder = folder,
	    .from = from,
	    .len = len,
	};
	memcpy(m->name, name.p, name.len);
	return ERR_OK;
}

/* --- the whole
 * ----------------------------------------------------------------
 */

static int
by_place(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;

	if (x->p != y->p) {
		return x->p < y->p ? -1 : 1;
	}
	return x->len < y->len ? -1 : x->len > y->len;
}

/* Head, table and blocks, in whatever order, are all of it and each stands for
 * itself: what nobody asks for could be anything. */
static enum err
check_claimed(struct slice file, const struct cab *c, struct slice head,
    struct slice table, struct errinfo *ei)
{
	struct slice parts[2 + CAB_FOLDERS_MAX] = {head, table};
	size_t num = 2, at = 0;

	for (size_t i = 0; i < c->num_folders; i++) {
		/* One without blocks has no place. */
		if (c->folders[i].blocks.len > 0) {
			parts[num++] = c->folders[i].blocks;
		}
	}
	qsort(parts, num, sizeof(parts[0]), by_place);
	for (size_t i = 0; i < num; i++) {
		if (parts[i].p != file.p + at) {
			return bad(ei, "its parts do not stand one behind the "
				       "other, without anything between");
		}
		at += parts[i].len;
	}
	return at == file.len
		   ? ERR_OK
		   : bad(ei, "something stands behind its last part");
}

enum err
cab_parse(struct slice file, struct cab *out, struct errinfo *ei)
{
	struct slice s = file, head, table;
	struct head h = {0};
	enum err e;

	memset(out, 0, sizeof(*out));
	buf_init(&out->plain, CAB_PLAIN_MAX);
	if (file.len > CAB_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "cab.length", NULL,
		    "a cabinet of %zu octets; at most %d are read", file.len,
		    CAB_BYTES_MAX);
	}
	e = get_head(file, &s, &h, ei);
	if (e != ERR_OK) {
		return e;
	}
	out->reserved = h.of_block;
	e = get_folders(file, &s, &h, out, ei);
	if (e != ERR_OK) {
		return e;
	}
	if (h.files_at > file.len) {
		return bad(ei, "its table is not in it");
	}
	head = slice_make(file.p, (size_t)(s.p - file.p));
	table = slice_make(file.p + h.files_at, file.len - h.files_at);
	s = table;
	while (e == ERR_OK && out->num < h.num_files) {
		e = get_member(&s, out, &out->members[out->num], ei);
		out->num += e == ERR_OK;
	}
	table.len -= s.len;
	return e == ERR_OK ? check_claimed(file, out, head, table, ei) : e;
}

void
cab_clear(struct cab *c)
{
	buf_clear(&c->plain);
	memset(c, 0, sizeof(*c));
}

/* --- inflating --------------------------------------------------------------
 */

static enum err
bad_block(struct errinfo *ei, size_t i)
{
	return err_set(ei, ERR_FORMAT, "cab.block", NULL,
	    "block %zu of the cabinet cannot be inflated", i);
}

static enum err
check_block(const struct block *b, size_t i, struct errinfo *ei)
{
	const uint8_t lengths[] = {(uint8_t)b->len, (uint8_t)(b->len >> 8),
	    (uint8_t)b->plain, (uint8_t)(b->plain >> 8)};
	uint32_t sum = cab_checksum(
	    slice_make(lengths, sizeof(lengths)), cab_checksum(b->octets, 0));

	/* 0: whoever wrote it did not count. */
	return b->checksum == 0 || b->checksum == sum
		   ? ERR_OK
		   : err_set(ei, ERR_FORMAT, "cab.checksum", NULL,
			 "block %zu of the cabinet was changed: its checksum "
			 "is another",
			 i);
}

/* out has room for all blocks, so that what came before stays where it is. */
static enum err
inflate_block(z_stream *z, const struct block *b, size_t i, struct buf *out,
    struct errinfo *ei)
{
	size_t before = out->len < CAB_BLOCK ? out->len : CAB_BLOCK;
	struct slice s = b->octets, magic;
	uint8_t *to;

	if (!slice_get_bytes(&s, 2, &magic) || !slice_eq_str(magic, "CK")) {
		return bad_block(ei, i);
	}
	to = buf_grow(out, b->plain);
	if (to == NULL) {
		return buf_err(out, ei);
	}
	if (inflateReset(z) != Z_OK ||
	    (before > 0 &&
		inflateSetDictionary(z, to - before, (uInt)before) != Z_OK)) {
		return bad_block(ei, i);
	}
	z->next_in = s.p;
	z->avail_in = (uInt)s.len;
	z->next_out = to;
	z->avail_out = b->plain;
	return inflate(z, Z_FINISH) == Z_STREAM_END && z->avail_out == 0 &&
		       z->avail_in == 0
		   ? ERR_OK
		   : bad_block(ei, i);
}

static enum err
put_blocks(
    struct cab *c, const struct cab_folder *f, z_stream *z, struct errinfo *ei)
{
	struct slice s = f->blocks;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < f->num; i++) {
		struct block b;

		if (!get_block(&s, c->reserved, &b)) {
			return bad_block(ei, i); /* measure() has seen it */
		}
		e = check_block(&b, i, ei);
		if (e == ERR_OK && f->deflated) {
			e = inflate_block(z, &b, i, &c->plain, ei);
		} else if (e == ERR_OK) {
			buf_add(&c->plain, b.octets);
		}
	}
	return e == ERR_OK ? buf_err(&c->plain, ei) : e;
}

static enum err
open_folder(struct cab *c, size_t which, struct errinfo *ei)
{
	const struct cab_folder *f = &c->folders[which];
	z_stream z = {.next_in = Z_NULL};
	enum err e;

	if (c->has_open && c->open == which) {
		return ERR_OK;
	}
	c->has_open = false;
	buf_reset(&c->plain);
	if (buf_grow(&c->plain, f->plain) == NULL && f->plain > 0) {
		return buf_err(&c->plain, ei);
	}
	buf_cut(&c->plain, 0);
	/* The window is ours: what was inflated before. */
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK) {
		return err_nomem(ei);
	}
	e = put_blocks(c, f, &z, ei);
	(void)inflateEnd(&z);
	c->has_open = e == ERR_OK;
	c->open = which;
	return e;
}

enum err
cab_member(struct cab *c, size_t i, struct slice *out, struct errinfo *ei)
{
	const struct cab_member *m = &c->members[i];
	enum err e = open_folder(c, m->folder, ei);

	if (e == ERR_OK) {
		*out = slice_make(buf_slice(&c->plain).p + m->from, m->len);
	}
	return e;
}

/* --- inside another file ----------------------------------------------------
 */

bool
cab_find(struct slice file, struct slice *out)
{
	for (size_t at = 0; at + CAB_HEADER <= file.len; at++) {
		const uint8_t *p =
		    memchr(file.p + at, 'M', file.len - CAB_HEADER - at + 1);
		struct slice s;
		struct head h = {0};

		if (p == NULL) {
			return false;
		}
		at = (size_t)(p - file.p);
		s = slice_make(p, file.len - at);
		if (read_head(&s, &h) && h.length >= CAB_HEADER &&
		    h.length <= file.len - at && h.num_files > 0) {
			*out = slice_make(p, h.length);
			return true;
		}
	}
	return false;
}
