/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_TAR_H
#define SURGUCH_CLI_TAR_H
/*
 * The header of one member of a tar file (POSIX.1-2017 pax, "ustar
 * Interchange Format"): regular files and directories, names of up to 255
 * bytes, sizes below 8 GiB.  What any tar writes in it can be read; what could
 * lead out of the directory that it is unpacked in is refused.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum {
	TAR_BLOCK = 512,
	TAR_NAME_SIZE = 257 /* both fields, a slash between, a NUL */
};

struct tar_entry {
	char name[TAR_NAME_SIZE]; /* "var/lib/x"; no slash at the end */
	bool dir;
	uint64_t size; /* of a file; 0 of a directory */
	unsigned mode; /* permission bits */
	uint64_t uid;
	uint64_t gid;
	int64_t mtime;
};

/* Relative, of clean UTF-8, with no empty part, "." or "..". */
bool tar_name_safe(const char *name);

/* ERR_LIMIT "tar.name", "tar.size", ERR_FORMAT "tar.name". */
ATTR_MUST_USE enum err tar_header_put(
    const struct tar_entry *e, uint8_t block[TAR_BLOCK], struct errinfo *ei);
/* *out_end: the block of zeros that ends the file.  ERR_FORMAT "tar.header",
 * "tar.name"; ERR_UNSUPPORTED "tar.type". */
ATTR_MUST_USE enum err tar_header_get(const uint8_t block[TAR_BLOCK],
    struct tar_entry *out, bool *out_end, struct errinfo *ei);
/* Bytes of the blocks that a file of this size fills. */
uint64_t tar_padded(uint64_t size);

#endif
