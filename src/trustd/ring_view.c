/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/ring_view.h"

#include "trust/diff.h"
#include "trustfeed/difference.h"
#include "json/writer.h"

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
		difference_put_counts(w, &d);
		difference_put_list(w, "list", &d, true);
		json_close(w);
	}
	trust_diff_clear(&d);
	return e;
}
