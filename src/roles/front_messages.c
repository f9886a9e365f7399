/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl message list. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "roles/front_verbs.h"
#include "store/store.h"
#include "json/writer.h"

enum {
	PAGE = 50,
	SHOWN_MAX = 400
};

/* Columns of OUTBOX_LIST. */
enum {
	COL_ID,
	COL_KIND,
	COL_PURPOSE,
	COL_STATE,
	COL_REPORT,
	COL_ATTEMPTS,
	COL_ROUTE,
	COL_TRIED,
	COL_PARTS,
	COL_COST,
	COL_CREATED_AT,
	COL_FAILURE,
};

/*
 * What an operator calls it: "delivered" in the database is only that the
 * gateway took it; the network's report says whether it arrived.
 */
static const char *
state_of(const struct rows *r, size_t i)
{
	const char *state = rows_text(r, i, COL_STATE);
	const char *report = rows_text(r, i, COL_REPORT);

	if (report != NULL && (strcmp(report, "delivered") == 0 ||
				  strcmp(report, "failed") == 0)) {
		return report;
	}
	return strcmp(state, "delivered") == 0 ? "sent" : state;
}

static void
put_text(struct buf *out, const char *text)
{
	if (text != NULL && text[0] != '\0') {
		buf_add_str(out, "  ");
		text_escape(out, slice_str(text), SHOWN_MAX);
	}
}

static void
put_line(struct verb_call *v, const struct rows *r, size_t i)
{
	struct id id = rows_id(r, i, COL_ID);
	char name[ID_TEXT_SIZE], at[TIME_TEXT_SIZE];

	id_text(&id, "msg", name);
	time_text(rows_int(r, i, COL_CREATED_AT), at);
	buf_printf(v->out, "%s  %s  %-4s  %-19s  %-9s  %lld.%02lld", at, name,
	    rows_text(r, i, COL_KIND), rows_text(r, i, COL_PURPOSE),
	    state_of(r, i), (long long)(rows_int(r, i, COL_COST) / 100),
	    (long long)(rows_int(r, i, COL_COST) % 100));
	put_text(v->out, rows_text(r, i, COL_TRIED));
	put_text(v->out, rows_text(r, i, COL_FAILURE));
	buf_add_u8(v->out, '\n');
}

static void
put_json_row(struct json_writer *w, const struct rows *r, size_t i)
{
	struct id id = rows_id(r, i, COL_ID);
	char name[ID_TEXT_SIZE], at[TIME_TEXT_SIZE];

	id_text(&id, "msg", name);
	time_text(rows_int(r, i, COL_CREATED_AT), at);
	json_open_object(w, NULL);
	json_put_text(w, "id", name);
	json_put_text(w, "created_at", at);
	json_put_text(w, "kind", rows_text(r, i, COL_KIND));
	json_put_text(w, "purpose", rows_text(r, i, COL_PURPOSE));
	json_put_text(w, "state", state_of(r, i));
	json_put_int(w, "attempts", rows_int(r, i, COL_ATTEMPTS));
	json_put_text_optional(w, "route", rows_text(r, i, COL_ROUTE));
	json_put_text_optional(w, "tried", rows_text(r, i, COL_TRIED));
	json_put_int(w, "parts", rows_int(r, i, COL_PARTS));
	json_put_int(w, "cost", rows_int(r, i, COL_COST));
	json_put_text_optional(w, "failure", rows_text(r, i, COL_FAILURE));
	json_close(w);
}

static enum err
put_json(struct verb_call *v, const struct rows *r, size_t num)
{
	struct json_writer w;

	json_writer_init(&w, v->out);
	json_open_object(&w, NULL);
	json_open_array(&w, "messages");
	for (size_t i = 0; i < num; i++) {
		put_json_row(&w, r, i);
	}
	json_close(&w);
	json_close(&w);
	buf_add_u8(v->out, '\n');
	return json_writer_end(&w, v->ei);
}

/* message list [after=MESSAGE]: the newest first, without address or text. */
static enum err
list_verb(struct verb_call *v)
{
	struct id after;
	const struct id *ref = NULL;
	struct rows *r = NULL;
	size_t num;
	enum err e;

	memset(&after, 0xff, sizeof(after));
	e = verb_id(v, "after", "msg", &after, &ref);
	if (e == ERR_OK) {
		e = store_query(v->o->store, ST_OUTBOX_LIST, &r, v->ei,
		    V_ID(&after), V_INT(PAGE + 1));
	}
	if (e != ERR_OK) {
		return e;
	}
	num = rows_num(r) > PAGE ? PAGE : rows_num(r);
	if (verb_wants_json(v)) {
		e = put_json(v, r, num);
	}
	for (size_t i = 0; !verb_wants_json(v) && i < num; i++) {
		put_line(v, r, i);
	}
	if (!verb_wants_json(v) && rows_num(r) > num) {
		struct id last = rows_id(r, num - 1, COL_ID);
		char name[ID_TEXT_SIZE];

		id_text(&last, "msg", name);
		buf_printf(v->out, "more: --after %s\n", name);
	}
	rows_free(r);
	return e;
}

static const char *const options[] = {"after", NULL};

const struct verb verbs_message[] = {
    {"message", "list", SCOPE_AUDIT_READ, 0, options, list_verb},
    {0},
};
