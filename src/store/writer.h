/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_WRITER_H
#define SURGUCH_STORE_WRITER_H
/*
 * The one thread that writes.  It takes whatever units wait, at most
 * UNIT_GROUP_MAX, runs them in one transaction with a mark before each,
 * commits, and only then lets their submitters go.  A unit that comes alone
 * does not wait for company: groups form while the one before is synced.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "store/audit.h"
#include "store/unit.h"

struct backend_conn;
struct store_stats;
struct writer;

/* Starts the thread.  The connection is borrowed until writer_stop() and is
 * the thread's alone; `chain` is the last committed audit position. */
ATTR_MUST_USE enum err writer_start(struct backend_conn *c,
    const struct audit_position *chain, struct writer **out,
    struct errinfo *ei);
/* Runs what still waits, ends the thread, frees.  NULL is fine. */
void writer_stop(struct writer *w);

ATTR_MUST_USE enum err writer_submit(struct writer *w, const struct unit *u,
    struct audit_position *out_position, struct errinfo *ei);
void writer_position(struct writer *w, struct audit_position *out);
/* ERR_STORE "store.failed" once the disk has failed. */
ATTR_MUST_USE enum err writer_check(struct writer *w, struct errinfo *ei);
/* Units that wait for the next group. */
size_t writer_num_waiting(struct writer *w);
const struct store_stats *writer_stats(const struct writer *w);

#endif
