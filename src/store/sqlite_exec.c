/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite backend: units of work and queries. */
#include <limits.h>

#include "store/rows_priv.h"
#include "store/sqlite_priv.h"
#include "store/statement_priv.h"

static enum err
step(struct sqlite_conn *c, sqlite3_stmt *stmt, const char *what,
    struct errinfo *ei)
{
	enum err err = ERR_OK;

	if (sqlite3_step(stmt) != SQLITE_DONE) {
		err = sqlite_failed(c, what, ei);
	}
	(void)sqlite3_reset(stmt);
	return err;
}

/* Migrations run before anything is prepared. */
static enum err
control(struct sqlite_conn *c, sqlite3_stmt *stmt, const char *sql,
    struct errinfo *ei)
{
	if (stmt == NULL) {
		return sqlite_run(c, sql, ei);
	}
	return step(c, stmt, sql, ei);
}

enum err
sqlite_begin(struct backend_conn *base, struct errinfo *ei)
{
	struct sqlite_conn *c = sqlite_of(base);

	return control(c, c->begin, "BEGIN IMMEDIATE", ei);
}

enum err
sqlite_mark(struct backend_conn *base, struct errinfo *ei)
{
	struct sqlite_conn *c = sqlite_of(base);

	return control(c, c->mark, "SAVEPOINT unit", ei);
}

enum err
sqlite_keep(struct backend_conn *base, struct errinfo *ei)
{
	struct sqlite_conn *c = sqlite_of(base);

	return control(c, c->keep, "RELEASE unit", ei);
}

enum err
sqlite_undo(struct backend_conn *base, struct errinfo *ei)
{
	struct sqlite_conn *c = sqlite_of(base);
	enum err err;

	err = control(c, c->undo, "ROLLBACK TO unit", ei);
	if (err != ERR_OK) {
		return err;
	}
	return control(c, c->keep, "RELEASE unit", ei);
}

enum err
sqlite_commit(struct backend_conn *base, struct errinfo *ei)
{
	struct sqlite_conn *c = sqlite_of(base);
	int code;
	enum err err;

	err = control(c, c->commit, "COMMIT", ei);
	if (err == ERR_OK) {
		return ERR_OK;
	}
	code = sqlite3_extended_errcode(c->db);
	if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) {
		/* The log holds the whole group and the kernel may or may not
		 * have written it: asking again would prove nothing. */
		return err_set(ei, ERR_TIMEOUT, "store.unknown", NULL,
		    "The disk did not confirm the database's log; whether "
		    "the last changes are kept shows after a restart.");
	}
	return err;
}

void
sqlite_rollback(struct backend_conn *base)
{
	struct sqlite_conn *c = sqlite_of(base);

	/* After some failures SQLite has rolled back by itself. */
	if (sqlite3_get_autocommit(c->db) == 0) {
		(void)sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
	}
}

static int
bind_one(sqlite3_stmt *stmt, int at, const struct value *v)
{
	/* With a NULL pointer SQLite would bind a NULL. */
	const void *p = v->bytes.len > 0 ? (const void *)v->bytes.p : "";

	switch (v->kind) {
	case VALUE_INT:
		return sqlite3_bind_int64(stmt, at, v->number);
	case VALUE_TEXT:
		return sqlite3_bind_text64(
		    stmt, at, p, v->bytes.len, SQLITE_STATIC, SQLITE_UTF8);
	case VALUE_BLOB:
	case VALUE_ID:
		return sqlite3_bind_blob64(
		    stmt, at, p, v->bytes.len, SQLITE_STATIC);
	case VALUE_NULL:
	case VALUE_NONE:
		break;
	}
	return sqlite3_bind_null(stmt, at);
}

static enum err
bind_values(struct sqlite_conn *c, sqlite3_stmt *stmt, enum statement st,
    const struct value *values, size_t num_values, struct errinfo *ei)
{
	size_t i;

	ensure(stmt != NULL && num_values < INT_MAX);
	for (i = 0; i < num_values; i++) {
		if (bind_one(stmt, (int)i + 1, &values[i]) != SQLITE_OK) {
			return sqlite_failed(c, statement_info(st)->name, ei);
		}
	}
	return ERR_OK;
}

static void
finish(sqlite3_stmt *stmt)
{
	(void)sqlite3_reset(stmt);
	(void)sqlite3_clear_bindings(stmt);
}

/* A failed step, sorted into "does not fit the data" and the rest. */
static enum err
exec_failed(struct sqlite_conn *c, enum statement st, struct errinfo *ei)
{
	const char *name = statement_info(st)->name;
	const char *text = sqlite3_errmsg(c->db);
	char rule[ERRINFO_RULE];
	int code = sqlite3_extended_errcode(c->db);

	statement_rule(st, rule);
	switch (code) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
		(void)err_set(ei, ERR_CONFLICT, rule, NULL,
		    "Statement %s: there is such a row already (%s).", name,
		    text);
		return err_object(ei, ERR_CONFLICT, "unique");
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		(void)err_set(ei, ERR_CONFLICT, rule, NULL,
		    "Statement %s refers to a row that does not exist, or "
		    "removes one that is referred to.",
		    name);
		return err_object(ei, ERR_CONFLICT, "reference");
	default:
		break;
	}
	if ((code & 0xff) == SQLITE_CONSTRAINT ||
	    (code & 0xff) == SQLITE_TOOBIG || (code & 0xff) == SQLITE_MISUSE) {
		return err_set(ei, ERR_INTERNAL, rule, NULL,
		    "Statement %s broke a rule that its caller should have "
		    "kept (%s, code %d).",
		    name, text, code);
	}
	return sqlite_failed(c, name, ei);
}

enum err
sqlite_exec(struct backend_conn *base, enum statement st, int expect,
    const struct value *values, size_t num_values, struct errinfo *ei)
{
	struct sqlite_conn *c = sqlite_of(base);
	sqlite3_stmt *stmt = c->stmts[st];
	int64_t changed;
	enum err err;

	err = bind_values(c, stmt, st, values, num_values, ei);
	if (err != ERR_OK) {
		goto out;
	}
	if (sqlite3_step(stmt) != SQLITE_DONE) {
		err = exec_failed(c, st, ei);
		goto out;
	}
	changed = sqlite3_changes64(c->db);
	if (expect >= 0 && changed != expect) {
		err = backend_rows_conflict(st, expect, changed, ei);
	}
out:
	finish(stmt);
	return err;
}

static struct value
column_value(sqlite3_stmt *stmt, int col)
{
	const void *p;

	switch (sqlite3_column_type(stmt, col)) {
	case SQLITE_INTEGER:
		return value_int(sqlite3_column_int64(stmt, col));
	case SQLITE_TEXT:
		/* The pointer first: asking for it may convert. */
		p = sqlite3_column_text(stmt, col);
		return (struct value){VALUE_TEXT, 0,
		    slice_make(p, (size_t)sqlite3_column_bytes(stmt, col))};
	case SQLITE_BLOB:
		p = sqlite3_column_blob(stmt, col);
		return value_blob(
		    slice_make(p, (size_t)sqlite3_column_bytes(stmt, col)));
	case SQLITE_NULL:
		return value_null();
	default:
		return V_NONE;
	}
}

static enum err
add_row(struct rows *rows, sqlite3_stmt *stmt, struct errinfo *ei)
{
	int col, num_cols = sqlite3_column_count(stmt);
	struct value v;
	enum err err = ERR_OK;

	for (col = 0; col < num_cols && err == ERR_OK; col++) {
		v = column_value(stmt, col);
		if (v.kind == VALUE_TEXT && v.bytes.p == NULL) {
			return err_nomem(ei);
		}
		err = rows_add(rows, &v, ei);
	}
	return err;
}

enum err
sqlite_query(struct backend_conn *base, enum statement st,
    const struct value *values, size_t num_values, struct rows **out,
    struct errinfo *ei)
{
	struct sqlite_conn *c = sqlite_of(base);
	sqlite3_stmt *stmt = c->stmts[st];
	struct rows *rows = NULL;
	enum err err;
	int rc;

	err = rows_new(st, &rows, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = bind_values(c, stmt, st, values, num_values, ei);
	while (err == ERR_OK && (rc = sqlite3_step(stmt)) != SQLITE_DONE) {
		if (rc != SQLITE_ROW) {
			err = sqlite_failed(c, statement_info(st)->name, ei);
		} else {
			err = add_row(rows, stmt, ei);
		}
	}
	finish(stmt);
	if (err != ERR_OK) {
		rows_free(rows);
		return err;
	}
	*out = rows;
	return ERR_OK;
}
