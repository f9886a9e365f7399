/* SPDX-License-Identifier: Apache-2.0 */
#include "workstation/media.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "os/mounts.h"
#include "os/random.h"

enum {
	DIR_MODE = 0700,
	NAME_BYTES = 8,
};

static const char disk_folder[] = "surguch";

const char *
medium_kind_name(enum medium_kind kind)
{
	static const char *const names[MEDIUM_KIND_MAX_] = {
	    [MEDIUM_REGISTRY] = "registry",
	    [MEDIUM_DISK] = "disk",
	};

	return names[kind];
}

static enum err
fill_registry(const char *home, struct medium *out, struct errinfo *ei)
{
	*out = (struct medium){
	    .id = "registry",
	    .kind = MEDIUM_REGISTRY,
	    .name = "Реестр",
	    .writable = true,
	};
	return path_join(out->folder, home, "containers", ei);
}

static enum err
fill_disk(const struct mount *from, struct medium *out, struct errinfo *ei)
{
	*out = (struct medium){
	    .kind = MEDIUM_DISK,
	    .writable = from->writable,
	};
	/* Without a serial number its name has to do. */
	(void)snprintf(out->id, sizeof(out->id), "disk:%.70s",
	    from->serial[0] != '\0' ? from->serial : from->label);
	(void)snprintf(out->name, sizeof(out->name), "%s", from->label);
	(void)snprintf(out->serial, sizeof(out->serial), "%s", from->serial);
	if (disk_left(from->path, &out->free_bytes, NULL) != ERR_OK) {
		out->free_bytes = 0;
	}
	return path_join(out->folder, from->path, disk_folder, ei);
}

enum err
media_list(const char *home, struct medium out[MEDIA_MAX], size_t *out_num,
    struct errinfo *ei)
{
	struct mount mounts[MEDIA_MAX - 1];
	size_t num = 0;
	enum err e = fill_registry(home, &out[0], ei);

	if (e == ERR_OK) {
		e = mounts_removable(mounts, ARRAY_LEN(mounts), &num, ei);
	}
	*out_num = 1;
	for (size_t i = 0; i < num && e == ERR_OK; i++) {
		/* A name that JSON cannot carry is no name to choose by. */
		if (text_is_clean(slice_str(mounts[i].label))) {
			e = fill_disk(&mounts[i], &out[(*out_num)++], ei);
		}
	}
	return e;
}

enum err
media_find(
    const char *home, const char *id, struct medium *out, struct errinfo *ei)
{
	struct medium all[MEDIA_MAX];
	size_t num = 0;
	enum err e = media_list(home, all, &num, ei);

	for (size_t i = 0; i < num && e == ERR_OK; i++) {
		if (strcmp(all[i].id, id) == 0) {
			*out = all[i];
			return ERR_OK;
		}
	}
	return e != ERR_OK ? e
			   : err_object(ei,
				 err_set(ei, ERR_NOTFOUND, "agent.medium", NULL,
				     "this medium is not in the computer"),
				 "medium");
}

enum err
media_containers(const struct medium *m, struct container_entry **out,
    size_t *out_num, struct errinfo *ei)
{
	*out = NULL;
	*out_num = 0;
	return file_exists(m->folder)
		   ? container_list(m->folder, out, out_num, ei)
		   : ERR_OK;
}

/* ERR_NOTFOUND without words when it is not there. */
static enum err
find_on(const struct medium *m, const char *id, struct kept *out,
    struct errinfo *ei)
{
	struct container_entry *list = NULL;
	size_t num = 0;
	enum err e = media_containers(m, &list, &num, ei);
	bool found = false;

	for (size_t i = 0; i < num && e == ERR_OK && !found; i++) {
		found = strcmp(list[i].info.id, id) == 0 && id[0] != '\0';
		if (found) {
			out->medium = *m;
			out->info = list[i].info;
			e = path_join(out->path, m->folder, list[i].name, ei);
		}
	}
	container_list_free(list, num);
	return e == ERR_OK && !found ? ERR_NOTFOUND : e;
}

enum err
media_find_container(
    const char *home, const char *id, struct kept *out, struct errinfo *ei)
{
	struct medium all[MEDIA_MAX];
	size_t num = 0;
	enum err e = media_list(home, all, &num, ei);

	if (e != ERR_OK) {
		return e;
	}
	e = ERR_NOTFOUND;
	for (size_t i = 0; i < num && e == ERR_NOTFOUND; i++) {
		e = find_on(&all[i], id, out, ei);
	}
	if (e == ERR_NOTFOUND) {
		e = err_object(ei,
		    err_set(ei, ERR_NOTFOUND, "agent.container", NULL,
			"this container is on no medium in the computer"),
		    "container");
	}
	return e;
}

enum err
media_new_path(
    const struct medium *m, char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	struct buf name = BUF_INIT(2 * NAME_BYTES + 1);
	uint8_t bytes[NAME_BYTES];
	enum err e;

	if (!m->writable) {
		return err_object(ei,
		    err_set(ei, ERR_DENIED, "agent.medium.read_only", NULL,
			"the medium %s cannot be written to", m->name),
		    "medium");
	}
	e = dir_make(m->folder, DIR_MODE, ei);
	if (e == ERR_OK) {
		e = random_bytes(bytes, sizeof(bytes), ei);
	}
	if (e == ERR_OK) {
		text_hex(&name, slice_make(bytes, sizeof(bytes)));
		e = buf_err(&name, ei);
	}
	if (e == ERR_OK) {
		e = path_join(out, m->folder, buf_cstr(&name), ei);
	}
	buf_clear(&name);
	return e;
}
