/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/feed_state.h"

#include <assert.h>
#include <string.h>

#include "base/bounds.h"
#include "json/json.h"
#include "json/writer.h"

static_assert(
    (int)STATE_NAME_SIZE == (int)FEED_NAME_SIZE, "a name fits into a feed");

enum err
feed_state_files(
    const struct state *s, struct feed_files *out, struct errinfo *ei)
{
	enum err e = feed_files_new(s->num, out, ei);

	if (e != ERR_OK) {
		return e;
	}
	for (size_t i = 0; i < s->num; i++) {
		memcpy(out->at[i].name, s->at[i].name, FEED_NAME_SIZE);
		memcpy(out->at[i].sha256, s->at[i].sha256, SHA256_SIZE);
		out->at[i].bytes = (int64_t)s->at[i].size;
	}
	out->num = s->num;
	return ERR_OK;
}

bool
feed_state_is(const struct state *s, const struct feed_files *f)
{
	if (f->num != s->num) {
		return false;
	}
	for (size_t i = 0; i < f->num; i++) {
		if (strcmp(f->at[i].name, s->at[i].name) != 0 ||
		    memcmp(f->at[i].sha256, s->at[i].sha256, SHA256_SIZE) !=
			0) {
			return false;
		}
	}
	return true;
}

void
feed_state_put(
    struct json_writer *w, const char *field, const struct feed_files *f)
{
	json_open_array(w, field);
	for (size_t i = 0; i < f->num; i++) {
		json_open_object(w, NULL);
		json_put_text(w, "name", f->at[i].name);
		json_put_base64(
		    w, "sha256", slice_make(f->at[i].sha256, SHA256_SIZE));
		json_close(w);
	}
	json_close(w);
}

static enum err
get_file(const struct json *item, struct feed_file *out, struct errinfo *ei)
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
feed_state_get(const struct json *obj, const char *field,
    struct feed_files *out, struct errinfo *ei)
{
	const struct json *list = NULL;
	enum err e = json_get_array(obj, field, TRUSTD_FILES_MAX, &list, ei);
	size_t num = json_array_len(list);

	if (e == ERR_OK) {
		e = feed_files_new(num, out, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		const struct json *item = NULL;

		e = json_item_object(list, i, &item, ei);
		if (e == ERR_OK) {
			e = get_file(item, &out->at[out->num++], ei);
		}
	}
	return e;
}
