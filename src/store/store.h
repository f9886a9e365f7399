/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_STORE_H
#define SURGUCH_STORE_STORE_H
/*
 * The database of the centre.  One process has it open (front); any of its
 * threads may call.  Reading goes straight to a pool of read connections;
 * writing is a unit of work (store/unit.h) handed to the one writer thread,
 * which commits whatever waits together as one group and lets no unit of the
 * group suffer from another.  crypto_init() comes before (the audit chain
 * hashes).
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"
#include "metrics/histogram.h"
#include "store/audit.h"
#include "store/rows.h"
#include "store/statement.h"
#include "store/unit.h"
#include "store/value.h"

struct store;

/* All zero is the product's setting. */
struct store_options {
	unsigned num_readers;  /* read connections; 0: STORE_READERS */
	bool must_exist;       /* never make a new database */
	const char *vfs;       /* a registered SQLite VFS; NULL: the system's */
	struct slice password; /* PostgreSQL's; copied; empty: none */
	unsigned away_ms;      /* how long a server that went away is waited
				* for; 0: STORE_AWAY_MS */
};

/*
 * Open `where`, making it or bringing its schema up to date if needed, and
 * prepare every statement.  Options may be NULL.  `where` is a file for
 * SQLite, or a PostgreSQL database that exists:
 *
 *	postgresql:host=/run/postgresql port=5432 dbname=surguch user=surguch
 *
 * with the directory of its socket or, as hostaddr, an address of the
 * loopback.  A server that goes away is waited for by every call until
 * away_ms after the loss; then calls fail with "store.away" while it is.
 *
 * ERR_STORE: "store.open"; "store.foreign" a database of another program;
 * "store.newer" made by a later version; "store.statement" a statement does
 * not fit the schema; "store.migrate"; "store.corrupt".  ERR_CONFLICT
 * "store.locked": another process has it open.
 */
ATTR_MUST_USE enum err store_open(const char *where,
    const struct store_options *options, struct store **out,
    struct errinfo *ei);

/*
 * Commits what was submitted, waits for callers that are still inside, closes
 * and frees.  Nobody may start a new call once this has begun.  NULL is fine.
 */
void store_close(struct store *s);

/*
 * Run the unit; returns when its group is committed and on the disk, or when
 * it failed and left nothing (its audit rows neither).  The unit stays the
 * caller's.  *out_position (may be NULL) becomes the position of its last
 * audit record, or of the chain where the unit has none.
 *
 * ERR_CONFLICT, rule "store.<statement name>": something exists already or is
 * not in the state that was expected; errinfo.object is "unique", "rows" or
 * "reference".
 * ERR_STORE "store.full": no space; the next call may succeed.  ERR_STORE
 * "store.io", "store.corrupt": the disk; "store.busy": a stranger's lock;
 * "store.engine": anything else that the engine refused.  ERR_INTERNAL: a
 * statement broke a constraint that its caller should have kept. ERR_STORE
 * "store.away": the server is not there, nothing was kept.  ERR_TIMEOUT
 * "store.unknown": the sync failed, or the server ended while it committed;
 * whether the unit is there will show.
 *
 * After a sync that failed, "store.corrupt" and "store.replaced" (the database
 * is not the one that was written before) nothing more can be promised:
 * store_failed() is true, every call answers ERR_STORE "store.failed" and the
 * process should end.
 */
ATTR_MUST_USE enum err store_submit(struct store *s, struct unit *u,
    struct audit_position *out_position, struct errinfo *ei);

/*
 * Be told of each unit that was committed, or of which that is not known, by
 * the thread that submitted it, before its store_submit() returns.  `seen` must
 * not block and not submit.  NULL ends it: who calls that has to know that
 * nobody submits any more.
 */
typedef void store_seen(void *arg, const struct unit *u);
void store_watch(struct store *s, store_seen *seen, void *arg);

/*
 * From now on the store answers every unit of work with this error (its rule
 * and text, as ERR_AGAIN) and changes nothing; reading goes on.  For a
 * database that was put back: what it wrote now would branch off from what
 * the signers remember.  The first reason stays.
 */
void store_hold(struct store *s, const struct errinfo *why);
/* Is it held?  *out_why (may be NULL) then says why. */
bool store_held(struct store *s, struct errinfo *out_why);
/* The calling thread mends what it is held for: its units are taken.  One
 * thread at a time; false ends it. */
void store_mend(struct store *s, bool on);

/* A write to the disk failed in a way that nothing more can be promised. */
bool store_failed(struct store *s);
/* The error that every unit of this thread would get now, because the store is
 * held or has failed: for what must not be begun then. */
ATTR_MUST_USE enum err store_ready(struct store *s, struct errinfo *ei);

/*
 * store_query(store, enum statement, &rows, ei, V_..., ...)
 *
 * Everything that is committed is seen.  The caller frees the rows (none is
 * a result too).  ERR_LIMIT "store.rows" for more than ROWS_MAX rows.
 */
#define store_query(s, st, out, ei, ...)                                       \
	store_query_values((s), (st), (const struct value[]){__VA_ARGS__},     \
	    sizeof((const struct value[]){__VA_ARGS__}) /                      \
		sizeof(struct value),                                          \
	    (out), (ei))
ATTR_MUST_USE enum err store_query_values(struct store *s, enum statement st,
    const struct value *values, size_t num_values, struct rows **out,
    struct errinfo *ei);

/*
 * The same for a statement that names one row: ERR_NOTFOUND with the rule
 * "store.<statement name>" when there is none, ERR_INTERNAL for several.
 */
#define store_query_one(s, st, out, ei, ...)                                   \
	store_query_one_values((s), (st), (const struct value[]){__VA_ARGS__}, \
	    sizeof((const struct value[]){__VA_ARGS__}) /                      \
		sizeof(struct value),                                          \
	    (out), (ei))
ATTR_MUST_USE enum err store_query_one_values(struct store *s,
    enum statement st, const struct value *values, size_t num_values,
    struct rows **out, struct errinfo *ei);

/*
 * All of the database as it is at one moment into a new file (mode 0600),
 * while others read and write.  ERR_CONFLICT "file.exists"; ERR_STORE
 * "store.full", "store.copy"; ERR_UNSUPPORTED "store.copy" for an engine whose
 * own programs do it.
 */
ATTR_MUST_USE enum err store_copy(
    struct store *s, const char *path, struct errinfo *ei);

/* What the writer has done since the store was opened. */
struct store_stats {
	struct histogram group_units; /* units that were committed together */
	struct histogram commit_us;   /* one group, from its first statement */
	atomic_uint_fast64_t failed;  /* groups that did not come through */
};
const struct store_stats *store_stats(const struct store *s);
/* Units that wait for the writer's next group. */
size_t store_num_waiting(struct store *s);

/* The last committed position of this store's own audit chain. */
void store_audit_position(struct store *s, struct audit_position *out);

#endif
