/* SPDX-License-Identifier: Apache-2.0 */
/* What time does to a change of a phone: a reminder, and the change itself. */
#include <string.h>

#include "registry/phone_change_priv.h"

static enum err
remind(struct registry *r, struct unit *u, const struct phone_change *c,
    int64_t now, struct errinfo *ei)
{
	enum err e;

	unit_add(
	    u, ST_PHONE_CHANGE_REMINDED, EXPECT(1), V_ID(&c->id), V_INT(now));
	e = phone_change_tell(
	    r, u, c, c->old_phone, NULL, MESSAGE_PHONE_SOON, NULL, ei);
	return e != ERR_OK ? e
			   : phone_change_tell(r, u, c, c->new_phone, NULL,
				 MESSAGE_PHONE_SOON, NULL, ei);
}

static enum err
finish(struct registry *r, struct unit *u, const struct phone_change *c,
    int64_t now, struct errinfo *ei)
{
	struct form f = {0};
	struct actor actor;
	enum err e = form_get(r, &c->form, &f, ei);

	if (e != ERR_OK) {
		return e;
	}
	actor_system(&actor, "phone");
	if (f.status != FORM_OPEN) {
		phone_change_add_end(u, &actor, c, PHONE_WITHDRAWN,
		    "phone.withdraw", "The form was withdrawn.", now);
	} else if (strcmp(f.data.phone, c->old_phone) != 0) {
		/* Nothing lets that happen while one waits; if it did, nobody
		 * knows any more whose number is changed. */
		phone_change_add_end(u, &actor, c, PHONE_WITHDRAWN,
		    "phone.withdraw", "The form has another number by now.",
		    now);
	} else {
		phone_change_add_end(
		    u, &actor, c, PHONE_DONE, "phone.change", "", now);
		unit_add(u, ST_FORM_SET_PHONE, EXPECT(1), V_ID(&c->form),
		    V_TEXT(c->old_phone), V_TEXT(c->new_phone), V_INT(now));
		e = phone_change_tell(
		    r, u, c, c->new_phone, NULL, MESSAGE_PHONE_DONE, NULL, ei);
		if (e == ERR_OK) {
			e = phone_change_tell(r, u, c, c->old_phone,
			    f.fields.email, MESSAGE_PHONE_CHANGED, NULL, ei);
		}
	}
	form_clear(&f);
	return e;
}

typedef enum err sweep_step(struct registry *r, struct unit *u,
    const struct phone_change *c, int64_t now, struct errinfo *ei);

/* Somebody was faster: another front, an operator, the old number's holder. */
static bool
is_theirs(const struct errinfo *ei)
{
	return conflict_is(ei, "phone_change.end") ||
	       conflict_is(ei, "phone_change.reminded") ||
	       conflict_is(ei, "form.set_phone");
}

static enum err
sweep_one(struct registry *r, const struct phone_change *c, sweep_step *step,
    int64_t now, struct errinfo *ei)
{
	struct unit u;
	enum err e;

	unit_init(&u);
	e = step(r, &u, c, now, ei);
	if (e == ERR_OK) {
		e = registry_submit(r, &u, NULL, ei);
		e = e == ERR_CONFLICT && is_theirs(ei) ? ERR_OK : e;
	}
	unit_clear(&u);
	return e;
}

/* What a sweep does to each change of a statement's. */
struct sweep {
	enum statement which;
	sweep_step *step;
	int64_t now;
	/* One that fails holds none of the others up; the first is told. */
	enum err first;
	struct errinfo why;
};

/* Those behind *after, at most a page of them; *after becomes the last. */
static enum err
sweep_page(struct registry *r, struct sweep *s, struct id *after,
    size_t *out_num, struct errinfo *ei)
{
	struct phone_change_list l;
	struct rows *rows = NULL;
	enum err e = store_query(r->store, s->which, &rows, ei, V_INT(s->now),
	    V_INT(PAGE_ROWS_MAX), V_ID(after));

	if (e == ERR_OK) {
		e = phone_change_list_read(rows, &l, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	for (size_t i = 0; i < l.num; i++) {
		struct errinfo one = {0};

		e = sweep_one(r, &l.at[i], s->step, s->now, &one);
		if (e != ERR_OK && s->first == ERR_OK) {
			s->first = e;
			s->why = one;
		}
		*after = l.at[i].id;
	}
	*out_num = l.num;
	phone_change_list_clear(&l);
	return ERR_OK;
}

static enum err
sweep_all(struct registry *r, enum statement which, sweep_step *step,
    struct errinfo *ei)
{
	struct sweep s = {
	    .which = which, .step = step, .now = clock_utc_sec(r->clock)};
	struct id after = {0};
	size_t num = PAGE_ROWS_MAX;
	enum err e = ERR_OK;

	while (e == ERR_OK && num == PAGE_ROWS_MAX) {
		e = sweep_page(r, &s, &after, &num, ei);
	}
	if (e == ERR_OK && s.first != ERR_OK) {
		*ei = s.why;
		e = s.first;
	}
	return e;
}

enum err
phone_changes_sweep(struct registry *r, struct errinfo *ei)
{
	struct errinfo later = {0};
	enum err e = sweep_all(r, ST_PHONE_CHANGE_DUE, finish, ei);
	enum err reminded = sweep_all(r, ST_PHONE_CHANGE_SOON, remind, &later);

	if (e == ERR_OK && reminded != ERR_OK) {
		*ei = later;
	}
	return e != ERR_OK ? e : reminded;
}
