/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_POSTGRES_PRIV_H
#define SURGUCH_STORE_POSTGRES_PRIV_H
/*
 * Shared by the files of the PostgreSQL backend; nobody else knows libpq.
 *
 * A connection that is lost is made anew by whoever needs it next: for
 * away_ms from the loss on its user waits, later each call tries once.  Once
 * prepared, a connection is in libpq's pipeline mode for good.
 */
#include <libpq-fe.h>

#include "base/buf.h"
#include "base/secret.h"
#include "store/backend.h"
#include "store/rows.h"
#include "store/statement.h"

enum {
	POSTGRES_TRY_MS = 50,
	POSTGRES_SQL_MAX = 16384,
	POSTGRES_NUMBER_SIZE = 24, /* an int64_t in decimal */
};

/* What `where` begins with, before a conninfo of libpq. */
#define POSTGRES_PREFIX "postgresql:"

/* A statement that was sent, and what must come of it. */
struct postgres_sent {
	enum statement st;
	int expect;
};

struct postgres_conn {
	struct backend_conn base;
	enum backend_role role;
	PQconninfoOption *target; /* where, as the caller named it */
	struct secret password;   /* with its NUL; empty: none */
	PGconn *pg;               /* NULL while there is none */
	bool prepared;            /* is prepared, and again when made anew */
	int64_t lost_ms;          /* since when there is none */
	int64_t away_ms;

	/* The writer's: */
	/*
	 * The number of the last group that is committed for certain.  Each
	 * group writes its own with it, and only over the one before: so it
	 * shows what became of a COMMIT that nobody answered, and that nobody
	 * else has written meanwhile.
	 */
	int64_t group;
	bool unsure;  /* group + 1 may be committed */
	bool running; /* between begin() and the end of a group */
	struct postgres_sent *sent;
	size_t num_sent;
	size_t cap_sent;
};

static inline struct postgres_conn *
postgres_of(struct backend_conn *c)
{
	return (struct postgres_conn *)c;
}

/* --- postgres.c -------------------------------------------------------- */

/* Run one SQL text of our own outside the statement table (before prepare()).
 * *out, which may be NULL, becomes the result if all went well. */
ATTR_MUST_USE enum err postgres_run(struct postgres_conn *c, const char *sql,
    PGresult **out, struct errinfo *ei);
/* The number in the first row's column. */
int64_t postgres_number(const PGresult *r, int col);

/* --- postgres_error.c --------------------------------------------------- */

/* The server's refusal as an errinfo; `what` was being done.  A result that
 * says that the connection is gone, or NULL, gives postgres_lost(). */
enum err postgres_failed(struct postgres_conn *c, const PGresult *r,
    const char *what, struct errinfo *ei);
/* The same for a statement of a unit: ERR_CONFLICT and ERR_INTERNAL where it
 * does not fit the data. */
enum err postgres_exec_failed(struct postgres_conn *c, const PGresult *r,
    enum statement st, struct errinfo *ei);
/* Did this result say that the server ends the connection? */
bool postgres_is_end(const PGresult *r);
/* ERR_STORE "store.away": there is no connection, and nothing was done. */
enum err postgres_lost(struct postgres_conn *c, struct errinfo *ei);

/* --- postgres_connect.c ------------------------------------------------- */

/* The first connection.  ERR_STORE "store.open"; ERR_CONFLICT "store.locked".
 */
ATTR_MUST_USE enum err postgres_connect(
    struct postgres_conn *c, struct errinfo *ei);
/* There is a connection, prepared if one was before.  ERR_STORE "store.away";
 * "store.replaced" when the database is not the one that was left. */
ATTR_MUST_USE enum err postgres_ready(
    struct postgres_conn *c, struct errinfo *ei);
/* There is none now. */
void postgres_drop(struct postgres_conn *c);
/* The conninfo behind POSTGRES_PREFIX.  ERR_STORE "store.open". */
ATTR_MUST_USE enum err postgres_target(
    const char *text, PQconninfoOption **out, struct errinfo *ei);

/* --- postgres_prepare.c ------------------------------------------------- */

ATTR_MUST_USE enum err postgres_prepare(
    struct backend_conn *base, struct errinfo *ei);
/* What is prepared besides the statement table. */
#define POSTGRES_BEGIN    "begin"
#define POSTGRES_COMMIT   "commit"
#define POSTGRES_ROLLBACK "rollback"
#define POSTGRES_GROUP    "group"
enum {
	POSTGRES_NAME_SIZE = 16
};
void postgres_name(enum statement st, char out[POSTGRES_NAME_SIZE]);

/* --- postgres_exec.c ---------------------------------------------------- */

enum err postgres_begin(struct backend_conn *base, struct errinfo *ei);
enum err postgres_exec(struct backend_conn *base, enum statement st, int expect,
    const struct value *values, size_t num_values, struct errinfo *ei);
enum err postgres_commit(struct backend_conn *base, struct errinfo *ei);
void postgres_rollback(struct backend_conn *base);

/* --- postgres_query.c --------------------------------------------------- */

/* Put a prepared statement into the pipeline. */
ATTR_MUST_USE enum err postgres_send(struct postgres_conn *c, const char *name,
    const struct value *values, size_t num, struct errinfo *ei);
/* What the next statement in the pipeline gave; NULL without a connection. */
PGresult *postgres_take(struct postgres_conn *c);
/* Send all that is in the pipeline and ask for its end. */
ATTR_MUST_USE enum err postgres_sync(
    struct postgres_conn *c, struct errinfo *ei);
/* The end of the pipeline, past whatever is still before it. */
ATTR_MUST_USE enum err postgres_synced(
    struct postgres_conn *c, struct errinfo *ei);
enum err postgres_query(struct backend_conn *base, enum statement st,
    const struct value *values, size_t num_values, struct rows **out,
    struct errinfo *ei);

#endif
