/* SPDX-License-Identifier: Apache-2.0 */
/* Every change of a form. */
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/aead.h"
#include "identity/notice.h"
#include "profile/values.h"
#include "registry/application_priv.h"
#include "registry/form_priv.h"
#include "registry/phone_change.h"

enum {
	DOCUMENT_CHARS_MAX = 500
};

/* The normal form of what a form says itself. */
struct texts {
	struct fields fields;
	char phone[PHONE_SIZE];
	const char *profile;
};

static void
texts_clear(struct texts *t)
{
	fields_clear(&t->fields);
}

enum err
form_check_phone(const char *phone, char out[PHONE_SIZE], struct errinfo *ei)
{
	enum err err;

	err = phone_normalise(slice_str(phone), out, ei);
	if (err == ERR_OK && !phone_can_sms(out)) {
		err = err_set(ei, ERR_FORMAT, "form.phone.sms", NULL,
		    "phone: codes are sent by SMS, and this is not the number "
		    "of a mobile phone (+79...).");
	}
	return err == ERR_OK ? ERR_OK : err_object(ei, err, "phone");
}

static enum err
check_profile(const struct form_data *d, const char **out, struct errinfo *ei)
{
	struct issue_values v;
	enum err err;

	if ((unsigned)d->owner_kind >= OWNER_KIND_MAX_) {
		err = err_set(ei, ERR_FORMAT, "form.owner_kind", NULL,
		    "owner_kind: it is person, sole_proprietor, "
		    "organisation_person or organisation.");
		return err_object(ei, err, "owner_kind");
	}
	if (d->profile == NULL || d->profile[0] == '\0') {
		*out = owner_kind_profile(d->owner_kind);
		return ERR_OK;
	}
	values_init(&v);
	err = values_set_profile(&v, slice_str(d->profile), ei);
	values_clear(&v);
	if (err != ERR_OK) {
		return err_object(ei, err, "profile");
	}
	*out = d->profile;
	return ERR_OK;
}

/* Point the form's data at the normal texts, so that the subject can be built
 * from them and from the rows that the form names. */
static void
use_texts(struct form *f, const struct form_data *data, const struct texts *t)
{
	const char *text;
	size_t i;

	f->data = *data;
	f->data.phone = t->phone;
	f->data.profile = t->profile;
	for (i = 0; i < FORM_RULES; i++) {
		text = t->fields.text[i];
		memcpy((char *)&f->data + form_rules[i].offset, &text,
		    sizeof(text));
	}
}

/* The whole that a certificate would say must be right by now. */
static enum err
check_subject(struct registry *r, const struct form_data *data,
    const struct texts *t, struct errinfo *ei)
{
	struct subject_attrs attrs;
	struct form f = {0};
	enum err err;

	use_texts(&f, data, t);
	err = form_read_subject(r, &f, ei);
	if (err == ERR_OK) {
		subject_attrs_init(&attrs);
		err = subject_build(data->owner_kind, &f.fields, &attrs, ei);
		subject_attrs_clear(&attrs);
	}
	form_clear(&f);
	return err;
}

static enum err
texts_init(struct registry *r, const struct form_data *data, struct texts *out,
    struct errinfo *ei)
{
	struct texts t = {0};
	enum err err;

	if ((err = check_profile(data, &t.profile, ei)) != ERR_OK ||
	    (err = form_check_phone(data->phone, t.phone, ei)) != ERR_OK ||
	    (err = fields_normalise(
		 form_rules, FORM_RULES, data, &t.fields, ei)) != ERR_OK) {
		return err;
	}
	err = check_subject(r, data, &t, ei);
	if (err != ERR_OK) {
		texts_clear(&t);
		return err;
	}
	*out = t;
	return ERR_OK;
}

/* id, then everything in the order of FORM_INSERT, now, and a version. */
static void
add_write(struct unit *u, const struct id *id, const struct form_data *d,
    const struct texts *t, int64_t now, const int64_t *version)
{
	struct value values[FORM_RULES + 8];
	size_t n = 0;
	size_t i;

	values[n++] = V_ID(id);
	values[n++] = V_TEXT(t->profile);
	values[n++] = V_TEXT(owner_kind_name(d->owner_kind));
	values[n++] = V_ID(d->has_person ? &d->person : NULL);
	values[n++] = V_ID(d->has_org ? &d->org : NULL);
	values[n++] = V_TEXT(t->phone);
	for (i = 0; i < FORM_RULES; i++) {
		values[n++] = V_TEXT(t->fields.text[i]);
	}
	values[n++] = V_INT(now);
	if (version != NULL) {
		values[n++] = V_INT(*version);
	}
	unit_add_values(u, version == NULL ? ST_FORM_INSERT : ST_FORM_UPDATE,
	    EXPECT(1), values, n);
}

enum err
form_create(struct registry *r, const struct act *act, const struct id *id,
    const struct form_data *data, struct errinfo *ei)
{
	struct texts t;
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	enum err err;

	err = texts_init(r, data, &t, ei);
	if (err != ERR_OK) {
		return err;
	}
	unit_init(&u);
	add_write(&u, id, data, &t, now, NULL);
	registry_audit(
	    &u, &act->actor, "form.create", FORM_PREFIX, id, NULL, now);
	act_add(&u, act, now);
	err = registry_submit(r, &u, NULL, ei);
	texts_clear(&t);
	return err;
}

/* Until a certificate is being made the form may change. */
static enum err
need_changeable(const struct form *f, struct errinfo *ei)
{
	if (f->state == APP_ISSUING || f->state == APP_ISSUED ||
	    f->state == APP_ACQUAINTED || f->state == APP_INSTALLED) {
		return err_set(ei, ERR_STATE, "form.state", NULL,
		    "The form's certificate is being issued or has been.");
	}
	return form_need_open(f, ei);
}

/* A mistake of the registry is corrected at once; somebody's way in is not. */
static enum err
need_free_phone(const struct form *f, const char *phone, struct errinfo *ei)
{
	if (strcmp(f->data.phone, phone) == 0 ||
	    phone_way_of(f->status, f->has_application) == PHONE_AT_ONCE) {
		return ERR_OK;
	}
	return err_object(ei,
	    err_set(ei, ERR_STATE, "form.phone.cooling", NULL,
		"An application was begun with this form's phone: another one "
		"holds after a cooling time and needs evidence (POST "
		"/v1/forms/{form}/phone)."),
	    "phone");
}

/* Whoever has the old phone hears of it at once, and so does the e-mail as it
 * was: nothing is changed behind their back.  Codes go to the new phone from
 * here on. */
static enum err
add_phone_notice(struct registry *r, struct unit *u, const struct id *id,
    const struct form *old, const char *new_phone, struct errinfo *ei)
{
	if (strcmp(old->data.phone, new_phone) == 0 || r->notices == NULL) {
		return ERR_OK;
	}
	return notice_add(r->notices, u,
	    &(struct notice){
		.phone = old->data.phone,
		.email = old->fields.email,
		.lang = LANG_RU,
		.message = MESSAGE_PHONE_CHANGED,
		.about = *id,
	    },
	    ei);
}

enum err
form_update(struct registry *r, const struct act *act, const struct id *id,
    int64_t version, const struct form_data *data, struct errinfo *ei)
{
	struct form f = {0};
	struct texts t = {0};
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	enum err err;

	err = form_get(r, id, &f, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = need_changeable(&f, ei);
	if (err == ERR_OK) {
		err = texts_init(r, data, &t, ei);
	}
	if (err == ERR_OK) {
		err = need_free_phone(&f, t.phone, ei);
	}
	if (err != ERR_OK) {
		texts_clear(&t);
		form_clear(&f);
		return err;
	}
	unit_init(&u);
	add_write(&u, id, data, &t, now, &version);
	registry_audit(&u, &act->actor, "form.update", FORM_PREFIX, id,
	    strcmp(f.data.phone, t.phone) == 0 ? NULL
					       : "{\"phone\":\"changed\"}",
	    now);
	act_add(&u, act, now);
	err = add_phone_notice(r, &u, id, &f, t.phone, ei);
	if (err == ERR_OK) {
		err = registry_submit(r, &u, "form.update", ei);
	}
	unit_clear(&u);
	texts_clear(&t);
	form_clear(&f);
	return err;
}

enum err
form_pay(struct registry *r, const struct act *act, const struct id *id,
    struct errinfo *ei)
{
	struct form f = {0};
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	enum err err;

	err = form_get(r, id, &f, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = form_need_open(&f, ei);
	if (err == ERR_OK && f.paid) {
		err = err_set(ei, ERR_STATE, "form.paid", NULL,
		    "The form is paid already.");
	}
	unit_init(&u);
	if (err == ERR_OK) {
		unit_add(&u, ST_FORM_PAY, EXPECT(1), V_ID(id), V_INT(f.version),
		    V_INT(now));
		registry_audit(
		    &u, &act->actor, "form.pay", FORM_PREFIX, id, NULL, now);
		if (f.has_application && f.state == APP_UNPAID) {
			err = step_add(&u, &act->actor, &f.application,
			    APP_UNPAID, APP_EV_PAY, now, NULL, ei);
		}
	}
	if (err == ERR_OK) {
		act_add(&u, act, now);
		err = registry_submit(r, &u, "form.pay", ei);
	}
	unit_clear(&u);
	form_clear(&f);
	return err;
}

static enum err
check_identification(const struct identification *in, struct errinfo *ei)
{
	struct slice document = slice_str(in->document);

	if (in->kind != IDENTIFICATION_PERSONAL) {
		return err_set(ei, ERR_UNSUPPORTED, "identification.kind", NULL,
		    "Only identification in person (0) can be recorded by "
		    "hand.");
	}
	if (!in->originals_seen) {
		return err_set(ei, ERR_POLICY, "identification.originals", NULL,
		    "Identification in person means that the originals were "
		    "seen.");
	}
	if (!text_is_clean(document) ||
	    text_num_chars(document) > DOCUMENT_CHARS_MAX) {
		return err_object(ei,
		    err_set(ei, ERR_FORMAT, "identification.document", NULL,
			"document: 1 to %d characters on one line say by "
			"which document.",
			DOCUMENT_CHARS_MAX),
		    "document");
	}
	return ERR_OK;
}

static enum err
close_document(struct registry *r, const struct id *id, const char *document,
    struct buf *out, struct errinfo *ei)
{
	struct buf context = BUF_INIT(128);
	enum err err;

	form_document_context(id, &context);
	err = buf_err(&context, ei);
	if (err == ERR_OK) {
		err = aead_close(secret_slice(&r->data_key),
		    slice_str(document), buf_slice(&context), out, ei);
	}
	buf_clear(&context);
	return err;
}

enum err
form_identify(struct registry *r, const struct act *act, const struct id *id,
    const struct identification *in, struct errinfo *ei)
{
	struct buf closed = BUF_INIT(AEAD_OVERHEAD + SEAL_BYTES_MAX);
	struct form f = {0};
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	char who[ACTOR_TEXT_SIZE];
	enum err err;

	if ((err = check_identification(in, ei)) != ERR_OK ||
	    (err = form_get(r, id, &f, ei)) != ERR_OK ||
	    (err = need_changeable(&f, ei)) != ERR_OK ||
	    (err = close_document(r, id, in->document, &closed, ei)) !=
		ERR_OK) {
		goto out;
	}
	actor_text(&act->actor, who);
	unit_init(&u);
	unit_add(&u, ST_FORM_IDENTIFY, EXPECT(1), V_ID(id), V_INT(f.version),
	    V_INT(now), V_TEXT(who), V_INT(in->kind),
	    V_BLOB(buf_slice(&closed)));
	registry_audit(&u, &act->actor, "form.identify", FORM_PREFIX, id,
	    "{\"kind\":\"in person\",\"originals_seen\":true}", now);
	act_add(&u, act, now);
	err = registry_submit(r, &u, "form.identify", ei);
out:
	buf_clear(&closed);
	form_clear(&f);
	return err;
}

enum err
form_approve(struct registry *r, const struct act *act, const struct id *id,
    const uint8_t hash[REGISTRY_HASH_SIZE], struct errinfo *ei)
{
	struct errinfo mine = {0};
	struct form f = {0};
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	char who[ACTOR_TEXT_SIZE];
	enum err err;

	err = form_get(r, id, &f, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = need_changeable(&f, ei);
	if (err == ERR_OK && !f.identified) {
		err = err_set(ei, ERR_STATE, "form.identification", NULL,
		    "Nobody has recorded how the owner was identified.");
	}
	if (err == ERR_OK &&
	    memcmp(hash, f.data_hash, sizeof(f.data_hash)) != 0) {
		err = form_changed(ei);
	}
	if (err != ERR_OK) {
		form_clear(&f);
		return err;
	}
	actor_text(&act->actor, who);
	unit_init(&u);
	/* What was read is what is approved, person and organisation too. */
	form_add_same(&u, &f);
	unit_add(&u, ST_FORM_APPROVE, EXPECT(1), V_ID(id), V_INT(f.version),
	    V_INT(now), V_TEXT(who),
	    V_BLOB(slice_make(f.approval_hash, sizeof(f.approval_hash))));
	registry_audit(
	    &u, &act->actor, "form.approve", FORM_PREFIX, id, NULL, now);
	act_add(&u, act, now);
	err = registry_submit(r, &u, NULL, &mine);
	if (err == ERR_CONFLICT && form_conflict(&mine)) {
		err = form_changed(ei);
	} else if (err != ERR_OK && ei != NULL) {
		*ei = mine;
	}
	form_clear(&f);
	return err;
}

enum err
form_withdraw(struct registry *r, const struct act *act, const struct id *id,
    const char *reason, struct errinfo *ei)
{
	struct form f = {0};
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	enum err err;

	unit_init(&u);
	if ((err = reason_check(reason, ei)) != ERR_OK ||
	    (err = form_get(r, id, &f, ei)) != ERR_OK ||
	    (err = need_changeable(&f, ei)) != ERR_OK) {
		goto out;
	}
	unit_add(&u, ST_FORM_WITHDRAW, EXPECT(1), V_ID(id), V_INT(f.version),
	    V_INT(now), V_TEXT(reason));
	registry_audit(
	    &u, &act->actor, "form.withdraw", FORM_PREFIX, id, NULL, now);
	if (f.has_application && app_step(f.state, APP_EV_WITHDRAW) != NULL) {
		err = step_add(&u, &act->actor, &f.application, f.state,
		    APP_EV_WITHDRAW, now, reason, ei);
	}
	if (err == ERR_OK) {
		act_add(&u, act, now);
		err = registry_submit(r, &u, "form.withdraw", ei);
	}
out:
	unit_clear(&u);
	form_clear(&f);
	return err;
}
