/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/workplace.h"

#include <string.h>

#include "agent/work.h"
#include "base/version.h"
#include "workstation/media.h"
#include "json/writer.h"

static void
put_pin(struct json_writer *w, const struct token_seen *seen)
{
	static const char *const names[TOKEN_PIN_MAX_] = {
	    [TOKEN_PIN_OK] = "ok",
	    [TOKEN_PIN_LOW] = "low",
	    [TOKEN_PIN_LAST] = "last",
	    [TOKEN_PIN_LOCKED] = "locked",
	    [TOKEN_PIN_UNSET] = "unset",
	};

	json_open_object(w, "pin");
	json_put_text(w, "state", names[seen->pin]);
	json_put_bool(w, "factory", seen->factory);
	json_close(w);
}

static enum err
put_medium(struct json_writer *w, struct media *media, const struct medium *m,
    struct errinfo *ei)
{
	size_t num = 0;
	enum err e = media_count(media, m, &num, ei);

	/* One token that fails takes nothing else away. */
	if (e != ERR_OK && m->kind != MEDIUM_TOKEN) {
		return e;
	}
	json_open_object(w, NULL);
	json_put_text(w, "id", m->id);
	json_put_text(w, "kind", medium_kind_name(m->kind));
	json_put_text(w, "name", m->name);
	if (m->kind != MEDIUM_REGISTRY) {
		json_put_text(w, "serial", m->serial);
	}
	if (m->kind == MEDIUM_DISK) {
		json_put_int(w, "free_bytes", (int64_t)m->free_bytes);
	}
	if (m->kind == MEDIUM_TOKEN) {
		json_put_text(w, "model", m->token.model);
		json_put_bool(w, "active", m->token.active);
		put_pin(w, &m->token);
	}
	json_put_bool(w, "writable", m->writable);
	json_put_int(w, "containers", (int64_t)num);
	json_close(w);
	return ERR_OK;
}

static void
put_modules(struct json_writer *w, struct media *media)
{
	struct media_module modules[MEDIA_MODULES_MAX];
	size_t num = media_modules(media, modules);

	json_open_array(w, "modules");
	for (size_t i = 0; i < num; i++) {
		const char *slash = strrchr(modules[i].path, '/');

		json_open_object(w, NULL);
		json_put_text(
		    w, "name", slash != NULL ? slash + 1 : modules[i].path);
		json_put_bool(w, "found", modules[i].found);
		if (modules[i].problem[0] != '\0') {
			json_put_text(w, "problem", modules[i].problem);
		}
		json_close(w);
	}
	json_close(w);
}

/* The media first: that look is what finds modules. */
static enum err
put_media(struct json_writer *w, struct media *media, struct errinfo *ei)
{
	struct medium all[MEDIA_MAX];
	size_t num = 0;
	enum err e = media_list(media, all, &num, ei);

	if (e == ERR_OK) {
		put_modules(w, media);
	}
	json_open_array(w, "media");
	for (size_t i = 0; i < num && e == ERR_OK; i++) {
		e = put_medium(w, media, &all[i], ei);
	}
	json_close(w);
	return e;
}

enum err
workplace_put(struct media *media, const struct workplace_agent *about,
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
	e = put_media(&w, media, ei);
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

	if (e != ERR_OK && m->kind == MEDIUM_TOKEN) {
		return ERR_OK; /* it fails, or was pulled out just now */
	}
	for (size_t i = 0; i < num && e == ERR_OK; i++) {
		const struct errinfo *problem = &list[i].problem;
		struct buf cert = BUF_INIT(CERT_BYTES_MAX);
		struct kept k;

		e = media_kept(m, &list[i], &k, ei);
		if (e == ERR_OK) {
			/* Without one it is listed all the same. */
			if (media_peek_cert(&k, &cert, NULL) != ERR_OK) {
				buf_reset(&cert);
			}
			work_put_container(w, NULL, &k, buf_slice(&cert),
			    problem->kind != ERR_OK ? problem->rule : NULL);
		}
		buf_clear(&cert);
	}
	container_list_free(list, num);
	return e;
}

enum err
workplace_put_containers(struct media *media, const char *medium,
    struct buf *out, struct errinfo *ei)
{
	struct medium all[MEDIA_MAX];
	struct json_writer w;
	size_t num = 0;
	enum err e;

	if (medium != NULL) {
		e = media_find(media, medium, &all[0], ei);
		num = 1;
	} else {
		e = media_list(media, all, &num, ei);
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
