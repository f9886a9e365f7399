/* SPDX-License-Identifier: Apache-2.0 */
#include "http/static_files.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "crypto/hash.h"
#include "http/etag.h"
#include "http/request.h"
#include "http/response.h"
#include "os/file.h"

enum {
	HEADERS_MAX = 16
};

struct file {
	char *name;
	struct ready *plain;
	struct ready *gzip; /* NULL: none */
};

struct static_files {
	struct file *at; /* in order of names */
	size_t num;
};

static const struct {
	const char *ending;
	const char *type;
	bool page;
} types[] = {
    {".html", "text/html; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", false},
    {".css", "text/css; charset=utf-8", false},
    {".svg", "image/svg+xml", false},
    {".woff2", "font/woff2", false},
};

static bool
ends(const char *name, const char *ending)
{
	size_t len = strlen(name), tail = strlen(ending);

	return len > tail && strcmp(name + len - tail, ending) == 0;
}

/* --- reading -------------------------------------------------------------- */

struct loader {
	const char *dir;
	const struct ready_header *page;
	size_t num_page;
};

/* The file `name` as an answer; typed as `as`, which lacks the .gz. */
static enum err
make(const struct loader *l, const char *name, const char *as, bool gzip,
    struct ready **out, struct errinfo *ei)
{
	struct ready_header headers[HEADERS_MAX];
	struct buf bytes = BUF_INIT(STATIC_FILE_MAX);
	uint8_t hash[SHA256_SIZE];
	char path[PATH_TEXT_SIZE], etag[ETAG_SIZE];
	size_t num = 0, t = 0;
	enum err e;

	while (t < ARRAY_LEN(types) && !ends(as, types[t].ending)) {
		t++;
	}
	if (t == ARRAY_LEN(types)) {
		return err_set(ei, ERR_UNSUPPORTED, "static.type", NULL,
		    "%s/%s is no file of a web page: nothing else may lie "
		    "there",
		    l->dir, name);
	}
	e = path_join(path, l->dir, name, ei);
	if (e == ERR_OK) {
		e = file_read(path, STATIC_FILE_MAX, &bytes, ei);
	}
	if (e == ERR_OK) {
		e = sha256_of_buf(&bytes, hash, ei);
	}
	if (e == ERR_OK) {
		etag_text(hash, etag);
		headers[num++] = (struct ready_header){"ETag", etag};
		headers[num++] =
		    (struct ready_header){"Vary", "Accept-Encoding"};
		headers[num++] = (struct ready_header){"Cache-Control",
		    types[t].page ? "no-cache"
				  : "public, max-age=31536000, immutable"};
		headers[num++] = (struct ready_header){
		    "Cross-Origin-Resource-Policy", "same-origin"};
		if (gzip) {
			headers[num++] =
			    (struct ready_header){"Content-Encoding", "gzip"};
		}
		ensure(l->num_page <= HEADERS_MAX - num);
		for (size_t i = 0; types[t].page && i < l->num_page; i++) {
			headers[num++] = l->page[i];
		}
		e = ready_new(
		    buf_slice(&bytes), types[t].type, headers, num, out, ei);
	}
	buf_clear(&bytes);
	return e;
}

static int
find_name(const void *name, const void *at)
{
	const struct file *f = at;

	return strcmp(name, f->name);
}

static struct file *
find(const struct static_files *files, const char *name)
{
	/* bsearch() takes no NULL, which an empty one may hold. */
	return files->num == 0 ? NULL
			       : bsearch(name, files->at, files->num,
				     sizeof(*files->at), find_name);
}

static enum err
add_plain(struct static_files *files, const struct loader *l, const char *name,
    struct errinfo *ei)
{
	struct file *f = &files->at[files->num];

	f->name = slice_dup_str(slice_str(name));
	if (f->name == NULL) {
		return err_nomem(ei);
	}
	files->num++;
	return make(l, name, name, false, &f->plain, ei);
}

/* Its file was read before it: "a.js" sorts before "a.js.gz". */
static enum err
add_gzip(struct static_files *files, const struct loader *l, const char *name,
    struct errinfo *ei)
{
	char *as = slice_dup_str(slice_make(name, strlen(name) - 3));
	struct file *f;
	enum err e;

	if (as == NULL) {
		return err_nomem(ei);
	}
	f = find(files, as);
	e = f == NULL ? err_set(ei, ERR_UNSUPPORTED, "static.gzip", NULL,
			    "%s/%s has no %s beside it", l->dir, name, as)
		      : make(l, name, as, true, &f->gzip, ei);
	free(as);
	return e;
}

static enum err
load(struct static_files *files, const struct loader *l, struct errinfo *ei)
{
	char **names = NULL;
	size_t num = 0;
	enum err e = dir_list(l->dir, NULL, STATIC_FILES_MAX, &names, &num, ei);

	if (e == ERR_OK) {
		files->at = calloc(num + 1, sizeof(*files->at));
		e = files->at == NULL ? err_nomem(ei) : ERR_OK;
	}
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		e = ends(names[i], ".gz") ? add_gzip(files, l, names[i], ei)
					  : add_plain(files, l, names[i], ei);
	}
	dir_list_free(names, num);
	return e;
}

enum err
static_files_load(const char *dir, const struct ready_header *page,
    size_t num_page, struct static_files **out, struct errinfo *ei)
{
	const struct loader l = {dir, page, num_page};
	struct static_files *files = calloc(1, sizeof(*files));
	enum err e = files == NULL ? err_nomem(ei) : load(files, &l, ei);

	if (e != ERR_OK) {
		static_files_free(files);
		return e;
	}
	*out = files;
	return ERR_OK;
}

void
static_files_free(struct static_files *files)
{
	if (files == NULL) {
		return;
	}
	for (size_t i = 0; i < files->num; i++) {
		free(files->at[i].name);
		ready_unref(files->at[i].plain);
		ready_unref(files->at[i].gzip);
	}
	free(files->at);
	free(files);
}

/* --- answering ------------------------------------------------------------ */

static const char *
skip_blank(const char *s)
{
	return s + strspn(s, " \t");
}

/* A weight behind a coding, ";q=0.5": *out_none when it is nought. */
static bool
take_weight(const char **s, bool *out_none)
{
	const char *p = skip_blank(*s);
	size_t digits;

	*out_none = false;
	if (*p != ';') {
		*s = p;
		return true;
	}
	p = skip_blank(p + 1);
	if ((*p != 'q' && *p != 'Q') || p[1] != '=' ||
	    (p[2] != '0' && p[2] != '1')) {
		return false;
	}
	*out_none = p[2] == '0';
	p += 3;
	if (*p == '.') {
		digits = strspn(++p, "0123456789");
		if (digits > 3) {
			return false;
		}
		*out_none = *out_none && strspn(p, "0") == digits;
		p += digits;
	}
	*s = skip_blank(p);
	return true;
}

bool
static_takes_gzip(const char *accept_encoding)
{
	const char *s = accept_encoding != NULL ? accept_encoding : "";
	bool taken = false, any = false, named = false;

	for (;;) {
		const char *coding = skip_blank(s);
		size_t len = strcspn(coding, " \t;,");
		bool none;

		s = coding + len;
		if (!take_weight(&s, &none) || (*s != ',' && *s != '\0')) {
			return false;
		}
		if (len == 4 && strncasecmp(coding, "gzip", len) == 0) {
			named = true;
			taken = !none;
		} else if (len == 1 && *coding == '*') {
			any = !none;
		}
		if (*s == '\0') {
			return named ? taken : any;
		}
		s++;
	}
}

bool
static_files_send(const struct static_files *files, const char *name,
    const struct request *r, struct response *resp)
{
	const struct file *f = find(files, name);
	bool gzip;

	if (f == NULL) {
		return false;
	}
	gzip = f->gzip != NULL &&
	       static_takes_gzip(request_header(r, "Accept-Encoding"));
	response_ready(resp, ready_ref(gzip ? f->gzip : f->plain));
	return true;
}
