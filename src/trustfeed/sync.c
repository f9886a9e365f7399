/* SPDX-License-Identifier: Apache-2.0 */
#include "trustfeed/sync.h"

#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "os/file.h"
#include "trustfeed/seen.h"

#define SYNC_LOCK ".feed.lock"

enum {
	TRIES = 2,
};

/* --- the feed --------------------------------------------------------------
 */

static enum err
fetch_signed(const struct trust_source *source, const struct feed_terms *terms,
    struct buf *text, struct errinfo *ei)
{
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	enum err e =
	    source->get(source->arg, FEED_DOCUMENT, FEED_BYTES_MAX, text, ei);

	if (e == ERR_OK) {
		e = source->get(
		    source->arg, FEED_SIGNATURE, SIGNATURE_BYTES_MAX, &sig, ei);
	}
	if (e == ERR_NOTFOUND) {
		(void)err_set(ei, ERR_NOTFOUND, "feed.none", NULL,
		    "the source has no signed feed; its server makes one where "
		    "\"feed\" is set");
		e = err_object(ei, ERR_NOTFOUND, FEED_DOCUMENT);
	}
	if (e == ERR_OK) {
		e = feed_key_verify(
		    terms->key, buf_slice(text), buf_slice(&sig), ei);
	}
	buf_clear(&sig);
	return e;
}

enum err
feed_fetch(const struct trust_source *source, const struct feed_terms *terms,
    struct feed_document *out, struct buf *out_text, struct errinfo *ei)
{
	struct buf text = BUF_INIT(FEED_BYTES_MAX);
	enum err e = ERR_CRYPTO;

	*out = (struct feed_document){.tree = NULL};
	for (int i = 0; e == ERR_CRYPTO && i < TRIES; i++) {
		buf_reset(&text);
		e = fetch_signed(source, terms, &text, ei);
	}
	if (e == ERR_OK) {
		e = feed_document_parse(buf_slice(&text), out, ei);
	}
	if (e == ERR_OK) {
		e = feed_document_check(out, terms->mirror, terms->now, ei);
	}
	if (e == ERR_OK && out_text != NULL) {
		buf_add(out_text, buf_slice(&text));
		e = buf_err(out_text, ei);
	}
	buf_clear(&text);
	if (e != ERR_OK) {
		feed_document_clear(out);
	}
	return e;
}

/* --- a source that is what its feed says
 * --------------------------------------
 */

struct told {
	const struct trust_source *from;
	const struct trust_source *here;
	const struct feed_files *files;
	bool *differs; /* a file is not what the feed says */
};

static enum err
is_it(const struct feed_file *f, struct slice bytes, bool *out,
    struct errinfo *ei)
{
	uint8_t hash[SHA256_SIZE];
	enum err e = sha256_of(bytes, hash, ei);

	*out = e == ERR_OK && (int64_t)bytes.len == f->bytes &&
	       memcmp(hash, f->sha256, SHA256_SIZE) == 0;
	return e;
}

static enum err
another(const struct told *t, const char *name, const char *what,
    struct errinfo *ei)
{
	*t->differs = true;
	(void)err_set(ei, ERR_AGAIN, "feed.file", NULL,
	    "%s: the mirror is being changed, or somebody on the way changes "
	    "it; try again later",
	    what);
	return err_object(ei, ERR_AGAIN, name);
}

static enum err
get_remote(const struct told *t, const struct feed_file *f, struct buf *out,
    struct errinfo *ei)
{
	bool same = false;
	/* No more than the feed says is ever read. */
	enum err e =
	    t->from->get(t->from->arg, f->name, (size_t)f->bytes, out, ei);

	if (e == ERR_NOTFOUND) {
		return another(t, f->name,
		    "the feed names a file that the source has not", ei);
	}
	if (e == ERR_OK) {
		e = is_it(f, buf_slice(out), &same, ei);
	}
	if (e == ERR_LIMIT || (e == ERR_OK && !same)) {
		return another(t, f->name,
		    "the file is another one than the feed says", ei);
	}
	return e;
}

static enum err
get_told(const void *arg, const char *name, size_t max, struct buf *out,
    struct errinfo *ei)
{
	const struct told *t = arg;
	const struct feed_file *f = feed_files_find(t->files, name);
	struct buf bytes = BUF_INIT(max);
	bool same = false;
	enum err e;

	if (f == NULL) {
		return err_set(ei, ERR_NOTFOUND, "mirror.file", NULL,
		    "the feed names no %s", name);
	}
	if (f->bytes > (int64_t)max) {
		(void)err_set(ei, ERR_LIMIT, "mirror.size", NULL,
		    "a file of more than %zu bytes", max);
		return err_object(ei, ERR_LIMIT, f->name);
	}
	e = t->here->get(t->here->arg, f->name, max, &bytes, NULL);
	if (e == ERR_OK) {
		e = is_it(f, buf_slice(&bytes), &same, ei);
	}
	if (e == ERR_NOMEM) {
		buf_clear(&bytes);
		return err_nomem(ei);
	}
	/* What cannot be read here is fetched. */
	e = ERR_OK;
	if (!same) {
		buf_reset(&bytes);
		e = get_remote(t, f, &bytes, ei);
	}
	if (e == ERR_OK) {
		buf_add(out, buf_slice(&bytes));
		e = buf_err(out, ei);
	}
	buf_clear(&bytes);
	return e;
}

/* --- a sync ----------------------------------------------------------------
 */

static enum err
sync_once(const char *dir, const struct trust_source *source,
    const struct feed_terms *terms, const struct trust_mirror_rules *rules,
    struct trust_mirror_report *out, bool *differs, struct errinfo *ei)
{
	const struct trust_source here = trust_source_dir(dir);
	struct trust_mirror_rules exact = *rules;
	struct feed_document d = {.tree = NULL};
	const struct told told = {source, &here, &d.files, differs};
	const struct trust_source only = {get_told, &told};
	enum err e = feed_fetch(source, terms, &d, NULL, ei);

	*differs = false;
	exact.stores = true;
	if (e == ERR_OK) {
		e = feed_seen_check(dir, terms->key, &d, ei);
	}
	/* Before its files: whoever withholds these cannot go back either. */
	if (e == ERR_OK) {
		e = feed_seen_keep(dir, terms->key, &d, ei);
	}
	if (e == ERR_OK) {
		e = trust_mirror_sync(dir, &only, &exact, out, ei);
	}
	feed_document_clear(&d);
	return e;
}

/* Held from the feed to the last file: of two that run at once the older must
 * not come last. */
static enum err
lock(const char *dir, int *out, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = trust_mirror_check_dir(dir, ei);

	if (e == ERR_OK) {
		e = path_join(path, dir, SYNC_LOCK, ei);
	}
	return e == ERR_OK ? file_lock(path, out, ei) : e;
}

enum err
feed_sync(const char *dir, const struct trust_source *source,
    const struct feed_terms *terms, const struct trust_mirror_rules *rules,
    struct trust_mirror_report *out, struct errinfo *ei)
{
	bool differs = true;
	int fd = -1;
	enum err e = lock(dir, &fd, ei);

	if (e != ERR_OK) {
		return e;
	}
	for (int i = 0; differs && i < TRIES; i++) {
		e = sync_once(dir, source, terms, rules, out, &differs, ei);
	}
	fd_close(fd);
	return e;
}
