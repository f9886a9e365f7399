/* SPDX-License-Identifier: Apache-2.0 */
/* A mirror's directory: read as a source, and brought up to a plan. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/text.h"
#include "os/file.h"
#include "os/seam.h"
#include "os/wait.h"
#include "trust/mirror.h"
#include "trust/mirror_priv.h"
#include "trust/mirror_read.h"
#include "trust/root.h"

#define SAVING       ".previous.new"
#define SAVED_BEFORE ".previous.old"

enum {
	CERT_DIGITS = 2 * ROOT_SHA1,
	FILE_MODE = 0644,
	DIR_MODE = 0755,
	NAMES_MAX = 2 * STL_ENTRIES_MAX,
};

/* --- a directory as a source -------------------------------------------------
 */

/* Names of certificates are in capitals where others have kept them. */
static enum err
find_name(const char *dir, const char *name, char out[PATH_TEXT_SIZE],
    struct errinfo *ei)
{
	char **names = NULL;
	size_t num = 0;
	enum err e = dir_list(dir, NULL, NAMES_MAX, &names, &num, ei);

	if (e != ERR_OK) {
		return e;
	}
	e = ERR_NOTFOUND;
	for (size_t i = 0; e == ERR_NOTFOUND && i < num; i++) {
		if (strcasecmp(names[i], name) == 0) {
			e = path_join(out, dir, names[i], ei);
		}
	}
	dir_list_free(names, num);
	return e == ERR_NOTFOUND ? err_set(ei, ERR_NOTFOUND, "mirror.file",
				       NULL, "there is no %s", name)
				 : e;
}

static enum err
get_file(const void *arg, const char *name, size_t max, struct buf *out,
    struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, arg, name, ei);

	if (e == ERR_OK && !file_exists(path)) {
		e = find_name(arg, name, path, ei);
	}
	return e == ERR_OK ? file_read(path, max, out, ei) : e;
}

struct trust_source
trust_source_dir(const char *dir)
{
	return (struct trust_source){get_file, dir};
}

/* --- its files --------------------------------------------------------------
 */

static enum err
write_file(
    const char *dir, const char *name, struct slice content, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, dir, name, ei);

	return e == ERR_OK ? file_write_atomic(path, content, FILE_MODE, ei)
			   : e;
}

static enum err
move(const char *from, const char *to, struct errinfo *ei)
{
	return rename(from, to) == 0
		   ? ERR_OK
		   : err_sys(ei, "mirror.move", "cannot move a file");
}

/* A directory of files alone; none is fine. */
static enum err
remove_dir(const char *path, struct errinfo *ei)
{
	char **names = NULL, one[PATH_TEXT_SIZE];
	size_t num = 0;
	enum err e;

	if (!file_exists(path)) {
		return ERR_OK;
	}
	e = dir_list(path, NULL, NAMES_MAX, &names, &num, ei);
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		e = path_join(one, path, names[i], ei);
		if (e == ERR_OK && unlink(one) != 0 && errno != ENOENT) {
			e = err_sys(ei, "mirror.remove",
			    "cannot remove what is no longer needed");
		}
	}
	dir_list_free(names, num);
	if (e == ERR_OK && rmdir(path) != 0) {
		e = err_sys(ei, "mirror.remove",
		    "cannot remove what is no longer needed");
	}
	return e;
}

static enum err
save_one(const char *dir, const char *to, const char *name, struct errinfo *ei)
{
	struct buf content = BUF_INIT(SST_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, dir, name, ei);

	if (e == ERR_OK && file_exists(path)) {
		e = file_read(path, SST_BYTES_MAX, &content, ei);
		if (e == ERR_OK) {
			e = write_file(to, name, buf_slice(&content), ei);
		}
	}
	buf_clear(&content);
	return e;
}

static enum err
save_lists(const char *dir, const char *to, struct errinfo *ei)
{
	enum err e = dir_make(to, DIR_MODE, ei);

	for (unsigned i = 0; e == ERR_OK && i < MIRROR_FILES; i++) {
		const char *store =
		    mirror_store_name((enum trust_mirror_file)i);

		e = save_one(
		    dir, to, trust_mirror_name((enum trust_mirror_file)i), ei);
		if (e == ERR_OK && store != NULL) {
			e = save_one(dir, to, store, ei);
		}
	}
	return e;
}

/* What is there now becomes the way back.  Killed between the two moves, there
 * is none until the next sync. */
static enum err
save(const char *dir, struct errinfo *ei)
{
	char new[PATH_TEXT_SIZE], now[PATH_TEXT_SIZE], old[PATH_TEXT_SIZE];
	enum err e;

	if ((e = path_join(new, dir, SAVING, ei)) != ERR_OK ||
	    (e = path_join(now, dir, TRUST_MIRROR_PREVIOUS, ei)) != ERR_OK ||
	    (e = path_join(old, dir, SAVED_BEFORE, ei)) != ERR_OK ||
	    (e = remove_dir(new, ei)) != ERR_OK ||
	    (e = remove_dir(old, ei)) != ERR_OK ||
	    (e = save_lists(dir, new, ei)) != ERR_OK) {
		return e;
	}
	if (file_exists(now)) {
		e = move(now, old, ei);
	}
	if (e == ERR_OK) {
		e = move(new, now, ei);
	}
	if (e == ERR_OK) {
		e = dir_sync(dir, ei);
	}
	return e == ERR_OK ? remove_dir(old, ei) : e;
}

/* --- writing ----------------------------------------------------------------
 */

static enum err
write_certs(const char *dir, const struct mirror_plan *p, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < trust_certs_num(p->certs); i++) {
		const struct trust_cert *c = trust_certs_at(p->certs, i);
		char name[MIRROR_NAME_SIZE];

		mirror_cert_name(slice_make(c->sha1, ROOT_SHA1), name);
		e = write_file(dir, name, c->der, ei);
		seam("mirror.certificate");
	}
	return e;
}

/* A store of an older list says nothing of the new one. */
static enum err
drop_store(const char *dir, const char *name, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, dir, name, ei);

	if (e == ERR_OK && unlink(path) != 0 && errno != ENOENT) {
		e = err_sys(ei, "mirror.remove",
		    "cannot remove what is no longer needed");
	}
	return e;
}

static enum err
write_list(const char *dir, const struct mirror_list *l,
    enum trust_mirror_file which, struct errinfo *ei)
{
	const char *store = mirror_store_name(which);
	enum err e = ERR_OK;

	if (store != NULL) {
		e = l->has_store
			? write_file(dir, store, buf_slice(&l->store), ei)
			: drop_store(dir, store, ei);
		seam("mirror.store");
	}
	if (e == ERR_OK) {
		e = write_file(
		    dir, trust_mirror_name(which), buf_slice(&l->cab), ei);
		seam("mirror.list");
	}
	return e;
}

static bool
any_changed(const struct mirror_plan *p)
{
	for (unsigned i = 0; i < MIRROR_FILES; i++) {
		if (p->lists[i].changed) {
			return true;
		}
	}
	return false;
}

/* Certificates, then lists, that of the roots last. */
static enum err
write_plan(const char *dir, const struct mirror_plan *p, struct errinfo *ei)
{
	enum err e = write_certs(dir, p, ei);

	for (unsigned i = 0; e == ERR_OK && i < MIRROR_FILES; i++) {
		if (p->lists[i].restores) {
			e = write_file(dir,
			    mirror_store_name((enum trust_mirror_file)i),
			    buf_slice(&p->lists[i].store), ei);
		}
	}
	if (e != ERR_OK || !any_changed(p)) {
		return e;
	}
	e = save(dir, ei);
	seam("mirror.saved");
	for (unsigned i = MIRROR_FILES; e == ERR_OK && i > 0; i--) {
		if (p->lists[i - 1].changed) {
			e = write_list(dir, &p->lists[i - 1],
			    (enum trust_mirror_file)(i - 1), ei);
		}
	}
	return e;
}

/* --- what no list names any more ---------------------------------------------
 */

static bool
is_named(const struct stl *roots, const char *name)
{
	uint8_t sha1[ROOT_SHA1];

	return text_unhex(slice_make(name, CERT_DIGITS), sha1, sizeof(sha1)) &&
	       stl_find(roots, slice_make(sha1, sizeof(sha1))) != NULL;
}

static enum err
move_away(const char *dir, const char *name, struct errinfo *ei)
{
	char from[PATH_TEXT_SIZE], to[PATH_TEXT_SIZE], previous[PATH_TEXT_SIZE];
	enum err e;

	if ((e = path_join(from, dir, name, ei)) != ERR_OK ||
	    (e = path_join(previous, dir, TRUST_MIRROR_PREVIOUS, ei)) !=
		ERR_OK ||
	    (e = path_join(to, previous, name, ei)) != ERR_OK ||
	    (e = dir_make(previous, DIR_MODE, ei)) != ERR_OK) {
		return e;
	}
	return move(from, to, ei);
}

static enum err
look_for_stale(const char *dir, const struct stl *roots, bool remove,
    struct trust_mirror_report *out, struct errinfo *ei)
{
	char **names = NULL;
	size_t num = 0;
	enum err e = dir_list(dir, NULL, NAMES_MAX, &names, &num, ei);

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		if (!trust_mirror_is_cert(names[i]) ||
		    is_named(roots, names[i])) {
			continue;
		}
		if (remove) {
			e = move_away(dir, names[i], ei);
			out->removed++;
			seam("mirror.stale");
		} else {
			out->stale++;
		}
	}
	dir_list_free(names, num);
	return e;
}

/* --- a sync -----------------------------------------------------------------
 */

void
mirror_report(const struct mirror_plan *p, struct trust_mirror_report *out)
{
	for (unsigned i = 0; i < MIRROR_FILES; i++) {
		const struct mirror_list *l =
		    p->lists[i].there ? &p->lists[i] : &p->now[i];

		out->lists[i].there = l->there;
		out->lists[i].changed = p->lists[i].changed;
		out->lists[i].restored = p->lists[i].restores;
		out->lists[i].of = l->there ? l->list.this_update : 0;
		out->lists[i].entries = l->there ? l->list.num : 0;
		out->lists[i].signer_expired = l->signer_expired;
	}
	out->certs = p->lists[MIRROR_ROOTS].list.num;
	out->added = trust_certs_num(p->certs);
}

static enum err
sync_locked(const char *dir, const struct trust_source *source,
    const struct trust_mirror_rules *rules, struct trust_mirror_report *out,
    struct errinfo *ei)
{
	const struct trust_source here = trust_source_dir(dir);
	struct mirror_plan p;
	enum err e;

	mirror_plan_init(&p);
	e = mirror_plan_make(&p, &here, source, rules, ei);
	if (e == ERR_OK) {
		mirror_report(&p, out);
		e = write_plan(dir, &p, ei);
	}
	if (e == ERR_OK) {
		e = look_for_stale(dir, &p.lists[MIRROR_ROOTS].list,
		    rules->remove_stale, out, ei);
	}
	mirror_plan_clear(&p);
	return e;
}

/* Who may write here says what whole networks trust. */
enum err
trust_mirror_check_dir(const char *dir, struct errinfo *ei)
{
	struct stat st;

	if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode)) {
		(void)err_set(ei, ERR_NOTFOUND, "mirror.directory", NULL,
		    "there is no such directory; make it, writable for one "
		    "user alone");
		return err_object(ei, ERR_NOTFOUND, dir);
	}
	return file_check_trusted(dir, geteuid(), ei);
}

enum {
	LOCK_TRIES = 5,
	LOCK_WAIT_MS = 20,
};

/* Whoever merely looks whether somebody is at it has the lock for a moment. */
static enum err
take_lock(const char *path, int *out_fd, struct errinfo *ei)
{
	enum err e = file_lock(path, out_fd, ei);

	for (int i = 1; e == ERR_CONFLICT && i < LOCK_TRIES; i++) {
		sleep_ms(LOCK_WAIT_MS);
		e = file_lock(path, out_fd, ei);
	}
	return e;
}

bool
trust_mirror_is_changing(const char *dir)
{
	char lock[PATH_TEXT_SIZE];

	return path_join(lock, dir, MIRROR_LOCK, NULL) == ERR_OK &&
	       file_is_locked(lock);
}

enum err
trust_mirror_sync(const char *dir, const struct trust_source *source,
    const struct trust_mirror_rules *rules, struct trust_mirror_report *out,
    struct errinfo *ei)
{
	char lock[PATH_TEXT_SIZE];
	int fd = -1;
	enum err e;

	*out = (struct trust_mirror_report){.certs = 0};
	if ((e = trust_mirror_check_dir(dir, ei)) != ERR_OK ||
	    (e = path_join(lock, dir, MIRROR_LOCK, ei)) != ERR_OK ||
	    (e = take_lock(lock, &fd, ei)) != ERR_OK) {
		return e;
	}
	e = sync_locked(dir, source, rules, out, ei);
	fd_close(fd);
	return e;
}

/* --- the way back ------------------------------------------------------------
 */

struct two_dirs {
	char previous[PATH_TEXT_SIZE];
	const char *dir;
};

/* Lists of before; certificates of before or of now. */
static enum err
get_previous(const void *arg, const char *name, size_t max, struct buf *out,
    struct errinfo *ei)
{
	const struct two_dirs *d = arg;
	enum err e = get_file(d->previous, name, max, out, ei);

	return e == ERR_NOTFOUND && trust_mirror_is_cert(name)
		   ? get_file(d->dir, name, max, out, ei)
		   : e;
}

enum err
trust_mirror_back(const char *dir, const struct trust_mirror_rules *rules,
    struct trust_mirror_report *out, struct errinfo *ei)
{
	struct two_dirs both = {.dir = dir};
	const struct trust_source source = {get_previous, &both};
	struct trust_mirror_rules back = *rules;
	char list[PATH_TEXT_SIZE];
	enum err e = path_join(both.previous, dir, TRUST_MIRROR_PREVIOUS, ei);

	back.older = true;
	back.new_only = false;
	if (e == ERR_OK) {
		e = path_join(
		    list, both.previous, trust_mirror_name(MIRROR_ROOTS), ei);
	}
	if (e == ERR_OK && !file_exists(list)) {
		(void)err_set(ei, ERR_NOTFOUND, "mirror.previous", NULL,
		    "no earlier list of this mirror is kept; certificates that "
		    "were moved to .previous come back with a list that names "
		    "them");
		e = err_object(ei, ERR_NOTFOUND, dir);
	}
	return e == ERR_OK ? trust_mirror_sync(dir, &source, &back, out, ei)
			   : e;
}
