/* SPDX-License-Identifier: Apache-2.0 */
#include "trustfeed/seen.h"

#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "os/file.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	SEEN_MAX = 4096,
	SEEN_MODE = 0644,
	KEY_SIZE = 2 * SHA256_SIZE + 1,
};

struct seen {
	char key[KEY_SIZE]; /* its fingerprint; "": nothing is kept */
	char mirror[TRUSTD_PREFIX_MAX + 1];
	int64_t number;
	uint8_t state[SHA256_SIZE];
};

static enum err
read_fields(const struct json *root, struct seen *out, struct errinfo *ei)
{
	static const char *const fields[] = {
	    "key", "mirror", "number", "state", NULL};
	struct buf state = BUF_INIT(SHA256_SIZE);
	const char *mirror = NULL;
	enum err e;

	if ((e = json_only(root, fields, ei)) == ERR_OK &&
	    (e = json_copy_text(root, "key", out->key, sizeof(out->key), ei)) ==
		ERR_OK &&
	    (e = json_get_text_optional(
		 root, "mirror", TRUSTD_PREFIX_MAX, &mirror, ei)) == ERR_OK &&
	    (e = json_get_int(
		 root, "number", 1, INT64_MAX, &out->number, ei)) == ERR_OK) {
		e = json_get_base64(root, "state", &state, ei);
	}
	if (e == ERR_OK && state.len != SHA256_SIZE) {
		e = err_set(ei, ERR_FORMAT, "feed.sha", NULL,
		    "a digest of another length");
	}
	if (e == ERR_OK) {
		memcpy(out->state, state.p, SHA256_SIZE);
	}
	if (e == ERR_OK && mirror != NULL) {
		memcpy(out->mirror, mirror, strlen(mirror) + 1);
	}
	buf_clear(&state);
	return e;
}

static enum err
read_seen(const char *path, struct seen *out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(SEEN_MAX);
	struct json *root = NULL;
	enum err e = file_read(path, SEEN_MAX, &text, ei);

	if (e == ERR_OK) {
		e = json_parse(buf_slice(&text), SEEN_MAX, &root, ei);
	}
	if (e == ERR_OK) {
		e = read_fields(root, out, ei);
	}
	json_free(root);
	buf_clear(&text);
	return e == ERR_OK ? e : err_object(ei, e, path);
}

/* Nothing kept is all zero. */
static enum err
load(const char *dir, char path[PATH_TEXT_SIZE], const struct feed_key *key,
    const struct feed_document *d, struct seen *out, struct errinfo *ei)
{
	enum err e = path_join(path, dir, FEED_SEEN, ei);

	*out = (struct seen){.number = 0};
	if (e == ERR_OK && file_exists(path)) {
		e = read_seen(path, out, ei);
	}
	/* That of another key says nothing of this one. */
	if (e == ERR_OK && (strcmp(out->key, feed_key_fingerprint(key)) != 0 ||
			       strcasecmp(out->mirror, d->head.mirror) != 0)) {
		*out = (struct seen){.number = 0};
	}
	return e;
}

enum err
feed_seen_check(const char *dir, const struct feed_key *key,
    const struct feed_document *d, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	uint8_t state[SHA256_SIZE];
	struct seen seen;
	enum err e = load(dir, path, key, d, &seen, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (d->head.number < seen.number) {
		e = err_set(ei, ERR_CONFLICT, "feed.older", NULL,
		    "the feed tells of state %lld, and %lld was seen here: "
		    "somebody on the way takes it back, or the server has lost "
		    "its numbers (then remove this file)",
		    (long long)d->head.number, (long long)seen.number);
		return err_object(ei, e, path);
	}
	if (d->head.number > seen.number) {
		return ERR_OK;
	}
	e = feed_files_digest(&d->files, state, ei);
	if (e == ERR_OK && memcmp(state, seen.state, SHA256_SIZE) != 0) {
		(void)err_set(ei, ERR_CONFLICT, "feed.number", NULL,
		    "the feed tells of another state %lld than was seen here: "
		    "the server has lost its numbers (then remove this file), "
		    "or its key serves two",
		    (long long)d->head.number);
		e = err_object(ei, ERR_CONFLICT, path);
	}
	return e;
}

static void
put_seen(struct json_writer *w, const struct feed_key *key,
    const struct feed_document *d, const uint8_t state[SHA256_SIZE])
{
	json_open_object(w, NULL);
	json_put_text(w, "key", feed_key_fingerprint(key));
	json_put_text(w, "mirror", d->head.mirror);
	json_put_int(w, "number", d->head.number);
	json_put_base64(w, "state", slice_make(state, SHA256_SIZE));
	json_close(w);
}

enum err
feed_seen_keep(const char *dir, const struct feed_key *key,
    const struct feed_document *d, struct errinfo *ei)
{
	struct buf text = BUF_INIT(SEEN_MAX);
	char path[PATH_TEXT_SIZE];
	uint8_t state[SHA256_SIZE];
	struct json_writer w;
	struct seen seen;
	enum err e = load(dir, path, key, d, &seen, ei);

	if (e != ERR_OK || seen.number == d->head.number) {
		return e;
	}
	e = feed_files_digest(&d->files, state, ei);
	if (e == ERR_OK) {
		json_writer_init(&w, &text);
		put_seen(&w, key, d, state);
		e = json_writer_end(&w, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(path, buf_slice(&text), SEEN_MODE, ei);
	}
	buf_clear(&text);
	return e;
}
