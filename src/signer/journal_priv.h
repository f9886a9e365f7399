/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_JOURNAL_PRIV_H
#define SURGUCH_SIGNER_JOURNAL_PRIV_H
/* The inside of struct journal, for journal.c and journal_open.c. */
#include "os/file.h"
#include "signer/journal.h"

struct journal {
	int fd;
	int lock_fd;
	char path[PATH_TEXT_SIZE];
	uint64_t size; /* durable bytes */
	int64_t time;  /* latest of the durable records */
	uint8_t hash[RECORD_HASH_SIZE];
	/* offsets[n - 1] is where record n begins, pending ones included */
	uint64_t *offsets;
	size_t num_offsets;
	size_t cap_offsets;
	struct buf pending;
	size_t num_pending;
	int64_t pending_time;
	uint8_t pending_hash[RECORD_HASH_SIZE];
};

/* Remember where record r->number begins. */
ATTR_MUST_USE enum err journal_note(struct journal *j, const struct record *r,
    uint64_t offset, struct errinfo *ei);
/* Up to len bytes; *out_len says how many there were. */
ATTR_MUST_USE enum err journal_read_at(int fd, uint64_t offset, uint8_t *p,
    size_t len, size_t *out_len, struct errinfo *ei);
/* Make the first `size` bytes durable. */
ATTR_MUST_USE enum err journal_sync(
    struct journal *j, uint64_t size, struct errinfo *ei);

#endif
