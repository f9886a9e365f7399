/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/ring_view.h"

#include "base/buf.h"
#include "trust/diff.h"
#include "trust/report.h"
#include "json/writer.h"

enum {
	TEXT_MAX = 65536,
};

/* --- reading ---------------------------------------------------------------
 */

static enum err
judge_all(
    struct ring_view *v, const struct trust_policy *policy, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < v->file.num; i++) {
		const struct trust_part *part = &v->file.parts[i];

		if (part->content != TRUST_LIST) {
			continue;
		}
		e = trust_judge(&part->list, policy, &v->judged[i], ei);
		if (e == ERR_OK && part->list.kind == STL_ROOTS &&
		    v->judged[i].result == ERR_OK && v->roots == NULL) {
			e = trust_rows_of(&v->file, part, NULL, &v->rows, ei);
			v->roots = &part->list;
		}
	}
	return e;
}

enum err
ring_view_read(const char *dir, const struct trust_policy *policy,
    struct ring_view *out, struct errinfo *ei)
{
	enum err e;

	*out = (struct ring_view){.roots = NULL};
	e = trust_file_load(dir, &out->file, &out->why);
	if (e == ERR_OK) {
		e = judge_all(out, policy, &out->why);
	}
	if (e == ERR_NOMEM) {
		*ei = out->why;
		return e;
	}
	if (e != ERR_OK) {
		out->roots = NULL;
	}
	return ERR_OK;
}

void
ring_view_clear(struct ring_view *v)
{
	trust_rows_clear(&v->rows);
	for (size_t i = 0; i < TRUST_PARTS_MAX; i++) {
		trust_judgement_clear(&v->judged[i]);
	}
	trust_file_clear(&v->file);
}

/* --- telling ---------------------------------------------------------------
 */

static void
put_why(struct json_writer *w, const struct errinfo *why)
{
	if (why->kind == ERR_OK) {
		json_put_null(w, "problem");
		return;
	}
	json_open_object(w, "problem");
	json_put_text(w, "rule", why->rule);
	json_put_text(w, "text", why->text);
	json_put_text_optional(w, "object", why->object);
	json_close(w);
}

static void
put_list(struct json_writer *w, const struct trust_part *part,
    const struct trust_judgement *j)
{
	const struct stl *l = &part->list;

	json_open_object(w, NULL);
	json_put_text(w, "file", part->name);
	json_put_text(w, "kind", stl_kind_name(l->kind));
	json_put_hex(w, "number", l->sequence);
	json_put_time(w, "date", l->this_update);
	json_put_int(w, "entries", (int64_t)l->num);
	if (j->signer_ends != 0) {
		json_put_time(w, "signer_ends", j->signer_ends);
	}
	json_put_bool(w, "signer_expired", j->signer_expired);
	put_why(w, &j->why);
	json_close(w);
}

static size_t
num_missing(const struct trust_rows *rows)
{
	size_t num = 0;

	for (size_t i = 0; i < rows->num; i++) {
		num += rows->at[i].cert == NULL;
	}
	return num;
}

void
ring_view_put(struct json_writer *w, const struct ring_view *v)
{
	put_why(w, &v->why);
	json_open_array(w, "lists");
	for (size_t i = 0; i < v->file.num; i++) {
		if (v->file.parts[i].content == TRUST_LIST) {
			put_list(w, &v->file.parts[i], &v->judged[i]);
		}
	}
	json_close(w);
	json_put_int(w, "certificates", (int64_t)v->rows.num);
	json_put_int(w, "missing", (int64_t)num_missing(&v->rows));
}

/* What the words are made of, for whoever has other words. */
static void
put_parts(
    struct json_writer *w, const struct trust_difference *d, struct buf *text)
{
	const struct root *now;

	if (d->before == NULL || d->after == NULL) {
		return; /* came, or went */
	}
	now = &d->after->root;
	buf_reset(text);
	if (d->change == TRUST_DISABLED) {
		json_put_time(w, "at", now->disabled.at);
	} else if (d->change == TRUST_LIMITED) {
		trust_put_purposes(text, now->not_before_for, ", ");
		json_put_time(w, "at", now->not_before.at);
		json_put_slice(w, "uses", buf_slice(text));
	} else if (d->change == TRUST_RENAMED) {
		trust_row_name(d->before, text);
		json_put_slice(w, "before", buf_slice(text));
	}
}

static void
put_change(struct json_writer *w, const struct trust_difference *d,
    struct buf *name, struct buf *text)
{
	const struct trust_row *row = d->after != NULL ? d->after : d->before;

	buf_reset(name);
	buf_reset(text);
	trust_row_name(row, name);
	trust_difference_text(d, text);
	json_open_object(w, NULL);
	json_put_text(w, "change", trust_change_name(d->change));
	json_put_hex(w, "sha1", row->root.sha1);
	json_put_slice(w, "name", buf_slice(name));
	json_put_slice(w, "text", buf_slice(text));
	put_parts(w, d, text);
	json_close(w);
}

void
ring_view_put_diff(struct json_writer *w, const struct trust_diff *d)
{
	struct buf name = BUF_INIT(TEXT_MAX), text = BUF_INIT(TEXT_MAX);

	json_open_object(w, "counts");
	for (unsigned i = 0; i < TRUST_CHANGE_MAX_; i++) {
		json_put_int(w, trust_change_name((enum trust_change)i),
		    (int64_t)d->counts[i]);
	}
	json_close(w);
	json_open_array(w, "list");
	for (size_t i = 0; i < d->num; i++) {
		put_change(w, &d->at[i], &name, &text);
	}
	json_close(w);
	buf_clear(&name);
	buf_clear(&text);
}

enum err
ring_view_put_changes(struct json_writer *w, const char *field,
    const struct ring_view *before, const struct ring_view *after,
    struct errinfo *ei)
{
	struct trust_diff d = {.num = 0};
	enum err e;

	if (before->roots == NULL || after->roots == NULL) {
		json_put_null(w, field);
		return ERR_OK;
	}
	e = trust_diff_of(&before->rows, &after->rows, &d, ei);
	if (e == ERR_OK) {
		json_open_object(w, field);
		json_put_time(w, "since", before->roots->this_update);
		ring_view_put_diff(w, &d);
		json_close(w);
	}
	trust_diff_clear(&d);
	return e;
}
