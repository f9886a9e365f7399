/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates in files of a directory and in bundles, and the programs of a
 * system that make bundles of files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/text.h"
#include "certstores/anchors_priv.h"
#include "os/memfd.h"
#include "os/process.h"

#define PEM_HEAD "-----BEGIN CERTIFICATE-----"
#define PEM_TAIL "-----END CERTIFICATE-----"

enum {
	PEM_LINE = 64,
	SAID_MAX = 8192,
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
	struct buf text = BUF_INIT(ANCHOR_FILE_MAX);
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

bool
anchors_pem_next(const char **at, struct buf *der)
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

void
anchors_file_der(struct buf *content, struct buf *der)
{
	const char *at;

	buf_reset(der);
	if (content->len > 0 && content->p[0] == 0x30) { /* a SEQUENCE */
		buf_add(der, buf_slice(content));
		return;
	}
	at = buf_cstr(content);
	if (!anchors_pem_next(&at, der)) {
		buf_reset(der);
	}
}

/* --- files ------------------------------------------------------------------
 */

static enum err
files_path(struct anchors_open *o, const struct anchor *a,
    char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	char sha1[2 * ANCHOR_SHA1_SIZE + 1], name[PATH_TEXT_SIZE];

	anchors_name(a, sha1);
	(void)snprintf(name, sizeof(name), "%s%s.crt", o->prefix, sha1);
	return path_join(out, o->dir, name, ei);
}

enum err
anchors_files_open(struct anchors_open *o, struct errinfo *ei)
{
	enum err e = o->s->dry_run && !file_exists(o->dir)
			 ? ERR_OK
			 : anchors_make_dirs(o->dir, 0755, ei);

	return e != ERR_OK || !file_exists(o->dir)
		   ? e
		   : file_check_trusted(o->dir, geteuid(), ei);
}

enum err
anchors_files_look(struct anchors_open *o, const struct anchor *a,
    enum nss_held *held, struct buf *was, struct errinfo *ei)
{
	struct buf content = BUF_INIT(ANCHOR_FILE_MAX);
	struct buf der = BUF_INIT(ANCHOR_FILE_MAX);
	char path[PATH_TEXT_SIZE];
	enum err e = files_path(o, a, path, ei);

	*held = NSS_ABSENT;
	if (e == ERR_OK && file_exists(path)) {
		e = file_read(path, ANCHOR_FILE_MAX, &content, ei);
		if (e == ERR_OK) {
			buf_add(was, buf_slice(&content));
			anchors_file_der(&content, &der);
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

enum err
anchors_files_set(struct anchors_open *o, const struct anchor *a,
    enum nss_held to, struct slice was, struct errinfo *ei)
{
	struct buf content = BUF_INIT(ANCHOR_FILE_MAX);
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
		} else if (o->pem) {
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

enum err
anchors_files_each(struct anchors_open *o,
    void (*tell)(void *arg, struct slice der), void *arg, struct errinfo *ei)
{
	struct buf content = BUF_INIT(ANCHOR_FILE_MAX);
	struct buf der = BUF_INIT(ANCHOR_FILE_MAX);
	char path[PATH_TEXT_SIZE];
	char **names = NULL;
	size_t num = 0;
	enum err e = file_exists(o->dir) ? dir_list(o->dir, ".crt", ANCHORS_MAX,
					       &names, &num, ei)
					 : ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		if (strncmp(names[i], o->prefix, strlen(o->prefix)) != 0) {
			continue;
		}
		buf_reset(&content);
		e = path_join(path, o->dir, names[i], ei);
		if (e == ERR_OK) {
			e = file_read(path, ANCHOR_FILE_MAX, &content, ei);
		}
		if (e == ERR_OK) {
			anchors_file_der(&content, &der);
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

enum err
anchors_no_finish(struct anchors_open *o, struct errinfo *ei)
{
	(void)o;
	(void)ei;
	return ERR_OK;
}

/* By what look() says: there is no other place. */
enum err
anchors_look_seen(struct anchors_open *o, const struct anchor *list, size_t num,
    bool *seen, struct errinfo *ei)
{
	struct buf was = BUF_INIT(ANCHOR_FILE_MAX);
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		enum nss_held held = NSS_ABSENT;

		buf_reset(&was);
		e = anchors_kinds[o->s->kind]->look(
		    o, &list[i], &held, &was, ei);
		seen[i] = held == NSS_TRUSTED;
	}
	buf_clear(&was);
	return e;
}

/* --- bundles ----------------------------------------------------------------
 */
enum err
anchors_bundle_each(const char *path, void (*tell)(void *arg, struct slice der),
    void *arg, struct errinfo *ei)
{
	struct buf bundle = BUF_INIT(ANCHORS_BYTES_MAX);
	struct buf der = BUF_INIT(ANCHOR_FILE_MAX);
	const char *at;
	enum err e = file_exists(path)
			 ? file_read(path, ANCHORS_BYTES_MAX, &bundle, ei)
			 : ERR_OK;

	at = e == ERR_OK ? buf_cstr(&bundle) : "";
	while (anchors_pem_next(&at, &der)) {
		tell(arg, buf_slice(&der));
	}
	buf_clear(&bundle);
	buf_clear(&der);
	return e;
}

struct seeing {
	const struct anchor *list;
	size_t num;
	bool *seen;
};

static void
see(void *arg, struct slice der)
{
	const struct seeing *s = arg;

	for (size_t i = 0; i < s->num; i++) {
		s->seen[i] = s->seen[i] || slice_eq(der, s->list[i].der);
	}
}

enum err
anchors_bundle_seen(struct anchors_open *o, const char *below,
    const struct anchor *list, size_t num, bool *seen, struct errinfo *ei)
{
	struct seeing s = {list, num, seen};
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, o->s->place, below, ei);

	memset(seen, 0, num * sizeof(*seen));
	return e == ERR_OK ? anchors_bundle_each(path, see, &s, ei) : e;
}

/* --- programs ---------------------------------------------------------------
 */

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

enum err
anchors_spawn(const char *const *argv, const char *extra,
    const struct spawn_fd *fds, size_t num, bool *ok, struct errinfo *ei)
{
	const char *const envp[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
	    "LC_ALL=C.UTF-8", extra, NULL};
	const struct spawn s = {argv[0], argv, envp, fds, num};
	int status = -1;
	pid_t pid = -1;
	enum err e = process_spawn(&s, &pid, ei);

	while (e == ERR_OK && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
		continue;
	}
	*ok = e == ERR_OK && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return e;
}

enum err
anchors_run(const char *const *argv, struct errinfo *ei)
{
	struct spawn_fd said = {.fd = -1, .as = STDERR_FILENO};
	bool ok = false;
	enum err e = memfd_new("said", &said.fd, ei);

	if (e == ERR_OK) {
		e = anchors_spawn(argv, NULL, &said, 1, &ok, ei);
	}
	if (e == ERR_OK && !ok) {
		repeat_said(said.fd);
		e = err_object(ei,
		    err_set(ei, ERR_STORE, "anchors.update", NULL,
			"The program failed; see what it said. Repeat, or "
			"undo."),
		    argv[0]);
	}
	fd_close(said.fd);
	return e;
}

enum err
anchors_need_program(const char *path, const char *package, struct errinfo *ei)
{
	if (file_exists(path)) {
		return ERR_OK;
	}
	return err_object(ei,
	    err_set(ei, ERR_NOTFOUND, "anchors.program", NULL,
		"The program that renews the system's bundle is not here. "
		"Install %s and repeat.",
		package),
	    path);
}
