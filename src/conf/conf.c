/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/conf.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "conf/conf_priv.h"
#include "conf/scan.h"
#include "os/file.h"

static enum err
load(struct conf *conf, struct slice text, struct errinfo *ei)
{
	struct buf copy = BUF_INIT(CONF_BYTES_MAX);
	enum err e = ERR_OK;

	buf_add(&copy, text);
	if (buf_err(&copy, NULL) != ERR_OK) {
		e = buf_err(&copy, ei);
	} else if (config_read_string(&conf->config, buf_cstr(&copy)) !=
		   CONFIG_TRUE) {
		e = err_set(ei, ERR_FORMAT, "conf.syntax", NULL, "%s:%d: %s",
		    conf->name, config_error_line(&conf->config),
		    config_error_text(&conf->config));
	}
	buf_wipe(&copy); /* a password may stand in it */
	return e;
}

static void
add_syntax_line(struct conf_report *report, const struct errinfo *ei)
{
	struct buf line = BUF_INIT(ERRINFO_TEXT + 1);

	if (report != NULL) {
		buf_printf(&line, "%s\n", ei->text);
		conf_report_append(report, buf_slice(&line), 1);
		buf_clear(&line);
	}
}

/* A report of its own, so that lines of other files do not count here. */
static enum err
check_values(
    const struct conf *conf, struct conf_report *report, struct errinfo *ei)
{
	struct conf_report mine;
	enum err e;

	conf_report_init(&mine);
	conf_check(conf, &mine);
	e = conf_report_err(&mine, ei);
	if (report != NULL) {
		conf_report_append(
		    report, buf_slice(&mine.text), mine.num_lines);
	}
	conf_report_clear(&mine);
	return e;
}

static enum err
parse(struct slice text, const char *name, const struct conf_setting *settings,
    bool some, struct conf **out, struct conf_report *report,
    struct errinfo *ei)
{
	struct conf *conf = NULL;
	struct errinfo local = {0};
	enum err e;

	conf = calloc(1, sizeof(*conf));
	if (conf == NULL) {
		return err_nomem(ei);
	}
	config_init(&conf->config);
	conf->settings = settings;
	conf->some = some;
	conf->name = slice_dup_str(slice_str(name));
	if (conf->name == NULL) {
		e = err_nomem(ei);
		goto out;
	}
	e = conf_scan(text, name, &local);
	if (e == ERR_OK) {
		e = load(conf, text, &local);
	}
	if (e != ERR_OK) {
		add_syntax_line(report, &local);
		if (ei != NULL) {
			*ei = local;
		}
		goto out;
	}
	e = check_values(conf, report, ei);
	if (e != ERR_OK) {
		goto out;
	}
	*out = conf;
	conf = NULL;
out:
	conf_free(conf);
	return e;
}

enum err
conf_parse(struct slice text, const char *name,
    const struct conf_setting *settings, struct conf **out,
    struct conf_report *report, struct errinfo *ei)
{
	return parse(text, name, settings, false, out, report, ei);
}

enum err
conf_parse_some(struct slice text, const char *name,
    const struct conf_setting *settings, struct conf **out,
    struct conf_report *report, struct errinfo *ei)
{
	return parse(text, name, settings, true, out, report, ei);
}

enum err
conf_read(const char *path, const struct conf_setting *settings,
    struct conf **out, struct conf_report *report, struct errinfo *ei)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	enum err e = file_read(path, CONF_BYTES_MAX, &text, ei);

	if (e == ERR_OK) {
		e = conf_parse(
		    buf_slice(&text), path, settings, out, report, ei);
	}
	/* It may hold the gateway's password. */
	buf_wipe(&text);
	return e;
}

void
conf_free(struct conf *conf)
{
	if (conf == NULL) {
		return;
	}
	config_destroy(&conf->config);
	free(conf->name);
	free(conf);
}

const struct conf_setting *
conf_find(
    const struct conf_setting *settings, const char *name, size_t name_len)
{
	for (; settings->type != CONF_END; settings++) {
		if (slice_eq(slice_make(name, name_len),
			slice_str(settings->name))) {
			return settings;
		}
	}
	return NULL;
}

struct conf_cursor
conf_root(const struct conf *conf)
{
	return (struct conf_cursor){
	    conf, conf->settings, config_root_setting(&conf->config)};
}

/* What a path means: its line of the table, and its node if there is one. */
struct place {
	const struct conf_setting *setting;
	const config_setting_t *node;
};

static struct place
resolve(struct conf_cursor c, const char *path)
{
	struct place at = {NULL, c.node};
	const struct conf_setting *settings = c.settings;

	for (;;) {
		size_t len = strcspn(path, ".");

		at.setting = conf_find(settings, path, len);
		ensure(at.setting != NULL);
		if (at.node != NULL) {
			at.node = config_setting_get_member(
			    at.node, at.setting->name);
		}
		if (path[len] == '\0') {
			return at;
		}
		ensure(at.setting->type == CONF_GROUP);
		settings = at.setting->members;
		path += len + 1;
	}
}

static struct place
resolve_as(struct conf_cursor c, const char *path, enum conf_type type)
{
	struct place at = resolve(c, path);

	ensure(at.setting->type == type);
	return at;
}

bool
conf_has(struct conf_cursor c, const char *path)
{
	return resolve(c, path).node != NULL;
}

const char *
conf_text(struct conf_cursor c, const char *path)
{
	struct place at = resolve(c, path);

	ensure(
	    at.setting->type == CONF_TEXT || at.setting->type == CONF_CHOICE);
	return at.node != NULL ? config_setting_get_string(at.node)
			       : at.setting->fallback;
}

size_t
conf_choice(struct conf_cursor c, const char *path)
{
	struct place at = resolve_as(c, path, CONF_CHOICE);
	const char *text = at.node != NULL ? config_setting_get_string(at.node)
					   : at.setting->fallback;
	size_t i = 0;

	while (at.setting->choices[i] != NULL &&
	       (text == NULL || strcmp(text, at.setting->choices[i]) != 0)) {
		i++;
	}
	return i;
}

int64_t
conf_int(struct conf_cursor c, const char *path)
{
	struct place at = resolve_as(c, path, CONF_INT);

	if (at.node == NULL) {
		return at.setting->fallback_int;
	}
	return config_setting_type(at.node) == CONFIG_TYPE_INT64
		   ? config_setting_get_int64(at.node)
		   : config_setting_get_int(at.node);
}

bool
conf_bool(struct conf_cursor c, const char *path)
{
	struct place at = resolve_as(c, path, CONF_BOOL);

	return at.node != NULL ? config_setting_get_bool(at.node) != 0
			       : at.setting->fallback_bool;
}

struct conf_cursor
conf_group(struct conf_cursor c, const char *path)
{
	struct place at = resolve_as(c, path, CONF_GROUP);

	return (struct conf_cursor){c.conf, at.setting->members, at.node};
}

size_t
conf_len(struct conf_cursor c, const char *path)
{
	struct place at = resolve(c, path);

	ensure(
	    at.setting->type == CONF_TEXTS || at.setting->type == CONF_GROUPS);
	return at.node != NULL ? (size_t)config_setting_length(at.node) : 0;
}

const char *
conf_text_at(struct conf_cursor c, const char *path, size_t index)
{
	struct place at = resolve_as(c, path, CONF_TEXTS);

	ensure(
	    at.node != NULL && index < (size_t)config_setting_length(at.node));
	return config_setting_get_string_elem(at.node, (int)index);
}

struct conf_cursor
conf_group_at(struct conf_cursor c, const char *path, size_t index)
{
	struct place at = resolve_as(c, path, CONF_GROUPS);

	ensure(
	    at.node != NULL && index < (size_t)config_setting_length(at.node));
	return (struct conf_cursor){c.conf, at.setting->members,
	    config_setting_get_elem(at.node, (unsigned)index)};
}

void
conf_copy_text(char *out, size_t size, const char *value)
{
	size_t len = strlen(value);

	ensure(len < size);
	memcpy(out, value, len + 1);
}

const char *
conf_check_name(const char *value)
{
	size_t len = strlen(value);

	_Static_assert(CONF_NAME_SIZE == 64, "the text says 63");
	if (len == 0 || len >= CONF_NAME_SIZE ||
	    strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-") != len) {
		return "must be 1 to 63 of a-z, 0-9 and '-'";
	}
	return NULL;
}
