/* SPDX-License-Identifier: Apache-2.0 */
#include "trustfeed/changes.h"

#include <string.h>

#include "trust/diff.h"
#include "trust/file.h"
#include "trust/rows.h"
#include "trustfeed/difference.h"
#include "json/writer.h"

/* --- files -----------------------------------------------------------------
 */

/* Names of the one that the other has not. */
static void
put_lacking(struct json_writer *w, const char *field,
    const struct feed_files *of, const struct feed_files *in)
{
	json_open_array(w, field);
	for (size_t i = 0; i < of->num; i++) {
		if (feed_files_find(in, of->at[i].name) == NULL) {
			json_put_text(w, NULL, of->at[i].name);
		}
	}
	json_close(w);
}

static void
put_files(struct json_writer *w, const struct feed_files *before,
    const struct feed_files *after)
{
	put_lacking(w, "came", after, before);
	put_lacking(w, "went", before, after);
	json_open_array(w, "changed");
	for (size_t i = 0; i < after->num; i++) {
		const struct feed_file *f =
		    feed_files_find(before, after->at[i].name);

		if (f != NULL &&
		    memcmp(f->sha256, after->at[i].sha256, SHA256_SIZE) != 0) {
			json_put_text(w, NULL, after->at[i].name);
		}
	}
	json_close(w);
}

/* --- roots -----------------------------------------------------------------
 */

/* A list of roots in its cabinet. */
struct list {
	struct trust_file file;
	struct trust_rows rows;
};

static void
list_clear(struct list *l)
{
	trust_rows_clear(&l->rows);
	trust_file_clear(&l->file);
}

static enum err
list_read(struct slice cab, struct list *out, struct errinfo *ei)
{
	enum err e = trust_file_parse(cab, &out->file, ei);

	return e == ERR_OK ? trust_rows_of(&out->file, &out->file.parts[0],
				 NULL, &out->rows, ei)
			   : e;
}

static enum err
put_roots(struct json_writer *w, struct slice before, struct slice after,
    struct errinfo *ei)
{
	struct list a = {.rows = {.num = 0}}, b = {.rows = {.num = 0}};
	struct trust_diff d = {.num = 0};
	/* What was kept may be damaged; what is served was judged. */
	bool known = list_read(before, &a, NULL) == ERR_OK;
	enum err e = ERR_OK;

	if (known) {
		e = list_read(after, &b, ei);
	}
	if (known && e == ERR_OK) {
		e = trust_diff_of(&a.rows, &b.rows, &d, ei);
	}
	if (!known) {
		json_put_null(w, "roots");
	} else if (e == ERR_OK) {
		json_open_object(w, "roots");
		difference_put_counts(w, &d);
		difference_put_list(w, "list", &d, true);
		json_close(w);
	}
	trust_diff_clear(&d);
	list_clear(&a);
	list_clear(&b);
	return e;
}

enum err
feed_changes_put(const struct feed_state *before,
    const struct feed_state *after, struct buf *out, struct errinfo *ei)
{
	struct json_writer w;
	enum err e = ERR_OK;

	json_writer_init(&w, out);
	if (before->number == 0) {
		json_put_null(&w, NULL);
		return json_writer_end(&w, ei);
	}
	json_open_object(&w, NULL);
	json_put_int(&w, "since", before->number);
	put_files(&w, before->files, after->files);
	e = put_roots(&w, before->roots, after->roots, ei);
	json_close(&w);
	return e == ERR_OK ? json_writer_end(&w, ei) : e;
}
