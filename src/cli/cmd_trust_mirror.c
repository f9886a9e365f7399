/* SPDX-License-Identifier: Apache-2.0 */
/* surguch trust mirror, mirror-back: a directory that Windows takes its roots
 * from, kept up to date. */
#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/cmd_trust.h"
#include "cli/cmd_trust_feed.h"
#include "cli/cmd_trust_mirror.h"
#include "cli/cmd_trust_notify.h"
#include "cli/cmd_trust_source.h"
#include "cli/commands.h"
#include "os/file.h"
#include "os/systime.h"
#include "trust/mirror.h"
#include "trustfeed/sync.h"
#include "json/writer.h"

/* --- telling ----------------------------------------------------------------
 */

static enum err
tell_json(const struct trust_mirror_report *r, struct errinfo *ei)
{
	struct buf out = BUF_INIT(TRUST_OUT_MAX);
	struct json_writer w;

	json_writer_init(&w, &out);
	json_open_object(&w, NULL);
	json_open_array(&w, "lists");
	for (unsigned i = 0; i < MIRROR_FILES; i++) {
		if (!r->lists[i].there) {
			continue;
		}
		json_open_object(&w, NULL);
		json_put_text(
		    &w, "file", trust_mirror_name((enum trust_mirror_file)i));
		json_put_bool(&w, "changed", r->lists[i].changed);
		json_put_bool(&w, "restored", r->lists[i].restored);
		json_put_time(&w, "of", r->lists[i].of);
		json_put_int(&w, "entries", (int64_t)r->lists[i].entries);
		json_put_bool(&w, "signer_expired", r->lists[i].signer_expired);
		json_close(&w);
	}
	json_close(&w);
	json_put_int(&w, "certificates", (int64_t)r->certs);
	json_put_int(&w, "added", (int64_t)r->added);
	json_put_int(&w, "stale", (int64_t)r->stale);
	json_put_int(&w, "removed", (int64_t)r->removed);
	json_close(&w);
	return cli_write_json(&w, &out, ei);
}

static enum err
tell_lines(const struct trust_mirror_report *r, struct errinfo *ei)
{
	struct buf out = BUF_INIT(TRUST_OUT_MAX);
	char of[TIME_TEXT_SIZE];

	for (unsigned i = 0; i < MIRROR_FILES; i++) {
		const char *name = trust_mirror_name((enum trust_mirror_file)i);

		if (!r->lists[i].there) {
			buf_printf(&out, "%-22s none\n", name);
			continue;
		}
		time_text(r->lists[i].of, of);
		buf_printf(&out, "%-22s %s, %zu entries, %s%s\n", name, of,
		    r->lists[i].entries,
		    r->lists[i].changed ? "new" : "as before",
		    r->lists[i].restored ? ", its store restored" : "");
	}
	buf_printf(&out, "%-22s %zu, %zu of them new\n", "certificates",
	    r->certs, r->added);
	if (r->stale > 0) {
		buf_printf(&out,
		    "%-22s %zu, which no list names any more; "
		    "--remove-stale moves them away once clients have the "
		    "new list\n",
		    "stale", r->stale);
	}
	if (r->removed > 0) {
		buf_printf(&out, "%-22s %zu, moved to .previous\n", "removed",
		    r->removed);
	}
	return cli_write_buf(&out, ei);
}

enum err
mirror_tell(const struct trust_mirror_report *r, struct errinfo *ei)
{
	return cmd_json() ? tell_json(r, ei) : tell_lines(r, ei);
}

/* --- the commands ------------------------------------------------------------
 */

enum err
mirror_read_rules(const struct mirror_words *w, struct trust_anchors *anchors,
    struct trust_mirror_rules *rules, struct errinfo *ei)
{
	const struct clock clock = system_clock();

	rules->anchors = anchors;
	rules->now = clock_utc_sec(&clock);
	rules->old = w->old;
	rules->strict = w->strict;
	return trust_read_anchors(w->anchor, anchors, ei);
}

struct mirror_order {
	struct mirror_words words;
	struct trust_mirror_rules rules;
	struct trust_anchors anchors;
	struct remote_mirror remote;
	struct notify_words notify;
	struct feed_words feed;
};

/* What the source's server has signed, and nothing else. */
static enum err
sync_told(const struct mirror_order *o, const char *from,
    const struct trust_source *source, const char *to,
    struct trust_mirror_report *report, struct errinfo *ei)
{
	struct feed_reader reader = {.key = NULL};
	enum err e;

	if (!trust_source_is_address(from)) {
		return cli_bad_word(ei, "--feed-key",
		    "an address as SOURCE, of a mirror that surguch-trustd "
		    "serves");
	}
	e = feed_reader_open(&reader, &o->feed, from, o->rules.now, ei);
	if (e == ERR_OK) {
		e = feed_sync(to, source, &reader.terms, &o->rules, report, ei);
	}
	feed_reader_clear(&reader);
	return e;
}

static enum err
sync(struct mirror_order *o, const char *from, const char *to,
    struct trust_mirror_report *report, struct errinfo *ei)
{
	struct trust_source source = {.get = NULL};
	enum err e = trust_source_open(from, &o->remote, &source, ei);

	if (e == ERR_OK) {
		e = mirror_read_rules(&o->words, &o->anchors, &o->rules, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	return o->feed.key != NULL
		   ? sync_told(o, from, &source, to, report, ei)
		   : trust_mirror_sync(to, &source, &o->rules, report, ei);
}

/* What the mirror came to is told first here, and then elsewhere; where it
 * failed, that is the error whatever becomes of the message. */
static enum err
sync_and_tell(struct mirror_order *o, const char *from, const char *to,
    struct notify *notify, struct errinfo *ei)
{
	struct trust_mirror_report report = {.certs = 0};
	struct errinfo untold = {0};
	enum err e = sync(o, from, to, &report, ei);

	if (e == ERR_OK) {
		e = mirror_tell(&report, ei);
		return e == ERR_OK && notify != NULL
			   ? notify_done(notify, &report, ei)
			   : e;
	}
	if (notify != NULL && notify_failed(notify, ei, &untold) != ERR_OK) {
		(void)fprintf(stderr,
		    "surguch: warning: and nobody could be told: %s [%s]\n",
		    untold.text, untold.rule);
	}
	return e;
}

enum err
cmd_trust_mirror(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct mirror_order o = {.words = {.anchor = NULL}};
	struct notify *notify = NULL;
	const struct cli_option options[] = {
	    {"--proxy", &o.remote.proxy, NULL},
	    {"--ca", &o.remote.ca, NULL},
	    {"--new", NULL, &o.rules.new_only},
	    {"--older", NULL, &o.rules.older},
	    {"--remove-stale", NULL, &o.rules.remove_stale},
	    {"--anchor", &o.words.anchor, NULL},
	    {"--old", NULL, &o.words.old},
	    {"--strict", NULL, &o.words.strict},
	    {"--notify", &o.notify.to, NULL},
	    {"--age", &o.notify.age, NULL},
	    {"--smtp", &o.notify.smtp, NULL},
	    {"--from", &o.notify.from, NULL},
	    {"--smtp-user", &o.notify.user, NULL},
	    {"--smtp-password-file", &o.notify.password_file, NULL},
	    {"--notify-ca", &o.notify.ca, NULL},
	    {"--insecure-plain", NULL, &o.notify.plain},
	    {"--feed-key", &o.feed.key, NULL},
	    {"--feed-mirror", &o.feed.mirror, NULL},
	};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 2, 2, usage, &args, ei);

	if (e == ERR_OK && o.feed.key == NULL && o.feed.mirror != NULL) {
		e = cli_bad_word(
		    ei, "--feed-mirror", "--feed-key, the server's feed.pub");
	}
	if (e == ERR_OK) {
		e = notify_open(
		    &o.notify, args.at[1], clock_utc_sec(&clock), &notify, ei);
	}
	if (e == ERR_OK) {
		e = sync_and_tell(&o, args.at[0], args.at[1], notify, ei);
	}
	notify_free(notify);
	trust_anchors_clear(&o.anchors);
	return e;
}

enum err
cmd_trust_mirror_back(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct mirror_words w = {.anchor = NULL};
	struct trust_mirror_rules rules = {.now = 0};
	struct trust_mirror_report report;
	struct trust_anchors anchors = {.num = 0};
	const struct cli_option options[] = {
	    {"--anchor", &w.anchor, NULL},
	    {"--old", NULL, &w.old},
	    {"--strict", NULL, &w.strict},
	};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e != ERR_OK) {
		return e;
	}
	e = mirror_read_rules(&w, &anchors, &rules, ei);
	if (e == ERR_OK) {
		e = trust_mirror_back(args.at[0], &rules, &report, ei);
	}
	trust_anchors_clear(&anchors);
	if (e != ERR_OK) {
		return e;
	}
	return mirror_tell(&report, ei);
}
