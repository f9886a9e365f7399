/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_SQLITE_PRIV_H
#define SURGUCH_STORE_SQLITE_PRIV_H
/* Shared by the files of the SQLite backend; nobody else knows SQLite. */
#include <sqlite3.h>

#include "store/backend.h"
#include "store/statement.h"

struct sqlite_conn {
	struct backend_conn base;
	enum backend_role role;
	sqlite3 *db;
	int lock_fd; /* writer: keeps other processes out; else -1 */
	sqlite3_stmt *begin;
	sqlite3_stmt *commit;
	sqlite3_stmt *mark;
	sqlite3_stmt *keep;
	sqlite3_stmt *undo;
	sqlite3_stmt *stmts[ST_MAX_];
};

static inline struct sqlite_conn *
sqlite_of(struct backend_conn *c)
{
	return (struct sqlite_conn *)c;
}

/* The connection's last failure as an errinfo: full, corrupt, memory, disk.
 * `what` was being done. */
enum err sqlite_failed(
    struct sqlite_conn *c, const char *what, struct errinfo *ei);

/* Run texts without results. */
ATTR_MUST_USE enum err sqlite_run(
    struct sqlite_conn *c, const char *sql, struct errinfo *ei);

/* sqlite_prepare.c */
ATTR_MUST_USE enum err sqlite_prepare(
    struct backend_conn *base, struct errinfo *ei);
void sqlite_unprepare(struct sqlite_conn *c);

/* sqlite_exec.c */
enum err sqlite_begin(struct backend_conn *base, struct errinfo *ei);
enum err sqlite_mark(struct backend_conn *base, struct errinfo *ei);
enum err sqlite_keep(struct backend_conn *base, struct errinfo *ei);
enum err sqlite_undo(struct backend_conn *base, struct errinfo *ei);
enum err sqlite_exec(struct backend_conn *base, enum statement st, int expect,
    const struct value *values, size_t num_values, struct errinfo *ei);
enum err sqlite_commit(struct backend_conn *base, struct errinfo *ei);
void sqlite_rollback(struct backend_conn *base);
enum err sqlite_query(struct backend_conn *base, enum statement st,
    const struct value *values, size_t num_values, struct rows **out,
    struct errinfo *ei);

#endif
