/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "store/audit_priv.h"
#include "store/backend.h"
#include "store/migrate.h"
#include "store/migrations_priv.h"
#include "store/statement_priv.h"
#include "store/store_priv.h"
#include "store/writer.h"

struct store {
	const struct backend_ops *ops;
	struct backend_conn *conn; /* the writer's */
	struct writer *writer;
	pthread_mutex_t lock;
	pthread_cond_t back; /* a reader is idle again */
	pthread_cond_t none; /* the last caller left */
	struct backend_conn **idle;
	size_t num_idle;
	size_t num_inside;   /* calls under way */
	struct errinfo held; /* kind is ERR_OK while nothing holds it */
	bool has_mender;
	pthread_t mender;
	store_seen *seen; /* NULL: nobody watches */
	void *seen_arg;
};

static enum err
open_readers(struct store *s, const char *where,
    const struct store_options *options, struct errinfo *ei)
{
	size_t num = options->num_readers;
	struct backend_conn *c;
	enum err err;

	if (num == 0) {
		num = STORE_READERS;
	}
	s->idle = calloc(num, sizeof(struct backend_conn *));
	if (s->idle == NULL) {
		return err_nomem(ei);
	}
	while (s->num_idle < num) {
		c = NULL;
		err = s->ops->open(where, options, BACKEND_READER, &c, ei);
		if (err != ERR_OK) {
			return err;
		}
		s->idle[s->num_idle] = c;
		s->num_idle++;
		err = s->ops->prepare(c, ei);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

static enum err
open_all(struct store *s, const char *where,
    const struct store_options *options, const struct migration *list,
    size_t num, struct errinfo *ei)
{
	struct audit_position chain;
	enum err err;

	err = s->ops->open(where, options, BACKEND_WRITER, &s->conn, ei);
	if (err == ERR_OK) {
		err = migrate(s->conn, list, num, ei);
	}
	if (err == ERR_OK) {
		err = s->ops->prepare(s->conn, ei);
	}
	if (err == ERR_OK) {
		err = audit_open(s->conn, &chain, ei);
	}
	if (err == ERR_OK) {
		err = open_readers(s, where, options, ei);
	}
	if (err == ERR_OK) {
		err = writer_start(s->conn, &chain, &s->writer, ei);
	}
	return err;
}

enum err
store_open_migrations(const char *where, const struct store_options *options,
    const struct migration *list, size_t num, struct store **out,
    struct errinfo *ei)
{
	static const struct store_options plain = {0};
	struct store *s;
	enum err err;

	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		return err_nomem(ei);
	}
	s->ops = backend_of(where);
	ensure(pthread_mutex_init(&s->lock, NULL) == 0);
	ensure(pthread_cond_init(&s->back, NULL) == 0);
	ensure(pthread_cond_init(&s->none, NULL) == 0);
	err = open_all(
	    s, where, options != NULL ? options : &plain, list, num, ei);
	if (err != ERR_OK) {
		store_close(s);
		return err;
	}
	*out = s;
	return ERR_OK;
}

enum err
store_open(const char *where, const struct store_options *options,
    struct store **out, struct errinfo *ei)
{
	const struct migration *list;
	size_t num;

	list = migrations(&num);
	return store_open_migrations(where, options, list, num, out, ei);
}

void
store_close(struct store *s)
{
	size_t i;

	if (s == NULL) {
		return;
	}
	ensure(pthread_mutex_lock(&s->lock) == 0);
	while (s->num_inside > 0) {
		ensure(pthread_cond_wait(&s->none, &s->lock) == 0);
	}
	ensure(pthread_mutex_unlock(&s->lock) == 0);
	writer_stop(s->writer);
	for (i = 0; i < s->num_idle; i++) {
		s->ops->close(s->idle[i]);
	}
	free(s->idle);
	s->ops->close(s->conn);
	(void)pthread_cond_destroy(&s->back);
	(void)pthread_cond_destroy(&s->none);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}

static void
enter(struct store *s)
{
	ensure(pthread_mutex_lock(&s->lock) == 0);
	s->num_inside++;
	ensure(pthread_mutex_unlock(&s->lock) == 0);
}

/* Under the lock. */
static void
leave_locked(struct store *s)
{
	s->num_inside--;
	if (s->num_inside == 0) {
		ensure(pthread_cond_signal(&s->none) == 0);
	}
}

static void
leave(struct store *s)
{
	ensure(pthread_mutex_lock(&s->lock) == 0);
	leave_locked(s);
	ensure(pthread_mutex_unlock(&s->lock) == 0);
}

void
store_hold(struct store *s, const struct errinfo *why)
{
	ensure(pthread_mutex_lock(&s->lock) == 0);
	if (s->held.kind == ERR_OK) {
		s->held = *why;
		s->held.kind = ERR_AGAIN;
	}
	ensure(pthread_mutex_unlock(&s->lock) == 0);
}

bool
store_held(struct store *s, struct errinfo *out_why)
{
	bool held;

	ensure(pthread_mutex_lock(&s->lock) == 0);
	held = s->held.kind != ERR_OK;
	if (held && out_why != NULL) {
		*out_why = s->held;
	}
	ensure(pthread_mutex_unlock(&s->lock) == 0);
	return held;
}

void
store_mend(struct store *s, bool on)
{
	ensure(pthread_mutex_lock(&s->lock) == 0);
	s->has_mender = on;
	s->mender = pthread_self();
	ensure(pthread_mutex_unlock(&s->lock) == 0);
}

static bool
is_mender(struct store *s)
{
	bool is;

	ensure(pthread_mutex_lock(&s->lock) == 0);
	is = s->has_mender && pthread_equal(s->mender, pthread_self());
	ensure(pthread_mutex_unlock(&s->lock) == 0);
	return is;
}

static enum err
check_held(struct store *s, struct errinfo *ei)
{
	struct errinfo why;

	if (!store_held(s, &why) || is_mender(s)) {
		return ERR_OK;
	}
	if (ei != NULL) {
		*ei = why;
	}
	return why.kind;
}

enum err
store_ready(struct store *s, struct errinfo *ei)
{
	enum err err = check_held(s, ei);

	return err == ERR_OK ? writer_check(s->writer, ei) : err;
}

void
store_watch(struct store *s, store_seen *seen, void *arg)
{
	ensure(pthread_mutex_lock(&s->lock) == 0);
	s->seen = seen;
	s->seen_arg = arg;
	ensure(pthread_mutex_unlock(&s->lock) == 0);
}

static void
tell(struct store *s, const struct unit *u)
{
	store_seen *seen;
	void *arg;

	ensure(pthread_mutex_lock(&s->lock) == 0);
	seen = s->seen;
	arg = s->seen_arg;
	ensure(pthread_mutex_unlock(&s->lock) == 0);
	if (seen != NULL) {
		seen(arg, u);
	}
}

enum err
store_submit(struct store *s, struct unit *u,
    struct audit_position *out_position, struct errinfo *ei)
{
	enum err err = unit_err(u, ei);

	if (err == ERR_OK) {
		err = check_held(s, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	enter(s);
	err = writer_submit(s->writer, u, out_position, ei);
	if (err == ERR_OK || err == ERR_TIMEOUT) {
		tell(s, u);
	}
	leave(s);
	return err;
}

bool
store_failed(struct store *s)
{
	return writer_check(s->writer, NULL) != ERR_OK;
}

void
store_audit_position(struct store *s, struct audit_position *out)
{
	writer_position(s->writer, out);
}

const struct store_stats *
store_stats(const struct store *s)
{
	return writer_stats(s->writer);
}

size_t
store_num_waiting(struct store *s)
{
	return writer_num_waiting(s->writer);
}

static struct backend_conn *
take_reader(struct store *s)
{
	struct backend_conn *c;

	ensure(pthread_mutex_lock(&s->lock) == 0);
	s->num_inside++;
	while (s->num_idle == 0) {
		ensure(pthread_cond_wait(&s->back, &s->lock) == 0);
	}
	s->num_idle--;
	c = s->idle[s->num_idle];
	ensure(pthread_mutex_unlock(&s->lock) == 0);
	return c;
}

static void
give_reader(struct store *s, struct backend_conn *c)
{
	ensure(pthread_mutex_lock(&s->lock) == 0);
	s->idle[s->num_idle] = c;
	s->num_idle++;
	/* One reader is for one waiter. */
	ensure(pthread_cond_signal(&s->back) == 0);
	leave_locked(s);
	ensure(pthread_mutex_unlock(&s->lock) == 0);
}

enum err
store_query_values(struct store *s, enum statement st,
    const struct value *values, size_t num_values, struct rows **out,
    struct errinfo *ei)
{
	struct backend_conn *c;
	enum err err;

	err = statement_check(st, values, &num_values, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (!statement_is_read(st)) {
		return err_set(ei, ERR_INTERNAL, "store.unit", NULL,
		    "Statement %s changes; it belongs into a unit of work.",
		    statement_info(st)->name);
	}
	c = take_reader(s);
	err = s->ops->query(c, st, values, num_values, out, ei);
	give_reader(s, c);
	return err;
}

enum err
store_query_one_values(struct store *s, enum statement st,
    const struct value *values, size_t num_values, struct rows **out,
    struct errinfo *ei)
{
	char rule[ERRINFO_RULE];
	struct rows *rows = NULL;
	enum err err;

	err = store_query_values(s, st, values, num_values, &rows, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (rows_num(rows) == 1) {
		*out = rows;
		return ERR_OK;
	}
	statement_rule(st, rule);
	if (rows_num(rows) == 0) {
		err = err_set(ei, ERR_NOTFOUND, rule, NULL,
		    "Statement %s finds no row.", statement_info(st)->name);
	} else {
		err = err_set(ei, ERR_INTERNAL, rule, NULL,
		    "Statement %s finds %zu rows where there can be one.",
		    statement_info(st)->name, rows_num(rows));
	}
	rows_free(rows);
	return err;
}

enum err
store_copy(struct store *s, const char *path, struct errinfo *ei)
{
	struct backend_conn *c;
	enum err err;

	if (s->ops->copy == NULL) {
		return err_set(ei, ERR_UNSUPPORTED, "store.copy", NULL,
		    "The database is copied with its own programs (pg_dump); "
		    "give the copy to surguchctl backup with --database.");
	}
	c = take_reader(s);
	err = s->ops->copy(c, path, ei);
	give_reader(s, c);
	return err;
}
