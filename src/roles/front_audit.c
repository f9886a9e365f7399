/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl audit: show, verify. */
#include <stdlib.h>

#include "api/list_json.h"
#include "base/clock.h"
#include "base/text.h"
#include "ca/epoch.h"
#include "ca/evidence.h"
#include "roles/front_verbs.h"
#include "store/audit.h"
#include "store/audit_list.h"
#include "store/store.h"

enum {
	SHOWN_MAX = 400
};

static void
put_text(struct buf *out, const char *text)
{
	buf_add_str(out, "  ");
	text_escape(out, slice_str(text), SHOWN_MAX);
}

static void
put_rows(struct buf *out, const struct audit_page *p)
{
	char text[AUDIT_RECORD_TEXT_SIZE], at[TIME_TEXT_SIZE];

	for (size_t i = 0; i < p->num; i++) {
		const struct audit_row *row = &p->at[i];

		audit_record_text(&row->name, text);
		time_text(row->at, at);
		buf_printf(out, "%s  %s", at, text);
		put_text(out, row->action);
		put_text(out, row->object);
		put_text(out, row->actor);
		put_text(out, row->detail != NULL ? row->detail : "");
		buf_add_u8(out, '\n');
	}
	if (p->more) {
		audit_record_text(&p->next, text);
		buf_printf(out, "more: --after %s\n", text);
	}
}

static enum err
put_page(struct verb_call *v, const struct audit_page *p)
{
	struct json_writer w;

	if (!verb_wants_json(v)) {
		put_rows(v->out, p);
		return ERR_OK;
	}
	json_writer_init(&w, v->out);
	json_open_object(&w, NULL);
	audit_page_put(&w, p);
	json_close(&w);
	buf_add_u8(v->out, '\n');
	return json_writer_end(&w, v->ei);
}

static enum err
read_after(struct verb_call *v, struct audit_record_name *out,
    const struct audit_record_name **out_ref)
{
	const char *text = verb_option(v, "after");

	if (text == NULL) {
		return ERR_OK;
	}
	if (!audit_record_parse(text, out)) {
		return err_set(v->ei, ERR_FORMAT, "control.after", NULL,
		    "after is not a record of the audit: aud_....17");
	}
	*out_ref = out;
	return ERR_OK;
}

static enum err
audit_show_verb(struct verb_call *v)
{
	struct audit_filter f = {
	    .object = verb_option(v, "object"),
	    .actor = verb_option(v, "actor"),
	    .action = verb_option(v, "action"),
	};
	struct audit_page *page = calloc(1, sizeof(*page));
	const struct audit_record_name *after = NULL;
	struct audit_record_name name;
	enum err e;

	if (page == NULL) {
		return err_nomem(v->ei);
	}
	e = verb_time(v, "since", &f.since);
	if (e == ERR_OK) {
		e = read_after(v, &name, &after);
	}
	if (e == ERR_OK) {
		e = audit_list(v->o->store, &f, after, page, v->ei);
	}
	if (e == ERR_OK) {
		e = put_page(v, page);
	}
	audit_page_clear(page);
	free(page);
	return e;
}

static void
show_epochs(struct verb_call *v, const struct epochs *all)
{
	for (size_t i = 0; i < all->num; i++) {
		const struct epoch *one = &all->at[i];
		char began[TIME_TEXT_SIZE], previous[ID_TEXT_SIZE];

		time_text(one->began_at, began);
		id_text(
		    &one->is.previous.writer, AUDIT_WRITER_PREFIX, previous);
		buf_printf(v->out,
		    "an epoch began %s, after record %llu of %s\n", began,
		    (unsigned long long)one->is.previous.number, previous);
	}
}

static enum err
audit_verify_verb(struct verb_call *v)
{
	struct audit_report *report = calloc(1, sizeof(*report));
	struct evidence signers = {0};
	struct epochs epochs = {0};
	enum err e;

	if (report == NULL) {
		return err_nomem(v->ei);
	}
	e = evidence_collect(v->o->ca, &signers, v->ei);
	if (e == ERR_OK) {
		e = epochs_of_database(v->o->ca, &epochs, v->ei);
	}
	if (e == ERR_OK) {
		e = audit_verify(
		    v->o->store, signers.at, signers.num, report, v->ei);
	}
	if (e == ERR_OK && report->num_faults > 0) {
		e = err_set(v->ei, ERR_CRYPTO, "audit.fault", NULL,
		    "%llu faults, the first: %s at record %llu",
		    (unsigned long long)report->num_faults,
		    audit_fault_name(report->faults[0].kind),
		    (unsigned long long)report->faults[0].number);
	} else if (e == ERR_OK) {
		buf_printf(v->out,
		    "%llu records of %llu writers: whole and in order; the "
		    "signers remember %zu of them\n",
		    (unsigned long long)report->num_records,
		    (unsigned long long)report->num_writers, signers.num);
		show_epochs(v, &epochs);
		if (signers.num_ended > 0) {
			buf_printf(v->out,
			    "%zu that they remember besides went with "
			    "databases that were put back\n",
			    signers.num_ended);
		}
	}
	epochs_clear(&epochs);
	evidence_clear(&signers);
	free(report);
	return e;
}

static const char *const show_options[] = {
    "object", "actor", "action", "since", "after", NULL};

const struct verb verbs_audit[] = {
    {"audit", "show", SCOPE_AUDIT_READ, 0, show_options, audit_show_verb},
    {"audit", "verify", SCOPE_AUDIT_READ, 0, NULL, audit_verify_verb},
    {0},
};
