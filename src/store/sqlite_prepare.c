/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite backend: the statement table, prepared and checked. */
#include <string.h>

#include "base/buf.h"
#include "store/sqlite_priv.h"

enum {
	SQL_TEXT_MAX = 8192
};

/* $1 reads ?1 here: SQLite numbers $-names by their first appearance. */
static void
translate(const char *sql, struct buf *out)
{
	const char *at;

	for (at = sql; *at != '\0'; at++) {
		if (at[0] == '$' && at[1] >= '1' && at[1] <= '9') {
			buf_add_u8(out, '?');
		} else {
			buf_add_u8(out, (uint8_t)*at);
		}
	}
}

static enum err
refused(const char *name, const char *why, struct errinfo *ei)
{
	return err_set(ei, ERR_STORE, "store.statement", NULL,
	    "Statement %s does not fit the database: %s.", name, why);
}

static enum err
prepare_text(struct sqlite_conn *c, const char *name, const char *sql,
    sqlite3_stmt **out, struct errinfo *ei)
{
	const char *rest = NULL;
	int rc;

	rc = sqlite3_prepare_v3(
	    c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, &rest);
	if (rc == SQLITE_ERROR) {
		return refused(name, sqlite3_errmsg(c->db), ei);
	}
	if (rc != SQLITE_OK) {
		return sqlite_failed(c, name, ei);
	}
	if (*out == NULL || rest == NULL || *rest != '\0') {
		return refused(name, "it is not exactly one statement", ei);
	}
	return ERR_OK;
}

/* What the schema says of a column that comes straight from a table. */
static bool
column_fits(sqlite3_stmt *stmt, int col, char type)
{
	const char *declared = sqlite3_column_decltype(stmt, col);

	if (declared == NULL) {
		return true;
	}
	switch (type | 0x20) {
	case 'i':
		return strcmp(declared, "INTEGER") == 0;
	case 't':
		return strcmp(declared, "TEXT") == 0;
	case 'b':
	case 'd':
		return strcmp(declared, "BLOB") == 0;
	default:
		return false;
	}
}

static enum err
check_shape(sqlite3_stmt *stmt, enum statement st, struct errinfo *ei)
{
	const struct statement_info *info = statement_info(st);
	int col, num_cols = sqlite3_column_count(stmt);

	if (strspn(info->params, "itbdITBD") != strlen(info->params) ||
	    strspn(info->columns, "itbdITBD") != strlen(info->columns) ||
	    strlen(info->params) > STATEMENT_PARAMS_MAX) {
		return refused(info->name, "its type letters are wrong", ei);
	}
	if ((size_t)sqlite3_bind_parameter_count(stmt) !=
	    strlen(info->params)) {
		return refused(
		    info->name, "the number of parameters differs", ei);
	}
	if ((size_t)num_cols != strlen(info->columns)) {
		return refused(info->name, "the number of columns differs", ei);
	}
	if ((sqlite3_stmt_readonly(stmt) != 0) != statement_is_read(st)) {
		return refused(info->name,
		    "reading begins with SELECT and changes nothing", ei);
	}
	for (col = 0; col < num_cols; col++) {
		if (!column_fits(stmt, col, info->columns[col])) {
			return refused(
			    info->name, "the type of a column differs", ei);
		}
	}
	return ERR_OK;
}

/* `sql` is room for the text. */
static enum err
prepare_one(struct sqlite_conn *c, enum statement st, struct buf *sql,
    struct errinfo *ei)
{
	const struct statement_info *info = statement_info(st);
	enum err err;

	buf_reset(sql);
	translate(info->sql, sql);
	err = buf_err(sql, ei);
	if (err == ERR_OK) {
		err = prepare_text(
		    c, info->name, buf_cstr(sql), &c->stmts[st], ei);
	}
	if (err == ERR_OK) {
		err = check_shape(c->stmts[st], st, ei);
	}
	return err;
}

enum err
sqlite_prepare(struct backend_conn *base, struct errinfo *ei)
{
	struct sqlite_conn *c = sqlite_of(base);
	const struct {
		const char *sql;
		sqlite3_stmt **out;
	} control[] = {
	    {"BEGIN IMMEDIATE", &c->begin},
	    {"COMMIT", &c->commit},
	    {"SAVEPOINT unit", &c->mark},
	    {"RELEASE unit", &c->keep},
	    {"ROLLBACK TO unit", &c->undo},
	};
	struct buf sql = BUF_INIT(SQL_TEXT_MAX);
	enum statement st;
	enum err err = ERR_OK;
	size_t i;

	for (st = 0; st < ST_MAX_ && err == ERR_OK; st++) {
		if (c->role == BACKEND_WRITER || statement_is_read(st)) {
			err = prepare_one(c, st, &sql, ei);
		}
	}
	buf_clear(&sql);
	if (c->role == BACKEND_READER) {
		return err;
	}
	for (i = 0; i < ARRAY_LEN(control) && err == ERR_OK; i++) {
		err = prepare_text(
		    c, control[i].sql, control[i].sql, control[i].out, ei);
	}
	return err;
}

void
sqlite_unprepare(struct sqlite_conn *c)
{
	size_t i;

	for (i = 0; i < ST_MAX_; i++) {
		(void)sqlite3_finalize(c->stmts[i]);
	}
	(void)sqlite3_finalize(c->begin);
	(void)sqlite3_finalize(c->commit);
	(void)sqlite3_finalize(c->mark);
	(void)sqlite3_finalize(c->keep);
	(void)sqlite3_finalize(c->undo);
}
