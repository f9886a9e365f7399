/* SPDX-License-Identifier: Apache-2.0 */
/* surguch trust feed: what a server of mirrors has signed of one. */
#include "cli/cmd_trust_feed.h"

#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/cmd_trust.h"
#include "cli/cmd_trust_source.h"
#include "cli/commands.h"
#include "os/file.h"
#include "os/systime.h"
#include "trustfeed/difference.h"
#include "json/writer.h"

enum {
	WORDS_MAX = 65536,
};

/* --- whose -----------------------------------------------------------------
 */

/* "rings/all" of "https://server:8088/rings/all/". */
static enum err
mirror_of(const char *address, char out[FETCH_URL_MAX], struct errinfo *ei)
{
	const char *path = strstr(address, "://");
	size_t len;

	path = path != NULL ? strchr(path + 3, '/') : NULL;
	path = path != NULL ? path + strspn(path, "/") : "";
	len = strlen(path);
	while (len > 0 && path[len - 1] == '/') {
		len--;
	}
	if (len >= FETCH_URL_MAX) {
		(void)err_set(ei, ERR_LIMIT, "mirror.address", NULL,
		    "an address of more than %d characters", FETCH_URL_MAX);
		return err_object(ei, ERR_LIMIT, "SOURCE");
	}
	memcpy(out, path, len);
	out[len] = '\0';
	return ERR_OK;
}

enum err
feed_reader_open(struct feed_reader *r, const struct feed_words *w,
    const char *source, int64_t now, struct errinfo *ei)
{
	struct buf file = BUF_INIT(KEY_FILE_MAX);
	enum err e = file_read(w->key, KEY_FILE_MAX, &file, ei);

	*r = (struct feed_reader){.key = NULL};
	if (e == ERR_OK) {
		e = feed_key_parse(buf_slice(&file), &r->key, ei);
		e = e == ERR_OK ? e : err_object(ei, e, w->key);
	}
	buf_clear(&file);
	r->terms = (struct feed_terms){r->key, w->mirror, now};
	if (e == ERR_OK && w->mirror == NULL &&
	    trust_source_is_address(source)) {
		e = mirror_of(source, r->mirror, ei);
		r->terms.mirror = r->mirror;
	}
	return e;
}

void
feed_reader_clear(struct feed_reader *r)
{
	feed_key_free(r->key);
	r->key = NULL;
}

/* --- telling ---------------------------------------------------------------
 */

static void
put_files(struct buf *out, char mark, const struct feed_names *names)
{
	for (size_t i = 0; i < names->num; i++) {
		buf_printf(out, "%c %s\n", mark, names->at[i]);
	}
}

static void
put_root(struct buf *out, const struct feed_root *r)
{
	buf_printf(out, "%c ", difference_mark(r->change));
	text_hex(out, slice_make(r->sha1, sizeof(r->sha1)));
	buf_add_str(out, "  ");
	text_escape(out, slice_str(r->name != NULL ? r->name : ""), WORDS_MAX);
	buf_add_str(out, ": ");
	text_escape(out,
	    slice_str(r->text != NULL ? r->text : trust_change_name(r->change)),
	    WORDS_MAX);
	buf_add_u8(out, '\n');
}

static void
put_changes(struct buf *out, const struct feed_document *d)
{
	if (d->before == 0) {
		buf_add_str(out, "no state before it is told of\n");
		return;
	}
	buf_printf(out, "since state %lld:\n", (long long)d->before);
	put_files(out, '+', &d->came);
	put_files(out, '-', &d->went);
	put_files(out, '~', &d->changed);
	if (!d->knows_roots) {
		buf_add_str(out, "what changed of roots is not told\n");
		return;
	}
	buf_printf(out, "roots: %zu changes\n", d->num_roots);
	for (size_t i = 0; i < d->num_roots; i++) {
		put_root(out, &d->roots[i]);
	}
}

static enum err
tell_lines(const struct feed_document *d, const struct feed_key *key,
    struct errinfo *ei)
{
	const struct feed_head *h = &d->head;
	char since[TIME_TEXT_SIZE], at[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE];
	struct buf out = BUF_INIT(TRUST_OUT_MAX);

	time_text(h->since, since);
	time_text(h->signed_at, at);
	time_text(h->valid_until, until);
	buf_add_str(&out, "mirror  \"");
	text_escape(&out, slice_str(h->mirror), sizeof(h->mirror));
	buf_printf(&out,
	    "\"\nstate   %lld, since %s, %zu files\n"
	    "signed  %s, valid until %s\n"
	    "key     %s\n\n",
	    (long long)h->number, since, d->files.num, at, until,
	    feed_key_fingerprint(key));
	put_changes(&out, d);
	return cli_write_buf(&out, ei);
}

/* The document itself, which has been read. */
static enum err
tell_json(
    const struct buf *text, const struct feed_key *key, struct errinfo *ei)
{
	struct buf out = BUF_INIT(TRUST_OUT_MAX);
	struct json_writer w;

	json_writer_init(&w, &out);
	json_open_object(&w, NULL);
	json_put_text(&w, "key", feed_key_fingerprint(key));
	json_put_raw(&w, "feed", buf_slice(text));
	json_close(&w);
	return cli_write_json(&w, &out, ei);
}

/* --- the command -----------------------------------------------------------
 */

static enum err
show(const struct trust_source *source, const struct feed_reader *r,
    struct errinfo *ei)
{
	struct buf text = BUF_INIT(FEED_BYTES_MAX);
	struct feed_document d = {.tree = NULL};
	enum err e = feed_fetch(source, &r->terms, &d, &text, ei);

	if (e == ERR_OK) {
		e = cmd_json() ? tell_json(&text, r->key, ei)
			       : tell_lines(&d, r->key, ei);
	}
	feed_document_clear(&d);
	buf_clear(&text);
	return e;
}

enum err
cmd_trust_feed(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct remote_mirror remote = {.proxy = NULL};
	struct trust_source source = {.get = NULL};
	struct feed_words w = {.key = NULL};
	struct feed_reader r = {.key = NULL};
	const struct cli_option options[] = {
	    {"--feed-key", &w.key, NULL},
	    {"--feed-mirror", &w.mirror, NULL},
	    {"--proxy", &remote.proxy, NULL},
	    {"--ca", &remote.ca, NULL},
	};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK && w.key == NULL) {
		e = cli_bad_word(ei, "--feed-key", "the server's feed.pub");
	}
	if (e == ERR_OK) {
		e = trust_source_open(args.at[0], &remote, &source, ei);
	}
	if (e == ERR_OK) {
		e = feed_reader_open(
		    &r, &w, args.at[0], clock_utc_sec(&clock), ei);
	}
	if (e == ERR_OK) {
		e = show(&source, &r, ei);
	}
	feed_reader_clear(&r);
	return e;
}
