/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/feed_changes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "trust/diff.h"
#include "trust/file.h"
#include "trust/rows.h"
#include "trustd/ring_view.h"
#include "json/json.h"
#include "json/writer.h"

/* --- names ------------------------------------------------------------------
 */

enum err
feed_names_of(const struct state *s, struct feed_names *out, struct errinfo *ei)
{
	out->at = calloc(s->num + 1, sizeof(*out->at));
	if (out->at == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < s->num; i++) {
		(void)snprintf(out->at[i].name, sizeof(out->at[i].name), "%s",
		    s->at[i].name);
		memcpy(out->at[i].sha256, s->at[i].sha256, SHA256_SIZE);
	}
	out->num = s->num;
	return ERR_OK;
}

bool
feed_names_are(const struct feed_names *n, const struct state *s)
{
	if (n->num != s->num) {
		return false;
	}
	for (size_t i = 0; i < n->num; i++) {
		if (strcmp(n->at[i].name, s->at[i].name) != 0 ||
		    memcmp(n->at[i].sha256, s->at[i].sha256, SHA256_SIZE) !=
			0) {
			return false;
		}
	}
	return true;
}

void
feed_names_clear(struct feed_names *n)
{
	free(n->at);
	*n = (struct feed_names){.num = 0};
}

void
feed_names_put(
    struct json_writer *w, const char *field, const struct feed_names *n)
{
	json_open_array(w, field);
	for (size_t i = 0; i < n->num; i++) {
		json_open_object(w, NULL);
		json_put_text(w, "name", n->at[i].name);
		json_put_base64(
		    w, "sha256", slice_make(n->at[i].sha256, SHA256_SIZE));
		json_close(w);
	}
	json_close(w);
}

static enum err
get_name(const struct json *item, struct feed_name *out, struct errinfo *ei)
{
	struct buf hash = BUF_INIT(SHA256_SIZE);
	enum err e =
	    json_copy_text(item, "name", out->name, sizeof(out->name), ei);

	if (e == ERR_OK) {
		e = json_get_base64(item, "sha256", &hash, ei);
	}
	if (e == ERR_OK && hash.len != SHA256_SIZE) {
		e = err_set(ei, ERR_FORMAT, "feed.record", NULL,
		    "a SHA-256 of another length");
	}
	if (e == ERR_OK) {
		memcpy(out->sha256, hash.p, SHA256_SIZE);
	}
	buf_clear(&hash);
	return e;
}

enum err
feed_names_get(const struct json *obj, const char *field,
    struct feed_names *out, struct errinfo *ei)
{
	const struct json *list = NULL;
	enum err e = json_get_array(obj, field, TRUSTD_FILES_MAX, &list, ei);
	size_t num = json_array_len(list);

	if (e != ERR_OK) {
		return e;
	}
	out->at = calloc(num + 1, sizeof(*out->at));
	if (out->at == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		const struct json *item = NULL;

		e = json_item_object(list, i, &item, ei);
		if (e == ERR_OK) {
			e = get_name(item, &out->at[out->num++], ei);
		}
	}
	return e;
}

/* --- files
 * --------------------------------------------------------------------
 */

static const struct feed_name *
find(const struct feed_names *n, const char *name)
{
	size_t low = 0, high = n->num;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(n->at[mid].name, name);

		if (order == 0) {
			return &n->at[mid];
		}
		if (order < 0) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return NULL;
}

static void
put_files(struct json_writer *w, const struct feed_names *before,
    const struct state *s)
{
	json_open_array(w, "came");
	for (size_t i = 0; i < s->num; i++) {
		if (find(before, s->at[i].name) == NULL) {
			json_put_text(w, NULL, s->at[i].name);
		}
	}
	json_close(w);
	json_open_array(w, "went");
	for (size_t i = 0; i < before->num; i++) {
		if (state_find(s, before->at[i].name) == NULL) {
			json_put_text(w, NULL, before->at[i].name);
		}
	}
	json_close(w);
	json_open_array(w, "changed");
	for (size_t i = 0; i < s->num; i++) {
		const struct feed_name *n = find(before, s->at[i].name);

		if (n != NULL &&
		    memcmp(n->sha256, s->at[i].sha256, SHA256_SIZE) != 0) {
			json_put_text(w, NULL, s->at[i].name);
		}
	}
	json_close(w);
}

/* --- roots
 * --------------------------------------------------------------------
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
		ring_view_put_diff(w, &d);
		json_close(w);
	}
	trust_diff_clear(&d);
	list_clear(&a);
	list_clear(&b);
	return e;
}

enum err
feed_changes_put(const struct feed_change *before, const struct state *s,
    struct buf *out, struct errinfo *ei)
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
	put_files(&w, before->names, s);
	e = put_roots(&w, before->roots, buf_slice(&s->roots), ei);
	json_close(&w);
	return e == ERR_OK ? json_writer_end(&w, ei) : e;
}
