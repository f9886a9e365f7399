/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_STATES_H
#define SURGUCH_REGISTRY_STATES_H
/*
 * The life of an application: one const table [state][event].  A missing
 * entry is a step that does not exist.  The database repeats the rule
 * (UPDATE ... WHERE state = old, one row expected), so that two hands cannot
 * both take the step.  docs/states.md shows the graph; a test compares it.
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum app_state {
	APP_UNPAID,
	APP_READY,     /* the person may begin */
	APP_CHECKED,   /* the person has found the data right */
	APP_KEYED,     /* a request with proof of possession is stored */
	APP_CONFIRMED, /* by SMS code */
	APP_REVIEW,    /* an operator has to look */
	APP_APPROVED,
	APP_ISSUING, /* the signer has been or is about to be asked */
	APP_ISSUED,
	APP_ACQUAINTED, /* the owner signed the certificate's data */
	APP_INSTALLED,
	APP_REFUSED,
	APP_WITHDRAWN,
	APP_TO_CORRECT, /* the service centre has to correct the data */
	APP_STATE_MAX_
};

enum app_event {
	APP_EV_PAY,
	APP_EV_CHECK,
	APP_EV_CHANGED, /* the registry's data are not those that were checked
			 */
	APP_EV_KEY,
	APP_EV_CONFIRM,
	APP_EV_APPROVE_AUTO, /* data as approved in the form */
	APP_EV_TO_REVIEW,
	APP_EV_APPROVE,
	APP_EV_REFUSE,
	APP_EV_ASK_CORRECT,
	APP_EV_CORRECTED,
	APP_EV_ISSUE_BEGIN,
	APP_EV_ISSUE_DONE,
	APP_EV_ISSUE_FAIL,   /* not now */
	APP_EV_ISSUE_REFUSE, /* not as it is, however often it is tried */
	APP_EV_ADOPT,        /* found in the journal after a restore */
	APP_EV_ACQUAINT,
	APP_EV_INSTALL,
	APP_EV_WITHDRAW,
	APP_EVENT_MAX_
};

/* What else the unit of work of the step has to hold. */
enum app_action {
	APP_ACT_NONE,
	APP_ACT_KEEP_CHECK,       /* hash of the data that were checked */
	APP_ACT_KEEP_REQUEST,     /* the request and its hash */
	APP_ACT_FORGET_REQUEST,   /* no request any more */
	APP_ACT_SPEND_CODE,       /* the one-time code */
	APP_ACT_COMPARE_APPROVAL, /* data still as the operator approved them */
	APP_ACT_KEEP_REASON,      /* why, in words */
	APP_ACT_KEEP_CERTIFICATE, /* certificate, answer, outbox */
	APP_ACT_KEEP_SIGNATURE,   /* the signed acquaintance */
	APP_ACTION_MAX_
};

struct app_step {
	const char *audit; /* the audit row's action; NULL: no such step */
	enum app_state next;
	enum app_action action;
	unsigned by; /* who may: 1 << enum actor_kind, several */
};

/* What the person is offered (A3): exactly one for each state. */
enum app_next {
	APP_NEXT_PAY,      /* «Оплатите счет ...» */
	APP_NEXT_REQUEST,  /* «запросить» */
	APP_NEXT_CONTINUE, /* продолжить */
	APP_NEXT_WAIT,     /* nothing to do now */
	APP_NEXT_ACQUAINT, /* read and sign the certificate's data */
	APP_NEXT_INSTALL,  /* «установить» */
	APP_NEXT_DOWNLOAD, /* «Скачать» */
	APP_NEXT_CONTACT,  /* the service centre */
	APP_NEXT_MAX_
};

/* NULL when the event means nothing in this state. */
const struct app_step *app_step(enum app_state state, enum app_event event);
const char *app_state_name(enum app_state state); /* "to_correct" */
const char *app_event_name(enum app_event event); /* "ask_correct" */
const char *app_action_name(enum app_action action);
ATTR_MUST_USE bool app_state_from(struct slice name, enum app_state *out);
enum app_next app_state_next(enum app_state state);
const char *app_next_name(enum app_next next); /* "request" */
/* No event leads out of it. */
bool app_state_is_final(enum app_state state);
/* The graph as a mermaid stateDiagram-v2 with a table of steps below. */
void app_states_print(struct buf *out);

#endif
