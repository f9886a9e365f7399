/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements over meta (facts about this database) and the audit chain.
 * Not a header of its own: store/statement.h and statement.c include it with
 * STATEMENT defined, and say there how a line is written.
 */
#ifndef STATEMENT
#define STATEMENT(symbol, name, sql, params, columns)
#endif

/* clang-format off */

/* meta: name, value */
STATEMENT(META_GET, "meta.get",
    "SELECT value FROM meta WHERE name = $1", "t", "b")
STATEMENT(META_SET, "meta.set",
    "INSERT INTO meta (name, value) VALUES ($1, $2) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value", "tb", "")

/* audit: only the store's writer inserts. */
STATEMENT(AUDIT_INSERT, "audit.insert",
    "INSERT INTO audit (writer, number, at, actor, action, object, detail, "
    "hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", "diitttTb", "")
STATEMENT(AUDIT_LAST, "audit.last",
    "SELECT number, hash FROM audit WHERE writer = $1 "
    "ORDER BY number DESC LIMIT 1", "d", "ib")
STATEMENT(AUDIT_FIRST_WRITER, "audit.first_writer",
    "SELECT writer FROM audit ORDER BY writer LIMIT 1", "", "d")
STATEMENT(AUDIT_NEXT_WRITER, "audit.next_writer",
    "SELECT writer FROM audit WHERE writer > $1 ORDER BY writer LIMIT 1",
    "d", "d")
/* One chain in order: writer, after number, how many. */
STATEMENT(AUDIT_CHAIN, "audit.chain",
    "SELECT number, at, actor, action, object, detail, hash FROM audit "
    "WHERE writer = $1 AND number > $2 ORDER BY number LIMIT $3",
    "dii", "iitttTb")
STATEMENT(AUDIT_HASH, "audit.hash",
    "SELECT hash FROM audit WHERE writer = $1 AND number = $2", "di", "b")
STATEMENT(AUDIT_AT, "audit.at",
    "SELECT at FROM audit WHERE writer = $1 AND number = $2", "di", "i")
/*
 * The newest first, for reading: before (at, writer, number), how many.  The
 * first page starts before (INT64_MAX, zeros, 0).
 */
STATEMENT(AUDIT_PAGE, "audit.page",
    "SELECT writer, number, at, actor, action, object, detail FROM audit "
    "WHERE (at, writer, number) < ($1, $2, $3) "
    "ORDER BY at DESC, writer DESC, number DESC LIMIT $4",
    "idii", "diitttT")
/* The same for one object: object, before (at, writer, number), how many. */
STATEMENT(AUDIT_PAGE_OBJECT, "audit.page_object",
    "SELECT writer, number, at, actor, action, object, detail FROM audit "
    "WHERE object = $1 AND (at, writer, number) < ($2, $3, $4) "
    "ORDER BY at DESC, writer DESC, number DESC LIMIT $5",
    "tidii", "diitttT")
