/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl phone-change: list, withdraw.  Asking for one is a service
 * centre's, with the evidence in its hands. */
#include "api/list_json.h"
#include "base/clock.h"
#include "base/text.h"
#include "registry/phone_change.h"
#include "roles/front_verbs.h"

enum {
	SHOWN_MAX = 400,
};

static void
put_line(struct buf *out, const struct phone_change *p)
{
	char id[ID_TEXT_SIZE], form[ID_TEXT_SIZE];
	char asked[TIME_TEXT_SIZE], effect[TIME_TEXT_SIZE];

	id_text(&p->id, PHONE_CHANGE_PREFIX, id);
	id_text(&p->form, FORM_PREFIX, form);
	time_text(p->asked_at, asked);
	time_text(p->ended_at != 0 ? p->ended_at : p->effect_at, effect);
	buf_printf(out, "%s  %-9s  %s  %s  %s  %s  %s  %s", id,
	    phone_change_state_name(p->state), asked, effect, form,
	    p->old_phone, p->new_phone, phone_evidence_name(p->evidence));
	if (p->reason[0] != '\0') {
		buf_add_str(out, "  ");
		text_escape(out, slice_str(p->reason), SHOWN_MAX);
	}
	buf_add_u8(out, '\n');
}

static void
put_lines(struct buf *out, const struct phone_change_list *l)
{
	char id[ID_TEXT_SIZE];

	for (size_t i = 0; i < l->num; i++) {
		put_line(out, &l->at[i]);
	}
	if (l->num == PAGE_ROWS_MAX) {
		id_text(&l->at[l->num - 1].id, PHONE_CHANGE_PREFIX, id);
		buf_printf(out, "more: --after %s\n", id);
	}
}

static enum err
put_json(struct verb_call *v, const struct phone_change_list *l)
{
	struct json_writer w;

	json_writer_init(&w, v->out);
	json_open_object(&w, NULL);
	phone_change_list_put(&w, l);
	json_close(&w);
	buf_add_u8(v->out, '\n');
	return json_writer_end(&w, v->ei);
}

static enum err
read_state(struct verb_call *v, enum phone_change_state *out)
{
	const char *text = verb_option(v, "state");

	*out = text == NULL ? PHONE_WAITING : phone_change_state_by_name(text);
	return *out != PHONE_STATE_MAX_
		   ? ERR_OK
		   : err_set(v->ei, ERR_FORMAT, "query.state", NULL,
			 "state is waiting, done, withdrawn or refused");
}

static enum err
list_verb(struct verb_call *v)
{
	enum phone_change_state state;
	struct phone_change_list l;
	const struct id *after = NULL;
	struct id last;
	enum err e = verb_id(v, "after", PHONE_CHANGE_PREFIX, &last, &after);

	if (e == ERR_OK) {
		e = read_state(v, &state);
	}
	if (e == ERR_OK) {
		e = phone_change_list(v->o->registry, state, after, &l, v->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	if (verb_wants_json(v)) {
		e = put_json(v, &l);
	} else {
		put_lines(v->out, &l);
	}
	phone_change_list_clear(&l);
	return e;
}

static enum err
withdraw_verb(struct verb_call *v)
{
	const struct act act = {.actor = v->actor};
	const char *reason = NULL;
	struct id id;
	enum err e = verb_needed(v, "reason", &reason);

	if (e == ERR_OK &&
	    !id_parse(slice_str(verb_word(v, 0)), PHONE_CHANGE_PREFIX, &id)) {
		e = err_set(v->ei, ERR_NOTFOUND, "phone_change.none", NULL,
		    "There is no such change of a phone.");
	}
	if (e == ERR_OK) {
		e = phone_change_withdraw(
		    v->o->registry, &act, &id, reason, v->ei);
	}
	if (e == ERR_OK) {
		buf_add_str(v->out, "withdrawn: the number stays\n");
	}
	return e;
}

static const char *const list_options[] = {"state", "after", NULL};
static const char *const withdraw_options[] = {"reason", NULL};

const struct verb verbs_phone_change[] = {
    {"phone-change", "list", SCOPE_REGISTRY_READ, 0, list_options, list_verb},
    {"phone-change", "withdraw", SCOPE_FORMS_IDENTIFY, 1, withdraw_options,
	withdraw_verb},
    {0},
};
