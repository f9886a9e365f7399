/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_CAB_H
#define SURGUCH_TRUST_CAB_H
/*
 * Microsoft cabinets (MS-CAB), as Windows Update carries lists in them: files
 * one behind the other in folders, a folder in blocks of at most 32 KiB, each
 * not compressed or deflated (MSZIP, RFC 1951) with the block before as its
 * dictionary.  LZX and Quantum are not read, nor sets of several cabinets.
 *
 * The signature is inside, on the list; a cabinet is a wrapper and no more.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct cab_member {
	char name[CAB_NAME_MAX + 1]; /* no path, printable ASCII */
	int64_t at; /* the maker's local time, as if it were UTC; 0: none */
	size_t folder;
	size_t from; /* in the folder's plain octets */
	size_t len;
};

struct cab_folder {
	struct slice blocks;
	size_t num;
	bool deflated;
	size_t plain; /* octets, by what the blocks say */
};

struct cab {
	struct cab_member members[CAB_MEMBERS_MAX];
	size_t num;
	struct cab_folder folders[CAB_FOLDERS_MAX];
	size_t num_folders;
	size_t reserved; /* octets at each block's head that are not ours */

	/* The folder that was opened last. */
	bool has_open;
	size_t open;
	struct buf plain;
};

/*
 * The whole of file, which is borrowed; nothing is inflated yet.  The caller
 * clears *out in every case.  ERR_FORMAT "cab.form" (also where octets of it
 * belong to none of its parts), "cab.name" (a path, or
 * not printable); ERR_UNSUPPORTED "cab.compression", "cab.set"; ERR_LIMIT
 * "cab.length", "cab.plain" (what it would become), "cab.members".
 */
ATTR_MUST_USE enum err cab_parse(
    struct slice file, struct cab *out, struct errinfo *ei);
void cab_clear(struct cab *c);
/*
 * The octets of a member, borrowed until another folder's member is asked for.
 * ERR_FORMAT "cab.checksum", "cab.block".
 */
ATTR_MUST_USE enum err cab_member(
    struct cab *c, size_t i, struct slice *out, struct errinfo *ei);

/* A cabinet inside another file, such as a program that unpacks itself; false:
 * there is none. */
bool cab_find(struct slice file, struct slice *out);

/*
 * Append a cabinet of one file, deflated; the same octets for the same input.
 * at: UTC seconds, from 1980 on.  ERR_FORMAT "cab.name"; ERR_LIMIT
 * "cab.plain".
 */
ATTR_MUST_USE enum err cab_build(const char *name, int64_t at,
    struct slice plain, struct buf *out, struct errinfo *ei);

#endif
