/* SPDX-License-Identifier: Apache-2.0 */
#include "store/unit.h"

#include <stdlib.h>
#include <string.h>

#include "store/statement_priv.h"

struct unit_op {
	enum statement st;
	int expect;
	size_t first_value;
	size_t num_values;
};

/* The bytes lie at an offset, because the buffer moves as it grows. */
struct unit_value {
	enum value_kind kind;
	int64_t number;
	size_t at;
	size_t len;
};

enum {
	EVENT_TEXTS = 4
};

struct unit_event {
	int64_t at;
	struct unit_value texts[EVENT_TEXTS]; /* with their NULs */
};

void
unit_init(struct unit *u)
{
	*u = (struct unit){0};
	buf_init(&u->bytes, UNIT_BYTES_MAX);
}

void
unit_clear(struct unit *u)
{
	free(u->ops);
	free(u->values);
	free(u->events);
	buf_wipe(&u->bytes);
	unit_init(u);
}

enum err
unit_err(const struct unit *u, struct errinfo *ei)
{
	if (u->error.kind != ERR_OK && ei != NULL) {
		*ei = u->error;
	}
	return u->error.kind;
}

static enum err
keep_bytes(struct unit *u, struct slice s, size_t *out_at)
{
	enum err err;

	*out_at = u->bytes.len;
	buf_add(&u->bytes, s);
	err = buf_err(&u->bytes, NULL);
	if (err == ERR_LIMIT) {
		return err_set(&u->error, ERR_LIMIT, "store.unit", NULL,
		    "A unit of work holds at most %d bytes.",
		    (int)UNIT_BYTES_MAX);
	}
	return err == ERR_OK ? ERR_OK : err_nomem(&u->error);
}

static enum err
room_for_values(struct unit *u, size_t num)
{
	struct unit_value *p;
	size_t cap;

	if (u->num_values + num <= u->cap_values) {
		return ERR_OK;
	}
	cap = (u->num_values + num) * 2;
	p = realloc(u->values, cap * sizeof(*p));
	if (p == NULL) {
		return err_nomem(&u->error);
	}
	u->values = p;
	u->cap_values = cap;
	return ERR_OK;
}

static enum err
room_for_op(struct unit *u)
{
	if (u->num_ops == UNIT_STATEMENTS_MAX) {
		return err_set(&u->error, ERR_LIMIT, "store.unit", NULL,
		    "A unit of work has at most %d statements.",
		    (int)UNIT_STATEMENTS_MAX);
	}
	if (u->ops == NULL) {
		u->ops = calloc(UNIT_STATEMENTS_MAX, sizeof(*u->ops));
		if (u->ops == NULL) {
			return err_nomem(&u->error);
		}
	}
	return ERR_OK;
}

void
unit_add_values(struct unit *u, enum statement st, int expect,
    const struct value *values, size_t num_values)
{
	struct unit_value *v;
	size_t i;

	if (u->error.kind != ERR_OK) {
		return;
	}
	if (statement_check(st, values, &num_values, &u->error) != ERR_OK) {
		return;
	}
	if (statement_is_read(st)) {
		(void)err_set(&u->error, ERR_INTERNAL, "store.unit", NULL,
		    "Statement %s reads; a unit of work only changes.",
		    statement_info(st)->name);
		return;
	}
	if (room_for_op(u) != ERR_OK ||
	    room_for_values(u, num_values) != ERR_OK) {
		return;
	}
	for (i = 0; i < num_values; i++) {
		v = &u->values[u->num_values + i];
		*v = (struct unit_value){.kind = values[i].kind,
		    .number = values[i].number,
		    .len = values[i].bytes.len};
		if (keep_bytes(u, values[i].bytes, &v->at) != ERR_OK) {
			return;
		}
	}
	u->ops[u->num_ops] =
	    (struct unit_op){st, expect, u->num_values, num_values};
	u->num_ops++;
	u->num_values += num_values;
}

/* With its NUL, which is not counted. */
static enum err
keep_text(struct unit *u, const char *text, size_t max, struct unit_value *out)
{
	size_t len;

	*out = (struct unit_value){.kind = VALUE_NULL};
	if (text == NULL) {
		return ERR_OK;
	}
	len = strlen(text);
	if (len > max) {
		return err_set(&u->error, ERR_LIMIT, "store.audit", NULL,
		    "A text of %zu bytes is too long for the audit; it "
		    "takes %zu.",
		    len, max);
	}
	out->kind = VALUE_TEXT;
	out->len = len;
	return keep_bytes(u, slice_make(text, len + 1), &out->at);
}

void
unit_audit(struct unit *u, const struct audit_event *event)
{
	const char *texts[EVENT_TEXTS] = {
	    event->actor, event->action, event->object, event->detail};
	struct unit_event *e;
	size_t i, max;

	if (u->error.kind != ERR_OK) {
		return;
	}
	if (texts[0] == NULL || texts[1] == NULL || texts[2] == NULL ||
	    event->at < 0) {
		(void)err_set(&u->error, ERR_INTERNAL, "store.audit", NULL,
		    "An audit event needs a time, an actor, an action and "
		    "an object.");
		return;
	}
	if (u->num_events == UNIT_EVENTS_MAX) {
		(void)err_set(&u->error, ERR_LIMIT, "store.audit", NULL,
		    "A unit of work has at most %d audit events.",
		    (int)UNIT_EVENTS_MAX);
		return;
	}
	if (u->events == NULL) {
		u->events = calloc(UNIT_EVENTS_MAX, sizeof(*u->events));
		if (u->events == NULL) {
			(void)err_nomem(&u->error);
			return;
		}
	}
	e = &u->events[u->num_events];
	e->at = event->at;
	for (i = 0; i < EVENT_TEXTS; i++) {
		max = i == EVENT_TEXTS - 1 ? (size_t)AUDIT_DETAIL_MAX
					   : (size_t)AUDIT_TEXT_MAX;
		if (keep_text(u, texts[i], max, &e->texts[i]) != ERR_OK) {
			return;
		}
	}
	u->num_events++;
}

size_t
unit_num_ops(const struct unit *u)
{
	return u->num_ops;
}

void
unit_op(const struct unit *u, size_t i, enum statement *out_st, int *out_expect,
    struct value out[STATEMENT_PARAMS_MAX], size_t *out_num)
{
	const struct unit_op *op;
	const struct unit_value *v;
	size_t k;

	ensure(i < u->num_ops);
	op = &u->ops[i];
	ensure(op->num_values <= STATEMENT_PARAMS_MAX);
	for (k = 0; k < op->num_values; k++) {
		v = &u->values[op->first_value + k];
		out[k] = (struct value){v->kind, v->number, SLICE_EMPTY};
		if (v->len > 0) {
			out[k].bytes = slice_make(u->bytes.p + v->at, v->len);
		}
	}
	*out_st = op->st;
	*out_expect = op->expect;
	*out_num = op->num_values;
}

size_t
unit_num_events(const struct unit *u)
{
	return u->num_events;
}

static const char *
event_text(const struct unit *u, const struct unit_value *v)
{
	if (v->kind == VALUE_NULL) {
		return NULL;
	}
	return (const char *)u->bytes.p + v->at;
}

void
unit_event(const struct unit *u, size_t i, struct audit_event *out)
{
	const struct unit_event *e;

	ensure(i < u->num_events);
	e = &u->events[i];
	*out = (struct audit_event){
	    .at = e->at,
	    .actor = event_text(u, &e->texts[0]),
	    .action = event_text(u, &e->texts[1]),
	    .object = event_text(u, &e->texts[2]),
	    .detail = event_text(u, &e->texts[3]),
	};
}

void
unit_new_chain(struct unit *u, const struct id *writer)
{
	u->new_chain = true;
	u->writer = *writer;
}

bool
unit_chain(const struct unit *u, struct id *out)
{
	*out = u->writer;
	return u->new_chain;
}
