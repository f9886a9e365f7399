/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_PHONE_CHANGE_H
#define SURGUCH_REGISTRY_PHONE_CHANGE_H
/*
 * A lost or changed phone.  An operator asks for another number with evidence;
 * it holds after a cooling time, of which the old number is told at once, with
 * a code that ends the change.  Meanwhile the old number signs in and stops
 * certificates, and nothing is confirmed for the form by a code: the old phone
 * may be stolen, and the operator may be the thief.
 *
 * The code for the old number has 80 random bits, and only its hash is kept.
 * So it names the change by itself, needs no limit of tries (which somebody
 * who knows the change could use up), and fits nothing else.
 *
 * After an objection the same form's phone changes only on personal appearance
 * that another operator records, and that change has no code: a thief of the
 * phone can object once, and an operator needs a colleague.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"
#include "registry/form.h"
#include "registry/registry.h"

struct rows;

#define PHONE_CHANGE_PREFIX "phc"

/* What may become of a form's phone. */
enum phone_way {
	PHONE_AT_ONCE, /* a mistake of the registry: nobody has begun */
	PHONE_COOLS,
	PHONE_NEVER, /* the form was withdrawn */
	PHONE_WAY_MAX_
};
/* Total: every status, with and without an application, in every state. */
enum phone_way phone_way_of(enum form_status status, bool has_application);

enum phone_evidence {
	PHONE_IN_PERSON,        /* with an identity document */
	PHONE_SIGNED_STATEMENT, /* on paper, by their hand */
	PHONE_BY_CERTIFICATE,   /* a signature by a valid certificate */
	PHONE_EVIDENCE_MAX_
};
const char *phone_evidence_name(enum phone_evidence e); /* "in_person" */
/* PHONE_EVIDENCE_MAX_ for no such name. */
enum phone_evidence phone_evidence_by_name(const char *name);

enum phone_change_state {
	PHONE_WAITING,
	PHONE_DONE,
	PHONE_WITHDRAWN, /* by an operator, or with its form */
	PHONE_REFUSED,   /* by the old number's holder */
	PHONE_STATE_MAX_
};
const char *phone_change_state_name(enum phone_change_state s);
enum phone_change_state phone_change_state_by_name(const char *name);

enum {
	PHONE_CODE_BYTES = 10,
	PHONE_CODE_SIZE = 20, /* "k3x9-…": 16 characters by fours, NUL */
};

struct phone_change_order {
	const char *phone;
	enum phone_evidence evidence;
	const char *reference; /* which paper: number, where it is kept */
	int64_t evidence_at;   /* its date */
};
/*
 * Ask for it.  out_effect_at: when it will hold.
 * ERR_FORMAT "subject.phone.*", "form.phone.sms", "phone.reference",
 * "phone.date"; ERR_STATE "form.state", "phone.same", "phone.waiting" (one
 * waits already), "phone.at_once" (the form's PUT does it);
 * ERR_POLICY "phone.evidence", "phone.second" after an objection;
 * ERR_AGAIN "notice.courier": the old number cannot be told now.
 */
ATTR_MUST_USE enum err phone_change_ask(struct registry *r,
    const struct act *act, const struct id *id, const struct id *form,
    const struct phone_change_order *order, int64_t effect_at,
    struct errinfo *ei);
/* When one that is asked for now would hold. */
int64_t phone_change_effect_at(const struct registry *r);
/* ERR_NOTFOUND "phone_change.none", ERR_STATE "phone.ended". */
ATTR_MUST_USE enum err phone_change_withdraw(struct registry *r,
    const struct act *act, const struct id *id, const char *reason,
    struct errinfo *ei);
/*
 * By the code of the SMS; blanks, hyphens and capitals do not count.  The same
 * again is the same answer.  ERR_DENIED "phone.code" for whatever else it is:
 * no such code, or a change that ended otherwise.
 */
ATTR_MUST_USE enum err phone_change_object(
    struct registry *r, struct slice code, struct errinfo *ei);

struct phone_change {
	struct id id;
	struct id form;
	enum phone_change_state state;
	const char *old_phone;
	const char *new_phone;
	const char *asked_by;
	int64_t asked_at;
	enum phone_evidence evidence;
	const char *reference;
	int64_t evidence_at;
	int64_t effect_at;
	int64_t ended_at; /* 0: waiting */
	const char *reason;
};
struct phone_change_list {
	struct phone_change at[PAGE_ROWS_MAX];
	size_t num;
	struct rows *rows;
};
/* In the order of their ids, after this one; at most PAGE_ROWS_MAX. */
ATTR_MUST_USE enum err phone_change_list(struct registry *r,
    enum phone_change_state state, const struct id *after,
    struct phone_change_list *out, struct errinfo *ei);
void phone_change_list_clear(struct phone_change_list *l);

/* Remind of what is near, and do what is due: each in one unit of work that
 * finds the change waiting, so once, whoever else sweeps or falls over. */
ATTR_MUST_USE enum err phone_changes_sweep(
    struct registry *r, struct errinfo *ei);

/* ERR_STATE "phone.changing" while a change of the form's phone waits: what a
 * code may not confirm then. */
ATTR_MUST_USE enum err phone_need_still(
    const struct form *f, struct errinfo *ei);

#endif
