/* SPDX-License-Identifier: Apache-2.0 */
#include "workstation/placed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	DIR_MODE = 0700,
	FILE_MODE = 0600,
	FILE_MAX = 512 * 1024,
};

static enum err
path_of(
    const char *home, bool make, char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE];
	enum err e = path_join(dir, home, "certificates", ei);

	if (e == ERR_OK && make) {
		e = dir_make(dir, DIR_MODE, ei);
	}
	return e != ERR_OK ? e : path_join(out, dir, "placed.json", ei);
}

static enum err
take_one(struct placed *p, const struct json *from, struct errinfo *ei)
{
	static const char *const names[] = {"dir", "sha256", "was_there", NULL};
	struct placed_one *one = &p->at[p->num];
	const char *sha = NULL;
	enum err e = json_only(from, names, ei);

	if (e == ERR_OK) {
		e = json_copy_text(from, "dir", one->dir, sizeof(one->dir), ei);
	}
	if (e == ERR_OK) {
		e = json_get_text(
		    from, "sha256", 2 * sizeof(one->sha256), &sha, ei);
	}
	if (e == ERR_OK) {
		e = json_get_bool(from, "was_there", &one->was_there, ei);
	}
	if (e == ERR_OK &&
	    !text_unhex(slice_str(sha), one->sha256, sizeof(one->sha256))) {
		e = err_set(ei, ERR_FORMAT, "certstores.placed", NULL,
		    "the list of what was put into browsers is damaged");
	}
	p->num += e == ERR_OK;
	return e;
}

static enum err
take_all(struct placed *p, const struct json *root, struct errinfo *ei)
{
	static const char *const names[] = {"placed", NULL};
	const struct json *list = NULL, *one = NULL;
	enum err e = json_only(root, names, ei);

	if (e == ERR_OK) {
		e = json_get_array(
		    root, "placed", STORES_PLACED_MAX, &list, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < json_array_len(list); i++) {
		e = json_item_object(list, i, &one, ei);
		if (e == ERR_OK) {
			e = take_one(p, one, ei);
		}
	}
	return e;
}

enum err
placed_parse(struct slice text, struct placed **out, struct errinfo *ei)
{
	struct placed *p = calloc(1, sizeof(*p));
	struct json *root = NULL;
	enum err e;

	if (p == NULL) {
		return err_nomem(ei);
	}
	e = json_parse(text, FILE_MAX, &root, ei);
	if (e == ERR_OK) {
		e = take_all(p, root, ei);
	}
	json_free(root);
	if (e != ERR_OK) {
		placed_free(p);
		return e;
	}
	*out = p;
	return ERR_OK;
}

enum err
placed_load(const char *home, struct placed **out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(FILE_MAX);
	char path[PATH_TEXT_SIZE];
	enum err e = path_of(home, false, path, ei);

	if (e == ERR_OK && !file_exists(path)) {
		return placed_parse(SLICE_LIT("{\"placed\":[]}"), out, ei);
	}
	if (e == ERR_OK) {
		e = file_read(path, FILE_MAX, &text, ei);
	}
	if (e == ERR_OK) {
		e = placed_parse(buf_slice(&text), out, ei);
	}
	buf_clear(&text);
	return e;
}

void
placed_free(struct placed *p)
{
	free(p);
}

enum err
placed_save(const char *home, const struct placed *p, struct errinfo *ei)
{
	struct buf text = BUF_INIT(FILE_MAX);
	char path[PATH_TEXT_SIZE];
	struct json_writer w;
	enum err e;

	json_writer_init(&w, &text);
	json_open_object(&w, NULL);
	json_open_array(&w, "placed");
	for (size_t i = 0; i < p->num; i++) {
		json_open_object(&w, NULL);
		json_put_text(&w, "dir", p->at[i].dir);
		json_put_hex(
		    &w, "sha256", slice_make(p->at[i].sha256, PLACED_SHA));
		json_put_bool(&w, "was_there", p->at[i].was_there);
		json_close(&w);
	}
	json_close(&w);
	json_close(&w);
	e = json_writer_end(&w, ei);
	if (e == ERR_OK) {
		e = path_of(home, true, path, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(path, buf_slice(&text), FILE_MODE, ei);
	}
	buf_clear(&text);
	return e;
}

enum err
placed_note(struct placed *p, const char *dir, const uint8_t sha256[PLACED_SHA],
    bool was_there, struct errinfo *ei)
{
	struct placed_one *one;

	for (size_t i = 0; i < p->num; i++) {
		if (strcmp(p->at[i].dir, dir) == 0 &&
		    memcmp(p->at[i].sha256, sha256, PLACED_SHA) == 0) {
			return ERR_OK;
		}
	}
	if (p->num == STORES_PLACED_MAX) {
		return err_set(ei, ERR_LIMIT, "certstores.placed", NULL,
		    "%d certificates were put into browsers already; remove "
		    "some",
		    (int)STORES_PLACED_MAX);
	}
	one = &p->at[p->num++];
	(void)snprintf(one->dir, sizeof(one->dir), "%s", dir);
	memcpy(one->sha256, sha256, PLACED_SHA);
	one->was_there = was_there;
	return ERR_OK;
}

void
placed_drop(struct placed *p, size_t index)
{
	p->at[index] = p->at[--p->num];
}
