/* SPDX-License-Identifier: Apache-2.0 */
/* The steps themselves, in the order in which an application takes them. */
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/bounds.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "identity/otp.h"
#include "os/random.h"
#include "registry/application_priv.h"
#include "registry/form_priv.h"
#include "registry/phone_change.h"

enum {
	SAME_TRIES = 4,
	MEDIUM_CONTAINER_HEX = 32 /* an agent's id of a container */
};

static bool
same_hash(const uint8_t a[32], const uint8_t b[32])
{
	return memcmp(a, b, 32) == 0;
}

enum err
application_create(struct registry *r, const struct act *act,
    const struct id *id, const struct id *form, struct errinfo *ei)
{
	struct form f = {0};
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	enum app_state first;
	enum err err;

	err = form_get(r, form, &f, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = form_need_open(&f, ei);
	/* Refused and withdrawn ones make room for another; an installed one
	 * is what was bought. */
	if (err == ERR_OK && f.has_application && f.state != APP_REFUSED &&
	    f.state != APP_WITHDRAWN) {
		err = err_set(ei, ERR_CONFLICT, "application.exists", NULL,
		    "This form has an application already.");
	}
	if (err != ERR_OK) {
		form_clear(&f);
		return err;
	}
	first = f.paid ? APP_READY : APP_UNPAID;
	unit_init(&u);
	unit_add(&u, ST_APPLICATION_INSERT, EXPECT(1), V_ID(id), V_ID(form),
	    V_TEXT(app_state_name(first)), V_INT(now));
	unit_add(&u, ST_FORM_SET_APPLICATION, EXPECT(1), V_ID(form),
	    V_INT(f.version), V_INT(now), V_ID(id));
	registry_audit(&u, &act->actor, "application.create",
	    APPLICATION_PREFIX, id, NULL, now);
	act_add(&u, act, now);
	err = registry_submit(r, &u, "form.set_application", ei);
	form_clear(&f);
	return err;
}

enum err
application_check(struct registry *r, const struct act *act,
    const struct id *id, const uint8_t hash[REGISTRY_HASH_SIZE],
    struct errinfo *ei)
{
	struct both b = {0};
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	enum err err;

	err = both_get(r, id, &b, ei);
	if (err != ERR_OK) {
		return err;
	}
	unit_init(&u);
	err = step_add(
	    &u, &act->actor, id, b.app.state, APP_EV_CHECK, now, NULL, ei);
	if (err == ERR_OK && !same_hash(hash, b.form.data_hash)) {
		err = form_changed(ei);
	}
	if (err == ERR_OK) {
		unit_add(&u, ST_APPLICATION_CHECKED, EXPECT(1), V_ID(id),
		    V_BLOB(slice_make(hash, REGISTRY_HASH_SIZE)));
		act_add(&u, act, now);
		err = step_submit(r, &u, ei);
	}
	unit_clear(&u);
	both_clear(&b);
	return err;
}

static enum err
check_csr(struct slice csr, uint8_t out_sha256[32], struct errinfo *ei)
{
	if (csr.len == 0 || csr.len > CSR_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "application.request", NULL,
		    "A request has 1 to %d bytes.", CSR_BYTES_MAX);
	}
	return sha256_of(csr, out_sha256, ei);
}

static bool
is_container(const char *id)
{
	return strlen(id) == MEDIUM_CONTAINER_HEX &&
	       strspn(id, "0123456789abcdef") == MEDIUM_CONTAINER_HEX;
}

static bool
medium_is_good(const struct key_medium *m)
{
	static const char *const kinds[] = {"registry", "disk", "token"};
	bool known = false;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		known = known || strcmp(m->kind, kinds[i]) == 0;
	}
	return known && strlen(m->name) <= MEDIUM_NAME_MAX &&
	       text_is_clean(slice_str(m->name)) &&
	       (m->container[0] == '\0' || is_container(m->container));
}

static enum err
check_medium(const struct key_medium *m, struct errinfo *ei)
{
	if (m == NULL || medium_is_good(m)) {
		return ERR_OK;
	}
	return err_object(ei,
	    err_set(ei, ERR_FORMAT, "application.medium", NULL,
		"A medium has a kind (registry, disk, token), a name of 1 to "
		"%d bytes, and the container's id of %d hexadecimal digits if "
		"it is known.",
		MEDIUM_NAME_MAX, (int)MEDIUM_CONTAINER_HEX),
	    "medium");
}

static struct value
text_or_null(const char *text)
{
	return text[0] == '\0' ? V_NULL : V_TEXT(text);
}

enum err
application_set_request(struct registry *r, const struct act *act,
    const struct id *id, struct slice csr_der, const struct key_medium *medium,
    struct errinfo *ei)
{
	static const struct key_medium unknown = {"", "", ""};
	const struct key_medium *m = medium != NULL ? medium : &unknown;
	struct both b = {0};
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	uint8_t sha256[32] = {0};
	uint8_t key[32] = {0};
	enum err err;

	if ((err = check_medium(medium, ei)) != ERR_OK ||
	    (err = check_csr(csr_der, sha256, ei)) != ERR_OK ||
	    (err = application_issue_key(id, sha256, key, ei)) != ERR_OK ||
	    (err = both_get(r, id, &b, ei)) != ERR_OK) {
		return err;
	}
	unit_init(&u);
	err = step_add(
	    &u, &act->actor, id, b.app.state, APP_EV_KEY, now, NULL, ei);
	if (err == ERR_OK && !same_hash(b.app.checked_hash, b.form.data_hash)) {
		err = step_back(r, &act->actor, &b.app, ei);
	} else if (err == ERR_OK) {
		unit_add(&u, ST_APPLICATION_REQUEST, EXPECT(1), V_ID(id),
		    V_BLOB(csr_der), V_BLOB(slice_make(sha256, 32)),
		    V_BLOB(slice_make(key, 32)), text_or_null(m->kind),
		    text_or_null(m->name), text_or_null(m->container));
		act_add(&u, act, now);
		err = step_submit(r, &u, ei);
	}
	unit_clear(&u);
	both_clear(&b);
	return err;
}

/* One attempt to confirm, on what was read; ERR_CONFLICT with a rule of
 * form_conflict() when the data changed meanwhile. */
static enum err
confirm_once(struct registry *r, const struct act *act, const struct both *b,
    const struct otp_proof *proof, enum app_state *out, struct errinfo *ei)
{
	const struct id *id = &b->app.id;
	enum app_event onward =
	    b->form.approved ? APP_EV_APPROVE_AUTO : APP_EV_TO_REVIEW;
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	enum err err;

	unit_init(&u);
	err = step_add(
	    &u, &act->actor, id, b->app.state, APP_EV_CONFIRM, now, NULL, ei);
	if (err == ERR_OK) {
		otp_add_use(&u, proof);
		unit_add(&u, ST_APPLICATION_SAME, EXPECT(1), V_ID(id),
		    V_BLOB(slice_make(b->app.csr_sha256, 32)));
		form_add_same(&u, &b->form);
		err = step_add(
		    &u, &act->actor, id, APP_CONFIRMED, onward, now, NULL, ei);
	}
	if (err == ERR_OK) {
		act_add(&u, act, now);
		err = step_submit(r, &u, ei);
	}
	unit_clear(&u);
	if (err == ERR_OK) {
		*out = b->form.approved ? APP_APPROVED : APP_REVIEW;
	}
	return err;
}

/* The code was judged for a request that may have been replaced since. */
static enum err
check_confirmed(const struct application *a, const struct otp_proof *proof,
    struct errinfo *ei)
{
	uint8_t content[32];
	enum err err = application_confirm_hash(a, content, ei);

	if (err == ERR_OK && !same_hash(content, proof->content)) {
		err = err_set(ei, ERR_DENIED, "otp.content", NULL,
		    "The code confirms another request than the one that is "
		    "here now; ask for another.");
	}
	return err;
}

/* May the step be taken at all, and for the data as they are? */
static enum err
confirm_read(struct registry *r, const struct act *act, const struct id *id,
    const struct otp_proof *proof, struct both *out, struct errinfo *ei)
{
	struct both b = {0};
	enum err err;

	err = both_get(r, id, &b, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (b.app.state == APP_KEYED &&
	    !same_hash(b.app.checked_hash, b.form.data_hash)) {
		err = step_back(r, &act->actor, &b.app, ei);
		both_clear(&b);
		return err;
	}
	if (b.app.state == APP_KEYED) {
		err = check_confirmed(&b.app, proof, ei);
	}
	if (err == ERR_OK) {
		err = phone_need_still(&b.form, ei);
	}
	if (err != ERR_OK) {
		both_clear(&b);
		return err;
	}
	*out = b;
	return ERR_OK;
}

enum err
application_confirm(struct registry *r, const struct act *act,
    const struct id *id, const struct otp_proof *proof, enum app_state *out,
    struct errinfo *ei)
{
	struct errinfo mine = {0};
	struct both b = {0};
	enum err err = ERR_CONFLICT;
	int i;

	for (i = 0; i < SAME_TRIES && err == ERR_CONFLICT; i++) {
		err = confirm_read(r, act, id, proof, &b, &mine);
		if (err != ERR_OK) {
			break;
		}
		err = confirm_once(r, act, &b, proof, out, &mine);
		both_clear(&b);
		if (err == ERR_CONFLICT && !form_conflict(&mine)) {
			break;
		}
	}
	if (err == ERR_CONFLICT && conflict_is(&mine, "otp.use")) {
		return err_set(ei, ERR_DENIED, "otp.spent", NULL,
		    "This code was used; ask for another.");
	}
	if (err != ERR_OK && ei != NULL) {
		*ei = mine;
	}
	return err;
}

enum err
application_approve(struct registry *r, const struct act *act,
    const struct id *id, struct errinfo *ei)
{
	struct errinfo mine = {0};
	struct both b = {0};
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	enum err err;

	err = both_get(r, id, &b, ei);
	if (err != ERR_OK) {
		return err;
	}
	unit_init(&u);
	err = step_add(
	    &u, &act->actor, id, b.app.state, APP_EV_APPROVE, now, NULL, &mine);
	if (err == ERR_OK && !same_hash(b.app.checked_hash, b.form.data_hash)) {
		err = err_set(&mine, ERR_STATE, "application.changed", NULL,
		    "The person confirmed other data than the registry has "
		    "now; ask them to check again.");
	}
	if (err == ERR_OK && !b.form.approved) {
		err = err_set(&mine, ERR_STATE, "form.approval", NULL,
		    "The form is not approved as it is now.");
	}
	if (err == ERR_OK) {
		form_add_same(&u, &b.form);
		act_add(&u, act, now);
		err = step_submit(r, &u, &mine);
	}
	unit_clear(&u);
	both_clear(&b);
	if (err == ERR_CONFLICT && form_conflict(&mine)) {
		return form_changed(ei);
	}
	if (err != ERR_OK && ei != NULL) {
		*ei = mine;
	}
	return err;
}

enum err
application_refuse(struct registry *r, const struct act *act,
    const struct id *id, const char *reason, struct errinfo *ei)
{
	return step_take(
	    r, act, id, APP_EV_REFUSE, reason != NULL ? reason : "", ei);
}

enum err
application_ask_correct(struct registry *r, const struct act *act,
    const struct id *id, const char *reason, struct errinfo *ei)
{
	return step_take(
	    r, act, id, APP_EV_ASK_CORRECT, reason != NULL ? reason : "", ei);
}

enum err
application_corrected(struct registry *r, const struct act *act,
    const struct id *id, struct errinfo *ei)
{
	return step_take(r, act, id, APP_EV_CORRECTED, NULL, ei);
}

enum err
application_withdraw(struct registry *r, const struct act *act,
    const struct id *id, const char *reason, struct errinfo *ei)
{
	return step_take(
	    r, act, id, APP_EV_WITHDRAW, reason != NULL ? reason : "", ei);
}

enum err
application_issue_begin(struct registry *r, const struct act *act,
    const struct id *id, uint8_t out_issue_key[32], struct errinfo *ei)
{
	struct errinfo mine = {0};
	struct both b = {0};
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	uint8_t key[32] = {0};
	bool stale;
	enum err err;

	err = both_get(r, id, &b, ei);
	if (err != ERR_OK) {
		return err;
	}
	memcpy(key, b.app.issue_key, sizeof(key));
	stale = !b.form.approved ||
		!same_hash(b.app.checked_hash, b.form.data_hash);
	unit_init(&u);
	err = step_add(&u, &act->actor, id, b.app.state, APP_EV_ISSUE_BEGIN,
	    now, NULL, &mine);
	if (err == ERR_OK && stale) {
		err = step_back(r, &act->actor, &b.app, &mine);
	} else if (err == ERR_OK) {
		form_add_same(&u, &b.form);
		act_add(&u, act, now);
		err = step_submit(r, &u, &mine);
	}
	unit_clear(&u);
	both_clear(&b);
	if (err == ERR_CONFLICT && form_conflict(&mine)) {
		return form_changed(ei);
	}
	if (err != ERR_OK && ei != NULL) {
		*ei = mine;
	}
	if (err == ERR_OK) {
		memcpy(out_issue_key, key, sizeof(key));
	}
	return err;
}

enum err
application_add_issued(struct unit *u, const struct actor *actor,
    const struct id *id, enum app_state from, const struct id *certificate,
    int64_t now_sec, struct errinfo *ei)
{
	enum app_event event =
	    from == APP_ISSUING ? APP_EV_ISSUE_DONE : APP_EV_ADOPT;
	enum err err;

	err = step_add(u, actor, id, from, event, now_sec, NULL, ei);
	if (err == ERR_OK) {
		unit_add(u, ST_APPLICATION_CERTIFICATE, EXPECT(1), V_ID(id),
		    V_ID(certificate));
	}
	return err;
}

enum err
application_issue_fail(struct registry *r, const struct act *act,
    const struct id *id, struct errinfo *ei)
{
	return step_take(r, act, id, APP_EV_ISSUE_FAIL, NULL, ei);
}

enum err
application_issue_refuse(struct registry *r, const struct act *act,
    const struct id *id, const struct errinfo *why, struct errinfo *ei)
{
	char reason[ERRINFO_TEXT + ERRINFO_RULE + sizeof(": ")];

	(void)snprintf(reason, sizeof(reason), "%s: %s", why->rule, why->text);
	return step_take(r, act, id, APP_EV_ISSUE_REFUSE, reason, ei);
}

static enum err
check_acquaintance(
    const struct acquaintance *in, uint8_t out_sha256[32], struct errinfo *ei)
{
	if (!text_is_clean(slice_str(in->version)) || in->text.len == 0 ||
	    in->cms.len == 0 || in->cms.len > CMS_BYTES_MAX) {
		return err_set(ei, ERR_FORMAT, "application.acquaintance", NULL,
		    "The version, the text and the signature of the "
		    "acquaintance are needed.");
	}
	return sha256_of(in->text, out_sha256, ei);
}

enum err
application_acquaint(struct registry *r, const struct act *act,
    const struct id *id, const struct acquaintance *in, struct errinfo *ei)
{
	struct application a = {0};
	struct unit u;
	struct id statement;
	int64_t now = clock_utc_sec(r->clock);
	uint8_t sha256[32] = {0};
	enum err err;

	if ((err = check_acquaintance(in, sha256, ei)) != ERR_OK ||
	    (err = id_new(r->clock, &statement, ei)) != ERR_OK ||
	    (err = application_get(r, id, &a, ei)) != ERR_OK) {
		return err;
	}
	unit_init(&u);
	err = step_add(
	    &u, &act->actor, id, a.state, APP_EV_ACQUAINT, now, NULL, ei);
	if (err == ERR_OK) {
		unit_add(&u, ST_STATEMENT_INSERT, EXPECT(1), V_ID(&statement),
		    V_ID(id), V_TEXT("acquaintance"), V_TEXT(in->version),
		    V_BLOB(in->text), V_BLOB(slice_make(sha256, 32)),
		    V_BLOB(in->cms), V_BLOB(slice_make(in->signer_sha256, 32)),
		    V_INT(now));
		act_add(&u, act, now);
		err = step_submit(r, &u, ei);
	}
	unit_clear(&u);
	application_clear(&a);
	return err;
}

enum err
application_installed(struct registry *r, const struct act *act,
    const struct id *id, struct errinfo *ei)
{
	return step_take(r, act, id, APP_EV_INSTALL, NULL, ei);
}
