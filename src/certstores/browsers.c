/* SPDX-License-Identifier: Apache-2.0 */
#include "certstores/browsers.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

enum {
	LINE_SIZE = PATH_TEXT_SIZE,
	PROFILES_MAX = 16,
};

/* A place below the home directory; how it came there. */
struct place {
	const char *path;
	const char *by;
};

static const struct place chromium_places[] = {
    {".pki/nssdb", ""},
    {".local/share/pki/nssdb", ""},
    {"snap/chromium/current/.pki/nssdb", " (snap)"},
    {".var/app/org.chromium.Chromium/.pki/nssdb", " (Flatpak)"},
};

static const struct place firefox_places[] = {
    {".mozilla/firefox", ""},
    {".config/mozilla/firefox", ""}, /* a new person's, since 147 */
    {"snap/firefox/common/.mozilla/firefox", " (snap)"},
    {".var/app/org.mozilla.firefox/.mozilla/firefox", " (Flatpak)"},
};

static const char *const chromium_programs[] = {
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/usr/bin/yandex-browser",
    "/usr/bin/microsoft-edge",
};

const char *
browser_kind_name(enum browser_kind kind)
{
	return kind == BROWSER_CHROMIUM ? "chromium" : "firefox";
}

/* --- profiles.ini -------------------------------------------------------- */

struct reading {
	const char *base;
	char path[LINE_SIZE];
	char name[BROWSER_NAME_SIZE / 2];
	bool in_profile;
	bool relative;
	struct firefox_profile *out;
	size_t max;
	size_t num;
};

static enum err
end_section(struct reading *r, struct errinfo *ei)
{
	struct firefox_profile *p;
	enum err e;

	if (!r->in_profile || r->path[0] == '\0') {
		return ERR_OK;
	}
	if (r->num == r->max) {
		return err_set(ei, ERR_LIMIT, "certstores.profiles", NULL,
		    "there are more than %zu profiles", r->max);
	}
	p = &r->out[r->num];
	if (r->relative) {
		e = path_join(p->dir, r->base, r->path, ei);
	} else {
		(void)snprintf(p->dir, sizeof(p->dir), "%s", r->path);
		e = ERR_OK;
	}
	if (e == ERR_OK) {
		(void)snprintf(p->name, sizeof(p->name), "%s", r->name);
		r->num++;
	}
	return e;
}

static void
begin_section(struct reading *r, const char *line)
{
	r->in_profile = strncmp(line, "[Profile", 8) == 0;
	r->relative = true;
	r->path[0] = '\0';
	r->name[0] = '\0';
}

/* What does not fit is left out. */
static void
copy(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len < size) {
		memcpy(out, text, len + 1);
	}
}

static void
take_setting(struct reading *r, const char *line)
{
	if (strncmp(line, "Path=", 5) == 0) {
		copy(r->path, sizeof(r->path), line + 5);
	} else if (strncmp(line, "Name=", 5) == 0) {
		copy(r->name, sizeof(r->name), line + 5);
	} else if (strcmp(line, "IsRelative=0") == 0) {
		r->relative = false;
	}
}

static enum err
take_line(struct reading *r, struct slice text, struct errinfo *ei)
{
	char line[LINE_SIZE];
	enum err e = ERR_OK;

	if (text.len > 0 && text.p[text.len - 1] == '\r') {
		text.len--;
	}
	if (text.len >= sizeof(line) || !text_is_clean(text)) {
		return ERR_OK;
	}
	memcpy(line, text.p, text.len);
	line[text.len] = '\0';
	if (line[0] == '[') {
		e = end_section(r, ei);
		begin_section(r, line);
	} else if (r->in_profile) {
		take_setting(r, line);
	}
	return e;
}

enum err
firefox_profiles(struct slice ini, const char *base,
    struct firefox_profile *out, size_t max, size_t *out_num,
    struct errinfo *ei)
{
	struct reading r = {.base = base, .out = out, .max = max};
	enum err e = ERR_OK;

	while (ini.len > 0 && e == ERR_OK) {
		const uint8_t *end = memchr(ini.p, '\n', ini.len);
		size_t len = end != NULL ? (size_t)(end - ini.p) : ini.len;

		e = take_line(&r, slice_make(ini.p, len), ei);
		len += end != NULL;
		ini.p += len;
		ini.len -= len;
	}
	if (e == ERR_OK) {
		e = end_section(&r, ei);
	}
	if (e == ERR_OK) {
		*out_num = r.num;
	}
	return e;
}

/* --- looking for them ---------------------------------------------------- */

struct found {
	struct browser *at;
	size_t num;
};

static bool
has_database(const char *dir)
{
	char path[PATH_TEXT_SIZE];

	return path_join(path, dir, "cert9.db", NULL) == ERR_OK &&
	       file_exists(path);
}

static void
keep(struct found *f, enum browser_kind kind, const char *dir, const char *name,
    const char *by)
{
	struct browser *b = &f->at[f->num];

	if (f->num == BROWSERS_MAX || !has_database(dir)) {
		return;
	}
	b->kind = kind;
	(void)snprintf(b->dir, sizeof(b->dir), "%s", dir);
	if (kind == BROWSER_CHROMIUM) {
		(void)snprintf(b->name, sizeof(b->name), "Chromium%s", by);
	} else {
		(void)snprintf(
		    b->name, sizeof(b->name), "Firefox: %s%s", name, by);
	}
	f->num++;
}

static enum err
look_firefox(
    struct found *f, const char *base, const char *by, struct errinfo *ei)
{
	static const size_t max = PROFILES_MAX;
	struct firefox_profile profiles[PROFILES_MAX];
	struct buf ini = BUF_INIT(PROFILES_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	size_t num = 0;
	enum err e = path_join(path, base, "profiles.ini", ei);

	if (e == ERR_OK && file_exists(path)) {
		e = file_read(path, PROFILES_BYTES_MAX, &ini, ei);
		if (e == ERR_OK) {
			e = firefox_profiles(
			    buf_slice(&ini), base, profiles, max, &num, ei);
		}
	}
	buf_clear(&ini);
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		keep(f, BROWSER_FIREFOX, profiles[i].dir, profiles[i].name, by);
	}
	return e;
}

enum err
browsers_list(const char *home, struct browser out[BROWSERS_MAX],
    size_t *out_num, struct errinfo *ei)
{
	struct found f = {.at = out};
	char dir[PATH_TEXT_SIZE];
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(chromium_places); i++) {
		e = path_join(dir, home, chromium_places[i].path, ei);
		if (e == ERR_OK) {
			keep(&f, BROWSER_CHROMIUM, dir, "",
			    chromium_places[i].by);
		}
	}
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(firefox_places); i++) {
		e = path_join(dir, home, firefox_places[i].path, ei);
		if (e == ERR_OK) {
			e = look_firefox(&f, dir, firefox_places[i].by, ei);
		}
	}
	if (e == ERR_OK) {
		*out_num = f.num;
	}
	return e;
}

bool
browsers_lack_chromium(const char *home, char out[PATH_TEXT_SIZE])
{
	char dir[PATH_TEXT_SIZE];
	bool installed = false;

	for (size_t i = 0; i < ARRAY_LEN(chromium_programs); i++) {
		installed = installed || file_exists(chromium_programs[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(chromium_places); i++) {
		if (path_join(dir, home, chromium_places[i].path, NULL) !=
			ERR_OK ||
		    has_database(dir)) {
			return false;
		}
	}
	return installed &&
	       path_join(out, home, chromium_places[0].path, NULL) == ERR_OK;
}
