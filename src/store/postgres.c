/* SPDX-License-Identifier: Apache-2.0 */
/* The PostgreSQL backend: opening, closing, schema. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "store/postgres_priv.h"
#include "store/store.h"

/* --- SQL of our own ------------------------------------------------------ */

enum err
postgres_run(struct postgres_conn *c, const char *sql, PGresult **out,
    struct errinfo *ei)
{
	PGresult *r = PQexec(c->pg, sql);
	ExecStatusType status = PQresultStatus(r);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		enum err err = postgres_failed(c, r, "schema", ei);

		PQclear(r);
		return err;
	}
	if (out != NULL) {
		*out = r;
	} else {
		PQclear(r);
	}
	return ERR_OK;
}

int64_t
postgres_number(const PGresult *r, int col)
{
	return strtoll(PQgetvalue(r, 0, col), NULL, 10);
}

static enum err
get_number(
    struct postgres_conn *c, const char *sql, int64_t *out, struct errinfo *ei)
{
	PGresult *r = NULL;
	enum err err;

	err = postgres_run(c, sql, &r, ei);
	if (err != ERR_OK) {
		return err;
	}
	*out = PQntuples(r) == 1 ? postgres_number(r, 0) : 0;
	PQclear(r);
	return ERR_OK;
}

/* --- opening ------------------------------------------------------------- */

static enum err
foreign(struct errinfo *ei)
{
	return err_set(ei, ERR_STORE, "store.foreign", NULL,
	    "The database holds tables of another program; surguch takes only "
	    "its own or an empty one.");
}

/* Ours, or empty; *out_version is 0 for an empty one. */
static enum err
check_ours(struct postgres_conn *c, int64_t *out_version, struct errinfo *ei)
{
	int64_t application = 0, has_note = 0, num_objects = 0;
	enum err err;

	*out_version = 0;
	err = get_number(c,
	    "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' "
	    "AND tablename = 'surguch_schema'",
	    &has_note, ei);
	if (err == ERR_OK && has_note == 0) {
		err = get_number(c,
		    "SELECT count(*) FROM pg_class c JOIN pg_namespace n "
		    "ON n.oid = c.relnamespace WHERE n.nspname = 'public'",
		    &num_objects, ei);
		if (err == ERR_OK && num_objects > 0) {
			err = foreign(ei);
		}
		return err;
	}
	if (err == ERR_OK) {
		err = get_number(c, "SELECT application FROM surguch_schema",
		    &application, ei);
	}
	if (err == ERR_OK && application != BACKEND_APPLICATION_ID) {
		return foreign(ei);
	}
	if (err == ERR_OK) {
		err = get_number(
		    c, "SELECT version FROM surguch_schema", out_version, ei);
	}
	return err;
}

static enum err
check_database(struct postgres_conn *c, const struct store_options *options,
    struct errinfo *ei)
{
	int64_t version = 0;
	enum err err;

	err = check_ours(c, &version, ei);
	if (err == ERR_OK && version == 0 && options->must_exist) {
		return err_set(ei, ERR_STORE, "store.open", NULL,
		    "The database is empty, and there should be one.");
	}
	return err;
}

/* With a NUL behind it, for libpq. */
static enum err
keep_password(
    struct postgres_conn *c, struct slice password, struct errinfo *ei)
{
	enum err err;

	if (password.len == 0) {
		return ERR_OK;
	}
	err = secret_init(&c->password, password.len + 1, ei);
	if (err == ERR_OK) {
		memcpy(c->password.p, password.p, password.len);
	}
	return err;
}

static void
postgres_close(struct backend_conn *base)
{
	struct postgres_conn *c;

	if (base == NULL) {
		return;
	}
	c = postgres_of(base);
	PQfinish(c->pg);
	PQconninfoFree(c->target);
	secret_clear(&c->password);
	free(c->sent);
	free(c);
}

static enum err
postgres_open(const char *where, const struct store_options *options,
    enum backend_role role, struct backend_conn **out, struct errinfo *ei)
{
	struct postgres_conn *c;
	enum err err;

	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		return err_nomem(ei);
	}
	c->base.ops = &backend_postgres;
	c->role = role;
	c->away_ms =
	    options->away_ms > 0 ? (int64_t)options->away_ms : STORE_AWAY_MS;
	err = postgres_target(where + strlen(POSTGRES_PREFIX), &c->target, ei);
	if (err == ERR_OK) {
		err = keep_password(c, options->password, ei);
	}
	if (err == ERR_OK) {
		err = postgres_connect(c, ei);
	}
	if (err == ERR_OK && role == BACKEND_WRITER) {
		err = check_database(c, options, ei);
	}
	if (err != ERR_OK) {
		postgres_close(&c->base);
		return err;
	}
	*out = &c->base;
	return ERR_OK;
}

/* --- schema -------------------------------------------------------------- */

static enum err
postgres_schema_version(
    struct backend_conn *base, int64_t *out, struct errinfo *ei)
{
	return check_ours(postgres_of(base), out, ei);
}

static bool
is_word_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

/* Texts are compared as their bytes are, whatever the database's locale. */
static const struct {
	const char *ours;
	const char *theirs;
} types[] = {
    {"BLOB", "BYTEA"},
    {"TEXT", "TEXT COLLATE \"C\""},
};

static void
put_word(struct buf *out, struct slice word)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (slice_eq_str(word, types[i].ours)) {
			buf_add_str(out, types[i].theirs);
			return;
		}
	}
	buf_add(out, word);
}

static void
translate_schema(const char *sql, struct buf *out)
{
	size_t len;

	while (*sql != '\0') {
		for (len = 0; is_word_char(sql[len]);) {
			len++;
		}
		if (len > 0) {
			put_word(out, slice_make(sql, len));
			sql += len;
		} else {
			buf_add_u8(out, (uint8_t)*sql);
			sql++;
		}
	}
}

static enum err
postgres_schema_run(
    struct backend_conn *base, const char *sql, struct errinfo *ei)
{
	struct buf text = BUF_INIT(POSTGRES_SQL_MAX);
	enum err err;

	translate_schema(sql, &text);
	err = buf_err(&text, ei);
	if (err == ERR_OK) {
		err =
		    postgres_run(postgres_of(base), buf_cstr(&text), NULL, ei);
	}
	buf_clear(&text);
	return err;
}

static enum err
postgres_schema_note(
    struct backend_conn *base, int64_t version, struct errinfo *ei)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql),
	    "CREATE TABLE IF NOT EXISTS surguch_schema ("
	    "application BIGINT NOT NULL PRIMARY KEY, "
	    "version BIGINT NOT NULL, group_number BIGINT NOT NULL); "
	    "INSERT INTO surguch_schema VALUES (%d, %lld, 0) "
	    "ON CONFLICT (application) DO UPDATE SET "
	    "version = excluded.version",
	    (int)BACKEND_APPLICATION_ID, (long long)version);
	return postgres_run(postgres_of(base), sql, NULL, ei);
}

const struct backend_ops backend_postgres = {
    .name = "postgresql",
    .outlives = true,
    .open = postgres_open,
    .close = postgres_close,
    .schema_version = postgres_schema_version,
    .schema_run = postgres_schema_run,
    .schema_note = postgres_schema_note,
    .prepare = postgres_prepare,
    .begin = postgres_begin,
    .exec = postgres_exec,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .query = postgres_query,
};
