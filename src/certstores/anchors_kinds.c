/* SPDX-License-Identifier: Apache-2.0 */
#include "certstores/anchors_priv.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/text.h"
#include "os/memfd.h"
#include "os/process.h"

#define PEM_HEAD "-----BEGIN CERTIFICATE-----"
#define PEM_TAIL "-----END CERTIFICATE-----"
#define UPDATE   "/usr/sbin/update-ca-certificates"

enum {
	PEM_LINE = 64,
	SAID_MAX = 8192,
	FILE_BYTES_MAX = 2 * CERT_BYTES_MAX, /* PEM of the largest */
};

void
anchors_name(const struct anchor *a, char out[2 * ANCHOR_SHA1_SIZE + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < ANCHOR_SHA1_SIZE; i++) {
		out[2 * i] = digits[a->sha1[i] >> 4];
		out[2 * i + 1] = digits[a->sha1[i] & 15];
	}
	out[(size_t)2 * ANCHOR_SHA1_SIZE] = '\0';
}

enum err
anchors_make_dirs(const char *path, unsigned mode, struct errinfo *ei)
{
	char part[PATH_TEXT_SIZE];
	size_t len = strlen(path);
	enum err e = path_join(part, path, "", ei);

	for (size_t i = 1; e == ERR_OK && i <= len; i++) {
		if (path[i] == '/' || path[i] == '\0') {
			part[i] = '\0';
			if (!file_exists(part)) {
				e = dir_make(part, mode, ei);
			}
			part[i] = path[i];
		}
	}
	return e;
}

/* --- PEM --------------------------------------------------------------------
 */

static void
pem_put(struct buf *out, struct slice der)
{
	struct buf text = BUF_INIT(FILE_BYTES_MAX);
	struct slice rest, line;

	text_base64(&text, der);
	rest = buf_slice(&text);
	buf_add_str(out, PEM_HEAD "\n");
	while (rest.len > 0) {
		size_t len = rest.len < PEM_LINE ? rest.len : PEM_LINE;

		ensure(slice_get_bytes(&rest, len, &line));
		buf_add(out, line);
		buf_add_u8(out, '\n');
	}
	buf_add_str(out, PEM_TAIL "\n");
	out->err = out->err == ERR_OK ? text.err : out->err;
	buf_clear(&text);
}

/* The next certificate behind *at, whose text it passes; false at the end or
 * where it is broken. */
static bool
pem_next(const char **at, struct buf *der)
{
	const char *from = strstr(*at, PEM_HEAD);
	const char *to = from == NULL ? NULL : strstr(from, PEM_TAIL);

	if (to == NULL) {
		return false;
	}
	from += strlen(PEM_HEAD);
	*at = to + strlen(PEM_TAIL);
	buf_reset(der);
	return text_unbase64(slice_make(from, (size_t)(to - from)), der);
}

/* The certificate of a file, DER or PEM; empty when it is neither. */
static void
file_der(struct buf *content, struct buf *der)
{
	const char *at;

	buf_reset(der);
	if (content->len > 0 && content->p[0] == 0x30) { /* a SEQUENCE */
		buf_add(der, buf_slice(content));
		return;
	}
	at = buf_cstr(content);
	if (!pem_next(&at, der)) {
		buf_reset(der);
	}
}

/* --- directories ------------------------------------------------------------
 */

static enum err
files_path(struct anchors_open *o, const struct anchor *a,
    char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	char name[(size_t)2 * ANCHOR_SHA1_SIZE + sizeof(".crt")];

	anchors_name(a, name);
	memcpy(name + (size_t)2 * ANCHOR_SHA1_SIZE, ".crt", sizeof(".crt"));
	return path_join(out, o->dir, name, ei);
}

static enum err
files_open_dir(struct anchors_open *o, struct errinfo *ei)
{
	enum err e = o->s->dry_run && !file_exists(o->dir)
			 ? ERR_OK
			 : anchors_make_dirs(o->dir, 0755, ei);

	return e != ERR_OK || !file_exists(o->dir)
		   ? e
		   : file_check_trusted(o->dir, geteuid(), ei);
}

static enum err
dir_open(struct anchors_open *o, struct errinfo *ei)
{
	enum err e = path_absolute(o->dir, o->s->place, ei);

	return e != ERR_OK ? e : files_open_dir(o, ei);
}

static enum err
files_look(struct anchors_open *o, const struct anchor *a, enum nss_held *held,
    struct buf *was, struct errinfo *ei)
{
	struct buf content = BUF_INIT(FILE_BYTES_MAX);
	struct buf der = BUF_INIT(FILE_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	enum err e = files_path(o, a, path, ei);

	*held = NSS_ABSENT;
	if (e == ERR_OK && file_exists(path)) {
		e = file_read(path, FILE_BYTES_MAX, &content, ei);
		if (e == ERR_OK) {
			buf_add(was, buf_slice(&content));
			file_der(&content, &der);
			*held = NSS_TRUSTED;
		}
		if (e == ERR_OK && !slice_eq(buf_slice(&der), a->der)) {
			e = err_object(ei,
			    err_set(ei, ERR_CONFLICT, "anchors.name", NULL,
				"This file holds something other than the "
				"certificate that it is named after. Look at "
				"it and move it away."),
			    path);
		}
	}
	buf_clear(&content);
	buf_clear(&der);
	return e;
}

static enum err
files_set(struct anchors_open *o, const struct anchor *a, enum nss_held to,
    struct slice was, struct errinfo *ei)
{
	struct buf content = BUF_INIT(FILE_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	enum err e = files_path(o, a, path, ei);

	if (e == ERR_OK && to == NSS_ABSENT) {
		if (unlink(path) != 0 && errno != ENOENT) {
			e = err_sys(ei, "file.write",
			    "The certificate cannot be taken out");
			e = err_object(ei, e, path);
		}
		e = e == ERR_OK ? dir_sync(o->dir, ei) : e;
	} else if (e == ERR_OK) {
		if (was.len > 0) {
			buf_add(&content, was);
		} else if (o->s->kind == ANCHORS_DEBIAN || o->s->pem) {
			pem_put(&content, a->der);
		} else {
			buf_add(&content, a->der);
		}
		e = buf_err(&content, ei);
		if (e == ERR_OK) {
			e = file_write_atomic(
			    path, buf_slice(&content), 0644, ei);
		}
	}
	buf_clear(&content);
	return e;
}

static enum err
files_each(struct anchors_open *o, void (*tell)(void *arg, struct slice der),
    void *arg, struct errinfo *ei)
{
	struct buf content = BUF_INIT(FILE_BYTES_MAX);
	struct buf der = BUF_INIT(FILE_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	char **names = NULL;
	size_t num = 0;
	enum err e = file_exists(o->dir) ? dir_list(o->dir, ".crt", ANCHORS_MAX,
					       &names, &num, ei)
					 : ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		buf_reset(&content);
		e = path_join(path, o->dir, names[i], ei);
		if (e == ERR_OK) {
			e = file_read(path, FILE_BYTES_MAX, &content, ei);
		}
		if (e == ERR_OK) {
			file_der(&content, &der);
			e = buf_err(&der, ei);
		}
		if (e == ERR_OK && der.len > 0) {
			tell(arg, buf_slice(&der));
		}
	}
	dir_list_free(names, num);
	buf_clear(&content);
	buf_clear(&der);
	return e;
}

static enum err
no_finish(struct anchors_open *o, struct errinfo *ei)
{
	(void)o;
	(void)ei;
	return ERR_OK;
}

/* By what look() says: there is no other place. */
static enum err
look_seen(struct anchors_open *o, const struct anchor *list, size_t num,
    bool *seen, struct errinfo *ei)
{
	struct buf was = BUF_INIT(FILE_BYTES_MAX);
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		enum nss_held held = NSS_ABSENT;

		buf_reset(&was);
		e = anchors_kinds[o->s->kind].look(
		    o, &list[i], &held, &was, ei);
		seen[i] = held == NSS_TRUSTED;
	}
	buf_clear(&was);
	return e;
}

/* --- Debian -----------------------------------------------------------------
 */

static enum err
debian_open(struct anchors_open *o, struct errinfo *ei)
{
	enum err e = path_join(
	    o->dir, o->s->place, "usr/local/share/ca-certificates/surguch", ei);

	return e != ERR_OK ? e : files_open_dir(o, ei);
}

/* What it had to say: of a duplicate of the distribution's it warns in a line
 * each, which nobody needs unless it failed. */
static void
repeat_said(int said)
{
	uint8_t text[SAID_MAX];
	ssize_t len = pread(said, text, sizeof(text), 0);

	if (len > 0 && fd_write_all(STDERR_FILENO,
			   slice_make(text, (size_t)len), NULL) != ERR_OK) {
		return; /* the error itself is told all the same */
	}
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
	const char *const envp[] = {
	    "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
	struct spawn_fd said = {.fd = -1, .as = STDERR_FILENO};
	const struct spawn s = {UPDATE, argv, envp, &said, 1};
	int status = -1;
	pid_t pid = -1;
	enum err e = ERR_OK;

	if (!file_exists(UPDATE)) {
		return err_object(ei,
		    err_set(ei, ERR_NOTFOUND, "anchors.program", NULL,
			"The program that renews the system's bundle is not "
			"here. Install ca-certificates and repeat."),
		    UPDATE);
	}
	for (size_t i = 0; e == ERR_OK && i < 5; i++) {
		e = path_join(at[i], o->s->place, below[i], ei);
	}
	/* As the program is by itself. */
	if (strcmp(o->s->place, "/") == 0) {
		argv[1] = NULL;
	} else if (e == ERR_OK) {
		e = anchors_make_dirs(at[3], 0755, ei);
	}
	if (e == ERR_OK) {
		e = memfd_new("said", &said.fd, ei);
	}
	if (e == ERR_OK) {
		e = process_spawn(&s, &pid, ei);
	}
	while (e == ERR_OK && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
		continue;
	}
	if (e == ERR_OK && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
		repeat_said(said.fd);
		e = err_object(ei,
		    err_set(ei, ERR_STORE, "anchors.update", NULL,
			"The program failed; see what it said. Repeat, or "
			"undo."),
		    UPDATE);
	}
	fd_close(said.fd);
	return e;
}

static enum err
debian_seen(struct anchors_open *o, const struct anchor *list, size_t num,
    bool *seen, struct errinfo *ei)
{
	struct buf bundle = BUF_INIT(ANCHORS_BYTES_MAX);
	struct buf der = BUF_INIT(FILE_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	const char *at;
	enum err e = path_join(
	    path, o->s->place, "etc/ssl/certs/ca-certificates.crt", ei);

	memset(seen, 0, num * sizeof(*seen));
	if (e == ERR_OK && file_exists(path)) {
		e = file_read(path, ANCHORS_BYTES_MAX, &bundle, ei);
	}
	at = e == ERR_OK ? buf_cstr(&bundle) : "";
	while (pem_next(&at, &der)) {
		for (size_t i = 0; i < num; i++) {
			seen[i] =
			    seen[i] || slice_eq(buf_slice(&der), list[i].der);
		}
	}
	buf_clear(&bundle);
	buf_clear(&der);
	return e;
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
		struct buf content = BUF_INIT(FILE_BYTES_MAX);
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
		    file_read(path, FILE_BYTES_MAX, &content, NULL) == ERR_OK) {
			file_der(&content, der);
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
	struct buf der = BUF_INIT(FILE_BYTES_MAX);
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
	struct buf der = BUF_INIT(FILE_BYTES_MAX);
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
	struct buf der = BUF_INIT(FILE_BYTES_MAX);
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

/* --- NSS --------------------------------------------------------------------
 */

static enum err
nss_kind_open(struct anchors_open *o, struct errinfo *ei)
{
	enum err e = path_absolute(o->dir, o->s->place, ei);

	if (e == ERR_OK && file_exists(o->dir)) {
		e = file_check_trusted(o->dir, geteuid(), ei);
	}
	return e != ERR_OK ? e : nss_open(o->dir, &o->nss, ei);
}

static enum err
nss_kind_look(struct anchors_open *o, const struct anchor *a,
    enum nss_held *held, struct buf *was, struct errinfo *ei)
{
	(void)was;
	return nss_look(o->nss, a->der, held, ei);
}

static enum err
nss_kind_set(struct anchors_open *o, const struct anchor *a, enum nss_held to,
    struct slice was, struct errinfo *ei)
{
	char name[2 * ANCHOR_SHA1_SIZE + 1];
	enum nss_held now = NSS_ABSENT;
	enum err e = nss_look(o->nss, a->der, &now, ei);

	(void)was;
	anchors_name(a, name);
	if (e != ERR_OK || now == to) {
		return e;
	}
	return now > to ? nss_take_back(o->nss, a->der, to, ei)
			: nss_put(o->nss, a->der,
			      a->label != NULL && a->label[0] != '\0' ? a->label
								      : name,
			      to, ei);
}

struct told {
	void (*tell)(void *arg, struct slice der);
	void *arg;
};

static void
tell_trusted(void *arg, const struct nss_entry *entry)
{
	const struct told *t = arg;

	if (entry->held == NSS_TRUSTED) {
		t->tell(t->arg, entry->der);
	}
}

static enum err
nss_kind_each(struct anchors_open *o, void (*tell)(void *arg, struct slice der),
    void *arg, struct errinfo *ei)
{
	struct told t = {tell, arg};

	return nss_each(o->nss, tell_trusted, &t, ei);
}

const struct anchors_ops anchors_kinds[ANCHORS_KIND_MAX_] = {
    [ANCHORS_DIR] = {"dir", dir_open, files_look, files_set, files_each,
	no_finish, look_seen},
    [ANCHORS_DEBIAN] = {"debian", debian_open, files_look, files_set,
	files_each, debian_finish, debian_seen},
    [ANCHORS_DEBIAN_OWN] = {"debian-own", selected_open, selected_look,
	selected_set, selected_each, debian_finish, debian_seen},
    [ANCHORS_NSS] = {"nss", nss_kind_open, nss_kind_look, nss_kind_set,
	nss_kind_each, no_finish, look_seen},
};
