/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/archive.h"
#include "os/file.h"

enum {
	CHUNK = 65536,
	MANIFEST_MODE = 0644
};

struct archive_writer {
	int fd;
	const char *what;
	int64_t now;
	struct archive_member *members;
	size_t num;
	size_t cap;
	char **keys;
	size_t num_keys;
	bool failed; /* a key's name could not be kept */
	uint8_t chunk[CHUNK];
};

enum err
archive_new(int fd, const char *what, int64_t now, struct archive_writer **out,
    struct errinfo *ei)
{
	struct archive_writer *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		return err_nomem(ei);
	}
	w->fd = fd;
	w->what = what;
	w->now = now;
	*out = w;
	return ERR_OK;
}

void
archive_free(struct archive_writer *w)
{
	if (w == NULL) {
		return;
	}
	for (size_t i = 0; i < w->num_keys; i++) {
		free(w->keys[i]);
	}
	free(w->keys);
	free(w->members);
	free(w);
}

static enum err
new_member(struct archive_writer *w, const struct tar_entry *e,
    struct archive_member **out, struct errinfo *ei)
{
	struct archive_member *p;

	if (w->num == ARCHIVE_MEMBERS_MAX) {
		return err_set(ei, ERR_LIMIT, "archive.members", NULL,
		    "more than %d files", (int)ARCHIVE_MEMBERS_MAX);
	}
	if (w->num == w->cap) {
		w->cap = w->cap == 0 ? 256 : w->cap * 2;
		p = realloc(w->members, w->cap * sizeof(*p));
		if (p == NULL) {
			return err_nomem(ei);
		}
		w->members = p;
	}
	p = &w->members[w->num++];
	memset(p, 0, sizeof(*p));
	p->entry = *e;
	*out = p;
	return ERR_OK;
}

/* Up to what the caller's file had; a file that shrank meanwhile is not what
 * was to be saved. */
static enum err
copy_bytes(struct archive_writer *w, int from, const struct archive_member *m,
    struct hasher *h, struct errinfo *ei)
{
	uint64_t left = m->entry.size;
	enum err e = ERR_OK;

	while (e == ERR_OK && left > 0) {
		size_t want = left < CHUNK ? (size_t)left : CHUNK;
		ssize_t got = read(from, w->chunk, want);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			e = got < 0
				? err_sys(ei, "backup.read", "cannot read %s",
				      m->entry.name)
				: err_set(ei, ERR_AGAIN, "backup.shrank", NULL,
				      "%s became shorter while it was "
				      "read: try again",
				      m->entry.name);
			break;
		}
		hasher_add(h, slice_make(w->chunk, (size_t)got));
		e = fd_write_all(w->fd, slice_make(w->chunk, (size_t)got), ei);
		left -= (uint64_t)got;
	}
	return e;
}

static enum err
put_header(
    struct archive_writer *w, const struct tar_entry *e, struct errinfo *ei)
{
	uint8_t block[TAR_BLOCK];
	enum err err = tar_header_put(e, block, ei);

	return err != ERR_OK
		   ? err
		   : fd_write_all(w->fd, slice_make(block, TAR_BLOCK), ei);
}

static enum err
put_padding(struct archive_writer *w, uint64_t size, struct errinfo *ei)
{
	static const uint8_t zeros[TAR_BLOCK];

	return fd_write_all(
	    w->fd, slice_make(zeros, (size_t)(tar_padded(size) - size)), ei);
}

enum err
archive_add(struct archive_writer *w, const struct tar_entry *e, int from,
    struct errinfo *ei)
{
	uint8_t digest[HASH_SIZE_MAX];
	struct archive_member *m;
	struct hasher *h = NULL;
	enum err err = new_member(w, e, &m, ei);

	if (err == ERR_OK) {
		err = put_header(w, e, ei);
	}
	if (err != ERR_OK || e->dir) {
		return err;
	}
	err = hasher_new(HASH_SHA256, &h, ei);
	if (err == ERR_OK) {
		err = copy_bytes(w, from, m, h, ei);
	}
	if (err == ERR_OK) {
		err = hasher_end(h, digest, ei);
	}
	if (err == ERR_OK) {
		memcpy(m->sha256, digest, sizeof(m->sha256));
		err = put_padding(w, e->size, ei);
	}
	hasher_free(h);
	return err;
}

enum err
archive_add_bytes(struct archive_writer *w, const struct tar_entry *e,
    struct slice content, struct errinfo *ei)
{
	struct tar_entry sized = *e;
	struct archive_member *m;
	enum err err;

	sized.size = content.len;
	err = new_member(w, &sized, &m, ei);
	if (err == ERR_OK) {
		err = sha256_of(content, m->sha256, ei);
	}
	if (err == ERR_OK) {
		err = put_header(w, &sized, ei);
	}
	if (err == ERR_OK) {
		err = fd_write_all(w->fd, content, ei);
	}
	return err != ERR_OK ? err : put_padding(w, content.len, ei);
}

void
archive_note_key(struct archive_writer *w, const char *name)
{
	char **p = realloc(w->keys, (w->num_keys + 1) * sizeof(*p));
	char *own = slice_dup_str(slice_str(name));

	if (p != NULL) {
		w->keys = p;
	}
	if (p == NULL || own == NULL) {
		free(own);
		w->failed = true;
		return;
	}
	w->keys[w->num_keys++] = own;
}

enum err
manifest_print(const struct manifest *m, struct buf *out, struct errinfo *ei)
{
	uint8_t sha256[SHA256_SIZE];
	enum err e;

	buf_printf(out, "%s\nmade %s\n", m->what, m->made);
	for (size_t i = 0; i < m->num; i++) {
		const struct archive_member *one = &m->members[i];

		buf_printf(out, "%s %04o %llu %llu ",
		    one->entry.dir ? "dir" : "file", one->entry.mode,
		    (unsigned long long)one->entry.uid,
		    (unsigned long long)one->entry.gid);
		if (!one->entry.dir) {
			buf_printf(
			    out, "%llu ", (unsigned long long)one->entry.size);
			text_hex(
			    out, slice_make(one->sha256, sizeof(one->sha256)));
			buf_add_u8(out, ' ');
		}
		buf_printf(out, "%s\n", one->entry.name);
	}
	for (size_t i = 0; i < m->num_keys; i++) {
		buf_printf(out, "key %s\n", m->keys[i]);
	}
	e = sha256_of_buf(out, sha256, ei);
	if (e != ERR_OK) {
		return e;
	}
	buf_add_str(out, "end ");
	text_hex(out, slice_make(sha256, sizeof(sha256)));
	buf_add_u8(out, '\n');
	return buf_err(out, ei);
}

static enum err
put_manifest(
    struct archive_writer *w, uint8_t digest[SHA256_SIZE], struct errinfo *ei)
{
	struct tar_entry e = {
	    .name = ARCHIVE_MANIFEST, .mode = MANIFEST_MODE, .mtime = w->now};
	struct manifest m = {
	    .what = w->what,
	    .members = w->members,
	    .num = w->num,
	    .keys = (const char *const *)w->keys,
	    .num_keys = w->num_keys,
	};
	struct buf text = BUF_INIT(MANIFEST_BYTES_MAX);
	enum err err;

	time_text(w->now, m.made);
	err = manifest_print(&m, &text, ei);
	if (err == ERR_OK) {
		err = sha256_of_buf(&text, digest, ei);
	}
	e.size = text.len;
	if (err == ERR_OK) {
		err = put_header(w, &e, ei);
	}
	if (err == ERR_OK) {
		err = fd_write_all(w->fd, buf_slice(&text), ei);
	}
	if (err == ERR_OK) {
		err = put_padding(w, text.len, ei);
	}
	buf_clear(&text);
	return err;
}

enum err
archive_end(struct archive_writer *w, uint8_t out_digest[SHA256_SIZE],
    struct errinfo *ei)
{
	static const uint8_t zeros[2 * TAR_BLOCK];
	enum err e =
	    w->failed ? err_nomem(ei) : put_manifest(w, out_digest, ei);

	if (e == ERR_OK) {
		e = fd_write_all(w->fd, slice_make(zeros, sizeof(zeros)), ei);
	}
	if (e == ERR_OK && fsync(w->fd) != 0 && errno != EINVAL) {
		e = err_sys(ei, "backup.sync", "cannot sync the file");
	}
	return e;
}
