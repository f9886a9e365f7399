/* SPDX-License-Identifier: Apache-2.0 */
/* One certificate for an application. */
#include "registry/issuing_priv.h"

#include <string.h>

#include "base/clock.h"
#include "ca/authority.h"
#include "ca/issue.h"
#include "ca/key_owner.h"
#include "identity/notice.h"
#include "os/seam.h"
#include "profile/values.h"
#include "registry/application.h"
#include "registry/form.h"
#include "registry/registry.h"
#include "store/store.h"
#include "subject/subject.h"
#include "x509/csr.h"

enum {
	WHAT_MAX = 512,
};

static void
system_act(struct act *act)
{
	*act = (struct act){0};
	actor_system(&act->actor, "issuing");
}

/* --- one application -------------------------------------------------- */

/* Everything that is certified comes from the registry; the request gives
 * its key and nothing else (design rule 1). */
static enum err
make_values(const struct issuing *i, const struct form *f,
    const struct application *a, const uint8_t key[32], struct issue_values *v,
    struct errinfo *ei)
{
	struct csr *csr = NULL;
	enum err e;

	memcpy(v->idem, key, sizeof(v->idem));
	e = form_put_values(f, ca_profile(i->o.ca, f->data.profile), v, ei);
	if (e == ERR_OK) {
		e = csr_parse(a->csr, &csr, ei);
	}
	/* It was verified when it came; this is the row of the database. */
	if (e == ERR_OK) {
		e = csr_verify(csr, ei);
	}
	if (e == ERR_OK) {
		e = values_set_spki(v, csr_spki(csr), ei);
	}
	csr_free(csr);
	return e;
}

/* The person of a form, NULL where it has none. */
static const struct id *
person_of(const struct form *f)
{
	return f->data.has_person ? &f->data.person : NULL;
}

enum err
issuing_finish_application(struct issuing *i, const struct form *f,
    const struct id *application, enum app_state from,
    const struct issued *issued, struct errinfo *ei)
{
	struct buf what = BUF_INIT(WHAT_MAX);
	char actor[ACTOR_TEXT_SIZE];
	struct act act;
	struct unit u;
	enum err e = form_owner(f, &what, ei);

	system_act(&act);
	actor_text(&act.actor, actor);
	unit_init(&u);
	if (e == ERR_OK) {
		const struct issued_for whom = {
		    .application = application,
		    .person = person_of(f),
		};

		e = ca_add_issued(i->o.ca, &u, issued, &whom, actor, ei);
	}
	if (e == ERR_OK) {
		const struct notice notice = {
		    .phone = f->data.phone,
		    .email = f->fields.email,
		    .message = MESSAGE_ISSUED,
		    .what = buf_cstr(&what),
		    .about = *application,
		};

		e = notice_add(i->o.notices, &u, &notice, ei);
	}
	if (e == ERR_OK) {
		e = application_add_issued(&u, &act.actor, application, from,
		    &issued->id, clock_utc_sec(i->o.registry->clock), ei);
	}
	if (e == ERR_OK) {
		e = ca_submit_issued(i->o.ca, &u, issued, ei);
	}
	if (e == ERR_OK) {
		seam("front.committed");
	}
	unit_clear(&u);
	buf_clear(&what);
	return e;
}

/*
 * Is it these data, this key or this profile that was refused?  Then the
 * answer is the same each time, and an operator has to look.  What a signer
 * says of itself ("signer.": its ceiling, its clock) and what the system or
 * the store say passes.
 */
static bool
is_refusal(const struct errinfo *why)
{
	static const enum err kinds[] = {
	    ERR_FORMAT, ERR_LIMIT, ERR_UNSUPPORTED, ERR_POLICY, ERR_CRYPTO};

	for (size_t n = 0; n < ARRAY_LEN(kinds); n++) {
		if (why->kind == kinds[n]) {
			return strncmp(why->rule, "signer.", 7) != 0;
		}
	}
	return false;
}

/* Nothing was issued: to review, or back to approved. */
static void
undo_application(
    struct issuing *i, const struct id *application, const struct errinfo *why)
{
	struct registry *r = i->o.registry;
	struct errinfo mine;
	struct act act;
	enum err e = ERR_STATE;

	system_act(&act);
	if (is_refusal(why)) {
		e = application_issue_refuse(r, &act, application, why, &mine);
	}
	if (e != ERR_OK) {
		e = application_issue_fail(r, &act, application, &mine);
	}
	/* If even this fails, the state stays `issuing` and the next look
	 * settles it with the signer. */
	(void)e;
}

/* What is certified was checked by the person and approved by an operator:
 * these very data, however long the application has been in `issuing`. */
static enum err
check_approved(
    const struct form *f, const struct application *a, struct errinfo *ei)
{
	if (!f->approved ||
	    memcmp(f->data_hash, a->checked_hash, sizeof(f->data_hash)) != 0) {
		return err_set(ei, ERR_STATE, "application.changed", NULL,
		    "The data are not those that were checked and approved.");
	}
	return ERR_OK;
}

static enum err
sign_application(struct issuing *i, const struct form *f,
    const struct application *a, const uint8_t key[32], struct errinfo *ei)
{
	struct issue_values values;
	struct issued issued = {0};
	enum err e = check_approved(f, a, ei);

	values_init(&values);
	if (e == ERR_OK) {
		e = make_values(i, f, a, key, &values, ei);
	}
	if (e == ERR_OK) {
		e = key_owner_check(i->o.registry->store, values_spki(&values),
		    person_of(f), ei);
	}
	if (e == ERR_OK) {
		e = ca_issue(i->o.ca, &values, &issued, ei);
	}
	if (e == ERR_OK) {
		e = issuing_finish_application(
		    i, f, &a->id, APP_ISSUING, &issued, ei);
	} else if (e != ERR_TIMEOUT) {
		undo_application(i, &a->id, ei);
	}
	issued_clear(&issued);
	values_clear(&values);
	return e;
}

/* Begun before, perhaps by a front that died: what does the signer have? */
static enum err
settle_application(struct issuing *i, const struct form *f,
    const struct application *a, struct errinfo *ei)
{
	struct issued issued;
	enum err e =
	    ca_find(i->o.ca, f->data.profile, a->issue_key, &issued, ei);

	if (e == ERR_NOTFOUND) {
		return sign_application(i, f, a, a->issue_key, ei);
	}
	if (e == ERR_OK) {
		e = issuing_finish_application(
		    i, f, &a->id, APP_ISSUING, &issued, ei);
		issued_clear(&issued);
	}
	return e;
}

static enum err
begin_application(struct issuing *i, const struct form *f,
    const struct application *a, struct errinfo *ei)
{
	uint8_t key[32];
	struct act act;
	enum err e;

	system_act(&act);
	e = application_issue_begin(i->o.registry, &act, &a->id, key, ei);
	if (e != ERR_OK) {
		return e;
	}
	seam("front.reserved");
	return sign_application(i, f, a, key, ei);
}

enum err
issuing_application(
    struct issuing *i, const struct id *application, struct errinfo *ei)
{
	struct application a;
	struct form f;
	enum err e = application_get(i->o.registry, application, &a, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (a.state != APP_APPROVED && a.state != APP_ISSUING) {
		application_clear(&a);
		return ERR_OK; /* another thread was faster */
	}
	e = form_get(i->o.registry, &a.form, &f, ei);
	if (e == ERR_OK) {
		e = a.state == APP_APPROVED ? begin_application(i, &f, &a, ei)
					    : settle_application(i, &f, &a, ei);
		form_clear(&f);
	}
	application_clear(&a);
	return e;
}
