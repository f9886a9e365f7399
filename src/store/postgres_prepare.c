/* SPDX-License-Identifier: Apache-2.0 */
/* The PostgreSQL backend: the statement table, prepared and checked. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "store/postgres_priv.h"

/* Types of pg_catalog.pg_type, which never change. */
enum {
	TYPE_BYTEA = 17,
	TYPE_INT8 = 20,
	TYPE_TEXT = 25,
};

static const struct {
	const char *name;
	const char *sql;
	const char *params;
} own[] = {
    {POSTGRES_BEGIN, "BEGIN", ""},
    {POSTGRES_COMMIT, "COMMIT", ""},
    {POSTGRES_ROLLBACK, "ROLLBACK", ""},
    {POSTGRES_GROUP,
	"UPDATE surguch_schema SET group_number = $2 WHERE group_number = $1",
	"ii"},
};

void
postgres_name(enum statement st, char out[POSTGRES_NAME_SIZE])
{
	(void)snprintf(out, POSTGRES_NAME_SIZE, "s%d", (int)st);
}

static enum err
refused(const char *name, const char *why, struct errinfo *ei)
{
	return err_set(ei, ERR_STORE, "store.statement", NULL,
	    "Statement %s does not fit the database: %s.", name, why);
}

static Oid
type_of(char letter)
{
	switch (letter | 0x20) {
	case 'i':
		return TYPE_INT8;
	case 't':
		return TYPE_TEXT;
	default:
		return TYPE_BYTEA;
	}
}

static enum err
send_one(struct postgres_conn *c, const char *name, const char *sql,
    const char *params, struct errinfo *ei)
{
	Oid types[STATEMENT_PARAMS_MAX];
	size_t i, num = strlen(params);

	if (num > STATEMENT_PARAMS_MAX) {
		return refused(name, "it has too many parameters", ei);
	}
	for (i = 0; i < num; i++) {
		types[i] = type_of(params[i]);
	}
	if (PQsendPrepare(c->pg, name, sql, (int)num, types) == 0 ||
	    PQsendDescribePrepared(c->pg, name) == 0) {
		return postgres_lost(c, ei);
	}
	return ERR_OK;
}

/* A reader prepares what reads. */
static bool
is_wanted(const struct postgres_conn *c, enum statement st)
{
	return c->role == BACKEND_WRITER || statement_is_read(st);
}

static enum err
send_all(struct postgres_conn *c, struct errinfo *ei)
{
	const struct statement_info *info;
	char name[POSTGRES_NAME_SIZE];
	enum err err = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(own) && err == ERR_OK; i++) {
		err = send_one(c, own[i].name, own[i].sql, own[i].params, ei);
	}
	for (enum statement st = 0; st < ST_MAX_ && err == ERR_OK; st++) {
		if (is_wanted(c, st)) {
			info = statement_info(st);
			postgres_name(st, name);
			err = send_one(c, name, info->sql, info->params, ei);
		}
	}
	return err == ERR_OK ? postgres_sync(c, ei) : err;
}

static enum err
check_shape(const PGresult *r, const char *name, const char *params,
    const char *columns, struct errinfo *ei)
{
	size_t i, num = strlen(columns);

	if (strspn(params, "itbdITBD") != strlen(params) ||
	    strspn(columns, "itbdITBD") != num) {
		return refused(name, "its type letters are wrong", ei);
	}
	if ((size_t)PQnparams(r) != strlen(params)) {
		return refused(name, "the number of parameters differs", ei);
	}
	if ((size_t)PQnfields(r) != num) {
		return refused(name, "the number of columns differs", ei);
	}
	for (i = 0; i < num; i++) {
		if (PQftype(r, (int)i) != type_of(columns[i])) {
			return refused(
			    name, "the type of a column differs", ei);
		}
	}
	return ERR_OK;
}

/* The server's words on one of the two messages of a statement. */
static enum err
check_result(struct postgres_conn *c, const PGresult *r, const char *name,
    struct errinfo *ei)
{
	struct buf why = BUF_INIT(1024);
	enum err err;

	if (PQresultStatus(r) == PGRES_COMMAND_OK) {
		return ERR_OK;
	}
	if (r == NULL || postgres_is_end(r)) {
		return postgres_lost(c, ei);
	}
	text_escape(&why,
	    slice_str(PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY)), 200);
	err = refused(name, buf_cstr(&why), ei);
	buf_clear(&why);
	return err;
}

static enum err
take_one(struct postgres_conn *c, const char *name, const char *params,
    const char *columns, struct errinfo *ei)
{
	PGresult *prepared = postgres_take(c);
	PGresult *described = NULL;
	enum err err;

	err = check_result(c, prepared, name, ei);
	if (err == ERR_OK) {
		described = postgres_take(c);
		err = check_result(c, described, name, ei);
	}
	if (err == ERR_OK) {
		err = check_shape(described, name, params, columns, ei);
	}
	PQclear(prepared);
	PQclear(described);
	return err;
}

static enum err
take_all(struct postgres_conn *c, struct errinfo *ei)
{
	const struct statement_info *info;
	enum err err = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(own) && err == ERR_OK; i++) {
		err = take_one(c, own[i].name, own[i].params, "", ei);
	}
	for (enum statement st = 0; st < ST_MAX_ && err == ERR_OK; st++) {
		if (is_wanted(c, st)) {
			info = statement_info(st);
			err = take_one(
			    c, info->name, info->params, info->columns, ei);
		}
	}
	return err == ERR_OK ? postgres_synced(c, ei) : err;
}

/* See struct postgres_conn. */
static enum err
look_at_group(struct postgres_conn *c, struct errinfo *ei)
{
	PGresult *r = NULL;
	int64_t number;
	enum err err;

	err =
	    postgres_run(c, "SELECT group_number FROM surguch_schema", &r, ei);
	if (err != ERR_OK) {
		return err;
	}
	number = PQntuples(r) == 1 ? postgres_number(r, 0) : -1;
	PQclear(r);
	if (c->prepared && number != c->group &&
	    !(c->unsure && number == c->group + 1)) {
		return err_set(ei, ERR_STORE, "store.replaced", NULL,
		    "The database is at group %lld and was left at %lld: it "
		    "was restored, or another process has written it.  The "
		    "centre must restart.",
		    (long long)number, (long long)c->group);
	}
	c->group = number;
	c->unsure = false;
	return ERR_OK;
}

enum err
postgres_prepare(struct backend_conn *base, struct errinfo *ei)
{
	struct postgres_conn *c = postgres_of(base);
	enum err err = ERR_OK;

	if (c->role == BACKEND_WRITER) {
		err = look_at_group(c, ei);
	}
	if (err == ERR_OK && PQenterPipelineMode(c->pg) == 0) {
		err = postgres_lost(c, ei);
	}
	if (err == ERR_OK) {
		err = send_all(c, ei);
	}
	if (err == ERR_OK) {
		err = take_all(c, ei);
	}
	if (err == ERR_OK) {
		c->prepared = true;
	}
	return err;
}
