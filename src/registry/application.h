/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_APPLICATION_H
#define SURGUCH_REGISTRY_APPLICATION_H
/*
 * An application is one going through a form: from «запросить» to the
 * installed certificate.  registry/states.h says which step is possible when;
 * every function here is one step: one unit of work with its audit row.
 *
 * Errors common to the steps: ERR_NOTFOUND "application.none"; ERR_STATE
 * "application.step" (errinfo.object is the present state) when the step is
 * not possible now, also when another hand was faster; ERR_DENIED
 * "application.actor" when it is not this kind of actor's step.
 * Whether the person's session may touch the application at all (its phone)
 * is asked by application_of_phone().
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "registry/form.h"
#include "registry/idem.h"
#include "registry/registry.h"
#include "registry/states.h"

struct otp_proof;
struct rows;
struct unit;

/*
 * Where a key was made, as the person's own computer told it: shown to them
 * again, on another computer too, and believed in nothing else.
 */
struct key_medium {
	const char
	    *kind; /* "registry", "disk", "token"; "": nothing is known */
	const char *name; /* as it stands on it: 1..MEDIUM_NAME_MAX bytes */
	const char *container; /* its agent's id of it, 32 hex digits, or "" */
};

struct application {
	struct id id;
	struct id form;
	enum app_state state;
	int64_t created_at;
	int64_t updated_at;
	uint8_t checked_hash[REGISTRY_HASH_SIZE]; /* data the person saw */
	struct slice csr;                         /* DER; empty before keyed */
	struct key_medium medium;                 /* of the request's key */
	uint8_t csr_sha256[32];
	uint8_t issue_key[32]; /* the signer's idempotency key */
	bool has_certificate;
	struct id certificate;
	const char *reason; /* that the last step gave; else "" */
	struct rows *rows;  /* owns csr, medium and reason */
};

/* Starts in ready, or in unpaid when the form is not paid.  ERR_CONFLICT
 * "application.exists" when the form has a living one; ERR_STATE "form.state"
 * when the form is withdrawn. */
ATTR_MUST_USE enum err application_create(struct registry *r,
    const struct act *act, const struct id *id, const struct id *form,
    struct errinfo *ei);
ATTR_MUST_USE enum err application_get(struct registry *r, const struct id *id,
    struct application *out, struct errinfo *ei);
void application_clear(struct application *a);
/* The same, but ERR_NOTFOUND "application.none" (and nothing else to tell
 * it from an unknown id) unless its form names this phone. */
ATTR_MUST_USE enum err application_of_phone(struct registry *r,
    const struct id *id, const char *phone, struct application *out,
    struct errinfo *ei);
ATTR_MUST_USE enum err form_of_phone(struct registry *r, const struct id *id,
    const char *phone, struct form *out, struct errinfo *ei);

/* ready → checked.  hash: form.data_hash of what was shown; ERR_CONFLICT
 * "form.changed" when the data are other by now. */
ATTR_MUST_USE enum err application_check(struct registry *r,
    const struct act *act, const struct id *id,
    const uint8_t hash[REGISTRY_HASH_SIZE], struct errinfo *ei);
/* checked (or keyed: a new key) → keyed.  The caller has parsed and verified
 * the request; what is stored are its bytes.  medium NULL: nothing is known of
 * it; ERR_FORMAT "application.medium" (errinfo.object "medium") when it is not
 * as above.  ERR_STATE "application.changed": the data are not those that were
 * checked, and the application went back to ready. */
ATTR_MUST_USE enum err application_set_request(struct registry *r,
    const struct act *act, const struct id *id, struct slice csr_der,
    const struct key_medium *medium, struct errinfo *ei);
/* What the SMS code of the confirmation is bound to. */
ATTR_MUST_USE enum err application_confirm_hash(
    const struct application *a, uint8_t out[32], struct errinfo *ei);
/*
 * keyed → confirmed, spending the code in the same unit, and on at once:
 * → approved while the data are those that an operator approved, else
 * → review.  *out is the state reached.  ERR_DENIED "otp.spent" when the code
 * was used a moment ago, "otp.content" when the request is another than the one
 * it was judged for; ERR_STATE "application.changed" as above.
 */
ATTR_MUST_USE enum err application_confirm(struct registry *r,
    const struct act *act, const struct id *id, const struct otp_proof *proof,
    enum app_state *out, struct errinfo *ei);

/* Operators (H4).  Approving an application needs a form that is approved as
 * it is now: ERR_STATE "form.approval" else, and "application.changed" when
 * the person confirmed other data.  reason: 1..500 characters for the person
 * to read. */
ATTR_MUST_USE enum err application_approve(struct registry *r,
    const struct act *act, const struct id *id, struct errinfo *ei);
ATTR_MUST_USE enum err application_refuse(struct registry *r,
    const struct act *act, const struct id *id, const char *reason,
    struct errinfo *ei);
ATTR_MUST_USE enum err application_ask_correct(struct registry *r,
    const struct act *act, const struct id *id, const char *reason,
    struct errinfo *ei);
ATTR_MUST_USE enum err application_corrected(struct registry *r,
    const struct act *act, const struct id *id, struct errinfo *ei);
ATTR_MUST_USE enum err application_withdraw(struct registry *r,
    const struct act *act, const struct id *id, const char *reason,
    struct errinfo *ei);

/*
 * Issuing, unit (a): approved → issuing.  Compares the data with the
 * approval once more, in the unit.  *out_issue_key is the signer's
 * idempotency key; it depends on the application and its request only, so
 * however often it is tried an application gets one certificate.
 * ERR_STATE "application.changed": went to review instead.
 */
ATTR_MUST_USE enum err application_issue_begin(struct registry *r,
    const struct act *act, const struct id *id, uint8_t out_issue_key[32],
    struct errinfo *ei);
/*
 * Unit (b) holds the certificate, the message, and these statements: → issued
 * with the certificate's id.  From issuing, or, for what a signer's journal
 * has and a database that was put back has not, from a state that adoption is
 * possible in.
 */
ATTR_MUST_USE enum err application_add_issued(struct unit *u,
    const struct actor *actor, const struct id *id, enum app_state from,
    const struct id *certificate, int64_t now_sec, struct errinfo *ei);
/* issuing → approved: nothing was issued, and it is tried again. */
ATTR_MUST_USE enum err application_issue_fail(struct registry *r,
    const struct act *act, const struct id *id, struct errinfo *ei);
/* issuing → review, with what was said as the reason, for operators. */
ATTR_MUST_USE enum err application_issue_refuse(struct registry *r,
    const struct act *act, const struct id *id, const struct errinfo *why,
    struct errinfo *ei);
/* By the signer's idempotency key (adoption from the journal). */
ATTR_MUST_USE enum err application_by_issue_key(struct registry *r,
    const uint8_t issue_key[32], struct application *out, struct errinfo *ei);

struct acquaintance {
	const char *version;       /* of the text: ACQUAINT_VERSION */
	struct slice text;         /* as it was shown and signed */
	struct slice cms;          /* detached CAdES-BES over the text */
	uint8_t signer_sha256[32]; /* of the certificate that signed */
};
/* issued → acquainted.  The caller has verified the signature by the new
 * certificate over the text (registry/acquaint.h, crypto/cms.h). */
ATTR_MUST_USE enum err application_acquaint(struct registry *r,
    const struct act *act, const struct id *id, const struct acquaintance *in,
    struct errinfo *ei);
/* acquainted → installed. */
ATTR_MUST_USE enum err application_installed(struct registry *r,
    const struct act *act, const struct id *id, struct errinfo *ei);

/* Applications in a state, by id after *after, at most max and PAGE_ROWS_MAX:
 * the operators' queue (review), and what a new front has to ask the signer
 * about (issuing). */
struct application_row {
	struct id id;
	struct id form;
	int64_t updated_at;
};
ATTR_MUST_USE enum err application_list(struct registry *r,
    enum app_state state, const struct id *after, struct application_row *out,
    size_t max, size_t *out_num, struct errinfo *ei);

#endif
