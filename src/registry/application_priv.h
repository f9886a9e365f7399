/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_APPLICATION_PRIV_H
#define SURGUCH_REGISTRY_APPLICATION_PRIV_H
/* One step of the state machine, for the files that take them. */
#include "registry/application.h"
#include "registry/registry_priv.h"

/*
 * Add a step to the unit: the conditional update, what the table's action
 * demands and can be done here (reason, forgetting the request), and the
 * audit row.  ERR_STATE "application.step", ERR_DENIED "application.actor".
 */
ATTR_MUST_USE enum err step_add(struct unit *u, const struct actor *actor,
    const struct id *id, enum app_state from, enum app_event event, int64_t now,
    const char *reason, struct errinfo *ei);
/* Submit and clear; a conflict of the conditional update becomes ERR_STATE
 * "application.step". */
ATTR_MUST_USE enum err step_submit(
    struct registry *r, struct unit *u, struct errinfo *ei);
/* A step that needs nothing else. */
ATTR_MUST_USE enum err step_take(struct registry *r, const struct act *act,
    const struct id *id, enum app_event event, const char *reason,
    struct errinfo *ei);
/* The data are not those that the step was to be taken for: go back to where
 * they are looked at, and return ERR_STATE "application.changed". */
ATTR_MUST_USE enum err step_back(struct registry *r, const struct actor *actor,
    const struct application *a, struct errinfo *ei);

/* The key that a signer knows the issuing by: of application and request. */
ATTR_MUST_USE enum err application_issue_key(const struct id *id,
    const uint8_t csr_sha256[32], uint8_t out[32], struct errinfo *ei);

/* The application and its form together. */
struct both {
	struct application app;
	struct form form;
};
ATTR_MUST_USE enum err both_get(struct registry *r, const struct id *id,
    struct both *out, struct errinfo *ei);
void both_clear(struct both *b);

#endif
