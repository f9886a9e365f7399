/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_BACKEND_H
#define SURGUCH_STORE_BACKEND_H
/*
 * What a database engine must do for the store.  Everything above this table
 * (grouping, audit, migrations, limits) knows no engine.
 *
 * A connection is used by one thread at a time.  Its first member is struct
 * backend_conn.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/rows.h"
#include "store/statement.h"
#include "store/value.h"

struct store_options;

struct backend_conn {
	const struct backend_ops *ops;
};

enum {
	/* "srgc": noted in the database, so that nobody else's is taken for
	 * ours. */
	BACKEND_APPLICATION_ID = 0x73726763,
};

enum backend_role {
	BACKEND_WRITER, /* opened first and closed last */
	BACKEND_READER
};

struct backend_ops {
	const char *name;

	/* ERR_STORE "store.open", "store.foreign", "store.corrupt";
	 * ERR_CONFLICT "store.locked". */
	enum err (*open)(const char *where, const struct store_options *options,
	    enum backend_role role, struct backend_conn **out,
	    struct errinfo *ei);
	void (*close)(struct backend_conn *c);

	/* 0 for an empty database. */
	enum err (*schema_version)(
	    struct backend_conn *c, int64_t *out, struct errinfo *ei);
	/* Inside begin()/commit(). */
	enum err (*schema_run)(
	    struct backend_conn *c, const char *sql, struct errinfo *ei);
	enum err (*schema_note)(
	    struct backend_conn *c, int64_t version, struct errinfo *ei);

	/* All statements (a reader: those that read), checked against their
	 * declared parameters and columns.  ERR_STORE "store.statement". */
	enum err (*prepare)(struct backend_conn *c, struct errinfo *ei);

	/*
	 * One transaction holds a group.  Where a unit of it has failed before,
	 * mark() begins a unit, keep() ends it, undo() takes back everything
	 * since mark(); all three are NULL in an engine that sends a group in
	 * one go: there a unit that fails ends its group.
	 *
	 * exec() fails with ERR_CONFLICT or ERR_INTERNAL when the statement
	 * does not fit the data: the transaction stands, and undo() or
	 * rollback() follows.  Any other failure ends the group: rollback()
	 * follows.  An engine that sends a group in one go may answer ERR_OK
	 * to everything and tell in commit().
	 *
	 * commit() returns when the group is durable.  ERR_TIMEOUT
	 * "store.unknown": it may be there or not.  Where `outlives` is set,
	 * the connection goes on and the next query() shows which; otherwise
	 * only a restart does.  Other failures: rollback() follows, nothing
	 * was kept, and the group's units are tried again one by one when
	 * there were several, or when the server was away ("store.away").
	 * "store.replaced": it is not the database that was written before.
	 */
	bool outlives;
	enum err (*begin)(struct backend_conn *c, struct errinfo *ei);
	enum err (*mark)(struct backend_conn *c, struct errinfo *ei);
	enum err (*keep)(struct backend_conn *c, struct errinfo *ei);
	enum err (*undo)(struct backend_conn *c, struct errinfo *ei);
	enum err (*exec)(struct backend_conn *c, enum statement st, int expect,
	    const struct value *values, size_t num_values, struct errinfo *ei);
	enum err (*commit)(struct backend_conn *c, struct errinfo *ei);
	void (*rollback)(struct backend_conn *c);

	enum err (*query)(struct backend_conn *c, enum statement st,
	    const struct value *values, size_t num_values, struct rows **out,
	    struct errinfo *ei);

	/* On a reader: all of the database as it is at one moment, into a new
	 * file; writing goes on meanwhile.  NULL where it is another
	 * program's work. */
	enum err (*copy)(
	    struct backend_conn *c, const char *path, struct errinfo *ei);
};

extern const struct backend_ops backend_sqlite;
extern const struct backend_ops backend_postgres;
/* By what `where` begins with. */
const struct backend_ops *backend_of(const char *where);

/* For backends: the answer to "this many rows, not that many". */
enum err backend_rows_conflict(
    enum statement st, int expect, int64_t changed, struct errinfo *ei);

#endif
