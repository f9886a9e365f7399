/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/settings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "os/file.h"

static const char *const levels[] = {"error", "warn", "info", "debug", NULL};

static const char *
check_path(const char *s)
{
	return *s == '\0' || *s == '/' ? NULL : "is no absolute path";
}

/* As it stands in an address, without escapes. */
static const char *
check_prefix(const char *s)
{
	size_t len = strlen(s);

	if (len == 0) {
		return NULL;
	}
	if (s[0] == '/' || s[len - 1] == '/' || strstr(s, "//") != NULL ||
	    strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		      "0123456789-_./") != len) {
		return "is no prefix: letters, digits, \"-\", \"_\", \".\", "
		       "and \"/\" between them";
	}
	return s[0] == '.' || strstr(s, "/.") != NULL
		   ? "has a part that begins with a dot"
		   : NULL;
}

static const struct conf_setting mirror_settings[] = {
    {.name = "prefix",
	.type = CONF_TEXT,
	.fallback = "",
	.max = TRUSTD_PREFIX_MAX,
	.check = check_prefix},
    {.name = "directory",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = PATH_TEXT_SIZE - 64,
	.check = check_path},
    {.name = "takes_from", .type = CONF_TEXT, .max = TRUSTD_PREFIX_MAX},
    {0},
};

#define PATH_SETTING(word, path)                                               \
	{                                                                      \
		.name = (word), .type = CONF_TEXT, .fallback = (path),         \
		.max = PATH_TEXT_SIZE - 64, .check = check_path                \
	}

static const struct conf_setting admin_settings[] = {
    {.name = "address", .type = CONF_TEXT, .fallback = "", .max = 64},
    {.name = "port",
	.type = CONF_INT,
	.fallback_int = 8443,
	.min = 1,
	.max = UINT16_MAX},
    PATH_SETTING("certificate", ""),
    PATH_SETTING("key", ""),
    PATH_SETTING("administrators", "/var/lib/surguch-trustd/administrators"),
    PATH_SETTING("web", "/usr/share/surguch/web-mirror"),
    {0},
};

static const struct conf_setting settings[] = {
    {.name = "address",
	.type = CONF_TEXT,
	.fallback = "0.0.0.0",
	.min = 1,
	.max = 64},
    {.name = "port",
	.type = CONF_INT,
	.fallback_int = 8088,
	.min = 1,
	.max = UINT16_MAX},
    {.name = "log_level",
	.type = CONF_CHOICE,
	.fallback = "info",
	.choices = levels},
    {.name = "look_seconds",
	.type = CONF_INT,
	.fallback_int = 10,
	.min = 1,
	.max = 86400},
    {.name = "connections",
	.type = CONF_INT,
	.fallback_int = 1000,
	.min = 8,
	.max = TRUSTD_CONNECTIONS_MAX},
    {.name = "connections_per_ip",
	.type = CONF_INT,
	.fallback_int = HTTP_CONNECTIONS_PER_IP,
	.min = 1,
	.max = TRUSTD_CONNECTIONS_MAX},
    {.name = "proxies", .type = CONF_TEXTS, .max = 16},
    {.name = "anchor",
	.type = CONF_TEXT,
	.fallback = "",
	.max = PATH_TEXT_SIZE - 64,
	.check = check_path},
    {.name = "old", .type = CONF_BOOL},
    {.name = "strict", .type = CONF_BOOL},
    {.name = "insecure_no_landlock", .type = CONF_BOOL},
    {.name = "feed",
	.type = CONF_TEXT,
	.fallback = "",
	.max = PATH_TEXT_SIZE - 192,
	.check = check_path},
    {.name = "admin", .type = CONF_GROUP, .members = admin_settings},
    {.name = "mirrors",
	.type = CONF_GROUPS,
	.required = true,
	.min = 1,
	.max = TRUSTD_RINGS_MAX,
	.members = mirror_settings},
    {0},
};

static enum err
read_mirrors(struct trustd_settings *s, struct conf_cursor root,
    struct conf_report *report, struct errinfo *ei)
{
	size_t num = conf_len(root, "mirrors");

	s->mirrors = calloc(num, sizeof(*s->mirrors));
	if (s->mirrors == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < num; i++) {
		struct conf_cursor c = conf_group_at(root, "mirrors", i);
		struct trustd_mirror *m = &s->mirrors[s->num_mirrors++];

		m->takes_from = TRUSTD_NONE;
		m->prefix = conf_text(c, "prefix");
		m->directory = conf_text(c, "directory");
		for (size_t k = 0; k < i; k++) {
			if (strcasecmp(s->mirrors[k].prefix, m->prefix) == 0) {
				conf_complain(report, c,
				    conf_has(c, "prefix") ? "prefix" : NULL,
				    "is the prefix of another mirror too");
			}
		}
	}
	return ERR_OK;
}

/* Once all are known. */
static void
read_sources(struct trustd_settings *s, struct conf_cursor root,
    struct conf_report *report)
{
	for (size_t i = 0; i < s->num_mirrors; i++) {
		struct conf_cursor c = conf_group_at(root, "mirrors", i);
		struct trustd_mirror *m = &s->mirrors[i];

		if (!conf_has(c, "takes_from")) {
			continue;
		}
		for (size_t k = 0; k < s->num_mirrors; k++) {
			if (k != i && strcasecmp(s->mirrors[k].prefix,
					  conf_text(c, "takes_from")) == 0) {
				m->takes_from = k;
			}
		}
		if (m->takes_from == TRUSTD_NONE) {
			conf_complain(report, c, "takes_from",
			    "is the prefix of no other mirror");
		}
	}
}

static void
read_admin(struct trustd_settings *s, struct conf_cursor root,
    struct conf_report *report)
{
	struct conf_cursor c = conf_group(root, "admin");
	struct trustd_admin_settings *a = &s->admin;

	a->address = conf_text(c, "address");
	a->port = (uint16_t)conf_int(c, "port");
	a->certificate = conf_text(c, "certificate");
	a->key = conf_text(c, "key");
	a->administrators = conf_text(c, "administrators");
	a->web = conf_text(c, "web");
	if (a->address[0] != '\0' &&
	    (a->certificate[0] == '\0' || a->key[0] == '\0')) {
		conf_complain(report, c,
		    a->certificate[0] == '\0' ? "certificate" : "key",
		    "is needed: the administrator's page is over TLS alone");
	}
}

static enum err
read_proxies(
    struct trustd_settings *s, struct conf_cursor root, struct errinfo *ei)
{
	size_t num = conf_len(root, "proxies");

	s->proxies = calloc(num + 1, sizeof(*s->proxies));
	if (s->proxies == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < num; i++) {
		s->proxies[s->num_proxies++] = conf_text_at(root, "proxies", i);
	}
	return ERR_OK;
}

static enum err
read_all(
    struct trustd_settings *s, struct conf_report *report, struct errinfo *ei)
{
	struct conf_cursor root = conf_root(s->conf);
	enum err e;

	s->address = conf_text(root, "address");
	s->port = (uint16_t)conf_int(root, "port");
	s->log_level = (enum log_level)conf_choice(root, "log_level");
	s->look_sec = (unsigned)conf_int(root, "look_seconds");
	s->connections_max = (unsigned)conf_int(root, "connections");
	s->connections_per_ip = (unsigned)conf_int(root, "connections_per_ip");
	s->anchor = conf_text(root, "anchor");
	s->feed = conf_text(root, "feed");
	s->old = conf_bool(root, "old");
	s->strict = conf_bool(root, "strict");
	s->insecure_no_landlock = conf_bool(root, "insecure_no_landlock");
	e = read_proxies(s, root, ei);
	if (e == ERR_OK) {
		e = read_mirrors(s, root, report, ei);
	}
	if (e == ERR_OK) {
		read_sources(s, root, report);
		read_admin(s, root, report);
	}
	return e == ERR_OK ? conf_report_err(report, ei) : e;
}

enum err
trustd_settings_parse(struct slice text, const char *name,
    struct conf_report *report, struct trustd_settings **out,
    struct errinfo *ei)
{
	struct trustd_settings *s = calloc(1, sizeof(*s));
	enum err e;

	if (s == NULL) {
		return err_nomem(ei);
	}
	e = conf_parse(text, name, settings, &s->conf, report, ei);
	if (e == ERR_OK) {
		e = read_all(s, report, ei);
	}
	if (e != ERR_OK) {
		trustd_settings_free(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

void
trustd_settings_free(struct trustd_settings *s)
{
	if (s == NULL) {
		return;
	}
	free(s->proxies);
	free(s->mirrors);
	conf_free(s->conf);
	free(s);
}
