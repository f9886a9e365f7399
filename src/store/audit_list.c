/* SPDX-License-Identifier: Apache-2.0 */
#include "store/audit_list.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "store/store.h"

/* --- names ------------------------------------------------------------------
 */

void
audit_record_text(
    const struct audit_record_name *r, char out[AUDIT_RECORD_TEXT_SIZE])
{
	char writer[ID_TEXT_SIZE];

	id_text(&r->writer, AUDIT_WRITER_PREFIX, writer);
	(void)snprintf(out, AUDIT_RECORD_TEXT_SIZE, "%s.%llu", writer,
	    (unsigned long long)r->number);
}

bool
audit_record_parse(const char *text, struct audit_record_name *out)
{
	const char *dot = strchr(text, '.');
	struct audit_record_name r;

	if (dot == NULL ||
	    !id_parse(slice_make(text, (size_t)(dot - text)),
		AUDIT_WRITER_PREFIX, &r.writer) ||
	    !text_to_u64(slice_str(dot + 1), &r.number) ||
	    r.number > INT64_MAX) {
		return false;
	}
	*out = r;
	return true;
}

/* --- the way along an index --------------------------------------------------
 */

struct place {
	struct audit_record_name name;
	int64_t at;
};

static enum err
find_place(struct store *s, const struct audit_record_name *after,
    struct place *out, struct errinfo *ei)
{
	struct rows *r = NULL;
	enum err e;

	*out = (struct place){.at = INT64_MAX};
	if (after == NULL) {
		return ERR_OK;
	}
	e = store_query_one(
	    s, ST_AUDIT_AT, &r, ei, V_ID(&after->writer), V_INT(after->number));
	if (e == ERR_NOTFOUND) {
		(void)err_set(ei, ERR_NOTFOUND, "list.after", NULL,
		    "there is no such record to go on after");
		return err_object(ei, ERR_NOTFOUND, "after");
	}
	if (e != ERR_OK) {
		return e;
	}
	out->name = *after;
	out->at = rows_int(r, 0, 0);
	rows_free(r);
	return ERR_OK;
}

static enum err
read_on(struct store *s, const struct audit_filter *f, const struct place *p,
    struct rows **out, struct errinfo *ei)
{
	const struct value max = V_INT(PAGE_ROWS_MAX);

	if (f->object != NULL) {
		return store_query(s, ST_AUDIT_PAGE_OBJECT, out, ei,
		    V_TEXT(f->object), V_INT(p->at), V_ID(&p->name.writer),
		    V_INT(p->name.number), max);
	}
	return store_query(s, ST_AUDIT_PAGE, out, ei, V_INT(p->at),
	    V_ID(&p->name.writer), V_INT(p->name.number), max);
}

static void
take_row(struct audit_row *out, const struct rows *r, size_t i)
{
	*out = (struct audit_row){
	    .name = {rows_id(r, i, 0), (uint64_t)rows_int(r, i, 1)},
	    .at = rows_int(r, i, 2),
	    .actor = rows_text(r, i, 3),
	    .action = rows_text(r, i, 4),
	    .object = rows_text(r, i, 5),
	    .detail = rows_text(r, i, 6),
	};
}

static bool
begins(const char *text, const char *with)
{
	return with == NULL || strncmp(text, with, strlen(with)) == 0;
}

/* Take what fits of these rows; false when nothing more can. */
static bool
take_rows(struct audit_page *out, const struct audit_filter *f, struct place *p,
    const struct rows *r)
{
	for (size_t i = 0; i < rows_num(r); i++) {
		struct audit_row *row = &out->at[out->num];

		if (out->num == PAGE_ROWS_MAX) {
			return true;
		}
		take_row(row, r, i);
		if (row->at < f->since) {
			return false;
		}
		if (begins(row->actor, f->actor) &&
		    begins(row->action, f->action)) {
			out->num++;
		}
		*p = (struct place){row->name, row->at};
	}
	return rows_num(r) == PAGE_ROWS_MAX;
}

enum err
audit_list(struct store *s, const struct audit_filter *f,
    const struct audit_record_name *after, struct audit_page *out,
    struct errinfo *ei)
{
	struct place p;
	enum err e;

	*out = (struct audit_page){.more = true};
	e = find_place(s, after, &p, ei);
	while (e == ERR_OK && out->more && out->num < PAGE_ROWS_MAX &&
	       out->num_rows < AUDIT_LOOK_PAGES) {
		struct rows *r = NULL;

		e = read_on(s, f, &p, &r, ei);
		if (e == ERR_OK) {
			out->rows[out->num_rows++] = r;
			out->more = take_rows(out, f, &p, r);
		}
	}
	if (e == ERR_OK) {
		out->next = p.name;
	}
	return e;
}

void
audit_page_clear(struct audit_page *p)
{
	for (size_t i = 0; i < p->num_rows; i++) {
		rows_free(p->rows[i]);
	}
	p->num_rows = 0;
	p->num = 0;
}
