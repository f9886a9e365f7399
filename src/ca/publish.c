/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/publish.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "ca/authority.h"
#include "ca/entries.h"
#include "ca/pace.h"
#include "ca/run.h"
#include "ca/shard.h"
#include "os/file.h"
#include "os/wait.h"
#include "signer/client.h"
#include "store/store.h"
#include "x509/crl.h"

enum {
	CRL_FILE_MODE = 0644,
	SYNC_MIN = 1 << 20, /* bytes that are worth a sync of their own */
	TICK_MS = 50,
	TICKS_MAX = 25, /* a second and a bit */
};

static const char delta_suffix[] = ".delta.crl";

/* A row of crl_shard. */
struct list {
	struct crl_shard shard;
	uint64_t number; /* the highest of all the CA's lists */
	uint64_t noted;  /* its own */
	int64_t this_update;
	int64_t next_update;
	int64_t changes; /* of a delta's, those of its list */
	int64_t published;
	int64_t twin_update; /* thisUpdate of the list's delta, or the other
			      * way about; 0: there is none */
};

/* All of a CA; at is owned. */
struct lists {
	struct list *at;
	size_t num;
};

/* Numbers go on above the highest of database and signer (design rule 2). */
static enum err
next_number(const struct authority *a, const struct list *s, uint64_t *out,
    struct errinfo *ei)
{
	struct signer_info info;
	enum err e;

	signer_info_init(&info);
	e = signer_info(authority_signer(a), &info, ei);
	if (e == ERR_OK) {
		*out = (info.crl_number > s->number ? info.crl_number
						    : s->number) +
		       1;
	}
	signer_info_clear(&info);
	return e;
}

/* A list under way. */
struct under_way {
	char path[PATH_TEXT_SIZE];
	struct signer_crl order;
	struct run *run;
	struct slice entries; /* part of it, or of what was made */
	struct signer_crl_made made;
	int64_t changes; /* that the entries hold */
	struct file_draft draft;
	size_t draft_at; /* where the entries stand in it */
};

static enum err
note_published(struct ca *ca, const char *name, const struct under_way *w,
    const struct list *s, struct errinfo *ei)
{
	const struct signer_crl *order = &w->order;
	char detail[64 + CRL_SHARD_TEXT_SIZE], shard[CRL_SHARD_TEXT_SIZE];
	struct unit u;
	enum err e;

	crl_shard_text(s->shard, shard);
	(void)snprintf(detail, sizeof(detail),
	    "{\"number\":%llu,\"list\":\"%s\"}",
	    (unsigned long long)order->number,
	    shard[0] != '\0' ? shard + 1 : "full");
	unit_init(&u);
	unit_add(&u, ST_CRL_SHARD_PUBLISH, EXPECT(1), V_TEXT(name),
	    V_INT(shard_row(s->shard)), V_INT(order->number),
	    V_INT(order->this_update), V_INT(order->next_update),
	    V_INT(w->changes), V_BLOB(slice_make(w->made.sha256, 32)), V_NULL);
	unit_audit(&u, &(struct audit_event){
			   .at = order->this_update,
			   .actor = "system publisher",
			   .action = "crl.publish",
			   .object = name,
			   .detail = detail,
		       });
	e = store_submit(ca_store(ca), &u, NULL, ei);
	unit_clear(&u);
	return e;
}

/* RFC 5280 5.2.3 wants a list and its delta to be told apart by the second. */
static int64_t
time_beside(struct ca *ca, int64_t twin_update)
{
	int64_t now = clock_utc_sec(ca_clock(ca));

	for (int i = 0; now == twin_update && i < TICKS_MAX; i++) {
		sleep_ms(TICK_MS);
		now = clock_utc_sec(ca_clock(ca));
	}
	return now;
}

static enum err
find_entries(
    struct ca *ca, struct authority *a, struct under_way *w, struct errinfo *ei)
{
	const struct entries_of of = {
	    authority_name(a), w->order.shard, w->order.this_update};

	return entries_get(ca, authority_entries(a), &of, &w->run, &w->entries,
	    &w->changes, ei);
}

/* While the signer hashes the entries they go to the disk: what stands in front
 * of them is as long as in the list before, and if not they are written again.
 * An error here is found there, too. */
static void
write_entries(void *arg)
{
	struct under_way *w = arg;
	enum err e = file_draft_new(w->path, CRL_FILE_MODE, &w->draft, NULL);

	if (e == ERR_OK) {
		e = file_draft_put(&w->draft, w->draft_at, w->entries, NULL);
	}
	if (e == ERR_OK && w->entries.len >= SYNC_MIN) {
		e = file_draft_sync(&w->draft, NULL);
	}
	if (e != ERR_OK) {
		file_draft_drop(&w->draft);
	}
}

/* 0 when there is no list before, or the signer picks the entries. */
static size_t
front_before(struct authority *a, const struct under_way *w)
{
	struct shared_crl *crl = NULL;
	size_t len = 0;

	if (!w->order.shard.delta) {
		crl = authority_crl(a, w->order.shard);
	}
	if (crl != NULL) {
		len = crl->pieces[0].len;
		shared_crl_release(crl);
	}
	return len;
}

static enum err
sign(
    struct ca *ca, struct authority *a, struct under_way *w, struct errinfo *ei)
{
	const struct signer_meanwhile meanwhile = {write_entries, w};
	int fd = -1, own = -1;
	enum err e = run_file(w->run, w->entries, &fd, &own, ei);

	if (e == ERR_OK) {
		store_audit_position(ca_store(ca), &w->order.at);
		w->draft_at = front_before(a, w);
		e = signer_crl(authority_signer(a), &w->order, fd,
		    w->draft_at > 0 ? &meanwhile : NULL, &w->made, ei);
	}
	if (e == ERR_OK && w->order.shard.delta) {
		w->entries = buf_slice(&w->made.delta);
	}
	fd_close(own);
	return e;
}

static enum err
write_file(struct under_way *w, struct errinfo *ei)
{
	struct slice front = buf_slice(&w->made.front);
	struct slice back = buf_slice(&w->made.back);
	const struct slice pieces[] = {front, w->entries, back};
	enum err e;

	if (w->draft.fd < 0 || front.len != w->draft_at) {
		return file_write_pieces(
		    w->path, pieces, ARRAY_LEN(pieces), CRL_FILE_MODE, ei);
	}
	e = file_draft_put(&w->draft, 0, front, ei);
	if (e == ERR_OK) {
		e = file_draft_put(
		    &w->draft, front.len + w->entries.len, back, ei);
	}
	return e == ERR_OK ? file_draft_done(&w->draft, ei) : e;
}

static enum err
hand_out(struct authority *a, struct under_way *w, struct errinfo *ei)
{
	struct crl_facts facts = {
	    .shard = w->order.shard,
	    .number = w->order.number,
	    .this_update = w->order.this_update,
	    .next_update = w->order.next_update,
	};

	memcpy(facts.sha256, w->made.sha256, sizeof(facts.sha256));
	return authority_set_crl(a, &facts, &w->made,
	    w->order.shard.delta ? NULL : w->run, w->entries, ei);
}

/*
 * In this order: signed (and in the signer's journal), noted with its audit
 * row, then seen by others.
 */
static enum err
publish(struct ca *ca, struct authority *a, const struct list *list,
    struct errinfo *ei)
{
	const char *name = authority_name(a);
	struct under_way w = {
	    .order = {.shard = list->shard},
	    .made = SIGNER_CRL_MADE_INIT,
	    .draft = {.fd = -1},
	};
	char file[SHARD_FILE_SIZE];
	enum err e;

	shard_file(name, list->shard, file);
	e = path_join(w.path, ca_public_dir(ca), file, ei);
	if (e == ERR_OK) {
		e = next_number(a, list, &w.order.number, ei);
	}
	w.order.this_update = time_beside(ca, list->twin_update);
	w.order.next_update =
	    w.order.this_update +
	    (list->shard.delta ? authority_delta_sec(a) : CRL_LIFE_SEC);
	if (e == ERR_OK) {
		e = find_entries(ca, a, &w, ei);
	}
	if (e == ERR_OK) {
		e = sign(ca, a, &w, ei);
	}
	if (e == ERR_OK) {
		e = note_published(ca, name, &w, list, ei);
	}
	if (e == ERR_OK) {
		e = write_file(&w, ei);
	}
	if (e == ERR_OK) {
		e = hand_out(a, &w, ei);
	}
	file_draft_drop(&w.draft);
	signer_crl_made_clear(&w.made);
	run_unref(w.run);
	return e;
}

struct publisher {
	struct publisher_options o;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool kicked;
	bool stop;
	struct pace paces[CA_AUTHORITIES_MAX]; /* the thread's own */
};

/* The rows of the full list and of the signer's shards, where they are not
 * there yet. */
static enum err
add_rows(struct ca *ca, const struct authority *a, struct errinfo *ei)
{
	struct crl_shard s = {.count = authority_crl_shards(a)};
	struct unit u;
	enum err e = ERR_OK;

	unit_init(&u);
	unit_add(&u, ST_CRL_SHARD_ADD, EXPECT_ANY, V_TEXT(authority_name(a)),
	    V_INT(0));
	for (; e == ERR_OK && s.count > 1 && s.index < s.count; s.index++) {
		if (s.index % UNIT_GROUP_MAX == UNIT_GROUP_MAX - 1) {
			e = store_submit(ca_store(ca), &u, NULL, ei);
			unit_clear(&u);
			unit_init(&u);
		}
		unit_add(&u, ST_CRL_SHARD_ADD, EXPECT_ANY,
		    V_TEXT(authority_name(a)), V_INT(shard_row(s)));
	}
	if (e == ERR_OK) {
		e = store_submit(ca_store(ca), &u, NULL, ei);
	}
	unit_clear(&u);
	return e;
}

/* Once the full list is published its rows have been made. */
static bool
is_known(struct authority *a)
{
	struct shared_crl *crl = authority_crl(a, (struct crl_shard){0});

	if (crl != NULL) {
		shared_crl_release(crl);
	}
	return crl != NULL;
}

/* A CA that makes deltas no more leaves none that is older than its lists. */
static enum err
remove_deltas(struct ca *ca, const struct authority *a, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	struct crl_shard shard;
	char **names = NULL;
	size_t num = 0;
	enum err e = dir_list(ca_public_dir(ca), delta_suffix, PUBLIC_FILES_MAX,
	    &names, &num, ei);

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		if (!shard_of_file(names[i], authority_name(a), &shard)) {
			continue;
		}
		e = path_join(path, ca_public_dir(ca), names[i], ei);
		if (e == ERR_OK) {
			(void)remove(path);
		}
	}
	dir_list_free(names, num);
	return e;
}

/* --- what is due ---------------------------------------------------------- */

/* Not the list that the database has noted (whose file or place here failed),
 * without changes, or asked for: it may be made for that.  pace NULL: so it
 * is. */
static bool
is_wanted(const struct list *s, const struct shared_crl *crl, bool changed,
    const struct clock *clock, struct pace *pace)
{
	return (changed || crl->facts.number != s->noted ||
		   s->next_update == 0) &&
	       (pace == NULL || pace_take(pace, clock_mono_ms(clock)));
}

/* With less than this left.  Of nextUpdate 0 it is not the time. */
static bool
is_over(const struct list *s, int64_t left_sec, const struct clock *clock)
{
	return s->next_update != 0 &&
	       s->next_update - clock_utc_sec(clock) < left_sec;
}

/* No CRL of this run is in memory, or its time is over; or it is wanted.  What
 * a delta says need not be said by the list at once. */
static bool
list_is_due(struct authority *a, const struct list *s,
    const struct clock *clock, struct pace *pace)
{
	struct shared_crl *crl = authority_crl(a, s->shard);
	bool changed =
	    authority_delta_sec(a) == 0 && s->published != s->changes;
	bool due = crl == NULL || is_over(s, CRL_RENEW_SEC, clock) ||
		   is_wanted(s, crl, changed, clock, pace);

	if (crl != NULL) {
		shared_crl_release(crl);
	}
	return due;
}

/* The same of a delta, which follows each list that it is of.  *out_update is
 * when that one was made. */
static bool
delta_is_due(struct authority *a, const struct list *s,
    const struct clock *clock, struct pace *pace, int64_t *out_update)
{
	struct shared_crl *of = authority_crl(a, crl_shard_base(s->shard));
	struct shared_crl *crl = authority_crl(a, s->shard);
	bool changed = s->published != s->changes;
	bool due = of != NULL &&
		   (crl == NULL || crl->facts.number < of->facts.number ||
		       is_over(s, authority_delta_sec(a) / 2, clock) ||
		       is_wanted(s, crl, changed, clock, pace));

	if (of != NULL) {
		*out_update = of->facts.this_update;
		shared_crl_release(of);
	}
	if (crl != NULL) {
		shared_crl_release(crl);
	}
	return due;
}

static const struct list *
find(const struct lists *all, struct crl_shard shard)
{
	for (size_t i = 0; i < all->num; i++) {
		if (crl_shard_eq(all->at[i].shard, shard)) {
			return &all->at[i];
		}
	}
	return NULL;
}

/* What the rows of a list and of its delta say of each other; false when one
 * is not there. */
static bool
pair(struct lists *all)
{
	uint64_t highest = 0;
	bool whole = true;

	for (size_t i = 0; i < all->num; i++) {
		uint64_t number = all->at[i].noted;

		highest = number > highest ? number : highest;
	}
	for (size_t i = 0; i < all->num; i++) {
		struct list *s = &all->at[i];
		struct crl_shard twin = s->shard;
		const struct list *other;

		s->number = highest;
		twin.delta = !twin.delta;
		other = find(all, twin);
		whole = whole && other != NULL;
		if (other != NULL) {
			s->twin_update = other->this_update;
			s->changes =
			    s->shard.delta ? other->changes : s->changes;
		}
	}
	return whole;
}

/* The caller frees at. */
static enum err
read_lists(struct ca *ca, const struct authority *a, struct lists *out,
    bool *out_whole, struct errinfo *ei)
{
	struct lists all = {0};
	struct rows *r = NULL;
	enum err e = store_query(
	    ca_store(ca), ST_CRL_SHARD_LIST, &r, ei, V_TEXT(authority_name(a)));

	if (e == ERR_OK) {
		all.num = rows_num(r);
		all.at = calloc(all.num + 1, sizeof(*all.at));
		e = all.at == NULL ? err_nomem(ei) : ERR_OK;
	}
	for (size_t i = 0; e == ERR_OK && i < all.num; i++) {
		all.at[i] = (struct list){
		    .shard = shard_from_row(rows_int(r, i, 0)),
		    .noted = (uint64_t)rows_int(r, i, 1),
		    .this_update = rows_int(r, i, 2),
		    .next_update = rows_int(r, i, 3),
		    .changes = rows_int(r, i, 4),
		    .published = rows_int(r, i, 5),
		};
	}
	rows_free(r);
	if (e == ERR_OK) {
		*out_whole = pair(&all);
		*out = all;
	}
	return e;
}

/* With the rows of deltas, where there are to be deltas. */
static enum err
get_lists(struct ca *ca, const struct authority *a, struct lists *out,
    struct errinfo *ei)
{
	bool whole = false;
	struct unit u;
	enum err e = read_lists(ca, a, out, &whole, ei);

	if (e != ERR_OK || whole || authority_delta_sec(a) == 0) {
		return e;
	}
	free(out->at);
	unit_init(&u);
	unit_add(
	    &u, ST_CRL_SHARD_ADD_DELTAS, EXPECT_ANY, V_TEXT(authority_name(a)));
	e = store_submit(ca_store(ca), &u, NULL, ei);
	unit_clear(&u);
	return e == ERR_OK ? read_lists(ca, a, out, &whole, ei) : e;
}

/* The first time in this run. */
static enum err
begin(struct ca *ca, const struct authority *a, struct errinfo *ei)
{
	enum err e = add_rows(ca, a, ei);

	return e == ERR_OK && authority_delta_sec(a) == 0
		   ? remove_deltas(ca, a, ei)
		   : e;
}

/* Lists, or deltas.  One that fails does not keep the others from being made;
 * the first error is given back. */
static enum err
publish_kind(struct ca *ca, struct authority *a, struct lists *all, bool deltas,
    struct pace *pace, struct errinfo *ei)
{
	enum err e, first = ERR_OK;

	for (size_t i = 0; i < all->num; i++) {
		struct list *s = &all->at[i];
		bool due = false;

		if (s->shard.delta != deltas) {
			continue;
		}
		due = deltas ? delta_is_due(
				   a, s, ca_clock(ca), pace, &s->twin_update)
			     : list_is_due(a, s, ca_clock(ca), pace);
		if (due) {
			e = publish(ca, a, s, first == ERR_OK ? ei : NULL);
			first = first == ERR_OK ? e : first;
		}
	}
	return first;
}

/* All lists of a CA, then their deltas. */
static enum err
publish_due(
    struct ca *ca, struct authority *a, struct pace *pace, struct errinfo *ei)
{
	struct lists all = {0};
	enum err e, first;

	/* A database that was put back may have forgotten revocations. */
	if (store_held(ca_store(ca), NULL)) {
		return ERR_OK;
	}
	e = is_known(a) ? ERR_OK : begin(ca, a, ei);
	if (e == ERR_OK) {
		e = get_lists(ca, a, &all, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	first = publish_kind(ca, a, &all, false, pace, ei);
	if (authority_delta_sec(a) > 0) {
		e = publish_kind(
		    ca, a, &all, true, pace, first == ERR_OK ? ei : NULL);
		first = first == ERR_OK ? e : first;
	}
	free(all.at);
	return first;
}

static void *
publisher_run(void *arg)
{
	struct publisher *p = arg;

	(void)pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		if (!p->kicked) {
			cond_wait_ms(&p->wake, &p->lock, CRL_LOOK_MS);
		}
		p->kicked = false;
		(void)pthread_mutex_unlock(&p->lock);
		for (size_t i = 0; i < ca_num(p->o.ca); i++) {
			struct authority *a = ca_at(p->o.ca, i);
			struct errinfo ei = {0};

			if (publish_due(p->o.ca, a, &p->paces[i], &ei) !=
				ERR_OK &&
			    p->o.failed != NULL) {
				p->o.failed(p->o.arg, authority_name(a), &ei);
			}
		}
		(void)pthread_mutex_lock(&p->lock);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

static void
destroy(struct publisher *p)
{
	(void)pthread_cond_destroy(&p->wake);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

enum err
publisher_start(const struct publisher_options *o, struct publisher **out,
    struct errinfo *ei)
{
	struct publisher *p;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ca_num(o->ca); i++) {
		struct authority *a = ca_at(o->ca, i);
		struct errinfo why = {0};

		e = publish_due(o->ca, a, NULL, &why);
		/* A key that is locked or away: the others go on without it,
		 * and the thread tries again. */
		if (e == ERR_AGAIN) {
			if (o->failed != NULL) {
				o->failed(o->arg, authority_name(a), &why);
			}
			e = ERR_OK;
		} else if (e != ERR_OK && ei != NULL) {
			*ei = why;
		}
	}
	if (e != ERR_OK) {
		return e;
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL) {
		return err_nomem(ei);
	}
	p->o = *o;
	(void)pthread_mutex_init(&p->lock, NULL);
	cond_init_monotonic(&p->wake);
	if (pthread_create(&p->thread, NULL, publisher_run, p) != 0) {
		destroy(p);
		return err_set(ei, ERR_SYS, "thread.start", NULL,
		    "cannot start the publisher's thread");
	}
	*out = p;
	return ERR_OK;
}

static void
wake(struct publisher *p, bool stop)
{
	(void)pthread_mutex_lock(&p->lock);
	p->kicked = true;
	p->stop = p->stop || stop;
	(void)pthread_cond_signal(&p->wake);
	(void)pthread_mutex_unlock(&p->lock);
}

void
publisher_kick(struct publisher *p)
{
	wake(p, false);
}

void
publisher_stop(struct publisher *p)
{
	if (p == NULL) {
		return;
	}
	wake(p, true);
	(void)pthread_join(p->thread, NULL);
	destroy(p);
}
