/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/privkey.h"
#include "os/file.h"
#include "trustd/feed_state.h"
#include "trustfeed/changes.h"
#include "trustfeed/document.h"
#include "x509/pem.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	KEY_MODE = 0600,
	FILE_MODE = 0644,
	HEX_SIZE = 2 * SHA256_SIZE + 1,
	NAME_SIZE = TRUSTD_PREFIX_MAX + 32,
};

struct feed {
	char dir[PATH_TEXT_SIZE];
	struct privkey *key;
	char fingerprint[HEX_SIZE];
};

struct feed_ring {
	struct feed *feed;
	char prefix[TRUSTD_PREFIX_MAX + 1];
	int64_t number; /* 0: nothing was said yet */
	int64_t since;  /* that state was there */
	int64_t signed_at;
	bool unsaved;            /* what follows was not noted */
	struct feed_files files; /* of that state */
	struct buf changes;      /* JSON, to it */
	struct buf roots;        /* its list of roots, in its cabinet */
};

/* --- the key ---------------------------------------------------------------
 */

static enum err
write_key(const char *path, struct privkey *key, struct errinfo *ei)
{
	struct secret der = SECRET_EMPTY;
	enum err e = privkey_to_p8_insecure_plain(key, &der, ei);

	if (e == ERR_OK) {
		e = file_write_new(path, secret_slice(&der), KEY_MODE, ei);
	}
	secret_clear(&der);
	return e;
}

static enum err
make_key(const char *path, struct privkey **out, struct errinfo *ei)
{
	struct privkey *key = NULL;
	enum err e = privkey_generate("p256", &key, ei);

	if (e == ERR_OK) {
		e = write_key(path, key, ei);
	}
	if (e != ERR_OK) {
		privkey_free(key);
		return e;
	}
	*out = key;
	return ERR_OK;
}

static enum err
read_key(const char *path, struct privkey **out, struct errinfo *ei)
{
	struct secret der = SECRET_EMPTY;
	enum err e = file_read_secret(path, KEY_FILE_MAX, &der, ei);

	if (e == ERR_OK) {
		e = privkey_from_p8(secret_slice(&der), SLICE_EMPTY, out, ei);
	}
	secret_clear(&der);
	return e;
}

/* For people to carry away; nobody reads it here. */
static enum err
write_public(struct feed *f, struct errinfo *ei)
{
	struct buf pem = BUF_INIT(KEY_FILE_MAX);
	struct buf hex = BUF_INIT(HEX_SIZE);
	uint8_t hash[SHA256_SIZE];
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, f->dir, "feed.pub", ei);

	pem_put(&pem, PEM_PUBLIC_KEY, privkey_spki(f->key));
	if (e == ERR_OK) {
		e = sha256_of(privkey_spki(f->key), hash, ei);
	}
	if (e == ERR_OK) {
		text_hex(&hex, slice_make(hash, sizeof(hash)));
		(void)snprintf(f->fingerprint, sizeof(f->fingerprint), "%s",
		    buf_cstr(&hex));
		e = buf_err(&hex, ei);
	}
	if (e == ERR_OK) {
		e = buf_err(&pem, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(path, buf_slice(&pem), FILE_MODE, ei);
	}
	buf_clear(&pem);
	buf_clear(&hex);
	return e;
}

static enum err
open_key(struct feed *f, const char *dir, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e;

	(void)snprintf(f->dir, sizeof(f->dir), "%s", dir);
	e = path_join(path, dir, "feed.key", ei);
	if (e == ERR_OK) {
		e = file_exists(path) ? read_key(path, &f->key, ei)
				      : make_key(path, &f->key, ei);
	}
	return e == ERR_OK ? write_public(f, ei) : e;
}

enum err
feed_open(const char *dir, struct feed **out, struct errinfo *ei)
{
	struct feed *f = calloc(1, sizeof(*f));
	enum err e = f == NULL ? err_nomem(ei) : open_key(f, dir, ei);

	if (e != ERR_OK) {
		feed_free(f);
		return e;
	}
	*out = f;
	return ERR_OK;
}

void
feed_free(struct feed *f)
{
	if (f != NULL) {
		privkey_free(f->key);
		free(f);
	}
}

const char *
feed_fingerprint(const struct feed *f)
{
	return f->fingerprint;
}

/* --- what was said last ------------------------------------------------------
 */

/* "feed-rings+pilot.json": a prefix has no "+". */
static enum err
path_of(const struct feed_ring *r, const char *ending, char out[PATH_TEXT_SIZE],
    struct errinfo *ei)
{
	char name[NAME_SIZE];

	(void)snprintf(name, sizeof(name), "feed-%s%s", r->prefix, ending);
	for (char *c = name; *c != '\0'; c++) {
		if (*c == '/') {
			*c = '+';
		}
	}
	return path_join(out, r->feed->dir, name, ei);
}

static void
put_record(const struct feed_ring *r, struct json_writer *w)
{
	json_open_object(w, NULL);
	json_put_int(w, "number", r->number);
	json_put_int(w, "since", r->since);
	json_put_base64(w, "changes", buf_slice(&r->changes));
	feed_state_put(w, "files", &r->files);
	json_close(w);
}

/* The list first: beside an older record it makes a difference that is told too
 * small, beside none it is nothing. */
static enum err
save(struct feed_ring *r, struct errinfo *ei)
{
	struct buf text = BUF_INIT(FEED_BYTES_MAX);
	struct json_writer w;
	char path[PATH_TEXT_SIZE];
	enum err e;

	json_writer_init(&w, &text);
	put_record(r, &w);
	e = json_writer_end(&w, ei);
	if (e == ERR_OK) {
		e = path_of(r, ".cab", path, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(
		    path, buf_slice(&r->roots), FILE_MODE, ei);
	}
	if (e == ERR_OK) {
		e = path_of(r, ".json", path, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(path, buf_slice(&text), FILE_MODE, ei);
	}
	buf_clear(&text);
	return e;
}

static enum err
read_record(struct feed_ring *r, struct slice text, struct errinfo *ei)
{
	static const char *const fields[] = {
	    "number", "since", "changes", "files", NULL};
	struct json *root = NULL;
	enum err e = json_parse(text, FEED_BYTES_MAX, &root, ei);

	if (e != ERR_OK) {
		return e;
	}
	if ((e = json_only(root, fields, ei)) == ERR_OK &&
	    (e = json_get_int(
		 root, "number", 1, INT64_MAX - 1, &r->number, ei)) == ERR_OK &&
	    (e = json_get_int(root, "since", 0, INT64_MAX, &r->since, ei)) ==
		ERR_OK &&
	    (e = json_get_base64(root, "changes", &r->changes, ei)) == ERR_OK) {
		e = feed_state_get(root, "files", &r->files, ei);
	}
	json_free(root);
	return e;
}

static enum err
load(struct feed_ring *r, struct errinfo *ei)
{
	struct buf text = BUF_INIT(FEED_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	enum err e = path_of(r, ".json", path, ei);

	if (e != ERR_OK || !file_exists(path)) {
		return e;
	}
	e = file_read(path, FEED_BYTES_MAX, &text, ei);
	if (e == ERR_OK) {
		e = read_record(r, buf_slice(&text), ei);
	}
	if (e != ERR_OK) {
		e = err_object(ei, e, path);
	} else {
		e = path_of(r, ".cab", path, ei);
	}
	if (e == ERR_OK && file_exists(path)) {
		e = file_read(path, CAB_BYTES_MAX, &r->roots, ei);
	}
	buf_clear(&text);
	return e;
}

enum err
feed_ring_new(struct feed *f, const char *prefix, struct feed_ring **out,
    struct errinfo *ei)
{
	struct feed_ring *r = calloc(1, sizeof(*r));
	enum err e;

	if (r == NULL) {
		return err_nomem(ei);
	}
	r->feed = f;
	buf_init(&r->changes, FEED_BYTES_MAX);
	buf_init(&r->roots, CAB_BYTES_MAX);
	(void)snprintf(r->prefix, sizeof(r->prefix), "%s", prefix);
	e = load(r, ei);
	if (e != ERR_OK) {
		feed_ring_free(r);
		return e;
	}
	*out = r;
	return ERR_OK;
}

void
feed_ring_free(struct feed_ring *r)
{
	if (r == NULL) {
		return;
	}
	feed_files_clear(&r->files);
	buf_clear(&r->changes);
	buf_clear(&r->roots);
	free(r);
}

bool
feed_ring_is_due(const struct feed_ring *r, int64_t now)
{
	/* A clock that was set back must not make it wait. */
	return now - r->signed_at >= FEED_AGAIN_SEC || now < r->signed_at;
}

/* --- saying
 * -------------------------------------------------------------------
 */

static void
put_document(const struct feed_ring *r, const struct feed_files *files,
    int64_t now, struct json_writer *w)
{
	struct feed_head head = {
	    .number = r->number,
	    .since = r->since,
	    .signed_at = now,
	    .valid_until = now + FEED_LIFE_SEC,
	};

	(void)snprintf(head.mirror, sizeof(head.mirror), "%s", r->prefix);
	feed_document_put(w, &head, files, buf_slice(&r->changes));
}

static enum err
sign_document(
    const struct feed_ring *r, struct state *s, int64_t now, struct errinfo *ei)
{
	struct feed_files files = {.num = 0};
	struct buf text = BUF_INIT(FEED_BYTES_MAX);
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	struct json_writer w;
	enum err e = feed_state_files(s, &files, ei);

	if (e == ERR_OK) {
		json_writer_init(&w, &text);
		put_document(r, &files, now, &w);
		e = json_writer_end(&w, ei);
	}
	if (e == ERR_OK) {
		e = privkey_sign(r->feed->key,
		    key_alg_default_sig(privkey_alg(r->feed->key)),
		    buf_slice(&text), &sig, ei);
	}
	if (e == ERR_OK) {
		e = state_put_feed(
		    s, buf_slice(&text), buf_slice(&sig), now, ei);
	}
	feed_files_clear(&files);
	buf_clear(&text);
	buf_clear(&sig);
	return e;
}

/* Another state than the one that was spoken of last: it gets a number. */
static enum err
note_new(
    struct feed_ring *r, const struct state *s, int64_t now, struct errinfo *ei)
{
	struct feed_files files = {.num = 0};
	struct buf changes = BUF_INIT(FEED_BYTES_MAX);
	const struct feed_state before = {
	    .number = r->number,
	    .files = &r->files,
	    .roots = buf_slice(&r->roots),
	};
	const struct feed_state after = {
	    .number = r->number + 1,
	    .files = &files,
	    .roots = buf_slice(&s->roots),
	};
	enum err e = feed_state_files(s, &files, ei);

	if (e == ERR_OK) {
		e = feed_changes_put(&before, &after, &changes, ei);
	}
	if (e != ERR_OK) {
		feed_files_clear(&files);
		buf_clear(&changes);
		return e;
	}
	feed_files_clear(&r->files);
	buf_clear(&r->changes);
	r->files = files;
	r->changes = changes;
	r->number++;
	r->since = now;
	buf_reset(&r->roots);
	buf_add(&r->roots, buf_slice(&s->roots));
	e = buf_err(&r->roots, ei);
	return e == ERR_OK ? save(r, ei) : e;
}

enum err
feed_ring_sign(
    struct feed_ring *r, struct state *s, int64_t now, struct errinfo *ei)
{
	enum err e = ERR_OK;

	if (r->number == 0 || !feed_state_is(s, &r->files)) {
		e = note_new(r, s, now, ei);
		/* A number that was not noted was not given out. */
		r->unsaved = e != ERR_OK;
	} else if (r->unsaved) {
		e = save(r, ei);
		r->unsaved = e != ERR_OK;
	}
	if (e == ERR_OK) {
		e = sign_document(r, s, now, ei);
	}
	if (e == ERR_OK) {
		r->signed_at = now;
	}
	return e;
}
