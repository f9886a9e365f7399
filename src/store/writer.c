/* SPDX-License-Identifier: Apache-2.0 */
#include "store/writer.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "os/process.h"
#include "os/seam.h"
#include "os/systime.h"
#include "store/audit_priv.h"
#include "store/backend.h"
#include "store/store.h"

/* Lives on its submitter's stack, and is gone once `done` has been posted. */
struct submission {
	struct submission *next;
	const struct unit *unit;
	struct errinfo error;
	struct audit_position position;
	sem_t done;
};

struct writer {
	struct backend_conn *conn;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	/* Under the lock: */
	struct submission *head;
	struct submission *tail;
	size_t num_waiting;
	bool stopping;
	bool failed;
	struct audit_position committed;
	/* The thread's own: */
	struct store_stats stats;
	struct audit_position chain;
	bool unsure; /* the chain may have gone on without our knowing */
};

static const int64_t group_sizes[] = {1, 2, 4, 8, 16, UNIT_GROUP_MAX};

static const struct errinfo failed_before = {
    .kind = ERR_STORE,
    .rule = "store.failed",
    .text = "The database's disk failed before; the centre must restart.",
};

/* Does this failure concern the one unit, its transaction being whole? */
static bool
is_units_own(enum err err)
{
	return err == ERR_CONFLICT || err == ERR_INTERNAL ||
	       err == ERR_CRYPTO || err == ERR_LIMIT;
}

/* Nothing that is written after this could be relied on. */
static bool
is_fatal(const struct writer *w, const struct errinfo *ei)
{
	return (ei->kind == ERR_TIMEOUT && !w->conn->ops->outlives) ||
	       strcmp(ei->rule, "store.corrupt") == 0 ||
	       strcmp(ei->rule, "store.replaced") == 0;
}

static enum err
run_rows(struct writer *w, const struct unit *u, struct errinfo *ei)
{
	struct value values[STATEMENT_PARAMS_MAX];
	enum statement st;
	size_t i, num;
	int expect;
	enum err err;

	for (i = 0; i < unit_num_ops(u); i++) {
		unit_op(u, i, &st, &expect, values, &num);
		err = w->conn->ops->exec(w->conn, st, expect, values, num, ei);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

static enum err
run_events(struct writer *w, const struct unit *u, struct errinfo *ei)
{
	struct value values[AUDIT_VALUES];
	struct audit_event event;
	struct id writer;
	enum err err;
	size_t i;

	if (unit_chain(u, &writer)) {
		err = audit_begin(w->conn, &writer, &w->chain, ei);
		if (err != ERR_OK) {
			return err;
		}
	}
	for (i = 0; i < unit_num_events(u); i++) {
		unit_event(u, i, &event);
		err = audit_next(&w->chain, &event, values, ei);
		if (err == ERR_OK) {
			err = w->conn->ops->exec(w->conn, ST_AUDIT_INSERT,
			    EXPECT(1), values, AUDIT_VALUES, ei);
		}
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

/* One unit inside the group's transaction; its failure is in s->error. */
static enum err
run_plain(struct writer *w, struct submission *s)
{
	enum err err;

	s->error = (struct errinfo){0};
	err = run_rows(w, s->unit, &s->error);
	if (err == ERR_OK) {
		err = run_events(w, s->unit, &s->error);
	}
	if (err == ERR_OK) {
		s->position = w->chain;
	}
	return err;
}

/*
 * The same between marks: its own failure leaves no trace in the transaction;
 * what is returned is the end of the group.
 */
static enum err
run_marked(struct writer *w, struct submission *s, struct errinfo *ei)
{
	const struct backend_ops *ops = w->conn->ops;
	const struct audit_position before = w->chain;
	enum err err;

	err = ops->mark(w->conn, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = run_plain(w, s);
	if (err == ERR_OK) {
		return ops->keep(w->conn, ei);
	}
	w->chain = before;
	if (!is_units_own(err)) {
		*ei = s->error;
		return err;
	}
	return ops->undo(w->conn, ei);
}

/*
 * All units, without marks: the engine copies each page that a marked unit
 * changes, and hardly any unit fails.  One that does takes the group with it;
 * *out_own: marks would have kept it from that.
 */
static enum err
run_all(struct writer *w, struct submission **group, size_t num, bool *out_own,
    struct errinfo *ei)
{
	enum err err = ERR_OK;
	size_t i;

	*out_own = false;
	for (i = 0; i < num && err == ERR_OK; i++) {
		err = run_plain(w, group[i]);
		if (err != ERR_OK) {
			*ei = group[i]->error;
			*out_own =
			    is_units_own(err) && w->conn->ops->undo != NULL;
		}
	}
	return err;
}

/* *out_num: how many are to be committed. */
static enum err
run_each(struct writer *w, struct submission **group, size_t num,
    size_t *out_num, struct errinfo *ei)
{
	enum err err = ERR_OK;
	size_t i;

	*out_num = 0;
	for (i = 0; i < num && err == ERR_OK; i++) {
		err = run_marked(w, group[i], ei);
		if (err == ERR_OK && group[i]->error.kind == ERR_OK) {
			(*out_num)++;
		}
	}
	return err;
}

/* Where the chain ends, if that is in doubt. */
static enum err
find_chain(struct writer *w, struct errinfo *ei)
{
	enum err err;

	if (!w->unsure) {
		return ERR_OK;
	}
	err = audit_resume(w->conn, &w->chain, ei);
	if (err == ERR_OK) {
		w->unsure = false;
	}
	return err;
}

/* The whole group in one transaction. */
static enum err
run_together(
    struct writer *w, struct submission **group, size_t num, struct errinfo *ei)
{
	const struct backend_ops *ops = w->conn->ops;
	struct audit_position before;
	size_t num_good = num;
	bool own;
	enum err err;

	err = find_chain(w, ei);
	if (err == ERR_OK) {
		err = ops->begin(w->conn, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	before = w->chain;
	err = run_all(w, group, num, &own, ei);
	if (own) {
		ops->rollback(w->conn);
		w->chain = before;
		if (num == 1) {
			return ERR_OK;
		}
		err = ops->begin(w->conn, ei);
		if (err != ERR_OK) {
			return err;
		}
		err = run_each(w, group, num, &num_good, ei);
	}
	if (err == ERR_OK && num_good == 0) {
		ops->rollback(w->conn);
		return ERR_OK;
	}
	if (err == ERR_OK) {
		seam("store.before_commit");
		err = ops->commit(w->conn, ei);
	}
	if (err != ERR_OK) {
		ops->rollback(w->conn);
		w->chain = before;
		w->unsure = err == ERR_TIMEOUT;
		return err;
	}
	seam("store.after_commit");
	return ERR_OK;
}

/* The group's failure becomes that of each unit that has none of its own. */
static void
fail_all(struct submission **group, size_t num, const struct errinfo *ei)
{
	size_t i;

	for (i = 0; i < num; i++) {
		if (group[i]->error.kind == ERR_OK) {
			group[i]->error = *ei;
		}
	}
}

static void
forget_errors(struct submission **group, size_t num)
{
	size_t i;

	for (i = 0; i < num; i++) {
		group[i]->error = (struct errinfo){0};
	}
}

/* False when nothing more may be written. */
static bool
run_alone(struct writer *w, struct submission *s)
{
	struct errinfo ei = {0};

	if (run_together(w, &s, 1, &ei) == ERR_OK) {
		return true;
	}
	s->error = ei;
	return !is_fatal(w, &ei);
}

/* Nothing was done and nothing is wrong with the units. */
static bool
is_worth_another(size_t num, const struct errinfo *ei)
{
	if (ei->kind == ERR_TIMEOUT) {
		return false;
	}
	return num > 1 || strcmp(ei->rule, "store.away") == 0;
}

/* Run the group; false when nothing more may be written. */
static bool
run_group(struct writer *w, struct submission **group, size_t num)
{
	struct errinfo ei = {0};
	size_t i;

	if (run_together(w, group, num, &ei) == ERR_OK) {
		return true;
	}
	if (is_fatal(w, &ei) || !is_worth_another(num, &ei)) {
		if (num == 1) {
			group[0]->error = ei;
		}
		fail_all(group, num, &ei);
		return !is_fatal(w, &ei);
	}
	/*
	 * One unit may be what the disk had no room for, or what an engine
	 * without undo() refused; the others must not suffer from it.
	 */
	for (i = 0; i < num; i++) {
		if (!run_alone(w, group[i])) {
			forget_errors(group + i + 1, num - i - 1);
			fail_all(group + i + 1, num - i - 1, &failed_before);
			return false;
		}
	}
	return true;
}

static bool
run_measured(struct writer *w, struct submission **group, size_t num)
{
	int64_t start = systime_us();
	bool good = run_group(w, group, num);

	histogram_add(&w->stats.group_units, (int64_t)num);
	histogram_add(&w->stats.commit_us, systime_us() - start);
	if (!good) {
		atomic_fetch_add(&w->stats.failed, 1);
	}
	return good;
}

/* Up to a group's worth from the queue's head.  Under the lock. */
static size_t
take_group(struct writer *w, struct submission *group[UNIT_GROUP_MAX])
{
	size_t num = 0;

	while (w->head != NULL && num < UNIT_GROUP_MAX) {
		group[num] = w->head;
		w->head = w->head->next;
		num++;
	}
	if (w->head == NULL) {
		w->tail = NULL;
	}
	w->num_waiting -= num;
	return num;
}

static void *
writer_main(void *arg)
{
	struct submission *group[UNIT_GROUP_MAX];
	struct writer *w = arg;
	size_t i, num;
	bool good;

	thread_name("store-writer");
	ensure(pthread_mutex_lock(&w->lock) == 0);
	for (;;) {
		while (w->head == NULL && !w->stopping) {
			ensure(pthread_cond_wait(&w->wake, &w->lock) == 0);
		}
		num = take_group(w, group);
		if (num == 0) {
			break;
		}
		good = !w->failed;
		ensure(pthread_mutex_unlock(&w->lock) == 0);
		if (good) {
			good = run_measured(w, group, num);
		} else {
			fail_all(group, num, &failed_before);
		}
		ensure(pthread_mutex_lock(&w->lock) == 0);
		w->failed = !good;
		w->committed = w->chain;
		ensure(pthread_mutex_unlock(&w->lock) == 0);
		/* Not under the lock: everybody who wakes would want it. */
		for (i = 0; i < num; i++) {
			ensure(sem_post(&group[i]->done) == 0);
		}
		ensure(pthread_mutex_lock(&w->lock) == 0);
	}
	ensure(pthread_mutex_unlock(&w->lock) == 0);
	return NULL;
}

enum err
writer_start(struct backend_conn *c, const struct audit_position *chain,
    struct writer **out, struct errinfo *ei)
{
	struct writer *w;

	w = calloc(1, sizeof(*w));
	if (w == NULL) {
		return err_nomem(ei);
	}
	w->conn = c;
	w->chain = *chain;
	w->committed = *chain;
	histogram_init(
	    &w->stats.group_units, group_sizes, ARRAY_LEN(group_sizes));
	histogram_init(&w->stats.commit_us, histogram_us, histogram_us_num);
	ensure(pthread_mutex_init(&w->lock, NULL) == 0);
	ensure(pthread_cond_init(&w->wake, NULL) == 0);
	if (pthread_create(&w->thread, NULL, writer_main, w) != 0) {
		(void)pthread_cond_destroy(&w->wake);
		(void)pthread_mutex_destroy(&w->lock);
		free(w);
		return err_set(ei, ERR_SYS, "store.thread", NULL,
		    "The database's writer thread could not be started.");
	}
	*out = w;
	return ERR_OK;
}

void
writer_stop(struct writer *w)
{
	if (w == NULL) {
		return;
	}
	ensure(pthread_mutex_lock(&w->lock) == 0);
	w->stopping = true;
	ensure(pthread_cond_signal(&w->wake) == 0);
	ensure(pthread_mutex_unlock(&w->lock) == 0);
	ensure(pthread_join(w->thread, NULL) == 0);
	(void)pthread_cond_destroy(&w->wake);
	(void)pthread_mutex_destroy(&w->lock);
	free(w);
}

enum err
writer_submit(struct writer *w, const struct unit *u,
    struct audit_position *out_position, struct errinfo *ei)
{
	struct submission s = {.unit = u};

	ensure(sem_init(&s.done, 0, 0) == 0);
	ensure(pthread_mutex_lock(&w->lock) == 0);
	if (w->tail != NULL) {
		w->tail->next = &s;
	} else {
		w->head = &s;
		ensure(pthread_cond_signal(&w->wake) == 0);
	}
	w->tail = &s;
	w->num_waiting++;
	ensure(pthread_mutex_unlock(&w->lock) == 0);
	while (sem_wait(&s.done) != 0) {
		ensure(errno == EINTR);
	}
	(void)sem_destroy(&s.done);

	if (s.error.kind != ERR_OK) {
		if (ei != NULL) {
			*ei = s.error;
		}
		return s.error.kind;
	}
	if (out_position != NULL) {
		*out_position = s.position;
	}
	return ERR_OK;
}

void
writer_position(struct writer *w, struct audit_position *out)
{
	ensure(pthread_mutex_lock(&w->lock) == 0);
	*out = w->committed;
	ensure(pthread_mutex_unlock(&w->lock) == 0);
}

enum err
writer_check(struct writer *w, struct errinfo *ei)
{
	bool failed;

	ensure(pthread_mutex_lock(&w->lock) == 0);
	failed = w->failed;
	ensure(pthread_mutex_unlock(&w->lock) == 0);
	if (failed && ei != NULL) {
		*ei = failed_before;
	}
	return failed ? failed_before.kind : ERR_OK;
}

size_t
writer_num_waiting(struct writer *w)
{
	size_t num;

	ensure(pthread_mutex_lock(&w->lock) == 0);
	num = w->num_waiting;
	ensure(pthread_mutex_unlock(&w->lock) == 0);
	return num;
}

const struct store_stats *
writer_stats(const struct writer *w)
{
	return &w->stats;
}
