/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_LOOK_H
#define SURGUCH_TRUSTD_LOOK_H
/*
 * What lies in a mirror's directory at a moment: names, and by what a change
 * shows.  Files are found in it by names in any case of letters; nothing else
 * ever becomes a path.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "trust/mirror.h"

struct look_file {
	char *name; /* as it is written there */
	int64_t mtime_sec;
	int64_t mtime_nsec;
	int64_t ctime_sec;
	int64_t ctime_nsec;
	uint64_t size;
	uint64_t inode;
};

struct look {
	const char *dir;      /* borrowed */
	struct look_file *at; /* in order of names, in any case of letters */
	size_t num;
};

/*
 * Names that begin with a dot are passed over, and so are directories.
 * ERR_SYS "file.open"; ERR_DENIED "file.trusted_mode" where others than the
 * directory's owner may write; ERR_LIMIT "file.many"; ERR_CONFLICT
 * "trustd.twice" where two names differ in the case of letters alone.
 */
ATTR_MUST_USE enum err look_at(
    const char *dir, struct look *out, struct errinfo *ei);
void look_clear(struct look *l);
/* Nothing was written, put in place or taken away between the two. */
bool look_same(const struct look *a, const struct look *b);
/* NULL: there is none of this name. */
const struct look_file *look_find(const struct look *l, const char *name);
/* Its files as a source; borrows the look. */
struct trust_source look_source(const struct look *l);

#endif
