/* SPDX-License-Identifier: Apache-2.0 */
/* Debian's system store: ours below /usr/local, and the distribution's own. */
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "certstores/anchors_priv.h"

#define UPDATE "/usr/sbin/update-ca-certificates"
#define BUNDLE "etc/ssl/certs/ca-certificates.crt"

static enum err
debian_open(struct anchors_open *o, struct errinfo *ei)
{
	enum err e = path_join(
	    o->dir, o->s->place, "usr/local/share/ca-certificates/surguch", ei);

	o->pem = true;
	return e != ERR_OK ? e : anchors_files_open(o, ei);
}

static enum err
debian_finish(struct anchors_open *o, struct errinfo *ei)
{
	static const char *const below[] = {"etc/ca-certificates.conf",
	    "usr/share/ca-certificates", "usr/local/share/ca-certificates",
	    "etc/ssl/certs", "etc/ca-certificates/update.d"};
	char at[5][PATH_TEXT_SIZE];
	const char *argv[] = {UPDATE, "--certsconf", at[0], "--certsdir", at[1],
	    "--localcertsdir", at[2], "--etccertsdir", at[3], "--hooksdir",
	    at[4], NULL};
	enum err e = anchors_need_program(UPDATE, "ca-certificates", ei);

	for (size_t i = 0; e == ERR_OK && i < 5; i++) {
		e = path_join(at[i], o->s->place, below[i], ei);
	}
	/* As the program is by itself. */
	if (strcmp(o->s->place, "/") == 0) {
		argv[1] = NULL;
	} else if (e == ERR_OK) {
		e = anchors_make_dirs(at[3], 0755, ei);
	}
	return e == ERR_OK ? anchors_run(argv, ei) : e;
}

static enum err
debian_seen(struct anchors_open *o, const struct anchor *list, size_t num,
    bool *seen, struct errinfo *ei)
{
	return anchors_bundle_seen(o, BUNDLE, list, num, seen, ei);
}

/* --- the distribution's own: a line of its settings each --------------------
 */

static enum err
selected_open(struct anchors_open *o, struct errinfo *ei)
{
	char conf[PATH_TEXT_SIZE];
	enum err e =
	    path_join(o->dir, o->s->place, "usr/share/ca-certificates", ei);

	if (e == ERR_OK) {
		e = path_join(
		    conf, o->s->place, "etc/ca-certificates.conf", ei);
	}
	return e != ERR_OK ? e : file_check_trusted(conf, geteuid(), ei);
}

static enum err
selected_read(struct anchors_open *o, char conf[PATH_TEXT_SIZE],
    struct buf *text, struct errinfo *ei)
{
	enum err e =
	    path_join(conf, o->s->place, "etc/ca-certificates.conf", ei);

	return e != ERR_OK ? e : file_read(conf, CONF_BYTES_MAX, text, ei);
}

/* The next line that names a certificate which is there: where it begins, and
 * its bytes.  False at the end. */
static bool
selected_next(struct anchors_open *o, struct slice text, size_t *at,
    size_t *line, struct buf *der)
{
	while (*at < text.len) {
		struct buf content = BUF_INIT(ANCHOR_FILE_MAX);
		struct buf name = BUF_INIT(PATH_TEXT_SIZE);
		char path[PATH_TEXT_SIZE];
		size_t from = *at, end = from;

		while (end < text.len && text.p[end] != '\n') {
			end++;
		}
		*at = end + 1;
		*line = from;
		from += from < end && text.p[from] == '!' ? 1 : 0;
		buf_add(&name, slice_make(text.p + from, end - from));
		buf_reset(der);
		if (end > from && text.p[from] != '#' &&
		    path_join(path, o->dir, buf_cstr(&name), NULL) == ERR_OK &&
		    file_read(path, ANCHOR_FILE_MAX, &content, NULL) ==
			ERR_OK) {
			anchors_file_der(&content, der);
		}
		buf_clear(&name);
		buf_clear(&content);
		if (der->len > 0) {
			return true;
		}
	}
	return false;
}

static enum err
selected_look(struct anchors_open *o, const struct anchor *a,
    enum nss_held *held, struct buf *was, struct errinfo *ei)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	struct buf der = BUF_INIT(ANCHOR_FILE_MAX);
	char conf[PATH_TEXT_SIZE];
	size_t at = 0, line = 0;
	enum err e = selected_read(o, conf, &text, ei);

	(void)was;
	*held = NSS_ABSENT;
	while (e == ERR_OK &&
	       selected_next(o, buf_slice(&text), &at, &line, &der)) {
		if (slice_eq(buf_slice(&der), a->der) && text.p[line] != '!') {
			*held = NSS_TRUSTED;
		}
	}
	buf_clear(&text);
	buf_clear(&der);
	return e;
}

static enum err
selected_set(struct anchors_open *o, const struct anchor *a, enum nss_held to,
    struct slice was, struct errinfo *ei)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	struct buf der = BUF_INIT(ANCHOR_FILE_MAX);
	char conf[PATH_TEXT_SIZE];
	size_t at = 0, line = 0;
	bool found = false;
	enum err e = selected_read(o, conf, &text, ei);

	(void)was;
	while (e == ERR_OK &&
	       selected_next(o, buf_slice(&text), &at, &line, &der)) {
		bool off = text.p[line] == '!';

		if (!slice_eq(buf_slice(&der), a->der)) {
			continue;
		}
		found = true;
		if (to == NSS_ABSENT && !off) {
			buf_insert(&text, line, SLICE_LIT("!"));
			at++;
		} else if (to != NSS_ABSENT && off) {
			memmove(text.p + line, text.p + line + 1,
			    text.len - line - 1);
			buf_cut(&text, text.len - 1);
			at--;
		}
		e = buf_err(&text, ei);
	}
	if (e == ERR_OK && !found && to != NSS_ABSENT) {
		e = err_set(ei, ERR_UNSUPPORTED, "anchors.distribution", NULL,
		    "The distribution has no such certificate. Put it in as "
		    "one of ours.");
	}
	if (e == ERR_OK) {
		e = file_write_atomic(conf, buf_slice(&text), 0644, ei);
	}
	buf_clear(&text);
	buf_clear(&der);
	return e;
}

static enum err
selected_each(struct anchors_open *o, void (*tell)(void *arg, struct slice der),
    void *arg, struct errinfo *ei)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	struct buf der = BUF_INIT(ANCHOR_FILE_MAX);
	char conf[PATH_TEXT_SIZE];
	size_t at = 0, line = 0;
	enum err e = selected_read(o, conf, &text, ei);

	while (e == ERR_OK &&
	       selected_next(o, buf_slice(&text), &at, &line, &der)) {
		if (text.p[line] != '!') {
			tell(arg, buf_slice(&der));
		}
	}
	buf_clear(&text);
	buf_clear(&der);
	return e;
}

const struct anchors_ops anchors_debian = {"debian", false, debian_open,
    anchors_files_look, anchors_files_set, anchors_files_each, debian_finish,
    debian_seen};
const struct anchors_ops anchors_debian_own = {"debian-own", false,
    selected_open, selected_look, selected_set, selected_each, debian_finish,
    debian_seen};
