/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_UNIT_H
#define SURGUCH_STORE_UNIT_H
/*
 * A unit of work: statements with the number of rows that each must change,
 * and the audit events of the act.  It is committed whole or leaves nothing,
 * whatever its neighbours in the group do.  No statement feeds another (ids
 * come from the caller).
 *
 *	struct unit u;
 *
 *	unit_init(&u);
 *	unit_add(&u, ST_CERTIFICATE_MOVE, EXPECT(1), V_ID(&id),
 *	    V_TEXT("good"), V_TEXT("revoked"), V_INT(now));
 *	unit_audit(&u, &(struct audit_event){.at = now, .actor = actor,
 *	    .action = "certificate.revoke", .object = text});
 *	err = store_submit(store, &u, NULL, ei);
 *	unit_clear(&u);
 *
 * Errors while building are sticky: after the first one nothing is added and
 * store_submit() returns it.  Values and texts are copied.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "store/statement.h"
#include "store/value.h"

/* Exactly n rows must be changed by this statement. */
#define EXPECT(n) ((int)(n))
/* Any number of rows, none included. */
#define EXPECT_ANY (-1)

/*
 * at      UTC seconds
 * actor   who: "operator:op_...", "person:per_...", "system"
 * action  stable dotted name: "certificate.issue"
 * object  what it was done to: "crt_...", or "" when nothing in particular
 * detail  more as JSON, without secrets and personal data; NULL for none
 */
struct audit_event {
	int64_t at;
	const char *actor;
	const char *action;
	const char *object;
	const char *detail;
};

struct unit_op;
struct unit_value;
struct unit_event;

struct unit {
	struct unit_op *ops;
	size_t num_ops;
	struct unit_value *values;
	size_t num_values;
	size_t cap_values;
	struct unit_event *events;
	size_t num_events;
	bool new_chain;
	struct id writer; /* of the new chain */
	struct buf bytes;
	struct errinfo error; /* kind is ERR_OK while all is well */
};

void unit_init(struct unit *u);
/* Frees what the unit holds; it may be filled again. */
void unit_clear(struct unit *u);

/*
 * unit_add(&u, enum statement, EXPECT(n) or EXPECT_ANY, V_..., ...)
 *
 * The values must match the statement's parameter types in number and kind;
 * anything else is ERR_INTERNAL "store.unit".  More than UNIT_STATEMENTS_MAX
 * statements or UNIT_BYTES_MAX bytes: ERR_LIMIT "store.unit".
 */
#define unit_add(u, st, expect, ...)                                           \
	unit_add_values((u), (st), (expect),                                   \
	    (const struct value[]){__VA_ARGS__},                               \
	    sizeof((const struct value[]){__VA_ARGS__}) /                      \
		sizeof(struct value))
void unit_add_values(struct unit *u, enum statement st, int expect,
    const struct value *values, size_t num_values);

/*
 * Add an event to the audit chain if, and only if, the unit commits; it gets
 * its number and hash from the writer, after the rows succeeded.  ERR_LIMIT
 * "store.audit" for a text over AUDIT_TEXT_MAX, a detail over
 * AUDIT_DETAIL_MAX, or more than UNIT_EVENTS_MAX events.
 */
void unit_audit(struct unit *u, const struct audit_event *event);

/*
 * Before its events this unit begins a new audit chain under this new writer
 * (an id of the caller's), whose first record says where the old one ends; for
 * a database that was put back.
 */
void unit_new_chain(struct unit *u, const struct id *writer);

/* What went wrong while the unit was built; ERR_OK if nothing. */
ATTR_MUST_USE enum err unit_err(const struct unit *u, struct errinfo *ei);

/* --- for the writer and for tests ------------------------------------- */

size_t unit_num_ops(const struct unit *u);
/* The op's values, borrowed until the unit changes. */
void unit_op(const struct unit *u, size_t i, enum statement *out_st,
    int *out_expect, struct value out[STATEMENT_PARAMS_MAX], size_t *out_num);
/* The writer of the new chain; false when the unit begins none. */
bool unit_chain(const struct unit *u, struct id *out);
size_t unit_num_events(const struct unit *u);
/* Borrowed until the unit changes. */
void unit_event(const struct unit *u, size_t i, struct audit_event *out);

#endif
