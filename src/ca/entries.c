/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/entries.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "ca/authority.h"
#include "ca/publish.h"
#include "ca/run.h"
#include "ca/shard.h"
#include "os/file.h"
#include "os/memfd.h"
#include "os/wait.h"
#include "store/store.h"
#include "x509/crl.h"

enum {
	CRL_PAGE = 5000,
	/* A commit may be a moment ahead of its note. */
	TRIES = 10,
	TRY_MS = 5,
};

/* The serial of a committed change. */
struct note {
	uint8_t serial[SERIAL_BYTES_MAX];
	size_t len;
};

struct entries {
	/* The publisher's: */
	struct run *run; /* NULL: none yet */
	int64_t changes; /* that it holds; -1: nothing is kept */
	int64_t read_at; /* when all were read */
	/* Everybody's: */
	pthread_mutex_t lock;
	struct note *notes; /* oldest first */
	size_t num_notes;
	size_t num_under_way; /* begun, and not ended */
};

struct entries *
entries_new(void)
{
	struct entries *e = calloc(1, sizeof(*e));

	if (e != NULL) {
		(void)pthread_mutex_init(&e->lock, NULL);
		e->changes = -1;
	}
	return e;
}

void
entries_free(struct entries *e)
{
	if (e == NULL) {
		return;
	}
	(void)pthread_mutex_destroy(&e->lock);
	run_unref(e->run);
	free(e->notes);
	free(e);
}

/* --- notes ---------------------------------------------------------------- */

void
entries_begin(struct entries *e)
{
	(void)pthread_mutex_lock(&e->lock);
	e->num_under_way++;
	(void)pthread_mutex_unlock(&e->lock);
}

/* Under the lock. */
static void
note(struct entries *e, struct slice serial)
{
	struct note *notes =
	    e->num_notes == CRL_NOTES_MAX
		? NULL
		: realloc(e->notes, (e->num_notes + 1) * sizeof(*notes));

	ensure(serial.len <= SERIAL_BYTES_MAX);
	if (notes != NULL) {
		e->notes = notes;
		notes += e->num_notes++;
		notes->len = serial.len;
		memcpy(notes->serial, serial.p, serial.len);
	}
}

void
entries_end(struct entries *e, struct slice serial, bool committed)
{
	(void)pthread_mutex_lock(&e->lock);
	e->num_under_way--;
	if (committed) {
		note(e, serial);
	}
	(void)pthread_mutex_unlock(&e->lock);
}

/* Copies of the oldest notes. */
struct noted {
	struct note *at;
	size_t num;
};

/* All that there are; the caller frees at. */
static enum err
copy_notes(struct entries *e, struct noted *out, struct errinfo *ei)
{
	(void)pthread_mutex_lock(&e->lock);
	out->num = e->num_notes;
	out->at = calloc(out->num + 1, sizeof(*out->at));
	if (out->at != NULL && out->num > 0) {
		memcpy(out->at, e->notes, out->num * sizeof(*out->at));
	}
	(void)pthread_mutex_unlock(&e->lock);
	return out->at == NULL ? err_nomem(ei) : ERR_OK;
}

/* Is no change under way, and none noted but these? */
static bool
is_quiet(struct entries *e, const struct noted *n)
{
	bool quiet;

	(void)pthread_mutex_lock(&e->lock);
	quiet = e->num_under_way == 0 && e->num_notes == n->num;
	(void)pthread_mutex_unlock(&e->lock);
	return quiet;
}

/* These are done with. */
static void
drop_notes(struct entries *e, const struct noted *n)
{
	if (n->num == 0) {
		return;
	}
	(void)pthread_mutex_lock(&e->lock);
	e->num_notes -= n->num;
	memmove(e->notes, e->notes + n->num, e->num_notes * sizeof(*e->notes));
	(void)pthread_mutex_unlock(&e->lock);
}

/* --- all of them ---------------------------------------------------------- */

/* In the order of the database, which is that of their octets: our serials
 * have all one length. */
static enum err
read_all(
    struct ca *ca, const char *name, int64_t now, int fd, struct errinfo *ei)
{
	struct buf page = BUF_INIT(CRL_BYTES_MAX);
	uint8_t after[SERIAL_BYTES_MAX];
	size_t after_len = 0, num = CRL_PAGE;
	enum err e = ERR_OK;

	while (e == ERR_OK && num == CRL_PAGE) {
		struct rows *r = NULL;

		e = store_query(ca_store(ca), ST_REVOCATION_FOR_CRL, &r, ei,
		    V_TEXT(name), V_BLOB(slice_make(after, after_len)),
		    V_INT(now - CRL_KEEP_SEC), V_INT(CRL_PAGE));
		if (e != ERR_OK) {
			break;
		}
		num = rows_num(r);
		for (size_t i = 0; i < num; i++) {
			buf_add(&page, rows_blob(r, i, 1));
		}
		if (num > 0) {
			struct slice serial = rows_blob(r, num - 1, 0);

			ensure(serial.len <= sizeof(after));
			memcpy(after, serial.p, serial.len);
			after_len = serial.len;
		}
		rows_free(r);
		e = buf_err(&page, ei);
		if (e == ERR_OK) {
			e = fd_write_all(fd, buf_slice(&page), ei);
		}
		buf_reset(&page);
	}
	buf_clear(&page);
	return e;
}

/* --- some of them --------------------------------------------------------- */

/* One entry from the front of a run of ours: whole, and its serial.  Of a
 * million this is read of each one, so no more than it needs. */
static bool
take(struct slice *run, struct slice *out_whole, struct slice *out_serial)
{
	size_t len;

	/* SEQUENCE of less than 128 octets, INTEGER: a serial, a time and a
	 * reason are never more. */
	if (run->len < 4 || run->p[1] > 0x7f) {
		return false;
	}
	len = 2 + (size_t)run->p[1];
	if (len > run->len || (size_t)4 + run->p[3] > len) {
		return false;
	}
	*out_whole = slice_make(run->p, len);
	*out_serial = slice_make(run->p + 4, run->p[3]);
	run->p += len;
	run->len -= len;
	return true;
}

static enum err
not_ours(struct errinfo *ei)
{
	return err_set(ei, ERR_INTERNAL, "ca.entry", NULL,
	    "an entry of a list is not as we write it");
}

/* The next one to be put in: whole is empty for one that is to go. */
struct added {
	struct slice rest;
	struct slice whole;
	struct slice serial;
	bool more;
};

static enum err
added_step(struct added *a, struct errinfo *ei)
{
	struct crl_entry entry = {.reason = CRL_REASON_NONE};
	const uint8_t *start = a->rest.p;
	enum err e;

	a->more = a->rest.len > 0;
	if (!a->more) {
		return ERR_OK;
	}
	e = crl_entry_get(&a->rest, &entry, ei);
	a->serial = entry.serial;
	a->whole = entry.reason == CRL_REASON_REMOVE_FROM_CRL
		       ? SLICE_EMPTY
		       : slice_make(start, (size_t)(a->rest.p - start));
	return e;
}

/* What is there up to a place, and what comes between. */
static enum err
copy(int fd, const uint8_t *from, const uint8_t *to, struct slice between,
    struct errinfo *ei)
{
	enum err e =
	    fd_write_all(fd, slice_make(from, (size_t)(to - from)), ei);

	return e == ERR_OK ? fd_write_all(fd, between, ei) : e;
}

static enum err
merge(struct slice old, struct slice add, int fd, struct errinfo *ei)
{
	struct slice one = SLICE_EMPTY, serial = SLICE_EMPTY;
	struct added next = {.rest = add};
	const uint8_t *from = old.p; /* not copied yet */
	enum err e = added_step(&next, ei);

	while (e == ERR_OK && next.more && old.len > 0) {
		int order;

		if (!take(&old, &one, &serial)) {
			return not_ours(ei);
		}
		/* What is added may belong between these two, too. */
		while (e == ERR_OK && next.more &&
		       (order = crl_serial_cmp(next.serial, serial)) <= 0) {
			e = copy(fd, from, one.p, next.whole, ei);
			from = order == 0 ? old.p : one.p;
			if (e == ERR_OK) {
				e = added_step(&next, ei);
			}
		}
	}
	if (e == ERR_OK) {
		e = copy(fd, from, old.p + old.len, SLICE_EMPTY, ei);
	}
	while (e == ERR_OK && next.more) {
		e = fd_write_all(fd, next.whole, ei);
		if (e == ERR_OK) {
			e = added_step(&next, ei);
		}
	}
	return e;
}

enum err
entries_merge(
    struct slice old, struct slice add, struct run **out, struct errinfo *ei)
{
	int fd = -1;
	enum err e = memfd_new("crl-entries", &fd, ei);

	if (e == ERR_OK) {
		e = merge(old, add, fd, ei);
	}
	if (e != ERR_OK) {
		fd_close(fd);
		return e;
	}
	return run_take(fd, out, ei);
}

static int
compare_notes(const void *a, const void *b)
{
	const struct note *x = a;
	const struct note *y = b;

	return crl_serial_cmp(
	    slice_make(x->serial, x->len), slice_make(y->serial, y->len));
}

/* The entries of these serials, sorted; of one that is listed no more, that it
 * is to go. */
static enum err
read_noted(struct ca *ca, const char *name, struct noted *n, struct buf *out,
    struct errinfo *ei)
{
	enum err e = ERR_OK;

	qsort(n->at, n->num, sizeof(*n->at), compare_notes);
	for (size_t i = 0; e == ERR_OK && i < n->num; i++) {
		const struct note *one = &n->at[i];
		struct slice serial = slice_make(one->serial, one->len);
		struct rows *r = NULL;

		if (i > 0 && compare_notes(one - 1, one) == 0) {
			continue;
		}
		e = store_query(ca_store(ca), ST_REVOCATION_ENTRY, &r, ei,
		    V_TEXT(name), V_BLOB(serial));
		if (e == ERR_OK && rows_num(r) > 0) {
			buf_add(out, rows_blob(r, 0, 0));
		} else if (e == ERR_OK) {
			crl_entry_put(
			    out, serial, 0, CRL_REASON_REMOVE_FROM_CRL);
		}
		rows_free(r);
	}
	return e == ERR_OK ? buf_err(out, ei) : e;
}

static enum err
add_noted(struct ca *ca, struct entries *e, const char *name, struct noted *n,
    struct errinfo *ei)
{
	struct buf add = BUF_INIT(CRL_BYTES_MAX);
	struct run *merged = NULL;
	enum err err = read_noted(ca, name, n, &add, ei);

	if (err == ERR_OK) {
		err = entries_merge(
		    run_der(e->run), buf_slice(&add), &merged, ei);
	}
	if (err == ERR_OK) {
		run_unref(e->run);
		e->run = merged;
		e->changes += (int64_t)n->num;
	}
	buf_clear(&add);
	return err;
}

/* --- a list's ------------------------------------------------------------- */

/* Changes of all the CA's lists, and of this one. */
struct counted {
	int64_t all;
	int64_t own;
};

static enum err
count(struct ca *ca, const struct entries_of *of, struct counted *out,
    struct errinfo *ei)
{
	struct counted c = {0};
	struct rows *r = NULL;
	enum err e = store_query(
	    ca_store(ca), ST_CRL_SHARD_LIST, &r, ei, V_TEXT(of->ca));

	for (size_t i = 0; e == ERR_OK && i < rows_num(r); i++) {
		int64_t changes = rows_int(r, i, 4);

		c.all += changes;
		if (rows_int(r, i, 0) == shard_row(crl_shard_base(of->shard))) {
			c.own = changes;
		}
	}
	rows_free(r);
	*out = c;
	return e;
}

/* All anew.  Whether a change that is not among these notes is in the count
 * cannot be known: then the next time is like the first one. */
static enum err
renew(struct ca *ca, struct entries *e, const struct entries_of *of,
    const struct noted *n, int64_t changes, struct errinfo *ei)
{
	bool quiet = is_quiet(e, n);
	struct run *all = NULL;
	int fd = -1;
	enum err err;

	e->changes = -1;
	err = memfd_new("crl-entries", &fd, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = read_all(ca, of->ca, of->now, fd, ei);
	if (err != ERR_OK) {
		fd_close(fd);
		return err;
	}
	err = run_take(fd, &all, ei);
	if (err == ERR_OK) {
		run_unref(e->run);
		e->run = all;
		e->changes = quiet ? changes : -1;
		e->read_at = of->now;
	}
	return err;
}

/* One try; *out_own is -1 when the notes do not explain the count. */
static enum err
update(struct ca *ca, struct entries *e, const struct entries_of *of, bool all,
    int64_t *out_own, struct errinfo *ei)
{
	struct counted now = {0};
	struct noted n;
	/* The notes first: what is noted is in the count then, and when they
	 * are as many as it has grown by, nothing else is. */
	enum err err = copy_notes(e, &n, ei);

	*out_own = -1;
	if (err == ERR_OK) {
		err = count(ca, of, &now, ei);
	}
	if (err == ERR_OK && all) {
		*out_own = now.own;
		err = renew(ca, e, of, &n, now.all, ei);
	} else if (err == ERR_OK && e->changes + (int64_t)n.num == now.all) {
		*out_own = now.own;
		err = n.num == 0 ? ERR_OK : add_noted(ca, e, of->ca, &n, ei);
	}
	if (err == ERR_OK && *out_own >= 0) {
		drop_notes(e, &n);
	}
	free(n.at);
	return err;
}

/* The part of a run that comes before a shard's range, or before its end. */
static enum err
skip_below(struct slice *run, struct crl_shard bound, struct errinfo *ei)
{
	struct slice rest = *run, one, serial;
	uint8_t first[CRL_SHARD_SERIAL];

	crl_shard_first(bound, first);
	while (rest.len > 0) {
		if (!take(&rest, &one, &serial)) {
			return not_ours(ei);
		}
		if (crl_serial_cmp(serial, slice_make(first, sizeof(first))) >=
		    0) {
			return ERR_OK;
		}
		*run = rest;
	}
	return ERR_OK;
}

enum err
entries_cut(struct slice all, struct crl_shard shard, struct slice *out,
    struct errinfo *ei)
{
	struct slice from = all, behind;
	enum err e = ERR_OK;

	if (!crl_shard_is_full(shard) && shard.index > 0) {
		e = skip_below(&from, shard, ei);
	}
	behind = from;
	shard.index++;
	if (crl_shard_is_full(shard) || shard.index == shard.count) {
		behind = SLICE_EMPTY;
	} else if (e == ERR_OK) {
		e = skip_below(&behind, shard, ei);
	}
	*out = slice_make(from.p, from.len - behind.len);
	return e;
}

enum err
entries_get(struct ca *ca, struct entries *e, const struct entries_of *of,
    struct run **out_run, struct slice *out, int64_t *out_changes,
    struct errinfo *ei)
{
	int64_t own = -1;
	enum err err = ERR_OK;

	for (unsigned try = 1; err == ERR_OK && own < 0; try++) {
		bool all = try == TRIES || e->changes < 0 ||
			   of->now < e->read_at ||
			   of->now - e->read_at >= CRL_RENEW_SEC;

		err = update(ca, e, of, all, &own, ei);
		if (err == ERR_OK && own < 0) {
			sleep_ms(TRY_MS);
		}
	}
	if (err == ERR_OK) {
		err = entries_cut(run_der(e->run), of->shard, out, ei);
	}
	if (err == ERR_OK) {
		*out_run = run_ref(e->run);
		*out_changes = own;
	}
	return err;
}
