/* SPDX-License-Identifier: Apache-2.0 */
#include "certstores/anchors.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/text.h"
#include "certstores/anchors_priv.h"
#include "os/seam.h"

struct change {
	struct anchors_open o;
	const struct anchors_ops *ops;
	char journal[PATH_TEXT_SIZE];
	int lock;
	struct anchors_steps steps;
};

static void
change_end(struct change *c)
{
	anchors_steps_clear(&c->steps);
	nss_close(c->o.nss);
	anchors_java_free(c->o.java);
	fd_close(c->lock);
}

/* A journal a store: its first line says which, so two places of one name are
 * told apart.  FNV-1a. */
static enum err
journal_path(struct change *c, struct errinfo *ei)
{
	struct buf name = BUF_INIT(64);
	uint64_t h = 14695981039346656037U;
	enum err e;

	for (const char *p = c->o.dir; *p != '\0'; p++) {
		h = (h ^ (uint8_t)*p) * 1099511628211U;
	}
	buf_printf(&name, "%s-%016llx", c->ops->name, (unsigned long long)h);
	e = path_join(c->journal, c->o.s->state, buf_cstr(&name), ei);
	buf_clear(&name);
	return e;
}

static enum err
change_begin(
    struct change *c, const struct anchors_store *s, struct errinfo *ei)
{
	char lock[PATH_TEXT_SIZE];
	enum err e = ERR_OK;

	ensure(s->kind < ANCHORS_KIND_MAX_);
	*c = (struct change){.o = {.s = s, .prefix = ""},
	    .ops = anchors_kinds[s->kind],
	    .lock = -1};
	if (!s->dry_run) {
		e = anchors_make_dirs(s->state, 0755, ei);
		if (e == ERR_OK) {
			e = file_check_trusted(s->state, geteuid(), ei);
		}
		if (e == ERR_OK) {
			e = path_join(lock, s->state, "lock", ei);
		}
		if (e == ERR_OK) {
			e = file_lock(lock, &c->lock, ei);
		}
	}
	if (e == ERR_OK) {
		e = c->ops->open(&c->o, ei);
	}
	return e != ERR_OK ? e : journal_path(c, ei);
}

/* --- the journal ------------------------------------------------------------
 */

static enum err
journal_write(const struct change *c, bool done, struct errinfo *ei)
{
	struct buf b = BUF_INIT(ANCHORS_BYTES_MAX);
	enum err e;

	anchors_journal_put(&c->steps, c->o.dir, done, &b);
	e = buf_err(&b, ei);
	if (e == ERR_OK) {
		e = file_write_atomic(c->journal, buf_slice(&b), 0600, ei);
	}
	buf_clear(&b);
	return e;
}

/* ERR_NOTFOUND "anchors.undo" when there is none. */
static enum err
journal_read(struct change *c, bool *done, struct errinfo *ei)
{
	struct buf b = BUF_INIT(ANCHORS_BYTES_MAX);
	enum err e;

	if (!file_exists(c->journal)) {
		return err_set(ei, ERR_NOTFOUND, "anchors.undo", NULL,
		    "No change of this store is noted that could be undone.");
	}
	e = file_check_trusted(c->journal, geteuid(), ei);
	if (e == ERR_OK) {
		e = file_read(c->journal, ANCHORS_BYTES_MAX, &b, ei);
	}
	if (e == ERR_OK) {
		e = anchors_journal_parse(
		    buf_slice(&b), c->o.dir, &c->steps, done, ei);
		e = e == ERR_OK ? e : err_object(ei, e, c->journal);
	}
	buf_clear(&b);
	return e;
}

/* --- changes ----------------------------------------------------------------
 */

/* Those that are not as they shall be, each set; the store's own programs. */
static enum err
apply(
    struct change *c, const enum nss_held *to, bool restore, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < c->steps.num; i++) {
		struct anchors_step *s = &c->steps.at[i];

		e = c->ops->set(&c->o, &s->a, to == NULL ? s->before : *to,
		    restore ? buf_slice(&s->was) : SLICE_EMPTY, ei);
		seam("anchors.set");
	}
	if (e == ERR_OK) {
		e = c->ops->finish(&c->o, ei);
	}
	seam("anchors.finished");
	return e;
}

static enum err
undo(struct change *c, struct errinfo *ei)
{
	/* Open, so that an undo that is killed is gone on with. */
	enum err e = journal_write(c, false, ei);

	if (e == ERR_OK) {
		e = apply(c, NULL, true, ei);
	}
	if (e == ERR_OK && unlink(c->journal) != 0) {
		e = err_sys(ei, "file.write", "The journal cannot be removed");
		e = err_object(ei, e, c->journal);
	}
	return e != ERR_OK ? e : dir_sync(c->o.s->state, ei);
}

/* What a killed run left half done is taken back. */
static enum err
finish_killed(struct change *c, struct errinfo *ei)
{
	bool done = false;
	enum err e =
	    c->o.s->dry_run ? ERR_NOTFOUND : journal_read(c, &done, ei);

	e = e == ERR_NOTFOUND ? ERR_OK : e == ERR_OK && !done ? undo(c, ei) : e;
	anchors_steps_clear(&c->steps);
	return e;
}

static int
by_sha1(const void *a, const void *b)
{
	const struct anchor *x = a, *y = b;

	return memcmp(x->sha1, y->sha1, ANCHOR_SHA1_SIZE);
}

static enum err
plan(struct change *c, const struct anchor *list, size_t num, enum nss_held to,
    size_t *as_wanted, struct errinfo *ei)
{
	enum err e = ERR_OK;

	c->steps.at = calloc(num + 1, sizeof(*c->steps.at));
	if (c->steps.at == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		struct anchors_step *s = &c->steps.at[c->steps.num];

		s->a = list[i];
		buf_init(&s->was, ANCHORS_WAS_MAX);
		e = c->ops->look(&c->o, &s->a, &s->before, &s->was, ei);
		if (e == ERR_OK) {
			e = buf_err(&s->was, ei);
		}
		if (e == ERR_OK && s->before != to) {
			c->steps.num++;
		} else {
			*as_wanted += e == ERR_OK ? 1 : 0;
			buf_clear(&s->was);
		}
	}
	return e;
}

static enum err
check(struct change *c, const struct anchor *list, size_t num, enum nss_held to,
    struct anchors_report *r, struct errinfo *ei)
{
	char name[2 * ANCHOR_SHA1_SIZE + 1];
	bool *seen = calloc(num + 1, sizeof(*seen));
	enum err e = seen == NULL ? err_nomem(ei)
				  : c->ops->seen(&c->o, list, num, seen, ei);

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		if (e == ERR_OK && to == NSS_TRUSTED && !seen[i]) {
			anchors_name(&list[i], name);
			e = err_object(ei,
			    err_set(ei, ERR_STORE, "anchors.missing", NULL,
				"The certificate was put in and is not listed "
				"back. Undo, and look at the store."),
			    name);
		}
		if (e == ERR_OK && to == NSS_ABSENT && seen[i] &&
		    c->ops->refuses) {
			anchors_name(&list[i], name);
			e = err_object(ei,
			    err_set(ei, ERR_STORE, "anchors.trusted", NULL,
				"The certificate was put among those to be "
				"distrusted, and the system trusts it still. "
				"Undo, and look at the store."),
			    name);
		}
		r->still += to == NSS_ABSENT && seen[i] ? 1 : 0;
	}
	free(seen);
	return e;
}

/* list: sorted, each once. */
static enum err
change_run(struct change *c, const struct anchor *list, size_t num,
    enum nss_held to, struct anchors_report *r, struct errinfo *ei)
{
	size_t as_wanted = 0;
	enum err e = finish_killed(c, ei);

	if (e == ERR_OK) {
		e = plan(c, list, num, to, &as_wanted, ei);
	}
	*(to == NSS_TRUSTED ? &r->added : &r->removed) = c->steps.num;
	*(to == NSS_TRUSTED ? &r->there : &r->absent) = as_wanted;
	if (e != ERR_OK || c->o.s->dry_run) {
		return e;
	}
	if (c->steps.num > 0) {
		e = journal_write(c, false, ei);
		seam("anchors.noted");
		if (e == ERR_OK) {
			e = apply(c, &to, false, ei);
		}
		if (e == ERR_OK) {
			e = journal_write(c, true, ei);
		}
		seam("anchors.done");
	}
	return e != ERR_OK ? e : check(c, list, num, to, r, ei);
}

static enum err
change_to(const struct anchors_store *s, const struct anchor *list, size_t num,
    enum nss_held to, struct anchors_report *out, struct errinfo *ei)
{
	struct anchors_report r = {0};
	struct anchor *sorted;
	struct change c;
	size_t kept = 0;
	enum err e;

	if (num > ANCHORS_MAX) {
		return err_set(ei, ERR_LIMIT, "anchors.number", NULL,
		    "More than %d certificates at once.", (int)ANCHORS_MAX);
	}
	sorted = calloc(num + 1, sizeof(*sorted));
	if (sorted == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < num; i++) {
		sorted[i] = list[i];
	}
	qsort(sorted, num, sizeof(*sorted), by_sha1);
	for (size_t i = 0; i < num; i++) {
		if (kept == 0 || by_sha1(&sorted[kept - 1], &sorted[i]) != 0) {
			sorted[kept++] = sorted[i];
		}
	}
	e = change_begin(&c, s, ei);
	if (e == ERR_OK) {
		e = change_run(&c, sorted, kept, to, &r, ei);
	}
	change_end(&c);
	free(sorted);
	if (e == ERR_OK) {
		*out = r;
	}
	return e;
}

enum err
anchors_put(const struct anchors_store *s, const struct anchor *list,
    size_t num, struct anchors_report *out, struct errinfo *ei)
{
	return change_to(s, list, num, NSS_TRUSTED, out, ei);
}

enum err
anchors_take(const struct anchors_store *s, const struct anchor *list,
    size_t num, struct anchors_report *out, struct errinfo *ei)
{
	return change_to(s, list, num, NSS_ABSENT, out, ei);
}

enum err
anchors_undo(const struct anchors_store *s, struct anchors_report *out,
    struct errinfo *ei)
{
	struct anchors_report r = {0};
	struct change c;
	bool done = false;
	enum err e = change_begin(&c, s, ei);

	if (e == ERR_OK) {
		e = journal_read(&c, &done, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < c.steps.num; i++) {
		r.removed += c.steps.at[i].before == NSS_TRUSTED ? 0 : 1;
		r.added += c.steps.at[i].before == NSS_TRUSTED ? 1 : 0;
	}
	if (e == ERR_OK && !s->dry_run) {
		e = undo(&c, ei);
	}
	change_end(&c);
	if (e == ERR_OK) {
		*out = r;
	}
	return e;
}

enum err
anchors_each(const struct anchors_store *s,
    void (*tell)(void *arg, struct slice der), void *arg, struct errinfo *ei)
{
	struct anchors_store look = *s;
	struct change c;
	enum err e;

	look.dry_run = true; /* neither lock nor directories */
	e = change_begin(&c, &look, ei);
	if (e == ERR_OK) {
		e = c.ops->each(&c.o, tell, arg, ei);
	}
	change_end(&c);
	return e;
}
