/* SPDX-License-Identifier: Apache-2.0 */
/* The PostgreSQL backend: connecting, and connecting again. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "os/socket.h"
#include "os/systime.h"
#include "os/wait.h"
#include "store/postgres_priv.h"

enum {
	SERVER_VERSION_MIN = 130000,
	LOCK_WAIT_MS = 3000, /* a predecessor's session may take so long */
	PARAMS_MAX = 24,
	MESSAGE_MAX = 200,
	MESSAGE_BYTES = 4 * MESSAGE_MAX + 8, /* escaped */
	LOCK_CLASS = BACKEND_APPLICATION_ID,
	LOCK_WRITER = 1,
};

/*
 * What the server is to do for us, whatever its configuration says.
 * synchronous_commit: a commit returns when the log is on the disk.  The
 * planner: every statement is written for an index, and planned once.
 */
#define OPTIONS                                                                \
	"-c synchronous_commit=on -c search_path=public "                      \
	"-c client_min_messages=error -c statement_timeout=0 "                 \
	"-c idle_session_timeout=0 -c idle_in_transaction_session_timeout=0 "  \
	"-c jit=off -c plan_cache_mode=force_generic_plan "                    \
	"-c enable_seqscan=off"
static const char writer_options[] = OPTIONS;
static const char reader_options[] =
    OPTIONS " -c default_transaction_read_only=on";

static int64_t
now_ms(void)
{
	const struct clock clock = system_clock();

	return clock_mono_ms(&clock);
}

/* --- where -------------------------------------------------------------- */

static enum err
bad_target(const char *why, struct errinfo *ei)
{
	return err_set(ei, ERR_STORE, "store.open", NULL,
	    "The place of the PostgreSQL database: %s.", why);
}

/*
 * Nothing may be left to defaults, which libpq would take from files and the
 * environment; and nothing may cross a network, which would need TLS and the
 * files that come with it behind front's walls.
 */
static enum err
check_target(const PQconninfoOption *o, struct errinfo *ei)
{
	bool has_place = false, has_name = false, has_user = false;

	for (; o->keyword != NULL; o++) {
		if (o->val == NULL) {
			continue;
		}
		if (strcmp(o->keyword, "host") == 0) {
			if (o->val[0] != '/') {
				return bad_target(
				    "host is the directory of a socket", ei);
			}
			has_place = true;
		} else if (strcmp(o->keyword, "hostaddr") == 0) {
			if (!socket_is_loopback(o->val)) {
				return bad_target(
				    "hostaddr is an address of the loopback",
				    ei);
			}
			has_place = true;
		} else if (strcmp(o->keyword, "dbname") == 0) {
			has_name = true;
		} else if (strcmp(o->keyword, "user") == 0) {
			has_user = true;
		} else if (strcmp(o->keyword, "port") != 0) {
			return bad_target("it has host or hostaddr, port, "
					  "dbname and user, and nothing else",
			    ei);
		}
	}
	if (!has_place || !has_name || !has_user) {
		return bad_target(
		    "it needs host or hostaddr, dbname and user", ei);
	}
	return ERR_OK;
}

enum err
postgres_target(const char *text, PQconninfoOption **out, struct errinfo *ei)
{
	PQconninfoOption *o = PQconninfoParse(text, NULL);
	enum err err;

	if (o == NULL) {
		return bad_target("it is no list of keyword=value", ei);
	}
	err = check_target(o, ei);
	if (err != ERR_OK) {
		PQconninfoFree(o);
		return err;
	}
	*out = o;
	return ERR_OK;
}

/* --- one try ------------------------------------------------------------ */

static void
ignore_notice(void *arg, const PGresult *r)
{
	(void)arg;
	(void)r;
}

struct params {
	const char *keywords[PARAMS_MAX];
	const char *values[PARAMS_MAX];
	size_t num;
};

static void
add_param(struct params *p, const char *keyword, const char *value)
{
	ensure(p->num + 1 < PARAMS_MAX);
	p->keywords[p->num] = keyword;
	p->values[p->num] = value;
	p->num++;
}

/* What cannot be connected now, but perhaps in a moment. */
static enum err
not_connected(struct postgres_conn *c, const char *why, struct errinfo *ei)
{
	struct buf text = BUF_INIT(MESSAGE_BYTES);
	enum err err;

	text_escape(&text, slice_str(why), MESSAGE_MAX);
	err = err_set(ei, ERR_STORE,
	    c->lost_ms == 0 ? "store.open" : "store.away", NULL,
	    "The PostgreSQL server cannot be reached: %s", buf_cstr(&text));
	buf_clear(&text);
	return err;
}

static enum err
dial(struct postgres_conn *c, struct errinfo *ei)
{
	const PQconninfoOption *o;
	struct params p = {.num = 0};

	for (o = c->target; o->keyword != NULL; o++) {
		if (o->val != NULL) {
			add_param(&p, o->keyword, o->val);
		}
	}
	if (c->password.len > 0) {
		add_param(&p, "password", (const char *)c->password.p);
	}
	/* No file is asked for a password, and no library for a ticket. */
	add_param(&p, "passfile", "/nonexistent");
	add_param(&p, "sslmode", "disable");
	add_param(&p, "gssencmode", "disable");
	add_param(&p, "connect_timeout", "5");
	add_param(&p, "client_encoding", "UTF8");
	add_param(&p, "application_name", "surguch");
	add_param(&p, "options",
	    c->role == BACKEND_WRITER ? writer_options : reader_options);
	c->pg = PQconnectdbParams(p.keywords, p.values, 0);
	if (c->pg == NULL) {
		return err_nomem(ei);
	}
	if (PQstatus(c->pg) != CONNECTION_OK) {
		return not_connected(c, PQerrorMessage(c->pg), ei);
	}
	(void)PQsetNoticeReceiver(c->pg, ignore_notice, NULL);
	return ERR_OK;
}

static enum err
unfit(const char *why, struct errinfo *ei)
{
	return err_set(ei, ERR_STORE, "store.open", NULL,
	    "The PostgreSQL server does not do: %s.", why);
}

static enum err
check_server(struct postgres_conn *c, struct errinfo *ei)
{
	const char *encoding = PQparameterStatus(c->pg, "server_encoding");
	PGresult *r = NULL;
	enum err err;

	if (PQserverVersion(c->pg) < SERVER_VERSION_MIN) {
		return unfit("it is older than version 13", ei);
	}
	if (encoding == NULL || strcmp(encoding, "UTF8") != 0) {
		return unfit("the database's encoding is not UTF8", ei);
	}
	err = postgres_run(c,
	    "SELECT (current_setting('fsync') = 'on')::int, "
	    "pg_is_in_recovery()::int",
	    &r, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (postgres_number(r, 0) != 1) {
		err = unfit("its setting fsync is off, so that what it has "
			    "acknowledged may be lost",
		    ei);
	} else if (postgres_number(r, 1) != 0) {
		err = not_connected(c, "it is a standby at the moment", ei);
	}
	PQclear(r);
	return err;
}

/*
 * One writer: a lock of the session.  Who gets it knows besides that the
 * session that had it before has ended, with whatever it had under way.
 */
static enum err
lock(struct postgres_conn *c, struct errinfo *ei)
{
	char sql[96];
	PGresult *r = NULL;
	bool got;
	enum err err;

	(void)snprintf(sql, sizeof(sql),
	    "SELECT pg_try_advisory_lock(%d, %d)::int", (int)LOCK_CLASS,
	    (int)LOCK_WRITER);
	err = postgres_run(c, sql, &r, ei);
	if (err != ERR_OK) {
		return err;
	}
	got = postgres_number(r, 0) == 1;
	PQclear(r);
	if (!got) {
		return err_set(ei, ERR_CONFLICT, "store.locked", NULL,
		    "Another process has the database open.");
	}
	return ERR_OK;
}

void
postgres_drop(struct postgres_conn *c)
{
	if (c->pg != NULL) {
		PQfinish(c->pg);
		c->pg = NULL;
		c->lost_ms = now_ms();
	}
	c->running = false;
	c->num_sent = 0;
}

static void
hang_up(struct postgres_conn *c)
{
	PQfinish(c->pg);
	c->pg = NULL;
}

static enum err
try_once(struct postgres_conn *c, struct errinfo *ei)
{
	const int64_t lost_ms = c->lost_ms;
	enum err err;

	err = dial(c, ei);
	if (err == ERR_OK) {
		err = check_server(c, ei);
	}
	if (err == ERR_OK && c->role == BACKEND_WRITER) {
		err = lock(c, ei);
	}
	if (err == ERR_OK && c->prepared) {
		err = postgres_prepare(&c->base, ei);
	}
	if (err != ERR_OK) {
		hang_up(c);
		c->lost_ms = lost_ms; /* what failed meanwhile was no loss */
	}
	return err;
}

/* --- until it works ----------------------------------------------------- */

enum err
postgres_connect(struct postgres_conn *c, struct errinfo *ei)
{
	const int64_t until = now_ms() + LOCK_WAIT_MS;
	enum err err;

	while ((err = try_once(c, ei)) == ERR_CONFLICT && now_ms() < until) {
		sleep_ms(POSTGRES_TRY_MS);
	}
	return err;
}

/* A server that starts or stops refuses in ever new words: whatever it says
 * may pass, but not that the database is another one. */
static bool
may_pass(const struct errinfo *ei)
{
	return (ei->kind == ERR_STORE || ei->kind == ERR_CONFLICT) &&
	       strcmp(ei->rule, "store.replaced") != 0;
}

enum err
postgres_ready(struct postgres_conn *c, struct errinfo *ei)
{
	struct errinfo why = {0};
	enum err err;

	if (c->pg != NULL && PQstatus(c->pg) == CONNECTION_OK) {
		return ERR_OK;
	}
	postgres_drop(c);
	while ((err = try_once(c, &why)) != ERR_OK && may_pass(&why) &&
	       now_ms() - c->lost_ms < c->away_ms) {
		sleep_ms(POSTGRES_TRY_MS);
	}
	if (err == ERR_OK) {
		return ERR_OK;
	}
	if (err == ERR_CONFLICT) {
		return err_set(ei, ERR_STORE, "store.away", NULL,
		    "The connection to the database was lost, and another "
		    "process has it open now.");
	}
	if (ei != NULL) {
		*ei = why;
	}
	return err;
}
