/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_ARCHIVE_H
#define SURGUCH_CLI_ARCHIVE_H
/*
 * The file of a backup, or of a mirror that is carried (cmd_trust_carry.c): a
 * tar file (tar.h) whose last member is the text MANIFEST, which names every
 * member before it, in order:
 *
 *	surguch backup 1
 *	made 2026-11-22T12:00:00Z
 *	dir 0755 0 0 var/lib/surguch
 *	file 0644 0 0 SIZE SHA-256 var/lib/surguch/public/root-p256.cer
 *	key var/lib/surguch/front/otp.key
 *	end SHA-256
 *
 * (what it is; mode in octal, uid, gid; the size in bytes, the hash in hex).
 * "key" names
 * what a backup without keys leaves out; "end" has the hash of the lines above.
 * Behind MANIFEST stand two blocks of zeros and nothing, and nothing but zeros
 * fills up the members' blocks.  The manifest's own
 * SHA-256 is what a backup is known by: whoever noted it sees any later change.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"
#include "cli/tar.h"
#include "crypto/hash.h"

#define ARCHIVE_MANIFEST "MANIFEST"

/* --- writing ------------------------------------------------------------ */

struct archive_writer;

/* What the first line says. */
#define ARCHIVE_BACKUP "surguch backup 1"
#define ARCHIVE_MIRROR "surguch mirror 1"

/* Begins on fd, which is borrowed and at its beginning.  The same members, made
 * at the same time, give the same bytes.  what is borrowed. */
ATTR_MUST_USE enum err archive_new(int fd, const char *what, int64_t now,
    struct archive_writer **out, struct errinfo *ei);
void archive_free(struct archive_writer *w); /* NULL is fine */
/* A directory; or a file: the first e->size bytes of `from`. */
ATTR_MUST_USE enum err archive_add(struct archive_writer *w,
    const struct tar_entry *e, int from, struct errinfo *ei);
ATTR_MUST_USE enum err archive_add_bytes(struct archive_writer *w,
    const struct tar_entry *e, struct slice content, struct errinfo *ei);
/* A key that is left out. */
void archive_note_key(struct archive_writer *w, const char *name);
/* The manifest and the end; synced.  *out_digest is the manifest's. */
ATTR_MUST_USE enum err archive_end(struct archive_writer *w,
    uint8_t out_digest[SHA256_SIZE], struct errinfo *ei);

/* --- reading ------------------------------------------------------------ */

struct archive_member {
	struct tar_entry entry;
	uint64_t at; /* where its bytes begin */
	uint8_t sha256[SHA256_SIZE];
};

struct archive {
	int fd; /* borrowed */
	struct archive_member *members;
	size_t num; /* without the manifest */
	char **keys;
	size_t num_keys;
	uint8_t digest[SHA256_SIZE]; /* of the manifest */
};

/*
 * Read all of it and compare every byte with the manifest, before anything is
 * made of it.  ERR_FORMAT "archive.truncated", "archive.manifest" (also of an
 * archive of something else than `what`), "archive.changed",
 * "archive.trailing", and those of tar.h; ERR_LIMIT "archive.members".  Clear
 * with archive_clear(), also after a failure.
 */
ATTR_MUST_USE enum err archive_open(
    int fd, const char *what, struct archive *out, struct errinfo *ei);
void archive_clear(struct archive *a);
/* NULL when there is none. */
const struct archive_member *archive_find(
    const struct archive *a, const char *name);
/* The member's bytes to a file; ERR_FORMAT "archive.changed" when they are no
 * longer those that were compared. */
ATTR_MUST_USE enum err archive_copy(const struct archive *a,
    const struct archive_member *m, int to, struct errinfo *ei);
/* The same into a buffer. */
ATTR_MUST_USE enum err archive_read(const struct archive *a,
    const struct archive_member *m, struct buf *out, struct errinfo *ei);

/* --- for both, and for tests --------------------------------------------- */

/* The manifest of these members and keys. */
struct manifest {
	const char *what;
	const struct archive_member *members;
	size_t num;
	const char *const *keys;
	size_t num_keys;
	char made[TIME_TEXT_SIZE];
};
ATTR_MUST_USE enum err manifest_print(
    const struct manifest *m, struct buf *out, struct errinfo *ei);
/* The text's "made" and "key" lines; *out_keys are owned by the caller
 * (archive_clear() frees an archive's).  ERR_FORMAT "archive.manifest". */
ATTR_MUST_USE enum err manifest_scan(struct slice text, const char *what,
    char made[TIME_TEXT_SIZE], char ***out_keys, size_t *out_num_keys,
    struct errinfo *ei);

#endif
