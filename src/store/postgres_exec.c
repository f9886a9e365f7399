/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PostgreSQL backend: groups.  BEGIN, all statements of all units and the
 * group's number go out without waiting; then every count of rows is looked
 * at, and only then COMMIT is sent.  So a group costs two round trips however
 * many statements it has.
 */
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "os/seam.h"
#include "store/postgres_priv.h"

enum err
postgres_begin(struct backend_conn *base, struct errinfo *ei)
{
	struct postgres_conn *c = postgres_of(base);
	enum err err;

	err = postgres_ready(c, ei);
	if (err != ERR_OK) {
		return err;
	}
	c->num_sent = 0;
	c->running = true;
	if (!c->prepared) { /* a migration */
		return postgres_run(c, "BEGIN", NULL, ei);
	}
	return postgres_send(c, POSTGRES_BEGIN, NULL, 0, ei);
}

enum err
postgres_exec(struct backend_conn *base, enum statement st, int expect,
    const struct value *values, size_t num_values, struct errinfo *ei)
{
	struct postgres_conn *c = postgres_of(base);
	char name[POSTGRES_NAME_SIZE];
	struct postgres_sent *p;
	size_t cap;
	enum err err;

	if (c->num_sent == c->cap_sent) {
		cap = c->cap_sent > 0 ? c->cap_sent * 2 : UNIT_STATEMENTS_MAX;
		p = realloc(c->sent, cap * sizeof(*p));
		if (p == NULL) {
			return err_nomem(ei);
		}
		c->sent = p;
		c->cap_sent = cap;
	}
	postgres_name(st, name);
	err = postgres_send(c, name, values, num_values, ei);
	if (err != ERR_OK) {
		return err;
	}
	c->sent[c->num_sent] = (struct postgres_sent){st, expect};
	c->num_sent++;
	return ERR_OK;
}

/* Only over the number before: see struct postgres_conn. */
static enum err
send_group(struct postgres_conn *c, struct errinfo *ei)
{
	const struct value numbers[] = {V_INT(c->group), V_INT(c->group + 1)};
	enum err err;

	err = postgres_send(c, POSTGRES_GROUP, numbers, ARRAY_LEN(numbers), ei);
	return err == ERR_OK ? postgres_sync(c, ei) : err;
}

static int64_t
num_changed(PGresult *r)
{
	return strtoll(PQcmdTuples(r), NULL, 10);
}

static enum err
check_sent(struct postgres_conn *c, PGresult *r,
    const struct postgres_sent *sent, struct errinfo *ei)
{
	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		return postgres_exec_failed(c, r, sent->st, ei);
	}
	if (sent->expect >= 0 && num_changed(r) != sent->expect) {
		return backend_rows_conflict(
		    sent->st, sent->expect, num_changed(r), ei);
	}
	return ERR_OK;
}

static enum err
check_group(struct postgres_conn *c, PGresult *r, struct errinfo *ei)
{
	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		return postgres_failed(c, r, POSTGRES_GROUP, ei);
	}
	if (num_changed(r) != 1) {
		return err_set(ei, ERR_STORE, "store.replaced", NULL,
		    "Somebody else has written the database since group "
		    "%lld.  The centre must restart.",
		    (long long)c->group);
	}
	return ERR_OK;
}

/* Every count of rows, in the order of sending. */
static enum err
check_all(struct postgres_conn *c, struct errinfo *ei)
{
	PGresult *r = postgres_take(c);
	enum err err = ERR_OK;

	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		err = postgres_failed(c, r, POSTGRES_BEGIN, ei);
	}
	PQclear(r);
	for (size_t i = 0; i < c->num_sent && err == ERR_OK; i++) {
		r = postgres_take(c);
		err = check_sent(c, r, &c->sent[i], ei);
		PQclear(r);
	}
	if (err == ERR_OK) {
		r = postgres_take(c);
		err = check_group(c, r, ei);
		PQclear(r);
	}
	if (err == ERR_OK) {
		return postgres_synced(c, ei);
	}
	if (c->pg != NULL) {
		/* What follows on a failure says nothing more. */
		(void)(postgres_synced(c, NULL) == ERR_OK);
	}
	return err;
}

/* COMMIT was sent, and the connection lost before an answer came. */
static enum err
find_out(struct postgres_conn *c, struct errinfo *ei)
{
	const int64_t mine = c->group + 1;
	struct errinfo why = {0};
	enum err err;

	c->unsure = true;
	postgres_drop(c);
	err = postgres_ready(c, &why);
	if (err == ERR_OK && c->group == mine) {
		return ERR_OK;
	}
	if (err == ERR_OK) {
		return err_set(ei, ERR_STORE, "store.away", NULL,
		    "The database's server ended before it had committed; "
		    "nothing of this was kept.");
	}
	if (strcmp(why.rule, "store.replaced") == 0) {
		if (ei != NULL) {
			*ei = why;
		}
		return err;
	}
	return err_set(ei, ERR_TIMEOUT, "store.unknown", NULL,
	    "The database's server ended while it committed, and has not come "
	    "back in time; whether the last changes are kept shows when it "
	    "does.");
}

static enum err
end_group(struct postgres_conn *c, struct errinfo *ei)
{
	bool good, lost;
	PGresult *r;
	enum err err = ERR_OK;

	if (postgres_send(c, POSTGRES_COMMIT, NULL, 0, NULL) != ERR_OK ||
	    postgres_sync(c, NULL) != ERR_OK) {
		return find_out(c, ei);
	}
	r = postgres_take(c);
	good = PQresultStatus(r) == PGRES_COMMAND_OK &&
	       strcmp(PQcmdStatus(r), "COMMIT") == 0;
	lost = !good && (r == NULL || postgres_is_end(r) ||
			    PQstatus(c->pg) != CONNECTION_OK);
	if (!good && !lost) {
		err = postgres_failed(c, r, POSTGRES_COMMIT, ei);
	}
	PQclear(r);
	if (lost) {
		return find_out(c, ei);
	}
	if (good) {
		c->group++;
	}
	/* Committed it is, whatever becomes of the connection. */
	(void)(postgres_synced(c, NULL) == ERR_OK);
	c->running = false;
	return err;
}

enum err
postgres_commit(struct backend_conn *base, struct errinfo *ei)
{
	struct postgres_conn *c = postgres_of(base);
	enum err err;

	if (!c->prepared) {
		c->running = false;
		return postgres_run(c, "COMMIT", NULL, ei);
	}
	err = send_group(c, ei);
	if (err == ERR_OK) {
		err = check_all(c, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	seam("store.checked");
	return end_group(c, ei);
}

void
postgres_rollback(struct backend_conn *base)
{
	struct postgres_conn *c = postgres_of(base);

	if (c->pg == NULL || !c->running) {
		return;
	}
	c->running = false;
	if (!c->prepared) {
		(void)(postgres_run(c, "ROLLBACK", NULL, NULL) == ERR_OK);
		return;
	}
	if (postgres_send(c, POSTGRES_ROLLBACK, NULL, 0, NULL) == ERR_OK &&
	    postgres_sync(c, NULL) == ERR_OK) {
		(void)(postgres_synced(c, NULL) == ERR_OK);
	}
}
