/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "conf/conf_priv.h"

/*
 * One walk through the file in its own order.  The walk keeps its own stack:
 * the scan has bounded the depth before (conf/scan.h).
 */
struct level {
	const config_setting_t *node; /* a group, or a list of groups */
	const struct conf_setting *settings;
	int next;
	bool is_list;
};

struct walk {
	const struct conf *conf;
	struct conf_report *report;
	struct level levels[CONF_DEPTH_MAX + 2];
	size_t num_levels;
};

ATTR_PRINTF(4, 5)
static void
complain(const struct walk *w, const config_setting_t *node, const char *member,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	conf_report_add(w->report, w->conf, node, member, fmt, ap);
	va_end(ap);
}

static void
enter(struct walk *w, const config_setting_t *node,
    const struct conf_setting *settings, bool is_list)
{
	ensure(w->num_levels < ARRAY_LEN(w->levels));
	w->levels[w->num_levels++] = (struct level){node, settings, 0, is_list};
}

static const char *
type_name(const config_setting_t *node)
{
	switch (config_setting_type(node)) {
	case CONFIG_TYPE_GROUP:
		return "a group { }";
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return "a whole number";
	case CONFIG_TYPE_FLOAT:
		return "a fraction";
	case CONFIG_TYPE_STRING:
		return "a text";
	case CONFIG_TYPE_BOOL:
		return "true or false";
	case CONFIG_TYPE_ARRAY:
		return "an array [ ]";
	case CONFIG_TYPE_LIST:
		return "a list ( )";
	default:
		return "nothing";
	}
}

static bool
expect(const struct walk *w, const config_setting_t *node, bool fits,
    const char *want)
{
	if (!fits) {
		complain(w, node, NULL, "is %s and should be %s",
		    type_name(node), want);
	}
	return fits;
}

static void
check_one_text(const struct walk *w, const config_setting_t *node,
    const struct conf_setting *setting, int64_t min, int64_t max)
{
	const char *text = config_setting_get_string(node);
	struct slice s = slice_str(text);
	const char *wrong = NULL;

	if (s.len > 0 && !text_is_clean(s)) {
		complain(w, node, NULL, "holds control characters");
	} else if ((int64_t)s.len < min || (int64_t)s.len > max) {
		complain(w, node, NULL,
		    "has %zu bytes; it may have %" PRId64 " to %" PRId64, s.len,
		    min, max);
	} else if (setting->check != NULL) {
		wrong = setting->check(text);
	}
	if (wrong != NULL) {
		complain(w, node, NULL, "%s", wrong);
	}
}

static void
check_text(const struct walk *w, const config_setting_t *node,
    const struct conf_setting *setting)
{
	if (expect(w, node, config_setting_type(node) == CONFIG_TYPE_STRING,
		"a text")) {
		check_one_text(w, node, setting, setting->min,
		    setting->max > 0 ? setting->max : CONF_TEXT_DEFAULT_MAX);
	}
}

static void
check_choice(const struct walk *w, const config_setting_t *node,
    const struct conf_setting *setting)
{
	struct buf all = BUF_INIT(256);
	const char *text;

	if (!expect(w, node, config_setting_type(node) == CONFIG_TYPE_STRING,
		"a text")) {
		return;
	}
	text = config_setting_get_string(node);
	for (size_t i = 0; setting->choices[i] != NULL; i++) {
		if (strcmp(text, setting->choices[i]) == 0) {
			buf_clear(&all);
			return;
		}
		buf_printf(
		    &all, "%s\"%s\"", i > 0 ? ", " : "", setting->choices[i]);
	}
	complain(
	    w, node, NULL, "is \"%.100s\"; it may be %s", text, buf_cstr(&all));
	buf_clear(&all);
}

static void
check_int(const struct walk *w, const config_setting_t *node,
    const struct conf_setting *setting)
{
	int type = config_setting_type(node);
	int64_t v;

	if (!expect(w, node,
		type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64,
		"a whole number")) {
		return;
	}
	v = type == CONFIG_TYPE_INT ? config_setting_get_int(node)
				    : config_setting_get_int64(node);
	if (setting->min == 0 && setting->max == 0) {
		return;
	}
	if (v < setting->min || v > setting->max) {
		complain(w, node, NULL,
		    "is %" PRId64 "; it may be from %" PRId64 " to %" PRId64, v,
		    setting->min, setting->max);
	}
}

static void
check_num_items(const struct walk *w, const config_setting_t *node,
    const struct conf_setting *setting)
{
	int64_t num = config_setting_length(node);
	int64_t max = setting->max > 0 ? setting->max : CONF_ITEMS_DEFAULT_MAX;

	if (num < setting->min || num > max) {
		complain(w, node, NULL,
		    "has %" PRId64 " items; it may have %" PRId64
		    " to %" PRId64,
		    num, setting->min, max);
	}
}

static void
check_texts(const struct walk *w, const config_setting_t *node,
    const struct conf_setting *setting)
{
	int type = config_setting_type(node);

	if (!expect(w, node,
		type == CONFIG_TYPE_ARRAY || type == CONFIG_TYPE_LIST,
		"a list of texts, [\"a\", \"b\"]")) {
		return;
	}
	check_num_items(w, node, setting);
	for (int i = 0; i < config_setting_length(node); i++) {
		const config_setting_t *item =
		    config_setting_get_elem(node, (unsigned)i);

		if (expect(w, item,
			config_setting_type(item) == CONFIG_TYPE_STRING,
			"a text")) {
			check_one_text(
			    w, item, setting, 1, CONF_TEXT_DEFAULT_MAX);
		}
	}
}

static void
check_value(struct walk *w, const config_setting_t *node,
    const struct conf_setting *setting)
{
	int type = config_setting_type(node);

	switch (setting->type) {
	case CONF_TEXT:
		check_text(w, node, setting);
		return;
	case CONF_CHOICE:
		check_choice(w, node, setting);
		return;
	case CONF_INT:
		check_int(w, node, setting);
		return;
	case CONF_BOOL:
		(void)expect(
		    w, node, type == CONFIG_TYPE_BOOL, "true or false");
		return;
	case CONF_TEXTS:
		check_texts(w, node, setting);
		return;
	case CONF_GROUP:
		if (expect(w, node, type == CONFIG_TYPE_GROUP, "a group { }")) {
			enter(w, node, setting->members, false);
		}
		return;
	case CONF_GROUPS:
		if (expect(w, node, type == CONFIG_TYPE_LIST,
			"a list of groups ( { }, { } )")) {
			check_num_items(w, node, setting);
			enter(w, node, setting->members, true);
		}
		return;
	case CONF_END:
	case CONF_TYPE_MAX_:
		break;
	}
	ensure(!"a table with an unknown type");
}

static void
check_member(struct walk *w, const config_setting_t *node,
    const struct conf_setting *settings)
{
	const char *name = config_setting_name(node);
	const struct conf_setting *setting =
	    conf_find(settings, name, strlen(name));

	if (setting == NULL) {
		if (!w->conf->some || w->num_levels > 1) {
			complain(w, node, NULL, "there is no such setting");
		}
		return;
	}
	check_value(w, node, setting);
}

static void
check_missing(const struct walk *w, const struct level *level)
{
	const struct conf_setting *setting = level->settings;

	for (; setting->type != CONF_END; setting++) {
		if (setting->required && config_setting_get_member(level->node,
					     setting->name) == NULL) {
			complain(w, level->node, setting->name, "is missing");
		}
	}
}

void
conf_check(const struct conf *conf, struct conf_report *report)
{
	struct walk w = {.conf = conf, .report = report};

	enter(&w, config_root_setting(&conf->config), conf->settings, false);
	while (w.num_levels > 0) {
		struct level *top = &w.levels[w.num_levels - 1];
		const config_setting_t *node;

		if (top->next == config_setting_length(top->node)) {
			if (!top->is_list) {
				check_missing(&w, top);
			}
			w.num_levels--;
			continue;
		}
		node =
		    config_setting_get_elem(top->node, (unsigned)top->next++);
		if (!top->is_list) {
			check_member(&w, node, top->settings);
		} else if (expect(&w, node,
			       config_setting_type(node) == CONFIG_TYPE_GROUP,
			       "a group { }")) {
			enter(&w, node, top->settings, false);
		}
	}
}
