/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd_trust_notify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/cmd_trust_message.h"
#include "os/file.h"
#include "trust/diff.h"
#include "trust/file.h"
#include "trust/rows.h"
#include "trustfeed/difference.h"
#include "json/writer.h"

#define TOLD   ".told"
#define FAILED "failed"
#define AGED   "aged"

enum {
	DIR_MODE = 0755,
	FILE_MODE = 0644,
	STATE_MAX = 256,
	HOST_SIZE = 256,
	DAYS_MAX = 3660,
	REMIND_SEC = 7 * DAY_SEC,
	TEXT_MAX = 32 * 1024,        /* fits into a mail, in base64 too */
	TEXT_FULL = TEXT_MAX - 2048, /* then the rest is counted */
	JSON_MAX = 4 * 1024 * 1024,
	LINES_MAX = 100, /* of a mail; the rest is counted */
	NAME_MAX_BYTES = 4096,
};

struct notify {
	const struct notify_words *words;
	const char *dir;
	int64_t now;
	int64_t age_sec; /* 0: never aged */
	char host[HOST_SIZE];
	char told[PATH_TEXT_SIZE];
	/* Nothing is kept in a directory where others write. */
	bool keeps;
	struct message_way way;
};

enum err
notify_open(const struct notify_words *w, const char *dir, int64_t now,
    struct notify **out, struct errinfo *ei)
{
	struct notify *n;
	uint64_t days = 0;
	enum err e;

	*out = NULL;
	if (w->age != NULL && (!text_to_u64(slice_str(w->age), &days) ||
				  days == 0 || days > DAYS_MAX)) {
		return cli_bad_word(
		    ei, "--age", "a number of days, at most 3660");
	}
	if (w->to == NULL) {
		return w->age == NULL && w->smtp == NULL
			   ? ERR_OK
			   : cli_bad_word(ei, "--notify", "whom to tell");
	}
	n = calloc(1, sizeof(*n));
	if (n == NULL) {
		return err_nomem(ei);
	}
	n->words = w;
	n->dir = dir;
	n->now = now;
	n->age_sec = (int64_t)days * DAY_SEC;
	if (gethostname(n->host, sizeof(n->host) - 1) != 0) {
		(void)snprintf(n->host, sizeof(n->host), "this computer");
	}
	e = message_way_open(&n->way, w, ei);
	if (e == ERR_OK) {
		e = path_join(n->told, dir, TOLD, ei);
	}
	if (e != ERR_OK) {
		notify_free(n);
		return e;
	}
	n->keeps = file_check_trusted(dir, geteuid(), NULL) == ERR_OK;
	*out = n;
	return ERR_OK;
}

void
notify_free(struct notify *n)
{
	if (n != NULL) {
		message_way_clear(&n->way);
		free(n);
	}
}

/* --- what was told
 * ------------------------------------------------------------
 */

/* Nothing where there is none, or it cannot be read: then it is told again. */
static void
told_read(const struct notify *n, const char *name, struct buf *out)
{
	char path[PATH_TEXT_SIZE];

	buf_reset(out);
	if (n->keeps && path_join(path, n->told, name, NULL) == ERR_OK &&
	    file_read(path, out->max, out, NULL) != ERR_OK) {
		buf_reset(out);
	}
}

static enum err
told_write(const struct notify *n, const char *name, struct slice content,
    struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e;

	if (!n->keeps) {
		return ERR_OK;
	}
	e = dir_make(n->told, DIR_MODE, ei);
	if (e == ERR_OK) {
		e = path_join(path, n->told, name, ei);
	}
	return e == ERR_OK ? file_write_atomic(path, content, FILE_MODE, ei)
			   : e;
}

static enum err
told_forget(const struct notify *n, const char *name, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = ERR_OK;

	if (!n->keeps) {
		return ERR_OK;
	}
	e = path_join(path, n->told, name, ei);
	if (e == ERR_OK && unlink(path) != 0 && errno != ENOENT &&
	    errno != ENOTDIR) {
		e = err_sys(ei, "notify.told", "cannot remove %s", path);
	}
	return e;
}

/* Is it the same that was told, less than a week ago? */
static bool
told_lately(const struct notify *n, const char *name, struct slice what)
{
	struct buf was = BUF_INIT(STATE_MAX);
	char path[PATH_TEXT_SIZE];
	struct stat st;
	bool lately;

	told_read(n, name, &was);
	lately = slice_eq(buf_slice(&was), what) &&
		 path_join(path, n->told, name, NULL) == ERR_OK &&
		 stat(path, &st) == 0 && st.st_mtime <= n->now &&
		 n->now - st.st_mtime < REMIND_SEC;
	buf_clear(&was);
	return lately;
}

/* --- a message in the making
 * ----------------------------------------------------
 */

struct making {
	const char *event;
	struct buf subject;
	struct buf text;
	struct buf out;
	struct json_writer json;
};

static void
making_open(struct making *m, const struct notify *n, const char *event,
    const char *subject)
{
	m->event = event;
	buf_init(&m->subject, TEXT_MAX);
	buf_init(&m->text, TEXT_MAX);
	buf_init(&m->out, JSON_MAX);
	buf_printf(&m->subject, "surguch, %s: %s", n->host, subject);
	buf_add_str(&m->text, "The mirror of trusted roots ");
	text_escape(&m->text, slice_str(n->dir), PATH_TEXT_SIZE);
	buf_printf(&m->text, " on %s: %s.\n\n", n->host, subject);
	json_writer_init(&m->json, &m->out);
	json_open_object(&m->json, NULL);
	json_put_text(&m->json, "event", event);
	json_put_text(&m->json, "host", n->host);
	json_put_text(&m->json, "mirror", n->dir);
	json_put_time(&m->json, "at", n->now);
	json_put_slice(&m->json, "subject", buf_slice(&m->subject));
}

static void
making_clear(struct making *m)
{
	buf_clear(&m->subject);
	buf_clear(&m->text);
	buf_clear(&m->out);
}

static enum err
making_send(struct making *m, const struct notify *n, struct errinfo *ei)
{
	enum err e;

	json_close(&m->json);
	if ((e = json_writer_end(&m->json, ei)) != ERR_OK ||
	    (e = buf_err(&m->subject, ei)) != ERR_OK ||
	    (e = buf_err(&m->text, ei)) != ERR_OK) {
		return e;
	}
	return message_send(&n->way,
	    &(struct message){
		.event = m->event,
		.subject = buf_slice(&m->subject),
		.text = buf_slice(&m->text),
		.json = buf_slice(&m->out),
		.at = n->now,
	    },
	    ei);
}

/* --- what is new in a list
 * ------------------------------------------------------
 */

/* False: the mail has no room for it. */
static bool
put_line(struct making *m, const struct trust_difference *d,
    struct difference_words *words)
{
	if (m->text.len + words->name.len + words->text.len >= TEXT_FULL) {
		return false;
	}
	buf_printf(&m->text, "  %s: %s\n    ", buf_cstr(&words->name),
	    buf_cstr(&words->text));
	text_hex(&m->text, difference_row(d)->root.sha1);
	buf_add_u8(&m->text, '\n');
	return true;
}

static void
put_diff(struct making *m, const struct trust_diff *d)
{
	struct difference_words words;
	size_t told = 0;

	difference_words_init(&words);
	json_open_array(&m->json, "changes");
	for (size_t i = 0; i < d->num; i++) {
		difference_words_of(&words, &d->at[i]);
		difference_put(&m->json, &d->at[i], &words, false);
		told += told == i && i < LINES_MAX &&
			put_line(m, &d->at[i], &words);
	}
	json_close(&m->json);
	if (d->num > told) {
		buf_printf(&m->text, "  and %zu more: surguch trust diff\n",
		    d->num - told);
	}
	difference_words_clear(&words);
}

static enum err
diff_roots(struct making *m, const struct trust_file *before,
    const struct trust_file *after, struct errinfo *ei)
{
	struct trust_rows rows[2] = {{.num = 0}, {.num = 0}};
	struct trust_diff d = {.num = 0};
	enum err e =
	    trust_rows_of(before, &before->parts[0], NULL, &rows[0], ei);

	if (e == ERR_OK) {
		e = trust_rows_of(after, &after->parts[0], NULL, &rows[1], ei);
	}
	if (e == ERR_OK) {
		e = trust_diff_of(&rows[0], &rows[1], &d, ei);
	}
	if (e == ERR_OK) {
		put_diff(m, &d);
	}
	trust_diff_clear(&d);
	trust_rows_clear(&rows[0]);
	trust_rows_clear(&rows[1]);
	return e;
}

/* How many entries of one are not in the other. */
static size_t
lacking(const struct stl *of, const struct stl *in)
{
	size_t num = 0;

	for (size_t i = 0; i < of->num; i++) {
		num += stl_find(in, of->entries[i].id) == NULL;
	}
	return num;
}

static void
put_list(struct making *m, enum trust_mirror_file which,
    const struct stl *before, const struct stl *after)
{
	const char *name = trust_mirror_name(which);
	char of[TIME_TEXT_SIZE];

	json_put_text(&m->json, "file", name);
	json_put_time(&m->json, "of", after->this_update);
	json_put_int(&m->json, "entries", (int64_t)after->num);
	time_text(after->this_update, of);
	buf_printf(&m->text, "%s is of %s, %zu entries", name, of, after->num);
	if (before == NULL) {
		buf_add_str(&m->text, "; none was told of before\n");
		return;
	}
	json_put_time(&m->json, "of_before", before->this_update);
	json_put_int(&m->json, "came", (int64_t)lacking(after, before));
	json_put_int(&m->json, "went", (int64_t)lacking(before, after));
	time_text(before->this_update, of);
	buf_printf(&m->text, "; that of %s had %zu: %zu came, %zu went\n", of,
	    before->num, lacking(after, before), lacking(before, after));
}

/* A list as its cabinet has it. */
static bool
is_list(const struct trust_file *f)
{
	return f->num == 1 && f->parts[0].content == TRUST_LIST;
}

static enum err
tell_list(struct making *m, enum trust_mirror_file which, struct slice was,
    struct slice is, struct errinfo *ei)
{
	struct trust_file before = {.num = 0}, after = {.num = 0};
	const bool has_before =
	    was.len > 0 && trust_file_parse(was, &before, NULL) == ERR_OK &&
	    is_list(&before);
	enum err e = trust_file_parse(is, &after, ei);

	if (e == ERR_OK && !is_list(&after)) {
		e = err_set(ei, ERR_FORMAT, "mirror.kind", NULL,
		    "a cabinet without a list");
	}
	if (e == ERR_OK) {
		json_open_object(&m->json, NULL);
		put_list(m, which, has_before ? &before.parts[0].list : NULL,
		    &after.parts[0].list);
		if (which == MIRROR_ROOTS && has_before &&
		    before.parts[0].list.kind == STL_ROOTS) {
			e = diff_roots(m, &before, &after, ei);
		}
		json_close(&m->json);
	}
	trust_file_clear(&before);
	trust_file_clear(&after);
	return e;
}

/* --- changed
 * -------------------------------------------------------------------- */

struct pair {
	struct buf was;
	struct buf is;
	bool there;
	bool changed;
};

static enum err
read_pair(const struct notify *n, enum trust_mirror_file which, struct pair *p,
    struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, n->dir, trust_mirror_name(which), ei);

	if (e == ERR_OK) {
		e = file_read(path, CAB_BYTES_MAX, &p->is, ei);
	}
	if (e == ERR_OK) {
		told_read(n, trust_mirror_name(which), &p->was);
		p->there = true;
		p->changed = !slice_eq(buf_slice(&p->was), buf_slice(&p->is));
	}
	return e;
}

static enum err
send_changed(
    const struct notify *n, const struct pair *pairs, struct errinfo *ei)
{
	struct making m;
	enum err e = ERR_OK;

	making_open(&m, n, "changed", "lists have changed");
	json_open_array(&m.json, "lists");
	for (unsigned i = 0; e == ERR_OK && i < MIRROR_FILES; i++) {
		if (pairs[i].changed) {
			e = tell_list(&m, (enum trust_mirror_file)i,
			    buf_slice(&pairs[i].was), buf_slice(&pairs[i].is),
			    ei);
		}
	}
	json_close(&m.json);
	if (e == ERR_OK) {
		e = making_send(&m, n, ei);
	}
	making_clear(&m);
	return e;
}

static enum err
tell_changed(const struct notify *n, const struct trust_mirror_report *report,
    struct errinfo *ei)
{
	struct pair pairs[MIRROR_FILES];
	bool any = false;
	enum err e = ERR_OK;

	for (unsigned i = 0; i < MIRROR_FILES; i++) {
		pairs[i] = (struct pair){.there = false};
		buf_init(&pairs[i].was, CAB_BYTES_MAX);
		buf_init(&pairs[i].is, CAB_BYTES_MAX);
		if (e == ERR_OK && report->lists[i].there) {
			e = read_pair(
			    n, (enum trust_mirror_file)i, &pairs[i], ei);
			any = any || pairs[i].changed;
		}
	}
	if (e == ERR_OK && any) {
		e = send_changed(n, pairs, ei);
	}
	for (unsigned i = 0; i < MIRROR_FILES; i++) {
		if (e == ERR_OK && pairs[i].changed) {
			e = told_write(n,
			    trust_mirror_name((enum trust_mirror_file)i),
			    buf_slice(&pairs[i].is), ei);
		}
		buf_clear(&pairs[i].was);
		buf_clear(&pairs[i].is);
	}
	return e;
}

/* --- aged, failed, recovered
 * ------------------------------------------------------ */

static enum err
tell_aged(const struct notify *n, int64_t of, struct errinfo *ei)
{
	char day[TIME_TEXT_SIZE];
	struct making m;
	enum err e;

	if (n->age_sec == 0 || n->now - of <= n->age_sec) {
		return told_forget(n, AGED, ei);
	}
	time_text(of, day);
	if (told_lately(n, AGED, slice_str(day))) {
		return ERR_OK;
	}
	making_open(&m, n, AGED, "the list of roots is old");
	buf_printf(&m.text, "It is of %s, more than %lld days old.\n", day,
	    (long long)(n->age_sec / DAY_SEC));
	json_put_time(&m.json, "of", of);
	json_put_int(&m.json, "days", (n->now - of) / DAY_SEC);
	e = making_send(&m, n, ei);
	making_clear(&m);
	return e == ERR_OK ? told_write(n, AGED, slice_str(day), ei) : e;
}

static enum err
tell_recovered(const struct notify *n, struct errinfo *ei)
{
	struct buf was = BUF_INIT(STATE_MAX);
	struct making m;
	enum err e = ERR_OK;

	told_read(n, FAILED, &was);
	if (was.len > 0) {
		making_open(&m, n, "recovered", "it is brought up again");
		json_put_slice(&m.json, "rule", buf_slice(&was));
		e = making_send(&m, n, ei);
		making_clear(&m);
		if (e == ERR_OK) {
			e = told_forget(n, FAILED, ei);
		}
	}
	buf_clear(&was);
	return e;
}

enum err
notify_done(struct notify *n, const struct trust_mirror_report *report,
    struct errinfo *ei)
{
	enum err e = tell_recovered(n, ei);

	if (e == ERR_OK) {
		e = tell_changed(n, report, ei);
	}
	return e == ERR_OK ? tell_aged(n, report->lists[MIRROR_ROOTS].of, ei)
			   : e;
}

enum err
notify_failed(struct notify *n, const struct errinfo *why, struct errinfo *ei)
{
	struct making m;
	enum err e;

	/* Another run is under way, which tells. */
	if (strcmp(why->rule, "file.locked") == 0 ||
	    told_lately(n, FAILED, slice_str(why->rule))) {
		return ERR_OK;
	}
	making_open(&m, n, FAILED, "it could not be brought up");
	text_escape(&m.text, slice_str(why->object), NAME_MAX_BYTES);
	buf_add_str(&m.text, why->object[0] != '\0' ? ": " : "");
	text_escape(&m.text, slice_str(why->text), NAME_MAX_BYTES);
	buf_printf(&m.text,
	    "\nrule %s\n\nIt is whole, and no older than before.\n", why->rule);
	json_put_text(&m.json, "rule", why->rule);
	json_put_text(&m.json, "object", why->object);
	json_put_text(&m.json, "text", why->text);
	e = making_send(&m, n, ei);
	making_clear(&m);
	return e == ERR_OK ? told_write(n, FAILED, slice_str(why->rule), ei)
			   : e;
}
