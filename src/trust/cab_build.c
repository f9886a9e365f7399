/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a cabinet of one file, as Microsoft's are. */
#include <string.h>
#include <zlib.h>

#include "base/clock.h"
#include "trust/cab.h"
#include "trust/cab_priv.h"

enum {
	STORED_HEAD = 5, /* of a block that deflate would not make shorter */
	MAGIC_LEN = 2,   /* "CK" */
	DOS_YEAR = 1980,
	DOS_YEAR_LAST = 2107,
};

static void
put_u16(struct buf *b, size_t v)
{
	buf_add_u8(b, (uint8_t)v);
	buf_add_u8(b, (uint8_t)(v >> 8));
}

static void
put_u32(struct buf *b, size_t v)
{
	put_u16(b, v & 0xffff);
	put_u16(b, v >> 16);
}

/* --- a block ---------------------------------------------------------------
 */

static void
put_stored(struct buf *out, struct slice plain)
{
	buf_add_u8(out, 1); /* the last of its stream, not compressed */
	put_u16(out, plain.len);
	put_u16(out, ~plain.len & 0xffff);
	buf_add(out, plain);
}

/* Deflated with what stands before as its dictionary; stored, where that is
 * not shorter. */
static enum err
put_deflated(z_stream *z, struct slice before, struct slice plain,
    struct buf *out, struct errinfo *ei)
{
	uint8_t room[CAB_BLOCK_MOST];

	if (deflateReset(z) != Z_OK ||
	    (before.len > 0 &&
		deflateSetDictionary(z, before.p, (uInt)before.len) != Z_OK)) {
		return err_set(ei, ERR_INTERNAL, "cab.deflate", NULL,
		    "zlib takes no dictionary");
	}
	z->next_in = plain.p;
	z->avail_in = (uInt)plain.len;
	z->next_out = room;
	z->avail_out = sizeof(room);
	if (deflate(z, Z_FINISH) == Z_STREAM_END &&
	    sizeof(room) - z->avail_out <= plain.len + STORED_HEAD) {
		buf_add(out, slice_make(room, sizeof(room) - z->avail_out));
	} else {
		put_stored(out, plain);
	}
	return ERR_OK;
}

static enum err
put_block(z_stream *z, struct slice before, struct slice plain, struct buf *out,
    struct errinfo *ei)
{
	size_t at = out->len;
	struct slice octets;
	uint8_t sum[4];
	uint32_t v;
	enum err e;

	put_u32(out, 0); /* the checksum, below */
	put_u16(out, 0); /* the length */
	put_u16(out, plain.len);
	buf_add_str(out, "CK");
	e = put_deflated(z, before, plain, out, ei);
	if (e == ERR_OK) {
		e = buf_err(out, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	octets = slice_make(buf_slice(out).p + at + CAB_BLOCK_HEAD,
	    out->len - at - CAB_BLOCK_HEAD);
	buf_patch(out, at + 4,
	    (const uint8_t[]){(uint8_t)octets.len, (uint8_t)(octets.len >> 8)},
	    2);
	v = cab_checksum(
	    slice_make(buf_slice(out).p + at + 4, 4), cab_checksum(octets, 0));
	for (unsigned i = 0; i < sizeof(sum); i++) {
		sum[i] = (uint8_t)(v >> 8 * i);
	}
	buf_patch(out, at, sum, sizeof(sum));
	return ERR_OK;
}

static enum err
put_blocks(struct slice plain, struct buf *out, struct errinfo *ei)
{
	z_stream z = {.next_in = Z_NULL};
	enum err e = ERR_OK;

	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS,
		MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
		return err_nomem(ei);
	}
	for (size_t at = 0; e == ERR_OK && at < plain.len; at += CAB_BLOCK) {
		size_t left = plain.len - at;

		e = put_block(&z,
		    at > 0 ? slice_make(plain.p + at - CAB_BLOCK, CAB_BLOCK)
			   : SLICE_EMPTY,
		    slice_make(plain.p + at,
			left < CAB_BLOCK ? left : (size_t)CAB_BLOCK),
		    out, ei);
	}
	(void)deflateEnd(&z);
	return e;
}

/* --- the head --------------------------------------------------------------
 */

static void
put_dos_time(struct buf *out, int64_t at)
{
	struct civil c;

	if (!civil_from_sec(at, &c) || c.year < DOS_YEAR ||
	    c.year > DOS_YEAR_LAST) {
		c = (struct civil){.year = DOS_YEAR, .month = 1, .day = 1};
	}
	put_u16(out, (size_t)(c.year - DOS_YEAR) << 9 | (size_t)c.month << 5 |
			 (size_t)c.day);
	put_u16(out, (size_t)c.hour << 11 | (size_t)c.minute << 5 |
			 (size_t)c.second / 2);
}

static void
put_head(struct buf *out, const char *name, int64_t at, size_t len)
{
	size_t blocks = (len + CAB_BLOCK - 1) / CAB_BLOCK;

	buf_add_str(out, "MSCF");
	put_u32(out, 0);
	put_u32(out, 0); /* the whole length, in the end */
	put_u32(out, 0);
	put_u32(out, CAB_HEADER + CAB_FOLDER);
	put_u32(out, 0);
	put_u16(out, CAB_VERSION);
	put_u16(out, 1); /* folders */
	put_u16(out, 1); /* files */
	put_u16(out, 0);
	put_u16(out, 0);
	put_u16(out, 0);

	put_u32(out, CAB_HEADER + CAB_FOLDER + CAB_FILE + strlen(name) + 1);
	put_u16(out, blocks);
	put_u16(out, CAB_MSZIP);

	put_u32(out, len);
	put_u32(out, 0);
	put_u16(out, 0);
	put_dos_time(out, at);
	put_u16(out, CAB_ARCHIVE);
	buf_add_str(out, name);
	buf_add_u8(out, 0);
}

enum err
cab_build(const char *name, int64_t at, struct slice plain, struct buf *out,
    struct errinfo *ei)
{
	size_t from = out->len, len;
	uint8_t length[4];
	enum err e;

	if (!cab_name_fits(slice_str(name))) {
		return err_set(ei, ERR_FORMAT, "cab.name", NULL,
		    "a name in a cabinet is printable and no path");
	}
	if (plain.len > CAB_PLAIN_MAX) {
		return err_set(ei, ERR_LIMIT, "cab.plain", NULL,
		    "%zu octets; a cabinet takes %d", plain.len, CAB_PLAIN_MAX);
	}
	put_head(out, name, at, plain.len);
	e = put_blocks(plain, out, ei);
	if (e == ERR_OK) {
		e = buf_err(out, ei);
	}
	if (e == ERR_OK) {
		len = out->len - from;
		for (unsigned i = 0; i < sizeof(length); i++) {
			length[i] = (uint8_t)(len >> 8 * i);
		}
		buf_patch(out, from + 8, length, sizeof(length));
	}
	return e;
}
