/* SPDX-License-Identifier: Apache-2.0 */
/* The PostgreSQL backend: statements through the pipeline, and queries. */
#include <limits.h>
#include <string.h>

#include "store/postgres_priv.h"
#include "store/rows_priv.h"

/* Values as libpq takes them: binary, in network order. */
struct params {
	const char *p[STATEMENT_PARAMS_MAX];
	int len[STATEMENT_PARAMS_MAX];
	int format[STATEMENT_PARAMS_MAX];
	uint8_t numbers[STATEMENT_PARAMS_MAX][sizeof(int64_t)];
};

static void
put_number(int64_t number, uint8_t out[sizeof(int64_t)])
{
	uint64_t n = (uint64_t)number;

	for (size_t i = sizeof(n); i > 0; i--, n >>= 8) {
		out[i - 1] = (uint8_t)n;
	}
}

static int64_t
get_number(struct slice s)
{
	uint64_t n = 0;

	(void)slice_get_u64(&s, &n);
	return (int64_t)n;
}

static void
fill(struct params *out, size_t at, const struct value *v)
{
	out->format[at] = 1;
	out->len[at] = (int)v->bytes.len;
	out->p[at] = NULL;
	switch (v->kind) {
	case VALUE_INT:
		put_number(v->number, out->numbers[at]);
		out->p[at] = (const char *)out->numbers[at];
		out->len[at] = sizeof(out->numbers[at]);
		break;
	case VALUE_TEXT:
	case VALUE_BLOB:
	case VALUE_ID:
		/* With a NULL pointer libpq would send a NULL. */
		out->p[at] = v->bytes.len > 0 ? (const char *)v->bytes.p : "";
		break;
	case VALUE_NULL:
	case VALUE_NONE:
		break;
	}
}

enum err
postgres_send(struct postgres_conn *c, const char *name,
    const struct value *values, size_t num, struct errinfo *ei)
{
	struct params params;

	ensure(num <= STATEMENT_PARAMS_MAX);
	for (size_t i = 0; i < num; i++) {
		ensure(values[i].bytes.len <= INT_MAX);
		fill(&params, i, &values[i]);
	}
	if (PQsendQueryPrepared(c->pg, name, (int)num, params.p, params.len,
		params.format, 1) == 0) {
		return postgres_lost(c, ei);
	}
	return ERR_OK;
}

PGresult *
postgres_take(struct postgres_conn *c)
{
	PGresult *r = PQgetResult(c->pg);
	PGresult *more;

	/* A NULL stands between two statements. */
	while (r != NULL && (more = PQgetResult(c->pg)) != NULL) {
		PQclear(more);
	}
	return r;
}

enum err
postgres_sync(struct postgres_conn *c, struct errinfo *ei)
{
	return PQpipelineSync(c->pg) == 0 ? postgres_lost(c, ei) : ERR_OK;
}

enum err
postgres_synced(struct postgres_conn *c, struct errinfo *ei)
{
	bool end = false;
	PGresult *r;

	while (!end) {
		r = PQgetResult(c->pg);
		if (PQstatus(c->pg) != CONNECTION_OK) {
			PQclear(r);
			return postgres_lost(c, ei);
		}
		end = PQresultStatus(r) == PGRES_PIPELINE_SYNC;
		PQclear(r);
	}
	return ERR_OK;
}

static struct value
cell_value(const PGresult *r, int row, int col, char type)
{
	struct slice bytes;

	if (PQgetisnull(r, row, col)) {
		return value_null();
	}
	bytes = slice_make(
	    PQgetvalue(r, row, col), (size_t)PQgetlength(r, row, col));
	switch (type | 0x20) {
	case 'i':
		return value_int(get_number(bytes));
	case 't':
		return (struct value){VALUE_TEXT, 0, bytes};
	default:
		return value_blob(bytes);
	}
}

static enum err
take_rows(
    enum statement st, const PGresult *r, struct rows **out, struct errinfo *ei)
{
	const char *types = statement_info(st)->columns;
	struct rows *rows = NULL;
	struct value v;
	enum err err;

	err = rows_new(st, &rows, ei);
	for (int row = 0; row < PQntuples(r) && err == ERR_OK; row++) {
		for (int col = 0; col < PQnfields(r) && err == ERR_OK; col++) {
			v = cell_value(r, row, col, types[col]);
			err = rows_add(rows, &v, ei);
		}
	}
	if (err != ERR_OK) {
		rows_free(rows);
		return err;
	}
	*out = rows;
	return ERR_OK;
}

static enum err
ask(struct postgres_conn *c, enum statement st, const struct value *values,
    size_t num_values, struct rows **out, struct errinfo *ei)
{
	char name[POSTGRES_NAME_SIZE];
	struct rows *rows = NULL;
	PGresult *r;
	enum err err, end;

	postgres_name(st, name);
	err = postgres_send(c, name, values, num_values, ei);
	if (err == ERR_OK) {
		err = postgres_sync(c, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	r = postgres_take(c);
	if (PQresultStatus(r) == PGRES_TUPLES_OK) {
		err = take_rows(st, r, &rows, ei);
	} else {
		err = postgres_failed(c, r, statement_info(st)->name, ei);
	}
	PQclear(r);
	if (c->pg != NULL) {
		end = postgres_synced(c, err == ERR_OK ? ei : NULL);
		err = err == ERR_OK ? end : err;
	}
	if (err != ERR_OK) {
		rows_free(rows);
		return err;
	}
	*out = rows;
	return ERR_OK;
}

enum err
postgres_query(struct backend_conn *base, enum statement st,
    const struct value *values, size_t num_values, struct rows **out,
    struct errinfo *ei)
{
	struct postgres_conn *c = postgres_of(base);
	enum err err;

	err = postgres_ready(c, ei);
	if (err == ERR_OK) {
		err = ask(c, st, values, num_values, out, ei);
	}
	/* That it was lost shows only now; reading may be done twice. */
	if (err != ERR_OK && c->pg == NULL) {
		err = postgres_ready(c, ei);
		if (err == ERR_OK) {
			err = ask(c, st, values, num_values, out, ei);
		}
	}
	return err;
}
