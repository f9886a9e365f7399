/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_STATEMENT_H
#define SURGUCH_STORE_STATEMENT_H
/*
 * Every statement that the centre ever runs, in one table.  There is no SQL
 * anywhere else, and all of it is prepared when the store opens: one that
 * does not fit the schema stops the start.
 *
 * To add a statement write
 *
 *	STATEMENT(THING_GET, "thing.get",
 *	    "SELECT name, born FROM thing WHERE id = $1", "d", "tI")
 *
 * into the list of its area (statements_<area>.h); it becomes ST_THING_GET.
 * The name is what errors say: rule "store.thing.get".
 *
 * One text serves SQLite and PostgreSQL:
 * - parameters $1 $2 ..., their types one letter each in the fourth field;
 *   every parameter appears in the text;
 * - types: i integer (64 bits; booleans and times too), t text, b blob,
 *   d id (16-byte blob); a capital letter may be NULL;
 * - the fifth field holds the types of the columns, "" for a change;
 * - no "INSERT OR ...": ON CONFLICT (columns) DO NOTHING / DO UPDATE;
 * - no AUTOINCREMENT, no RETURNING, no double-quoted names;
 * - ORDER BY and < > only on blobs and integers: text sorts differently;
 * - lists have ORDER BY an index, a key to go on from, and LIMIT.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/bounds.h"

enum statement {
#undef STATEMENT
#define STATEMENT(symbol, name, sql, params, columns) ST_##symbol,
#include "store/statements_meta.h"

#include "store/statements_ca.h"

#include "store/statements_registry.h"

#include "store/statements_identity.h"

#include "store/statements_courier.h"
#undef STATEMENT
	ST_MAX_
};

struct statement_info {
	const char *name;
	const char *sql;
	const char *params;
	const char *columns;
};

/* st < ST_MAX_, else the process ends. */
const struct statement_info *statement_info(enum statement st);
/* A SELECT: runs on the read connections and not in units. */
bool statement_is_read(enum statement st);

#endif
