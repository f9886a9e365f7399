/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"
#include "os/seam.h"
#include "signer/journal_priv.h"

static enum err
grow_offsets(struct journal *j, struct errinfo *ei)
{
	size_t cap = j->cap_offsets == 0 ? 1024 : j->cap_offsets * 2;
	uint64_t *p;

	if (j->num_offsets < j->cap_offsets) {
		return ERR_OK;
	}
	if (cap > SIZE_MAX / sizeof(*p)) {
		return err_nomem(ei);
	}
	p = realloc(j->offsets, cap * sizeof(*p));
	if (p == NULL) {
		return err_nomem(ei);
	}
	j->offsets = p;
	j->cap_offsets = cap;
	return ERR_OK;
}

enum err
journal_note(struct journal *j, const struct record *r, uint64_t offset,
    struct errinfo *ei)
{
	enum err err = grow_offsets(j, ei);

	if (err != ERR_OK) {
		return err;
	}
	ensure(r->number == j->num_offsets + 1);
	j->offsets[j->num_offsets++] = offset;
	return ERR_OK;
}

enum err
journal_read_at(int fd, uint64_t offset, uint8_t *p, size_t len,
    size_t *out_len, struct errinfo *ei)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = pread(fd, p + done, len - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0) {
			return err_sys(
			    ei, "journal.read", "The journal cannot be read");
		}
		if (n == 0) {
			break;
		}
		done += (size_t)n;
	}
	*out_len = done;
	return ERR_OK;
}

/* --- appending ---------------------------------------------------------- */

enum err
journal_append(struct journal *j, enum journal_type type, int64_t time,
    struct slice payload, uint64_t *out_number, struct errinfo *ei)
{
	struct record r = {
	    .number = journal_next_number(j),
	    .type = type,
	    .time = time,
	    .synced = j->size,
	    .payload = payload,
	};
	uint64_t offset = j->size + j->pending.len;
	size_t before = j->pending.len;
	enum err err;

	if (payload.len > JOURNAL_RECORD_MAX) {
		return err_set(ei, ERR_LIMIT, "journal.record_size", NULL,
		    "A journal record of %zu bytes; at most %d fit.",
		    payload.len, (int)JOURNAL_RECORD_MAX);
	}
	memcpy(r.previous, j->pending_hash, sizeof(r.previous));
	err = record_pack(&j->pending, &r, ei);
	if (err == ERR_OK) {
		err = journal_note(j, &r, offset, ei);
	}
	if (err != ERR_OK) {
		j->pending.len = before;
		j->pending.err = ERR_OK;
		return err;
	}
	memcpy(j->pending_hash, r.hash, sizeof(r.hash));
	if (time > j->pending_time) {
		j->pending_time = time;
	}
	j->num_pending++;
	if (out_number != NULL) {
		*out_number = r.number;
	}
	return ERR_OK;
}

size_t
journal_num_pending(const struct journal *j)
{
	return j->num_pending;
}

void
journal_drop(struct journal *j)
{
	buf_reset(&j->pending);
	j->num_offsets -= j->num_pending;
	j->num_pending = 0;
	j->pending_time = j->time;
	memcpy(j->pending_hash, j->hash, sizeof(j->hash));
}

static enum err
write_pending(struct journal *j, struct errinfo *ei)
{
	size_t done = 0;
	ssize_t n;

	while (done < j->pending.len) {
		n = pwrite(j->fd, j->pending.p + done, j->pending.len - done,
		    (off_t)(j->size + done));
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n < 0 && (errno == ENOSPC || errno == EDQUOT)) {
			return err_set(ei, ERR_STORE, "journal.full", NULL,
			    "The disk under the signer's journal is full: "
			    "nothing is issued until there is space.");
		}
		if (n < 0) {
			return err_sys(ei, "journal.write",
			    "The journal cannot be written");
		}
		done += (size_t)n;
	}
	return ERR_OK;
}

/* Take back what part of a group was written before the disk was full. */
static enum err
take_back(struct journal *j, struct errinfo *ei)
{
	if (ftruncate(j->fd, (off_t)j->size) != 0) {
		return err_sys(ei, "journal.write",
		    "The journal cannot be cut back after a full disk");
	}
	return ERR_OK;
}

enum err
journal_sync(struct journal *j, uint64_t size, struct errinfo *ei)
{
	if (seam_sync_off("journal")) {
		return ERR_OK;
	}
	if (fdatasync(j->fd) != 0) {
		return err_sys(
		    ei, "journal.sync", "The journal cannot be made durable");
	}
	seam_synced(j->path, size);
	return ERR_OK;
}

enum err
journal_commit(struct journal *j, struct errinfo *ei)
{
	uint64_t end = j->size + j->pending.len;
	enum err err, undo;

	if (j->num_pending == 0) {
		return ERR_OK;
	}
	err = write_pending(j, ei);
	if (err == ERR_STORE) {
		undo = take_back(j, ei);
		journal_drop(j);
		return undo == ERR_OK ? err : undo;
	}
	if (err != ERR_OK) {
		return err;
	}
	seam("signer.journal_written");
	err = journal_sync(j, end, ei);
	if (err != ERR_OK) {
		return err;
	}
	seam("signer.journal_synced");
	j->size = end;
	j->time = j->pending_time;
	memcpy(j->hash, j->pending_hash, sizeof(j->hash));
	j->num_pending = 0;
	buf_reset(&j->pending);
	return ERR_OK;
}

/* --- reading ------------------------------------------------------------ */

static enum err
read_committed(const struct journal *j, uint64_t offset, uint64_t end,
    struct buf *store, struct errinfo *ei)
{
	size_t len = (size_t)(end - offset), got;
	uint8_t *p;
	enum err err;

	buf_reset(store);
	p = buf_grow(store, len);
	if (p == NULL) {
		return buf_err(store, ei);
	}
	err = journal_read_at(j->fd, offset, p, len, &got, ei);
	if (err == ERR_OK && got != len) {
		err = err_set(ei, ERR_FORMAT, "journal.damaged", NULL,
		    "The journal has become shorter under its signer.");
	}
	return err;
}

enum err
journal_read(const struct journal *j, uint64_t number, struct buf *store,
    struct record *out, struct errinfo *ei)
{
	uint64_t offset, end;
	enum err err;

	if (number == 0 || number > j->num_offsets) {
		return err_set(ei, ERR_NOTFOUND, "journal.number", NULL,
		    "The journal has no record %llu.",
		    (unsigned long long)number);
	}
	offset = j->offsets[number - 1];
	end = number < j->num_offsets ? j->offsets[number]
				      : j->size + j->pending.len;
	if (offset >= j->size) {
		buf_reset(store);
		buf_add(store, slice_make(j->pending.p + (offset - j->size),
				   (size_t)(end - offset)));
		err = buf_err(store, ei);
	} else {
		err = read_committed(j, offset, end, store, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	return record_unpack(buf_slice(store), out, ei);
}

uint64_t
journal_number(const struct journal *j)
{
	return j->num_offsets - j->num_pending;
}

uint64_t
journal_next_number(const struct journal *j)
{
	return j->num_offsets + 1;
}

int64_t
journal_time(const struct journal *j)
{
	return j->time;
}

const uint8_t *
journal_hash(const struct journal *j)
{
	return j->hash;
}

void
journal_close(struct journal *j)
{
	if (j == NULL) {
		return;
	}
	buf_clear(&j->pending);
	free(j->offsets);
	fd_close(j->fd);
	fd_close(j->lock_fd);
	free(j);
}
