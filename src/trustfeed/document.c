/* SPDX-License-Identifier: Apache-2.0 */
#include "trustfeed/document.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	FORM = 1,
	WORDS_MAX = 65536, /* a root's name, or what became of it */
};

/* --- writing ---------------------------------------------------------------
 */

void
feed_document_put(struct json_writer *w, const struct feed_head *head,
    const struct feed_files *files, struct slice changes)
{
	json_open_object(w, NULL);
	json_put_int(w, "format", FORM);
	json_put_text(w, "mirror", head->mirror);
	json_put_int(w, "number", head->number);
	json_put_time(w, "since", head->since);
	json_put_time(w, "signed", head->signed_at);
	json_put_time(w, "valid_until", head->valid_until);
	json_open_array(w, "files");
	for (size_t i = 0; i < files->num; i++) {
		const struct feed_file *f = &files->at[i];

		json_open_object(w, NULL);
		json_put_text(w, "name", f->name);
		json_put_int(w, "bytes", f->bytes);
		json_put_hex(w, "sha256", slice_make(f->sha256, SHA256_SIZE));
		json_close(w);
	}
	json_close(w);
	json_put_raw(w, "changes", changes);
	json_close(w);
}

/* --- its fields ------------------------------------------------------------
 */

static enum err
bad(struct errinfo *ei, const char *rule, const char *what, const char *why)
{
	(void)err_set(ei, ERR_FORMAT, rule, NULL, "%s", why);
	return err_object(ei, ERR_FORMAT, what);
}

static enum err
get_time(
    const struct json *obj, const char *field, int64_t *out, struct errinfo *ei)
{
	const char *text = NULL;
	enum err e = json_get_text(obj, field, TIME_TEXT_SIZE, &text, ei);

	if (e == ERR_OK && !time_from_text(slice_str(text), out)) {
		e = bad(ei, "feed.time", field, "not a time in UTC");
	}
	return e;
}

static enum err
get_digest(const struct json *obj, const char *field, uint8_t *out, size_t size,
    struct errinfo *ei)
{
	const char *text = NULL;
	enum err e = json_get_text(obj, field, 2 * size, &text, ei);

	if (e == ERR_OK && (strpbrk(text, "ABCDEF") != NULL ||
			       !text_unhex(slice_str(text), out, size))) {
		e = bad(ei, "feed.sha", field,
		    "not a digest in small hexadecimal letters");
	}
	return e;
}

static enum err
get_mirror(const struct json *obj, struct feed_head *out, struct errinfo *ei)
{
	const char *text = NULL;
	enum err e;

	/* One that is empty is there all the same. */
	if (!json_has(obj, "mirror")) {
		return json_get_text(
		    obj, "mirror", TRUSTD_PREFIX_MAX, &text, ei);
	}
	e = json_get_text_optional(obj, "mirror", TRUSTD_PREFIX_MAX, &text, ei);
	if (e == ERR_OK && text != NULL) {
		memcpy(out->mirror, text, strlen(text) + 1);
	}
	return e;
}

static enum err
get_head(const struct json *root, struct feed_head *out, struct errinfo *ei)
{
	int64_t form = 0;
	enum err e = json_get_int(root, "format", 0, INT64_MAX, &form, ei);

	if (e == ERR_OK && form != FORM) {
		e = bad(ei, "feed.format", "format",
		    "a form that this program does not know; look for a newer "
		    "one");
	}
	if (e != ERR_OK || (e = get_mirror(root, out, ei)) != ERR_OK ||
	    (e = json_get_int(
		 root, "number", 1, INT64_MAX, &out->number, ei)) != ERR_OK ||
	    (e = get_time(root, "since", &out->since, ei)) != ERR_OK ||
	    (e = get_time(root, "signed", &out->signed_at, ei)) != ERR_OK ||
	    (e = get_time(root, "valid_until", &out->valid_until, ei)) !=
		ERR_OK) {
		return e;
	}
	return out->valid_until > out->signed_at
		   ? ERR_OK
		   : bad(ei, "feed.time", "valid_until",
			 "it was over before it was signed");
}

/* --- files -----------------------------------------------------------------
 */

static enum err
get_file(const struct json *item, struct feed_file *out, struct errinfo *ei)
{
	static const char *const fields[] = {"name", "bytes", "sha256", NULL};
	enum err e = json_only(item, fields, ei);

	if (e == ERR_OK) {
		e = json_copy_text(
		    item, "name", out->name, sizeof(out->name), ei);
	}
	if (e == ERR_OK && !feed_name_is_good(out->name)) {
		e = bad(ei, "feed.name", "files", "not the name of a file");
	}
	if (e == ERR_OK) {
		e = json_get_int(
		    item, "bytes", 0, TRUSTD_BYTES_MAX, &out->bytes, ei);
	}
	return e == ERR_OK ? get_digest(item, "sha256", out->sha256,
				 sizeof(out->sha256), ei)
			   : e;
}

static enum err
get_files(const struct json *root, struct feed_files *out, struct errinfo *ei)
{
	const struct json *list = NULL;
	enum err e = json_get_array(root, "files", TRUSTD_FILES_MAX, &list, ei);
	size_t num = json_array_len(list);

	if (e == ERR_OK) {
		e = feed_files_new(num, out, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		const struct json *item = NULL;

		e = json_item_object(list, i, &item, ei);
		if (e == ERR_OK) {
			e = get_file(item, &out->at[i], ei);
		}
		if (e == ERR_OK && i > 0 &&
		    strcmp(out->at[i - 1].name, out->at[i].name) >= 0) {
			e = bad(ei, "feed.order", "files",
			    "files are not in order of their names");
		}
		out->num = e == ERR_OK ? i + 1 : i;
	}
	return e;
}

/* --- changes ---------------------------------------------------------------
 */

/* listed: names are in the list of files, or none is. */
static enum err
get_names(const struct json *obj, const char *field,
    const struct feed_files *files, bool listed, struct feed_names *out,
    struct errinfo *ei)
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
		const char *name = NULL;

		e = json_item_text(list, i, FEED_NAME_SIZE - 1, &name, ei);
		if (e == ERR_OK && !feed_name_is_good(name)) {
			e = bad(
			    ei, "feed.name", field, "not the name of a file");
		}
		if (e == ERR_OK &&
		    (feed_files_find(files, name) != NULL) != listed) {
			e = bad(ei, "feed.changes", field,
			    "the list of files says otherwise");
		}
		out->at[i] = name;
	}
	out->num = num;
	return e;
}

static enum err
get_change(const struct json *item, enum trust_change *out, struct errinfo *ei)
{
	const char *text = NULL;
	enum err e = json_get_text(item, "change", WORDS_MAX, &text, ei);

	for (unsigned i = 0; e == ERR_OK && i < TRUST_CHANGE_MAX_; i++) {
		if (strcmp(trust_change_name((enum trust_change)i), text) ==
		    0) {
			*out = (enum trust_change)i;
			return ERR_OK;
		}
	}
	return e == ERR_OK ? bad(ei, "feed.roots", "change",
				 "a change of a kind that is not known")
			   : e;
}

/* What only other words are made of is looked at and not kept. */
static enum err
check_parts(const struct json *item, struct errinfo *ei)
{
	const char *text = NULL;
	int64_t at = 0;
	enum err e = ERR_OK;

	if (json_has(item, "at")) {
		e = get_time(item, "at", &at, ei);
	}
	if (e == ERR_OK) {
		e = json_get_text_optional(item, "uses", WORDS_MAX, &text, ei);
	}
	return e == ERR_OK ? json_get_text_optional(
				 item, "before", WORDS_MAX, &text, ei)
			   : e;
}

static enum err
get_root(const struct json *item, struct feed_root *out, struct errinfo *ei)
{
	static const char *const fields[] = {
	    "change", "sha1", "name", "text", "at", "uses", "before", NULL};
	enum err e = json_only(item, fields, ei);

	if (e != ERR_OK || (e = get_change(item, &out->change, ei)) != ERR_OK ||
	    (e = get_digest(item, "sha1", out->sha1, sizeof(out->sha1), ei)) !=
		ERR_OK ||
	    (e = json_get_text_optional(
		 item, "name", WORDS_MAX, &out->name, ei)) != ERR_OK ||
	    (e = json_get_text_optional(
		 item, "text", WORDS_MAX, &out->text, ei)) != ERR_OK) {
		return e;
	}
	return check_parts(item, ei);
}

static enum err
check_counts(
    const struct json *roots, const struct feed_document *d, struct errinfo *ei)
{
	const char *fields[TRUST_CHANGE_MAX_ + 1] = {NULL};
	const struct json *counts = NULL;
	enum err e = json_get_object(roots, "counts", &counts, ei);

	for (unsigned i = 0; i < TRUST_CHANGE_MAX_; i++) {
		fields[i] = trust_change_name((enum trust_change)i);
	}
	if (e == ERR_OK) {
		e = json_only(counts, fields, ei);
	}
	for (unsigned i = 0; e == ERR_OK && i < TRUST_CHANGE_MAX_; i++) {
		int64_t num = 0;

		e = json_get_int(counts, fields[i], 0, INT64_MAX, &num, ei);
		if (e == ERR_OK && (uint64_t)num != d->counts[i]) {
			e = bad(ei, "feed.roots", fields[i],
			    "another number of changes than are told");
		}
	}
	return e;
}

static enum err
get_roots(
    const struct json *changes, struct feed_document *d, struct errinfo *ei)
{
	static const char *const fields[] = {"counts", "list", NULL};
	const struct json *roots = NULL, *list = NULL;
	enum err e;

	if (!json_has(changes, "roots")) {
		return ERR_OK;
	}
	d->knows_roots = true;
	if ((e = json_get_object(changes, "roots", &roots, ei)) != ERR_OK ||
	    (e = json_only(roots, fields, ei)) != ERR_OK ||
	    (e = json_get_array(roots, "list", FEED_ROOTS_MAX, &list, ei)) !=
		ERR_OK) {
		return e;
	}
	d->roots = calloc(json_array_len(list) + 1, sizeof(*d->roots));
	if (d->roots == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; e == ERR_OK && i < json_array_len(list); i++) {
		const struct json *item = NULL;

		e = json_item_object(list, i, &item, ei);
		if (e == ERR_OK) {
			e = get_root(item, &d->roots[i], ei);
		}
		if (e == ERR_OK) {
			d->counts[d->roots[i].change]++;
			d->num_roots++;
		}
	}
	return e == ERR_OK ? check_counts(roots, d, ei) : e;
}

static enum err
get_changes(
    const struct json *root, struct feed_document *d, struct errinfo *ei)
{
	static const char *const fields[] = {
	    "since", "came", "went", "changed", "roots", NULL};
	const struct json *c = NULL;
	enum err e;

	if (!json_has(root, "changes")) {
		return ERR_OK;
	}
	if ((e = json_get_object(root, "changes", &c, ei)) != ERR_OK ||
	    (e = json_only(c, fields, ei)) != ERR_OK ||
	    (e = json_get_int(c, "since", 1, INT64_MAX, &d->before, ei)) !=
		ERR_OK) {
		return e;
	}
	if (d->before >= d->head.number) {
		return bad(ei, "feed.changes", "since",
		    "changes are told since a state that is not before");
	}
	if ((e = get_names(c, "came", &d->files, true, &d->came, ei)) !=
		ERR_OK ||
	    (e = get_names(c, "went", &d->files, false, &d->went, ei)) !=
		ERR_OK ||
	    (e = get_names(c, "changed", &d->files, true, &d->changed, ei)) !=
		ERR_OK) {
		return e;
	}
	return get_roots(c, d, ei);
}

/* --- the document ----------------------------------------------------------
 */

enum err
feed_document_parse(
    struct slice text, struct feed_document *out, struct errinfo *ei)
{
	static const char *const fields[] = {"format", "mirror", "number",
	    "since", "signed", "valid_until", "files", "changes", NULL};
	enum err e;

	*out = (struct feed_document){.tree = NULL};
	if ((e = json_parse(text, FEED_BYTES_MAX, &out->tree, ei)) != ERR_OK) {
		return err_object(ei, e, FEED_DOCUMENT);
	}
	if ((e = json_only(out->tree, fields, ei)) == ERR_OK &&
	    (e = get_head(out->tree, &out->head, ei)) == ERR_OK &&
	    (e = get_files(out->tree, &out->files, ei)) == ERR_OK) {
		e = get_changes(out->tree, out, ei);
	}
	if (e != ERR_OK) {
		feed_document_clear(out);
	}
	return e;
}

void
feed_document_clear(struct feed_document *d)
{
	feed_files_clear(&d->files);
	free(d->came.at);
	free(d->went.at);
	free(d->changed.at);
	free(d->roots);
	json_free(d->tree);
	*d = (struct feed_document){.tree = NULL};
}

enum err
feed_document_check(const struct feed_document *d, const char *mirror,
    int64_t now, struct errinfo *ei)
{
	const struct feed_head *h = &d->head;
	char at[TIME_TEXT_SIZE];
	enum err e = ERR_OK;

	if (h->valid_until < now - FEED_SKEW_SEC) {
		time_text(h->valid_until, at);
		e = err_set(ei, ERR_POLICY, "feed.expired", NULL,
		    "the feed was valid until %s: its server has signed none "
		    "since, or somebody on the way holds new ones back; look "
		    "at this computer's clock, then at the server",
		    at);
	} else if (h->signed_at > now + FEED_SKEW_SEC) {
		time_text(h->signed_at, at);
		e = err_set(ei, ERR_POLICY, "feed.early", NULL,
		    "the feed was signed at %s, which is to come; look at the "
		    "clocks of this computer and of the server",
		    at);
	} else if (mirror != NULL && strcasecmp(mirror, h->mirror) != 0) {
		e = err_set(ei, ERR_POLICY, "feed.mirror", NULL,
		    "the feed is of the mirror \"%s\" and not of \"%s\"; where "
		    "a proxy serves it at another address, --feed-mirror says "
		    "which it is",
		    h->mirror, mirror);
	}
	return e == ERR_OK ? e : err_object(ei, e, FEED_DOCUMENT);
}
