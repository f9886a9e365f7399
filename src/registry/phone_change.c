/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/phone_change.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "identity/notice.h"
#include "os/random.h"
#include "registry/form_priv.h"
#include "registry/phone_change_priv.h"

enum {
	REFERENCE_CHARS_MAX = 200,
	WHEN_SIZE = 32,
	CODE_TYPED_MAX = 64,
	CODE_HASHED_MAX = 64,
	HOUR_SEC = 3600,
};

static const char *const evidence_names[PHONE_EVIDENCE_MAX_] = {
    [PHONE_IN_PERSON] = "in_person",
    [PHONE_SIGNED_STATEMENT] = "signed_statement",
    [PHONE_BY_CERTIFICATE] = "certificate_signature",
};

static const char *const state_names[PHONE_STATE_MAX_] = {
    [PHONE_WAITING] = "waiting",
    [PHONE_DONE] = "done",
    [PHONE_WITHDRAWN] = "withdrawn",
    [PHONE_REFUSED] = "refused",
};

/*
 * Where no application was ever begun nobody has relied on the number, and an
 * operator who may write forms could write another one: nothing is won by
 * waiting.  From the first application on it is somebody's way in.
 */
static const enum phone_way ways[FORM_STATUS_MAX_][2] = {
    [FORM_OPEN] = {PHONE_AT_ONCE, PHONE_COOLS},
    [FORM_WITHDRAWN] = {PHONE_NEVER, PHONE_NEVER},
};

enum phone_way
phone_way_of(enum form_status status, bool has_application)
{
	ensure((unsigned)status < FORM_STATUS_MAX_);
	return ways[status][has_application ? 1 : 0];
}

const char *
phone_evidence_name(enum phone_evidence e)
{
	ensure((unsigned)e < PHONE_EVIDENCE_MAX_);
	return evidence_names[e];
}

enum phone_evidence
phone_evidence_by_name(const char *name)
{
	unsigned e = 0;

	while (
	    e < PHONE_EVIDENCE_MAX_ && strcmp(name, evidence_names[e]) != 0) {
		e++;
	}
	return (enum phone_evidence)e;
}

const char *
phone_change_state_name(enum phone_change_state s)
{
	ensure((unsigned)s < PHONE_STATE_MAX_);
	return state_names[s];
}

enum phone_change_state
phone_change_state_by_name(const char *name)
{
	unsigned s = 0;

	while (s < PHONE_STATE_MAX_ && strcmp(name, state_names[s]) != 0) {
		s++;
	}
	return (enum phone_change_state)s;
}

/* "26.11.2026 14:05 UTC" */
static void
when_text(int64_t at, char out[WHEN_SIZE])
{
	char iso[TIME_TEXT_SIZE];

	time_text(at, iso);
	(void)snprintf(out, WHEN_SIZE, "%.2s.%.2s.%.4s %.5s UTC", iso + 8,
	    iso + 5, iso, iso + 11);
}

/* Columns of PHONE_CHANGE_ROW. */
static enum err
row_read(const struct rows *rows, size_t i, struct phone_change *out,
    struct errinfo *ei)
{
	*out = (struct phone_change){
	    .id = rows_id(rows, i, 0),
	    .form = rows_id(rows, i, 1),
	    .state = phone_change_state_by_name(rows_text(rows, i, 2)),
	    .old_phone = rows_text(rows, i, 3),
	    .new_phone = rows_text(rows, i, 4),
	    .asked_by = rows_text(rows, i, 5),
	    .asked_at = rows_int(rows, i, 6),
	    .evidence = phone_evidence_by_name(rows_text(rows, i, 7)),
	    .reference = rows_text(rows, i, 8),
	    .evidence_at = rows_int(rows, i, 9),
	    .effect_at = rows_int(rows, i, 10),
	    .ended_at = rows_int(rows, i, 11),
	    .reason = rows_text(rows, i, 12),
	};
	if (out->state == PHONE_STATE_MAX_ ||
	    out->evidence == PHONE_EVIDENCE_MAX_) {
		return err_set(ei, ERR_STORE, "phone_change.row", NULL,
		    "A change of a phone says what this build does not know.");
	}
	return ERR_OK;
}

enum err
phone_change_tell(struct registry *r, struct unit *u,
    const struct phone_change *c, const char *phone, const char *email,
    enum message message, const char *code, struct errinfo *ei)
{
	char when[WHEN_SIZE];

	if (r->notices == NULL) {
		return ERR_OK;
	}
	when_text(c->effect_at, when);
	return notice_add(r->notices, u,
	    &(struct notice){
		.phone = phone,
		.email = email,
		.lang = LANG_RU,
		.message = message,
		.when = when,
		.where = r->phone_page,
		.code = code,
		.about = c->form,
	    },
	    ei);
}

/* --- the code of the old number ----------------------------------------- */

static enum err
code_hash(const uint8_t code[PHONE_CODE_BYTES], uint8_t out[SHA256_SIZE],
    struct errinfo *ei)
{
	struct buf b = BUF_INIT(CODE_HASHED_MAX);
	enum err e;

	buf_add_str(&b, "surguch phone objection 1");
	buf_add_u8(&b, 0);
	buf_add(&b, slice_make(code, PHONE_CODE_BYTES));
	e = sha256_of_buf(&b, out, ei);
	buf_wipe(&b);
	return e;
}

static enum err
code_make(
    char shown[PHONE_CODE_SIZE], uint8_t hash[SHA256_SIZE], struct errinfo *ei)
{
	char text[TEXT_BASE32_SIZE(PHONE_CODE_BYTES)];
	uint8_t code[PHONE_CODE_BYTES];
	enum err e = random_bytes(code, sizeof(code), ei);

	if (e == ERR_OK) {
		e = code_hash(code, hash, ei);
	}
	if (e == ERR_OK) {
		text_base32_array(code, sizeof(code), text);
		(void)snprintf(shown, PHONE_CODE_SIZE, "%.4s-%.4s-%.4s-%.4s",
		    text, text + 4, text + 8, text + 12);
		secret_wipe(text, sizeof(text));
	}
	secret_wipe(code, sizeof(code));
	return e;
}

bool
phone_code_typed(struct slice typed, uint8_t out[PHONE_CODE_BYTES])
{
	char text[TEXT_BASE32_SIZE(PHONE_CODE_BYTES)];
	size_t n = 0;

	if (typed.len > CODE_TYPED_MAX) {
		return false;
	}
	for (size_t i = 0; i < typed.len; i++) {
		uint8_t c = typed.p[i];

		if (c == ' ' || c == '-') {
			continue;
		}
		if (n == sizeof(text) - 1) {
			return false;
		}
		text[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
	}
	return n == sizeof(text) - 1 &&
	       text_unbase32(slice_make(text, n), out, PHONE_CODE_BYTES);
}

/* --- asking ----------------------------------------------------------------
 */

int64_t
phone_change_effect_at(const struct registry *r)
{
	return clock_utc_sec(r->clock) +
	       (int64_t)r->phone_cooling_hours * HOUR_SEC;
}

static enum err
check_order(const struct phone_change_order *o, int64_t now, struct errinfo *ei)
{
	struct slice reference = slice_str(o->reference);

	ensure((unsigned)o->evidence < PHONE_EVIDENCE_MAX_);
	if (!text_is_clean(reference) ||
	    text_num_chars(reference) > REFERENCE_CHARS_MAX) {
		return err_object(ei,
		    err_set(ei, ERR_FORMAT, "phone.reference", NULL,
			"reference: 1 to %d characters on one line say which "
			"paper it is and where it is kept",
			REFERENCE_CHARS_MAX),
		    "reference");
	}
	if (o->evidence_at > now) {
		return err_object(ei,
		    err_set(ei, ERR_FORMAT, "phone.date", NULL,
			"date: the evidence is of a day that has not come"),
		    "date");
	}
	return ERR_OK;
}

static enum err
check_form(const struct form *f, const char *phone, struct errinfo *ei)
{
	enum err e = form_need_open(f, ei);

	if (e == ERR_OK &&
	    phone_way_of(f->status, f->has_application) == PHONE_AT_ONCE) {
		e = err_set(ei, ERR_STATE, "phone.at_once", NULL,
		    "Nobody has begun an application for this form: correct "
		    "the number in the form itself.");
	}
	if (e == ERR_OK && f->phone_changes_at != 0) {
		e = err_set(ei, ERR_STATE, "phone.waiting", NULL,
		    "A change of this form's phone waits already; withdraw "
		    "that one first.");
	}
	if (e == ERR_OK && strcmp(f->data.phone, phone) == 0) {
		e = err_set(ei, ERR_STATE, "phone.same", NULL,
		    "This is the form's phone already.");
	}
	return e;
}

/* Did the old number's holder refuse one before, and is this one better? */
static enum err
check_refused(struct registry *r, const struct id *form,
    const struct phone_change_order *o, const char *who, bool *out_before,
    struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err e = store_query(
	    r->store, ST_PHONE_CHANGE_REFUSED, &rows, ei, V_ID(form));

	if (e != ERR_OK) {
		return e;
	}
	*out_before = rows_num(rows) > 0;
	if (*out_before && o->evidence != PHONE_IN_PERSON) {
		e = err_set(ei, ERR_POLICY, "phone.evidence", NULL,
		    "The old number's holder has refused a change: now the "
		    "owner has to come in person.");
		e = err_object(ei, e, "kind");
	} else if (*out_before && strcmp(rows_text(rows, 0, 5), who) == 0) {
		e = err_set(ei, ERR_POLICY, "phone.second", NULL,
		    "The old number's holder has refused the change that you "
		    "asked for: another operator has to ask for this one.");
	}
	rows_free(rows);
	return e;
}

static enum err
add_ask(struct registry *r, struct unit *u, const struct act *act,
    const struct form *f, const struct phone_change *c, bool certain,
    struct errinfo *ei)
{
	char code[PHONE_CODE_SIZE], at[TIME_TEXT_SIZE], detail[160];
	uint8_t hash[SHA256_SIZE];
	int64_t left = c->effect_at - c->asked_at;
	enum err e = code_make(code, hash, ei);

	if (e != ERR_OK) {
		return e;
	}
	form_add_same(u, f);
	/* The version rises, so that no confirmation goes beside it. */
	unit_add(u, ST_FORM_SET_PHONE, EXPECT(1), V_ID(&c->form),
	    V_TEXT(c->old_phone), V_TEXT(c->old_phone), V_INT(c->asked_at));
	unit_add(u, ST_PHONE_CHANGE_INSERT, EXPECT(1), V_ID(&c->id),
	    V_ID(&c->form), V_TEXT(c->old_phone), V_TEXT(c->new_phone),
	    V_TEXT(c->asked_by), V_INT(c->asked_at),
	    V_TEXT(phone_evidence_name(c->evidence)), V_TEXT(c->reference),
	    V_INT(c->evidence_at), V_INT(c->effect_at),
	    V_INT(c->effect_at - left / 3),
	    certain ? V_NULL : V_BLOB(slice_make(hash, sizeof(hash))));
	time_text(c->effect_at, at);
	(void)snprintf(detail, sizeof(detail),
	    "{\"evidence\":\"%s\",\"effect_at\":\"%s\"}",
	    phone_evidence_name(c->evidence), at);
	registry_audit(u, &act->actor, "phone.ask", FORM_PREFIX, &c->form,
	    detail, c->asked_at);
	act_add(u, act, c->asked_at);
	e = phone_change_tell(r, u, c, c->old_phone, f->fields.email,
	    certain ? MESSAGE_PHONE_CERTAIN : MESSAGE_PHONE_CHANGING, code, ei);
	secret_wipe(code, sizeof(code));
	return e;
}

enum err
phone_change_ask(struct registry *r, const struct act *act, const struct id *id,
    const struct id *form, const struct phone_change_order *o,
    int64_t effect_at, struct errinfo *ei)
{
	int64_t now = clock_utc_sec(r->clock);
	char phone[PHONE_SIZE], who[ACTOR_TEXT_SIZE];
	struct form f = {0};
	bool before;
	struct unit u;
	enum err e;

	actor_text(&act->actor, who);
	unit_init(&u);
	if ((e = form_check_phone(o->phone, phone, ei)) != ERR_OK ||
	    (e = check_order(o, now, ei)) != ERR_OK ||
	    (e = form_get(r, form, &f, ei)) != ERR_OK ||
	    (e = check_form(&f, phone, ei)) != ERR_OK ||
	    (e = check_refused(r, form, o, who, &before, ei)) != ERR_OK) {
		goto out;
	}
	e = add_ask(r, &u, act, &f,
	    &(struct phone_change){
		.id = *id,
		.form = *form,
		.old_phone = f.data.phone,
		.new_phone = phone,
		.asked_by = who,
		.asked_at = now,
		.evidence = o->evidence,
		.reference = o->reference,
		.evidence_at = o->evidence_at,
		.effect_at = effect_at,
	    },
	    before, ei);
	if (e == ERR_OK) {
		e = registry_submit(r, &u, "form.same", ei);
	}
out:
	unit_clear(&u);
	form_clear(&f);
	return e;
}

/* --- its end ------------------------------------------------------------- */

void
phone_change_add_end(struct unit *u, const struct actor *actor,
    const struct phone_change *c, enum phone_change_state to,
    const char *action, const char *reason, int64_t now)
{
	unit_add(u, ST_PHONE_CHANGE_END, EXPECT(1), V_ID(&c->id),
	    V_TEXT(phone_change_state_name(to)), V_INT(now), V_TEXT(reason));
	registry_audit(u, actor, action, FORM_PREFIX, &c->form, NULL, now);
}

static enum err
ended(struct errinfo *ei)
{
	return err_set(ei, ERR_STATE, "phone.ended", NULL,
	    "This change of a phone has ended already.");
}

enum err
phone_change_withdraw(struct registry *r, const struct act *act,
    const struct id *id, const char *reason, struct errinfo *ei)
{
	int64_t now = clock_utc_sec(r->clock);
	struct errinfo mine = {0};
	struct rows *rows = NULL;
	struct phone_change c;
	struct unit u;
	enum err e = reason_check(reason, ei);

	if (e != ERR_OK) {
		return e;
	}
	e = store_query_one(r->store, ST_PHONE_CHANGE_GET, &rows, ei, V_ID(id));
	if (e == ERR_NOTFOUND) {
		return err_set(ei, ERR_NOTFOUND, "phone_change.none", NULL,
		    "There is no such change of a phone.");
	}
	if (e != ERR_OK) {
		return e;
	}
	unit_init(&u);
	e = row_read(rows, 0, &c, ei);
	if (e == ERR_OK) {
		phone_change_add_end(&u, &act->actor, &c, PHONE_WITHDRAWN,
		    "phone.withdraw", reason, now);
		act_add(&u, act, now);
		e = registry_submit(r, &u, NULL, &mine);
		if (e == ERR_CONFLICT &&
		    conflict_is(&mine, "phone_change.end")) {
			e = ended(ei);
		} else if (e != ERR_OK) {
			*ei = mine;
		}
	}
	unit_clear(&u);
	rows_free(rows);
	return e;
}

static enum err
no_code(struct errinfo *ei)
{
	return err_set(ei, ERR_DENIED, "phone.code", NULL,
	    "No change of a phone waits that this code ends.");
}

static enum err
object_to(struct registry *r, const struct phone_change *c, struct errinfo *ei)
{
	struct errinfo mine = {0};
	struct actor actor;
	struct unit u;
	enum err e;

	if (c->state == PHONE_REFUSED) {
		return ERR_OK;
	}
	if (c->state != PHONE_WAITING) {
		return no_code(ei);
	}
	actor_system(&actor, "objection");
	unit_init(&u);
	phone_change_add_end(&u, &actor, c, PHONE_REFUSED, "phone.refuse", "",
	    clock_utc_sec(r->clock));
	e = registry_submit(r, &u, NULL, &mine);
	unit_clear(&u);
	if (e == ERR_CONFLICT) {
		return no_code(ei);
	}
	if (e != ERR_OK) {
		*ei = mine;
	}
	return e;
}

enum err
phone_change_object(struct registry *r, struct slice code, struct errinfo *ei)
{
	uint8_t typed[PHONE_CODE_BYTES], hash[SHA256_SIZE];
	struct rows *rows = NULL;
	struct phone_change c;
	enum err e;

	if (!phone_code_typed(code, typed)) {
		return no_code(ei);
	}
	e = code_hash(typed, hash, ei);
	secret_wipe(typed, sizeof(typed));
	if (e == ERR_OK) {
		e = store_query(r->store, ST_PHONE_CHANGE_BY_CODE, &rows, ei,
		    V_BLOB(slice_make(hash, sizeof(hash))));
	}
	if (e != ERR_OK) {
		return e;
	}
	if (rows_num(rows) == 0) {
		e = no_code(ei);
	} else if ((e = row_read(rows, 0, &c, ei)) == ERR_OK) {
		e = object_to(r, &c, ei);
	}
	rows_free(rows);
	return e;
}

enum err
phone_need_still(const struct form *f, struct errinfo *ei)
{
	char when[WHEN_SIZE];

	if (f->phone_changes_at == 0) {
		return ERR_OK;
	}
	when_text(f->phone_changes_at, when);
	return err_set(ei, ERR_STATE, "phone.changing", NULL,
	    "The phone of this form changes at %s; until then no code confirms "
	    "a request.",
	    when);
}

/* --- lists ------------------------------------------------------------------
 */

enum err
phone_change_list_read(
    struct rows *rows, struct phone_change_list *out, struct errinfo *ei)
{
	enum err e = ERR_OK;

	out->rows = rows;
	out->num = rows_num(rows);
	for (size_t i = 0; e == ERR_OK && i < out->num; i++) {
		e = row_read(rows, i, &out->at[i], ei);
	}
	if (e != ERR_OK) {
		phone_change_list_clear(out);
	}
	return e;
}

enum err
phone_change_list(struct registry *r, enum phone_change_state state,
    const struct id *after, struct phone_change_list *out, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err e = store_query(r->store, ST_PHONE_CHANGE_PAGE, &rows, ei,
	    V_TEXT(phone_change_state_name(state)), V_ID(page_after(after)),
	    V_INT(PAGE_ROWS_MAX));

	return e != ERR_OK ? e : phone_change_list_read(rows, out, ei);
}

void
phone_change_list_clear(struct phone_change_list *l)
{
	rows_free(l->rows);
	l->rows = NULL;
	l->num = 0;
}
