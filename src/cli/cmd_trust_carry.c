/* SPDX-License-Identifier: Apache-2.0 */
/* surguch trust mirror-export, mirror-import: a mirror as one file, for a
 * network that nothing but a medium reaches. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/text.h"
#include "cli/archive.h"
#include "cli/cmd_trust.h"
#include "cli/cmd_trust_mirror.h"
#include "cli/commands.h"
#include "os/file.h"

enum {
	FILE_MODE_PUBLIC = 0644,
};

/* What both sides may read to each other. */
static void
tell_digest(const uint8_t digest[SHA256_SIZE])
{
	struct buf text = BUF_INIT(2 * SHA256_SIZE + 1);

	text_hex(&text, slice_make(digest, SHA256_SIZE));
	(void)fprintf(stderr, "surguch: fingerprint %s\n", buf_cstr(&text));
	buf_clear(&text);
}

/* --- out --------------------------------------------------------------------
 */

struct carrying {
	int fd;
	int64_t of; /* every time in the file: the list's own */
	struct archive_writer *to;
};

static enum err
begin(void *arg, const struct trust_mirror_report *what, struct errinfo *ei)
{
	struct carrying *c = arg;

	c->of = what->lists[MIRROR_ROOTS].of;
	return archive_new(c->fd, ARCHIVE_MIRROR, c->of, &c->to, ei);
}

static enum err
put(void *arg, const char *name, struct slice content, struct errinfo *ei)
{
	struct carrying *c = arg;
	struct tar_entry e = {.mode = FILE_MODE_PUBLIC, .mtime = c->of};

	(void)snprintf(e.name, sizeof(e.name), "%s", name);
	return archive_add_bytes(c->to, &e, content, ei);
}

static enum err
export_to(const char *dir, const char *path,
    const struct trust_mirror_rules *rules, struct trust_mirror_report *report,
    struct errinfo *ei)
{
	const struct trust_source source = trust_source_dir(dir);
	struct file_draft draft;
	struct carrying c = {.to = NULL};
	const struct trust_sink sink = {begin, put, &c};
	uint8_t digest[SHA256_SIZE];
	enum err e = file_draft_new(path, FILE_MODE_PUBLIC, &draft, ei);

	if (e != ERR_OK) {
		return e;
	}
	c.fd = draft.fd;
	e = trust_mirror_gather(&source, rules, &sink, report, ei);
	if (e == ERR_OK) {
		e = archive_end(c.to, digest, ei);
	}
	archive_free(c.to);
	if (e != ERR_OK) {
		file_draft_drop(&draft);
		return e;
	}
	e = file_draft_done(&draft, ei);
	if (e == ERR_OK) {
		tell_digest(digest);
	}
	/* In the file all is new; the mirror is as it was. */
	report->added = 0;
	for (unsigned i = 0; i < MIRROR_FILES; i++) {
		report->lists[i].changed = false;
	}
	return e;
}

enum err
cmd_trust_mirror_export(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct mirror_words w = {.anchor = NULL};
	struct trust_mirror_rules rules = {.now = 0};
	struct trust_mirror_report report;
	struct trust_anchors anchors = {.num = 0};
	const char *to = NULL;
	const struct cli_option options[] = {
	    {"--output", &to, NULL},
	    {"--anchor", &w.anchor, NULL},
	    {"--old", NULL, &w.old},
	    {"--strict", NULL, &w.strict},
	};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK && to == NULL) {
		e = cli_bad_word(ei, "--output", "the file that is carried");
	}
	if (e != ERR_OK) {
		return e;
	}
	e = mirror_read_rules(&w, &anchors, &rules, ei);
	if (e == ERR_OK) {
		e = export_to(args.at[0], to, &rules, &report, ei);
	}
	trust_anchors_clear(&anchors);
	return e == ERR_OK ? mirror_tell(&report, ei) : e;
}

/* --- in ---------------------------------------------------------------------
 */

static enum err
get(const void *arg, const char *name, size_t max, struct buf *out,
    struct errinfo *ei)
{
	const struct archive *a = arg;
	const struct archive_member *m = archive_find(a, name);

	if (m == NULL || m->entry.dir) {
		return err_set(ei, ERR_NOTFOUND, "mirror.file", NULL,
		    "the file holds no %s", name);
	}
	if (m->entry.size > max) {
		(void)err_set(ei, ERR_LIMIT, "mirror.size", NULL,
		    "%llu octets; at most %zu are read",
		    (unsigned long long)m->entry.size, max);
		return err_object(ei, ERR_LIMIT, name);
	}
	return archive_read(a, m, out, ei);
}

static enum err
open_file(const char *path, int *out_fd, struct errinfo *ei)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	enum err e = ERR_OK;

	if (fd < 0 && errno == ENOENT) {
		e = err_set(ei, ERR_NOTFOUND, "file.open", NULL,
		    "there is no such file");
	} else if (fd < 0 || fstat(fd, &st) != 0) {
		e = err_sys(ei, "file.open", "cannot be opened");
	} else if (!S_ISREG(st.st_mode)) {
		e = err_set(ei, ERR_UNSUPPORTED, "file.kind", NULL,
		    "it is not a regular file");
	} else if (st.st_size > MIRROR_FILE_MAX) {
		e = err_set(ei, ERR_LIMIT, "mirror.size", NULL,
		    "%lld octets; at most %d are read", (long long)st.st_size,
		    (int)MIRROR_FILE_MAX);
	}
	if (e != ERR_OK) {
		fd_close(fd);
		return err_object(ei, e, path);
	}
	*out_fd = fd;
	return ERR_OK;
}

struct import {
	const char *fingerprint; /* as a person gave it; NULL: not asked */
	const char *dir;
	struct trust_mirror_rules rules;
};

static enum err
check_digest(const struct archive *a, const char *given, struct errinfo *ei)
{
	uint8_t wanted[SHA256_SIZE];
	enum err e =
	    given == NULL ? ERR_OK : cli_fingerprint(given, wanted, ei);

	if (e == ERR_OK && given != NULL &&
	    memcmp(wanted, a->digest, sizeof(wanted)) != 0) {
		e = err_set(ei, ERR_CONFLICT, "mirror.fingerprint", NULL,
		    "it is not the file that was exported: its fingerprint "
		    "is another");
	}
	return e;
}

static enum err
import_from(const char *path, const struct import *in,
    struct trust_mirror_report *report, struct errinfo *ei)
{
	struct archive a = {.num = 0};
	const struct trust_source source = {get, &a};
	int fd = -1;
	enum err e = open_file(path, &fd, ei);

	if (e != ERR_OK) {
		return e;
	}
	e = archive_open(fd, ARCHIVE_MIRROR, &a, ei);
	if (e == ERR_OK) {
		tell_digest(a.digest);
		e = check_digest(&a, in->fingerprint, ei);
	}
	if (e != ERR_OK) {
		e = err_object(ei, e, path);
	} else {
		e = trust_mirror_sync(in->dir, &source, &in->rules, report, ei);
	}
	archive_clear(&a);
	fd_close(fd);
	return e;
}

enum err
cmd_trust_mirror_import(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct mirror_words w = {.anchor = NULL};
	struct import in = {.dir = NULL};
	struct trust_mirror_report report;
	struct trust_anchors anchors = {.num = 0};
	const struct cli_option options[] = {
	    {"--fingerprint", &in.fingerprint, NULL},
	    {"--new", NULL, &in.rules.new_only},
	    {"--older", NULL, &in.rules.older},
	    {"--remove-stale", NULL, &in.rules.remove_stale},
	    {"--anchor", &w.anchor, NULL},
	    {"--old", NULL, &w.old},
	    {"--strict", NULL, &w.strict},
	};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 2, 2, usage, &args, ei);

	if (e != ERR_OK) {
		return e;
	}
	in.dir = args.at[1];
	e = mirror_read_rules(&w, &anchors, &in.rules, ei);
	if (e == ERR_OK) {
		e = import_from(args.at[0], &in, &report, ei);
	}
	trust_anchors_clear(&anchors);
	return e == ERR_OK ? mirror_tell(&report, ei) : e;
}
