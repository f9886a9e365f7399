/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/states.h"

#include "identity/actor.h"

#define BY_PERSON   (1U << ACTOR_PERSON)
#define BY_OPERATOR (1U << ACTOR_OPERATOR)
#define BY_SYSTEM   (1U << ACTOR_SYSTEM)
#define BY_ANY      (BY_PERSON | BY_OPERATOR | BY_SYSTEM)

#define WITHDRAW                                                               \
	{                                                                      \
		"application.withdraw", APP_WITHDRAWN, APP_ACT_KEEP_REASON,    \
		    BY_PERSON | BY_OPERATOR                                    \
	}
#define REFUSE                                                                 \
	{                                                                      \
		"application.refuse", APP_REFUSED, APP_ACT_KEEP_REASON,        \
		    BY_OPERATOR | BY_SYSTEM                                    \
	}
#define CHANGED_TO_READY                                                       \
	{                                                                      \
		"application.changed", APP_READY, APP_ACT_FORGET_REQUEST,      \
		    BY_ANY                                                     \
	}
#define CHECK                                                                  \
	{                                                                      \
		"application.check", APP_CHECKED, APP_ACT_KEEP_CHECK,          \
		    BY_PERSON                                                  \
	}
#define SET_KEY                                                                \
	{                                                                      \
		"application.key", APP_KEYED, APP_ACT_KEEP_REQUEST, BY_PERSON  \
	}
#define ADOPT                                                                  \
	{                                                                      \
		"application.adopt", APP_ISSUED, APP_ACT_KEEP_CERTIFICATE,     \
		    BY_SYSTEM                                                  \
	}

static const struct app_step steps[APP_STATE_MAX_][APP_EVENT_MAX_] =
    {
	[APP_UNPAID] =
	    {
		[APP_EV_PAY] = {"application.pay", APP_READY, APP_ACT_NONE,
		    BY_OPERATOR | BY_SYSTEM},
		[APP_EV_WITHDRAW] = WITHDRAW,
	    },
	[APP_READY] =
	    {
		[APP_EV_CHECK] = CHECK,
		[APP_EV_WITHDRAW] = WITHDRAW,
	    },
	[APP_CHECKED] =
	    {
		[APP_EV_CHECK] = CHECK,
		[APP_EV_CHANGED] = CHANGED_TO_READY,
		[APP_EV_KEY] = SET_KEY,
		[APP_EV_WITHDRAW] = WITHDRAW,
	    },
	[APP_KEYED] =
	    {
		[APP_EV_CHANGED] = CHANGED_TO_READY,
		[APP_EV_KEY] = SET_KEY,
		[APP_EV_ADOPT] = ADOPT,
		[APP_EV_CONFIRM] = {"application.confirm", APP_CONFIRMED,
		    APP_ACT_SPEND_CODE, BY_PERSON},
		[APP_EV_WITHDRAW] = WITHDRAW,
	    },
	[APP_CONFIRMED] =
	    {
		[APP_EV_APPROVE_AUTO] = {"application.approve_auto",
		    APP_APPROVED, APP_ACT_COMPARE_APPROVAL, BY_ANY},
		[APP_EV_TO_REVIEW] = {"application.to_review", APP_REVIEW,
		    APP_ACT_NONE, BY_ANY},
		[APP_EV_ADOPT] = ADOPT,
		[APP_EV_WITHDRAW] = WITHDRAW,
	    },
	[APP_REVIEW] =
	    {
		[APP_EV_APPROVE] = {"application.approve", APP_APPROVED,
		    APP_ACT_COMPARE_APPROVAL, BY_OPERATOR},
		[APP_EV_REFUSE] = REFUSE,
		[APP_EV_ASK_CORRECT] = {"application.ask_correct",
		    APP_TO_CORRECT, APP_ACT_KEEP_REASON, BY_OPERATOR},
		[APP_EV_ADOPT] = ADOPT,
		[APP_EV_WITHDRAW] = WITHDRAW,
	    },
	[APP_APPROVED] =
	    {
		[APP_EV_CHANGED] = {"application.changed", APP_REVIEW,
		    APP_ACT_NONE, BY_ANY},
		[APP_EV_REFUSE] = REFUSE,
		[APP_EV_ISSUE_BEGIN] = {"application.issue", APP_ISSUING,
		    APP_ACT_COMPARE_APPROVAL, BY_ANY},
		[APP_EV_ADOPT] = ADOPT,
		[APP_EV_WITHDRAW] = WITHDRAW,
	    },
	[APP_ISSUING] =
	    {
		[APP_EV_ISSUE_DONE] = {"application.issued", APP_ISSUED,
		    APP_ACT_KEEP_CERTIFICATE, BY_ANY},
		[APP_EV_ISSUE_FAIL] = {"application.issue_fail", APP_APPROVED,
		    APP_ACT_NONE, BY_ANY},
		[APP_EV_ISSUE_REFUSE] = {"application.issue_refuse", APP_REVIEW,
		    APP_ACT_KEEP_REASON, BY_SYSTEM},
	    },
	[APP_ISSUED] =
	    {
		[APP_EV_ACQUAINT] = {"application.acquaint", APP_ACQUAINTED,
		    APP_ACT_KEEP_SIGNATURE, BY_PERSON},
	    },
	[APP_ACQUAINTED] =
	    {
		[APP_EV_INSTALL] = {"application.install", APP_INSTALLED,
		    APP_ACT_NONE, BY_PERSON},
	    },
	/* Again: a second medium, another computer (A19). */
	[APP_INSTALLED] =
	    {
		[APP_EV_INSTALL] = {"application.install", APP_INSTALLED,
		    APP_ACT_NONE, BY_PERSON},
	    },
	[APP_TO_CORRECT] =
	    {
		[APP_EV_CORRECTED] = {"application.corrected", APP_READY,
		    APP_ACT_FORGET_REQUEST, BY_OPERATOR},
		[APP_EV_WITHDRAW] = WITHDRAW,
	    },
};

static const struct {
	const char *name;
	enum app_next next;
} states[APP_STATE_MAX_] = {
    [APP_UNPAID] = {"unpaid", APP_NEXT_PAY},
    [APP_READY] = {"ready", APP_NEXT_REQUEST},
    [APP_CHECKED] = {"checked", APP_NEXT_CONTINUE},
    [APP_KEYED] = {"keyed", APP_NEXT_CONTINUE},
    [APP_CONFIRMED] = {"confirmed", APP_NEXT_WAIT},
    [APP_REVIEW] = {"review", APP_NEXT_WAIT},
    [APP_APPROVED] = {"approved", APP_NEXT_WAIT},
    [APP_ISSUING] = {"issuing", APP_NEXT_WAIT},
    [APP_ISSUED] = {"issued", APP_NEXT_ACQUAINT},
    [APP_ACQUAINTED] = {"acquainted", APP_NEXT_INSTALL},
    [APP_INSTALLED] = {"installed", APP_NEXT_DOWNLOAD},
    [APP_REFUSED] = {"refused", APP_NEXT_CONTACT},
    [APP_WITHDRAWN] = {"withdrawn", APP_NEXT_CONTACT},
    [APP_TO_CORRECT] = {"to_correct", APP_NEXT_CONTACT},
};

static const char *const events[APP_EVENT_MAX_] = {
    [APP_EV_PAY] = "pay",
    [APP_EV_CHECK] = "check",
    [APP_EV_CHANGED] = "changed",
    [APP_EV_KEY] = "key",
    [APP_EV_CONFIRM] = "confirm",
    [APP_EV_APPROVE_AUTO] = "approve_auto",
    [APP_EV_TO_REVIEW] = "to_review",
    [APP_EV_APPROVE] = "approve",
    [APP_EV_REFUSE] = "refuse",
    [APP_EV_ASK_CORRECT] = "ask_correct",
    [APP_EV_CORRECTED] = "corrected",
    [APP_EV_ISSUE_BEGIN] = "issue_begin",
    [APP_EV_ISSUE_DONE] = "issue_done",
    [APP_EV_ISSUE_FAIL] = "issue_fail",
    [APP_EV_ISSUE_REFUSE] = "issue_refuse",
    [APP_EV_ADOPT] = "adopt",
    [APP_EV_ACQUAINT] = "acquaint",
    [APP_EV_INSTALL] = "install",
    [APP_EV_WITHDRAW] = "withdraw",
};

static const char *const actions[APP_ACTION_MAX_] = {
    [APP_ACT_NONE] = "-",
    [APP_ACT_KEEP_CHECK] = "keep the hash of the data that were checked",
    [APP_ACT_KEEP_REQUEST] = "keep the request",
    [APP_ACT_FORGET_REQUEST] = "forget the request",
    [APP_ACT_SPEND_CODE] = "spend the one-time code",
    [APP_ACT_COMPARE_APPROVAL] = "compare the data with the approval",
    [APP_ACT_KEEP_REASON] = "keep the reason",
    [APP_ACT_KEEP_CERTIFICATE] = "keep the certificate",
    [APP_ACT_KEEP_SIGNATURE] = "keep the signed acquaintance",
};

static const char *const nexts[APP_NEXT_MAX_] = {
    [APP_NEXT_PAY] = "pay",
    [APP_NEXT_REQUEST] = "request",
    [APP_NEXT_CONTINUE] = "continue",
    [APP_NEXT_WAIT] = "wait",
    [APP_NEXT_ACQUAINT] = "acquaint",
    [APP_NEXT_INSTALL] = "install",
    [APP_NEXT_DOWNLOAD] = "download",
    [APP_NEXT_CONTACT] = "contact",
};

const struct app_step *
app_step(enum app_state state, enum app_event event)
{
	ensure((unsigned)state < APP_STATE_MAX_ &&
	       (unsigned)event < APP_EVENT_MAX_);
	return steps[state][event].audit != NULL ? &steps[state][event] : NULL;
}

const char *
app_state_name(enum app_state state)
{
	ensure((unsigned)state < APP_STATE_MAX_);
	return states[state].name;
}

const char *
app_event_name(enum app_event event)
{
	ensure((unsigned)event < APP_EVENT_MAX_);
	return events[event];
}

const char *
app_action_name(enum app_action action)
{
	ensure((unsigned)action < APP_ACTION_MAX_);
	return actions[action];
}

bool
app_state_from(struct slice name, enum app_state *out)
{
	unsigned s;

	for (s = 0; s < APP_STATE_MAX_; s++) {
		if (slice_eq_str(name, states[s].name)) {
			*out = (enum app_state)s;
			return true;
		}
	}
	return false;
}

enum app_next
app_state_next(enum app_state state)
{
	ensure((unsigned)state < APP_STATE_MAX_);
	return states[state].next;
}

const char *
app_next_name(enum app_next next)
{
	ensure((unsigned)next < APP_NEXT_MAX_);
	return nexts[next];
}

bool
app_state_is_final(enum app_state state)
{
	unsigned e;

	for (e = 0; e < APP_EVENT_MAX_; e++) {
		const struct app_step *s = app_step(state, (enum app_event)e);

		if (s != NULL && s->next != state) {
			return false;
		}
	}
	return true;
}

static void
print_by(struct buf *out, unsigned by)
{
	static const enum actor_kind kinds[] = {
	    ACTOR_PERSON, ACTOR_OPERATOR, ACTOR_SYSTEM};
	const char *sep = "";
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		if ((by & (1U << kinds[i])) != 0) {
			buf_printf(out, "%s%s", sep, actor_kind_name(kinds[i]));
			sep = ", ";
		}
	}
}

static void
print_step(struct buf *out, enum app_state s, enum app_event e, bool table)
{
	const struct app_step *step = app_step(s, e);

	if (step == NULL) {
		return;
	}
	if (!table) {
		buf_printf(out, "    %s --> %s: %s\n", app_state_name(s),
		    app_state_name(step->next), app_event_name(e));
		return;
	}
	buf_printf(out, "| %s | %s | %s | ", app_state_name(s),
	    app_event_name(e), app_state_name(step->next));
	print_by(out, step->by);
	buf_printf(out, " | `%s` | %s |\n", step->audit,
	    app_action_name(step->action));
}

void
app_states_print(struct buf *out)
{
	unsigned table;
	unsigned s;
	unsigned e;

	buf_add_str(out, "```mermaid\nstateDiagram-v2\n    [*] --> unpaid\n"
			 "    [*] --> ready\n");
	for (table = 0; table < 2; table++) {
		for (s = 0; s < APP_STATE_MAX_; s++) {
			for (e = 0; e < APP_EVENT_MAX_; e++) {
				print_step(out, (enum app_state)s,
				    (enum app_event)e, table != 0);
			}
		}
		if (table == 0) {
			buf_add_str(out,
			    "```\n\n"
			    "| state | event | next | by | audit | the same "
			    "unit of work also has to |\n"
			    "|---|---|---|---|---|---|\n");
		}
	}
	buf_add_str(
	    out, "\n| state | what the person is offered |\n|---|---|\n");
	for (s = 0; s < APP_STATE_MAX_; s++) {
		buf_printf(out, "| %s | %s |\n", app_state_name(s),
		    app_next_name(app_state_next(s)));
	}
}
