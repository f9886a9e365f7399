/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_VERBS_H
#define SURGUCH_ROLES_FRONT_VERBS_H
/*
 * What surguchctl may ask of front.  A verb has a fixed number of words behind
 * its name, then any of its options, each one word "name=value"; "format=json"
 * is every verb's, and heard by those that make lists.  Who asks has a role,
 * by the uid that the kernel tells, and a verb wants one of that role's scopes
 * (identity/scope.h).
 */
#include "base/buf.h"
#include "base/err.h"
#include "identity/actor.h"
#include "identity/scope.h"
#include "ipc/control_msg.h"
#include "roles/front_control.h"

struct verb;

/* One call and the text of its answer. */
struct verb_call {
	const struct control_options *o;
	const struct verb *verb; /* set by verb_run() */
	struct actor actor;
	const struct control_call *call;
	struct buf *out;
	struct errinfo *ei;
	bool ended; /* front is to be started anew after the answer */
};

enum {
	/* Instead of a scope: only for an administrator. */
	VERB_ADMINISTRATOR = SCOPE_MAX_
};

struct verb {
	const char *group;
	const char *name;
	unsigned scope; /* enum scope, or VERB_ADMINISTRATOR */
	size_t num_words;
	const char *const *options; /* ends with NULL; NULL: none */
	enum err (*run)(struct verb_call *v);
};

/* ERR_UNSUPPORTED "control.verb" for one that there is not, ERR_FORMAT
 * "control.words", ERR_DENIED "control.role". */
ATTR_MUST_USE enum err verb_run(struct verb_call *v, enum operator_role role);

/* The i-th word behind the name, i below the verb's num_words. */
const char *verb_word(const struct verb_call *v, size_t i);
/* NULL when it was not given. */
const char *verb_option(const struct verb_call *v, const char *name);
/* ERR_FORMAT "control.words" when it was not given. */
ATTR_MUST_USE enum err verb_needed(
    const struct verb_call *v, const char *name, const char **out);
bool verb_wants_json(const struct verb_call *v);
/* An option with a time or an id.  ERR_FORMAT "control.time", "control.id";
 * without it *out stays, and *out_ref NULL. */
ATTR_MUST_USE enum err verb_time(
    const struct verb_call *v, const char *name, int64_t *out);
ATTR_MUST_USE enum err verb_id(const struct verb_call *v, const char *name,
    const char *prefix, struct id *out, const struct id **out_ref);

/* front_ca.c, front_certificates.c, front_audit.c, front_backup.c,
 * front_doctor.c, front_issue.c, front_messages.c, front_metrics.c,
 * front_operators.c,
 * front_phone_changes.c, front_reconcile.c, front_registry.c; each ends with
 * {0} */
extern const struct verb verbs_ca[];
extern const struct verb verbs_certificate[];
extern const struct verb verbs_audit[];
extern const struct verb verbs_backup[];
extern const struct verb verbs_doctor[];
extern const struct verb verbs_issue[];
extern const struct verb verbs_message[];
extern const struct verb verbs_metrics[];
extern const struct verb verbs_operator[];
extern const struct verb verbs_phone_change[];
extern const struct verb verbs_reconcile[];
extern const struct verb verbs_registry[];

#endif
