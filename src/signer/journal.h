/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_JOURNAL_H
#define SURGUCH_SIGNER_JOURNAL_H
/*
 * The signer's journal: an append-only file of records (record.h).  Nothing
 * that was signed leaves the signer before its record is durable here.
 *
 * Records are appended in memory and written together: journal_commit() is
 * one write and one fdatasync for all that wait.  Between append and commit a
 * record can be read but is not durable; journal_drop() forgets them.
 *
 * At open the whole file is read and its chain checked.  An end that was torn
 * by a crash (nothing after it says that it had been durable) is cut off and
 * kept beside the journal as journal.cut-NUMBER; damage anywhere else refuses
 * the start.
 *
 * One thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "signer/record.h"

struct journal;

/* What open had to do; for the log. */
struct journal_report {
	uint64_t num_records;
	uint64_t bytes;
	uint64_t cut_bytes; /* 0: the end was whole */
	uint64_t cut_at;
	char cut_file[64]; /* name of the file that holds what was cut */
};

/* Called for each record at open; an error ends the open with it. */
typedef enum err journal_fn(
    void *arg, const struct record *r, struct errinfo *ei);

/*
 * Open or create dir/journal, locked against another process (ERR_CONFLICT
 * "file.locked").  ERR_FORMAT "journal.damaged".
 */
ATTR_MUST_USE enum err journal_open(const char *dir, journal_fn *fn, void *arg,
    struct journal_report *report, struct journal **out, struct errinfo *ei);
void journal_close(struct journal *j); /* drops what was not committed */

/* Append one record; *out_number (may be NULL) will be its number. */
ATTR_MUST_USE enum err journal_append(struct journal *j, enum journal_type type,
    int64_t time, struct slice payload, uint64_t *out_number,
    struct errinfo *ei);
size_t journal_num_pending(const struct journal *j);
/*
 * Make everything appended durable.  ERR_STORE "journal.full" when the disk
 * is full: nothing of it was written and the journal goes on.  Any other
 * error, "journal.sync" above all: what the disk holds is unknown, and the
 * process must end (a failed fsync says nothing when it is repeated).
 */
ATTR_MUST_USE enum err journal_commit(struct journal *j, struct errinfo *ei);
void journal_drop(struct journal *j);

/* Record `number`, committed or not; out->payload borrows from *store.
 * ERR_NOTFOUND. */
ATTR_MUST_USE enum err journal_read(const struct journal *j, uint64_t number,
    struct buf *store, struct record *out, struct errinfo *ei);

/* The last committed record. */
uint64_t journal_number(const struct journal *j);
int64_t journal_time(const struct journal *j); /* latest of all records */
const uint8_t *journal_hash(const struct journal *j); /* RECORD_HASH_SIZE */
/* The number that the next appended record will get. */
uint64_t journal_next_number(const struct journal *j);

#endif
