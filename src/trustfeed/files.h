/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTFEED_FILES_H
#define SURGUCH_TRUSTFEED_FILES_H
/* The files of a mirror's state, by their names and what is in them. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "crypto/hash.h"

enum {
	FEED_NAME_SIZE = 48,
};

struct feed_file {
	char name[FEED_NAME_SIZE]; /* in lower case */
	uint8_t sha256[SHA256_SIZE];
	int64_t bytes;
};

struct feed_files {
	struct feed_file *at; /* in order of names, each once */
	size_t num;
};

/* Room for so many, all zero; feed_files_clear() frees it. */
ATTR_MUST_USE enum err feed_files_new(
    size_t num, struct feed_files *out, struct errinfo *ei);
void feed_files_clear(struct feed_files *f);
/* name: in any case of letters.  NULL: there is none. */
const struct feed_file *feed_files_find(
    const struct feed_files *f, const char *name);
/* Small letters, digits, and "-", "_" or "." not in front: what can be a name
 * in a mirror, and never a path. */
bool feed_name_is_good(const char *name);
/* SHA-256 over all names and what is in the files: the same for the same
 * state. */
ATTR_MUST_USE enum err feed_files_digest(
    const struct feed_files *f, uint8_t out[SHA256_SIZE], struct errinfo *ei);

#endif
