/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/workplace.h"

#include "agent/work.h"
#include "base/version.h"
#include "workstation/media.h"
#include "json/writer.h"

static enum err
put_medium(struct json_writer *w, const struct medium *m, struct errinfo *ei)
{
	struct container_entry *list = NULL;
	size_t num = 0;
	enum err e = media_containers(m, &list, &num, ei);

	if (e != ERR_OK) {
		return e;
	}
	json_open_object(w, NULL);
	json_put_text(w, "id", m->id);
	json_put_text(w, "kind", medium_kind_name(m->kind));
	json_put_text(w, "name", m->name);
	if (m->kind == MEDIUM_DISK) {
		json_put_text(w, "serial", m->serial);
		json_put_int(w, "free_bytes", (int64_t)m->free_bytes);
	}
	json_put_bool(w, "writable", m->writable);
	json_put_int(w, "containers", (int64_t)num);
	json_close(w);
	container_list_free(list, num);
	return ERR_OK;
}

static enum err
put_media(struct json_writer *w, const char *home, struct errinfo *ei)
{
	struct medium all[MEDIA_MAX];
	size_t num = 0;
	enum err e = media_list(home, all, &num, ei);

	json_open_array(w, "media");
	for (size_t i = 0; i < num && e == ERR_OK; i++) {
		e = put_medium(w, &all[i], ei);
	}
	json_close(w);
	return e;
}

enum err
workplace_put(const char *home, const struct workplace_agent *about,
    struct buf *out, struct errinfo *ei)
{
	struct json_writer w;
	enum err e;

	json_writer_init(&w, out);
	json_open_object(&w, NULL);
	json_open_object(&w, "agent");
	json_put_hex(&w, "id", about->id);
	json_put_text(&w, "version", surguch_version);
	json_put_int(&w, "protocol", about->protocol);
	json_put_text(&w, "system", "linux");
	json_put_text(&w, "window", about->window);
	json_close(&w);
	json_open_array(&w, "modules");
	json_close(&w);
	e = put_media(&w, home, ei);
	json_close(&w);
	return e == ERR_OK ? json_writer_end(&w, ei) : e;
}

static enum err
put_containers(
    struct json_writer *w, const struct medium *m, struct errinfo *ei)
{
	struct container_entry *list = NULL;
	size_t num = 0;
	enum err e = media_containers(m, &list, &num, ei);

	for (size_t i = 0; i < num && e == ERR_OK; i++) {
		const struct errinfo *problem = &list[i].problem;
		char path[PATH_TEXT_SIZE];

		e = path_join(path, m->folder, list[i].name, ei);
		if (e == ERR_OK) {
			work_put_container(w, NULL, m->id, path, &list[i].info,
			    problem->kind != ERR_OK ? problem->rule : NULL);
		}
	}
	container_list_free(list, num);
	return e;
}

enum err
workplace_put_containers(
    const char *home, const char *medium, struct buf *out, struct errinfo *ei)
{
	struct medium all[MEDIA_MAX];
	struct json_writer w;
	size_t num = 0;
	enum err e;

	if (medium != NULL) {
		e = media_find(home, medium, &all[0], ei);
		num = 1;
	} else {
		e = media_list(home, all, &num, ei);
	}
	json_writer_init(&w, out);
	json_open_object(&w, NULL);
	json_open_array(&w, "containers");
	for (size_t i = 0; i < num && e == ERR_OK; i++) {
		e = put_containers(&w, &all[i], ei);
	}
	json_close(&w);
	json_close(&w);
	return e == ERR_OK ? json_writer_end(&w, ei) : e;
}
