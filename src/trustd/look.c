/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/bounds.h"
#include "base/slice.h"
#include "os/file.h"

static int
compare(const void *a, const void *b)
{
	const struct look_file *x = a, *y = b;

	return strcasecmp(x->name, y->name);
}

/* *out_file is false for what is no file, and for one that has gone since its
 * name was read. */
static enum err
look_at_one(const char *dir, const char *name, struct look_file *out,
    bool *out_file, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	struct stat st;
	enum err e = path_join(path, dir, name, ei);

	*out_file = false;
	if (e != ERR_OK) {
		return e;
	}
	if (stat(path, &st) != 0) {
		if (errno == ENOENT) {
			return ERR_OK;
		}
		e = err_sys(ei, "file.open", "The file cannot be looked at");
		return err_object(ei, e, path);
	}
	*out_file = S_ISREG(st.st_mode);
	*out = (struct look_file){
	    .mtime_sec = st.st_mtim.tv_sec,
	    .mtime_nsec = st.st_mtim.tv_nsec,
	    .ctime_sec = st.st_ctim.tv_sec,
	    .ctime_nsec = st.st_ctim.tv_nsec,
	    .size = (uint64_t)st.st_size,
	    .inode = (uint64_t)st.st_ino,
	};
	return ERR_OK;
}

static enum err
fill(struct look *l, char **names, size_t num, struct errinfo *ei)
{
	enum err e = ERR_OK;

	l->at = calloc(num + 1, sizeof(*l->at));
	if (l->at == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		bool is_file;

		e = look_at_one(l->dir, names[i], &l->at[l->num], &is_file, ei);
		if (e == ERR_OK && is_file) {
			l->at[l->num++].name = names[i];
			names[i] = NULL;
		}
	}
	if (e == ERR_OK) {
		qsort(l->at, l->num, sizeof(*l->at), compare);
	}
	return e;
}

static enum err
check_twice(const struct look *l, struct errinfo *ei)
{
	for (size_t i = 1; i < l->num; i++) {
		if (compare(&l->at[i - 1], &l->at[i]) == 0) {
			(void)err_set(ei, ERR_CONFLICT, "trustd.twice", NULL,
			    "two files here have this name in different "
			    "letters; take one away");
			return err_object(ei, ERR_CONFLICT, l->at[i].name);
		}
	}
	return ERR_OK;
}

/* Who may write there says what whole networks get: one user, whoever he is. */
static enum err
check_dir(const char *dir, struct errinfo *ei)
{
	struct stat st;
	enum err e;

	if (stat(dir, &st) != 0) {
		e = err_sys(
		    ei, "file.open", "The directory cannot be looked at");
		return err_object(ei, e, dir);
	}
	return file_check_trusted(dir, st.st_uid, ei);
}

enum err
look_at(const char *dir, struct look *out, struct errinfo *ei)
{
	struct look l = {.dir = dir};
	char **names = NULL;
	size_t num = 0;
	enum err e = check_dir(dir, ei);

	if (e == ERR_OK) {
		e = dir_list(dir, NULL, TRUSTD_FILES_MAX, &names, &num, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	e = fill(&l, names, num, ei);
	dir_list_free(names, num);
	if (e == ERR_OK) {
		e = check_twice(&l, ei);
	}
	if (e != ERR_OK) {
		look_clear(&l);
		return e;
	}
	*out = l;
	return ERR_OK;
}

void
look_clear(struct look *l)
{
	for (size_t i = 0; i < l->num; i++) {
		free(l->at[i].name);
	}
	free(l->at);
	*l = (struct look){.dir = NULL};
}

bool
look_same(const struct look *a, const struct look *b)
{
	if (a->num != b->num) {
		return false;
	}
	for (size_t i = 0; i < a->num; i++) {
		const struct look_file *x = &a->at[i], *y = &b->at[i];

		if (x->inode != y->inode || x->size != y->size ||
		    x->mtime_sec != y->mtime_sec ||
		    x->mtime_nsec != y->mtime_nsec ||
		    x->ctime_sec != y->ctime_sec ||
		    x->ctime_nsec != y->ctime_nsec ||
		    strcmp(x->name, y->name) != 0) {
			return false;
		}
	}
	return true;
}

static int
find_name(const void *name, const void *at)
{
	const struct look_file *f = at;

	return strcasecmp(name, f->name);
}

const struct look_file *
look_find(const struct look *l, const char *name)
{
	/* bsearch() takes no NULL, which an empty one may hold. */
	return l->num == 0
		   ? NULL
		   : bsearch(name, l->at, l->num, sizeof(*l->at), find_name);
}

static enum err
get(const void *arg, const char *name, size_t max, struct buf *out,
    struct errinfo *ei)
{
	const struct look *l = arg;
	const struct look_file *f = look_find(l, name);
	char path[PATH_TEXT_SIZE];
	enum err e;

	if (f == NULL) {
		return err_set(ei, ERR_NOTFOUND, "mirror.file", NULL,
		    "there is no %s", name);
	}
	e = path_join(path, l->dir, f->name, ei);
	return e == ERR_OK ? file_read(path, max, out, ei) : e;
}

struct trust_source
look_source(const struct look *l)
{
	return (struct trust_source){get, l};
}
