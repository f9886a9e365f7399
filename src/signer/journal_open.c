/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening a journal: read it whole, check the chain, and decide what a bad
 * place means.
 *
 * A crash can leave at the end any part of the one group that was being
 * written: cut short, or with blocks missing in the middle while later blocks
 * reached the disk.  Each record of a group says how much of the file was
 * durable when the group was made, and that ends before the group.  So a bad
 * place is a torn end unless a sound record behind it calls it durable; then
 * something that was acknowledged is damaged, and nothing here may repair it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"
#include "os/seam.h"
#include "signer/journal_priv.h"

enum {
	WINDOW = 1024 * 1024,
	CUT_NAMES_MAX = 1000,
};

/* A buffered cursor over the file. */
struct scan {
	int fd;
	uint64_t size;  /* of the file */
	uint64_t start; /* file offset of window.p[0] */
	struct buf window;
};

/* `len` bytes at `offset`, or fewer at the end of the file. */
static enum err
look(struct scan *s, uint64_t offset, size_t len, struct slice *out,
    struct errinfo *ei)
{
	size_t want, got;
	enum err err;
	uint8_t *p;

	if (offset >= s->size) {
		*out = SLICE_EMPTY;
		return ERR_OK;
	}
	if (len > s->size - offset) {
		len = (size_t)(s->size - offset);
	}
	if (offset < s->start || offset + len > s->start + s->window.len) {
		want = len > WINDOW ? len : WINDOW;
		buf_reset(&s->window);
		p = buf_grow(&s->window, want);
		if (p == NULL) {
			return buf_err(&s->window, ei);
		}
		err = journal_read_at(s->fd, offset, p, want, &got, ei);
		if (err != ERR_OK) {
			return err;
		}
		s->window.len = got;
		s->start = offset;
		len = len > got ? got : len;
	}
	*out = slice_make(s->window.p + (offset - s->start), len);
	return ERR_OK;
}

/*
 * The record at `offset`, if a sound one stands there.  Sound by itself: its
 * place in the chain is the caller's question.
 */
static enum err
record_at(struct scan *s, uint64_t offset, struct record *out,
    size_t *out_total, bool *out_sound, struct errinfo *ei)
{
	struct slice bytes = SLICE_EMPTY;
	size_t total = 0;
	enum err err;

	*out_sound = false;
	err = look(s, offset, RECORD_HEADER_SIZE, &bytes, ei);
	if (err != ERR_OK || bytes.len < RECORD_HEADER_SIZE ||
	    !record_header(bytes, out, &total)) {
		return err;
	}
	err = look(s, offset, total, &bytes, ei);
	if (err != ERR_OK || bytes.len < total) {
		return err;
	}
	err = record_unpack(bytes, out, ei);
	if (err == ERR_FORMAT) {
		return ERR_OK;
	}
	*out_sound = err == ERR_OK;
	*out_total = total;
	return err;
}

/* --- a bad place -------------------------------------------------------- */

static enum err
damaged(uint64_t number, uint64_t offset, struct errinfo *ei)
{
	return err_set(ei, ERR_FORMAT, "journal.damaged", NULL,
	    "Record %llu, at byte %llu of the journal, is damaged, and it had "
	    "been durable.  Restore the journal from a copy; do not cut it.",
	    (unsigned long long)number, (unsigned long long)offset);
}

/* Does a sound record behind `bad` say that `bad` was durable? */
static enum err
find_later(struct scan *s, uint64_t bad, bool *out_durable, struct errinfo *ei)
{
	struct slice bytes = SLICE_EMPTY;
	struct record r;
	size_t total;
	bool sound;
	enum err err;

	*out_durable = false;
	for (uint64_t at = bad + 1; at < s->size; at++) {
		err = look(s, at, 4, &bytes, ei);
		if (err != ERR_OK) {
			return err;
		}
		if (!slice_eq_str(bytes, "SUJ1")) {
			continue;
		}
		err = record_at(s, at, &r, &total, &sound, ei);
		if (err != ERR_OK) {
			return err;
		}
		if (sound && r.synced > bad) {
			*out_durable = true;
			return ERR_OK;
		}
	}
	return ERR_OK;
}

/* Keep what will be cut in a file of its own: evidence is not thrown away. */
static enum err
keep_end(struct scan *s, const char *dir, uint64_t from,
    struct journal_report *report, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	struct buf end = BUF_INIT(JOURNAL_TAIL_MAX);
	size_t len = (size_t)(s->size - from), got;
	enum err err;
	uint8_t *p;

	p = buf_grow(&end, len);
	if (p == NULL) {
		err = buf_err(&end, ei);
		goto out;
	}
	err = journal_read_at(s->fd, from, p, len, &got, ei);
	for (int i = 0; err == ERR_OK; i++) {
		(void)snprintf(report->cut_file, sizeof(report->cut_file),
		    "journal.cut-%llu-%d",
		    (unsigned long long)report->num_records + 1, i);
		err = path_join(path, dir, report->cut_file, ei);
		if (err != ERR_OK) {
			break;
		}
		err = file_write_new(path, slice_make(p, got), 0600, ei);
		if (err != ERR_CONFLICT || i == CUT_NAMES_MAX) {
			break;
		}
		err = ERR_OK;
	}
out:
	buf_clear(&end);
	return err;
}

static enum err
cut(struct scan *s, const char *dir, uint64_t from,
    struct journal_report *report, struct errinfo *ei)
{
	bool durable;
	enum err err;

	if (s->size - from > JOURNAL_TAIL_MAX) {
		return damaged(report->num_records + 1, from, ei);
	}
	err = find_later(s, from, &durable, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (durable) {
		return damaged(report->num_records + 1, from, ei);
	}
	err = keep_end(s, dir, from, report, ei);
	if (err != ERR_OK) {
		return err;
	}
	report->cut_at = from;
	report->cut_bytes = s->size - from;
	if (ftruncate(s->fd, (off_t)from) != 0) {
		return err_sys(ei, "journal.write",
		    "The torn end of the journal cannot be cut");
	}
	s->size = from;
	return ERR_OK;
}

/* --- the walk ----------------------------------------------------------- */

static bool
follows(const struct journal *j, const struct record *r, uint64_t offset)
{
	return r->number == j->num_offsets + 1 && r->synced <= offset &&
	       memcmp(r->previous, j->hash, sizeof(j->hash)) == 0;
}

static enum err
walk(struct journal *j, struct scan *s, const char *dir, journal_fn *fn,
    void *arg, struct journal_report *report, struct errinfo *ei)
{
	uint64_t at = 0;
	struct record r;
	size_t total = 0;
	bool sound;
	enum err err;

	while (at < s->size) {
		err = record_at(s, at, &r, &total, &sound, ei);
		if (err != ERR_OK) {
			return err;
		}
		if (!sound) {
			err = cut(s, dir, at, report, ei);
			if (err != ERR_OK) {
				return err;
			}
			break;
		}
		/* Whole, but not the one that belongs here: no crash does
		 * that. */
		if (!follows(j, &r, at)) {
			return damaged(report->num_records + 1, at, ei);
		}
		err = fn(arg, &r, ei);
		if (err == ERR_OK) {
			err = journal_note(j, &r, at, ei);
		}
		if (err != ERR_OK) {
			return err;
		}
		memcpy(j->hash, r.hash, sizeof(j->hash));
		if (r.time > j->time) {
			j->time = r.time;
		}
		at += total;
		report->num_records++;
	}
	j->size = at;
	report->bytes = at;
	return ERR_OK;
}

static enum err
open_files(
    struct journal *j, const char *dir, uint64_t *out_size, struct errinfo *ei)
{
	char lock[PATH_TEXT_SIZE];
	struct stat st;
	enum err err;

	err = path_join(j->path, dir, "journal", ei);
	if (err == ERR_OK) {
		err = path_join(lock, dir, "journal.lock", ei);
	}
	if (err == ERR_OK) {
		err = file_lock(lock, &j->lock_fd, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	j->fd = open(j->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (j->fd >= 0) {
		seam_power_cut(j->fd, j->path);
	}
	if (j->fd < 0 || fstat(j->fd, &st) != 0) {
		err =
		    err_sys(ei, "journal.open", "The journal cannot be opened");
		return err_object(ei, err, j->path);
	}
	*out_size = (uint64_t)st.st_size;
	return ERR_OK;
}

enum err
journal_open(const char *dir, journal_fn *fn, void *arg,
    struct journal_report *report, struct journal **out, struct errinfo *ei)
{
	struct journal_report done = {0};
	struct journal *j = calloc(1, sizeof(*j));
	struct scan s = {0};
	enum err err;

	if (j == NULL) {
		return err_nomem(ei);
	}
	j->fd = -1;
	j->lock_fd = -1;
	buf_init(&j->pending, JOURNAL_TAIL_MAX);
	buf_init(&s.window, JOURNAL_RECORD_MAX + RECORD_OVERHEAD + WINDOW);
	err = open_files(j, dir, &s.size, ei);
	if (err != ERR_OK) {
		goto out;
	}
	s.fd = j->fd;
	err = walk(j, &s, dir, fn, arg, &done, ei);
	if (err != ERR_OK) {
		goto out;
	}
	/* What was read may be in memory only: the last process may have been
	 * killed before its sync. */
	err = journal_sync(j, j->size, ei);
	if (err == ERR_OK) {
		err = dir_sync(dir, ei);
	}
	if (err != ERR_OK) {
		goto out;
	}
	memcpy(j->pending_hash, j->hash, sizeof(j->hash));
	j->pending_time = j->time;
	*report = done;
	*out = j;
	j = NULL;
out:
	buf_clear(&s.window);
	journal_close(j);
	return err;
}
