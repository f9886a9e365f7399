/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/text.h"
#include "cli/archive.h"
#include "os/file.h"

enum {
	CHUNK = 65536
};

/* All of len, or ERR_FORMAT. */
static enum err
read_at(int fd, uint64_t at, uint8_t *p, size_t len, struct errinfo *ei)
{
	while (len > 0) {
		ssize_t got = pread(fd, p, len, (off_t)at);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return err_sys(
			    ei, "archive.read", "cannot read the archive");
		}
		if (got == 0) {
			return err_set(ei, ERR_FORMAT, "archive.truncated",
			    NULL, "the archive ends too early");
		}
		p += got;
		at += (uint64_t)got;
		len -= (size_t)got;
	}
	return ERR_OK;
}

/* A member's bytes to whoever wants them: each may be absent. */
struct sink {
	struct hasher *hasher;
	int fd; /* or -1 */
	struct buf *buf;
};

static enum err
pour(int fd, uint64_t at, uint64_t size, struct sink to, struct errinfo *ei)
{
	uint8_t *chunk = malloc(CHUNK);
	enum err e = chunk == NULL ? err_nomem(ei) : ERR_OK;

	while (e == ERR_OK && size > 0) {
		size_t len = size < CHUNK ? (size_t)size : CHUNK;
		struct slice s = slice_make(chunk, len);

		e = read_at(fd, at, chunk, len, ei);
		if (e == ERR_OK) {
			hasher_add(to.hasher, s);
		}
		if (e == ERR_OK && to.fd >= 0) {
			e = fd_write_all(to.fd, s, ei);
		}
		if (e == ERR_OK && to.buf != NULL) {
			buf_add(to.buf, s);
			e = buf_err(to.buf, ei);
		}
		at += len;
		size -= len;
	}
	free(chunk);
	return e;
}

static enum err
take_bytes(int fd, const struct archive_member *m, struct sink to,
    uint8_t out[SHA256_SIZE], struct errinfo *ei)
{
	uint8_t digest[HASH_SIZE_MAX];
	enum err e = hasher_new(HASH_SHA256, &to.hasher, ei);

	if (e == ERR_OK) {
		e = pour(fd, m->at, m->entry.size, to, ei);
	}
	if (e == ERR_OK) {
		e = hasher_end(to.hasher, digest, ei);
	}
	if (e == ERR_OK) {
		memcpy(out, digest, SHA256_SIZE);
	}
	hasher_free(to.hasher);
	return e;
}

/* --- the members ---------------------------------------------------------- */

static enum err
add_member(
    struct archive *a, const struct archive_member *m, struct errinfo *ei)
{
	struct archive_member *p;

	if (a->num == ARCHIVE_MEMBERS_MAX) {
		return err_set(ei, ERR_LIMIT, "archive.members", NULL,
		    "the archive holds more than %d files",
		    (int)ARCHIVE_MEMBERS_MAX);
	}
	/* Doubling, at powers of two. */
	if ((a->num & (a->num - 1)) == 0) {
		size_t cap = a->num == 0 ? 1 : a->num * 2;

		p = realloc(a->members, cap * sizeof(*p));
		if (p == NULL) {
			return err_nomem(ei);
		}
		a->members = p;
	}
	a->members[a->num++] = *m;
	return ERR_OK;
}

/* Nothing behind the manifest but two blocks of zeros. */
static enum err
check_end(int fd, uint64_t at, struct errinfo *ei)
{
	uint8_t block[2 * TAR_BLOCK];
	struct tar_entry none;
	bool end[2] = {false, false};
	enum err e = read_at(fd, at, block, sizeof(block), ei);

	for (size_t i = 0; e == ERR_OK && i < 2; i++) {
		e = tar_header_get(block + i * TAR_BLOCK, &none, &end[i], ei);
	}
	if (e == ERR_OK &&
	    (!end[0] || !end[1] ||
		pread(fd, block, 1, (off_t)(at + sizeof(block))) != 0)) {
		e = err_set(ei, ERR_FORMAT, "archive.trailing", NULL,
		    "something stands behind the manifest");
	}
	return e;
}

/* What fills up a member's last block is zeros. */
static enum err
check_padding(int fd, const struct archive_member *m, struct errinfo *ei)
{
	static const uint8_t zeros[TAR_BLOCK];
	uint8_t block[TAR_BLOCK];
	size_t len = (size_t)(tar_padded(m->entry.size) - m->entry.size);
	enum err e = read_at(fd, m->at + m->entry.size, block, len, ei);

	if (e == ERR_OK && memcmp(block, zeros, len) != 0) {
		e = err_set(ei, ERR_FORMAT, "archive.changed", NULL,
		    "something stands behind %s, where nothing may",
		    m->entry.name);
	}
	return e;
}

/* Every member up to the manifest, which is *out_manifest. */
static enum err
read_members(
    struct archive *a, struct archive_member *out_manifest, struct errinfo *ei)
{
	uint8_t block[TAR_BLOCK];
	const struct sink nowhere = {.fd = -1};
	uint64_t at = 0;
	enum err e = ERR_OK;

	while (e == ERR_OK) {
		struct archive_member m = {.at = at + TAR_BLOCK};
		bool end = false;

		e = read_at(a->fd, at, block, TAR_BLOCK, ei);
		if (e == ERR_OK) {
			e = tar_header_get(block, &m.entry, &end, ei);
		}
		if (e == ERR_OK && end) {
			e = err_set(ei, ERR_FORMAT, "archive.manifest", NULL,
			    "the archive has no manifest");
		}
		if (e == ERR_OK) {
			e = take_bytes(a->fd, &m, nowhere, m.sha256, ei);
		}
		if (e == ERR_OK) {
			e = check_padding(a->fd, &m, ei);
		}
		at = m.at + tar_padded(m.entry.size);
		if (e == ERR_OK &&
		    strcmp(m.entry.name, ARCHIVE_MANIFEST) == 0) {
			*out_manifest = m;
			return check_end(a->fd, at, ei);
		}
		if (e == ERR_OK) {
			e = add_member(a, &m, ei);
		}
	}
	return e;
}

/* --- the manifest --------------------------------------------------------- */

static enum err
bad_manifest(struct errinfo *ei)
{
	return err_set(ei, ERR_FORMAT, "archive.manifest", NULL,
	    "the manifest is not one of surguch's");
}

static bool
next_line(struct slice *text, struct slice *out)
{
	const uint8_t *end =
	    text->len == 0 ? NULL : memchr(text->p, '\n', text->len);
	uint8_t newline;

	return end != NULL &&
	       slice_get_bytes(text, (size_t)(end - text->p), out) &&
	       slice_get_u8(text, &newline);
}

static bool
cut_word(struct slice *line, const char *word)
{
	struct slice whole = *line, front;

	if (slice_get_bytes(&whole, strlen(word), &front) &&
	    slice_eq_str(front, word)) {
		*line = whole;
		return true;
	}
	return false;
}

static void
free_keys(char **keys, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		free(keys[i]);
	}
	free(keys);
}

static enum err
add_key(char ***keys, size_t *num, struct slice name, struct errinfo *ei)
{
	char **p;
	char *own;

	if (*num == ARCHIVE_MEMBERS_MAX) {
		return bad_manifest(ei);
	}
	own = slice_dup_str(name);
	p = realloc(*keys, (*num + 1) * sizeof(*p));
	if (p != NULL) {
		*keys = p;
	}
	if (own == NULL || p == NULL) {
		free(own);
		return err_nomem(ei);
	}
	(*keys)[(*num)++] = own;
	return tar_name_safe(own) ? ERR_OK : bad_manifest(ei);
}

enum err
manifest_scan(struct slice text, const char *what, char made[TIME_TEXT_SIZE],
    char ***out_keys, size_t *out_num_keys, struct errinfo *ei)
{
	char **keys = NULL;
	size_t num = 0;
	struct slice line;
	enum err e = ERR_OK;

	if (!next_line(&text, &line) || !slice_eq_str(line, what) ||
	    !next_line(&text, &line) || !cut_word(&line, "made ") ||
	    line.len == 0 || line.len >= TIME_TEXT_SIZE ||
	    !text_is_clean(line)) {
		return bad_manifest(ei);
	}
	memcpy(made, line.p, line.len);
	made[line.len] = '\0';
	while (e == ERR_OK && next_line(&text, &line)) {
		if (cut_word(&line, "key ")) {
			e = add_key(&keys, &num, line, ei);
		}
	}
	if (e == ERR_OK && text.len != 0) {
		e = bad_manifest(ei);
	}
	if (e != ERR_OK) {
		free_keys(keys, num);
		return e;
	}
	*out_keys = keys;
	*out_num_keys = num;
	return ERR_OK;
}

/* The manifest that these members would have, byte for byte. */
static enum err
compare(
    struct archive *a, const char *what, struct slice text, struct errinfo *ei)
{
	struct manifest m = {
	    .what = what, .members = a->members, .num = a->num};
	struct buf own = BUF_INIT(MANIFEST_BYTES_MAX);
	enum err e =
	    manifest_scan(text, what, m.made, &a->keys, &a->num_keys, ei);

	if (e == ERR_OK) {
		m.keys = (const char *const *)a->keys;
		m.num_keys = a->num_keys;
		e = manifest_print(&m, &own, ei);
	}
	if (e == ERR_OK && !slice_eq(buf_slice(&own), text)) {
		e = err_set(ei, ERR_FORMAT, "archive.changed", NULL,
		    "the files are not those that the manifest names: the "
		    "archive was changed after it was made");
	}
	buf_clear(&own);
	return e;
}

enum err
archive_open(int fd, const char *what, struct archive *out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(MANIFEST_BYTES_MAX);
	struct archive_member manifest = {.at = 0};
	enum err e;

	*out = (struct archive){.fd = fd};
	e = read_members(out, &manifest, ei);
	if (e == ERR_OK) {
		e = archive_read(out, &manifest, &text, ei);
	}
	if (e == ERR_OK) {
		memcpy(out->digest, manifest.sha256, sizeof(out->digest));
		e = compare(out, what, buf_slice(&text), ei);
	}
	buf_clear(&text);
	return e;
}

void
archive_clear(struct archive *a)
{
	free_keys(a->keys, a->num_keys);
	free(a->members);
	memset(a, 0, sizeof(*a));
}

const struct archive_member *
archive_find(const struct archive *a, const char *name)
{
	for (size_t i = 0; i < a->num; i++) {
		if (strcmp(a->members[i].entry.name, name) == 0) {
			return &a->members[i];
		}
	}
	return NULL;
}

static enum err
take_same(const struct archive *a, const struct archive_member *m,
    struct sink to, struct errinfo *ei)
{
	uint8_t sha256[SHA256_SIZE];
	enum err e = take_bytes(a->fd, m, to, sha256, ei);

	if (e == ERR_OK && memcmp(sha256, m->sha256, sizeof(sha256)) != 0) {
		e = err_set(ei, ERR_FORMAT, "archive.changed", NULL,
		    "the archive is being changed: %s", m->entry.name);
	}
	return e;
}

enum err
archive_copy(const struct archive *a, const struct archive_member *m, int to,
    struct errinfo *ei)
{
	return take_same(a, m, (struct sink){.fd = to}, ei);
}

enum err
archive_read(const struct archive *a, const struct archive_member *m,
    struct buf *out, struct errinfo *ei)
{
	return take_same(a, m, (struct sink){.fd = -1, .buf = out}, ei);
}
