/* SPDX-License-Identifier: Apache-2.0 */
/* The PostgreSQL backend: what the server says, in the store's words. */
#include <string.h>

#include "base/text.h"
#include "store/postgres_priv.h"
#include "store/statement_priv.h"

enum {
	WHY_MAX = 200,
	WHY_BYTES = 4 * WHY_MAX + 8, /* escaped */
};

/*
 * The message and not its detail: that one quotes rows, which hold people's
 * data.
 */
static void
put_why(struct buf *out, const PGresult *r)
{
	const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	text_escape(
	    out, slice_str(text != NULL ? text : "no reason given"), WHY_MAX);
}

static const char *
state_of(const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	return state != NULL ? state : "";
}

static bool
has_class(const char *state, const char *class)
{
	return strncmp(state, class, 2) == 0;
}

bool
postgres_is_end(const PGresult *r)
{
	const char *severity;

	severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
	return severity != NULL && (strcmp(severity, "FATAL") == 0 ||
				       strcmp(severity, "PANIC") == 0);
}

enum err
postgres_lost(struct postgres_conn *c, struct errinfo *ei)
{
	postgres_drop(c);
	return err_set(ei, ERR_STORE, "store.away", NULL,
	    "The database's server ended the connection; nothing of this was "
	    "kept.  Ask again when it is back.");
}

/* The kinds that have a name of their own; NULL for the others. */
static const char *
rule_of(const char *state)
{
	static const struct {
		const char *state;
		const char *rule;
	} rules[] = {
	    {"53100", "store.full"},
	    {"58030", "store.io"},
	    {"XX001", "store.corrupt"},
	    {"XX002", "store.corrupt"},
	    {"40001", "store.busy"},
	    {"40P01", "store.busy"},
	    {"55P03", "store.busy"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (strcmp(rules[i].state, state) == 0) {
			return rules[i].rule;
		}
	}
	return "store.engine";
}

enum err
postgres_failed(struct postgres_conn *c, const PGresult *r, const char *what,
    struct errinfo *ei)
{
	struct buf why = BUF_INIT(WHY_BYTES);
	enum err err;

	/* libpq gives no result when it has no memory or no connection. */
	if (r == NULL || postgres_is_end(r) ||
	    PQstatus(c->pg) != CONNECTION_OK) {
		return postgres_lost(c, ei);
	}
	put_why(&why, r);
	err = err_set(ei, ERR_STORE, rule_of(state_of(r)), NULL,
	    "PostgreSQL refused (%s: %s, %s).", what, buf_cstr(&why),
	    state_of(r));
	buf_clear(&why);
	return err;
}

enum err
postgres_exec_failed(struct postgres_conn *c, const PGresult *r,
    enum statement st, struct errinfo *ei)
{
	const char *name = statement_info(st)->name;
	const char *constraint, *state = r != NULL ? state_of(r) : "";
	struct buf why = BUF_INIT(WHY_BYTES);
	char rule[ERRINFO_RULE];
	enum err err;

	statement_rule(st, rule);
	if (strcmp(state, "23505") == 0) {
		constraint = PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME);
		(void)err_set(ei, ERR_CONFLICT, rule, NULL,
		    "Statement %s: there is such a row already (%s).", name,
		    constraint != NULL ? constraint : "a key");
		return err_object(ei, ERR_CONFLICT, "unique");
	}
	if (strcmp(state, "23503") == 0) {
		(void)err_set(ei, ERR_CONFLICT, rule, NULL,
		    "Statement %s refers to a row that does not exist, or "
		    "removes one that is referred to.",
		    name);
		return err_object(ei, ERR_CONFLICT, "reference");
	}
	/* Constraints, values that no column takes, too much for a row. */
	if (has_class(state, "23") || has_class(state, "22") ||
	    has_class(state, "54")) {
		put_why(&why, r);
		err = err_set(ei, ERR_INTERNAL, rule, NULL,
		    "Statement %s broke a rule that its caller should have "
		    "kept (%s, %s).",
		    name, buf_cstr(&why), state);
		buf_clear(&why);
		return err;
	}
	return postgres_failed(c, r, name, ei);
}
